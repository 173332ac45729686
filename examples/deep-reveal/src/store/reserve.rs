//! Giving rounds out: who plays which map.

use std::collections::BTreeMap;

use anv_labels::GameRules;

use super::choose::{Served, Survey, Wish};
use super::open::Writing;
use super::play::expire;
use super::round::{round_columns, round_from};
use super::row::{Columns, from_json, to_json};
use super::{CampaignId, PlayerId, Reserved, RoundId, RoundRow, Store};
use crate::{Error, Result};

/// What is read before the turn comes, to keep the turn short: all players wait for it. What may have changed since then is
/// read again.
struct Ahead {
    /// The player's games.
    games: u64,
    /// Whether some round is to be closed.
    late: bool,
    /// The classes of the open campaigns.
    classes: BTreeMap<CampaignId, Vec<String>>,
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
        let ahead = self.look_ahead(wish).await?;
        let (_turn, mut writing) = self.take_turn().await?;
        if ahead.late {
            expire(self, &mut writing, wish.rules, wish.now).await?;
        }
        let mut games = ahead.games;
        let reserved = loop {
            let survey = self.survey(&mut writing, wish, games).await?;
            if survey.is_live {
                match self.resume(&mut writing, wish).await? {
                    Some(row) => break Reserved::Round(row, false),
                    // It was finished while the update waited for it.
                    None => continue,
                }
            }
            if survey.games != games {
                games = survey.games;
                continue;
            }
            match survey.choice(wish) {
                Some(served) => {
                    let row = self.begin_round(&mut writing, wish, &survey, served, &ahead).await?;
                    break Reserved::Round(row, true);
                }
                None => break Reserved::NothingLeft,
            }
        };
        writing.commit().await?;
        Ok(reserved)
    }

    async fn look_ahead(&self, wish: &Wish<'_>) -> Result<Ahead> {
        let rows = sqlx::query(
            "SELECT player.games, campaign.id, campaign.classes, \
             (SELECT COUNT(*) FROM (SELECT id FROM round WHERE live = 1 AND expires <= $2 LIMIT 1) AS overdue) AS late \
             FROM player LEFT JOIN campaign ON campaign.open = 1 WHERE player.id = $1",
        )
        .bind(wish.player.as_str())
        .bind(wish.now)
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("read a player"))?;
        let Some(first) = rows.first() else {
            return Err(Error::NoPlayer { found: wish.player.to_string() });
        };
        let (games, late) = (first.count("games")?, first.flag("late")?);
        let mut classes = BTreeMap::new();
        for row in &rows {
            if let Some((id, list)) = row.maybe_text("id")?.zip(row.maybe_text("classes")?) {
                classes.insert(id.into(), from_json("list of classes", &list)?);
            }
        }
        Ok(Ahead { games, late, classes })
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

    async fn begin_round(
        &self,
        writing: &mut Writing<'_>,
        wish: &Wish<'_>,
        survey: &Survey,
        served: &Served,
        ahead: &Ahead,
    ) -> Result<RoundRow> {
        let options = match ahead.classes.get(&served.campaign) {
            Some(classes) => wish.rules.options(&served.true_class, classes, wish.seed)?,
            // Opened a moment ago.
            None => {
                let classes = self.classes(writing, &served.campaign).await?;
                wish.rules.options(&served.true_class, &classes, wish.seed)?
            }
        };
        let easing = served.easing && !served.control;
        let first_hint = wish.rules.first_hint(served.weight_percent, served.mean_weight, easing);
        let begun = RoundRow {
            id: RoundId::random(),
            player: wish.player.clone(),
            map_id: served.map.clone(),
            photo_id: served.photo.clone(),
            campaign: served.campaign.clone(),
            control: served.control,
            true_class: served.true_class.clone(),
            round: wish.rules.begin(first_hint, options),
            points: None,
            language: survey.language.clone(),
            started: wish.now,
            expires: wish.now.saturating_add(self.round_ms),
            finished: None,
            expired: false,
        };
        self.insert_round(writing, &begun, &served.sha256).await?;
        Ok(begun)
    }

    async fn classes(&self, writing: &mut Writing<'_>, campaign: &CampaignId) -> Result<Vec<String>> {
        let row = sqlx::query("SELECT classes FROM campaign WHERE id = $1")
            .bind(campaign.as_str())
            .fetch_one(writing.connection())
            .await
            .map_err(self.failed("read a campaign"))?;
        from_json("list of classes", &row.text("classes")?)
    }

    /// Stores a round that begins and counts it on its map.
    async fn insert_round(&self, writing: &mut Writing<'_>, begun: &RoundRow, sha256: &str) -> Result<()> {
        macro_rules! insert {
            () => {
                "INSERT INTO round (id, player, map, photo, campaign, sha256, control, true_class, game, hints, \
                 language, started, expires) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)"
            };
        }
        const BOTH: &str =
            concat!("WITH counted AS (UPDATE map SET load = load + 1 WHERE id = $3) ", insert!());
        let failed = self.failed("begin a round");
        let at_once = self.dialect().changes_two_tables_at_once();
        sqlx::query(if at_once { BOTH } else { insert!() })
            .bind(begun.id.as_str())
            .bind(begun.player.as_str())
            .bind(begun.map_id.as_str())
            .bind(begun.photo_id.as_str())
            .bind(begun.campaign.as_str())
            .bind(sha256)
            .bind(i64::from(begun.control))
            .bind(&*begun.true_class)
            .bind(to_json("round", &begun.round)?)
            .bind(i64::from(begun.round.hints))
            .bind(&*begun.language)
            .bind(begun.started)
            .bind(begun.expires)
            .execute(writing.connection())
            .await
            .map_err(&failed)?;
        if !at_once {
            sqlx::query("UPDATE map SET load = load + 1 WHERE id = $1")
                .bind(begun.map_id.as_str())
                .execute(writing.connection())
                .await
                .map_err(&failed)?;
        }
        Ok(())
    }
}
