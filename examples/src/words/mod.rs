//! What the commands about people's words share: their arguments, their inputs, their reports.

mod args;
mod folders;
mod guesses;
mod input;
mod json;
mod pictures;
mod report;
mod tables;
mod trend;

pub use args::WordArgs;
pub use folders::{Folder, LayerFacts};
pub use guesses::{Guesses, ImageGuess, PlayerGuess};
pub use input::{Clusters, Input, named, skipped_notes};
pub use json::{MergedList, ScoreList, groups};
pub use pictures::Pictures;
pub use report::{GameTotals, LabelTotals, Report};
pub use tables::{csv_table, write_rows};
pub use trend::{Trend, trends};
