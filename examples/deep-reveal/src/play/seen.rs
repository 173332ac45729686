//! What a picture is made of and who may see it, of the rounds that were looked at last.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use crate::store::{MapId, PhotoId, PlayerId, RoundId, RoundRow};

/// Rounds of which this is known; some 300 bytes each.
const MOST: usize = 8_192;

/// What never changes of a round, and a level that it has reached.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shown {
    pub player: PlayerId,
    pub map: MapId,
    pub photo: PhotoId,
    hints: u8,
}

/// Spares a query a picture: a round never changes its player or map and never goes back to a lower level, so what was
/// allowed once stays allowed, whatever another server does meanwhile. What is not known here the database says.
#[derive(Debug, Default)]
pub(super) struct Seen(Mutex<Generations>);

/// The older half goes when the younger one is full: bounded, without an order to keep.
#[derive(Debug, Default)]
struct Generations {
    young: HashMap<RoundId, Shown>,
    old: HashMap<RoundId, Shown>,
}

impl Seen {
    /// Remembers a round as it is now.
    pub fn note(&self, row: &RoundRow) {
        let shown = Shown {
            player: row.player.clone(),
            map: row.map_id.clone(),
            photo: row.photo_id.clone(),
            hints: row.round.hints,
        };
        self.0.lock().unwrap_or_else(PoisonError::into_inner).put(row.id.clone(), shown);
    }

    /// What shows `level` of a round, if it is known that the player may see it.
    pub fn find(&self, player: &PlayerId, round: &RoundId, level: u8) -> Option<Shown> {
        let generations = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let shown = generations.young.get(round).or_else(|| generations.old.get(round))?;
        (shown.player == *player && level <= shown.hints).then(|| shown.clone())
    }
}

impl Generations {
    fn put(&mut self, round: RoundId, shown: Shown) {
        if self.young.len() >= MOST / 2 {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(round, shown);
    }
}

#[cfg(test)]
mod tests {
    use anv_labels::Round;

    use super::*;

    fn row(id: usize, hints: u8) -> RoundRow {
        let round =
            Round { first_hint: 0, hints, options: Vec::new(), guess: None, labels: None, given_up: false };
        RoundRow {
            id: format!("round{id}").into(),
            player: "ann".into(),
            map_id: "map".into(),
            photo_id: "photo".into(),
            campaign: "campaign".into(),
            control: false,
            true_class: "cup".into(),
            round,
            points: None,
            language: "en".into(),
            started: 0,
            expires: 0,
            finished: None,
            expired: false,
        }
    }

    #[test]
    fn only_its_player_and_only_what_was_reached() {
        let seen = Seen::default();
        seen.note(&row(1, 2));
        let find = |player: &str, level| seen.find(&player.into(), &"round1".into(), level).is_some();
        assert_eq!([0, 2, 3].map(|level| find("ann", level)), [true, true, false]);
        assert!(!find("bob", 0));
        seen.note(&row(1, 3));
        assert!(find("ann", 3));
    }

    #[test]
    fn rounds_are_bounded_and_the_last_ones_stay() {
        let seen = Seen::default();
        for id in 0..3 * MOST {
            seen.note(&row(id, 0));
        }
        let generations = seen.0.lock().unwrap();
        assert!(generations.young.len() + generations.old.len() <= MOST);
        drop(generations);
        let known = |id: usize| seen.find(&"ann".into(), &format!("round{id}").into(), 0).is_some();
        assert!(known(3 * MOST - 1) && known(3 * MOST - MOST / 2) && !known(0));
    }
}
