//! Passwords: argon2id as OWASP recommends (19 MiB, two passes, one lane), off the async threads, few at a time.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use tokio::sync::Semaphore;

/// What goes wrong with passwords.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PasswordError {
    /// More hashes are waiting than can be made in reasonable time.
    #[error("too many passwords are being checked at once, more than {most} wait")]
    Busy {
        /// How many may wait.
        most: usize,
    },
    /// The hash could not be made.
    #[error("password hash failed: {0}")]
    Hash(argon2::password_hash::Error),
    /// The thread that made the hash ended before it was done.
    #[error("password hash was interrupted")]
    Interrupted,
}

/// Makes and checks hashes, as many at once as there are cores, each 19 MiB.
#[derive(Clone)]
pub struct Passwords(Arc<Inner>);

struct Inner {
    argon2: Argon2<'static>,
    running: Arc<Semaphore>,
    waiting: Arc<Semaphore>,
    /// The hash that names without a player are checked against, so that they take as long.
    nobody: String,
    made: AtomicU64,
}

/// How many may wait for their turn: at some 50 ms each on two cores, three seconds.
const MOST_WAITING: usize = 128;

impl Passwords {
    /// Makes ready; this computes one hash.
    pub fn new() -> Result<Self, PasswordError> {
        let params = Params::new(19 * 1024, 2, 1, None)
            .map_err(|e| PasswordError::Hash(argon2::password_hash::Error::from(e)))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let nobody = hash_with(&argon2, &crate::random::random_bytes())?;
        let cores = std::thread::available_parallelism().map_or(1, usize::from);
        let (running, waiting) = (Arc::new(Semaphore::new(cores)), Arc::new(Semaphore::new(MOST_WAITING)));
        Ok(Passwords(Arc::new(Inner { argon2, running, waiting, nobody, made: AtomicU64::new(0) })))
    }

    /// The hash of a new password, in PHC text form.
    pub async fn hash(&self, password: &str) -> Result<String, PasswordError> {
        let password = password.to_owned();
        self.run(move |inner| hash_with(&inner.argon2, password.as_bytes())).await?
    }

    /// Whether `password` is the one of `hash`. Without a hash (nobody has that name) the same work is done and the
    /// answer is no.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, PasswordError> {
        let password = password.to_owned();
        self.run(move |inner| {
            let known = hash.is_some();
            let hash = hash.as_deref().unwrap_or(&inner.nobody);
            let equal = PasswordVerifier::<str>::verify_password(&inner.argon2, password.as_bytes(), hash);
            equal.is_ok() && known
        })
        .await
    }

    /// How many hashes were computed so far, for tests that prove that every path computes one.
    #[must_use]
    pub fn computed(&self) -> u64 {
        self.0.made.load(Ordering::SeqCst)
    }

    /// Takes its turn and works on a blocking thread. The permit goes along: a request that is given up meanwhile
    /// still counts until its hash is done.
    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> T + Send + 'static,
    ) -> Result<T, PasswordError> {
        let queue = self.0.waiting.clone().try_acquire_owned();
        let place = queue.map_err(|_| PasswordError::Busy { most: MOST_WAITING })?;
        let turn = self.0.running.clone().acquire_owned().await.map_err(|_| PasswordError::Interrupted)?;
        let inner = self.0.clone();
        let task = tokio::task::spawn_blocking(move || {
            let (_place, _turn) = (place, turn);
            inner.made.fetch_add(1, Ordering::SeqCst);
            work(&inner)
        });
        task.await.map_err(|_| PasswordError::Interrupted)
    }
}

fn hash_with(argon2: &Argon2<'_>, password: &[u8]) -> Result<String, PasswordError> {
    argon2.hash_password(password).map(|hash| hash.to_string()).map_err(PasswordError::Hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_right_password_and_no_other() {
        let passwords = Passwords::new().unwrap();
        let hash = passwords.hash("correct horse").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse", Some(hash.clone())).await.unwrap());
        assert!(!passwords.verify("correct horse ", Some(hash.clone())).await.unwrap());
        assert_ne!(passwords.hash("correct horse").await.unwrap(), hash);
    }

    #[tokio::test]
    async fn a_name_that_nobody_has_costs_the_same_hash() {
        let passwords = Passwords::new().unwrap();
        let before = passwords.computed();
        assert!(!passwords.verify("anything", None).await.unwrap());
        assert_eq!(passwords.computed(), before + 1);
        assert!(!passwords.verify("anything", Some("not a hash".to_owned())).await.unwrap());
    }

    #[tokio::test]
    async fn more_than_can_wait_are_turned_away() {
        let passwords = Passwords::new().unwrap();
        let places = passwords.0.waiting.clone().acquire_many_owned(MOST_WAITING as u32).await.unwrap();
        assert!(matches!(passwords.hash("x").await, Err(PasswordError::Busy { .. })));
        drop(places);
        assert!(passwords.hash("x").await.is_ok());
    }
}
