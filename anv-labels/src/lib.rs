//! From people's raw answers to clean, scored labels and merged clusters.

mod alpha;
mod clean;
mod cleaned;
mod clusters;
mod dawid_skene;
mod dictionary;
mod error;
mod games;
mod games_csv;
mod masi;
mod merge;
mod names;
mod propose;
mod raters;
mod score;
mod table;
mod trust;
mod words;

pub use alpha::{Agreement, ClusterAgreement, LabelAgreement, krippendorff_alpha, label_agreement};
pub use clean::{CleanParams, Cleaned, Cleaner, DOMAIN_WORDS, Rule, Step};
pub use cleaned::{CleanedGames, Rewrite};
pub use clusters::ClusterTable;
pub use dawid_skene::{Answer, DawidSkene, DawidSkeneParams, GuessModel};
pub use dictionary::{Dictionary, Entry};
pub use error::{ColumnProblem, Error, Result, RowProblem, Table};
pub use games::{Game, Games, NewGame, Outcome};
pub use masi::masi_distance;
pub use merge::{NeverMerge, SharedBestLabel};
pub use propose::{Proposal, ProposeParams, Reason, Vocabulary, WordNet, propose, write_proposals};
pub use raters::{RaterAgreement, rater_agreement};
pub use score::{ClusterScores, ScoreParams, Scores, WRONG_GUESS_SHARE};
pub use table::{ReadOptions, Skipped, SkippedKind};
pub use trust::{ControlParams, TrustReport};
