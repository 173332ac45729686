//! Who has a SQLite database open, for those who put another one in its place.

use std::fs::{File, TryLockError};
use std::path::Path;

use super::disk::beside;
use crate::{Error, Result};

/// Keeps the lock as long as it lives; the system lets go of it when the process ends, however it does.
///
/// SQLite's own locks lie on the file that is exchanged: whoever opened it just before would hold a lock on the old one.
/// These lie on a file beside it, which stays. It is empty.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "held, not used")] Option<File>);

impl Lock {
    /// Together with others who use the database.
    pub(super) fn share(database: &Path) -> Result<Self> {
        let restoring = || Error::Restoring { path: database.to_owned() };
        take(database, File::try_lock_shared, restoring)
    }

    /// Alone, to exchange it.
    pub(super) fn alone(database: &Path) -> Result<Self> {
        take(database, File::try_lock, || Error::InUse { path: database.to_owned() })
    }
}

fn take(
    database: &Path,
    lock: impl Fn(&File) -> Result<(), TryLockError>,
    refused: impl Fn() -> Error,
) -> Result<Lock> {
    let path = beside(database, "-lock");
    // To lock it is to read it, so that it may be another user's.
    let make = |_| File::options().read(true).append(true).create(true).open(&path);
    let file = File::open(&path).or_else(make).map_err(Error::io("make", &path))?;
    match lock(&file) {
        Ok(()) => Ok(Lock(Some(file))),
        Err(TryLockError::WouldBlock) => Err(refused()),
        // Some file systems over a network know no locks; SQLite's own remain.
        Err(TryLockError::Error(error)) if error.kind() == std::io::ErrorKind::Unsupported => Ok(Lock(None)),
        Err(TryLockError::Error(error)) => Err(Error::io("lock", &path)(error)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn many_share_or_one_is_alone() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("game.db");
        let shared = [Lock::share(&database).unwrap(), Lock::share(&database).unwrap()];
        assert!(matches!(Lock::alone(&database), Err(Error::InUse { .. })));
        drop(shared);
        let alone = Lock::alone(&database).unwrap();
        assert!(matches!(Lock::share(&database), Err(Error::Restoring { .. })));
        drop(alone);
        Lock::share(&database).unwrap();
    }
}
