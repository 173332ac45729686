//! What a round is worth.

use serde::{Deserialize, Serialize};

use super::params::GameRules;
use super::round::{Ending, Round};

/// The points of a round, and how it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Points {
    /// For the guess.
    pub guess: u32,
    /// For the labels.
    pub labels: u32,
    /// For the wins in a row.
    pub streak: u32,
    /// All together.
    pub total: u32,
    /// How the round ended.
    pub ending: Ending,
}

impl GameRules {
    /// Points that a right guess would bring now: what a round starts with less the cost of each hint asked for.
    ///
    /// ```
    /// let rules = anv_labels::GameRules::default();
    /// let mut round = rules.begin(1, vec!["church".into(), "tench".into()]);
    /// assert_eq!(rules.worth(&round), 300); // the level that a round begins with is free
    /// round.hints = 3;
    /// assert_eq!(rules.worth(&round), 200);
    /// ```
    pub fn worth(&self, round: &Round) -> u32 {
        let asked_for = u32::from(round.hints.saturating_sub(round.first_hint));
        self.start_points.saturating_sub(self.hint_cost.saturating_mul(asked_for))
    }

    /// Points that a win brings on top, after `streak_before` wins in a row.
    pub fn streak_points(&self, streak_before: u32) -> u32 {
        self.streak_bonus.saturating_mul(streak_before.min(self.longest_streak))
    }

    /// The points of a finished round after `streak_before` wins in a row.
    ///
    /// A wrong guess is worth nothing, but its labels are worth as much as others. A round that ends without a guess
    /// counts as given up.
    ///
    /// ```
    /// use anv_labels::{Ending, GameRules};
    /// let rules = GameRules::default();
    /// let mut round = rules.begin(0, vec!["church".into(), "tench".into()]);
    /// (round.hints, round.guess, round.labels) = (2, Some("church".into()), Some(vec!["roof".into()]));
    /// let points = rules.points(&round, "church", 3);
    /// assert_eq!((points.guess, points.labels, points.streak, points.total), (200, 25, 30, 255));
    /// assert_eq!((points.ending, points.ending.streak(3)), (Ending::Won, 4));
    /// ```
    pub fn points(&self, round: &Round, true_class: &str, streak_before: u32) -> Points {
        let ending = round.ending(true_class).unwrap_or(Ending::GivenUp);
        let (guess, streak) = match ending {
            Ending::Won => (self.worth(round), self.streak_points(streak_before)),
            Ending::Lost | Ending::GivenUp => (0, 0),
        };
        let described = ending != Ending::GivenUp && round.labels.as_ref().is_some_and(|l| !l.is_empty());
        let labels = if described { self.label_bonus } else { 0 };
        Points { guess, labels, streak, total: guess.saturating_add(labels).saturating_add(streak), ending }
    }
}
