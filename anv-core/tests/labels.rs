//! Drafts and words together: explanations.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use anv_core::*;

/// Calls every cluster of a layer by the parity of its number, and looks at what it is asked about.
struct Parity;

impl Labeler for Parity {
    type Error = Error;
    fn label(&self, query: &ClusterQuery<'_>) -> Result<ClusterLabels> {
        assert_eq!(query.image, "photo");
        assert!(query.map.is_some() && query.photo.is_some());
        let word = if query.cluster.is_multiple_of(2) { "even" } else { "odd" };
        let counts = GameCounts { wins: 2, losses: 1, resigns: 1, hints: 6 };
        Ok(ClusterLabels { labels: vec![LabelScore::new("rare", 0.5), LabelScore::new(word, 2.0)], counts })
    }
    fn true_class(&self, _: &str) -> Result<Option<String>> {
        Ok(Some("a".into()))
    }
}

/// Merges clusters with equal best labels, or divides wrongly.
struct Equal {
    too_few: bool,
}

impl Merger for Equal {
    type Error = Error;
    fn merge(&self, clusters: &[LabeledCluster]) -> Result<Partition> {
        let labels: Vec<_> = clusters.iter().map(|c| usize::from(&*c.best_labels()[0] == "odd")).collect();
        Partition::from_labels(if self.too_few { &labels[1..] } else { &labels })
    }
}

fn explained(too_few: bool) -> Result<Explanation> {
    Explanation::new("photo", common::draft(), &Parity, &Equal { too_few })
}

#[test]
fn a_draft_becomes_an_explanation_and_keeps_its_clusters() {
    let draft = common::draft();
    let explanation = explained(false).unwrap();
    assert_eq!(explanation.draft, draft);
    let labels = &explanation.labels;
    assert_eq!((&*labels.image, &*labels.class), ("photo", &*draft.class.name));
    assert!(labels.is_wrong());
    assert_eq!(labels.layers.len(), draft.layers.len());
    for (layer, unmerged) in labels.layers.iter().zip(&draft.layers) {
        assert_eq!(layer.layer, unmerged.layer.number);
        let numbers: usize = layer.clusters.iter().map(|c| c.members.len()).sum();
        assert_eq!(numbers, unmerged.clusters.len());
        assert!(layer.clusters.windows(2).all(|w| w[0].weight_percent >= w[1].weight_percent));
        for cluster in &layer.clusters {
            let games = cluster.counts.games();
            assert_eq!((games, cluster.counts.mean_hints()), (4 * cluster.members.len() as u64, Some(1.5)));
            let map = cluster.map.as_ref().unwrap();
            assert_eq!(map.dim(), unmerged.layer.size);
            if let [only] = &cluster.members[..] {
                assert_eq!(map, &unmerged.clusters[only.cluster].map);
            }
        }
    }
    let merged = labels.layers.iter().flat_map(|l| &l.clusters).any(|c| c.members.len() > 1);
    assert!(merged, "the test needs a layer of three clusters");
}

#[test]
fn a_merger_that_loses_clusters_is_named() {
    let error = explained(true).unwrap_err().to_string();
    assert!(error.starts_with("merging of layer 1 (conv1) failed: a division of "), "{error}");
}

#[test]
fn label_sets_are_read_back_from_json() {
    let labels = explained(false).unwrap().labels;
    let text = serde_json::to_string(&labels).unwrap();
    let mut back: LabeledImage = serde_json::from_str(&text).unwrap();
    // Maps live in the saved folder, not in the text.
    let mut without = labels;
    for cluster in without.layers.iter_mut().flat_map(|l| &mut l.clusters) {
        cluster.map = None;
        cluster.members.iter_mut().for_each(|m| m.map = None);
    }
    assert_eq!(back, without);
    back.truth = None;
    assert!(!back.is_wrong());
}
