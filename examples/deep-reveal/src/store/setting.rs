//! Keys that all servers share.

use super::Store;
use super::open::Writing;
use super::row::Columns;
use crate::{Error, Result};

const SECRET: &str = "secret";
const PSEUDONYM: &str = "pseudonym";

impl Store {
    /// A secret for signing, made once and shared by all servers.
    ///
    /// # Errors
    /// [`Error::Database`] when it cannot be read.
    pub async fn secret(&self) -> Result<[u8; 32]> {
        self.key(SECRET).await
    }

    /// The key that makes pseudonyms of players, made once: exports of one database fit together.
    pub(super) async fn pseudonym_key(&self) -> Result<[u8; 32]> {
        self.key(PSEUDONYM).await
    }

    async fn key(&self, name: &'static str) -> Result<[u8; 32]> {
        let row = sqlx::query("SELECT value FROM setting WHERE name = $1")
            .bind(name)
            .fetch_optional(self.readers())
            .await
            .map_err(self.failed("read a key"))?;
        let wrong = || Error::Damaged { what: "key", reason: format!("{name} is not 64 hex digits") };
        row.map(|row| row.text("value")).transpose()?.and_then(|text| from_hex(&text)).ok_or_else(wrong)
    }
}

/// Makes the keys that are not there yet; before anything is copied, so that copies have the same.
pub(super) async fn make_keys(store: &Store, writing: &mut Writing<'_>) -> Result<()> {
    for name in [SECRET, PSEUDONYM] {
        sqlx::query("INSERT INTO setting (name, value) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING")
            .bind(name)
            .bind(to_hex(&rand::random::<[u8; 32]>()))
            .execute(writing.connection())
            .await
            .map_err(store.failed("store a key"))?;
    }
    Ok(())
}

pub(super) fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn from_hex(text: &str) -> Option<[u8; 32]> {
    let bytes: Vec<u8> = (0..text.len())
        .step_by(2)
        .map(|place| u8::from_str_radix(text.get(place..place + 2)?, 16).ok())
        .collect::<Option<_>>()?;
    bytes.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hex_there_and_back() {
        let key = std::array::from_fn(|i| i as u8 * 7);
        assert_eq!(from_hex(&to_hex(&key)), Some(key));
        assert_eq!(from_hex("zz"), None);
        assert_eq!(from_hex("é"), None);
    }
}
