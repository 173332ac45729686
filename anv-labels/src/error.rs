//! What can go wrong here, as data.

use std::fmt;
use std::path::PathBuf;

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried: `read` or `write`.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A table broke off or could not be written.
    #[error("cannot {action} the table {table}: {source}")]
    Csv {
        /// What was tried: `read` or `write`.
        action: &'static str,
        /// Which table.
        table: Table,
        /// What the CSV reader or writer said.
        source: Box<dyn std::error::Error + Send + Sync + 'static>,
    },
    /// A table without a header line.
    #[error("{table} is empty: expected a header line with {expected}")]
    Empty {
        /// Which table.
        table: Table,
        /// The columns expected.
        expected: String,
    },
    /// A column that is missing, unknown or there twice.
    #[error("line 1 of {table}: column `{column}` is {problem}: expected {expected}")]
    Column {
        /// Which table.
        table: Table,
        /// Name of the column.
        column: String,
        /// What is wrong with it.
        problem: ColumnProblem,
        /// The columns expected.
        expected: String,
    },
    /// A row that cannot be used.
    #[error("line {line} of {table}: {reason}")]
    Row {
        /// Which table.
        table: Table,
        /// Line in the file, from 1; rows that were not read from a file count from 1.
        line: u64,
        /// What is wrong with it.
        reason: RowProblem,
    },
    /// Dictionary entries that lead back to where they started.
    #[error("the dictionary sends `{raw}` in a circle")]
    DictionaryCircle {
        /// A raw label on the circle.
        raw: String,
    },
    /// More names or labels than 32 bits can number.
    #[error("too many {what}: at most {limit} fit")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// How many fit.
        limit: u64,
    },
    /// A parameter outside its range.
    #[error("{name} is {found}: expected {expected}")]
    Parameter {
        /// Which parameter.
        name: &'static str,
        /// Its value.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A word net that is not in the format of the WordNet database.
    #[error("line {line} of {}: {reason}", .path.display())]
    WordNet {
        /// Which file.
        path: PathBuf,
        /// Line in the file, from 1.
        line: u64,
        /// What is wrong with it.
        reason: &'static str,
    },
}

/// A table that this crate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Table {
    /// `games.csv`.
    Games,
    /// `dictionary.csv`.
    Dictionary,
    /// `clusters.csv`.
    Clusters,
    /// The log of rewrites.
    Rewrites,
    /// Proposals for a dictionary.
    Proposals,
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Games => "games",
            Self::Dictionary => "dictionary",
            Self::Clusters => "clusters",
            Self::Rewrites => "rewrites",
            Self::Proposals => "proposals",
        })
    }
}

/// What is wrong with a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ColumnProblem {
    /// It is needed and not there.
    Missing,
    /// It is there and nobody knows what it means.
    Unknown,
    /// It is there twice.
    Repeated,
}

impl fmt::Display for ColumnProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Missing => "missing",
            Self::Unknown => "unknown",
            Self::Repeated => "there twice",
        })
    }
}

/// Why a row cannot be used. Texts found are shortened to a readable length.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum RowProblem {
    /// Too few or too many fields.
    #[error("it has {found} fields: expected {expected}")]
    Fields {
        /// Fields in the row.
        found: usize,
        /// Fields in the header.
        expected: usize,
    },
    /// Bytes that are no UTF-8.
    #[error("column `{column}` is not valid UTF-8")]
    Utf8 {
        /// Which column.
        column: &'static str,
    },
    /// An empty field that must not be.
    #[error("column `{column}` is empty")]
    Empty {
        /// Which column.
        column: &'static str,
    },
    /// A text that is no such value.
    #[error("column `{column}` is `{found}`: expected {expected}")]
    Value {
        /// Which column.
        column: &'static str,
        /// The text, shortened.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// More hints than a game has.
    #[error("{found} hints were used: expected 0 to {most}")]
    Hints {
        /// Hints in the row.
        found: u64,
        /// Hints a game has.
        most: u8,
    },
    /// A text beyond the length limit.
    #[error(
        "column `{column}` holds a text of {bytes} bytes, which starts `{start}`: at most {limit} are read"
    )]
    TooLong {
        /// Which column.
        column: &'static str,
        /// Its length in bytes.
        bytes: usize,
        /// How it begins.
        start: String,
        /// The limit.
        limit: usize,
    },
    /// More labels than one game may have.
    #[error("the game has {found} labels: at most {limit} are read")]
    TooManyLabels {
        /// Labels in the row.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A key that an earlier row has.
    #[error("{what} is already in line {first}")]
    Repeated {
        /// What is there twice.
        what: String,
        /// Line of the first one.
        first: u64,
    },
    /// Two true classes for one image.
    #[error("image `{image}` has the true class `{found}`: line {first} says `{expected}`")]
    TrueClass {
        /// The image.
        image: String,
        /// The class in this row.
        found: String,
        /// The class in the earlier row.
        expected: String,
        /// Line of the earlier row.
        first: u64,
    },
    /// A game on a cluster that is not known.
    #[error("image `{image}` has no cluster {cluster} in layer {layer}")]
    UnknownCluster {
        /// The image.
        image: String,
        /// The layer.
        layer: usize,
        /// The cluster.
        cluster: usize,
    },
    /// A text without a letter or digit where a word is needed.
    #[error("column `{column}` is `{found}`: expected at least one letter or digit")]
    NoWord {
        /// Which column.
        column: &'static str,
        /// The text, shortened.
        found: String,
    },
}

impl RowProblem {
    /// The kind of problem in a few words, to count by.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Fields { .. } => "wrong number of fields",
            Self::Utf8 { .. } => "not valid UTF-8",
            Self::Empty { .. } => "empty field",
            Self::Value { .. } => "wrong value",
            Self::Hints { .. } => "hints out of range",
            Self::TooLong { .. } => "text too long",
            Self::TooManyLabels { .. } => "too many labels",
            Self::Repeated { .. } => "repeated row",
            Self::TrueClass { .. } => "two true classes for one image",
            Self::UnknownCluster { .. } => "unknown cluster",
            Self::NoWord { .. } => "no word",
        }
    }
}

/// The beginning of a text, for messages.
pub(crate) fn shorten(text: &str) -> String {
    const MOST: usize = 40;
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
