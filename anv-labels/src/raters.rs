//! Each player against the final labels.

use std::collections::{BTreeMap, HashMap};

use anv_core::{Label, LabeledImage};
use serde::Serialize;

use crate::cleaned::CleanedGames;
use crate::game::Outcome;

/// How a player did.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RaterAgreement {
    /// The player.
    pub player: String,
    /// Games played.
    pub games: u64,
    /// Games won.
    pub wins: u64,
    /// Games with at least one final label, on a cluster that has best labels.
    pub labeled: u64,
    /// Of these, the share in which the player gave a best label of the merged cluster, 0 to 1; `None` without any.
    ///
    /// The player's own answers helped to make the best labels: with few games a cluster the share is flattering.
    pub agreement: Option<f64>,
}

/// Compares each player's labels with the best labels of the merged clusters of `images`, by player.
pub fn rater_agreement<'a>(
    games: &CleanedGames<'_>,
    images: impl IntoIterator<Item = &'a LabeledImage>,
) -> Vec<RaterAgreement> {
    let mut best: HashMap<(&str, usize, usize), &[Label]> = HashMap::new();
    for image in images {
        for layer in &image.layers {
            for cluster in layer.clusters.iter().filter(|c| !c.best.is_empty()) {
                for member in cluster.member_numbers() {
                    best.insert((&image.image, layer.layer, member), &cluster.best);
                }
            }
        }
    }
    #[derive(Default)]
    struct Counts {
        games: u64,
        wins: u64,
        labeled: u64,
        agreed: u64,
    }
    let mut players: BTreeMap<&str, Counts> = BTreeMap::new();
    for (game, mut labels) in games.iter() {
        let counts = players.entry(game.player()).or_default();
        counts.games += 1;
        counts.wins += u64::from(game.outcome() == Outcome::Win);
        if let Some(best) = best.get(&game.cluster()).filter(|_| labels.len() > 0) {
            counts.labeled += 1;
            counts.agreed += u64::from(labels.any(|l| best.contains(l)));
        }
    }
    players
        .into_iter()
        .map(|(player, c)| RaterAgreement {
            player: player.to_owned(),
            games: c.games,
            wins: c.wins,
            labeled: c.labeled,
            agreement: (c.labeled > 0).then(|| c.agreed as f64 / c.labeled as f64),
        })
        .collect()
}
