//! Global explanations for the terminal.

use anv_core::{GlobalExplanation, GlobalFeature, Scope};
use anv_examples::{printable, sparkline, text_table};

/// Prints a table a group of layers.
pub fn print(explanations: &[GlobalExplanation]) {
    for explanation in explanations {
        let scope = match &explanation.scope {
            Scope::All => String::new(),
            Scope::Right => ", right predictions".into(),
            Scope::Wrong(truth) => format!(", predicted for {}", printable(truth)),
        };
        let images = if explanation.images == 1 { "image" } else { "images" };
        anv_examples::say!("{}{scope}: {} {images}\n", printable(&explanation.class), explanation.images);
        for group in &explanation.groups {
            let (first, last) = group.layers;
            match first == last {
                true => anv_examples::say!("layer {first}"),
                false => anv_examples::say!("layers {first} to {last}"),
            }
            let most = group.features.first().map_or(0.0, |f| f.score);
            let rows: Vec<_> = group.features.iter().map(|f| row(f, most, explanation.all_layers)).collect();
            let header = ["feature", "", "score", "95 % of resamples", "weight", "shown best in"];
            let right = [false, false, true, true, true, false];
            anv_examples::say!("{}", text_table(&header, &right, &rows));
        }
    }
}

fn row(feature: &GlobalFeature, most: f64, all_layers: bool) -> Vec<String> {
    let example = feature.examples.first();
    vec![
        feature.label.to_string(),
        // The bar of this score alone: the second value sets the scale and is cut off.
        sparkline([feature.score, most]).chars().take(1).collect(),
        format!("{:.2}", feature.score),
        feature.interval.map_or_else(|| "–".into(), |i| format!("{:.2} to {:.2}", i.low, i.high)),
        if all_layers { "–".into() } else { format!("{:.1} %", feature.weight_percent) },
        example.map_or_else(String::new, |e| format!("{}, layer {}", e.image, e.layer)),
    ]
}
