//! Why a move or a draw is refused, as data.

use super::round::Phase;

/// A move that the rules refuse, or a round that cannot be drawn; the round stays as it was.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RuleError {
    /// A move of another phase.
    #[error("the round is {phase}: expected a move of that phase")]
    NotNow {
        /// The phase the round is in.
        phase: Phase,
    },
    /// A hint level that is not the next one: a stale page, or requests out of order.
    #[error("hint level {found} was asked for: expected {expected}")]
    StaleHint {
        /// The level asked for.
        found: u8,
        /// The next level, or the last one where there is no next.
        expected: u8,
    },
    /// More was asked for when everything that may be shown is shown.
    #[error("no hints are left: expected a guess or to give up after {most}")]
    NoHintsLeft {
        /// Hints of a round.
        most: u8,
    },
    /// Giving up before all hints are shown.
    #[error("{left} hints are left: expected none before giving up")]
    HintsLeft {
        /// Hints not shown yet.
        left: u8,
    },
    /// A guess that is none of the options.
    #[error("`{found}` is no option of the round: expected one of {options}")]
    NotAnOption {
        /// The guess, shortened.
        found: String,
        /// How many options there are.
        options: usize,
    },
    /// A second, different guess.
    #[error("the round has a guess already: expected no other one")]
    AlreadyGuessed,
    /// More labels than a round takes.
    #[error("{found} labels were given: expected at most {limit}")]
    TooManyLabels {
        /// Labels left after normalisation.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// A label that is too long.
    #[error("the label `{start}` has {found} characters: expected at most {limit}")]
    LongLabel {
        /// How it begins.
        start: String,
        /// Its characters after normalisation.
        found: usize,
        /// The limit.
        limit: usize,
    },
    /// Too few classes to choose among.
    #[error("{found} different classes give no choice: expected at least {expected}")]
    TooFewClasses {
        /// Different classes, the true one included.
        found: usize,
        /// Options a round needs.
        expected: usize,
    },
}
