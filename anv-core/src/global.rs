//! What many labelled images say about a class.

use serde::{Deserialize, Serialize};

use crate::Label;

/// The global explanation of a class: for each group of layers the features that people recognised (thesis 5.2.2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GlobalExplanation {
    /// The explained class: what the network says the images show.
    pub class: String,
    /// Which images it is made of.
    pub scope: Scope,
    /// Number of images.
    pub images: u64,
    /// All layers are one group: weights of shallow and deep layers are averaged there, so figures leave them out.
    pub all_layers: bool,
    /// The groups, shallowest first; a group without a label is not listed.
    pub groups: Vec<GlobalGroup>,
}

/// Which images of a class went into a [`GlobalExplanation`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// All images that the class explains.
    All,
    /// Only images that really show the class, or of which it is not known.
    Right,
    /// Only images that really show this other class: wrong predictions.
    Wrong(String),
}

/// One row of a [`GlobalExplanation`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GlobalGroup {
    /// First and last layer of the group, both included, counted from 1.
    pub layers: (usize, usize),
    /// Features by falling score, draws alphabetically.
    pub features: Vec<GlobalFeature>,
}

/// A feature that the network used for a class, in people's words.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GlobalFeature {
    /// The label.
    pub label: Label,
    /// Global score: sum of the label's own scores over the members of every merged cluster that has it as a best
    /// label. It reads "about how many people said it".
    pub score: f64,
    /// Interval of the score if other images of the class had been taken; `None` with fewer than two images.
    pub interval: Option<Interval>,
    /// Mean weight of those merged clusters, in percent of their layer.
    pub weight_percent: f64,
    /// Number of those merged clusters.
    pub clusters: u64,
    /// Clusters to show, highest score first, at most one an image.
    pub examples: Vec<GlobalExample>,
}

/// A two-sided interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// A merged cluster that shows a feature well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GlobalExample {
    /// Name of the image.
    pub image: String,
    /// Number of the layer, from 1.
    pub layer: usize,
    /// Numbers of the clusters that were merged, ascending, from 0.
    pub members: Vec<usize>,
    /// What it adds to the global score.
    pub score: f64,
}
