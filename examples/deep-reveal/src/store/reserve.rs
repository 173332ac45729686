//! Giving rounds out: who plays which map.

use anv_labels::GameRules;

use super::open::Writing;
use super::play::expire;
use super::round::{round_columns, round_from};
use super::row::{Columns, from_json, to_json};
use super::{MapId, PlayerId, Reserved, RoundId, RoundRow, Store};
use crate::{Error, Result};

/// A player to be given a round.
struct Wish<'a> {
    player: &'a PlayerId,
    rules: &'a GameRules,
    seed: u64,
    now: i64,
}

/// That the player `$2` never met the photo of a map.
macro_rules! unmet {
    () => {
        "NOT EXISTS (SELECT 1 FROM round WHERE round.player = $2 AND round.sha256 = map.sha256)"
    };
}

impl Store {
    /// The round that a player wants to play: the open one, or a new one on the map with the fewest games among those
    /// whose photo the player never met, by chance where several have as few.
    ///
    /// Rounds that were not touched for [`Store::round_hours`] make room before: one with a guess is finished without
    /// labels, another one is closed and does not count. All servers give rounds out one after another.
    ///
    /// # Errors
    /// [`Error::NoPlayer`] when there is no such player, [`Error::Rule`] when the campaign has too few classes.
    pub async fn reserve(
        &self,
        player: &PlayerId,
        rules: &GameRules,
        seed: u64,
        now: i64,
    ) -> Result<Reserved> {
        // Resumed without waiting for a turn; a round that has less than half its time left gets all of it again.
        if let Some(row) = self.open_round(player).await?
            && row.expires - now > self.round_ms / 2
        {
            return Ok(Reserved::Round(row, false));
        }
        let wish = Wish { player, rules, seed, now };
        let mut tries = 0;
        loop {
            match self.try_reserve(&wish).await {
                Err(error) if self.again(&error, &mut tries).await => {}
                result => return result,
            }
        }
    }

    async fn try_reserve(&self, wish: &Wish<'_>) -> Result<Reserved> {
        let (_turn, mut writing) = self.take_turn().await?;
        expire(self, &mut writing, wish.rules, wish.now).await?;
        let Some((games, language)) = self.games_of(&mut writing, wish.player).await? else {
            return Err(Error::NoPlayer { found: wish.player.to_string() });
        };
        let reserved = match self.resume(&mut writing, wish).await? {
            Some(row) => Reserved::Round(row, false),
            None => match self.choose(&mut writing, wish, games).await? {
                Some(map) => {
                    Reserved::Round(self.begin_round(&mut writing, wish, &map, &language).await?, true)
                }
                None => Reserved::NothingLeft,
            },
        };
        writing.commit().await?;
        Ok(reserved)
    }

    async fn games_of(&self, writing: &mut Writing<'_>, player: &PlayerId) -> Result<Option<(u64, String)>> {
        let row = sqlx::query("SELECT games, language FROM player WHERE id = $1")
            .bind(player.as_str())
            .fetch_optional(writing.connection())
            .await
            .map_err(self.failed("read a player"))?;
        row.map(|row| Ok((row.count("games")?, row.text("language")?))).transpose()
    }

    async fn resume(&self, writing: &mut Writing<'_>, wish: &Wish<'_>) -> Result<Option<RoundRow>> {
        const SQL: &str = concat!(
            "UPDATE round SET expires = $2 WHERE player = $1 AND live = 1 RETURNING ",
            round_columns!()
        );
        let row = sqlx::query(SQL)
            .bind(wish.player.as_str())
            .bind(wish.now.saturating_add(self.round_ms))
            .fetch_optional(writing.connection())
            .await
            .map_err(self.failed("resume a round"))?;
        row.as_ref().map(round_from).transpose()
    }

    /// A control map when one is due and left, else an ordinary one.
    async fn choose(&self, writing: &mut Writing<'_>, wish: &Wish<'_>, games: u64) -> Result<Option<MapId>> {
        if wish.rules.control_is_due(games, wish.seed)
            && let Some(map) = self.fairest(writing, wish, true).await?
        {
            return Ok(Some(map));
        }
        self.fairest(writing, wish, false).await
    }

    /// One of the maps with the least load whose photo the player never met.
    async fn fairest(
        &self,
        writing: &mut Writing<'_>,
        wish: &Wish<'_>,
        control: bool,
    ) -> Result<Option<MapId>> {
        // Those of the least load may be thousands: a few are taken from a random place on, in random order. Around the
        // end the search goes on at the beginning.
        const SQL: &str = concat!(
            "SELECT id, load FROM map WHERE open = 1 AND control = $1 AND tie >= $3 AND ",
            unmet!(),
            " AND load = (SELECT load FROM map WHERE open = 1 AND control = $1 AND ",
            unmet!(),
            " ORDER BY load LIMIT 1) ORDER BY tie LIMIT 16"
        );
        let place = (wish.seed >> 11) as f64 / (1u64 << 53) as f64;
        for from in [place, 0.0] {
            let rows = sqlx::query(SQL)
                .bind(i64::from(control))
                .bind(wish.player.as_str())
                .bind(from)
                .fetch_all(writing.connection())
                .await
                .map_err(self.failed("find a map"))?;
            let loads = rows.iter().map(|row| row.count("load")).collect::<Result<Vec<_>>>()?;
            if let Some(place) = wish.rules.fairest(&loads, wish.seed) {
                return Ok(Some(rows[place].text("id")?.into()));
            }
        }
        Ok(None)
    }

    async fn begin_round(
        &self,
        writing: &mut Writing<'_>,
        wish: &Wish<'_>,
        map: &MapId,
        language: &str,
    ) -> Result<RoundRow> {
        let failed = self.failed("begin a round");
        let row = sqlx::query(
            "SELECT map.photo, map.campaign, map.sha256, map.control, map.weight_percent, photo.true_class, \
             campaign.easing, campaign.mean_weight, campaign.classes FROM map JOIN photo ON photo.id = map.photo \
             JOIN campaign ON campaign.id = map.campaign WHERE map.id = $1",
        )
        .bind(map.as_str())
        .fetch_one(writing.connection())
        .await
        .map_err(&failed)?;
        let classes: Vec<String> = from_json("list of classes", &row.text("classes")?)?;
        let (true_class, control) = (row.text("true_class")?, row.flag("control")?);
        let options = wish.rules.options(&true_class, &classes, wish.seed)?;
        let easing = row.flag("easing")? && !control;
        let (weight, mean) = (row.float("weight_percent")?, row.float("mean_weight")?);
        let round = wish.rules.begin(wish.rules.first_hint(weight, mean, easing), options);
        let begun = RoundRow {
            id: RoundId::random(),
            player: wish.player.clone(),
            map_id: map.clone(),
            photo_id: row.text("photo")?.into(),
            campaign: row.text("campaign")?.into(),
            control,
            true_class,
            round,
            points: None,
            language: language.to_owned(),
            started: wish.now,
            expires: wish.now.saturating_add(self.round_ms),
            finished: None,
            expired: false,
        };
        sqlx::query(
            "INSERT INTO round (id, player, map, photo, campaign, sha256, control, true_class, game, hints, \
             language, started, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)",
        )
        .bind(begun.id.as_str())
        .bind(begun.player.as_str())
        .bind(begun.map_id.as_str())
        .bind(begun.photo_id.as_str())
        .bind(begun.campaign.as_str())
        .bind(row.text("sha256")?)
        .bind(i64::from(control))
        .bind(&*begun.true_class)
        .bind(to_json("round", &begun.round)?)
        .bind(i64::from(begun.round.hints))
        .bind(&*begun.language)
        .bind(begun.started)
        .bind(begun.expires)
        .execute(writing.connection())
        .await
        .map_err(&failed)?;
        sqlx::query("UPDATE map SET load = load + 1 WHERE id = $1")
            .bind(map.as_str())
            .execute(writing.connection())
            .await
            .map_err(&failed)?;
        Ok(begun)
    }
}
