//! What must hold for any network: properties of the whole pass, on every device that this machine has.

#![allow(missing_docs, clippy::unwrap_used)]

#[path = "common/random.rs"]
mod random;

use anv_core::{Attributor, ClassChoice, LayerSelection, Target, image::RgbImage};
use anv_gradcam::candle_core::{self, Device, Tensor};
use anv_gradcam::{ConvParams, Convolution, Error, GradCam, conv2d, max_pool2d};
use proptest::prelude::*;
use rand::{SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use random::*;

/// Weights from different kernels or devices, as a share of the layer's largest: rounding of f32 sums, with F(4x4)
/// coarser by some twenty times.
const PARITY: f64 = 1e-4;
/// The same in half precision: 11 bits a number, rounding and gates on the other side.
const HALF: f64 = 2e-2;
/// Sums of permuted summands differ by rounding.
const PERMUTED: f64 = 1e-5;

#[test]
fn every_device_gives_the_same_weights() {
    for (name, device, convolution) in devices() {
        let mut worst = 0f64;
        for (seed, size) in [(1, (32, 40)), (2, (33, 47)), (3, (21, 21))] {
            let source = Weights::new(seed);
            let photo = photo(seed, 60, 50);
            let target = Target { class: ClassChoice::Index(2), ..Target::default() };
            let exact = source.network(&Device::Cpu, size).unwrap().with_convolution(Convolution::Exact);
            let network = source.network(&device, size).unwrap().with_convolution(convolution);
            worst =
                worst.max(deviation(&weights(network, &photo, &target), &weights(exact, &photo, &target)));
        }
        eprintln!("{name}: largest deviation {worst:.1e} of the layer's largest weight");
        assert!(worst < PARITY, "{name}: {worst}");
    }
}

/// Mean difference of a layer's weights, as a share of its largest: single channels move more where a gate turns.
fn mean_deviation(found: &[Vec<f64>], expected: &[Vec<f64>]) -> f64 {
    let of_layer = |(found, expected): (&Vec<f64>, &Vec<f64>)| {
        let largest = expected.iter().fold(1e-12f64, |m, v| m.max(v.abs()));
        found.iter().zip(expected).map(|(a, b)| (a - b).abs()).sum::<f64>() / found.len() as f64 / largest
    };
    found.iter().zip(expected).map(of_layer).fold(0.0, f64::max)
}

#[test]
fn half_precision_stays_near() {
    let mut devices: Vec<_> = devices().into_iter().map(|(name, device, _)| (name, device)).collect();
    devices.remove(0); // The CPU is there twice.
    for (name, device) in devices {
        let mut worst = 0f64;
        for seed in 1..4 {
            let source = Weights::new(seed);
            let photo = photo(seed, 60, 50);
            let target = Target { class: ClassChoice::Index(2), ..Target::default() };
            let exact = source.network(&Device::Cpu, (32, 40)).unwrap().with_convolution(Convolution::Exact);
            let half = source.network(&device, (32, 40)).unwrap().with_convolution(Convolution::Half);
            let gradients =
                GradCam::new(half.clone()).gradients(&half.preprocess(&photo).unwrap(), &target).unwrap();
            assert_eq!(gradients.layers[0].gradient.dtype(), candle_core::DType::F32);
            let (found, expected) = (weights(half, &photo, &target), weights(exact, &photo, &target));
            worst = worst.max(mean_deviation(&found, &expected));
        }
        eprintln!("{name}, half: mean deviation at most {worst:.1e} of the layer's largest weight");
        assert!(worst > 0.0 && worst < HALF, "{name}: {worst}");
    }
}

#[test]
fn half_precision_says_when_numbers_grow_too_large() {
    let mut source = Weights::new(1);
    source.kernels[0] = (&source.kernels[0] * 1e5).unwrap();
    let half = source.network(&Device::Cpu, (32, 40)).unwrap().with_convolution(Convolution::Half);
    let error = GradCam::new(half).attribute(&photo(1, 32, 40), &Target::default()).unwrap_err();
    assert!(matches!(error, Error::OutputNotFinite), "{error}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn permuting_channels_permutes_weights(seed in 0u64..1000) {
        let source = Weights::new(seed);
        let photo = photo(seed, 30, 30);
        let mut order: Vec<u32> = (0..18).collect();
        order.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        let index = Tensor::new(order.as_slice(), &Device::Cpu).unwrap();
        let permuted = Weights {
            kernels: vec![
                source.kernels[0].clone(),
                source.kernels[1].index_select(&index, 0).unwrap(),
                source.kernels[2].index_select(&index, 1).unwrap(),
            ],
            biases: vec![
                source.biases[0].clone(),
                source.biases[1].index_select(&index, 0).unwrap(),
                source.biases[2].clone(),
            ],
            head: source.head.clone(),
        };
        let target = Target { class: ClassChoice::Index(1), ..Target::default() };
        let run = |w: &Weights| {
            let network = w.network(&Device::Cpu, (30, 30)).unwrap().with_convolution(Convolution::Exact);
            weights(network, &photo, &target)
        };
        let (before, mut behind) = (run(&source), run(&permuted));
        let mut restored = vec![0.0; 18];
        order.iter().zip(&behind[1]).for_each(|(&from, &w)| restored[from as usize] = w);
        behind[1] = restored;
        prop_assert!(deviation(&behind, &before) < PERMUTED);
    }

    #[test]
    fn a_batch_is_its_samples(seed in 0u64..1000) {
        let network = Weights::new(seed).network(&Device::Cpu, (24, 28)).unwrap();
        let photos = [photo(seed, 24, 24), photo(seed + 1, 50, 30)];
        let inputs: Vec<_> = photos.iter().map(|p| network.preprocess(p).unwrap()).collect();
        let cam = GradCam::new(network);
        let target = Target { class: ClassChoice::Index(3), ..Target::default() };
        let both = cam.gradients(&Tensor::cat(&inputs, 0).unwrap(), &target).unwrap();
        for (sample, input) in inputs.iter().enumerate() {
            let alone = cam.gradients(input, &target).unwrap();
            for (both, alone) in both.layers.iter().zip(&alone.layers) {
                let part = both.gradient.get(sample).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
                let alone = alone.gradient.flatten_all().unwrap().to_vec1::<f32>().unwrap();
                let largest = alone.iter().fold(1e-9f32, |m, v| m.max(v.abs()));
                let off = part.iter().zip(&alone).fold(0f32, |m, (a, b)| m.max((a - b).abs()));
                // A near tie may fall otherwise when tiles of two photos share a panel: single gradients only.
                prop_assert!(off <= 1e-3 * largest, "{off} of {largest}");
            }
        }
    }
}

#[test]
fn a_selection_of_layers_is_a_part_of_all() {
    let network = Weights::new(7).network(&Device::Cpu, (32, 32)).unwrap();
    let photo = photo(7, 32, 32);
    let all = weights(network.clone(), &photo, &Target::default());
    let target = Target { layers: LayerSelection::Range(2..=3), ..Target::default() };
    let attribution = GradCam::new(network.clone()).attribute(&photo, &target).unwrap();
    assert_eq!(attribution.layers[0].layer().name, "conv2");
    assert_eq!(attribution.layers[0].layer().size, (32, 32));
    assert_eq!(weights(network.clone(), &photo, &target), all[1..]);
    let target = Target { layers: LayerSelection::Range(2..=4), ..Target::default() };
    let error = GradCam::new(network).attribute(&photo, &target).unwrap_err();
    assert_eq!(error.to_string(), "layers 2-4 are not in this network: it has 1-3");
}

#[test]
fn same_bits_for_any_number_of_threads() {
    let network = Weights::new(11).network(&Device::Cpu, (96, 90)).unwrap();
    let photo = photo(11, 120, 80);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| GradCam::new(network.clone()).attribute(&photo, &Target::default()).unwrap())
    };
    let one = run(1);
    assert!(one == run(2) && one == run(7));
}

#[test]
fn parts_of_the_network_fit_together() {
    let source = Weights::new(3);
    let network = source.network(&Device::Cpu, (32, 32)).unwrap();
    let input = network.preprocess(&photo(3, 32, 32)).unwrap();
    let until = network.forward_until(&input, "conv3").unwrap();
    assert_eq!(until.dims(), [1, 18, 16, 16]);
    let params = ConvParams::default().padding(1);
    let last = conv2d(&until, &source.kernels[2], Some(&source.biases[2]), params).unwrap();
    let features = max_pool2d(&last.relu().unwrap()).unwrap();
    let expected = network.features(&input).unwrap();
    assert_eq!(expected.dims(), [1, 24, 8, 8]);
    let off = (features - expected).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
    assert!(off < 1e-5, "{off}");
    let error = network.forward_until(&input, "conv9").unwrap_err();
    assert_eq!(error.to_string(), "the network has no layer `conv9`: it has conv1, conv2, conv3");
}

/// The tensor library's own `backward` through this crate's operations, against its own operations.
#[test]
fn training_operations_have_the_right_gradients() {
    use anv_gradcam::candle_core::Var;
    let mut rng = ChaCha8Rng::seed_from_u64(4);
    let input = Var::from_tensor(&random(&mut rng, &[2, 16, 9, 12])).unwrap();
    let kernel = Var::from_tensor(&random(&mut rng, &[20, 16, 3, 3])).unwrap();
    let bias = Var::from_tensor(&random(&mut rng, &[20])).unwrap();
    let factor = random(&mut rng, &[2, 20, 9, 12]);
    let own = conv2d(&input, &kernel, Some(&bias), ConvParams::default().padding(1)).unwrap();
    let bias4 = bias.reshape((1, 20, 1, 1)).unwrap();
    let theirs = input.conv2d(&kernel, 1, 1, 1, 1).unwrap().broadcast_add(&bias4).unwrap();
    let gradients = |t: Tensor| (t * &factor).unwrap().sum_all().unwrap().backward().unwrap();
    let (own, theirs) = (gradients(own), gradients(theirs));
    for var in [&input, &kernel, &bias] {
        let (a, b) = (own.get(var).unwrap(), theirs.get(var).unwrap());
        let off = (a - b).unwrap().abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
        let largest = b.abs().unwrap().max_all().unwrap().to_scalar::<f32>().unwrap();
        assert!(off < 1e-4 * largest, "{off} of {largest}");
    }
    let tied = Var::new(&[[[[1f32, 1.0, 0.0], [1.0, 1.0, 5.0]]]], &Device::Cpu).unwrap();
    let pooled = max_pool2d(&tied).unwrap().sum_all().unwrap().backward().unwrap();
    let gradient = pooled.get(&tied).unwrap().flatten_all().unwrap().to_vec1::<f32>().unwrap();
    assert_eq!(gradient, [1.0, 0.0, 0.0, 0.0, 0.0, 0.0]);
}

#[test]
fn any_photo_and_any_class() {
    let network = Weights::new(5).network(&Device::Cpu, (32, 32)).unwrap();
    for (width, height) in [(1, 1), (1, 300), (300, 1), (2000, 3), (32, 32)] {
        let attribution =
            GradCam::new(network.clone()).attribute(&photo(1, width, height), &Target::default()).unwrap();
        assert_eq!(attribution.layers.len(), 3);
        assert!((0.0..=1.0).contains(&attribution.class.probability));
    }
    let empty = network.preprocess(&RgbImage::new(0, 4)).unwrap_err();
    assert_eq!(empty.to_string(), "the photo has no pixels: it is 0x4");
    let wrong = Tensor::zeros((1, 4, 8, 8), anv_gradcam::candle_core::DType::F32, &Device::Cpu).unwrap();
    assert!(matches!(network.forward(&wrong), Err(Error::InputShape { .. })));
}

/// A class that nothing speaks for: all weights are zero, which is a result.
#[test]
fn a_class_without_gradient() {
    let mut source = Weights::new(6);
    source.head = source.head.zeros_like().unwrap();
    let network = source.network(&Device::Cpu, (32, 32)).unwrap();
    let attribution = GradCam::new(network).attribute(&photo(6, 40, 40), &Target::default()).unwrap();
    assert!(attribution.layers.iter().all(|l| l.weights().iter().all(|&w| w == 0.0)));
    assert_eq!(attribution.class.index, 0);
}
