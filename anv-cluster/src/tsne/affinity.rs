//! How near the rows are to each other: the matrix P.

use anv_core::ndarray::ArrayView2;

use super::math;
use super::rowwise::{LANES, Lane, Rowwise, each_row, totals};
use crate::{Error, Result};

/// How near the entropy of a row comes to the logarithm of the perplexity, in nats; scikit-learn's.
const ENTROPY_TOLERANCE: f64 = 1e-5;
/// Most steps of the search for a row's width.
const SEARCH_STEPS: usize = 100;
/// Longest step of the search, on the logarithm of the precision.
const LONGEST_STEP: f64 = 3.0;
/// Where the search gives up, on the logarithm of the precision: equal rows have no width that would do.
const SEARCH_ENDS: f64 = 60.0;
/// No affinity is smaller, so that no logarithm is infinite; scikit-learn's.
const SMALLEST: f32 = f64::EPSILON as f32;
/// Distance of a row to itself and to the padding: no neighbour.
const NO_NEIGHBOUR: f32 = 1e30;

/// Joint probabilities `p_ij = (p_j|i + p_i|j) / 2n`, symmetric, with a zero diagonal, in padded rows.
pub(super) struct Affinities {
    values: Vec<Lane>,
    stride: usize,
    total: f64,
    entropy: f64,
}

impl Affinities {
    /// Affinities of the rows at this perplexity.
    pub(super) fn new(rows: ArrayView2<'_, f64>, perplexity: f64) -> Result<Self> {
        let n = rows.nrows();
        let stride = n.div_ceil(LANES);
        // Column after column: the distances of a row to all others are then sums over contiguous numbers.
        let columns: Vec<Vec<f64>> = rows.columns().into_iter().map(|c| c.to_vec()).collect();
        let mut conditional = vec![Vec::new(); n];
        each_row(&ConditionalRows { columns: &columns, target: perplexity.ln() }, &mut conditional);
        if conditional.iter().any(Vec::is_empty) {
            return Err(Error::Magnitude { what: "squared distances" });
        }
        let mut affinities = Self { values: conditional.concat(), stride, total: 0.0, entropy: 0.0 };
        affinities.symmetrise(n);
        Ok(affinities)
    }

    fn symmetrise(&mut self, n: usize) {
        let width = self.stride * LANES;
        let values = self.values.as_flattened_mut();
        let mut sum = 0.0;
        for i in 0..n {
            for j in 0..i {
                let both = values[i * width + j] + values[j * width + i];
                sum += 2.0 * f64::from(both);
                values[i * width + j] = both;
            }
        }
        let scale = (1.0 / sum.max(f64::EPSILON)) as f32;
        for i in 0..n {
            for j in 0..i {
                let p = (values[i * width + j] * scale).max(SMALLEST);
                values[i * width + j] = p;
                values[j * width + i] = p;
                self.total += 2.0 * f64::from(p);
                self.entropy += 2.0 * f64::from(p) * f64::from(math::ln(1.0 / p));
            }
        }
    }

    /// `p_i·` padded with zeros to whole lanes.
    #[inline(always)]
    pub(super) fn row(&self, i: usize) -> &[Lane] {
        &self.values[i * self.stride..(i + 1) * self.stride]
    }

    /// Sum of all affinities: 1 up to rounding.
    pub(super) fn total(&self) -> f64 {
        self.total
    }

    /// `−Σ p ln p`, in nats, to f32 precision.
    pub(super) fn entropy(&self) -> f64 {
        self.entropy
    }
}

struct ConditionalRows<'a> {
    columns: &'a [Vec<f64>],
    /// Wanted entropy, in nats.
    target: f64,
}

impl Rowwise for ConditionalRows<'_> {
    type Output = Vec<Lane>;

    #[inline(always)]
    fn row(&self, row: usize) -> Vec<Lane> {
        conditional_row(self.columns, row, self.target)
    }
}

/// `p_j|i` of one row; nothing when the distances overflow.
#[inline(always)]
fn conditional_row(columns: &[Vec<f64>], row: usize, target: f64) -> Vec<Lane> {
    let Some(distances) = scaled_distances(columns, row) else { return Vec::new() };
    let precision = search(&distances, target);
    let mut out = distances;
    let mut sums = [[0.0; LANES]];
    for lane in &mut out {
        for l in 0..LANES {
            lane[l] = math::exp(-precision * lane[l]);
            sums[0][l] += lane[l];
        }
    }
    let scale = 1.0 / totals(&sums)[0];
    out.as_flattened_mut().iter_mut().for_each(|p| *p *= scale);
    out
}

/// Squared distances to the other rows, less the smallest, in units of their mean: neither under- nor overflows
/// in f32, and the affinities stay what they were.
#[inline(always)]
fn scaled_distances(columns: &[Vec<f64>], row: usize) -> Option<Vec<Lane>> {
    let n = columns.first()?.len();
    let mut squared = vec![0.0f64; n];
    for column in columns {
        let own = column[row];
        for (squared, &other) in squared.iter_mut().zip(column) {
            *squared += (other - own) * (other - own);
        }
    }
    let others = || squared.iter().enumerate().filter(|(j, _)| *j != row).map(|(_, &d)| d);
    let nearest = others().fold(f64::INFINITY, f64::min);
    let mean = others().map(|d| d - nearest).sum::<f64>() / n as f64;
    if !mean.is_finite() {
        return None;
    }
    let scale = if mean > 0.0 { 1.0 / mean } else { 0.0 };
    let mut out = vec![[NO_NEIGHBOUR; LANES]; n.div_ceil(LANES)];
    for (j, (out, d)) in out.as_flattened_mut().iter_mut().zip(&squared).enumerate() {
        if j != row {
            *out = ((d - nearest) * scale) as f32;
        }
    }
    Some(out)
}

/// The precision β at which `p_j ∝ exp(−β d_j)` has the wanted entropy.
///
/// Newton's method on ln β, where the entropy `H = ln Σ e + β ⟨d⟩` has the slope `−β² var(d)`, kept inside a
/// bracket: a few steps where bisection takes dozens.
#[inline(always)]
fn search(distances: &[Lane], target: f64) -> f32 {
    let (mut log_precision, mut low, mut high) = (0.0f64, -SEARCH_ENDS, SEARCH_ENDS);
    for _ in 0..SEARCH_STEPS {
        let precision = log_precision.exp();
        let [total, first, second] = moments(distances, precision as f32);
        let mean = first / total;
        let excess = total.ln() + precision * mean - target;
        if excess.abs() <= ENTROPY_TOLERANCE {
            break;
        }
        if excess > 0.0 {
            low = log_precision;
        } else {
            high = log_precision;
        }
        let slope = precision * precision * (second / total - mean * mean);
        let newton = (excess / slope).clamp(-LONGEST_STEP, LONGEST_STEP);
        let next = log_precision + newton;
        log_precision = if next > low && next < high { next } else { 0.5 * (low + high) };
        if high - low < f64::from(f32::EPSILON) {
            break;
        }
    }
    log_precision.exp() as f32
}

/// `Σ e`, `Σ e d` and `Σ e d²` with `e = exp(−β d)`.
#[inline(always)]
fn moments(distances: &[Lane], precision: f32) -> [f64; 3] {
    let mut sums = [[0.0f32; LANES]; 3];
    for lane in distances {
        for l in 0..LANES {
            let d = lane[l];
            let e = math::exp(-precision * d);
            sums[0][l] += e;
            sums[1][l] += e * d;
            sums[2][l] += e * d * d;
        }
    }
    totals(&sums).map(f64::from)
}
