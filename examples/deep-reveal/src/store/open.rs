//! The handle to the database, and transactions.

use std::sync::{Arc, Once, PoisonError};
use std::time::Duration;

use sqlx::any::{Any, AnyArguments};
use sqlx::pool::PoolConnection;
use sqlx::query::Query;
use sqlx::{AnyConnection, AnyPool, Transaction};
use tokio::sync::{Mutex, MutexGuard};

use super::dialect::{Dialect, Refusal};
use super::disk::{Disk, make_private};
use super::lock::Lock;
use super::migrate;
use crate::{Error, Result};

/// The database; cheap to clone. Several servers may hold one.
#[derive(Debug, Clone)]
pub struct Store {
    database: Arc<Database>,
    pub(super) round_ms: i64,
}

#[derive(Debug)]
struct Database {
    dialect: Dialect,
    writer: AnyPool,
    readers: AnyPool,
    disk: Option<Disk>,
    /// Of this server one at a time waits for the turn to give a round out: the others leave their connections to moves.
    turn: Mutex<()>,
    /// Nobody puts another database in the place of this one.
    lock: std::sync::Mutex<Option<Lock>>,
}

/// How often a transaction is tried when others are in its way.
const TRIES: u32 = 8;

impl Store {
    /// Opens a database, makes it when it is a file that is not there, and brings its tables up to date.
    ///
    /// # Errors
    /// [`Error::DatabaseUrl`] for an address of another kind, [`Error::Io`] or [`Error::Database`] when it cannot be opened or was made
    /// by a later version.
    pub async fn open(url: &str) -> Result<Self> {
        let dialect = dialect(url)?;
        if let Dialect::Sqlite(path) = &dialect {
            // Its log gets the same permissions.
            make_private(path).map_err(Error::io("make the database", path))?;
        }
        let mut tries = 0;
        loop {
            match probe(&dialect).await {
                Err(Error::Database { source, .. }) if dialect.is_collision(&source) && tries < TRIES => {
                    pause(&mut tries).await;
                }
                result => break result?,
            }
        }
        let lock = match &dialect {
            Dialect::Sqlite(path) => Some(Lock::share(path)?),
            Dialect::Postgres(_) => None,
        };
        let (writer, readers) = loop {
            match dialect.connect().await {
                // Another process is just making the same file.
                Err(error) if dialect.is_collision(&error) && tries < TRIES => pause(&mut tries).await,
                result => break result.map_err(Error::database("open"))?,
            }
        };
        let disk = match &dialect {
            Dialect::Sqlite(path) => Some(Disk::new(path)),
            Dialect::Postgres(_) => None,
        };
        let database =
            Arc::new(Database { dialect, writer, readers, disk, turn: Mutex::new(()), lock: lock.into() });
        let store = Self { database, round_ms: 24 * 3_600_000 };
        migrate::run(&store).await?;
        if let Some(disk) = &store.database.disk {
            disk.sync_folder()?;
        }
        Ok(store)
    }

    /// Sets after how many hours an untouched round is given to somebody else; 24 unless set.
    #[must_use]
    pub fn round_hours(mut self, hours: f64) -> Self {
        self.round_ms = (hours * 3_600_000.0).max(1.0) as i64;
        self
    }

    /// Whether the database answers.
    ///
    /// # Errors
    /// [`Error::Database`] when it does not, [`Error::DiskFailed`] when nothing can be stored any more.
    pub async fn ping(&self) -> Result<()> {
        if let Some(disk) = &self.database.disk {
            disk.check()?;
        }
        sqlx::query("SELECT 1").execute(self.readers()).await.map_err(Error::database("answer"))?;
        Ok(())
    }

    /// Closes the connections, as a server does when it stops.
    pub async fn close(&self) {
        self.database.readers.close().await;
        self.database.writer.close().await;
        // Nothing panics while it is held.
        self.database.lock.lock().unwrap_or_else(PoisonError::into_inner).take();
    }

    pub(super) fn dialect(&self) -> &Dialect {
        &self.database.dialect
    }

    /// Connections for queries that change nothing.
    pub(super) fn readers(&self) -> &AnyPool {
        &self.database.readers
    }

    /// Begins a transaction in which rounds may be given out and campaigns changed: one at a time over all servers.
    pub(super) async fn take_turn(&self) -> Result<(Option<MutexGuard<'_, ()>>, Writing<'_>)> {
        let turn = match self.database.dialect.waits_with_connections() {
            true => Some(self.database.turn.lock().await),
            false => None,
        };
        let writing = self.begin(self.database.dialect.take_turn()).await?;
        Ok((turn, writing))
    }

    /// A connection to write with, outside of a transaction.
    pub(super) async fn connection(&self) -> Result<PoolConnection<Any>> {
        self.database.writer.acquire().await.map_err(self.failed("give a connection"))
    }

    /// Begins a transaction that writes; dropped without [`Writing::commit`] it leaves nothing behind.
    pub(super) async fn write(&self) -> Result<Writing<'_>> {
        self.begin(self.database.dialect.begin()).await
    }

    async fn begin(&self, begin: &'static str) -> Result<Writing<'_>> {
        if let Some(disk) = &self.database.disk {
            disk.check()?;
        }
        let transaction =
            self.database.writer.begin_with(begin).await.map_err(self.failed("begin a transaction"))?;
        Ok(Writing { store: self, transaction })
    }

    /// Makes one change, a transaction of its own; the number of rows that it changed.
    pub(super) async fn change(
        &self,
        action: &'static str,
        query: Query<'_, Any, AnyArguments>,
    ) -> Result<u64> {
        let mut writing = self.write().await?;
        let result = query.execute(writing.connection()).await.map_err(self.failed(action))?;
        writing.commit().await?;
        Ok(result.rows_affected())
    }

    /// Turns what the driver says into an error of ours.
    pub(super) fn failed(&self, action: &'static str) -> impl Fn(sqlx::Error) -> Error + '_ {
        move |source| match self.database.dialect.is_disk_full(&source) {
            true => Error::DiskFull,
            false => Error::Database { action, source },
        }
    }

    /// Whether to try a transaction again after `error`, when others were in its way; waits a little before.
    pub(super) async fn again(&self, error: &Error, tries: &mut u32) -> bool {
        let collided =
            matches!(error, Error::Database { source, .. } if self.database.dialect.is_collision(source));
        let again = collided && *tries < TRIES;
        if again {
            pause(tries).await;
        }
        again
    }
}

/// Which database an address names.
pub(super) fn dialect(url: &str) -> Result<Dialect> {
    static DRIVERS: Once = Once::new();
    DRIVERS.call_once(sqlx::any::install_default_drivers);
    Dialect::from_url(url)
}

/// Looks at the database over one connection: a pool would try again for a while and then hide the cause. What is not
/// ours is not changed.
async fn probe(dialect: &Dialect) -> Result<()> {
    let failed = |source| match dialect {
        Dialect::Sqlite(path) => Refusal::of(&source).into_error(path, source),
        Dialect::Postgres(_) => Error::Database { action: "open", source },
    };
    let mut connection = dialect.connection().await.map_err(failed)?;
    match migrate::check_tables(dialect, &mut connection).await {
        Err(Error::Database { source, .. }) => return Err(failed(source)),
        result => drop(result?),
    }
    // Whether it can be written to.
    sqlx::raw_sql(dialect.begin()).execute(&mut connection).await.map_err(failed)?;
    sqlx::raw_sql("ROLLBACK").execute(&mut connection).await.map_err(failed)?;
    sqlx::Connection::close(connection).await.map_err(failed)
}

/// A transaction that writes.
pub(super) struct Writing<'a> {
    store: &'a Store,
    transaction: Transaction<'static, Any>,
}

impl Writing<'_> {
    /// The connection to send queries over.
    pub(super) fn connection(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }

    /// Makes everything last: when this returns, no crash takes it away.
    pub(super) async fn commit(self) -> Result<()> {
        self.transaction.commit().await.map_err(self.store.failed("commit a transaction"))?;
        match &self.store.database.disk {
            Some(disk) => disk.wait().await,
            None => Ok(()),
        }
    }
}

/// Waits a random while that doubles with each try, so that those who collided do not collide again.
async fn pause(tries: &mut u32) {
    let most = 5 << (*tries).min(6);
    *tries += 1;
    tokio::time::sleep(Duration::from_millis(rand::random_range(1..=most))).await;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_full_disk_is_named_and_leaves_nothing_half_done() {
        let folder = tempfile::tempdir().unwrap();
        let store = Store::open(folder.path().join("game.db").to_str().unwrap()).await.unwrap();
        let limit = |pages: &'static str| {
            let store = store.clone();
            async move {
                let mut connection = store.connection().await.unwrap();
                sqlx::query(pages).execute(&mut *connection).await.unwrap();
            }
        };
        // SQLite takes a file at its limit as it takes a full disk.
        limit("PRAGMA max_page_count = 1").await;
        let mut guests = 0;
        let error = loop {
            match store.add_guest("en", guests).await {
                Ok(_) => guests += 1,
                Err(error) => break error,
            }
        };
        assert!(matches!(error, Error::DiskFull), "{error}");
        store.ping().await.unwrap();
        limit("PRAGMA max_page_count = 1000000").await;
        store.add_guest("en", guests).await.unwrap();
        let row = sqlx::query("SELECT COUNT(*) FROM player").fetch_one(store.readers()).await.unwrap();
        assert_eq!(sqlx::Row::get::<i64, _>(&row, 0), guests + 1);
    }
}
