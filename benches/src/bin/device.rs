//! What a pass of the packaged VGG-16 takes on a device, batch by batch, as JSON: one side of `benches/peers/device.py`.

use std::process::ExitCode;
use std::time::Instant;

use anv_core::{Attributor, MapSelection, Target, WeightThreshold, image::RgbImage};
use anv_examples::{CommandError, exit_code};
use anv_gradcam::candle_core::{DType, Tensor};
use anv_gradcam::{Convolution, GradCam, LoadOptions, Network};
use clap::Parser;
use serde_json::{Value, json};

/// Times batches of the packaged photo on a device.
#[derive(Parser)]
struct Args {
    /// Where the network runs: cpu, cuda:N or metal:N
    #[arg(long, default_value = "cpu")]
    device: String,
    /// Photos a batch
    #[arg(long, value_delimiter = ',', default_value = "1,8,32")]
    batches: Vec<usize>,
    /// Runs of each; the median counts
    #[arg(long, default_value_t = 9)]
    runs: usize,
}

fn main() -> ExitCode {
    exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), CommandError> {
    let (name, bytes) = anv_examples::packaged_network();
    let options = LoadOptions::default().device(anv_gradcam::device(&args.device)?);
    let network = Network::from_bytes(bytes, name, &options)?;
    let expected = weights(&GradCam::new(anv_benches::network(Convolution::Exact)?))?;
    for (precision, convolution) in [("f32", Convolution::Fast), ("f16", Convolution::Half)] {
        let cam = GradCam::new(network.with_convolution(convolution));
        let (largest, mean) = deviation(&weights(&cam)?, &expected);
        let batches = args.batches.iter().map(|&batch| measure(&cam, batch, args.runs));
        let batches = batches.collect::<Result<Vec<_>, _>>()?;
        anv_examples::say!(
            "{}",
            json!({ "precision": precision, "largest": largest, "mean": mean, "batches": batches })
        );
    }
    Ok(())
}

/// Weights of every layer of the packaged photo.
fn weights(cam: &GradCam) -> Result<Vec<Vec<f64>>, CommandError> {
    let attribution = cam.attribute(&anv_benches::photo()?, &Target::default())?;
    Ok(attribution.layers.iter().map(|l| l.weights().to_vec()).collect())
}

/// Differences as shares of the layer's largest weight: the largest, and the largest mean of a layer.
fn deviation(found: &[Vec<f64>], expected: &[Vec<f64>]) -> (f64, f64) {
    let of_layer = |(found, expected): (&Vec<f64>, &Vec<f64>)| {
        let largest = expected.iter().fold(f64::MIN_POSITIVE, |m, v| m.max(v.abs()));
        let off: Vec<_> = found.iter().zip(expected).map(|(a, b)| (a - b).abs() / largest).collect();
        (off.iter().copied().fold(0.0, f64::max), off.iter().sum::<f64>() / off.len() as f64)
    };
    let layers = found.iter().zip(expected).map(of_layer);
    layers.fold((0.0, 0.0), |worst, layer| (f64::max(worst.0, layer.0), f64::max(worst.1, layer.1)))
}

fn measure(cam: &GradCam, batch: usize, runs: usize) -> Result<Value, CommandError> {
    let network = cam.network();
    let photo = anv_benches::photo()?;
    let size = &network.info().preprocessing;
    let photo = anv_core::image::imageops::thumbnail(&photo, size.width as u32, size.height as u32);
    let inputs = vec![network.preprocess(&photo)?; batch];
    let input = Tensor::cat(&inputs, 0)?;
    let forward = median(runs, || {
        // Scores on the CPU: what was asked of the device has been done by then.
        Ok(network.forward(&input)?.to_dtype(DType::F32)?.to_vec2::<f32>().map(drop)?)
    })?;
    // No weight is above 100 percent.
    let none = median(runs, || attribute(cam, &photo, batch, WeightThreshold::Percent(100.0)))?;
    let kept = median(runs, || attribute(cam, &photo, batch, WeightThreshold::default()))?;
    Ok(json!({ "photos": batch, "forward": forward, "weights": none, "maps": kept }))
}

fn attribute(
    cam: &GradCam,
    photo: &RgbImage,
    batch: usize,
    threshold: WeightThreshold,
) -> Result<(), CommandError> {
    let target = Target { maps: MapSelection::Kept(threshold), ..Target::default() };
    for answer in cam.attribute_many(&vec![(photo, &target); batch]) {
        answer?;
    }
    Ok(())
}

/// Median seconds after two runs that do not count.
fn median(runs: usize, mut step: impl FnMut() -> Result<(), CommandError>) -> Result<f64, CommandError> {
    let mut times = Vec::new();
    for run in 0..runs.max(1) + 2 {
        let start = Instant::now();
        step()?;
        if run >= 2 {
            times.push(start.elapsed().as_secs_f64());
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times[times.len() / 2])
}
