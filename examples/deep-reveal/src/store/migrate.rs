//! Numbered changes of the tables.

use sqlx::{AnyConnection, AssertSqlSafe, Row};

use super::Store;
use super::dialect::Dialect;
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
    check_tables(store.dialect(), connection).await?;
    let table =
        "CREATE TABLE IF NOT EXISTS migration (version BIGINT NOT NULL PRIMARY KEY, text TEXT NOT NULL)";
    sqlx::raw_sql(table).execute(&mut *connection).await.map_err(store.failed(ACTION))?;
    let done = check_versions(connection).await?;
    for (version, text) in MIGRATIONS.iter().skip(done) {
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

/// Tables that every database of ours has.
const OURS: [&str; 3] = ["migration", "setting", "player"];

/// Whether the database has our tables; `false` when it has none at all. One with other tables is another program's and
/// must stay as it is.
pub(super) async fn check_tables(dialect: &Dialect, connection: &mut AnyConnection) -> Result<bool> {
    let query = dialect.locking(
        "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name",
        "SELECT CAST(table_name AS TEXT) FROM information_schema.tables WHERE table_schema = current_schema() ORDER BY 1",
    );
    let failed = Error::database("list its tables");
    let rows = sqlx::query(query).fetch_all(connection).await.map_err(&failed)?;
    let tables: Vec<String> =
        rows.iter().map(|row| row.try_get(0)).collect::<Result<_, _>>().map_err(&failed)?;
    match tables.first() {
        None => Ok(false),
        Some(_) if OURS.iter().all(|ours| tables.iter().any(|table| table == ours)) => Ok(true),
        Some(table) => Err(Error::Foreign { database: dialect.shown(), table: Some(table.clone()) }),
    }
}

/// How many of our changes the database has seen; they must be the first of our list.
pub(super) async fn check_versions(connection: &mut AnyConnection) -> Result<usize> {
    let failed = Error::database(ACTION);
    let rows = sqlx::query("SELECT version, text FROM migration ORDER BY version")
        .fetch_all(connection)
        .await
        .map_err(&failed)?;
    let done = rows
        .iter()
        .map(|row| Ok((row.try_get("version")?, row.try_get("text")?)))
        .collect::<Result<Vec<(i64, String)>, sqlx::Error>>()
        .map_err(&failed)?;
    check(&done)?;
    Ok(done.len())
}

fn check(done: &[(i64, String)]) -> Result<()> {
    for (place, (version, text)) in done.iter().enumerate() {
        let known = MIGRATIONS.get(place);
        if known.is_none() {
            return Err(Error::Newer { found: *version, known: MIGRATIONS.len() });
        }
        if known.is_none_or(|(number, ours)| number != version || ours != text) {
            let reason = format!("version {version} is not the one of that number that this program knows");
            return Err(Error::Damaged { what: "list of migrations", reason });
        }
    }
    Ok(())
}
