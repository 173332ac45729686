//! The bootstrap over images, without keeping the images.

use anv_core::Interval;

/// Sums over resampled images are kept on this grid, so that they are exact and their order does not matter.
const GRID: f64 = 1_048_576.0;

/// How often each resample takes one image: a Poisson number of mean 1, drawn from the seed and the image's name.
///
/// The classical bootstrap draws `n` of `n` images with repetition, for which all must be at hand. Taking each image a
/// Poisson(1) number of times instead gives the same distribution in the limit and can be done while images stream by
/// (Chamandy et al. 2012, *Estimating Uncertainty for Massive Data Streams*).
pub(crate) fn draws(seed: u64, image: &str, resamples: usize) -> Vec<f64> {
    let mut state = image.bytes().fold(seed ^ 0xCBF2_9CE4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
    });
    (0..resamples).map(|_| poisson(next(&mut state))).collect()
}

/// SplitMix64 (Steele, Lea, Flood 2014), as a number from 0 up to 1.
fn next(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    ((z ^ (z >> 31)) >> 11) as f64 / (1u64 << 53) as f64
}

/// Inverts the distribution function of Poisson(1).
fn poisson(uniform: f64) -> f64 {
    let (mut count, mut probability) = (0.0, (-1.0f64).exp());
    let mut below = probability;
    // The chance of more than 20 is below 1e-19: it never comes up in 53 bits.
    while uniform >= below && count < 20.0 {
        count += 1.0;
        probability /= count;
        below += probability;
    }
    count
}

/// Adds a term to every resample.
pub(crate) fn add(sums: &mut [f64], draws: &[f64], term: f64) {
    let term = (term * GRID).round() / GRID;
    sums.iter_mut().zip(draws).for_each(|(sum, draw)| *sum += draw * term);
}

/// The interval that holds the middle `confidence` of the resampled sums, each scaled to `images` images.
///
/// `drawn` counts the images of each resample; resamples without an image say nothing. `None` without two images.
pub(crate) fn interval(sums: &[f64], drawn: &[f64], images: u64, confidence: f64) -> Option<Interval> {
    let scaled = sums.iter().zip(drawn).filter(|(_, n)| **n > 0.0).map(|(sum, n)| sum * images as f64 / n);
    let mut scaled: Vec<f64> = scaled.collect();
    if images < 2 || scaled.is_empty() {
        return None;
    }
    scaled.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let place = share * (scaled.len() - 1) as f64;
        let (low, part) = (place.floor() as usize, place.fract());
        let high = (low + 1).min(scaled.len() - 1);
        scaled[low] + part * (scaled[high] - scaled[low])
    };
    Some(Interval { low: at((1.0 - confidence) / 2.0), high: at((1.0 + confidence) / 2.0) })
}
