//! Whether what is counted agrees with what happened.

use std::collections::BTreeMap;

use serde_json::Value;
use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Connection, Row};

/// The rows of a query, over a connection of its own.
pub async fn query(database: &str, sql: &'static str) -> Vec<AnyRow> {
    sqlx::any::install_default_drivers();
    let url = match database.starts_with("postgres") {
        true => database.to_owned(),
        false => format!("sqlite:{database}"),
    };
    let mut connection = AnyConnection::connect(&url).await.unwrap();
    let rows = sqlx::query(sql).fetch_all(&mut connection).await.unwrap();
    connection.close().await.unwrap();
    rows
}

/// At this moment the load of every map is its games, finished and in progress, and every player has as many games and
/// wins as are finished and won, and the points of them. Each query sees one moment, so others may go on playing.
pub async fn assert_sound(database: &str) {
    let wrong = query(
        database,
        "SELECT id, load FROM map WHERE load <> (SELECT COUNT(*) FROM round WHERE round.map = map.id \
         AND (finished IS NOT NULL OR live = 1))",
    )
    .await;
    assert!(wrong.is_empty(), "{} maps have another load than games", wrong.len());
    let rows = query(
        database,
        "SELECT player.id, player.score, player.games, player.wins, round.points, round.ending FROM player \
         LEFT JOIN round ON round.player = player.id AND round.finished IS NOT NULL",
    )
    .await;
    let mut played: BTreeMap<String, ([i64; 3], [i64; 3])> = BTreeMap::new();
    for row in &rows {
        let kept = ["score", "games", "wins"].map(|name| row.get::<i64, _>(name));
        let (_, sum) = played.entry(row.get("id")).or_insert((kept, [0; 3]));
        let Some(points) = row.get::<Option<String>, _>("points") else { continue };
        let points: Value = serde_json::from_str(&points).unwrap();
        sum[0] += points["total"].as_i64().unwrap();
        sum[1] += 1;
        sum[2] += i64::from(row.get::<&str, _>("ending") == "won");
    }
    for (player, (kept, sum)) in played {
        assert_eq!(kept, sum, "score, games and wins of {player}");
    }
}
