//! Sessions, and tokens for setting a new password; only hashes of tokens come here.

use super::player::{player_columns, player_from};
use super::row::Columns;
use super::{Player, PlayerId, Store};
use crate::Result;

impl Store {
    /// Starts a session; `token_hash` is the hash of its token. Sessions that have expired are forgotten.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database), also when there is no such player.
    pub async fn add_session(
        &self,
        token_hash: &str,
        player: &PlayerId,
        now: i64,
        expires: i64,
    ) -> Result<()> {
        let mut writing = self.write().await?;
        sqlx::query("DELETE FROM session WHERE expires <= $1")
            .bind(now)
            .execute(writing.connection())
            .await
            .map_err(self.failed("forget sessions"))?;
        sqlx::query("INSERT INTO session (token_hash, player, created, expires) VALUES ($1, $2, $3, $4)")
            .bind(token_hash)
            .bind(player.as_str())
            .bind(now)
            .bind(expires)
            .execute(writing.connection())
            .await
            .map_err(self.failed("start a session"))?;
        writing.commit().await
    }

    /// The player of a session that has not expired.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn session(&self, token_hash: &str, now: i64) -> Result<Option<Player>> {
        const SQL: &str = concat!(
            "SELECT ",
            player_columns!(),
            " FROM session JOIN player ON player.id = session.player \
             WHERE session.token_hash = $1 AND session.expires > $2"
        );
        let row = sqlx::query(SQL)
            .bind(token_hash)
            .bind(now)
            .fetch_optional(self.readers())
            .await
            .map_err(self.failed("read a session"))?;
        row.as_ref().map(player_from).transpose()
    }

    /// Lets a session that has not expired live until `expires`.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn extend_session(&self, token_hash: &str, now: i64, expires: i64) -> Result<()> {
        let query = sqlx::query("UPDATE session SET expires = $1 WHERE token_hash = $2 AND expires > $3")
            .bind(expires)
            .bind(token_hash)
            .bind(now);
        self.change("extend a session", query).await.map(|_| ())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn end_session(&self, token_hash: &str) -> Result<()> {
        let query = sqlx::query("DELETE FROM session WHERE token_hash = $1").bind(token_hash);
        self.change("end a session", query).await.map(|_| ())
    }

    /// Ends all sessions of a player.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn end_sessions(&self, player: &PlayerId) -> Result<()> {
        let query = sqlx::query("DELETE FROM session WHERE player = $1").bind(player.as_str());
        self.change("end sessions", query).await.map(|_| ())
    }

    /// Keeps a token for setting a new password; the player's earlier ones and all that have expired are forgotten.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database), also when there is no such player.
    pub async fn add_reset(&self, token_hash: &str, player: &PlayerId, now: i64, expires: i64) -> Result<()> {
        let mut writing = self.write().await?;
        sqlx::query("DELETE FROM reset WHERE player = $1 OR expires <= $2")
            .bind(player.as_str())
            .bind(now)
            .execute(writing.connection())
            .await
            .map_err(self.failed("forget tokens"))?;
        sqlx::query("INSERT INTO reset (token_hash, player, created, expires) VALUES ($1, $2, $3, $4)")
            .bind(token_hash)
            .bind(player.as_str())
            .bind(now)
            .bind(expires)
            .execute(writing.connection())
            .await
            .map_err(self.failed("store a token"))?;
        writing.commit().await
    }

    /// The player of a token for setting a new password that has not expired; it can still be used.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn find_reset(&self, token_hash: &str, now: i64) -> Result<Option<PlayerId>> {
        let row = sqlx::query("SELECT player FROM reset WHERE token_hash = $1 AND expires > $2")
            .bind(token_hash)
            .bind(now)
            .fetch_optional(self.readers())
            .await
            .map_err(self.failed("read a token"))?;
        row.map(|row| Ok(row.text("player")?.into())).transpose()
    }

    /// Takes a token for setting a new password: of several who come with it, one gets the player.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn use_reset(&self, token_hash: &str, now: i64) -> Result<Option<PlayerId>> {
        let mut writing = self.write().await?;
        let row = sqlx::query("DELETE FROM reset WHERE token_hash = $1 RETURNING player, expires")
            .bind(token_hash)
            .fetch_optional(writing.connection())
            .await
            .map_err(self.failed("use a token"))?;
        writing.commit().await?;
        match row {
            Some(row) if row.time("expires")? > now => Ok(Some(row.text("player")?.into())),
            _ => Ok(None),
        }
    }
}
