//! Networks of random weights, photos of noise, and the devices to run them on.
#![allow(dead_code, reason = "every test file uses its own part")]

use anv_core::{Attributor, Target, image::RgbImage};
use anv_gradcam::candle_core::{Device, Tensor};
use anv_gradcam::{ConvParams, Convolution, GradCam, Network, Result};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// Kernels, biases and head of a network with three convolutions.
pub struct Weights {
    pub kernels: Vec<Tensor>,
    pub biases: Vec<Tensor>,
    pub head: Tensor,
}

pub fn random(rng: &mut ChaCha8Rng, shape: &[usize]) -> Tensor {
    let count: usize = shape.iter().product();
    let fan: usize = shape[1..].iter().product::<usize>().max(1);
    let scale = (3.0 / fan as f32).sqrt();
    let values: Vec<f32> = (0..count).map(|_| rng.random_range(-scale..scale)).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

impl Weights {
    /// Channels 3 → 20 → 18 → 24, pooled after the second and the third.
    pub fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let kernels = [[20, 3], [18, 20], [24, 18]].map(|[k, c]| random(&mut rng, &[k, c, 3, 3])).into();
        let biases = [20, 18, 24].map(|k| random(&mut rng, &[k])).map(|b| (b * 0.1).unwrap()).into();
        Self { kernels, biases, head: random(&mut rng, &[5, 24 * 4]) }
    }

    pub fn network(&self, device: &Device, (height, width): (usize, usize)) -> Result<Network> {
        let at = |t: &Tensor| t.to_device(device).unwrap();
        let mut builder = Network::builder("random").input_size(height, width);
        for (index, (kernel, bias)) in self.kernels.iter().zip(&self.biases).enumerate() {
            let params = ConvParams::default().padding(1);
            builder = builder.conv(format!("conv{}", index + 1), at(kernel), at(bias), params).relu();
            if index > 0 {
                builder = builder.max_pool();
            }
        }
        builder.adaptive_avg_pool(2, 2).flatten().linear(at(&self.head), None).build()
    }
}

pub fn photo(seed: u64, width: u32, height: u32) -> RgbImage {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    RgbImage::from_fn(width, height, |x, y| [(x * 7) as u8, (y * 5) as u8, rng.random()].into())
}

pub fn weights(network: Network, photo: &RgbImage, target: &Target) -> Vec<Vec<f64>> {
    let attribution = GradCam::new(network).attribute(photo, target).unwrap();
    attribution.layers.iter().map(|l| l.weights().to_vec()).collect()
}

/// Largest difference of any layer, as a share of that layer's largest.
pub fn deviation(found: &[Vec<f64>], expected: &[Vec<f64>]) -> f64 {
    let of_layer = |(found, expected): (&Vec<f64>, &Vec<f64>)| {
        let largest = expected.iter().fold(1e-12f64, |m, v| m.max(v.abs()));
        found.iter().zip(expected).fold(0f64, |m, (a, b)| m.max((a - b).abs())) / largest
    };
    found.iter().zip(expected).map(of_layer).fold(0.0, f64::max)
}

/// The CPU through the tensor library's operations, and every accelerator that this build and machine have.
pub fn devices() -> Vec<(&'static str, Device, Convolution)> {
    let mut devices = vec![
        ("cpu, own kernels", Device::Cpu, Convolution::Fast),
        ("cpu, candle's operations", Device::Cpu, Convolution::Candle),
    ];
    for name in ["cuda:0", "metal:0"] {
        match anv_gradcam::device(name) {
            Ok(device) => devices.push((name, device, Convolution::Fast)),
            Err(reason) => eprintln!("not run: {reason}"),
        }
    }
    devices
}
