//! Against the golden numbers of an independent program (torch), when `ANV_SHARED` says where they are.
//!
//! [`Convolution::Exact`] computes in double precision and is held against them directly. They are f32 themselves:
//! where an activation is 0 to within rounding, its ReLU may open or stay shut, and one such neuron can move the
//! pooled gradients of all layers before it by some 10⁻³ of their largest. `Fast` is f32 too and is held against
//! `Exact`; where it deviates, a gate behind that layer must stand otherwise, and every such gate must be 0 to within
//! rounding.

#![allow(missing_docs, clippy::unwrap_used)]

use std::path::{Path, PathBuf};

use anv_core::ndarray::Array1;
use anv_core::{Target, WeightThreshold, percents};
use anv_gradcam::candle_core::{DType, Tensor};
use anv_gradcam::{Convolution, GradCam, Gradients, LayerGradient, LoadOptions, Network};
use safetensors::{Dtype, SafeTensors};

const IMAGES: [&str; 6] = ["astronaut", "elephant", "ketch", "motorbike", "motorcycle", "sunflower"];
/// Logits differ by rounding only: they are sums of some 10^5 products of order 10^-2.
const LOGIT: f64 = 1e-3;
/// Pooled values, as a share of the layer's largest: issue and design allow 1e-3, most layers stay below 1e-6.
const POOLED: f64 = 1e-3;
/// A channel this near to the threshold, relative, may fall on either side of it.
const NEAR_THRESHOLD: f64 = 1e-4;
/// Half precision, of the layer's largest: the largest and the mean deviation of any layer.
const HALF: f64 = 5e-2;
const HALF_MEAN: f64 = 5e-3;
/// What a gate on the other side may move in `Fast`.
const POOLED_TIE: f64 = 1e-2;
/// An activation is 0 to within rounding below this share of the layer's largest.
const ROUNDING: f64 = 1e-6;

/// Golden numbers of one photo.
struct Golden(Vec<u8>);

impl Golden {
    fn read(shared: &Path, image: &str) -> Self {
        Self(std::fs::read(shared.join(format!("golden/{image}.safetensors"))).unwrap())
    }

    fn get(&self, key: &str) -> Option<Vec<f64>> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let view = file.tensor(key).ok()?;
        let bytes = view.data();
        let four = |f: fn([u8; 4]) -> f64| bytes.chunks_exact(4).map(|b| f(b.try_into().unwrap())).collect();
        Some(match view.dtype() {
            Dtype::F32 => four(|b| f32::from_le_bytes(b).into()),
            Dtype::I32 => four(|b| i32::from_le_bytes(b).into()),
            _ => bytes.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect(),
        })
    }

    fn layer(&self, layer: &LayerGradient, what: &str) -> Option<Vec<f64>> {
        self.get(&format!("layer{:02}.{what}", layer.layer.number))
    }
}

fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("ANV_SHARED").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: ANV_SHARED is not set");
    }
    path
}

fn network(shared: &Path) -> Network {
    let options = LoadOptions::default().convolution(Convolution::Exact);
    Network::load(shared.join("models/vgg16-caltech10.safetensors"), &options).unwrap()
}

fn gradients(network: &Network, shared: &Path, image: &str) -> Gradients {
    let photo = anv_core::image::open(shared.join(format!("golden/{image}.png"))).unwrap().to_rgb8();
    let input = network.preprocess(&photo).unwrap();
    GradCam::new(network.clone()).gradients(&input, &Target::default()).unwrap()
}

/// Largest difference as a share of the largest expected magnitude.
fn deviation(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(0f64, |m, v| m.max(v.abs()));
    found.iter().zip(expected).fold(0f64, |m, (a, b)| m.max((a - b).abs())) / largest
}

fn values(tensor: &Tensor) -> Vec<f64> {
    tensor.flatten_all().unwrap().to_dtype(DType::F64).unwrap().to_vec1().unwrap()
}

fn means(activation: &Tensor) -> Vec<f64> {
    values(&activation.to_dtype(DType::F64).unwrap().mean((2, 3)).unwrap())
}

/// Channels that only one side keeps, for each must be near the threshold; the golden file leaves them out for
/// layers that keep few.
fn kept(weights: &Array1<f64>, percent: &[f64], keep: Option<Vec<f64>>, name: &str) -> usize {
    let found = percents(weights.view()).unwrap();
    let threshold = WeightThreshold::default();
    let line = threshold.percent(found.len()).unwrap();
    let ours = threshold.keep(found.view()).unwrap();
    let theirs = |c: usize| keep.as_ref().map_or(percent[c] > line, |keep| keep.contains(&(c as f64)));
    let differ: Vec<_> = (0..found.len()).filter(|&c| ours.contains(&c) != theirs(c)).collect();
    for &c in &differ {
        let apart = (percent[c] / line - 1.0).abs();
        assert!(apart < NEAR_THRESHOLD, "{name} channel {c}: {} % and {} %", found[c], percent[c]);
    }
    differ.len()
}

#[test]
fn golden_numbers() {
    let Some(shared) = shared() else { return };
    let network = network(&shared);
    let (mut logits, mut guided, mut plain, mut activation, mut differ) = (0f64, 0f64, 0f64, 0f64, 0);
    for image in IMAGES {
        let golden = Golden::read(&shared, image);
        let result = gradients(&network, &shared, image);
        let expected = golden.get("logits").unwrap();
        let off = values(&result.logits).iter().zip(&expected).fold(0f64, |m, (a, b)| m.max((a - b).abs()));
        logits = logits.max(off);
        assert_eq!(result.classes[0] as f64, golden.get("class").unwrap()[0], "{image}");
        for layer in &result.layers {
            let name = format!("{image} {}", layer.layer.name);
            let weights = layer.guided_gap().unwrap();
            let off = deviation(&weights.to_vec(), &golden.layer(layer, "guided_gap").unwrap());
            if off > POOLED / 10.0 {
                eprintln!("{name}: pooled weights deviate by {off:.1e}");
            }
            guided = guided.max(off);
            plain = plain.max(deviation(
                &layer.plain_gap().unwrap().to_vec(),
                &golden.layer(layer, "plain_gap").unwrap(),
            ));
            activation = activation
                .max(deviation(&means(&layer.activation), &golden.layer(layer, "activation_mean").unwrap()));
            if let Some(percent) = golden.layer(layer, "percent") {
                differ += kept(&weights, &percent, golden.layer(layer, "keep"), &name);
            }
        }
    }
    eprintln!(
        "largest deviations: logits {logits:.1e}, guided gap {guided:.1e}, plain gap {plain:.1e}, activations \
         {activation:.1e}; {differ} channels differ at the threshold"
    );
    assert!(logits < LOGIT && guided < POOLED && plain < POOLED && activation < POOLED);
}

/// Gates that stand otherwise than in f64; each must be 0 to within rounding.
fn turned_gates(fast: &LayerGradient, exact: &LayerGradient) -> usize {
    let (fast, reference) = (values(&fast.activation), values(&exact.activation));
    let largest = reference.iter().fold(0f64, |m, v| m.max(*v));
    let turned: Vec<_> = fast.iter().zip(&reference).filter(|(f, e)| (**f > 0.0) != (**e > 0.0)).collect();
    for (f, e) in &turned {
        assert!(f.max(**e) < ROUNDING * largest, "{}: {f} for {e}", exact.layer.name);
    }
    turned.len()
}

/// What half precision costs, on one photo: on the CPU it takes seconds.
#[test]
fn half_precisions_rounding() {
    let Some(shared) = shared() else { return };
    let network = network(&shared);
    let exact = gradients(&network, &shared, IMAGES[0]);
    let half = gradients(&network.with_convolution(Convolution::Half), &shared, IMAGES[0]);
    let (mut worst, mut mean) = (0f64, 0f64);
    for (half, exact) in half.layers.iter().zip(&exact.layers) {
        let (found, expected) = (half.guided_gap().unwrap().to_vec(), exact.guided_gap().unwrap().to_vec());
        let largest = expected.iter().fold(0f64, |m, v| m.max(v.abs()));
        let off: f64 = found.iter().zip(&expected).map(|(a, b)| (a - b).abs()).sum();
        worst = worst.max(deviation(&found, &expected));
        mean = mean.max(off / found.len() as f64 / largest);
    }
    eprintln!("{}: half precision moves a weight by up to {worst:.1e}, {mean:.1e} on average", IMAGES[0]);
    assert!(worst < HALF && mean < HALF_MEAN);
}

#[test]
fn winograds_rounding() {
    let Some(shared) = shared() else { return };
    let network = network(&shared);
    let fast = network.with_convolution(Convolution::Fast);
    let (mut worst, mut turned, mut tied) = (0f64, 0, 0);
    for image in IMAGES {
        let exact = gradients(&network, &shared, image);
        let fast = gradients(&fast, &shared, image);
        // Gates behind the layer, deepest layers first.
        let mut behind = 0;
        for (fast, exact) in fast.layers.iter().zip(&exact.layers).rev() {
            let found = fast.guided_gap().unwrap().to_vec();
            let off = deviation(&found, &exact.guided_gap().unwrap().to_vec());
            behind += turned_gates(fast, exact);
            if off < POOLED {
                worst = worst.max(off);
                continue;
            }
            eprintln!("{image} {}: {off:.1e} by {behind} gates", exact.layer.name);
            assert!(off < POOLED_TIE && behind > 0, "{image} {}: {off:e}", exact.layer.name);
            tied += 1;
        }
        turned += behind;
    }
    eprintln!("pooled weights within {worst:.1e} but for {tied} layers; {turned} of 81 million gates turned");
}
