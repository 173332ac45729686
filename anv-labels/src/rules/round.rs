//! One round and the moves in it.

use std::fmt;

use serde::{Deserialize, Serialize};

/// What a round waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// A guess, or to see more.
    Guessing,
    /// What the player recognised.
    Describing,
    /// Nothing: the outcome may be shown.
    Finished,
}

impl fmt::Display for Phase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Guessing => "guessing",
            Self::Describing => "describing",
            Self::Finished => "finished",
        })
    }
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The true class was guessed.
    Won,
    /// Another class was guessed.
    Lost,
    /// Nothing was guessed.
    GivenUp,
}

impl Ending {
    /// The player's wins in a row after this round.
    #[must_use]
    pub fn streak(self, streak_before: u32) -> u32 {
        if self == Self::Won { streak_before.saturating_add(1) } else { 0 }
    }
}

/// Everything that the rules know of a round; what the photo shows is not among it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// Hint level it began with.
    pub first_hint: u8,
    /// Hint level that is shown: the `hints_used` of `games.csv`.
    pub hints: u8,
    /// Classes to choose among, in the order shown.
    pub options: Vec<String>,
    /// The class chosen.
    pub guess: Option<String>,
    /// Whether the player gave up.
    pub given_up: bool,
    /// What the player recognised, normalised; may be empty.
    pub labels: Option<Vec<String>>,
}

impl Round {
    /// What the round waits for.
    pub fn phase(&self) -> Phase {
        match (self.given_up, &self.guess, &self.labels) {
            (true, ..) | (_, Some(_), Some(_)) => Phase::Finished,
            (_, None, _) => Phase::Guessing,
            (_, Some(_), None) => Phase::Describing,
        }
    }

    /// How it ended or will end; `None` while there is neither a guess nor a resignation.
    pub fn ending(&self, true_class: &str) -> Option<Ending> {
        match &self.guess {
            _ if self.given_up => Some(Ending::GivenUp),
            Some(guess) if guess == true_class => Some(Ending::Won),
            Some(_) => Some(Ending::Lost),
            None => None,
        }
    }
}

/// What a player can do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Move {
    /// Shows more of the photo.
    ShowMore {
        /// The hint level wanted: one more than is shown. It tells a second click from a second wish.
        hints: u8,
    },
    /// Chooses a class.
    Guess(String),
    /// Says what was recognised, and finishes the round; nothing is an answer too.
    Describe(Vec<String>),
    /// Ends the round without a guess.
    GiveUp,
}

/// What a move did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Played {
    /// The round after the move.
    Changed(Round),
    /// Nothing: the same move was made before.
    Unchanged,
}
