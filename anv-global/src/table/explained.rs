//! The tables of explained photos: one row a cluster map, one row a photo.

use anv_core::Draft;
use serde::{Deserialize, Serialize};

use super::sealed::Cells;
use super::{Cell, Kind};

/// One cluster map of an explained photo, waiting for words.
///
/// What concerns the layer is repeated in every row of it, so that each question needs one table; averages over layers
/// count each photo once: `avg(leftover_percent) … WHERE cluster = 0`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClusterRow {
    /// Place of the photo among the photos of its run, from 0.
    pub photo: u64,
    /// Name of the photo.
    pub image: String,
    /// The explained class.
    pub class: String,
    /// The class that the network predicts.
    pub predicted: String,
    /// The class that the photo shows, where it is known.
    pub true_class: Option<String>,
    /// Number of the layer, from 1.
    pub layer: u64,
    /// Its name.
    pub layer_name: String,
    /// Feature maps that the layer has.
    pub maps: u64,
    /// Place of the cluster in its layer, heaviest first, from 0.
    pub cluster: u64,
    /// Weight of the cluster, in percent of the layer.
    pub weight_percent: f64,
    /// Number of feature maps in the cluster.
    pub channels: u64,
    /// Feature maps of the layer above the weight threshold.
    pub kept: u64,
    /// Their weight, in percent of the layer.
    pub leftover_percent: f64,
    /// Number of clusters chosen in the layer, before the cluster threshold.
    pub best_k: u64,
    /// Mean silhouette of that number, where it is defined.
    pub silhouette: Option<f64>,
    /// Seed of everything random.
    pub seed: u64,
    /// SHA-256 of the network's weights.
    pub model_sha256: String,
}

/// The rows of a photo, in the order of layers and clusters; a layer without evidence for the class has none.
///
/// `photo` is its place among others, `image` its name.
pub fn cluster_rows(photo: u64, image: &str, true_class: Option<&str>, draft: &Draft) -> Vec<ClusterRow> {
    let mut rows = Vec::new();
    for layer in &draft.layers {
        rows.extend(layer.clusters.iter().enumerate().map(|(place, cluster)| ClusterRow {
            photo,
            image: image.to_owned(),
            class: draft.class.name.clone(),
            predicted: draft.predicted.name.clone(),
            true_class: true_class.map(str::to_owned),
            layer: layer.layer.number as u64,
            layer_name: layer.layer.name.clone(),
            maps: layer.layer.channels as u64,
            cluster: place as u64,
            weight_percent: cluster.weight_percent,
            channels: cluster.channels.len() as u64,
            kept: layer.kept.len() as u64,
            leftover_percent: layer.leftover_percent,
            best_k: layer.best_k as u64,
            silhouette: layer.silhouette.get(&layer.best_k).copied(),
            seed: draft.seed,
            model_sha256: draft.model.weights_sha256.clone(),
        }));
    }
    rows
}

impl Cells for ClusterRow {
    const NAME: &'static str = "clusters";

    fn columns() -> &'static [(&'static str, Kind)] {
        &[
            ("photo", Kind::Integer),
            ("image", Kind::Text),
            ("class", Kind::Text),
            ("predicted", Kind::Text),
            ("true_class", Kind::OptionalText),
            ("layer", Kind::Integer),
            ("layer_name", Kind::Text),
            ("maps", Kind::Integer),
            ("cluster", Kind::Integer),
            ("weight_percent", Kind::Float),
            ("channels", Kind::Integer),
            ("kept", Kind::Integer),
            ("leftover_percent", Kind::Float),
            ("best_k", Kind::Integer),
            ("silhouette", Kind::OptionalFloat),
            ("seed", Kind::Unsigned),
            ("model_sha256", Kind::Text),
        ]
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::Integer(self.photo),
            Cell::Text(&self.image),
            Cell::Text(&self.class),
            Cell::Text(&self.predicted),
            Cell::OptionalText(self.true_class.as_deref()),
            Cell::Integer(self.layer),
            Cell::Text(&self.layer_name),
            Cell::Integer(self.maps),
            Cell::Integer(self.cluster),
            Cell::Float(self.weight_percent),
            Cell::Integer(self.channels),
            Cell::Integer(self.kept),
            Cell::Float(self.leftover_percent),
            Cell::Integer(self.best_k),
            Cell::OptionalFloat(self.silhouette),
            Cell::Unsigned(self.seed),
            Cell::Text(&self.model_sha256),
        ]
    }
}

/// What became of one photo of a run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoRow {
    /// Place among the photos of the run, from 0.
    pub photo: u64,
    /// Name of the photo.
    pub image: String,
    /// `explained` or `failed`.
    pub status: String,
    /// Why it failed.
    pub reason: Option<String>,
    /// The explained class.
    pub class: Option<String>,
    /// The class that the network predicts.
    pub predicted: Option<String>,
    /// Its probability, 0 to 1.
    pub probability: Option<f64>,
    /// The class that the photo shows, where it is known.
    pub true_class: Option<String>,
    /// Width of the photo, upright, in pixels.
    pub width: Option<u64>,
    /// Height of the photo, in pixels.
    pub height: Option<u64>,
    /// Number of its cluster maps.
    pub cluster_maps: u64,
    /// Seconds from the start of decoding to the end of clustering.
    pub seconds: f64,
    /// SHA-256 of the file, where it could be read.
    pub sha256: Option<String>,
}

impl PhotoRow {
    /// [`PhotoRow::status`] of a photo that was explained.
    pub const EXPLAINED: &'static str = "explained";
    /// [`PhotoRow::status`] of a photo that could not be.
    pub const FAILED: &'static str = "failed";

    /// Whether it was explained.
    pub fn is_explained(&self) -> bool {
        self.status == Self::EXPLAINED
    }
}

impl Cells for PhotoRow {
    const NAME: &'static str = "photos";

    fn columns() -> &'static [(&'static str, Kind)] {
        &[
            ("photo", Kind::Integer),
            ("image", Kind::Text),
            ("status", Kind::Text),
            ("reason", Kind::OptionalText),
            ("class", Kind::OptionalText),
            ("predicted", Kind::OptionalText),
            ("probability", Kind::OptionalFloat),
            ("true_class", Kind::OptionalText),
            ("width", Kind::OptionalInteger),
            ("height", Kind::OptionalInteger),
            ("cluster_maps", Kind::Integer),
            ("seconds", Kind::Float),
            ("sha256", Kind::OptionalText),
        ]
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::Integer(self.photo),
            Cell::Text(&self.image),
            Cell::Text(&self.status),
            Cell::OptionalText(self.reason.as_deref()),
            Cell::OptionalText(self.class.as_deref()),
            Cell::OptionalText(self.predicted.as_deref()),
            Cell::OptionalFloat(self.probability),
            Cell::OptionalText(self.true_class.as_deref()),
            Cell::OptionalInteger(self.width),
            Cell::OptionalInteger(self.height),
            Cell::Integer(self.cluster_maps),
            Cell::Float(self.seconds),
            Cell::OptionalText(self.sha256.as_deref()),
        ]
    }
}
