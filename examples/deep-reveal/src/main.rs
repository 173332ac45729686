//! `cargo run --release -p deep-reveal`: the game's server and its commands.

use std::process::ExitCode;

fn main() -> ExitCode {
    deep_reveal::cli::main()
}
