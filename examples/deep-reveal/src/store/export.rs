//! Finished games out, without anything personal.

use anv_labels::Round;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::any::AnyRow;

use super::row::{Columns, from_json};
use super::setting::to_hex;
use super::{CampaignId, PlayerId, Store};
use crate::{Error, Result};

/// A finished game, as `games.csv` tells it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct GameRow {
    /// Name of the game; the same in every export of a database.
    pub game: String,
    /// Pseudonym of the player; the same in every export of a database.
    pub player: String,
    /// Name of the image.
    pub image: String,
    /// Number of the layer, from 1.
    pub layer: u32,
    /// Place of the cluster in its layer, from 0.
    pub cluster: u32,
    /// What the photo shows.
    pub true_class: String,
    /// What the player chose; `None` for a game that was given up.
    pub guessed_class: Option<String>,
    /// Hint level shown at the end.
    pub hints_used: u8,
    /// What the player recognised.
    pub labels: Vec<String>,
    /// The player's language.
    pub language: String,
    /// Whether it was a control game.
    pub control: bool,
}

/// Rows read at once.
const PAGE: i64 = 2000;

impl Store {
    /// Hands out every finished game, of one campaign or all, oldest first; few are in memory at a time.
    ///
    /// Every game that was finished when the export began is in it. Games that are finished meanwhile may be.
    ///
    /// # Errors
    /// [`Error::Unsupported`] when an image name is in several campaigns and none is chosen: their games could not be
    /// told apart. What `take` says; [`Error::Database`].
    pub async fn export(
        &self,
        campaign: Option<&CampaignId>,
        mut take: impl FnMut(GameRow) -> Result<()> + Send,
    ) -> Result<()> {
        if campaign.is_none() {
            self.check_names().await?;
        }
        let pseudonyms = Pseudonyms::new(self.pseudonym_key().await?);
        let mut after = (i64::MIN, String::new());
        loop {
            let rows = sqlx::query(
                "SELECT round.id, round.player, photo.name, map.layer, map.cluster, round.true_class, round.game, \
                 round.language, round.control, round.finished FROM round JOIN map ON map.id = round.map \
                 JOIN photo ON photo.id = round.photo WHERE round.finished IS NOT NULL \
                 AND (round.finished, round.id) > ($1, $2) AND ($3 = '' OR round.campaign = $3) \
                 ORDER BY round.finished, round.id LIMIT $4",
            )
            .bind(after.0)
            .bind(&*after.1)
            .bind(campaign.map_or("", CampaignId::as_str))
            .bind(PAGE)
            .fetch_all(self.readers())
            .await
            .map_err(self.failed("read the games"))?;
            let Some(last) = rows.last() else { return Ok(()) };
            after = (last.time("finished")?, last.text("id")?);
            for row in &rows {
                take(game_from(row, &pseudonyms)?)?;
            }
        }
    }

    async fn check_names(&self) -> Result<()> {
        let row = sqlx::query("SELECT name FROM photo GROUP BY name HAVING COUNT(*) > 1 LIMIT 1")
            .fetch_optional(self.readers())
            .await
            .map_err(self.failed("read the names of photos"))?;
        match row {
            Some(_) => Err(Error::Unsupported("image names are in several campaigns: choose one campaign")),
            None => Ok(()),
        }
    }
}

fn game_from(row: &AnyRow, pseudonyms: &Pseudonyms) -> Result<GameRow> {
    let round: Round = from_json("round", &row.text("game")?)?;
    Ok(GameRow {
        game: pseudonyms.of("game", &row.text("id")?),
        player: pseudonyms.player(&row.text("player")?.into()),
        image: row.text("name")?,
        layer: row.small("layer")?,
        cluster: row.small("cluster")?,
        true_class: row.text("true_class")?,
        guessed_class: round.guess.filter(|_| !round.given_up),
        hints_used: round.hints,
        labels: round.labels.unwrap_or_default(),
        language: row.text("language")?,
        control: row.flag("control")?,
    })
}

/// Names that stay the same and lead back to nobody without the key.
pub(super) struct Pseudonyms {
    /// A block of SHA-256: HMAC fills shorter keys up with zeros.
    key: [u8; 64],
}

impl Pseudonyms {
    pub(super) fn new(key: [u8; 32]) -> Self {
        let mut block = [0; 64];
        block[..32].copy_from_slice(&key);
        Self { key: block }
    }

    pub(super) fn player(&self, id: &PlayerId) -> String {
        self.of("player", id.as_str())
    }

    fn of(&self, kind: &str, id: &str) -> String {
        let mut mac = Hmac::<Sha256>::new(&self.key.into());
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(id.as_bytes());
        // A letter first: no program takes it for a number.
        let digest = mac.finalize().into_bytes();
        format!("{}{}", &kind[..1], to_hex(&digest[..10]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pseudonyms_depend_on_key_kind_and_id() {
        let names = Pseudonyms::new([1; 32]);
        let name = names.of("player", "a");
        assert_eq!((name.len(), &name[..1]), (21, "p"));
        assert_eq!(name, names.player(&"a".into()));
        assert_ne!(name[1..], names.of("game", "a")[1..]);
        assert_ne!(name, Pseudonyms::new([2; 32]).of("player", "a"));
    }
}
