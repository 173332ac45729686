//! The explanation as JSON for programs.

use std::path::Path;

use anv_core::{ClassScore, Draft};
use serde_json::{Value, json};

/// Seconds that each part took.
#[derive(Debug, Default)]
pub struct Seconds {
    pub load: f64,
    pub decode: f64,
    pub network: f64,
    pub clustering: f64,
    pub figures: f64,
    pub write: f64,
}

impl Seconds {
    pub fn total(&self) -> f64 {
        self.load + self.decode + self.network + self.clustering + self.figures + self.write
    }
}

/// Class, layers, files and times.
pub fn summary(draft: &Draft, folder: &Path, seconds: &Seconds) -> Value {
    let class = |c: &ClassScore| json!({ "index": c.index, "name": c.name, "logit": c.logit, "probability": c.probability });
    let layers: Vec<_> = draft
        .layers
        .iter()
        .map(|l| {
            json!({
                "layer": l.layer.number,
                "name": l.layer.name,
                "channels": l.layer.channels,
                "size": [l.layer.size.0, l.layer.size.1],
                "kept": l.kept.len(),
                "leftover_percent": l.leftover_percent,
                "best_k": l.best_k,
                "threshold_percent": l.threshold_percent,
                "clusters": l.clusters.iter().map(|c| json!({
                    "weight_percent": c.weight_percent,
                    "channels": c.channels.len(),
                })).collect::<Vec<_>>(),
            })
        })
        .collect();
    json!({
        "photo": draft.source,
        "model": { "name": draft.model.name, "weights_sha256": draft.model.weights_sha256 },
        "class": class(&draft.class),
        "predicted": class(&draft.predicted),
        "seed": draft.seed,
        "layers": layers,
        "folder": folder.display().to_string(),
        "seconds": {
            "load": seconds.load,
            "decode": seconds.decode,
            "network": seconds.network,
            "clustering": seconds.clustering,
            "figures": seconds.figures,
            "write": seconds.write,
        },
    })
}
