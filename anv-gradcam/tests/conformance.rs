//! Against the golden numbers of an independent program (torch), when `ANV_SHARED` says where they are.

use std::path::PathBuf;

use anv_core::{Attributor, Target, WeightThreshold, percents};
use anv_gradcam::{Convolution, GradCam, LoadOptions, Network};
use safetensors::SafeTensors;

const IMAGES: [&str; 6] = ["astronaut", "elephant", "ketch", "motorbike", "motorcycle", "sunflower"];
/// Logits differ by rounding only: they are sums of some 10^5 products of order 10^-2.
const LOGIT: f64 = 1e-3;
/// Pooled values, as a share of the layer's largest: single gradients may jump where two maxima nearly tie,
/// their means may not.
const POOLED: f64 = 1e-3;
/// Percentages, in points: 1e-3 of the layer's largest weight.
const PERCENT_SHARE: f64 = 1e-3;
/// A channel this near to the threshold, relative, may fall on either side of it.
const NEAR_THRESHOLD: f64 = 1e-4;

fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("ANV_SHARED").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: ANV_SHARED is not set");
    }
    path
}

fn numbers(file: &SafeTensors<'_>, key: &str) -> Option<Vec<f64>> {
    let view = file.tensor(key).ok()?;
    let bytes = view.data();
    Some(match view.dtype() {
        safetensors::Dtype::F32 => {
            bytes.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()).into()).collect()
        }
        safetensors::Dtype::I32 => {
            bytes.chunks_exact(4).map(|b| i32::from_le_bytes(b.try_into().unwrap()).into()).collect()
        }
        _ => bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect(),
    })
}

/// Largest difference as a share of the largest expected magnitude.
fn deviation(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0f64, |m, v| m.max(v.abs()));
    found.iter().zip(expected).fold(0f64, |m, (a, b)| m.max((a - b).abs())) / largest
}

#[derive(Debug, Default)]
struct Worst {
    logits: f64,
    guided_gap: f64,
    plain_gap: f64,
    activation_mean: f64,
    percent: f64,
}

fn check_image(cam: &GradCam, folder: &std::path::Path, name: &str, worst: &mut Worst) {
    let bytes = std::fs::read(folder.join(format!("{name}.safetensors"))).unwrap();
    let golden = SafeTensors::deserialize(&bytes).unwrap();
    let photo = anv_core::image::open(folder.join(format!("{name}.png"))).unwrap().to_rgb8();
    let input = cam.network().preprocess(&photo).unwrap();
    let result = cam.gradients(&input, &Target::default()).unwrap();
    let logits: Vec<f64> =
        result.logits.get(0).unwrap().to_vec1::<f32>().unwrap().into_iter().map(f64::from).collect();
    let expected = numbers(&golden, "logits").unwrap();
    let off = logits.iter().zip(&expected).fold(0f64, |m, (a, b)| m.max((a - b).abs()));
    worst.logits = worst.logits.max(off);
    assert_eq!(result.classes[0] as f64, numbers(&golden, "class").unwrap()[0], "{name}");

    let attribution = cam.attribute(&photo, &Target::default()).unwrap();
    for (layer, own) in result.layers.iter().zip(&attribution.layers) {
        let key = |what: &str| format!("layer{:02}.{what}", layer.layer.number);
        let guided = layer.guided_gap().unwrap();
        assert_eq!(guided, *own.weights(), "the two ways to the weights");
        let golden_guided = numbers(&golden, &key("guided_gap")).unwrap();
        let share = deviation(guided.as_slice().unwrap(), &golden_guided);
        worst.guided_gap = worst.guided_gap.max(share);
        eprintln!("{name} {} guided {share:.1e}", layer.layer.name);
        let plain = layer.plain_gap().unwrap();
        let share = deviation(plain.as_slice().unwrap(), &numbers(&golden, &key("plain_gap")).unwrap());
        worst.plain_gap = worst.plain_gap.max(share);
        let means: Vec<f64> = own.maps().outer_iter().map(|m| f64::from(m.mean().unwrap())).collect();
        let share = deviation(&means, &numbers(&golden, &key("activation_mean")).unwrap());
        worst.activation_mean = worst.activation_mean.max(share);
        check_kept(&golden, &key("percent"), &key("keep"), guided.view(), worst, name);
    }
}

fn check_kept(
    golden: &SafeTensors<'_>,
    percent: &str,
    keep: &str,
    weights: anv_core::ndarray::ArrayView1<'_, f64>,
    worst: &mut Worst,
    name: &str,
) {
    // Layers with few kept channels have no such rows.
    let (Some(expected), Some(keep)) = (numbers(golden, percent), numbers(golden, keep)) else { return };
    let found = percents(weights).unwrap();
    let share = deviation(found.as_slice().unwrap(), &expected);
    worst.percent = worst.percent.max(share);
    let threshold = WeightThreshold::default();
    let kept = threshold.keep(found.view()).unwrap();
    let line = threshold.percent(found.len()).unwrap();
    for channel in 0..found.len() {
        let near = (expected[channel] / line - 1.0).abs() < NEAR_THRESHOLD;
        let same = kept.contains(&channel) == keep.contains(&(channel as f64));
        assert!(same || near, "{name} {percent}: channel {channel} has {} %", found[channel]);
    }
}

fn check(convolution: Convolution) {
    let Some(shared) = shared() else { return };
    let model = shared.join("models/vgg16-caltech10.safetensors");
    let cam = GradCam::new(Network::load(model, &LoadOptions::default().convolution(convolution)).unwrap());
    let mut worst = Worst::default();
    for name in IMAGES {
        check_image(&cam, &shared.join("golden"), name, &mut worst);
    }
    eprintln!("largest deviations, {convolution:?}: {worst:?}");
    assert!(worst.logits < LOGIT);
    assert!(worst.guided_gap < POOLED && worst.plain_gap < POOLED && worst.activation_mean < POOLED);
    assert!(worst.percent < PERCENT_SHARE);
}

#[test]
fn golden_fast() {
    check(Convolution::Fast);
}

#[test]
fn golden_exact() {
    check(Convolution::Exact);
}
