//! Seeded fixtures that the benches share: the packaged network and photo, maps of any size, planted clusters.

pub mod words;

use anv_core::image::{Rgb, RgbImage};
use anv_core::ndarray::{Array2, Array3};
use anv_core::{PhotoLimits, decode_photo};
use anv_examples::{CommandError, packaged_network, packaged_photo};
use anv_gradcam::{Convolution, LoadOptions, Network};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// The packaged VGG-16.
///
/// # Errors
/// When the packaged file cannot be loaded.
pub fn network(convolution: Convolution) -> Result<Network, CommandError> {
    let (name, bytes) = packaged_network();
    Ok(Network::from_bytes(bytes, name, &LoadOptions::default().convolution(convolution))?)
}

/// The packaged photo.
///
/// # Errors
/// When the packaged file cannot be decoded.
pub fn photo() -> Result<RgbImage, CommandError> {
    let (name, bytes) = packaged_photo();
    Ok(decode_photo(bytes, name, &PhotoLimits::default())?)
}

/// A photo of noise.
pub fn noise(width: u32, height: u32) -> RgbImage {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    RgbImage::from_fn(width, height, |_, _| Rgb(random.random()))
}

/// `rows` maps of `side` x `side` with one bright blob each, around one of five places, as a layer's maps are.
pub fn maps(rows: usize, side: usize) -> Array3<f32> {
    let mut random = ChaCha8Rng::seed_from_u64(2);
    let places: Vec<(f32, f32)> = (0..5).map(|_| (random.random(), random.random())).collect();
    let blobs: Vec<_> = (0..rows)
        .map(|row| {
            let (y, x) = places[row % 5];
            (
                y + random.random_range(-0.1..0.1),
                x + random.random_range(-0.1..0.1),
                random.random_range(5.0..40.0),
            )
        })
        .collect();
    Array3::from_shape_fn((rows, side, side), |(row, i, j)| {
        let (y, x, sharpness): (f32, f32, f32) = blobs[row];
        let (dy, dx) = (i as f32 / side as f32 - y, j as f32 / side as f32 - x);
        (-sharpness * (dy * dy + dx * dx)).exp() + random.random_range(0.0..0.1)
    })
}

/// `rows` points in the plane in six clouds.
pub fn points(rows: usize) -> Array2<f64> {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    Array2::from_shape_fn((rows, 2), |(row, axis)| {
        let centre = [row % 3, row % 6 / 3][axis] as f64;
        10.0 * centre + random.random_range(-2.0..2.0)
    })
}

/// Largest resident memory so far in MiB, where the system tells it (Linux), else 0.
pub fn peak_mib() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kib = line.and_then(|rest| rest.split_whitespace().next()).and_then(|n| n.parse::<f64>().ok());
    kib.unwrap_or(0.0) / 1024.0
}
