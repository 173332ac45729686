//! What the figures say, in one place for all forms.

use anv_core::{Draft, GameCounts, LabeledCluster, MergedCluster};

use super::text::clean;
use super::view::{LayerView, View};

/// `21.3 %`, kept on one line.
pub(super) fn percent(value: f64) -> String {
    match value {
        v if !v.is_finite() => "–".to_owned(),
        v if v > 0.0 && v < 0.05 => "<\u{a0}0.1\u{a0}%".to_owned(),
        v => format!("{v:.1}\u{a0}%"),
    }
}

/// A probability from 0 to 1 as a percentage that never claims certainty.
pub(super) fn probability(value: f64) -> String {
    match 100.0 * value {
        p if p >= 99.95 => ">\u{a0}99.9\u{a0}%".to_owned(),
        p => percent(p),
    }
}

pub(super) fn class(draft: &Draft) -> String {
    match clean(&draft.class.name) {
        name if name.trim().is_empty() => format!("class {}", draft.class.index),
        name => name,
    }
}

pub(super) fn title(draft: &Draft) -> String {
    match draft.class.index == draft.predicted.index {
        true => format!("Why “{}”?", class(draft)),
        false => format!("What speaks for “{}”?", class(draft)),
    }
}

pub(super) fn eyebrow(view: &View<'_>) -> &'static str {
    match view.labels {
        Some(_) => "What the network looked at, layer by layer, in people's words",
        None => "What the network looked at, layer by layer",
    }
}

/// Pairs of name and value.
pub(super) fn facts(view: &View<'_>) -> Vec<(&'static str, String)> {
    let draft = view.draft;
    let mut facts = vec![("Probability", probability(draft.class.probability))];
    if draft.class.index != draft.predicted.index {
        let predicted =
            format!("“{}”, {}", clean(&draft.predicted.name), probability(draft.predicted.probability));
        facts.push(("The network predicts", predicted));
    }
    facts.push(("Network", clean(&draft.model.name)));
    let size = format!("{} × {} pixels", draft.photo.width(), draft.photo.height());
    facts.push(match clean(&draft.source) {
        source if source.trim().is_empty() => ("Photo", size),
        source => ("Photo", source),
    });
    if let Some(labels) = view.labels {
        if let Some(truth) = labels.truth.as_ref().filter(|_| labels.is_wrong()) {
            facts.push(("The photo shows", format!("“{}”", clean(truth))));
        }
        let mut all = GameCounts::default();
        labels.layers.iter().flat_map(|l| &l.clusters).for_each(|c| all += c.counts);
        facts.push(("Games", games(&all)));
    }
    facts
}

/// How games ended, in one line.
pub(super) fn games(counts: &GameCounts) -> String {
    match counts.games() {
        0 => "none".to_owned(),
        n => format!("{n}: {} won, {} lost, {} given up", counts.wins, counts.losses, counts.resigns),
    }
}

/// What stands where a cluster has no label.
pub(super) fn no_label(counts: &GameCounts) -> String {
    match counts.games() {
        0 => "No label yet".to_owned(),
        1 => "No label in 1 game".to_owned(),
        n => format!("No label in {n} games"),
    }
}

/// The label that stands for the cluster.
pub(super) fn label(cluster: &MergedCluster) -> Option<String> {
    cluster.shown().map(clean)
}

/// A score: two decimals, fewer where nobody needs them.
pub(super) fn score(value: f64) -> String {
    match value.abs() {
        v if v < 1000.0 => format!("{value:.2}"),
        v if v < 1e6 => format!("{value:.0}"),
        _ => format!("{value:.1e}"),
    }
}

/// How to read the figure, one thought each.
pub(super) fn reading(view: &View<'_>) -> Vec<String> {
    let mut lines = vec![
        "Each layer is one convolution of the network, in the order in which it applies them, first to last."
            .to_owned(),
        "Each picture shows where a group of similar feature maps responded: bright strongly, dark hardly."
            .to_owned(),
        format!(
            "The percentage is the group's share of the layer's evidence for “{}”; light maps and groups are left \
             out, so a layer adds up to less than 100\u{a0}%.",
            class(view.draft)
        ),
    ];
    lines.push(match view.labels {
        Some(_) => "Below it are the words of people who guessed the class from these parts alone, best first. The \
                    bar is the score: how many said it, less where they needed many hints. Groups that people call \
                    the same are one picture."
            .to_owned(),
        None => "The dashed line waits for a label: the word that people find for what they see there.".to_owned(),
    });
    lines
}

/// Why a layer has no picture; `None` when it has.
pub(super) fn nothing(view: &View<'_>, layer: &LayerView<'_>) -> Option<String> {
    if !layer.clusters.is_empty() {
        return None;
    }
    Some(match layer.draft.weights_percent.iter().any(|&p| p > 0.0) {
        false => format!("No positive evidence for “{}” in this layer", class(view.draft)),
        true => "Every feature map of this layer is below the weight threshold".to_owned(),
    })
}

/// Share of the layer's evidence in the clusters shown, in percent.
pub(super) fn shown(layer: &LayerView<'_>) -> f64 {
    layer.clusters.iter().map(|c| c.weight).sum()
}

pub(super) fn maps(count: usize) -> String {
    match count {
        1 => "1 map".to_owned(),
        n => format!("{n} maps"),
    }
}

/// A cluster that was merged, in a legend.
pub(super) fn member(layer: &LayerView<'_>, member: &LabeledCluster) -> String {
    let count = layer.draft.clusters.get(member.cluster).map_or(0, |c| c.channels.len());
    format!("Cluster {}: {}, {}", member.cluster, percent(member.weight_percent), maps(count))
}
