//! Rounds as rows.

use anv_labels::{Points, Round, RuleError};
use sqlx::any::AnyRow;

use super::row::{Columns, from_json};
use super::{CampaignId, MapId, PhotoId, PlayerId, RoundId, Store};
use crate::{Error, Result};

/// A round of a player, with everything that the server knows of it and the browser must not.
#[derive(Debug, Clone, PartialEq)]
pub struct RoundRow {
    /// Which round.
    pub id: RoundId,
    /// Whose.
    pub player: PlayerId,
    /// The masked cluster map.
    pub map_id: MapId,
    /// Its photo.
    pub photo_id: PhotoId,
    /// Its campaign.
    pub campaign: CampaignId,
    /// Whether it is a control round, with easy masks.
    pub control: bool,
    /// What the photo shows.
    pub true_class: String,
    /// What the rules know.
    pub round: Round,
    /// The points, once it is finished.
    pub points: Option<Points>,
    /// The player's language when the round was finished, until then when it was started.
    pub language: String,
    /// When it was started, in Unix milliseconds.
    pub started: i64,
    /// When it expires unless it is touched.
    pub expires: i64,
    /// When it was finished.
    pub finished: Option<i64>,
    /// Whether it was abandoned and its map given to somebody else.
    pub expired: bool,
}

impl RoundRow {
    /// Whether the round still takes moves.
    pub fn is_open(&self) -> bool {
        self.finished.is_none() && !self.expired
    }
}

/// What a player who wants to play gets.
#[derive(Debug, Clone, PartialEq)]
#[expect(clippy::large_enum_variant, reason = "it is nearly always the large one")]
pub enum Reserved {
    /// A round; `true` when it was just begun, `false` when it is resumed.
    Round(RoundRow, bool),
    /// The player has met every photo of the open campaigns.
    NothingLeft,
}

/// What became of a move.
#[derive(Debug, Clone, PartialEq)]
pub enum PlayOutcome {
    /// The round after the move.
    Changed(RoundRow),
    /// The same move was made before: nothing changed.
    Unchanged(RoundRow),
    /// The rules refuse the move: nothing changed.
    Refused(RoundRow, RuleError),
    /// The round was abandoned for too long.
    Expired(RoundRow),
    /// The player has no such round.
    Missing,
}

/// What a mask is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct MaskSource {
    /// Rows of the map.
    pub rows: usize,
    /// Columns of the map.
    pub columns: usize,
    /// The map, row by row.
    pub values: Vec<f32>,
    /// Whether the masks are the easy ones of a control round.
    pub control: bool,
}

/// The columns of a [`RoundRow`].
macro_rules! round_columns {
    () => {
        "round.id, round.player, round.map, round.photo, round.campaign, round.control, round.true_class, \
         round.game, round.points, round.language, round.started, round.expires, round.finished, round.expired"
    };
}
pub(super) use round_columns;

/// A row with the columns of `round_columns`.
pub(super) fn round_from(row: &AnyRow) -> Result<RoundRow> {
    let points = row.maybe_text("points")?;
    Ok(RoundRow {
        id: row.text("id")?.into(),
        player: row.text("player")?.into(),
        map_id: row.text("map")?.into(),
        photo_id: row.text("photo")?.into(),
        campaign: row.text("campaign")?.into(),
        control: row.flag("control")?,
        true_class: row.text("true_class")?,
        round: from_json("round", &row.text("game")?)?,
        points: points.map(|points| from_json("points", &points)).transpose()?,
        language: row.text("language")?,
        started: row.time("started")?,
        expires: row.time("expires")?,
        finished: row.maybe_time("finished")?,
        expired: row.flag("expired")?,
    })
}

impl Store {
    /// The round that a player has not finished, to resume.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn open_round(&self, player: &PlayerId) -> Result<Option<RoundRow>> {
        const SQL: &str = concat!("SELECT ", round_columns!(), " FROM round WHERE player = $1 AND live = 1");
        let row = sqlx::query(SQL).bind(player.as_str()).fetch_optional(self.readers()).await;
        row.map_err(self.failed("read a round"))?.as_ref().map(round_from).transpose()
    }

    /// A round of the player; of nobody else.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn round(&self, player: &PlayerId, round: &RoundId) -> Result<Option<RoundRow>> {
        const SQL: &str = concat!("SELECT ", round_columns!(), " FROM round WHERE id = $1 AND player = $2");
        let query = sqlx::query(SQL).bind(round.as_str()).bind(player.as_str());
        let row = query.fetch_optional(self.readers()).await;
        row.map_err(self.failed("read a round"))?.as_ref().map(round_from).transpose()
    }

    /// What the masks of a map are made from.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn mask_source(&self, map: &MapId) -> Result<Option<MaskSource>> {
        let row = sqlx::query(
            "SELECT cells.n_rows, cells.n_columns, cells.f32_le, map.control FROM map \
             JOIN cells ON cells.map = map.id WHERE map.id = $1",
        )
        .bind(map.as_str())
        .fetch_optional(self.readers())
        .await
        .map_err(self.failed("read a map"))?;
        let Some(row) = row else { return Ok(None) };
        let (rows, columns) = (row.count("n_rows")? as usize, row.count("n_columns")? as usize);
        let values = from_le(&row.bytes("f32_le")?);
        if rows.checked_mul(columns) != Some(values.len()) {
            let reason = format!("{} cells are not {rows} rows of {columns}", values.len());
            return Err(Error::Damaged { what: "map", reason });
        }
        Ok(Some(MaskSource { rows, columns, values, control: row.flag("control")? }))
    }

    /// A photo as PNG.
    ///
    /// # Errors
    /// [`Error::Database`](crate::Error::Database).
    pub async fn photo(&self, photo: &PhotoId) -> Result<Option<Vec<u8>>> {
        let query = sqlx::query("SELECT png FROM picture WHERE photo = $1").bind(photo.as_str());
        let row = query.fetch_optional(self.readers()).await.map_err(self.failed("read a photo"))?;
        row.map(|row| row.bytes("png")).transpose()
    }
}

/// Numbers as bytes, the same on every machine.
pub(super) fn to_le(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn from_le(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_there_and_back() {
        let values = [0.0, -1.5, f32::MIN_POSITIVE, 3.0e30];
        assert_eq!(from_le(&to_le(&values)), values);
    }
}
