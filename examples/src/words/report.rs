//! What is to be said about games and labels beside the labels themselves.

use std::collections::BTreeMap;

use anv_core::LabeledImage;
use anv_labels::{
    CleanedGames, LabelAgreement, Outcome, RaterAgreement, Skipped, TrustReport, label_agreement,
    rater_agreement,
};
use serde::Serialize;

use super::{Guesses, Input};

/// Hints that a game has, and that a game given up counts.
const ALL_HINTS: u64 = 5;

/// The games in numbers (thesis, Table 5).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct GameTotals {
    /// Games of trusted players, control games left out.
    pub games: u64,
    /// Games in which the class was guessed.
    pub wins: u64,
    /// Games in which another class was guessed.
    pub losses: u64,
    /// Games that were given up.
    pub resigns: u64,
    /// Labels as typed.
    pub raw_labels: u64,
    /// Labels as typed for each cluster map, played or not; `None` without a map.
    pub raw_labels_per_map: Option<f64>,
    /// Hints a game; a game given up counts all five. `None` without a game.
    pub hints_per_game: Option<f64>,
}

/// The labels in numbers (thesis, Table 6).
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LabelTotals {
    /// Final labels, each once a game.
    pub labels: u64,
    /// Different ones.
    pub unique_labels: u64,
    /// Labels for each cluster map before merging; `None` without a map.
    pub labels_per_map: Option<f64>,
    /// Cluster maps before merging.
    pub cluster_maps: u64,
    /// Cluster maps after merging.
    pub merged_maps: u64,
    /// Weight of a merged map, in percent of its layer; `None` without a map.
    pub weight_per_merged_map: Option<f64>,
}

/// Everything that `label` reports.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Report {
    /// The games in numbers.
    pub games: GameTotals,
    /// The labels in numbers.
    pub labels: LabelTotals,
    /// What the control games decided.
    pub trust: TrustReport,
    /// What lenient reading left out, by table.
    pub skipped: BTreeMap<&'static str, Skipped>,
    /// Games on images that no folder is about.
    pub other_images: u64,
    /// Different changes that cleaning made; rewrites.csv lists them.
    pub rewrites: u64,
    /// Krippendorff's alpha with the MASI distance, overall and by cluster.
    pub agreement: LabelAgreement,
    /// Each player against the final labels.
    pub players: Vec<RaterAgreement>,
    /// Dawid-Skene of the guesses.
    pub guesses: Option<Guesses>,
    /// Why there is none.
    pub no_guesses: Option<String>,
}

fn share(count: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| count as f64 / of as f64)
}

impl GameTotals {
    /// Counts the games of `input`.
    pub fn new(input: &Input) -> Self {
        let mut all = Self::default();
        let mut hints = 0;
        for game in input.games.iter() {
            all.games += 1;
            all.raw_labels += game.labels().len() as u64;
            match game.outcome() {
                Outcome::Win => all.wins += 1,
                Outcome::Loss => all.losses += 1,
                Outcome::Resign => all.resigns += 1,
            }
            hints += match game.outcome() {
                Outcome::Resign => ALL_HINTS,
                _ => game.hints_used().into(),
            };
        }
        all.raw_labels_per_map = share(all.raw_labels, input.clusters.maps() as u64);
        all.hints_per_game = share(hints, all.games);
        all
    }
}

impl LabelTotals {
    /// Counts final labels and merged clusters.
    pub fn new(input: &Input, cleaned: &CleanedGames<'_>, images: &[LabeledImage]) -> Self {
        let merged = || images.iter().flat_map(|i| &i.layers).flat_map(|l| &l.clusters);
        let labels = cleaned.iter().map(|(_, labels)| labels.len() as u64).sum();
        let (cluster_maps, merged_maps) = (input.clusters.maps() as u64, merged().count() as u64);
        let weight: f64 = merged().map(|c| c.weight_percent).sum();
        Self {
            labels,
            unique_labels: cleaned.vocabulary().len() as u64,
            labels_per_map: share(labels, cluster_maps),
            cluster_maps,
            merged_maps,
            weight_per_merged_map: (merged_maps > 0).then(|| weight / merged_maps as f64),
        }
    }
}

impl Report {
    /// Everything about `input` and what became of it.
    pub fn new(input: &Input, cleaned: &CleanedGames<'_>, images: &[LabeledImage]) -> Self {
        let guesses = Guesses::new(&input.games);
        Self {
            games: GameTotals::new(input),
            labels: LabelTotals::new(input, cleaned, images),
            trust: input.trust.clone(),
            skipped: input.skipped.clone(),
            other_images: input.other_images,
            rewrites: cleaned.rewrites().len() as u64,
            agreement: label_agreement(cleaned),
            players: rater_agreement(cleaned, images),
            no_guesses: guesses.as_ref().err().cloned(),
            guesses: guesses.ok(),
        }
    }
}
