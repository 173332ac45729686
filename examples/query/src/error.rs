//! What can go wrong, in words.

use std::io;
use std::path::PathBuf;

use datafusion::common::Span;
use datafusion::error::DataFusionError;

use crate::cluster::Address;

/// Shorthand.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a query has no answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A folder is not there, or no folder.
    #[error("cannot read the folder {}: {source}", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the operating system says.
        source: io::Error,
    },
    /// A folder without any table.
    #[error(
        "{} holds no tables: a run of `explain` has photos-*.parquet, `label` and `global` write labels.parquet{hint}",
        path.display()
    )]
    NoTables {
        /// The folder.
        path: PathBuf,
        /// What else was seen there.
        hint: &'static str,
    },
    /// The same folder twice: all its rows would count double.
    #[error("{} is given twice", .0.display())]
    Twice(PathBuf),
    /// A file of a run is damaged, or another program's.
    #[error("{}: {reason}", path.display())]
    File {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        reason: String,
    },
    /// The query cannot be understood.
    #[error("{}", sql_message(.0))]
    Sql(Box<DataFusionError>),
    /// The query was understood and failed.
    #[error("the query failed: {}", first_cause(.0))]
    Query(Box<DataFusionError>),
    /// Nobody listens where the scheduler should.
    #[error("no scheduler answers at {address}: {source}")]
    Scheduler {
        /// Where it should be.
        address: Address,
        /// What the operating system says.
        source: io::Error,
    },
    /// A part of a cluster cannot run.
    #[error("{what}: {reason}")]
    Cluster {
        /// Which.
        what: &'static str,
        /// Why.
        reason: String,
    },
    /// The answer cannot be written.
    #[error("cannot write the answer: {0}")]
    Output(String),
    /// Arguments that do not go together.
    #[error("{0}")]
    Arguments(String),
    /// The operating system gives no threads.
    #[error("cannot start: {0}")]
    Runtime(io::Error),
}

impl Error {
    /// For a query that cannot be planned.
    pub fn sql(error: DataFusionError) -> Self {
        Self::Sql(Box::new(error))
    }

    /// For a query that was planned.
    pub fn query(error: DataFusionError) -> Self {
        Self::Query(Box::new(error))
    }
}

/// The message and, where it is not in it already, the place in the query.
fn sql_message(error: &DataFusionError) -> String {
    let text = first_cause(error);
    let span: Option<Span> = error.diagnostic().and_then(|d| d.span);
    match span {
        Some(span) if !text.contains("Line:") => {
            format!("{text} (line {}, column {})", span.start.line, span.start.column)
        }
        _ => text,
    }
}

/// The innermost message: what wraps it says only which parts of the engine it went through.
fn first_cause(error: &DataFusionError) -> String {
    error.find_root().strip_backtrace()
}
