//! All that differs between SQLite and PostgreSQL.

use std::path::{Path, PathBuf};
use std::pin::Pin;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection, Executor};

use crate::{Error, Result};

/// Which database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Dialect {
    /// A file; one writer at a time, readers in parallel.
    Sqlite(PathBuf),
    /// A server; row locks keep writers apart.
    Postgres(String),
}

/// Connections that a server keeps to PostgreSQL; several servers share its 100.
const POSTGRES_CONNECTIONS: u32 = 16;
/// How long to wait for one of them, also while PostgreSQL is away: whoever asked is told to come again before the web
/// gives up on the answer.
const POSTGRES_PATIENCE: Duration = Duration::from_secs(8);
/// Connections that only read from SQLite.
const SQLITE_READERS: u32 = 4;
/// How long to wait for a connection, and for another process that writes to SQLite.
const PATIENCE: Duration = Duration::from_secs(20);

/// `synchronous = NORMAL`: a commit does not wait for the disk, [`Disk`](super::disk::Disk) does so once for all commits
/// that wait together.
const SQLITE_WRITES: &str = "PRAGMA busy_timeout = 20000; PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; \
     PRAGMA foreign_keys = ON; PRAGMA wal_autocheckpoint = 4000; PRAGMA cache_size = -16384; \
     PRAGMA temp_store = MEMORY;";
const SQLITE_READS: &str = "PRAGMA busy_timeout = 20000; PRAGMA cache_size = -16384; PRAGMA temp_store = MEMORY; \
     PRAGMA query_only = ON;";

impl Dialect {
    /// From an address: a file, `sqlite:FILE` or `postgres://…`.
    pub(super) fn from_url(url: &str) -> Result<Self> {
        if url.starts_with("postgres://") || url.starts_with("postgresql://") {
            return Ok(Self::Postgres(url.to_owned()));
        }
        let path = url.strip_prefix("sqlite://").or_else(|| url.strip_prefix("sqlite:")).unwrap_or(url);
        match path.is_empty() || path.contains("://") || path == ":memory:" {
            true => Err(Error::DatabaseUrl { found: without_password(url) }),
            false => Ok(Self::Sqlite(path.into())),
        }
    }

    /// One connection, as the driver makes it.
    pub(super) async fn connection(&self) -> Result<AnyConnection, sqlx::Error> {
        let mut connection = match self {
            Self::Sqlite(path) => AnyConnection::connect_with(&options(&sqlite_url(path))?).await?,
            Self::Postgres(url) => {
                let connect = options(url)?;
                let connecting = AnyConnection::connect_with(&connect);
                // A server that never answers is not waited for longer than one that is busy.
                return tokio::time::timeout(PATIENCE, connecting)
                    .await
                    .unwrap_or(Err(sqlx::Error::PoolTimedOut));
            }
        };
        connection.execute("PRAGMA busy_timeout = 20000").await?;
        Ok(connection)
    }

    /// The database as it may be shown.
    pub(super) fn shown(&self) -> String {
        match self {
            Self::Sqlite(path) => path.display().to_string(),
            Self::Postgres(url) => without_password(url),
        }
    }

    /// Connections to write with and connections to read with.
    pub(super) async fn connect(&self) -> Result<(AnyPool, AnyPool), sqlx::Error> {
        let pool = AnyPoolOptions::new().acquire_timeout(PATIENCE);
        match self {
            Self::Sqlite(path) => {
                let options = options(&sqlite_url(path))?;
                // The last connection that closes takes the write-ahead log with it: one of each is kept.
                let pool = pool.min_connections(1).idle_timeout(None).max_lifetime(None);
                let pool = pool.test_before_acquire(false).before_acquire(|c, _| is_sound(c));
                let writer = pool.clone().max_connections(1).after_connect(|c, _| set(c, SQLITE_WRITES));
                let writer = writer.connect_with(options.clone()).await?;
                let readers = pool.max_connections(SQLITE_READERS).after_connect(|c, _| set(c, SQLITE_READS));
                Ok((writer, readers.connect_with(options).await?))
            }
            Self::Postgres(url) => {
                let pool = pool.acquire_timeout(POSTGRES_PATIENCE);
                let pool =
                    pool.test_before_acquire(false).before_acquire(|c, used| answers(c, used.idle_for));
                let both = pool.max_connections(POSTGRES_CONNECTIONS).connect_with(options(url)?).await?;
                Ok((both.clone(), both))
            }
        }
    }

    /// How a transaction that writes begins. SQLite takes its lock at once: asked for later, it might be refused.
    pub(super) fn begin(&self) -> &'static str {
        match self {
            Self::Sqlite(_) => "BEGIN IMMEDIATE",
            Self::Postgres(_) => "BEGIN",
        }
    }

    /// How a transaction begins that waits until no other one of its kind is under way, on no server.
    pub(super) fn take_turn(&self) -> &'static str {
        // SQLite's writers are alone anyway. PostgreSQL gets both in one message.
        self.locking("BEGIN IMMEDIATE", "BEGIN; SELECT value FROM setting WHERE name = 'turn' FOR UPDATE")
    }

    /// Whether a query can change one table and, in its WITH, another: a round trip less.
    pub(super) fn changes_two_tables_at_once(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// Whether each of those who wait for their turn keeps a connection that others could use.
    pub(super) fn waits_with_connections(&self) -> bool {
        matches!(self, Self::Postgres(_))
    }

    /// The query that also locks the rows it finds; SQLite's writers are alone anyway.
    pub(super) fn locking(&self, sqlite: &'static str, postgres: &'static str) -> &'static str {
        match self {
            Self::Sqlite(_) => sqlite,
            Self::Postgres(_) => postgres,
        }
    }

    /// The text of a migration in this dialect.
    pub(super) fn migration(&self, text: &str) -> String {
        match self {
            Self::Sqlite(_) => text.replace("{bytes}", "BLOB"),
            Self::Postgres(_) => text.replace("{bytes}", "BYTEA"),
        }
    }

    /// The query that keeps other servers from changing the tables at the same time, until the transaction ends.
    pub(super) fn lock_tables(&self) -> &'static str {
        self.locking("SELECT ''", "SELECT CAST(pg_advisory_xact_lock(7310574) AS TEXT)")
    }

    /// Whether the same transaction may succeed when it is tried again: somebody else was in its way.
    pub(super) fn is_collision(&self, error: &sqlx::Error) -> bool {
        let code = code(error);
        match self {
            // SQLITE_BUSY, SQLITE_LOCKED
            Self::Sqlite(_) => matches!(sqlite_code(code), Some(5 | 6)),
            // serialization_failure, deadlock_detected
            Self::Postgres(_) => matches!(code.as_deref(), Some("40001" | "40P01")),
        }
    }

    /// Whether there was no space left to write to.
    pub(super) fn is_disk_full(&self, error: &sqlx::Error) -> bool {
        let code = code(error);
        match self {
            // SQLITE_FULL
            Self::Sqlite(_) => sqlite_code(code) == Some(13),
            // disk_full
            Self::Postgres(_) => code.as_deref() == Some("53100"),
        }
    }
}

/// Why SQLite does not take a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    ReadOnly,
    Damaged,
    NotSqlite,
    Other,
}

impl Refusal {
    pub(super) fn of(error: &sqlx::Error) -> Self {
        // SQLITE_READONLY, SQLITE_CORRUPT, SQLITE_NOTADB
        match sqlite_code(code(error)) {
            Some(8) => Self::ReadOnly,
            Some(11) => Self::Damaged,
            Some(26) => Self::NotSqlite,
            _ => Self::Other,
        }
    }

    pub(super) fn into_error(self, path: &Path, source: sqlx::Error) -> Error {
        let path = path.to_owned();
        match self {
            Self::ReadOnly => Error::ReadOnly { path },
            Self::Damaged => {
                Error::DamagedFile { path, reason: "some of it is missing or overwritten".into() }
            }
            Self::NotSqlite => Error::NotSqlite { path },
            Self::Other => Error::Database { action: "open", source },
        }
    }
}

fn code(error: &sqlx::Error) -> Option<String> {
    error.as_database_error()?.code().map(|code| code.into_owned())
}

/// SQLite's primary code, without what refines it.
fn sqlite_code(code: Option<String>) -> Option<u32> {
    Some(code?.parse::<u32>().ok()? & 255)
}

type Setting<'a> = Pin<Box<dyn Future<Output = Result<(), sqlx::Error>> + Send + 'a>>;

fn set<'a>(connection: &'a mut AnyConnection, pragmas: &'static str) -> Setting<'a> {
    Box::pin(async move { connection.execute(pragmas).await.map(|_| ()) })
}

type Sound<'a> = Pin<Box<dyn Future<Output = Result<bool, sqlx::Error>> + Send + 'a>>;

/// After some errors, a full disk among them, SQLite has ended the transaction itself while the driver still counts one:
/// nothing could be begun over that connection any more, so it makes room for a new one.
fn is_sound(connection: &mut AnyConnection) -> Sound<'_> {
    let sound = !connection.is_in_transaction();
    Box::pin(async move { Ok(sound) })
}

/// A connection that was used a moment ago answers; to ask it each time would cost every query a round trip more.
const FRESH: Duration = Duration::from_secs(1);

fn answers(connection: &mut AnyConnection, idle: Duration) -> Sound<'_> {
    Box::pin(async move { Ok(idle < FRESH || connection.ping().await.is_ok()) })
}

fn options(url: &str) -> Result<AnyConnectOptions, sqlx::Error> {
    Ok(url.parse::<AnyConnectOptions>()?.disable_statement_logging())
}

fn sqlite_url(path: &Path) -> String {
    let mut url = String::from("sqlite:");
    for byte in path.to_string_lossy().bytes() {
        match byte {
            b'/' | b'.' | b'-' | b'_' | b'~' => url.push(char::from(byte)),
            _ if byte.is_ascii_alphanumeric() => url.push(char::from(byte)),
            _ => url.push_str(&format!("%{byte:02X}")),
        }
    }
    url + "?mode=rwc"
}

/// An address that may be shown.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((login, host)) = rest.split_once('@') else { return url.to_owned() };
    let user = login.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        let file = |path: &str| Ok::<_, String>(Dialect::Sqlite(path.into()));
        let of = |url: &str| Dialect::from_url(url).map_err(|e| e.to_string());
        assert_eq!(of("deep-reveal.db"), file("deep-reveal.db"));
        assert_eq!(of("sqlite:a b?.db"), file("a b?.db"));
        assert_eq!(of("sqlite:///tmp/a.db"), file("/tmp/a.db"));
        assert_eq!(of("postgres://u@h/d"), Ok(Dialect::Postgres("postgres://u@h/d".into())));
        assert!(of("mysql://ann:secret@host/db").is_err_and(|e| e.contains("mysql://ann@host/db")));
        assert!(of("").is_err() && of(":memory:").is_err());
        assert_eq!(sqlite_url(Path::new("a b?é.db")), "sqlite:a%20b%3F%C3%A9.db?mode=rwc");
    }
}
