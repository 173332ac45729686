//! What can go wrong here, as data.

use std::path::PathBuf;

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every error of store, campaigns and commands.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The database could not be reached or did not do what it was asked to.
    #[error("the database failed to {action}: {}", told(.source))]
    Database {
        /// What was tried.
        action: &'static str,
        /// What the driver said.
        source: sqlx::Error,
    },
    /// An address that names no database.
    #[error("`{found}` is no database: expected a file, sqlite:FILE or postgres://USER@HOST/NAME")]
    DatabaseUrl {
        /// The address, without its password.
        found: String,
    },
    /// A file that is no database.
    #[error("{} is not a SQLite database", .path.display())]
    NotSqlite {
        /// Which file.
        path: PathBuf,
    },
    /// A file of a database that lost some of its content.
    #[error("the database {} is damaged: {reason}; `deep-reveal restore` puts a backup in its place", .path.display())]
    DamagedFile {
        /// Which file.
        path: PathBuf,
        /// What SQLite found.
        reason: String,
    },
    /// A database that this user cannot write to.
    #[error("the database {} is read-only: expected a file, and a folder, that this user may write to", .path.display())]
    ReadOnly {
        /// Which file.
        path: PathBuf,
    },
    /// A database that somebody else has open.
    #[error("{} is in use: expected the server to be stopped", .path.display())]
    InUse {
        /// Which file.
        path: PathBuf,
    },
    /// A database that is being exchanged for a backup.
    #[error("{} is just being restored: expected a moment of waiting", .path.display())]
    Restoring {
        /// Which file.
        path: PathBuf,
    },
    /// A database of another program.
    #[error(
        "{database} is not a database of Deep Reveal{}: expected a new one, or one that it made",
        .table.as_ref().map(|table| format!(", it has a table `{table}`")).unwrap_or_default()
    )]
    Foreign {
        /// The database, without its password.
        database: String,
        /// A table in it.
        table: Option<String>,
    },
    /// A database that a newer version of this program made.
    #[error(
        "the database was made by a newer version of this program: its tables are of version {found}, expected at most {known}"
    )]
    Newer {
        /// The version of its tables.
        found: i64,
        /// The highest version that this program knows.
        known: usize,
    },
    /// A file that is not there.
    #[error("there is no file {}", .path.display())]
    NoFile {
        /// Which file.
        path: PathBuf,
    },
    /// A folder that is not there.
    #[error("there is no folder {}", .path.display())]
    MissingFolder {
        /// Which folder.
        path: PathBuf,
    },
    /// A folder that is to be imported twice.
    #[error("the folder {} is given twice: expected each once", .path.display())]
    FolderTwice {
        /// Which folder.
        path: PathBuf,
    },
    /// A file that nobody asked to replace.
    #[error("{} exists already: expected {instead}", .path.display())]
    FileExists {
        /// Which file.
        path: PathBuf,
        /// What to do about it.
        instead: &'static str,
    },
    /// No space is left where the database is.
    #[error("no space is left for the database: nothing was stored")]
    DiskFull,
    /// The database's file could not be brought to the disk; what was answered until now is safe.
    #[error("the database could not be written to its disk: expected a restart after the disk is repaired")]
    DiskFailed,
    /// What lies in the database is not what was put there.
    #[error("the database has a damaged {what}: {reason}")]
    Damaged {
        /// Which value.
        what: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// The system gives no threads.
    #[error("there are no threads to make pictures with: {0}")]
    Threads(#[source] std::io::Error),
    /// A user name that somebody has, whatever its case.
    #[error("the user name is taken")]
    NameTaken,
    /// An e-mail address that somebody has, whatever its case.
    #[error("the e-mail address is taken")]
    EmailTaken,
    /// A player that does not exist, or does not any more.
    #[error("there is no player `{found}`")]
    NoPlayer {
        /// The name or id.
        found: String,
    },
    /// A campaign that does not exist.
    #[error("there is no campaign `{found}`")]
    NoCampaign {
        /// The name or id.
        found: String,
    },
    /// A folder without explanations.
    #[error("{} holds no explanation: expected a folder that `explain` wrote, or one of such folders", .path.display())]
    NoFolder {
        /// Which folder.
        path: PathBuf,
    },
    /// A campaign that cannot be imported.
    #[error("the campaign `{name}` cannot be imported: {reason}")]
    Campaign {
        /// Its name.
        name: String,
        /// What is wrong, found and expected.
        reason: String,
    },
    /// A value outside its range.
    #[error("{name} is {found}: expected {expected}")]
    Parameter {
        /// Which value.
        name: &'static str,
        /// The value.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// The rules of the game refuse.
    #[error(transparent)]
    Rule(#[from] anv_labels::RuleError),
    /// A number of the game, or answers to the questionnaire, outside their range.
    #[error(transparent)]
    Labels(#[from] anv_labels::Error),
    /// A saved folder that cannot be read, or a file that cannot be written.
    #[error(transparent)]
    Core(#[from] anv_core::Error),
    /// A file that could not be read or written.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried.
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A table that could not be written.
    #[error("cannot write the games as {format}: {source}")]
    Table {
        /// The format.
        format: &'static str,
        /// What the library said.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// Something that this database cannot do.
    #[error("{0}")]
    Unsupported(&'static str),
}

impl Error {
    pub(crate) fn database(action: &'static str) -> impl Fn(sqlx::Error) -> Self {
        move |source| Self::Database { action, source }
    }

    pub(crate) fn io(action: &'static str, path: impl Into<PathBuf>) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { action, path, source }
    }
}

impl Error {
    /// Whether the database is away at the moment, so that the same may succeed in a while: a server that restarts, or one
    /// that gives no connection.
    pub(crate) fn is_passing(&self) -> bool {
        let Self::Database { source, .. } = self else { return false };
        match source {
            sqlx::Error::Io(_) | sqlx::Error::PoolTimedOut | sqlx::Error::WorkerCrashed => true,
            // Connection exceptions, a shutdown, a crash, a start, too many connections. SQLite has no such codes.
            sqlx::Error::Database(error) => error.code().is_some_and(|code| {
                code.len() == 5
                    && (code.starts_with("08") || matches!(&*code, "57P01" | "57P02" | "57P03" | "53300"))
            }),
            _ => false,
        }
    }
}

/// What the database said, without the place in its own program that PostgreSQL adds.
fn told(source: &sqlx::Error) -> String {
    match source {
        sqlx::Error::Database(error) => error.message().to_owned(),
        sqlx::Error::Io(error) => error.to_string(),
        other => other.to_string(),
    }
}
