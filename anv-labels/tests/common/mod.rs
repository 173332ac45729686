//! Helpers of the tests.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]
#![allow(dead_code, reason = "every test file uses its own part")]

use std::path::PathBuf;

use anv_core::{LabelScore, LabeledCluster};
use anv_labels::*;

pub const HEADER: &str = "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels\n";

/// The shared material, or a plain word that the test did not run.
pub fn shared() -> Option<PathBuf> {
    let found = std::env::var_os("ANV_SHARED").map(PathBuf::from);
    if found.is_none() {
        eprintln!("skipped: ANV_SHARED is not set");
    }
    found
}

/// Rows below the usual header.
pub fn games(rows: &str) -> Games {
    read(rows).unwrap()
}

pub fn read(rows: &str) -> Result<Games> {
    Games::read(format!("{HEADER}{rows}").as_bytes(), &ReadOptions::default()).map(|(games, _)| games)
}

pub fn cleaner() -> Cleaner {
    Cleaner::new(&CleanParams::default(), &Dictionary::default()).unwrap()
}

/// A cluster with ranked labels and no games.
pub fn cluster(cluster: usize, weight_percent: f64, labels: &[(&str, f64)]) -> LabeledCluster {
    let mut labels: Vec<_> = labels.iter().map(|&(l, s)| LabelScore::new(l, s)).collect();
    anv_core::rank_labels(&mut labels);
    LabeledCluster { cluster, weight_percent, labels, counts: Default::default(), map: None }
}
