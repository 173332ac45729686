//! Live counts.

use sqlx::any::AnyRow;

use super::export::Pseudonyms;
use super::row::Columns;
use super::{CampaignId, PlayerId, Store};
use crate::{Error, Result};

/// The counts of the thesis' Table 5; control games are counted apart.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Counts {
    /// Players who finished a game.
    pub players: u64,
    /// Games finished.
    pub games: u64,
    /// Of those, won.
    pub wins: u64,
    /// Lost.
    pub losses: u64,
    /// Given up.
    pub resigns: u64,
    /// Labels given.
    pub labels: u64,
    /// Hint levels shown, over all games.
    pub hints: u64,
    /// Maps to label.
    pub maps: u64,
    /// Control games finished.
    pub controls: u64,
    /// Games in progress.
    pub open: u64,
}

impl Counts {
    /// Labels a map.
    pub fn labels_per_map(&self) -> f64 {
        ratio(self.labels, self.maps)
    }

    /// Hints a game.
    pub fn hints_per_game(&self) -> f64 {
        ratio(self.hints, self.games)
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 / whole as f64 }
}

/// What the control games of a player say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trust {
    /// Who.
    pub id: PlayerId,
    /// User name; `None` for a guest.
    pub name: Option<String>,
    /// Name of the player in exports.
    pub pseudonym: String,
    /// Games finished, control games included.
    pub games: u64,
    /// Control games finished.
    pub controls: u64,
    /// Of those, lost or given up: one is enough to leave the player out of labelling.
    pub failed: u64,
}

impl Store {
    /// Live counts of one campaign or all.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn counts(&self, campaign: Option<&CampaignId>) -> Result<Counts> {
        let row = sqlx::query(
            "SELECT COUNT(DISTINCT CASE WHEN finished IS NOT NULL THEN player END) AS players, \
             COUNT(CASE WHEN control = 0 AND finished IS NOT NULL THEN 1 END) AS games, \
             COUNT(CASE WHEN control = 0 AND ending = 'won' THEN 1 END) AS wins, \
             COUNT(CASE WHEN control = 0 AND ending = 'lost' THEN 1 END) AS losses, \
             COUNT(CASE WHEN control = 0 AND ending = 'given_up' THEN 1 END) AS resigns, \
             CAST(COALESCE(SUM(CASE WHEN control = 0 AND finished IS NOT NULL THEN n_labels END), 0) AS BIGINT) \
             AS labels, \
             CAST(COALESCE(SUM(CASE WHEN control = 0 AND finished IS NOT NULL THEN hints END), 0) AS BIGINT) \
             AS hints, \
             COUNT(CASE WHEN control = 1 AND finished IS NOT NULL THEN 1 END) AS controls, \
             COUNT(CASE WHEN live = 1 THEN 1 END) AS in_progress, \
             (SELECT COUNT(*) FROM map WHERE control = 0 AND ($1 = '' OR campaign = $1)) AS maps \
             FROM round WHERE $1 = '' OR campaign = $1",
        )
        .bind(campaign.map_or("", CampaignId::as_str))
        .fetch_one(self.readers())
        .await
        .map_err(self.failed("count the games"))?;
        Ok(Counts {
            players: row.count("players")?,
            games: row.count("games")?,
            wins: row.count("wins")?,
            losses: row.count("losses")?,
            resigns: row.count("resigns")?,
            labels: row.count("labels")?,
            hints: row.count("hints")?,
            maps: row.count("maps")?,
            controls: row.count("controls")?,
            open: row.count("in_progress")?,
        })
    }

    /// The control games of every player who finished one, those who failed first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn trust(&self) -> Result<Vec<Trust>> {
        let rows = sqlx::query(
            "SELECT player.id, player.name, COUNT(*) AS games, CAST(SUM(round.control) AS BIGINT) AS controls, \
             COUNT(CASE WHEN round.control = 1 AND round.ending <> 'won' THEN 1 END) AS failed \
             FROM round JOIN player ON player.id = round.player WHERE round.finished IS NOT NULL \
             GROUP BY player.id, player.name HAVING SUM(round.control) > 0 \
             ORDER BY failed DESC, games DESC, player.id",
        )
        .fetch_all(self.readers())
        .await
        .map_err(self.failed("read the control games"))?;
        let pseudonyms = Pseudonyms::new(self.pseudonym_key().await?);
        let trust = |row: &AnyRow| {
            let id = PlayerId::from(row.text("id")?);
            Ok(Trust {
                pseudonym: pseudonyms.player(&id),
                id,
                name: row.maybe_text("name")?,
                games: row.count("games")?,
                controls: row.count("controls")?,
                failed: row.count("failed")?,
            })
        };
        rows.iter().map(trust).collect::<Result<_, Error>>()
    }
}
