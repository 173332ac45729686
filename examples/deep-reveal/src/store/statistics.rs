//! Live counts.

use super::PlayerId;

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
