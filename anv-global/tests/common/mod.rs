//! Label sets made up for tests.
#![allow(clippy::type_complexity, reason = "a table written as tuples reads best where it is used once")]
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]
#![allow(dead_code, reason = "every test file uses its own part")]

use anv_core::*;
use proptest::prelude::*;

/// A merged cluster of members with weights and labels.
pub type Members = Vec<(usize, f64, Vec<(String, f64)>)>;

pub fn merged(members: &Members) -> MergedCluster {
    let members = members.iter().map(|(cluster, weight, labels)| {
        let mut labels: Vec<_> = labels.iter().map(|(l, s)| LabelScore::new(l.as_str(), *s)).collect();
        rank_labels(&mut labels);
        LabeledCluster {
            cluster: *cluster,
            weight_percent: *weight,
            labels,
            counts: GameCounts::default(),
            map: None,
        }
    });
    MergedCluster::new(members.collect()).unwrap()
}

/// An image of single clusters: (layer, cluster, weight, label, score).
pub fn image(name: &str, class: &str, clusters: &[(usize, usize, f64, &str, f64)]) -> LabeledImage {
    let mut layers: Vec<LabeledLayer> = Vec::new();
    for &(layer, cluster, weight, label, score) in clusters {
        let merged = merged(&vec![(cluster, weight, vec![(label.to_owned(), score)])]);
        match layers.iter_mut().find(|l| l.layer == layer) {
            Some(l) => l.clusters.push(merged),
            None => layers.push(LabeledLayer { layer, clusters: vec![merged] }),
        }
    }
    layers.sort_by_key(|l| l.layer);
    LabeledImage { image: name.into(), class: class.into(), truth: Some(class.into()), layers }
}

/// Images with one to three clusters a layer and labels that repeat.
pub fn images() -> impl Strategy<Value = Vec<LabeledImage>> {
    let cluster = (0.0f64..60.0, "[a-f]", 0.1f64..5.0, prop::option::of(("[a-f]", 0.1f64..5.0)));
    let layer = prop::collection::vec(cluster, 0..4);
    let image = (prop::collection::vec(layer, 1..6), "(church|tench)", prop::option::of("(church|tench)"));
    prop::collection::vec(image, 1..8).prop_map(|images| {
        let layer =
            |(place, clusters): (usize, Vec<(f64, String, f64, Option<(String, f64)>)>)| LabeledLayer {
                layer: place + 5,
                clusters: clusters
                    .into_iter()
                    .enumerate()
                    .map(|(c, (weight, label, score, more))| {
                        merged(&vec![(c, weight, [(label, score)].into_iter().chain(more).collect())])
                    })
                    .collect(),
            };
        let make =
            |(place, (layers, class, truth)): (usize, (Vec<_>, String, Option<String>))| LabeledImage {
                image: format!("img{place}"),
                class,
                truth,
                layers: layers.into_iter().enumerate().map(layer).collect(),
            };
        images.into_iter().enumerate().map(make).collect()
    })
}
