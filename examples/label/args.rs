//! What `label` can be asked.

use std::path::PathBuf;

use anv_examples::words::WordArgs;
use clap::Parser;

/// Turn people's answers into labels of clusters, and merge clusters that people call the same.
///
/// Without arguments the demonstration is labelled: explanations of the packaged photos, and games on them. The
/// result is a folder: a labelled explanation a photo, and the tables labels and rewrites.
#[derive(Debug, Parser)]
#[command(name = "label", version, after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    pub words: WordArgs,

    /// The folder to write
    #[arg(long, default_value = "labelled", value_name = "FOLDER")]
    pub out: PathBuf,

    /// Write the detail sheets as PNG beside SVG: half a megabyte a cluster
    #[arg(long)]
    pub png: bool,

    /// Print scores and merged clusters as JSON on stdout instead of the table
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --release --example label
  cargo run --release --example label -- explained --games games.csv --dictionary dictionary.csv
  cargo run --release --example label -- --clusters clusters.csv --games games.csv --json";
