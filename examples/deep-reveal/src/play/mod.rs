//! What a player can do, for pages and API alike: the store decides, this says what may be seen of it.

mod asking;
mod cache;
mod deflate;
mod pictures;
mod png;
mod seen;
mod view;
mod workers;

use anv_labels::{GameRules, Move, RuleError};
use axum::body::Bytes;

use crate::Result;
use crate::store::{PlayOutcome, Player, Reserved, RoundId, RoundRow, Store};

pub use asking::Asking;
use pictures::Pictures;
pub use pictures::{CONTROL_LEVELS, PictureLimits};
use seen::Seen;
pub use view::{Ending, Outcome, RoundView, Step};

/// The game as its players can play it.
#[derive(Debug)]
pub struct Play {
    store: Store,
    rules: GameRules,
    pictures: Pictures,
    seen: Seen,
}

/// What became of a move.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Moved {
    /// The move was made, now or before; this is the round as it is.
    Made(RoundView),
    /// The rules refuse it; this is the round as it stays.
    Refused(RoundView, RuleError),
    /// The player has no such round.
    Missing,
}

impl Play {
    /// The game of `store` by `rules`.
    ///
    /// # Errors
    /// [`Error::Threads`](crate::Error::Threads) when the system gives no threads to make pictures with.
    pub fn new(store: Store, rules: GameRules, limits: PictureLimits) -> Result<Self> {
        Ok(Self { store, rules, pictures: Pictures::new(limits)?, seen: Seen::default() })
    }

    /// The open round of a player, else a new one; `None` when no photo is left.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn start(&self, player: &Player, seed: u64, now: i64) -> Result<Option<RoundView>> {
        match self.store.reserve(&player.id, &self.rules, seed, now).await? {
            Reserved::Round(row, _) => Ok(Some(self.show(player, &row))),
            Reserved::NothingLeft => Ok(None),
        }
    }

    /// A round of the player; `None` for anybody else's.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn round(&self, player: &Player, id: &RoundId) -> Result<Option<RoundView>> {
        Ok(self.store.round(&player.id, id).await?.map(|row| self.show(player, &row)))
    }

    /// Makes a move. A move that was made before, or that comes too late, changes nothing.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn make(&self, player: &Player, id: &RoundId, mv: &Move, now: i64) -> Result<Moved> {
        let outcome = self.store.play(&player.id, id, &self.rules, mv, now).await?;
        let row = match &outcome {
            PlayOutcome::Changed(row) | PlayOutcome::Unchanged(row) | PlayOutcome::Expired(row) => row,
            PlayOutcome::Refused(row, error) => {
                return Ok(Moved::Refused(self.show(player, row), error.clone()));
            }
            PlayOutcome::Missing => return Ok(Moved::Missing),
        };
        self.seen.note(row);
        // The streak may have changed with the move, and the player was read before it.
        let standing = self.store.standing(&player.id).await?;
        Ok(Moved::Made(RoundView::new(row, &self.rules, &standing)))
    }

    /// The masked picture of a level that the player has seen or sees; `None` for every other.
    ///
    /// # Errors
    /// Those of the store, and when the picture cannot be made.
    pub async fn picture(&self, player: &Player, id: &RoundId, level: u8) -> Result<Option<Bytes>> {
        if let Some(shown) = self.seen.find(&player.id, id, level) {
            return self.pictures.masked(&self.store, &shown.map, &shown.photo, level).await.map(Some);
        }
        let Some(row) = self.store.round(&player.id, id).await? else { return Ok(None) };
        self.seen.note(&row);
        match level <= row.round.hints {
            true => self.pictures.masked(&self.store, &row.map_id, &row.photo_id, level).await.map(Some),
            false => Ok(None),
        }
    }

    /// The whole photo of a finished round of the player; `None` for every other.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn photo(&self, player: &Player, id: &RoundId) -> Result<Option<Bytes>> {
        match self.store.round(&player.id, id).await? {
            Some(row) if row.finished.is_some() => {
                Ok(self.store.photo(&row.photo_id).await?.map(Bytes::from))
            }
            _ => Ok(None),
        }
    }

    fn show(&self, player: &Player, row: &RoundRow) -> RoundView {
        self.seen.note(row);
        RoundView::new(row, &self.rules, &player.standing)
    }
}
