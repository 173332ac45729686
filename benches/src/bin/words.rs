//! Seconds of every step from games to global explanations, and the memory it took, as JSON: the Rust side of
//! `benches/peers/words.py`.

use std::fs::File;
use std::io::BufWriter;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anv_benches::{peak_mib, words};
use anv_examples::{CommandError, exit_code};
use anv_labels::{ClusterTable, Games, ReadOptions};
use clap::Parser;
use serde_json::{Value, json};

/// Times the way from games to global explanations.
#[derive(Parser)]
struct Args {
    /// Folder of games.csv and clusters.csv
    folder: PathBuf,
    /// First write the two tables, with so many games, and stop
    #[arg(long, value_name = "ROWS")]
    make: Option<usize>,
    /// Resamples of the intervals
    #[arg(long, default_value_t = 0)]
    resamples: usize,
}

fn main() -> ExitCode {
    exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), CommandError> {
    let (games, clusters) = (args.folder.join("games.csv"), args.folder.join("clusters.csv"));
    if let Some(rows) = args.make {
        words::write_games(rows, BufWriter::new(File::create(games)?))?;
        words::write_clusters(rows, BufWriter::new(File::create(clusters)?))?;
        return Ok(());
    }
    let options = ReadOptions::default();
    let start = Instant::now();
    let (games, _) = Games::read_file(games, &options)?;
    let (clusters, _) = ClusterTable::read_file(clusters, &options)?;
    let read = start.elapsed().as_secs_f64();

    let start = Instant::now();
    let cleaned = words::cleaned(&games)?;
    let clean = start.elapsed().as_secs_f64();
    let scores = words::scores(&cleaned)?;
    let score = start.elapsed().as_secs_f64() - clean;
    let explanations = words::global(words::merged(&clusters, &scores), args.resamples)?;
    let work = start.elapsed().as_secs_f64();

    let group = |group: &anv_core::GlobalGroup| -> Vec<Value> {
        group.features.iter().map(|f| json!([&*f.label, f.score, f.weight_percent])).collect()
    };
    let classes: serde_json::Map<String, Value> = explanations
        .iter()
        .map(|e| (e.class.clone(), e.groups.iter().map(group).collect::<Value>()))
        .collect();
    let seconds = json!({
        "read": read, "clean": clean, "score": score, "merge_global": work - clean - score, "clean_to_global": work,
    });
    println!("{}", json!({ "seconds": seconds, "peak_mib": peak_mib(), "classes": classes }));
    Ok(())
}
