//! A copy takes the database's place.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use super::dialect::{Dialect, Refusal};
use super::disk::{Disk, beside, make_private};
use super::lock::Lock;
use super::{backup, migrate};
use crate::{Error, Result};

/// Puts a copy that [`Store::backup`](super::Store::backup) made in the place of a SQLite database. The copy is checked
/// first; the database that was there, with whatever its log held, is kept under the name that is returned. Owner and
/// permissions stay as they were.
///
/// # Errors
/// [`Error::InUse`] while a server has the database open, [`Error::NoFile`], [`Error::NotSqlite`],
/// [`Error::DamagedFile`] or [`Error::Foreign`] when the copy cannot be used: then nothing was changed.
pub async fn restore(database: &str, from: &Path) -> Result<Option<PathBuf>> {
    let Dialect::Sqlite(path) = super::open::dialect(database)? else {
        return Err(Error::Unsupported(
            "a PostgreSQL database is restored by its own tools: expected pg_restore into an empty database",
        ));
    };
    check_source(from, &path)?;
    // Until the end: a server that is started meanwhile is told to wait, and opens the database that was put in place.
    let _alone = Lock::alone(&path)?;
    let half = backup::half(&path);
    let result = replace(from, &half, &path).await;
    if result.is_err() {
        for file in with_logs(&half) {
            // There may be none; the first error is the one to tell.
            let _ = fs::remove_file(file);
        }
    }
    result
}

fn check_source(from: &Path, path: &Path) -> Result<()> {
    if !from.is_file() {
        return Err(Error::NoFile { path: from.to_owned() });
    }
    let full = |path: &Path| fs::canonicalize(path).ok();
    let log = beside(from, "-wal");
    if full(from) == full(path) || fs::metadata(&log).is_ok_and(|log| log.len() > 0) {
        return Err(Error::InUse { path: from.to_owned() });
    }
    Ok(())
}

async fn replace(from: &Path, half: &Path, path: &Path) -> Result<Option<PathBuf>> {
    make_private(half).map_err(Error::io("write", half))?;
    // Its own permissions do not go with the content, so that the copy stays private.
    let mut source = File::open(from).map_err(Error::io("read", from))?;
    let mut target = File::options().write(true).open(half).map_err(Error::io("write", half))?;
    std::io::copy(&mut source, &mut target).map_err(Error::io("write", half))?;
    check_copy(half, from).await?;
    keep_owner(path, half).map_err(Error::io("set the owner of", half))?;
    target.sync_all().map_err(Error::io("write", half))?;

    settle(path).await?;
    let aside = set_aside(path)?;
    fs::rename(half, path).map_err(Error::io("write", path))?;
    Disk::new(path).sync_folder()?;
    Ok(aside)
}

/// Whether the copy is whole and ours; errors name the file that it was copied from.
async fn check_copy(half: &Path, from: &Path) -> Result<()> {
    let failed = |error| Refusal::of(&error).into_error(from, error);
    let mut connection = Dialect::Sqlite(half.into()).connection().await.map_err(failed)?;
    // A log beside the copy would be taken for the database's.
    sqlx::raw_sql("PRAGMA journal_mode = DELETE").execute(&mut connection).await.map_err(failed)?;
    let rows = sqlx::query("PRAGMA integrity_check(1)").fetch_all(&mut connection).await.map_err(failed)?;
    for row in rows {
        let found: String = sqlx::Row::try_get(&row, 0).map_err(failed)?;
        if found != "ok" {
            return Err(Error::DamagedFile { path: from.to_owned(), reason: found });
        }
    }
    let dialect = Dialect::Sqlite(from.into());
    match migrate::check_tables(&dialect, &mut connection).await? {
        true => drop(migrate::check_versions(&mut connection).await?),
        false => return Err(Error::Foreign { table: None, database: from.display().to_string() }),
    }
    sqlx::Connection::close(connection).await.map_err(failed)
}

/// Brings the log of the database that is replaced into its file, which only works when nobody else has it open.
async fn settle(path: &Path) -> Result<()> {
    if !path.exists() {
        return Ok(());
    }
    let settled = async {
        let mut connection = Dialect::Sqlite(path.into()).connection().await?;
        sqlx::raw_sql("PRAGMA busy_timeout = 500; PRAGMA journal_mode = DELETE")
            .execute(&mut connection)
            .await?;
        sqlx::Connection::close(connection).await
    };
    match settled.await {
        Err(error) if Dialect::Sqlite(path.into()).is_collision(&error) => {
            Err(Error::InUse { path: path.to_owned() })
        }
        // It may be what a damaged database is replaced for: its log is set aside with it.
        _ => Ok(()),
    }
}

/// Gives the database that is there another name, its log with it.
fn set_aside(path: &Path) -> Result<Option<PathBuf>> {
    let name = |number: usize| beside(path, &format!(".before-restore-{number}"));
    let free = |aside: &PathBuf| with_logs(aside).iter().all(|file| !file.exists());
    let Some(aside) = (1..).map(name).find(free) else { return Ok(None) };
    let mut kept = None;
    for (old, new) in with_logs(path).iter().zip(with_logs(&aside)).rev() {
        if old.exists() {
            // With a second name there is a database in its place at every moment.
            let linked = old == path && fs::hard_link(old, &new).is_ok();
            if !linked {
                fs::rename(old, &new).map_err(Error::io("rename", old))?;
            }
            kept = Some(aside.clone());
        }
    }
    Ok(kept)
}

/// A database with the files that SQLite keeps beside it.
fn with_logs(path: &Path) -> [PathBuf; 4] {
    ["", "-wal", "-shm", "-journal"].map(|ending| beside(path, ending))
}

#[cfg(unix)]
fn keep_owner(old: &Path, new: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{MetadataExt, chown};
    let Ok(was) = fs::metadata(old) else { return Ok(()) };
    let is = fs::metadata(new)?;
    if (was.uid(), was.gid()) != (is.uid(), is.gid()) {
        chown(new, Some(was.uid()), Some(was.gid()))?;
    }
    fs::set_permissions(new, was.permissions())
}

#[cfg(not(unix))]
fn keep_owner(_: &Path, _: &Path) -> std::io::Result<()> {
    Ok(())
}
