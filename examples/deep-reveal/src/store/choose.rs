//! Which map comes next for a player.

use anv_labels::GameRules;
use sqlx::any::AnyRow;

use super::open::Writing;
use super::row::Columns;
use super::{CampaignId, MapId, PhotoId, PlayerId, Store};
use crate::{Error, Result};

/// A player to be given a round.
pub(super) struct Wish<'a> {
    pub(super) player: &'a PlayerId,
    pub(super) rules: &'a GameRules,
    pub(super) seed: u64,
    pub(super) now: i64,
}

/// A map that can be served, with all that a round on it needs.
pub(super) struct Served {
    pub(super) map: MapId,
    pub(super) photo: PhotoId,
    pub(super) campaign: CampaignId,
    pub(super) sha256: String,
    pub(super) control: bool,
    pub(super) true_class: String,
    pub(super) weight_percent: f64,
    /// Of the campaign.
    pub(super) mean_weight: f64,
    pub(super) easing: bool,
    load: u64,
}

/// A player and some maps, as they were at one moment.
pub(super) struct Survey {
    pub(super) games: u64,
    pub(super) language: String,
    /// Whether the player has an open round.
    pub(super) is_live: bool,
    served: Vec<Served>,
}

impl Survey {
    /// One of the maps with the least load.
    pub(super) fn choice(&self, wish: &Wish<'_>) -> Option<&Served> {
        let loads: Vec<u64> = self.served.iter().map(|served| served.load).collect();
        self.served.get(wish.rules.fairest(&loads, wish.seed)?)
    }
}

/// That the player `$2` never met the photo of a map.
macro_rules! unmet {
    () => {
        "NOT EXISTS (SELECT 1 FROM round WHERE round.player = $2 AND round.sha256 = map.sha256)"
    };
}

impl Store {
    /// The player, and maps for a player with `games` games: control maps when one is due and left, else ordinary ones.
    ///
    /// A control game that comes by chance is one among others: without an ordinary photo left there is none, else asking
    /// often enough would bring them all.
    pub(super) async fn survey(
        &self,
        writing: &mut Writing<'_>,
        wish: &Wish<'_>,
        games: u64,
    ) -> Result<Survey> {
        if !wish.rules.control_is_due(games, wish.seed) {
            return self.least(writing, wish, false).await;
        }
        let always = games.saturating_add(1) == wish.rules.first_control;
        if always {
            let controls = self.least(writing, wish, true).await?;
            return match controls.served.is_empty() {
                true => self.least(writing, wish, false).await,
                false => Ok(controls),
            };
        }
        let ordinary = self.least(writing, wish, false).await?;
        if ordinary.served.is_empty() {
            return Ok(ordinary);
        }
        let controls = self.least(writing, wish, true).await?;
        Ok(if controls.served.is_empty() { ordinary } else { controls })
    }

    /// The player, and maps with the least load whose photo the player never met.
    async fn least(&self, writing: &mut Writing<'_>, wish: &Wish<'_>, control: bool) -> Result<Survey> {
        // Those of the least load may be thousands: a few are taken from a random place on, in random order. Around the
        // end the search goes on at the beginning. One query, because the turn lasts as long as all of them.
        const SQL: &str = concat!(
            "WITH served AS (SELECT id, load, tie, photo, campaign, sha256, control, weight_percent FROM map \
             WHERE open = 1 AND control = $1 AND tie >= $3 AND ",
            unmet!(),
            " AND load = (SELECT load FROM map WHERE open = 1 AND control = $1 AND ",
            unmet!(),
            " ORDER BY load LIMIT 1) ORDER BY tie LIMIT 16) \
             SELECT player.games, player.language, live.id AS live, served.id AS map, served.load, served.photo, \
             served.campaign, served.sha256, served.control, served.weight_percent, photo.true_class, \
             campaign.mean_weight, campaign.easing FROM player \
             LEFT JOIN round AS live ON live.player = player.id AND live.live = 1 \
             LEFT JOIN served ON 1 = 1 LEFT JOIN photo ON photo.id = served.photo \
             LEFT JOIN campaign ON campaign.id = served.campaign WHERE player.id = $2 ORDER BY served.tie"
        );
        let place = (wish.seed >> 11) as f64 / (1u64 << 53) as f64;
        let mut from = place;
        loop {
            let rows = sqlx::query(SQL)
                .bind(i64::from(control))
                .bind(wish.player.as_str())
                .bind(from)
                .fetch_all(writing.connection())
                .await
                .map_err(self.failed("find a map"))?;
            let survey = survey_from(&rows, wish)?;
            if !survey.served.is_empty() || survey.is_live || from == 0.0 {
                return Ok(survey);
            }
            from = 0.0;
        }
    }
}

fn survey_from(rows: &[AnyRow], wish: &Wish<'_>) -> Result<Survey> {
    let Some(first) = rows.first() else { return Err(Error::NoPlayer { found: wish.player.to_string() }) };
    let served = rows.iter().filter_map(|row| served_from(row).transpose()).collect::<Result<_>>()?;
    Ok(Survey {
        games: first.count("games")?,
        language: first.text("language")?,
        is_live: first.maybe_text("live")?.is_some(),
        served,
    })
}

/// `None` when the row is the player's alone.
fn served_from(row: &AnyRow) -> Result<Option<Served>> {
    let Some(map) = row.maybe_text("map")? else { return Ok(None) };
    Ok(Some(Served {
        map: map.into(),
        photo: row.text("photo")?.into(),
        campaign: row.text("campaign")?.into(),
        sha256: row.text("sha256")?,
        control: row.flag("control")?,
        true_class: row.text("true_class")?,
        weight_percent: row.float("weight_percent")?,
        mean_weight: row.float("mean_weight")?,
        easing: row.flag("easing")?,
        load: row.count("load")?,
    }))
}
