//! What the figures say, in one place for all forms.

use anv_core::{Draft, LayerDraft};

use super::text::clean;

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

pub(super) const EYEBROW: &str = "What the network looked at, layer by layer";

/// Pairs of name and value.
pub(super) fn facts(draft: &Draft) -> Vec<(&'static str, String)> {
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
    facts
}

/// How to read the figure, one thought each.
pub(super) fn reading(draft: &Draft) -> [String; 4] {
    [
        "Each layer is one convolution of the network, in the order in which it applies them, first to last."
            .to_owned(),
        "Each picture shows where a group of similar feature maps responded: bright strongly, dark hardly."
            .to_owned(),
        format!(
            "The percentage is the group's share of the layer's evidence for “{}”; light maps and groups are left \
             out, so a layer adds up to less than 100\u{a0}%.",
            class(draft)
        ),
        "The dashed line waits for a label: the word that people find for what they see there.".to_owned(),
    ]
}

/// Why a layer has no picture; `None` when it has.
pub(super) fn nothing(draft: &Draft, layer: &LayerDraft) -> Option<String> {
    if !layer.clusters.is_empty() {
        return None;
    }
    Some(match layer.weights_percent.iter().any(|&p| p > 0.0) {
        false => format!("No positive evidence for “{}” in this layer", class(draft)),
        true => "Every feature map of this layer is below the weight threshold".to_owned(),
    })
}

/// Share of the layer's evidence in the clusters shown, in percent.
pub(super) fn shown(layer: &LayerDraft) -> f64 {
    layer.clusters.iter().map(|c| c.weight_percent).sum()
}

pub(super) fn maps(count: usize) -> String {
    match count {
        1 => "1 map".to_owned(),
        n => format!("{n} maps"),
    }
}
