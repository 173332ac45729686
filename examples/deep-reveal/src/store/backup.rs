//! A copy of the whole database.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::Store;
use super::dialect::Dialect;
use super::disk::{folder_of, make_private};
use crate::{Error, Result};

impl Store {
    /// Copies a SQLite database to a new file, as it is at one moment, while others go on playing. The file appears when
    /// it is complete; it is a database like any other, and [`restore`](super::restore) puts it in the database's place.
    ///
    /// # Errors
    /// [`Error::FileExists`] when there is a file already, [`Error::Io`] when none can be made, [`Error::Unsupported`] for PostgreSQL, which has
    /// tools of its own.
    pub async fn backup(&self, to: &Path) -> Result<()> {
        if matches!(self.dialect(), Dialect::Postgres(_)) {
            return Err(Error::Unsupported(
                "a PostgreSQL database is backed up by its own tools: expected pg_dump or a base backup",
            ));
        }
        if to.exists() {
            return Err(Error::FileExists { path: to.to_owned(), instead: "another name" });
        }
        if !folder_of(to).is_dir() {
            return Err(Error::MissingFolder { path: folder_of(to).to_owned() });
        }
        let half = half(to);
        let result = self.copy(&half, to).await;
        if result.is_err() {
            // There may be none; the first error is the one to tell.
            let _ = fs::remove_file(&half);
        }
        result
    }

    async fn copy(&self, half: &Path, to: &Path) -> Result<()> {
        // SQLite writes into a file that is empty.
        make_private(half).map_err(Error::io("write", half))?;
        // No transaction: SQLite copies what is committed when it begins.
        let mut connection = self.connection().await?;
        sqlx::query("VACUUM INTO $1")
            .bind(half.to_string_lossy().into_owned())
            .execute(&mut *connection)
            .await
            .map_err(self.failed("copy itself"))?;
        File::open(half).and_then(|file| file.sync_all()).map_err(Error::io("write", half))?;
        fs::rename(half, to).map_err(Error::io("write", to))
    }
}

/// Name for what is not complete yet, in the folder of what it becomes.
pub(super) fn half(to: &Path) -> PathBuf {
    folder_of(to).join(format!(".deep-reveal-{:016x}.half", rand::random::<u64>()))
}
