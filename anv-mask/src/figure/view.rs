//! What is drawn: a draft with people's words or without, in one shape for every form.

use std::borrow::Cow;

use anv_core::ndarray::{Array2, ArrayView2};
use anv_core::{Draft, Explanation, LabeledImage, LabeledLayer, LayerDraft, MergedCluster};

/// A local explanation.
#[derive(Debug)]
pub(super) struct View<'a> {
    pub(super) draft: &'a Draft,
    /// People's words, where the explanation is labelled.
    pub(super) labels: Option<&'a LabeledImage>,
    pub(super) layers: Vec<LayerView<'a>>,
}

/// One layer of it.
#[derive(Debug)]
pub(super) struct LayerView<'a> {
    pub(super) draft: &'a LayerDraft,
    pub(super) clusters: Vec<ClusterView<'a>>,
}

/// One picture of a layer.
#[derive(Debug)]
pub(super) struct ClusterView<'a> {
    map: Option<&'a Array2<f32>>,
    pub(super) weight: f64,
    /// The feature maps behind it, ascending.
    pub(super) channels: Cow<'a, [usize]>,
    /// Its labels, games and members; `None` in a draft.
    pub(super) words: Option<&'a MergedCluster>,
}

impl ClusterView<'_> {
    /// The cluster map; an empty one, which cannot be drawn, where there is none.
    pub(super) fn map(&self) -> ArrayView2<'_, f32> {
        self.map.map_or_else(|| ArrayView2::from(&[[0.0f32; 0]; 0]), |m| m.view())
    }
}

impl<'a> View<'a> {
    pub(super) fn draft(draft: &'a Draft) -> Self {
        let cluster = |c: &'a anv_core::ClusterMap| ClusterView {
            map: Some(&c.map),
            weight: c.weight_percent,
            channels: Cow::Borrowed(&c.channels),
            words: None,
        };
        let layer = |layer: &'a LayerDraft| LayerView {
            draft: layer,
            clusters: layer.clusters.iter().map(cluster).collect(),
        };
        Self { draft, labels: None, layers: draft.layers.iter().map(layer).collect() }
    }

    /// The highest score of all labels: that of the longest bar.
    pub(super) fn highest_score(&self) -> f64 {
        let words = self.layers.iter().flat_map(|l| &l.clusters).filter_map(|c| c.words);
        words.flat_map(|w| &w.labels).map(|l| l.score).fold(0.0, f64::max)
    }

    pub(super) fn labeled(explanation: &'a Explanation) -> Self {
        let Explanation { draft, labels } = explanation;
        let layer = |layer: &'a LayerDraft| {
            let words = labels.layers.iter().find(|l| l.layer == layer.layer.number);
            LayerView { draft: layer, clusters: words.map(|w| merged(layer, w)).unwrap_or_default() }
        };
        Self { draft, labels: Some(labels), layers: draft.layers.iter().map(layer).collect() }
    }
}

fn merged<'a>(layer: &'a LayerDraft, words: &'a LabeledLayer) -> Vec<ClusterView<'a>> {
    let cluster = |c: &'a MergedCluster| {
        let members = c.member_numbers().filter_map(|n| layer.clusters.get(n));
        let mut channels: Vec<_> = members.flat_map(|m| m.channels.iter().copied()).collect();
        channels.sort_unstable();
        ClusterView {
            map: c.map.as_ref(),
            weight: c.weight_percent,
            channels: Cow::Owned(channels),
            words: Some(c),
        }
    };
    words.clusters.iter().map(cluster).collect()
}
