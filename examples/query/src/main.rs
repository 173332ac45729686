//! SQL over the tables of a run of `explain`.
//!
//! ```text
//! cargo run --release -p anv-query -- RUN "select class, layer, avg(weight_percent) from clusters group by class, layer"
//! cargo run --release -p anv-query -- RUN
//! cargo run --release -p anv-query -- --views
//! ```
//!
//! [DataFusion] answers; with `--scheduler` a [Ballista] cluster, which this program also provides (`scheduler`,
//! `executor`).
//!
//! [DataFusion]: https://datafusion.apache.org
//! [Ballista]: https://datafusion.apache.org/ballista

// A user's input must never cause a panic.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod args;
mod ask;
mod check;
mod cluster;
mod error;
mod functions;
mod maps;
mod output;
mod overview;
mod run;
mod schema;
mod session;
mod tables;
mod views;

use std::process::ExitCode;

use args::{Args, Command};
use clap::Parser;
use error::{Error, Result};

fn main() -> ExitCode {
    match command(Args::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, whatever the engine says.
            let text = error.to_string().lines().map(str::trim).collect::<Vec<_>>().join(" ");
            eprintln!("error: {}", output::printable(&text));
            ExitCode::from(2)
        }
    }
}

fn command(args: Args) -> Result<()> {
    // The stack that Ballista's own programs give to the threads that plan.
    let mut runtime = tokio::runtime::Builder::new_multi_thread();
    let runtime = runtime.enable_all().thread_stack_size(32 << 20).build().map_err(Error::Runtime)?;
    match &args.command {
        Some(Command::Scheduler(options)) => runtime.block_on(cluster::scheduler(options)),
        Some(Command::Executor(options)) => runtime.block_on(cluster::executor(options)),
        None => ask::ask(&args.ask, &runtime),
    }
}
