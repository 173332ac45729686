//! Algorithm 1 against a literal transcription, and what merging must keep.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use anv_core::ndarray::Array2;
use anv_core::{LabeledCluster, MergedCluster, Merger};
use anv_labels::SharedBestLabel;
use common::cluster;
use proptest::prelude::*;

/// Sums of at most a dozen numbers below 100, in another order.
const TOLERANCE: f64 = 1e-9;

/// The thesis' text, word for word: merge the first pair that shares a best label, start again.
fn literal(clusters: &[LabeledCluster]) -> Vec<Vec<usize>> {
    let mut sets: Vec<(Vec<usize>, Vec<String>)> = clusters
        .iter()
        .map(|c| (vec![c.cluster], c.best_labels().iter().map(|l| l.to_string()).collect()))
        .collect();
    'repeat: loop {
        for i in 0..sets.len() {
            for j in 0..sets.len() {
                if i != j && sets[i].1.iter().any(|l| sets[j].1.contains(l)) {
                    let (high, low) = (i.max(j), i.min(j));
                    let (b, a) = (sets.remove(high), sets.remove(low));
                    sets.push(([a.0, b.0].concat(), [a.1, b.1].concat()));
                    continue 'repeat;
                }
            }
        }
        break;
    }
    let mut members: Vec<_> = sets
        .into_iter()
        .map(|(mut m, _)| {
            m.sort_unstable();
            m
        })
        .collect();
    members.sort();
    members
}

fn layer() -> impl Strategy<Value = Vec<LabeledCluster>> {
    // Few labels and few scores, so that draws and chains are common.
    let labels = prop::collection::btree_map("[a-e]", 1u8..4, 0..4);
    prop::collection::vec((0.0f64..50.0, labels), 1..9).prop_map(|clusters| {
        clusters
            .into_iter()
            .enumerate()
            .map(|(i, (weight, labels))| {
                let labels: Vec<_> = labels.iter().map(|(l, &s)| (&**l, f64::from(s) * 0.9)).collect();
                let mut c = cluster(i, weight, &labels);
                c.map = Some(Array2::from_shape_fn((2, 3), |(y, x)| (i * 7 + y * 3 + x) as f32));
                c.counts.wins = i as u64;
                c
            })
            .collect()
    })
}

fn merged(clusters: &[LabeledCluster]) -> Vec<MergedCluster> {
    let parts = SharedBestLabel.merge(clusters).unwrap().members();
    let mut merged: Vec<_> = parts
        .iter()
        .map(|part| MergedCluster::new(part.iter().map(|&i| clusters[i].clone()).collect()).unwrap())
        .collect();
    merged.sort_by(|a, b| a.member_numbers().cmp(b.member_numbers()));
    merged
}

proptest! {
    #[test]
    fn union_find_divides_as_the_thesis_does(clusters in layer()) {
        let found: Vec<Vec<usize>> = merged(&clusters).iter().map(|m| m.member_numbers().collect()).collect();
        prop_assert_eq!(found, literal(&clusters));
    }

    #[test]
    fn the_order_of_clusters_changes_not_a_bit(clusters in layer(), seed in any::<u64>()) {
        let mut shuffled = clusters.clone();
        shuffled.sort_by_key(|c| (c.cluster as u64 + 1).wrapping_mul(seed | 1).rotate_left(17));
        prop_assert_eq!(merged(&clusters), merged(&shuffled));
    }

    #[test]
    fn merging_keeps_weights_games_maps_and_best_labels(clusters in layer()) {
        let merged = merged(&clusters);
        let close = |a: f64, b: f64| (a - b).abs() < TOLERANCE;
        let sum = |f: &dyn Fn(&LabeledCluster) -> f64| clusters.iter().map(f).sum::<f64>();
        prop_assert!(close(merged.iter().map(|m| m.weight_percent).sum(), sum(&|c| c.weight_percent)));
        let wins: u64 = merged.iter().map(|m| m.counts.wins).sum();
        prop_assert_eq!(wins, clusters.iter().map(|c| c.counts.wins).sum::<u64>());
        for cell in [(0, 0), (1, 2)] {
            let after: f64 = merged.iter().map(|m| m.weight_percent * f64::from(m.map.as_ref().unwrap()[cell])).sum();
            let before = sum(&|c| c.weight_percent * f64::from(c.map.as_ref().unwrap()[cell]));
            // Maps are f32: seven digits of sums up to 50 · 60 · 8.
            prop_assert!((after - before).abs() < 1e-2, "{} {}", after, before);
        }
        for m in &merged {
            for label in &m.labels {
                prop_assert!(close(m.contributions(&label.label).iter().sum(), label.score));
                let summed: f64 = m.members.iter().map(|c| c.score(&label.label)).sum();
                prop_assert!(close(m.summed_score(&label.label), summed));
            }
            for member in &m.members {
                prop_assert!(member.best_labels().iter().all(|b| m.best.contains(b)));
            }
        }
        // No two merged clusters share a best label.
        let mut best: Vec<_> = merged.iter().flat_map(|m| m.best.clone()).collect();
        let before = best.len();
        best.sort();
        best.dedup();
        prop_assert_eq!(best.len(), before);
    }
}

#[test]
fn weights_average_scores() {
    let m = MergedCluster::new(vec![
        cluster(4, 30.0, &[("sky", 4.0), ("blue", 1.0)]),
        cluster(1, 10.0, &[("sky", 2.0), ("cloud", 2.0)]),
    ])
    .unwrap();
    assert_eq!(m.member_numbers().collect::<Vec<_>>(), [1, 4]);
    assert_eq!(m.weight_percent, 40.0);
    let found: Vec<_> = m.labels.iter().map(|l| (&*l.label, l.score)).collect();
    assert_eq!(found, [("sky", 3.5), ("blue", 0.75), ("cloud", 0.5)]);
    assert_eq!(m.best.iter().map(|l| &**l).collect::<Vec<_>>(), ["cloud", "sky"]);
    assert_eq!(m.contributions("sky"), [0.5, 3.0]);
    assert_eq!(m.summed_score("sky"), 6.0);
}

#[test]
fn clusters_without_weight_count_the_same() {
    let m = MergedCluster::new(vec![cluster(0, 0.0, &[("a", 2.0)]), cluster(1, 0.0, &[("a", 4.0)])]).unwrap();
    assert_eq!((m.weight_percent, m.labels[0].score), (0.0, 3.0));
}

#[test]
fn what_cannot_be_merged_says_why() {
    let errors = [
        MergedCluster::new(vec![]),
        MergedCluster::new(vec![cluster(0, 1.0, &[]), cluster(0, 1.0, &[])]),
        MergedCluster::new(vec![cluster(0, f64::NAN, &[])]),
        MergedCluster::new(vec![cluster(0, -1.0, &[])]),
        MergedCluster::new(vec![cluster(3, 1.0, &[("a", f64::INFINITY)])]),
        MergedCluster::new(vec![
            LabeledCluster { map: Some(Array2::zeros((2, 2))), ..cluster(0, 1.0, &[]) },
            LabeledCluster { map: Some(Array2::zeros((3, 2))), ..cluster(1, 1.0, &[]) },
        ]),
    ];
    let texts: Vec<_> = errors.into_iter().map(|e| e.unwrap_err().to_string()).collect();
    assert_eq!(
        texts,
        [
            "a merged cluster needs at least one member",
            "cluster 0 appears twice in its layer",
            "the weight of cluster 0 is NaN: expected a finite number, for a weight at least 0",
            "the weight of cluster 0 is -1: expected a finite number, for a weight at least 0",
            "the score of `a` of cluster 3 is inf: expected a finite number, for a weight at least 0",
            "the map of cluster 1 has shape (3, 2): expected (2, 2) as the others of its layer",
        ]
    );
}
