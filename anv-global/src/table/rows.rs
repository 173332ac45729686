//! The two tables.

use anv_core::{GlobalExplanation, LabeledImage, Scope};
use serde::{Deserialize, Serialize};

use super::sealed::Cells;
use super::{Cell, Kind};

/// One label of one merged cluster: the tabular form of labelled ANVs (thesis 5.2.2).
///
/// The global score of a label is `sum(summed_score)` and its weight `avg(weight)` over the rows with `best`.
/// Clusters that nobody labelled have no row.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelRow {
    /// Name of the image.
    pub image: String,
    /// The explained class.
    pub class: String,
    /// The class that the image shows, where it is known.
    pub true_class: Option<String>,
    /// Number of the layer, from 1.
    pub layer: u64,
    /// The merged cluster, by its lowest member.
    pub cluster: u64,
    /// Weight of the merged cluster, in percent of its layer.
    pub weight: f64,
    /// The label.
    pub label: String,
    /// Its merged score: the members' scores averaged by weight.
    pub score: f64,
    /// Sum of the members' own scores.
    pub summed_score: f64,
    /// Whether it is one of the cluster's best labels.
    pub best: bool,
    /// The clusters that were merged, ascending.
    pub members: Vec<u64>,
}

/// The rows of an image, in the order of layers, clusters and labels.
pub fn label_rows(image: &LabeledImage) -> Vec<LabelRow> {
    let mut rows = Vec::new();
    for layer in &image.layers {
        for cluster in &layer.clusters {
            let members: Vec<u64> = cluster.member_numbers().map(|m| m as u64).collect();
            rows.extend(cluster.labels.iter().map(|l| LabelRow {
                image: image.image.clone(),
                class: image.class.clone(),
                true_class: image.truth.clone(),
                layer: layer.layer as u64,
                cluster: members.first().copied().unwrap_or_default(),
                weight: cluster.weight_percent,
                label: l.label.to_string(),
                score: l.score,
                summed_score: cluster.summed_score(&l.label),
                best: cluster.best.contains(&l.label),
                members: members.clone(),
            }));
        }
    }
    rows
}

impl Cells for LabelRow {
    const NAME: &'static str = "labels";

    fn columns() -> &'static [(&'static str, Kind)] {
        &[
            ("image", Kind::Text),
            ("class", Kind::Text),
            ("true_class", Kind::OptionalText),
            ("layer", Kind::Integer),
            ("cluster", Kind::Integer),
            ("weight", Kind::Float),
            ("label", Kind::Text),
            ("score", Kind::Float),
            ("summed_score", Kind::Float),
            ("best", Kind::Boolean),
            ("members", Kind::Integers),
        ]
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::Text(&self.image),
            Cell::Text(&self.class),
            Cell::OptionalText(self.true_class.as_deref()),
            Cell::Integer(self.layer),
            Cell::Integer(self.cluster),
            Cell::Float(self.weight),
            Cell::Text(&self.label),
            Cell::Float(self.score),
            Cell::Float(self.summed_score),
            Cell::Boolean(self.best),
            Cell::Integers(&self.members),
        ]
    }
}

/// One feature of a global explanation.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FeatureRow {
    /// The explained class.
    pub class: String,
    /// `all`, `right` or `wrong`: which images went in.
    pub scope: String,
    /// The class that these images show, for wrong predictions.
    pub true_class: Option<String>,
    /// Number of images.
    pub images: u64,
    /// First layer of the group, from 1.
    pub first_layer: u64,
    /// Last layer of the group.
    pub last_layer: u64,
    /// Place in the group, from 1.
    pub rank: u64,
    /// The label.
    pub label: String,
    /// Global score.
    pub score: f64,
    /// Lower end of the score's interval.
    pub low: Option<f64>,
    /// Upper end of the score's interval.
    pub high: Option<f64>,
    /// Mean weight of the clusters, in percent; left out when all layers are one group.
    pub weight: Option<f64>,
    /// Number of merged clusters.
    pub clusters: u64,
}

/// The rows of a global explanation, group by group, best feature first.
pub fn feature_rows(explanation: &GlobalExplanation) -> Vec<FeatureRow> {
    let (scope, true_class) = match &explanation.scope {
        Scope::All => ("all", None),
        Scope::Right => ("right", None),
        Scope::Wrong(truth) => ("wrong", Some(truth.clone())),
    };
    let mut rows = Vec::new();
    for group in &explanation.groups {
        rows.extend(group.features.iter().enumerate().map(|(place, f)| FeatureRow {
            class: explanation.class.clone(),
            scope: scope.to_owned(),
            true_class: true_class.clone(),
            images: explanation.images,
            first_layer: group.layers.0 as u64,
            last_layer: group.layers.1 as u64,
            rank: place as u64 + 1,
            label: f.label.to_string(),
            score: f.score,
            low: f.interval.map(|i| i.low),
            high: f.interval.map(|i| i.high),
            weight: (!explanation.all_layers).then_some(f.weight_percent),
            clusters: f.clusters,
        }));
    }
    rows
}

impl Cells for FeatureRow {
    const NAME: &'static str = "features";

    fn columns() -> &'static [(&'static str, Kind)] {
        &[
            ("class", Kind::Text),
            ("scope", Kind::Text),
            ("true_class", Kind::OptionalText),
            ("images", Kind::Integer),
            ("first_layer", Kind::Integer),
            ("last_layer", Kind::Integer),
            ("rank", Kind::Integer),
            ("label", Kind::Text),
            ("score", Kind::Float),
            ("low", Kind::OptionalFloat),
            ("high", Kind::OptionalFloat),
            ("weight", Kind::OptionalFloat),
            ("clusters", Kind::Integer),
        ]
    }

    fn cells(&self) -> Vec<Cell<'_>> {
        vec![
            Cell::Text(&self.class),
            Cell::Text(&self.scope),
            Cell::OptionalText(self.true_class.as_deref()),
            Cell::Integer(self.images),
            Cell::Integer(self.first_layer),
            Cell::Integer(self.last_layer),
            Cell::Integer(self.rank),
            Cell::Text(&self.label),
            Cell::Float(self.score),
            Cell::OptionalFloat(self.low),
            Cell::OptionalFloat(self.high),
            Cell::OptionalFloat(self.weight),
            Cell::Integer(self.clusters),
        ]
    }
}
