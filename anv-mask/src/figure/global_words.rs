//! What the figures of a class say, in one place for all forms.

use anv_core::{GlobalExplanation, GlobalFeature, GlobalGroup, Scope};

use super::text::clean;
use super::words;

pub(super) const EYEBROW: &str = "What the network looks for, in people's words";

pub(super) fn title(global: &GlobalExplanation) -> String {
    format!("What makes a “{}”?", clean(&global.class))
}

/// Pairs of name and value.
pub(super) fn facts(global: &GlobalExplanation) -> Vec<(&'static str, String)> {
    let count = |n: u64, what: &str| if n == 1 { format!("1 {what}") } else { format!("{n} {what}s") };
    let photos = count(global.images, "photo");
    let which = match &global.scope {
        Scope::All => format!("{photos}, everything that the network takes for it"),
        Scope::Right => format!("{photos}, only those that really show it"),
        Scope::Wrong(truth) => format!("{photos}, mistakes: they show “{}”", clean(truth)),
    };
    let features: usize = global.groups.iter().map(|g| g.features.len()).sum();
    let groups = match global.groups.len() {
        _ if global.all_layers => "all layers together".to_owned(),
        1 => "1 group of layers".to_owned(),
        n => format!("{n} groups of layers"),
    };
    vec![("Made of", which), ("Shown", format!("{}, {groups}", count(features as u64, "feature")))]
}

/// How to read the figure, one thought each.
pub(super) fn reading(global: &GlobalExplanation) -> Vec<String> {
    let mut lines = vec![
        "People saw parts of photos, guessed the class and wrote what they recognised; a feature is a word that was \
         the best for a part."
            .to_owned(),
        "The score says about how many people used it, less where they needed many hints; the thin line is the range \
         in which 95\u{a0}% of resampled sets of photos lie."
            .to_owned(),
    ];
    if !global.all_layers {
        lines.push(
            "The percentage is the mean share of those parts in their layer's evidence: how much the network relies \
             on the feature."
                .to_owned(),
        );
    }
    lines
}

/// Name of a group and what it covers.
pub(super) fn group(global: &GlobalExplanation, group: &GlobalGroup) -> (String, String) {
    let (first, last) = group.layers;
    let layers = if first == last { format!("Layer {first}") } else { format!("Layers {first}–{last}") };
    let features = match group.features.len() {
        1 => "1 feature".to_owned(),
        n => format!("{n} features"),
    };
    match global.all_layers {
        true => ("All layers".to_owned(), layers.replace("Layer", "layer")),
        false => (layers, features),
    }
}

/// `3.70`, and its interval where there is one.
pub(super) fn score(feature: &GlobalFeature) -> (String, Option<String>) {
    let interval = feature.interval.map(|i| format!("{} to {}", words::score(i.low), words::score(i.high)));
    (words::score(feature.score), interval)
}

/// Where an example comes from.
pub(super) fn example(feature: &GlobalFeature, place: usize) -> String {
    feature
        .examples
        .get(place)
        .map_or_else(String::new, |e| format!("{}, layer {}", clean(&e.image), e.layer))
}

/// The score at the end of the longest bar: of all scores and ends of intervals.
pub(super) fn longest(global: &GlobalExplanation) -> f64 {
    let features = global.groups.iter().flat_map(|g| &g.features);
    features.map(|f| f.interval.map_or(f.score, |i| i.high.max(f.score))).fold(0.0, f64::max)
}
