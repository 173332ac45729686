//! The tables for the terminal.

use anv_examples::words::Trend;
use anv_examples::{LAYERS_TITLE, layer_table, number, printable, sparkline, text_table};

use crate::Stats;

/// Prints Tables 4, 5 and 6 and the trends.
pub fn print(stats: &Stats) {
    anv_examples::say!("{LAYERS_TITLE}");
    anv_examples::say!("{}", layer_table(&stats.layers));

    let g = &stats.games;
    anv_examples::say!("Games (Table 5)");
    let header = ["games", "wins", "losses", "resigns", "raw labels", "a map", "hints a game"];
    let row = vec![
        g.games.to_string(),
        g.wins.to_string(),
        g.losses.to_string(),
        g.resigns.to_string(),
        g.raw_labels.to_string(),
        number(g.raw_labels_per_map, 3),
        number(g.hints_per_game, 2),
    ];
    anv_examples::say!("{}", text_table(&header, &[true; 7], &[row]));

    let l = &stats.labels;
    anv_examples::say!("Labels (Table 6)");
    let header =
        ["labels", "different", "a map before merging", "maps before", "after", "weight a map after"];
    let row = vec![
        l.labels.to_string(),
        l.unique_labels.to_string(),
        number(l.labels_per_map, 2),
        l.cluster_maps.to_string(),
        l.merged_maps.to_string(),
        format!("{} %", number(l.weight_per_merged_map, 2)),
    ];
    anv_examples::say!("{}", text_table(&header, &[true; 6], &[row]));
    print_trends(&stats.trends);
}

fn print_trends(trends: &[Trend]) {
    for class in trends.chunk_by(|a, b| a.class == b.class) {
        let Some(first) = class.first() else { continue };
        let span = match (first.layers.first(), first.layers.last()) {
            (Some((a, _)), Some((b, _))) => format!("layers {a} to {b}"),
            _ => String::new(),
        };
        anv_examples::say!("{}: scores across {span}", printable(&first.class));
        let rows: Vec<_> = class
            .iter()
            .map(|t| {
                let line = sparkline(t.layers.iter().map(|(_, s)| *s));
                vec![t.label.to_string(), line, format!("{:.2}", t.score), format!("{:+.1} %", t.slope)]
            })
            .collect();
        let header = ["label", "trend", "score", "share a layer"];
        anv_examples::say!("{}", text_table(&header, &[false, false, true, true], &rows));
    }
}
