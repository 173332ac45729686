//! Rounds as rows.

use anv_labels::{Points, Round, RuleError};

use super::{CampaignId, MapId, PhotoId, PlayerId, RoundId};

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

/// What a masked picture is made from.
#[derive(Debug, Clone, PartialEq)]
pub struct PictureSource {
    /// The photo, as PNG.
    pub photo: Vec<u8>,
    /// Rows of the map.
    pub rows: usize,
    /// Columns of the map.
    pub columns: usize,
    /// The map, row by row.
    pub values: Vec<f32>,
    /// Whether the masks are the easy ones of a control round.
    pub control: bool,
}
