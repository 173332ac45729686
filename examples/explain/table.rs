//! The explanation as a table for the terminal.

use anv_core::{Draft, LayerDraft};

/// Cells of the little bar beside the leftover weight.
const BAR: usize = 10;

/// Prints class, prediction and a row a layer on stdout.
pub fn print(draft: &Draft) {
    let class = &draft.class;
    anv_examples::say!("{}  →  {} ({:.1} %)", draft.source, class.name, 100.0 * class.probability);
    if draft.predicted.index != class.index {
        let predicted = &draft.predicted;
        anv_examples::say!(
            "the network predicts {} ({:.1} %); explained is the class asked for",
            predicted.name,
            100.0 * predicted.probability
        );
    }
    anv_examples::say!("{}, seed {}\n", draft.model.name, draft.seed);
    let width = draft.layers.iter().map(|l| l.layer.name.len()).max().unwrap_or(0).max(5);
    anv_examples::say!(
        "    {:width$}  {:>9}  {:>10}  {:>19}  clusters, % of the layer",
        "layer",
        "size",
        "maps kept",
        "weight kept"
    );
    for layer in &draft.layers {
        anv_examples::say!("{}", row(layer, width));
    }
}

fn row(layer: &LayerDraft, width: usize) -> String {
    let info = &layer.layer;
    let size = format!("{}x{}", info.size.0, info.size.1);
    let kept = format!("{} of {}", layer.kept.len(), info.channels);
    let start = format!("{:>3} {:width$}  {size:>9}  {kept:>10}", info.number, info.name);
    if !layer.has_evidence() {
        return format!("{start}  no positive evidence for this class");
    }
    let filled = (layer.leftover_percent / 100.0 * BAR as f64).round() as usize;
    let bar = format!("{}{}", "█".repeat(filled.min(BAR)), "░".repeat(BAR.saturating_sub(filled)));
    let clusters: Vec<_> = layer.clusters.iter().map(|c| format!("{:>5.1}", c.weight_percent)).collect();
    format!("{start}  {bar} {:>6.1} %  {}", layer.leftover_percent, clusters.join(" "))
}
