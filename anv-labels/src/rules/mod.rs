//! The rules of the guessing game as pure functions: no clock, no storage, chance from seeds.

mod draw;
mod error;
mod labels;
mod params;
mod play;
mod points;
mod questionnaire;
mod round;

pub use error::RuleError;
pub use params::GameRules;
pub use points::Points;
pub use questionnaire::{sus_score, tlx_score};
pub use round::{Ending, Move, Phase, Played, Round};
