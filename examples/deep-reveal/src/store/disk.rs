//! When what was committed is on the disk.

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tokio::sync::Mutex;

use crate::{Error, Result};

/// Waits for the disk once for all transactions that wait together.
///
/// SQLite can wait at each commit, but then a disk that needs 5 ms takes 200 commits a second and no more. Here commits
/// go on while the disk is busy, and one wait covers all that were committed before it began. Nobody gets an answer
/// before their commit is covered.
#[derive(Debug)]
pub(super) struct Disk {
    /// The write-ahead log: commits are appended to it. SQLite itself sees to it that a checkpoint is safe.
    log: PathBuf,
    committed: AtomicU64,
    /// How many of the committed are on the disk; who holds it may wait for the disk.
    synced: Mutex<u64>,
    /// After a failed wait nobody knows what is on the disk, and a second wait would not tell.
    failed: Arc<AtomicBool>,
}

impl Disk {
    pub(super) fn new(database: &Path) -> Self {
        let failed = Arc::new(AtomicBool::new(false));
        Self { log: beside(database, "-wal"), committed: AtomicU64::new(0), synced: Mutex::new(0), failed }
    }

    /// Makes the names of database and log last; once they exist.
    pub(super) fn sync_folder(&self) -> Result<()> {
        let folder = folder_of(&self.log);
        match cfg!(unix) {
            true => File::open(folder).and_then(|f| f.sync_all()).map_err(Error::io("write", folder)),
            false => Ok(()),
        }
    }

    /// Refuses to go on after the disk failed.
    pub(super) fn check(&self) -> Result<()> {
        match self.failed.load(Ordering::SeqCst) {
            true => Err(Error::DiskFailed),
            false => Ok(()),
        }
    }

    /// Waits until everything that is committed now is on the disk.
    pub(super) async fn wait(&self) -> Result<()> {
        let mine = self.committed.fetch_add(1, Ordering::SeqCst) + 1;
        let mut synced = self.synced.lock().await;
        if *synced >= mine {
            return Ok(());
        }
        self.check()?;
        let all = self.committed.load(Ordering::SeqCst);
        let (log, failed) = (self.log.clone(), Arc::clone(&self.failed));
        let work = move || {
            let result = sync(&log);
            // Here, as whoever waits may go away.
            failed.fetch_or(result.is_err(), Ordering::SeqCst);
            result
        };
        match tokio::task::spawn_blocking(work).await {
            Ok(Ok(())) => {
                *synced = all;
                Ok(())
            }
            Ok(Err(error)) => {
                tracing::error!(%error, "the database's log could not be brought to the disk");
                Err(Error::DiskFailed)
            }
            Err(_) => Err(Error::DiskFailed),
        }
    }
}

/// The path with something after its name.
pub(super) fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}

/// The folder that a file is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// Makes an empty file that only its owner reads: a database has secrets and addresses in it.
pub(super) fn make_private(path: &Path) -> io::Result<()> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
        _ => Ok(()),
    }
}

fn sync(log: &Path) -> io::Result<()> {
    match File::options().append(true).open(log) {
        Ok(file) => file.sync_data(),
        // Without a log everything is in the database's file, brought to the disk by SQLite.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    #[test]
    fn only_the_owner_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        make_private(&path).unwrap();
        std::fs::write(&path, "kept").unwrap();
        make_private(&path).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::mode(&std::fs::metadata(&path).unwrap().permissions());
        assert_eq!((mode & 0o777, std::fs::read(&path).unwrap()), (0o600, b"kept".to_vec()));
    }

    #[tokio::test]
    async fn a_disk_that_fails_stays_failed() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::new(&folder.path().join("a.db"));
        disk.wait().await.unwrap();
        std::fs::create_dir(folder.path().join("a.db-wal")).unwrap();
        assert!(matches!(disk.wait().await, Err(Error::DiskFailed)));
        std::fs::remove_dir(folder.path().join("a.db-wal")).unwrap();
        assert!(matches!(disk.check(), Err(Error::DiskFailed)));
        assert!(matches!(disk.wait().await, Err(Error::DiskFailed)));
    }
}
