//! Where the descent begins.

use std::f64::consts::TAU;

use anv_core::ndarray::ArrayView2;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use crate::{Pca, PcaParams, Result};

/// Standard deviation of the first coordinate: small, so that the forces begin nearly linear.
const DEVIATION: f64 = 1e-4;

/// The first two principal components, scaled.
pub(super) fn principal(rows: ArrayView2<'_, f64>) -> Result<Vec<[f64; 2]>> {
    let pca = Pca::new(PcaParams::default().components(2)).fit_rows(&rows)?;
    Ok(scaled_columns(pca.scores.view()))
}

/// The first two columns, scaled; zeros where there is no second one.
pub(super) fn scaled_columns(scores: ArrayView2<'_, f64>) -> Vec<[f64; 2]> {
    let deviation = scores.column(0).std(0.0);
    let scale = if deviation > 0.0 { DEVIATION / deviation } else { 0.0 };
    scores.outer_iter().map(|row| [row[0] * scale, row.get(1).map_or(0.0, |&y| y * scale)]).collect()
}

/// Independent normal values (Box & Muller 1958).
pub(super) fn random(rows: usize, seed: u64) -> Vec<[f64; 2]> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..rows)
        .map(|_| {
            let radius = DEVIATION * (-2.0 * (1.0 - rng.random::<f64>()).ln()).sqrt();
            let (sin, cos) = (TAU * rng.random::<f64>()).sin_cos();
            [radius * cos, radius * sin]
        })
        .collect()
}
