//! What the command line says.

use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::cluster::Address;

/// SQL over the tables of a run of `explain`.
#[derive(Debug, Parser)]
#[command(name = "query", version, about, args_conflicts_with_subcommands = true)]
pub struct Args {
    /// Parts of a cluster, instead of a query.
    #[command(subcommand)]
    pub command: Option<Command>,
    /// The query.
    #[command(flatten)]
    pub ask: Ask,
}

/// A query and where its answer goes.
#[derive(Debug, ClapArgs)]
pub struct Ask {
    /// Folder of a run, or of the tables that `label` or `global` wrote
    #[arg(value_name = "RUN", required_unless_present = "views")]
    pub run: Option<PathBuf>,
    /// The query, or `-` to read it from standard input; without it tables, views and columns are shown
    pub sql: Option<String>,
    /// Another folder whose tables are read together with those of RUN, any number of times
    #[arg(long, value_name = "RUN")]
    pub also: Vec<PathBuf>,
    /// How the answer is written [default: by the name of FILE, else table]
    #[arg(long, value_enum)]
    pub format: Option<Format>,
    /// Write the answer into this file, which appears whole
    #[arg(long, value_name = "FILE")]
    pub out: Option<PathBuf>,
    /// Rows that a table shows; 0 for all
    #[arg(long, default_value_t = 40)]
    pub rows: usize,
    /// Ask a Ballista cluster
    #[arg(long, value_name = "HOST:PORT")]
    pub scheduler: Option<Address>,
    /// List the views, with a sentence and the SQL of each
    #[arg(long)]
    pub views: bool,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Columns for people
    Table,
    Csv,
    /// One array of objects
    Json,
    Parquet,
}

/// The processes of a cluster.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Run the scheduler of a Ballista cluster, until it is stopped
    Scheduler(Scheduler),
    /// Run an executor of a Ballista cluster, until it is stopped
    Executor(Executor),
}

/// Options of a scheduler.
#[derive(Debug, ClapArgs)]
pub struct Scheduler {
    /// Where it listens
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
    pub bind: Address,
    /// Name under which executors reach it [default: the host of --bind]
    #[arg(long, value_name = "HOST")]
    pub external_host: Option<String>,
    /// What is logged on standard error
    #[arg(long, value_name = "LEVEL", default_value = "warn", value_parser = level)]
    pub log: log::LevelFilter,
}

/// Options of an executor.
#[derive(Debug, ClapArgs)]
pub struct Executor {
    /// The scheduler that gives the work
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50050")]
    pub scheduler: Address,
    /// Where it gives out results; on the port after this one it takes work
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:50051")]
    pub bind: Address,
    /// Name under which scheduler, executors and clients reach it [default: the host of --bind]
    #[arg(long, value_name = "HOST")]
    pub external_host: Option<String>,
    /// Tasks at a time [default: the cores of the machine]
    #[arg(long)]
    pub cores: Option<usize>,
    /// Folder for what executors exchange [default: a temporary one, removed at the end]
    #[arg(long, value_name = "FOLDER")]
    pub work_dir: Option<PathBuf>,
    /// What is logged on standard error
    #[arg(long, value_name = "LEVEL", default_value = "warn", value_parser = level)]
    pub log: log::LevelFilter,
}

fn level(text: &str) -> Result<log::LevelFilter, String> {
    text.parse().map_err(|_| "expected off, error, warn, info, debug or trace".to_owned())
}
