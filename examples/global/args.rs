//! What `global` can be asked.

use std::path::PathBuf;

use anv_examples::words::WordArgs;
use anv_global::{GlobalParams, LayerGroups, WrongPredictions};
use clap::Parser;

/// Say what a network looks for in a class, from many labelled photos of it.
///
/// Folders that `label` wrote carry their labels; others need --games. Without arguments the demonstration is
/// summed up.
#[derive(Debug, Parser)]
#[command(name = "global", version, after_help = EXAMPLES)]
pub struct Args {
    #[command(flatten)]
    pub words: WordArgs,

    /// The class to explain [default: the only one there is]
    #[arg(long, value_name = "NAME")]
    pub class: Option<String>,

    /// Layers taken together: 3 (three by three), all, or ranges such as 5-7,8-10
    #[arg(long, default_value = "3", value_name = "GROUPS")]
    pub group: LayerGroups,

    /// Features a group, best first
    #[arg(long, default_value_t = 6, value_name = "N", value_parser = at_least_one)]
    pub top: usize,

    /// Photos that show another class than the explained one: together, apart or left-out
    #[arg(long, default_value = "together", value_parser = parse_wrong)]
    pub wrong: WrongPredictions,

    /// Resamples of the bootstrap over photos that the intervals come from; 0 for none
    #[arg(long, default_value_t = 1000, value_name = "N")]
    pub resamples: usize,

    /// Seed of the bootstrap
    #[arg(long, default_value_t = 0)]
    pub seed: u64,

    /// The folder to write
    #[arg(long, default_value = "global", value_name = "FOLDER")]
    pub out: PathBuf,

    /// Print the features as JSON on stdout instead of the table
    #[arg(long)]
    pub json: bool,
}

const EXAMPLES: &str = "\
Examples:
  cargo run --release --example global
  cargo run --release --example global -- labelled --class cup --group all --top 10
  cargo run --release --example global -- --clusters clusters.csv --games games.csv --group 3 --top 6 --json";

impl Args {
    /// The settings of the aggregation.
    pub fn params(&self) -> GlobalParams {
        let params = GlobalParams { resamples: self.resamples, seed: self.seed, ..GlobalParams::default() };
        params.groups(self.group.clone()).top(Some(self.top)).wrong(self.wrong)
    }
}

fn at_least_one(text: &str) -> Result<usize, String> {
    text.parse().ok().filter(|&n| n > 0).ok_or_else(|| "expected a whole number of at least 1".into())
}

fn parse_wrong(text: &str) -> Result<WrongPredictions, String> {
    match text {
        "together" => Ok(WrongPredictions::Together),
        "apart" => Ok(WrongPredictions::Apart),
        "left-out" => Ok(WrongPredictions::LeftOut),
        _ => Err("expected together, apart or left-out".into()),
    }
}
