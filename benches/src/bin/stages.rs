//! Median seconds of every stage as JSON: the Rust side of `benches/peers/run.py`.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Instant;

use anv_cluster::{TsneReducer, WardClusterer};
use anv_core::ndarray::Axis;
use anv_core::{Attribution, MapSelection, Pipeline, Target, WeightThreshold, percents};
use anv_examples::{CommandError, exit_code};
use anv_gradcam::{Convolution, GradCam};
use anv_mask::MaskParams;
use clap::Parser;
use safetensors::tensor::{Dtype, TensorView};

/// Times every stage with the packaged network and photo.
#[derive(Parser)]
struct Args {
    /// Runs of each stage; the median counts
    #[arg(long, default_value_t = 5)]
    runs: usize,
    /// Also write the kept feature maps and their percents to kept.safetensors in this folder
    #[arg(long, value_name = "FOLDER")]
    dump: Option<PathBuf>,
}

fn main() -> ExitCode {
    exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), CommandError> {
    let network = anv_benches::network(Convolution::Fast)?;
    let photo = anv_benches::photo()?;
    let input = network.preprocess(&photo)?;
    let gradcam = GradCam::new(network);
    let pipeline = Pipeline::new(&gradcam, TsneReducer::default(), WardClusterer::default());
    let target = Target { maps: MapSelection::Kept(WeightThreshold::default()), ..Target::default() };
    let attribution = pipeline.attribute(&photo, &target)?;

    let mut seconds = BTreeMap::new();
    seconds.insert("forward", median(args.runs, || Ok(gradcam.network().forward(&input).map(drop)?))?);
    seconds.insert("attribution", median(args.runs, || Ok(pipeline.attribute(&photo, &target).map(drop)?))?);
    let mut copies: Vec<_> = (0..=args.runs.max(1)).map(|_| attribution.clone()).collect();
    seconds.insert(
        "clustering",
        median(args.runs, || {
            let attribution = copies.pop().ok_or("no copy of the attribution is left")?;
            Ok(pipeline.cluster(attribution, &photo).map(drop)?)
        })?,
    );
    let (maps, picture) = (anv_benches::maps(1, 16), anv_benches::noise(512, 512));
    seconds.insert(
        "masks",
        median(args.runs, || {
            for mask in MaskParams::default().masks(maps.index_axis(Axis(0), 0), 512, 512)? {
                mask.apply(&picture)?;
            }
            Ok(())
        })?,
    );
    if let Some(folder) = &args.dump {
        dump(&attribution, folder)?;
    }
    println!("{}", serde_json::to_string(&seconds)?);
    Ok(())
}

/// After one run that does not count, as the Python side has one.
fn median(runs: usize, mut step: impl FnMut() -> Result<(), CommandError>) -> Result<f64, CommandError> {
    step()?;
    let mut times = Vec::new();
    for _ in 0..runs.max(1) {
        let start = Instant::now();
        step()?;
        times.push(start.elapsed().as_secs_f64());
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}

fn dump(attribution: &Attribution, folder: &std::path::Path) -> Result<(), CommandError> {
    let mut tensors = Vec::new();
    for layer in &attribution.layers {
        let Some(percents) = percents(layer.weights().view()) else { continue };
        let kept = WeightThreshold::default().keep(percents.view())?;
        let bytes = |values: Vec<f32>| values.iter().flat_map(|v| v.to_le_bytes()).collect::<Vec<_>>();
        let maps = layer.maps_of(&kept)?;
        let name = format!("layer{:02}", layer.layer().number);
        tensors.push((format!("{name}.maps"), maps.shape().to_vec(), bytes(maps.iter().copied().collect())));
        let kept_percents = kept.iter().map(|&k| percents[k] as f32).collect();
        tensors.push((format!("{name}.percents"), vec![kept.len()], bytes(kept_percents)));
    }
    let views = tensors
        .iter()
        .map(|(name, shape, data)| Ok((name, TensorView::new(Dtype::F32, shape.clone(), data)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    Ok(anv_core::write_file(folder.join("kept.safetensors"), &safetensors::serialize(views, None)?)?)
}
