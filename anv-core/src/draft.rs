//! The unlabelled explanation of one photo.

use std::collections::BTreeMap;

use image::RgbImage;

use crate::{ClassScore, ClusterMap, DroppedCluster, LayerInfo, ModelInfo};

/// An unlabelled Abstract Network Visualization: cluster maps and weights of every wanted layer, waiting
/// for people's words.
#[derive(Debug, Clone, PartialEq)]
pub struct Draft {
    /// The photo, upright, at its own size.
    pub photo: RgbImage,
    /// Where the photo came from, as the caller named it (a file name); may be empty.
    pub source: String,
    /// The seed of everything random.
    pub seed: u64,
    /// The explained model.
    pub model: ModelInfo,
    /// The explained class.
    pub class: ClassScore,
    /// The class that the model predicts.
    pub predicted: ClassScore,
    /// The layers, shallowest first.
    pub layers: Vec<LayerDraft>,
}

/// One layer of a [`Draft`].
#[derive(Debug, Clone, PartialEq)]
pub struct LayerDraft {
    /// Which layer.
    pub layer: LayerInfo,
    /// `p_k` of every channel (all zero when the layer has no positive evidence for the class).
    pub weights_percent: Vec<f64>,
    /// The channels above the weight threshold, ascending.
    pub kept: Vec<usize>,
    /// `Σ p_k` over the kept channels: the weight left over after the threshold, in percent.
    pub leftover_percent: f64,
    /// First two coordinates of each kept channel's point (0 where there is only one).
    pub embedding: Vec<[f32; 2]>,
    /// Mean silhouette by number of clusters, for every number tried.
    pub silhouette: BTreeMap<usize, f64>,
    /// The number of clusters chosen, before the cluster threshold; 0 when nothing was kept.
    pub best_k: usize,
    /// The cluster threshold (eq. 4.1), in percent.
    pub threshold_percent: f64,
    /// Clusters at or above the threshold, heaviest first.
    pub clusters: Vec<ClusterMap>,
    /// Clusters below it, heaviest first.
    pub dropped_clusters: Vec<DroppedCluster>,
}

impl LayerDraft {
    /// Whether any channel of the layer speaks for the class.
    pub fn has_evidence(&self) -> bool {
        !self.kept.is_empty()
    }
}
