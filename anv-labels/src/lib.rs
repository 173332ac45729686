//! From people's raw answers to clean, scored labels and merged clusters.
//!
//! People looked at masked photos, guessed the class and wrote down what they recognised (thesis 3.4.2). This crate turns
//! the table of their games into labels of clusters, the second half of an Abstract Network Visualization:
//!
//! ```text
//! games.csv ─ Games ─ control games ─ Cleaner ─ CleanedGames ─ Scores ─ SharedBestLabel ─ merged, labelled clusters
//!                                     dictionary.csv ◀─ a person ◀─ propose
//! ```
//!
//! | step | here | definition |
//! | --- | --- | --- |
//! | the game that they play: rounds, moves, points, what is drawn | [`GameRules`], [`Round`], [`Move`], [`Points`] | thesis 3.4.2, 4.4.1 |
//! | what they thought of it | [`sus_score`], [`tlx_score`] | Brooke 1996, Hart 2006 |
//! | reading, with the line and reason of every bad row | [`Games`], [`ClusterTable`], [`ReadOptions`] | |
//! | a failed control game drops the player | [`Games::apply_control`] | thesis 4.4 |
//! | splitting, stop-words, class names, reviewed dictionary | [`Cleaner`], [`Dictionary`] | thesis 3.5, 5.1.4 |
//! | suggestions for the dictionary, with reasons | [`propose`], [`WordNet`] | |
//! | score of a label in a cluster | [`Scores`], [`ScoreParams::score`] | eq. 3.2 |
//! | merging clusters that share a best label | [`SharedBestLabel`] | Algorithm 1 |
//! | agreement on labels | [`label_agreement`], [`krippendorff_alpha`], [`masi_distance`] | Krippendorff 2011, Passonneau 2006 |
//! | players against the final labels | [`rater_agreement`] | |
//! | what the guesses say together | [`GuessModel`], [`DawidSkene`] | Dawid & Skene 1979 |
//!
//! The score of label `l` in cluster `C` is the number of games that gave it, weighed down by how much of the photo had to
//! be shown (eq. 3.2), and a quarter of that when nobody who gave it guessed the class:
//!
//! ```text
//! score(C, l) = frequency(C, l) · (1 − mean hints(C, l) / (2 · (n_masks − 1)))
//! ```
//!
//! [`Scores`] is a [`Labeler`](anv_core::Labeler) and [`SharedBestLabel`] a [`Merger`](anv_core::Merger): with them
//! [`Explanation::new`](anv_core::Explanation::new) labels a draft, and [`ClusterTable::labeled`] a set of clusters without
//! pictures.
//!
//! # A worked example
//! Five games on two clusters of one layer. Ann, Bob and Cas call the first one "motor" in their own words, Dan and Eve
//! the second.
//!
//! ```
//! use anv_labels::*;
//!
//! let games_csv = "\
//! game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels
//! 1,ann,saw.jpg,13,0,chainsaw,chainsaw,0,the Motor
//! 2,bob,saw.jpg,13,0,chainsaw,chainsaw,2,motore;a chainsaw
//! 3,cas,saw.jpg,13,0,chainsaw,church,1,it looks orange
//! 4,dan,saw.jpg,13,1,chainsaw,chainsaw,3,motor
//! 5,eve,saw.jpg,13,1,chainsaw,,5,
//! ";
//! let (mut games, _) = Games::read(games_csv.as_bytes(), &ReadOptions::default())?;
//! games.apply_control(&ControlParams::default()); // no control games here
//!
//! // A reviewed dictionary translates; stop-words and the class's own name go by themselves.
//! let dictionary = Dictionary::new([Entry::new("motore", "motor")])?;
//! let cleaned = CleanedGames::new(&games, &Cleaner::new(&CleanParams::default(), &dictionary)?)?;
//! let rewrite = cleaned.rewrites().iter().find(|r| r.raw == "motore").unwrap();
//! assert_eq!((rewrite.label.as_deref(), rewrite.rule), (Some("motor"), Rule::Dictionary));
//!
//! let scores = Scores::new(&cleaned, &ScoreParams::default())?;
//! let first = scores.iter().next().unwrap();
//! // "motor": two games, one hint on average: 2 · (1 − 1/10). "orange": 0.9, a quarter of it as Cas guessed wrong.
//! assert_eq!(first.labels[0].score, 1.8);
//! assert_eq!(first.labels[1].score, 0.225);
//!
//! // Both clusters have "motor" as their best label: Algorithm 1 merges them.
//! let clusters_csv = "image,layer,cluster,weight_percent\nsaw.jpg,13,0,30\nsaw.jpg,13,1,10\n";
//! let (clusters, _) = ClusterTable::read(clusters_csv.as_bytes(), &ReadOptions::default())?;
//! let image = clusters.labeled("chainsaw", &scores, &SharedBestLabel).next().unwrap()?;
//! let merged = &image.layers[0].clusters[0];
//! assert_eq!(merged.member_numbers().collect::<Vec<_>>(), [0, 1]);
//! assert_eq!((merged.shown(), merged.weight_percent), (Some("motor"), 40.0));
//! // (30 · 1.8 + 10 · 0.7) / 40
//! assert!((merged.labels[0].score - 1.525).abs() < 1e-12);
//! assert_eq!(merged.counts.resigns, 1);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # A round of the game
//! [`GameRules`] are pure functions: who stores rounds, shows photos and knows the time asks them what a move does.
//!
//! ```
//! use anv_labels::*;
//!
//! let rules = GameRules::default();
//! let classes = ["tench", "church", "horn", "truck", "pump", "ball", "parachute", "chainsaw"];
//! let mut round = rules.begin(0, rules.options("church", &classes, 42)?);
//! assert_eq!((round.options.len(), round.phase(), rules.worth(&round)), (6, Phase::Guessing, 300));
//!
//! let moves = [
//!     Move::ShowMore { hints: 1 },
//!     Move::ShowMore { hints: 1 }, // a double click
//!     Move::Guess("church".into()),
//!     Move::Describe(vec![" pointed  roof; tower".into()]),
//! ];
//! for mv in &moves {
//!     if let Played::Changed(after) = rules.play(&round, mv)? {
//!         round = after;
//!     }
//! }
//! assert_eq!(round.phase(), Phase::Finished);
//! assert_eq!(round.labels.as_deref(), Some(&["pointed roof".into(), "tower".into()][..]));
//!
//! // One hint, labels, and the second win in a row.
//! let points = rules.points(&round, "church", 1);
//! assert_eq!((points.guess, points.labels, points.streak, points.total), (250, 25, 10, 285));
//! assert_eq!(points.ending, Ending::Won);
//!
//! // A second tab cannot guess again.
//! assert_eq!(rules.play(&round, &Move::Guess("tench".into())), Err(RuleError::AlreadyGuessed));
//! # Ok::<(), RuleError>(())
//! ```
//!
//! # Size
//! Every different text is stored once, a game takes about 50 bytes, and time grows with the number of rows; nothing
//! depends on the order of rows, and no result on the number of threads.
//!
//! # Source
//! De Santis & Bianchi, *A Human-in-the-Loop Approach for Post-hoc Explainability of CNN-based Image
//! Classification*, Politecnico di Milano, 2023, sections 3.5, 4.4 and 5.1.

// A user's input must never cause a panic.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod alpha;
mod clean;
mod cleaned;
mod clusters;
mod dawid_skene;
mod dictionary;
mod error;
mod game;
mod games;
mod games_csv;
mod masi;
mod merge;
mod names;
mod propose;
mod raters;
mod rules;
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
pub use game::{Game, Outcome};
pub use games::{Games, NewGame};
pub use masi::masi_distance;
pub use merge::{NeverMerge, SharedBestLabel};
pub use propose::{Proposal, ProposeParams, Reason, Vocabulary, WordNet, propose, write_proposals};
pub use raters::{RaterAgreement, rater_agreement};
pub use rules::{Ending, GameRules, Move, Phase, Played, Points, Round, RuleError, sus_score, tlx_score};
pub use score::{ClusterScores, ScoreParams, Scores, WRONG_GUESS_SHARE};
pub use table::{ReadOptions, Skipped, SkippedKind};
pub use trust::{ControlParams, TrustReport};
