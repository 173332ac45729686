//! From a photo to its Abstract Network Visualization.
//!
//! ```text
//! cargo run --release --example explain
//! cargo run --release --example explain -- PHOTO --model FILE.safetensors
//! cargo run --release --example explain -- FOLDER --out RUN
//! ```

mod args;
mod batch;
mod shard;
mod summary;
mod table;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::Instant;

use anv_cluster::{TsneReducer, WardClusterer, WardParams};
use anv_core::image::RgbImage;
use anv_core::{
    Draft, MapSelection, ModelInfo, PhotoLimits, Pipeline, PipelineParams, Target, decode_photo, read_photo,
};
use anv_examples::{CommandError, exit_code, packaged_network, packaged_photo, share_memory_pool};
use anv_gradcam::{Convolution, GradCam, LoadOptions, Network, device};
use anv_mask::{ColorMap, Figure};
use args::Args;
use batch::Ended;
use clap::Parser;
use summary::Seconds;

fn main() -> ExitCode {
    share_memory_pool();
    let args = Args::parse();
    match args.photo.as_ref().filter(|_| batch::is_meant(&args)) {
        None => exit_code(explain(&args)),
        Some(from) => match batch::run(&args, from) {
            Ok(Ended::Interrupted) => ExitCode::from(batch::INTERRUPTED as u8),
            ended => exit_code(ended.map(drop)),
        },
    }
}

fn explain(args: &Args) -> Result<(), CommandError> {
    if let Some(option) = args.batch.given() {
        return Err(format!("{option} needs a folder of photos, a list.csv or a run").into());
    }
    let mut seconds = Seconds::default();
    // The photo first: it is the argument that most often has a slip in it.
    let (photo, source) = timed(&mut seconds.decode, || photo(args))?;
    let network = timed(&mut seconds.load, || network(args))?;

    let target = target(args, network.info());
    let pipeline = pipeline(args, network);
    let attribution = timed(&mut seconds.network, || pipeline.attribute(&photo, &target))?;
    let mut draft = timed(&mut seconds.clustering, || pipeline.cluster(attribution, &photo))?;
    draft.source = source;

    let folder = args.out.clone().unwrap_or_else(|| default_folder(&draft.source));
    let figures = timed(&mut seconds.figures, || figures(&draft, args.colors))?;
    timed(&mut seconds.write, || write(&draft, &folder, &figures))?;
    report(args, &draft, &folder, &seconds)
}

/// What is asked about every photo.
fn target(args: &Args, model: &ModelInfo) -> Target {
    Target {
        class: args.class_choice(&model.classes),
        layers: args.layers.clone(),
        maps: MapSelection::Kept(args.threshold),
    }
}

fn pipeline(args: &Args, network: Network) -> Pipeline<GradCam, TsneReducer, WardClusterer> {
    let (low, high) = args.clusters;
    let params =
        PipelineParams { weight_threshold: args.threshold, seed: args.seed, ..PipelineParams::default() };
    Pipeline::new(
        GradCam::new(network),
        TsneReducer::default(),
        WardClusterer::new(WardParams::default().clusters(low..=high)),
    )
    .params(params)
}

fn timed<T, E>(seconds: &mut f64, step: impl FnOnce() -> Result<T, E>) -> Result<T, E> {
    let start = Instant::now();
    let result = step();
    *seconds = start.elapsed().as_secs_f64();
    result
}

fn photo(args: &Args) -> Result<(RgbImage, String), CommandError> {
    let limits = PhotoLimits::default();
    match &args.photo {
        Some(path) => {
            let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
            Ok((read_photo(path, &limits)?, name))
        }
        None => {
            let (name, bytes) = packaged_photo();
            Ok((decode_photo(bytes, name, &limits)?, name.to_owned()))
        }
    }
}

fn network(args: &Args) -> Result<Network, CommandError> {
    let mut options = LoadOptions::default().device(device(&args.device)?);
    if args.exact {
        options = options.convolution(Convolution::Exact);
    }
    if args.half {
        options = options.convolution(Convolution::Half);
    }
    if let Some(path) = &args.class_names {
        let text = std::fs::read_to_string(path)
            .map_err(|e| format!("cannot read the class names in {}: {e}", path.display()))?;
        options = options.classes(text.lines().map(str::trim));
    }
    if let Some(preset) = args.preprocessing {
        options = options.preprocessing(preset);
    }
    Ok(match &args.model {
        Some(path) => Network::load(path, &options)?,
        None => {
            let (name, bytes) = packaged_network();
            Network::from_bytes(bytes, name, &options)?
        }
    })
}

/// `explained/coffee` for `coffee.png`.
fn default_folder(source: &str) -> PathBuf {
    let stem = Path::new(source).file_stem().map(|s| s.to_string_lossy().into_owned());
    Path::new("explained").join(stem.filter(|s| !s.is_empty()).unwrap_or_else(|| "photo".into()))
}

struct Figures {
    svg: String,
    png: Vec<u8>,
    html: String,
}

fn figures(draft: &Draft, colors: ColorMap) -> Result<Figures, CommandError> {
    let figure = Figure::new(draft).color_map(colors);
    let svg = figure.svg()?;
    let (png, html) = rayon::join(|| figure.png(), || figure.html());
    Ok(Figures { png: png?, html: html?, svg })
}

fn write(draft: &Draft, folder: &Path, figures: &Figures) -> Result<(), CommandError> {
    let further: [(&str, &[u8]); 3] = [
        ("anv.svg", figures.svg.as_bytes()),
        ("anv.png", &figures.png),
        ("anv.html", figures.html.as_bytes()),
    ];
    Ok(draft.write(folder, &further)?)
}

fn report(args: &Args, draft: &Draft, folder: &Path, seconds: &Seconds) -> Result<(), CommandError> {
    if args.json {
        anv_examples::say!("{}", serde_json::to_string_pretty(&summary::summary(draft, folder, seconds))?);
        eprintln!("written to {}", folder.display());
        return Ok(());
    }
    table::print(draft);
    anv_examples::say!(
        "\n{:.2} s: network {:.2}, clustering {:.2}, figures {:.2}, the rest {:.2}",
        seconds.total(),
        seconds.network,
        seconds.clustering,
        seconds.figures,
        seconds.load + seconds.decode + seconds.write
    );
    anv_examples::say!("open {}", folder.join("anv.html").display());
    Ok(())
}
