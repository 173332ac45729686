//! `cargo run --release -p deep-reveal`: the game's server and its commands.

fn main() {}
