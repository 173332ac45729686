//! The numbers of the game.

use serde::{Deserialize, Serialize};

#[cfg(doc)]
use crate::Round;
use crate::{Error, Result};

/// The numbers of the game; points, hints, options and the third game are the thesis' (3.4.2, 4.4.1).
///
/// The rules are pure: a [`Round`] goes in, what becomes of it comes out, and chance comes from seeds. They never see
/// the photo, and the true class only where options are drawn and points are counted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct GameRules {
    /// Points for a right guess without a hint.
    pub start_points: u32,
    /// Points that each hint takes away.
    pub hint_cost: u32,
    /// Highest hint level: how often more can be shown.
    pub most_hints: u8,
    /// Classes to choose among, the true one included.
    pub options: usize,
    /// Points for giving any label.
    pub label_bonus: u32,
    /// Points that each earlier win in a row adds to a win.
    pub streak_bonus: u32,
    /// Earlier wins in a row that count for the bonus.
    pub longest_streak: u32,
    /// Which game of a player is surely a control game, from 1; 0 for none.
    pub first_control: u64,
    /// Share of the later games that are control games, 0 to 1.
    pub control_rate: f64,
    /// Most labels of one round.
    pub most_labels: usize,
    /// Most characters of one label.
    pub label_chars: usize,
}

impl Default for GameRules {
    fn default() -> Self {
        Self {
            start_points: 300,
            hint_cost: 50,
            most_hints: 5,
            options: 6,
            label_bonus: 25,
            streak_bonus: 10,
            longest_streak: 5,
            first_control: 3,
            control_rate: 0.07,
            most_labels: 12,
            label_chars: 60,
        }
    }
}

impl GameRules {
    /// Sets the points for a right guess without a hint.
    #[must_use]
    pub fn start_points(mut self, points: u32) -> Self {
        self.start_points = points;
        self
    }

    /// Sets the points that each hint takes away.
    #[must_use]
    pub fn hint_cost(mut self, points: u32) -> Self {
        self.hint_cost = points;
        self
    }

    /// Sets the highest hint level.
    #[must_use]
    pub fn most_hints(mut self, hints: u8) -> Self {
        self.most_hints = hints;
        self
    }

    /// Sets how many classes there are to choose among.
    #[must_use]
    pub fn n_options(mut self, options: usize) -> Self {
        self.options = options;
        self
    }

    /// Sets the points for giving any label.
    #[must_use]
    pub fn label_bonus(mut self, points: u32) -> Self {
        self.label_bonus = points;
        self
    }

    /// Sets the points that each earlier win in a row adds.
    #[must_use]
    pub fn streak_bonus(mut self, points: u32) -> Self {
        self.streak_bonus = points;
        self
    }

    /// Sets how many earlier wins in a row count.
    #[must_use]
    pub fn longest_streak(mut self, wins: u32) -> Self {
        self.longest_streak = wins;
        self
    }

    /// Sets which game of a player is surely a control game, from 1; 0 for none.
    #[must_use]
    pub fn first_control(mut self, game: u64) -> Self {
        self.first_control = game;
        self
    }

    /// Sets the share of the later games that are control games, 0 to 1.
    #[must_use]
    pub fn control_rate(mut self, rate: f64) -> Self {
        self.control_rate = rate;
        self
    }

    /// Sets the most labels of one round.
    #[must_use]
    pub fn most_labels(mut self, labels: usize) -> Self {
        self.most_labels = labels;
        self
    }

    /// Sets the most characters of one label.
    #[must_use]
    pub fn label_chars(mut self, chars: usize) -> Self {
        self.label_chars = chars;
        self
    }

    /// Whether a game can be played by these numbers.
    ///
    /// # Errors
    /// [`Error::Parameter`] names the number and what it may be.
    pub fn check(&self) -> Result<()> {
        let wrong = |name, found: String, expected| Err(Error::Parameter { name, found, expected });
        if self.options < 2 {
            return wrong("number of options", self.options.to_string(), "at least 2");
        }
        if !(0.0..=1.0).contains(&self.control_rate) {
            return wrong("control rate", self.control_rate.to_string(), "a share from 0 to 1");
        }
        if self.label_chars == 0 {
            return wrong("characters of a label", self.label_chars.to_string(), "at least 1");
        }
        Ok(())
    }
}
