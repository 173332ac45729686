//! When the questionnaire is asked.

use super::Play;
use crate::Result;
use crate::store::Player;

/// Whether a player is asked for the questionnaire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asking {
    /// There is none.
    Never,
    /// After so many games.
    Later(u64),
    /// It waits for answers.
    Now,
    /// It was answered.
    Answered,
}

impl Play {
    /// Whether a player can play on: a round waits, or a photo of an open campaign that the player never met.
    ///
    /// Control photos come by chance and are no reason to go on, but for the game that always is one.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn has_left(&self, player: &Player) -> Result<bool> {
        let id = &player.id;
        if self.store.open_round(id).await?.is_some() || self.store.has_unmet(id, false).await? {
            return Ok(true);
        }
        let control = player.standing.games + 1 == self.rules.first_control;
        Ok(control && self.store.has_unmet(id, true).await?)
    }

    /// Whether the questionnaire is asked: once, `after` some games (`None` for never) or when nothing is left to play,
    /// since a small campaign may have fewer photos.
    ///
    /// # Errors
    /// Those of the store.
    pub async fn asking(&self, player: &Player, after: Option<u64>) -> Result<Asking> {
        let (Some(after), games) = (after, player.standing.games) else { return Ok(Asking::Never) };
        if self.store.has_answered(&player.id).await? {
            return Ok(Asking::Answered);
        }
        let now = games >= after || games > 0 && !self.has_left(player).await?;
        Ok(if now { Asking::Now } else { Asking::Later(after) })
    }
}
