//! Members' passwords: only their hashes are here.

use super::player::key;
use super::row::Columns;
use super::{PlayerId, Store};
use crate::Result;

impl Store {
    /// Id and password hash of the member of a user name or e-mail address, whatever its case.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn credentials(&self, name_or_email: &str) -> Result<Option<(PlayerId, String)>> {
        let key = key(name_or_email);
        // No name has an @.
        let sql = match key.contains('@') {
            true => "SELECT id, password_hash FROM player WHERE email_key = $1",
            false => "SELECT id, password_hash FROM player WHERE name_key = $1",
        };
        let row = sqlx::query(sql).bind(key).fetch_optional(self.readers()).await;
        let row = row.map_err(self.failed("read a member"))?;
        row.map(|row| Ok((row.text("id")?.into(), row.text("password_hash")?))).transpose()
    }

    /// Sets a member's password hash.
    ///
    /// # Errors
    /// [`Error::NoPlayer`](crate::Error::NoPlayer) when there is no such member.
    pub async fn set_password(&self, id: &PlayerId, hash: &str) -> Result<()> {
        let sql = "UPDATE player SET password_hash = $2 WHERE id = $1 AND name IS NOT NULL";
        self.set(id, sqlx::query(sql).bind(id.as_str()).bind(hash)).await
    }

    /// Changes a member's password hash from `before`, and ends all sessions and links for a new password; `false`, and
    /// nothing is changed, when it is not `before`.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn change_password(&self, id: &PlayerId, before: &str, hash: &str) -> Result<bool> {
        let mut writing = self.write().await?;
        let failed = self.failed("change a password");
        let changed =
            sqlx::query("UPDATE player SET password_hash = $2 WHERE id = $1 AND password_hash = $3")
                .bind(id.as_str())
                .bind(hash)
                .bind(before)
                .execute(writing.connection())
                .await
                .map_err(&failed)?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        for sql in ["DELETE FROM session WHERE player = $1", "DELETE FROM reset WHERE player = $1"] {
            sqlx::query(sql).bind(id.as_str()).execute(writing.connection()).await.map_err(&failed)?;
        }
        writing.commit().await?;
        Ok(true)
    }
}
