//! Scores, merged clusters and global features as JSON for programs.

use anv_core::{GlobalExplanation, LabeledImage};
use anv_labels::Scores;
use serde_json::{Value, json};

/// `[{image, layer, cluster, label, score}, …]` by image, layer, cluster and label.
pub fn scores(scores: &Scores<'_>) -> Value {
    let mut rows = Vec::new();
    for c in scores.iter() {
        let mut labels = c.labels;
        labels.sort_by(|a, b| a.label.cmp(&b.label));
        rows.extend(labels.iter().map(|l| {
            json!({
                "image": c.image, "layer": c.layer, "cluster": c.cluster, "label": &*l.label, "score": l.score,
            })
        }));
    }
    rows.into()
}

/// `[{image, layer, clusters: [{members, weight, best, labels: [[label, score], …]}, …]}, …]`.
pub fn merged(images: &[LabeledImage]) -> Value {
    let layers = images.iter().flat_map(|image| image.layers.iter().map(move |layer| (image, layer)));
    layers
        .map(|(image, layer)| {
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
        })
        .collect()
}

/// `[[[label, global score, mean weight], …], …]`, one list a group of layers.
pub fn groups(explanation: &GlobalExplanation) -> Value {
    let features = |group: &anv_core::GlobalGroup| -> Vec<Value> {
        group.features.iter().map(|f| json!([f.label, f.score, f.weight_percent])).collect()
    };
    explanation.groups.iter().map(features).collect()
}
