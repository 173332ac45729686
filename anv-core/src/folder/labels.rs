//! People's words in `anv.json`: written beside the clusters they belong to, checked when read.

use super::json::{self, ClusterWords, ImageWords, Merged};
use crate::{Draft, Error, Explanation, LabeledCluster, LabeledImage, LabeledLayer, MergedCluster, Result};

/// Adds the labels of `explanation` to the file of its draft, after making sure that they can be read back.
pub(super) fn add(explanation: &Explanation, file: &mut json::File) -> Result<()> {
    let fail = |reason| Error::Mismatch { reason };
    let labels = &explanation.labels;
    let words = Words::of(labels);
    let back = words.read(&explanation.draft).map_err(fail)?;
    if let Some((layer, _)) = back.layers.iter().zip(&labels.layers).find(|(a, b)| a != b) {
        return Err(fail(format!(
            "the merged clusters of layer {} are not those of their members",
            layer.layer
        )));
    }
    if back != *labels {
        return Err(fail(format!("the labels are for `{}`, the draft for `{}`", labels.class, back.class)));
    }
    words.put(file);
    Ok(())
}

/// All that a labelled file holds beside its draft.
pub(super) struct Words {
    image: ImageWords,
    layers: Vec<LayerWords>,
}

struct LayerWords {
    layer: usize,
    clusters: Vec<ClusterWords>,
    merged: Vec<Merged>,
}

impl Words {
    fn of(labels: &LabeledImage) -> Self {
        let image = ImageWords { image: labels.image.clone(), true_class: labels.truth.clone() };
        Self { image, layers: labels.layers.iter().map(LayerWords::of).collect() }
    }

    fn put(self, file: &mut json::File) {
        file.labels = Some(self.image);
        for (layer, words) in file.layers.iter_mut().zip(self.layers) {
            layer.merged_clusters = Some(words.merged);
            for (cluster, words) in layer.clusters.iter_mut().zip(words.clusters) {
                cluster.words = Some(words);
            }
        }
    }

    /// Takes the words out of a file; `None` when it is not labelled.
    pub(super) fn take(file: &mut json::File) -> Result<Option<Self>, String> {
        let Some(image) = file.labels.take() else { return Ok(None) };
        let layers = file.layers.iter_mut().map(LayerWords::take).collect::<Result<_, _>>()?;
        Ok(Some(Self { image, layers }))
    }

    /// The labels as they were written; the error says what does not fit together.
    pub(super) fn read(&self, draft: &Draft) -> Result<LabeledImage, String> {
        if self.layers.len() != draft.layers.len() {
            return Err(format!("{} layers have labels, expected {}", self.layers.len(), draft.layers.len()));
        }
        let layers = self.layers.iter().zip(&draft.layers).map(|(words, layer)| {
            words.read(layer).map_err(|reason| format!("layer {}: {reason}", layer.layer.number))
        });
        Ok(LabeledImage {
            image: self.image.image.clone(),
            class: draft.class.name.clone(),
            truth: self.image.true_class.clone(),
            layers: layers.collect::<Result<_, _>>()?,
        })
    }
}

impl LayerWords {
    fn of(layer: &LabeledLayer) -> Self {
        let mut members: Vec<_> = layer.clusters.iter().flat_map(|c| &c.members).collect();
        members.sort_by_key(|m| m.cluster);
        let words = |m: &LabeledCluster| ClusterWords { labels: m.labels.clone(), counts: m.counts };
        let merged = |c: &MergedCluster| Merged {
            members: c.member_numbers().collect(),
            weight_percent: c.weight_percent,
            best: c.best.clone(),
            labels: c.labels.clone(),
            counts: c.counts,
        };
        Self {
            layer: layer.layer,
            clusters: members.into_iter().map(words).collect(),
            merged: layer.clusters.iter().map(merged).collect(),
        }
    }

    fn take(layer: &mut json::Layer) -> Result<Self, String> {
        let number = layer.layer;
        let missing = |what: String| format!("layer {number} has no {what}, in a labelled folder");
        let merged = layer.merged_clusters.take().ok_or_else(|| missing("merged_clusters".to_owned()))?;
        let clusters = layer.clusters.iter_mut().enumerate().map(|(i, cluster)| {
            cluster.words.take().ok_or_else(|| missing(format!("words for cluster {i}")))
        });
        Ok(Self { layer: number, clusters: clusters.collect::<Result<_, _>>()?, merged })
    }

    fn read(&self, layer: &crate::LayerDraft) -> Result<LabeledLayer, String> {
        if self.layer != layer.layer.number {
            return Err(format!("its labels are for layer {}", self.layer));
        }
        let count = layer.clusters.len();
        if self.clusters.len() != count {
            return Err(format!("{} clusters have labels, expected {count}", self.clusters.len()));
        }
        let mut free = vec![true; count];
        let mut clusters = Vec::with_capacity(self.merged.len());
        for (place, merged) in self.merged.iter().enumerate() {
            let named = |reason: String| format!("merged cluster {place} {reason}");
            for &member in &merged.members {
                match free.get_mut(member) {
                    None => return Err(named(format!("names cluster {member} of {count}"))),
                    Some(false) => {
                        return Err(named(format!("names cluster {member}, which has been merged")));
                    }
                    Some(free) => *free = false,
                }
            }
            clusters.push(self.merge(layer, merged).map_err(named)?);
        }
        if let Some(cluster) = free.iter().position(|&free| free) {
            return Err(format!("cluster {cluster} is in no merged cluster"));
        }
        Ok(LabeledLayer { layer: self.layer, clusters })
    }

    fn merge(&self, layer: &crate::LayerDraft, merged: &Merged) -> Result<MergedCluster, String> {
        let member = |&cluster: &usize| LabeledCluster {
            cluster,
            weight_percent: layer.clusters[cluster].weight_percent,
            labels: self.clusters[cluster].labels.clone(),
            counts: self.clusters[cluster].counts,
            map: Some(layer.clusters[cluster].map.clone()),
        };
        let made = MergedCluster::new(merged.members.iter().map(member).collect())
            .map_err(|e| format!("cannot be merged: {e}"))?;
        let differs = |what: &str| Err(format!("has another {what} than its members give"));
        if made.weight_percent != merged.weight_percent {
            return differs("weight");
        }
        if made.best != merged.best {
            return differs("list of best labels");
        }
        if made.labels != merged.labels {
            return differs("list of labels");
        }
        if made.counts != merged.counts {
            return differs("count of games");
        }
        Ok(made)
    }
}
