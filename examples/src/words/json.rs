//! Scores, merged clusters and global features as JSON for programs; lists are written as they are walked through,
//! so that a million games need no memory of their own.

use anv_core::{GlobalExplanation, LabeledImage};
use anv_labels::{ClusterScores, Scores};
use serde::ser::SerializeSeq;
use serde::{Serialize, Serializer};
use serde_json::{Value, json};

/// `[{image, layer, cluster, label, score}, …]` by image, layer, cluster and label.
#[derive(Debug)]
pub struct ScoreList<'a>(pub &'a Scores<'a>);

impl Serialize for ScoreList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut list = serializer.serialize_seq(None)?;
        for ClusterScores { image, layer, cluster, mut labels, .. } in self.0.iter() {
            labels.sort_by(|a, b| a.label.cmp(&b.label));
            for l in &labels {
                let (label, score) = (&*l.label, l.score);
                list.serialize_element(&ScoreRow { cluster, image, label, layer, score })?;
            }
        }
        list.end()
    }
}

#[derive(Serialize)]
struct ScoreRow<'a> {
    cluster: usize,
    image: &'a str,
    label: &'a str,
    layer: usize,
    score: f64,
}

/// `[{image, layer, clusters: [{members, weight, best, labels: [[label, score], …]}, …]}, …]`.
#[derive(Debug)]
pub struct MergedList<'a>(pub &'a [LabeledImage]);

impl Serialize for MergedList<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let layers = self.0.iter().flat_map(|image| image.layers.iter().map(move |layer| (image, layer)));
        serializer.collect_seq(layers.map(|(image, layer)| {
            let clusters: Vec<_> = layer
                .clusters
                .iter()
                .map(|c| {
                    json!({
                        "members": c.member_numbers().collect::<Vec<_>>(),
                        "weight": c.weight_percent,
                        "best": c.best,
                        "labels": c.labels.iter().map(|l| json!([l.label, l.score])).collect::<Vec<_>>(),
                    })
                })
                .collect();
            json!({ "image": image.image, "layer": layer.layer, "clusters": clusters })
        }))
    }
}

/// `[[[label, global score, mean weight], …], …]`, one list a group of layers.
pub fn groups(explanation: &GlobalExplanation) -> Value {
    let features = |group: &anv_core::GlobalGroup| -> Vec<Value> {
        group.features.iter().map(|f| json!([f.label, f.score, f.weight_percent])).collect()
    };
    explanation.groups.iter().map(features).collect()
}
