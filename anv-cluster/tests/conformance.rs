//! Ward, silhouette, choice of k and cluster weights against scikit-learn's, on its own embeddings.
//!
//! What needs activations (explained variance, divergence of the t-SNE, cluster maps) is compared in the tests of
//! the package `anv-examples`, where a network is at hand.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use anv_cluster::{Linkage, LinkageClusterer, LinkageParams, WardClusterer, WardParams, silhouette};
use anv_core::ndarray::{Array1, Array3};
use anv_core::{ClusterThreshold, Clusterer, Partition, WeightThreshold, merge, percents};
use common::{Golden, PHOTOS, shared};

/// scikit-learn computes the distances of f32 points in f32.
const SILHOUETTE: f64 = 1e-5;
/// The golden percentages and weights are stored as f32; both sides sum in f64.
const PERCENT: f64 = 1e-4;
/// A channel this near to the threshold may be kept by one side only.
const NEAR_THRESHOLD: f64 = 1e-4;

const LAYERS: std::ops::RangeInclusive<usize> = 1..=13;

#[test]
fn partitions_silhouettes_and_choice_on_the_golden_embeddings() {
    if shared().is_none() {
        return;
    }
    let (mut layers, mut worst) = (0, 0.0f64);
    for photo in PHOTOS {
        let golden = Golden::read(photo).unwrap();
        for layer in LAYERS {
            let Some(points) = golden.points(layer) else { continue };
            layers += 1;
            let expected = golden.layer(layer, "silhouette_k3_k8").unwrap();
            for (k, expected) in (3..=8).zip(expected) {
                let labels = golden.indices(layer, &format!("ward_labels_k{k}")).unwrap();
                let alone = WardClusterer::new(WardParams::default().clusters(k..=k));
                let found = alone.cluster(points.view()).unwrap();
                assert_eq!(
                    found.partition,
                    Partition::from_labels(&labels).unwrap(),
                    "{photo} {layer} k={k}"
                );
                worst = worst.max((found.silhouette[&k] - expected).abs());
                worst = worst.max((silhouette(points.view(), &labels).unwrap() - expected).abs());
            }
            let best = golden.indices(layer, "best_k").unwrap()[0];
            let found = WardClusterer::default().cluster(points.view()).unwrap();
            assert_eq!(found.partition.clusters(), best, "{photo} {layer}");
            for (k, s) in golden.layer(layer, "silhouette_k3_k8").unwrap().iter().enumerate() {
                worst = worst.max((found.silhouette[&(k + 3)] - s).abs());
            }
        }
    }
    println!("{layers} layers, all partitions equal; silhouette deviates by at most {worst:.1e}");
    assert!(layers > 50 && worst <= SILHOUETTE, "{layers} layers, {worst:e}");
}

#[test]
fn linfas_ward_agrees() {
    if shared().is_none() {
        return;
    }
    let golden = Golden::read(PHOTOS[1]).unwrap();
    for layer in LAYERS {
        let Some(points) = golden.points(layer) else { continue };
        let linfa = LinkageClusterer::new(LinkageParams::default().linkage(Linkage::Ward));
        let found = linfa.cluster(points.view()).unwrap().partition;
        assert_eq!(
            found,
            WardClusterer::default().cluster(points.view()).unwrap().partition,
            "layer {layer}"
        );
    }
}

#[test]
fn percentages_kept_channels_cluster_weights_and_threshold() {
    if shared().is_none() {
        return;
    }
    let (mut percent, mut weight) = (0.0f64, 0.0f64);
    for photo in PHOTOS {
        let golden = Golden::read(photo).unwrap();
        for layer in LAYERS {
            // Layers of few kept maps have no clustering rows.
            let Some(expected) = golden.layer(layer, "percent") else { continue };
            let gap = Array1::from(golden.layer(layer, "guided_gap").unwrap());
            let found = percents(gap.view()).unwrap();
            percent = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).fold(percent, f64::max);

            let kept = golden.indices(layer, "keep").unwrap();
            let ours = WeightThreshold::default().keep(found.view()).unwrap();
            let threshold = WeightThreshold::default().percent(found.len()).unwrap();
            for channel in 0..found.len() {
                let agree = ours.contains(&channel) == kept.contains(&channel);
                let near = (found[channel] - threshold).abs() <= NEAR_THRESHOLD;
                assert!(agree || near, "{photo} {layer} {channel}");
            }

            let best = golden.indices(layer, "best_k").unwrap()[0];
            let labels = golden.indices(layer, &format!("ward_labels_k{best}")).unwrap();
            let partition = Partition::from_labels(&labels).unwrap();
            let maps = Array3::zeros((kept.len(), 1, 1));
            let clusters = merge(maps.view(), found.view(), &kept, &partition).unwrap();
            let weights: Vec<_> = clusters.iter().map(|c| c.weight_percent).collect();
            let limit = ClusterThreshold::Thesis.percent(&weights);
            weight = weight.max((limit - golden.layer(layer, "cluster_threshold").unwrap()[0]).abs());
            let expected = golden.layer(layer, "cluster_weight").unwrap();
            let expected_kept = golden.indices(layer, "cluster_kept").unwrap();
            for cluster in clusters {
                let row = kept.iter().position(|c| *c == cluster.channels[0]).unwrap();
                let label = labels[row];
                weight = weight.max((cluster.weight_percent - expected[label]).abs());
                assert_eq!(cluster.weight_percent >= limit, expected_kept[label] == 1, "{photo} {layer}");
            }
        }
    }
    println!("percent deviates by at most {percent:.1e}, cluster weight and threshold by {weight:.1e}");
    assert!(percent <= PERCENT && weight <= PERCENT, "{percent:e} {weight:e}");
}
