//! Numbered changes of the tables.

use sqlx::{AssertSqlSafe, Row};

use super::Store;
use super::setting::make_keys;
use crate::{Error, Result};

/// Number and text of every change, in order; what was released is never edited.
const MIGRATIONS: &[(i64, &str)] = &[(1, include_str!("../../migrations/0001_game.sql"))];

const ACTION: &str = "bring its tables up to date";

/// Makes all changes that the database has not seen, in one transaction, whoever else may be starting.
pub(super) async fn run(store: &Store) -> Result<()> {
    let mut tries = 0;
    loop {
        match attempt(store).await {
            Err(error) if store.again(&error, &mut tries).await => {}
            result => return result,
        }
    }
}

async fn attempt(store: &Store) -> Result<()> {
    let mut writing = store.write().await?;
    let connection = writing.connection();
    sqlx::query(store.dialect().lock_tables())
        .execute(&mut *connection)
        .await
        .map_err(store.failed(ACTION))?;
    let table =
        "CREATE TABLE IF NOT EXISTS migration (version BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)";
    sqlx::raw_sql(table).execute(&mut *connection).await.map_err(store.failed(ACTION))?;
    let rows = sqlx::query("SELECT version, text FROM migration ORDER BY version")
        .fetch_all(&mut *connection)
        .await
        .map_err(store.failed(ACTION))?;
    let done = rows
        .iter()
        .map(|row| Ok((row.try_get("version")?, row.try_get("text")?)))
        .collect::<Result<Vec<(i64, String)>, sqlx::Error>>()
        .map_err(store.failed(ACTION))?;
    check(&done)?;
    for (version, text) in MIGRATIONS.iter().skip(done.len()) {
        sqlx::raw_sql(AssertSqlSafe(store.dialect().migration(text)))
            .execute(&mut *connection)
            .await
            .map_err(store.failed(ACTION))?;
        sqlx::query("INSERT INTO migration (version, text) VALUES ($1, $2)")
            .bind(version)
            .bind(*text)
            .execute(&mut *connection)
            .await
            .map_err(store.failed(ACTION))?;
    }
    make_keys(store, &mut writing).await?;
    writing.commit().await
}

/// The database must have the beginning of our list.
fn check(done: &[(i64, String)]) -> Result<()> {
    for (place, (version, text)) in done.iter().enumerate() {
        let known = MIGRATIONS.get(place);
        if known.is_none_or(|(number, ours)| number != version || ours != text) {
            let reason = format!(
                "version {version} is not one that this program knows: expected at most version {}",
                MIGRATIONS.len()
            );
            return Err(Error::Damaged { what: "list of migrations", reason });
        }
    }
    Ok(())
}
