//! What `explain` can be asked.

use std::path::PathBuf;

use anv_core::{BatchParams, ClassChoice, LayerSelection, WeightThreshold};
use anv_examples::CommandError;
use anv_gradcam::{Preset, candle_core::Device};
use anv_mask::ColorMap;
use clap::Parser;

use crate::shard::Shard;

/// Show what a convolutional network looked at in a photo, layer by layer.
///
/// Without arguments the packaged network (VGG-16, 100 classes) explains the packaged photo. The result is a
/// folder: open anv.html in a browser. A folder of photos or a list of them becomes a run: tables, maps and a gallery,
/// index.html; interrupt it at any point, the same command goes on.
#[derive(Debug, Parser)]
#[command(name = "explain", version, after_help = EXAMPLES)]
pub struct Args {
    /// The photo to explain: JPEG, PNG or WebP; or a folder of photos, a list.csv (image[,true_class]), or the folder of
    /// a run, to sum it up again [default: the packaged photo of a cup of coffee]
    #[arg(value_name = "PHOTO|FOLDER|LIST.csv|RUN")]
    pub photo: Option<PathBuf>,

    /// The network: a VGG in safetensors or PyTorch (.pth) format [default: the packaged VGG-16]
    #[arg(long, value_name = "FILE")]
    pub model: Option<PathBuf>,

    /// Class names, one a line, for a model file that does not carry them
    #[arg(long, value_name = "FILE")]
    pub class_names: Option<PathBuf>,

    /// How the model wants its pixels, for a model file that does not say it: torchvision or caffe (Keras)
    #[arg(long, value_name = "STYLE", value_parser = parse_preset)]
    pub preprocessing: Option<Preset>,

    /// The class to explain, by name or index [default: the one that the network predicts]
    #[arg(long, value_name = "NAME|INDEX")]
    pub class: Option<String>,

    /// The layers to explain, counted from 1: all, 7 or 5-13
    #[arg(long, default_value = "all")]
    pub layers: LayerSelection,

    /// Feature maps below this share of their layer's weight are left out: auto (89.6 % / number of maps, as in
    /// the thesis), a percentage, or off
    #[arg(long, default_value = "auto", value_parser = parse_threshold)]
    pub threshold: WeightThreshold,

    /// Numbers of clusters to try a layer; the highest silhouette wins
    #[arg(long, default_value = "3-8", value_name = "K-K", value_parser = parse_clusters)]
    pub clusters: (usize, usize),

    /// Seed of everything random: the same seed gives the same bits
    #[arg(long, default_value_t = 0)]
    pub seed: u64,

    /// Where the network runs: cpu, cuda:N or metal:N (the last two need the feature of that name)
    #[arg(long, default_value = "cpu")]
    pub device: String,

    /// Compute the network in double precision: several times slower, no neuron is left to rounding
    #[arg(long)]
    pub exact: bool,

    /// Compute the network in half precision: for GPUs; on the CPU many times slower
    #[arg(long, conflicts_with = "exact")]
    pub half: bool,

    /// Colours of the heatmaps: inferno or viridis (perceptually uniform), jet (as in the thesis)
    #[arg(long, default_value = "inferno", value_name = "NAME", value_parser = parse_colors)]
    pub colors: ColorMap,

    /// The folder to write [default: explained/NAME-OF-THE-PHOTO, or of the folder or list]
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,

    /// Print a summary as JSON on stdout instead of the table
    #[arg(long)]
    pub json: bool,

    #[command(flatten)]
    pub batch: BatchArgs,
}

/// What concerns many photos.
#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Many photos")]
pub struct BatchArgs {
    /// Explain every n-th photo, from the i-th, counted from 0: one of n processes on any number of machines that share
    /// the folder of the run
    #[arg(long, value_name = "I/N")]
    pub shard: Option<Shard>,

    /// Photos whose tables and maps are a file each [default: 64]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=10_000))]
    pub part: Option<u64>,

    /// Keep no maps, some megabytes a photo: tables and gallery only
    #[arg(long)]
    pub no_maps: bool,

    /// Also draw the explanation of every photo, as for a single one
    #[arg(long)]
    pub figures: bool,

    /// Draw the explanation of one photo of a run, by its name or number
    #[arg(long, value_name = "IMAGE", conflicts_with_all = ["figures", "shard"])]
    pub draw: Option<String>,

    /// Try the photos again that failed, after whatever kept them from being read was mended
    #[arg(long, conflicts_with = "draw")]
    pub retry_failed: bool,

    /// Photos that go through the network together; memory grows with it, and the last digits may differ [default: 1 on the
    /// CPU, where batches gain nothing, else 8]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=256))]
    pub batch_size: Option<u64>,

    /// Photos that are worked on at a time, in whole batches; memory grows with it [default: one a thread, from 2
    /// to 16; with batches of several at least three of them]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..=1024))]
    pub in_flight: Option<u64>,
}

impl BatchArgs {
    /// How many photos are worked on, for this device.
    pub fn params(&self, device: &Device) -> BatchParams {
        let batch_size = self.batch_size.unwrap_or(if device.is_cpu() { 1 } else { 8 });
        let params = BatchParams::default().batch_size(batch_size as usize);
        let batches = if batch_size == 1 { 0 } else { 3 * batch_size as usize };
        let in_flight = self.in_flight.map_or(params.in_flight.max(batches), |photos| photos as usize);
        params.in_flight(in_flight)
    }

    /// The first option that only many photos understand.
    pub fn given(&self) -> Option<&'static str> {
        let options = [
            ("--shard", self.shard.is_some()),
            ("--part", self.part.is_some()),
            ("--draw", self.draw.is_some()),
            ("--figures", self.figures),
            ("--retry-failed", self.retry_failed),
            ("--no-maps", self.no_maps),
            ("--batch-size", self.batch_size.is_some()),
            ("--in-flight", self.in_flight.is_some()),
        ];
        options.iter().find(|(_, given)| *given).map(|(name, _)| *name)
    }
}

const EXAMPLES: &str = "\
Examples:
  cargo run --release --example explain
  cargo run --release --example explain -- holiday.jpg
  cargo run --release --example explain -- holiday.jpg --model vgg16.safetensors --class tench --layers 5-13
  cargo run --release --example explain -- holidays --out run
  cargo run --release --example explain -- run --draw day1/beach.jpg";

impl Args {
    /// The same network and device, everything else from these words.
    pub fn with(&self, words: &[String]) -> Result<Self, CommandError> {
        let words = std::iter::once("explain").chain(words.iter().map(String::as_str));
        let other = Self::try_parse_from(words).map_err(|e| format!("run.json is damaged: {e}"))?;
        Ok(Self {
            model: self.model.clone(),
            class_names: self.class_names.clone(),
            preprocessing: self.preprocessing,
            device: self.device.clone(),
            colors: self.colors,
            ..other
        })
    }

    /// The class asked for: digits are an index, unless a class bears them as its name.
    pub fn class_choice(&self, names: &[String]) -> ClassChoice {
        match &self.class {
            None => ClassChoice::Predicted,
            Some(text) => match text.parse() {
                Ok(index) if !names.contains(text) => ClassChoice::Index(index),
                _ => ClassChoice::Name(text.clone()),
            },
        }
    }
}

fn parse_threshold(text: &str) -> Result<WeightThreshold, String> {
    match text {
        "auto" => Ok(WeightThreshold::default()),
        "off" => Ok(WeightThreshold::Off),
        _ => match text.trim_end_matches('%').trim().parse::<f64>() {
            Ok(percent) if (0.0..100.0).contains(&percent) => Ok(WeightThreshold::Percent(percent)),
            _ => Err("expected auto, off or a percentage from 0 to 100".into()),
        },
    }
}

fn parse_clusters(text: &str) -> Result<(usize, usize), String> {
    let (low, high) = text.split_once('-').unwrap_or((text, text));
    match (low.trim().parse(), high.trim().parse()) {
        (Ok(low), Ok(high)) if 2 <= low && low <= high => Ok((low, high)),
        _ => Err("expected a number of at least 2 or a range such as 3-8".into()),
    }
}

fn parse_preset(text: &str) -> Result<Preset, String> {
    match text {
        "torchvision" => Ok(Preset::Torchvision),
        "caffe" | "keras" => Ok(Preset::Caffe),
        _ => Err("expected torchvision or caffe".into()),
    }
}

fn parse_colors(text: &str) -> Result<ColorMap, String> {
    let found = ColorMap::ALL.into_iter().find(|map| map.name() == text);
    found.ok_or_else(|| format!("expected {}", ColorMap::ALL.map(ColorMap::name).join(", ")))
}
