//! The shape of `anv.json`; kept apart from the public types so that both can change on their own.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{IMAGE, MAPS, map_key};
use crate::{
    ClassScore, Draft, DroppedCluster, GameCounts, Label, LabelScore, LayerDraft, ModelInfo, Preprocessing,
};

#[derive(Serialize, Deserialize)]
pub(super) struct File {
    pub format: u64,
    pub seed: u64,
    pub image: Image,
    pub maps: Maps,
    pub model: Model,
    pub class: Class,
    pub predicted: Class,
    /// Only in a labelled folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub labels: Option<ImageWords>,
    pub layers: Vec<Layer>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Image {
    pub file: String,
    pub source: String,
    pub width: u32,
    pub height: u32,
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Maps {
    pub file: String,
    pub sha256: String,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Model {
    pub name: String,
    pub weights_sha256: String,
    pub classes: Vec<String>,
    pub preprocessing: Preprocessing,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Class {
    pub index: usize,
    pub name: String,
    pub logit: f64,
    pub probability: f64,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Layer {
    pub layer: usize,
    pub name: String,
    pub channels: usize,
    pub size: [usize; 2],
    pub weights_percent: Vec<f64>,
    pub kept: Vec<usize>,
    pub leftover_percent: f64,
    pub embedding: Vec<[f32; 2]>,
    pub best_k: usize,
    pub silhouette: BTreeMap<usize, f64>,
    pub threshold_percent: f64,
    pub clusters: Vec<Cluster>,
    pub dropped_clusters: Vec<Dropped>,
    /// Only in a labelled folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub merged_clusters: Option<Vec<Merged>>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Cluster {
    pub cluster: usize,
    pub weight_percent: f64,
    pub channels: Vec<usize>,
    pub map: String,
    /// Only in a labelled folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<ClusterWords>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Dropped {
    pub weight_percent: f64,
    pub channels: Vec<usize>,
}

/// Name and true class of the image.
#[derive(Serialize, Deserialize)]
pub(super) struct ImageWords {
    pub image: String,
    pub true_class: Option<String>,
}

/// What people said about one unmerged cluster.
#[derive(Serialize, Deserialize)]
pub(super) struct ClusterWords {
    pub labels: Vec<LabelScore>,
    pub counts: GameCounts,
}

/// A merged cluster: everything but `members` follows from the members, and is there for other programs.
#[derive(Serialize, Deserialize)]
pub(super) struct Merged {
    pub members: Vec<usize>,
    pub weight_percent: f64,
    pub best: Vec<Label>,
    pub labels: Vec<LabelScore>,
    pub counts: GameCounts,
}

impl File {
    pub(super) fn new(draft: &Draft, image_sha256: String, maps_sha256: String) -> Self {
        Self {
            format: super::FORMAT,
            seed: draft.seed,
            image: Image {
                file: IMAGE.into(),
                source: draft.source.clone(),
                width: draft.photo.width(),
                height: draft.photo.height(),
                sha256: image_sha256,
            },
            maps: Maps { file: MAPS.into(), sha256: maps_sha256 },
            model: Model {
                name: draft.model.name.clone(),
                weights_sha256: draft.model.weights_sha256.clone(),
                classes: draft.model.classes.clone(),
                preprocessing: draft.model.preprocessing.clone(),
            },
            class: (&draft.class).into(),
            predicted: (&draft.predicted).into(),
            labels: None,
            layers: draft.layers.iter().map(Layer::from).collect(),
        }
    }
}

impl From<&ClassScore> for Class {
    fn from(c: &ClassScore) -> Self {
        Self { index: c.index, name: c.name.clone(), logit: c.logit, probability: c.probability }
    }
}

impl From<Class> for ClassScore {
    fn from(c: Class) -> Self {
        Self { index: c.index, name: c.name, logit: c.logit, probability: c.probability }
    }
}

impl From<Model> for ModelInfo {
    fn from(m: Model) -> Self {
        Self {
            name: m.name,
            weights_sha256: m.weights_sha256,
            classes: m.classes,
            preprocessing: m.preprocessing,
        }
    }
}

impl From<&LayerDraft> for Layer {
    fn from(l: &LayerDraft) -> Self {
        let number = l.layer.number;
        let cluster = |(i, c): (usize, &crate::ClusterMap)| Cluster {
            cluster: i,
            weight_percent: c.weight_percent,
            channels: c.channels.clone(),
            map: map_key(number, i),
            words: None,
        };
        let dropped =
            |d: &DroppedCluster| Dropped { weight_percent: d.weight_percent, channels: d.channels.clone() };
        Self {
            layer: number,
            name: l.layer.name.clone(),
            channels: l.layer.channels,
            size: [l.layer.size.0, l.layer.size.1],
            weights_percent: l.weights_percent.clone(),
            kept: l.kept.clone(),
            leftover_percent: l.leftover_percent,
            embedding: l.embedding.clone(),
            best_k: l.best_k,
            silhouette: l.silhouette.clone(),
            threshold_percent: l.threshold_percent,
            clusters: l.clusters.iter().enumerate().map(cluster).collect(),
            dropped_clusters: l.dropped_clusters.iter().map(dropped).collect(),
            merged_clusters: None,
        }
    }
}
