//! The thesis' Tables 4, 5 and 6 for one's own explanations and games, and labels across layers.
//!
//! ```text
//! cargo run --release --example stats
//! cargo run --release --example stats -- FOLDERS... --games games.csv
//! ```

mod print;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anv_core::write_file;
use anv_examples::words::{Clusters, GameTotals, Input, LabelTotals, Trend, WordArgs, csv_table, trends};
use anv_examples::{CommandError, LayerRow, exit_code, layers_of_folders, layers_of_images};
use anv_labels::{ScoreParams, Scores};
use anv_mask::{TrendFigure, TrendLine};
use clap::Parser;
use serde::Serialize;

/// Count what came of explaining, playing and labelling: the thesis' Tables 4, 5 and 6, and labels across layers.
///
/// Without arguments the demonstration is counted.
#[derive(Debug, Parser)]
#[command(name = "stats", version)]
struct Args {
    #[command(flatten)]
    words: WordArgs,

    /// Only the trends of this class
    #[arg(long, value_name = "NAME")]
    class: Option<String>,

    /// Labels a class whose trend is shown, best first
    #[arg(long, default_value_t = 8, value_name = "N")]
    top: usize,

    /// The folder to write
    #[arg(long, default_value = "stats", value_name = "FOLDER")]
    out: PathBuf,

    /// Print everything as JSON on stdout instead of tables
    #[arg(long)]
    json: bool,
}

/// Everything counted.
#[derive(Debug, Serialize)]
struct Stats {
    /// Table 4.
    layers: Vec<LayerRow>,
    /// Table 5.
    games: GameTotals,
    /// Table 6.
    labels: LabelTotals,
    /// Scores of labels in each layer.
    trends: Vec<Trend>,
}

fn main() -> ExitCode {
    exit_code(stats(&Args::parse()))
}

fn stats(args: &Args) -> Result<(), CommandError> {
    let input = Input::read(&args.words)?;
    for note in input.notes() {
        eprintln!("{note}");
    }
    let cleaned = input.clean()?;
    let images = input.images(&Scores::new(&cleaned, &ScoreParams::default())?)?;
    if let Some(class) = &args.class
        && !images.iter().any(|i| i.class == *class)
    {
        return Err(format!("no image explains the class `{class}`").into());
    }
    let layers = match &input.clusters {
        Clusters::Folders(folders) => layers_of_folders(folders),
        Clusters::Table(_) => layers_of_images(&images),
    };
    let stats = Stats {
        layers,
        games: GameTotals::new(&input),
        labels: LabelTotals::new(&input, &cleaned, &images),
        trends: trends(&images, args.class.as_deref(), args.top)?,
    };
    write(&stats, &args.out)?;
    if args.json {
        anv_examples::say!("{}", serde_json::to_string_pretty(&stats)?);
        eprintln!("written to {}", args.out.display());
        return Ok(());
    }
    print::print(&stats);
    anv_examples::say!("written to {}", args.out.display());
    Ok(())
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}

fn write(stats: &Stats, out: &Path) -> Result<(), CommandError> {
    let layers = stats.layers.iter().map(LayerRow::cells);
    write_file(out.join("layers.csv"), &csv_table(&LayerRow::COLUMNS, layers)?)?;
    let g = &stats.games;
    let games = [
        g.games.to_string(),
        g.wins.to_string(),
        g.losses.to_string(),
        g.resigns.to_string(),
        g.raw_labels.to_string(),
        text(g.raw_labels_per_map),
        text(g.hints_per_game),
    ];
    let columns =
        ["games", "wins", "losses", "resigns", "raw_labels", "raw_labels_per_map", "hints_per_game"];
    write_file(out.join("games.csv"), &csv_table(&columns, [games.to_vec()])?)?;
    let l = &stats.labels;
    let labels = [
        l.labels.to_string(),
        l.unique_labels.to_string(),
        text(l.labels_per_map),
        l.cluster_maps.to_string(),
        l.merged_maps.to_string(),
        text(l.weight_per_merged_map),
    ];
    let columns =
        ["labels", "unique_labels", "labels_per_map", "cluster_maps", "merged_maps", "weight_per_merged_map"];
    write_file(out.join("labels.csv"), &csv_table(&columns, [labels.to_vec()])?)?;
    let trends = stats.trends.iter().flat_map(|t| {
        t.layers.iter().map(|(layer, score)| {
            vec![
                t.class.clone(),
                t.label.to_string(),
                layer.to_string(),
                score.to_string(),
                t.slope.to_string(),
            ]
        })
    });
    write_file(out.join("trends.csv"), &csv_table(&["class", "label", "layer", "score", "slope"], trends)?)?;
    let figure = TrendFigure::new(stats.trends.iter().map(|t| TrendLine {
        class: &t.class,
        label: &t.label,
        slope: t.slope,
        scores: &t.layers,
    }));
    write_file(out.join("trends.svg"), figure.svg().as_bytes())?;
    Ok(write_file(out.join("trends.png"), &figure.png()?)?)
}
