//! Moves, and what ends a round.

use anv_labels::{Ending, GameRules, Move, Phase, Played, Round};

use super::open::Writing;
use super::round::{round_columns, round_from};
use super::row::{Columns, to_json};
use super::{PlayOutcome, PlayerId, RoundId, RoundRow, Store};
use crate::Result;

impl Store {
    /// Makes a move in a round of the player. When it finishes the round, points and streak change with it or not at all.
    ///
    /// Of moves that arrive together one is made after the other: the same move twice changes the round once.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database); then nothing has changed, unless the connection was lost while the
    /// answer was on its way: the same move again tells.
    pub async fn play(
        &self,
        player: &PlayerId,
        round: &RoundId,
        rules: &GameRules,
        mv: &Move,
        now: i64,
    ) -> Result<PlayOutcome> {
        let mut tries = 0;
        loop {
            match self.try_play(player, round, rules, mv, now).await {
                Err(error) if self.again(&error, &mut tries).await => {}
                result => return result,
            }
        }
    }

    async fn try_play(
        &self,
        player: &PlayerId,
        round: &RoundId,
        rules: &GameRules,
        mv: &Move,
        now: i64,
    ) -> Result<PlayOutcome> {
        const SQL: &str = concat!("SELECT ", round_columns!(), " FROM round WHERE id = $1 AND player = $2");
        const LOCKING: &str =
            concat!("SELECT ", round_columns!(), " FROM round WHERE id = $1 AND player = $2 FOR UPDATE");
        let mut writing = self.write().await?;
        let row = sqlx::query(self.dialect().locking(SQL, LOCKING))
            .bind(round.as_str())
            .bind(player.as_str())
            .fetch_optional(writing.connection())
            .await
            .map_err(self.failed("read a round"))?;
        let Some(row) = row else { return Ok(PlayOutcome::Missing) };
        let mut row = round_from(&row)?;
        let outcome = match rules.play(&row.round, mv) {
            _ if row.expired => PlayOutcome::Expired(row),
            Err(error) => PlayOutcome::Refused(row, error),
            Ok(Played::Unchanged) => PlayOutcome::Unchanged(row),
            Ok(Played::Changed(round)) => {
                row.round = round;
                row.expires = now.saturating_add(self.round_ms);
                match row.round.phase() {
                    Phase::Finished => finish(self, &mut writing, rules, &mut row, now).await?,
                    Phase::Guessing | Phase::Describing => store(self, &mut writing, &row).await?,
                }
                PlayOutcome::Changed(row)
            }
        };
        // Also when nothing changed: the move that made it so may be on its way to the disk.
        writing.commit().await?;
        Ok(outcome)
    }
}

/// Stores a round that goes on.
async fn store(store: &Store, writing: &mut Writing<'_>, row: &RoundRow) -> Result<()> {
    sqlx::query("UPDATE round SET game = $2, hints = $3, expires = $4 WHERE id = $1")
        .bind(row.id.as_str())
        .bind(to_json("round", &row.round)?)
        .bind(i64::from(row.round.hints))
        .bind(row.expires)
        .execute(writing.connection())
        .await
        .map_err(store.failed("store a move"))?;
    Ok(())
}

/// Stores a round that is finished and what it brings the player.
async fn finish(
    store: &Store,
    writing: &mut Writing<'_>,
    rules: &GameRules,
    row: &mut RoundRow,
    now: i64,
) -> Result<()> {
    let failed = store.failed("finish a round");
    let sql = store.dialect().locking(
        "SELECT streak, language FROM player WHERE id = $1",
        "SELECT streak, language FROM player WHERE id = $1 FOR NO KEY UPDATE",
    );
    let player = sqlx::query(sql).bind(row.player.as_str()).fetch_one(writing.connection()).await;
    let player = player.map_err(&failed)?;
    let streak = player.small("streak")?;
    let points = rules.points(&row.round, &row.true_class, streak);
    let streak = points.ending.streak(streak);
    (row.points, row.finished, row.language) = (Some(points), Some(now), player.text("language")?);
    sqlx::query(
        "UPDATE player SET score = score + $2, games = games + 1, wins = wins + $3, streak = $4, \
         best_streak = CASE WHEN best_streak < $4 THEN $4 ELSE best_streak END WHERE id = $1",
    )
    .bind(row.player.as_str())
    .bind(i64::from(points.total))
    .bind(i64::from(points.ending == Ending::Won))
    .bind(i64::from(streak))
    .execute(writing.connection())
    .await
    .map_err(&failed)?;
    sqlx::query(
        "UPDATE round SET game = $2, hints = $3, expires = $4, points = $5, ending = $6, n_labels = $7, \
         language = $8, finished = $9, live = 0 WHERE id = $1",
    )
    .bind(row.id.as_str())
    .bind(to_json("round", &row.round)?)
    .bind(i64::from(row.round.hints))
    .bind(row.expires)
    .bind(to_json("points", &points)?)
    .bind(ending_text(points.ending))
    .bind(row.round.labels.as_ref().map_or(0, Vec::len) as i64)
    .bind(&*row.language)
    .bind(now)
    .execute(writing.connection())
    .await
    .map_err(&failed)?;
    Ok(())
}

/// Closes every round that was not touched for too long. A guess is an answer and is kept: that round is finished
/// without labels. Any other one makes room for another player.
pub(super) async fn expire(
    store: &Store,
    writing: &mut Writing<'_>,
    rules: &GameRules,
    now: i64,
) -> Result<()> {
    const SQL: &str = concat!("SELECT ", round_columns!(), " FROM round WHERE live = 1 AND expires <= $1");
    // A round that is being played just now has not expired.
    const LOCKING: &str = concat!(
        "SELECT ",
        round_columns!(),
        " FROM round WHERE live = 1 AND expires <= $1 FOR UPDATE SKIP LOCKED"
    );
    let failed = store.failed("close rounds");
    let rows = sqlx::query(store.dialect().locking(SQL, LOCKING))
        .bind(now)
        .fetch_all(writing.connection())
        .await
        .map_err(&failed)?;
    for row in &rows {
        let mut row = round_from(row)?;
        if row.round.phase() == Phase::Describing {
            row.round = Round { labels: Some(Vec::new()), ..row.round };
            finish(store, writing, rules, &mut row, now).await?;
            continue;
        }
        for (sql, id) in [
            ("UPDATE round SET live = 0, expired = 1 WHERE id = $1", row.id.as_str()),
            ("UPDATE map SET load = load - 1 WHERE id = $1", row.map_id.as_str()),
        ] {
            sqlx::query(sql).bind(id).execute(writing.connection()).await.map_err(&failed)?;
        }
    }
    Ok(())
}

fn ending_text(ending: Ending) -> &'static str {
    match ending {
        Ending::Won => "won",
        Ending::Lost => "lost",
        Ending::GivenUp => "given_up",
    }
}
