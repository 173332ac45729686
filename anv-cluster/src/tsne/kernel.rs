//! The inner loops over all pairs of points, laid out so that the compiler vectorises them.
//!
//! A row of points is a slice of [`Lane`]s: eight f32 that are worked on in step, in AVX2 registers where the
//! processor has them (found at run time by `pulp`), in pairs of SSE2 or NEON registers elsewhere. There are
//! always eight, and no multiplication is fused with an addition, so the bits are the same everywhere.
//!
//! Each pair is visited from both of its ends. Using the symmetry would halve the arithmetic, but it adds a
//! read and a write of four sums a pair, and ties the threads to each other: rows that only read the
//! others can be computed in any order with the same result.

use pulp::Arch;
use rayon::prelude::*;

use super::affinity::Affinities;
use super::math;

/// Values that are worked on in step.
pub(super) const LANES: usize = 8;
pub(super) type Lane = [f32; LANES];

/// From this many rows on, the rows are shared out over threads: below, a step is shorter than waking them.
pub(super) const PARALLEL_ROWS: usize = 1024;
/// Rows a thread takes at a time.
pub(super) const CHUNK_ROWS: usize = 64;

/// Where the points that fill up the last lane are: so far away that they weigh nothing, yet their squares do
/// not overflow.
const FAR: f32 = 1e9;

/// The points as separate coordinates, padded to whole lanes.
pub(super) struct Points {
    x: Vec<Lane>,
    y: Vec<Lane>,
}

impl Points {
    pub(super) fn new(rows: usize) -> Self {
        let lanes = rows.div_ceil(LANES);
        Self { x: vec![[FAR; LANES]; lanes], y: vec![[FAR; LANES]; lanes] }
    }

    pub(super) fn set(&mut self, points: impl Iterator<Item = [f64; 2]>) {
        let (x, y) = (self.x.as_flattened_mut(), self.y.as_flattened_mut());
        for ((x, y), point) in x.iter_mut().zip(y).zip(points) {
            (*x, *y) = (point[0] as f32, point[1] as f32);
        }
    }

    fn get(&self, row: usize) -> (f32, f32) {
        (self.x.as_flattened()[row], self.y.as_flattened()[row])
    }
}

/// What all other points do to one, with `w_ij = 1 / (1 + |y_i − y_j|²)`.
#[derive(Clone, Copy, Default)]
pub(super) struct Forces {
    /// `Σ_j p_ij w_ij (y_i − y_j)`.
    pub attraction: [f32; 2],
    /// `Σ_j w_ij² (y_i − y_j)`: still to be divided by the sum of all `w`.
    pub repulsion: [f32; 2],
    /// `Σ_j w_ij`, with the 1 of the point itself.
    pub weight: f32,
}

/// Attraction and repulsion of every point: one pass, for the normalisation is left for later.
pub(super) fn forces(p: &Affinities, points: &Points, out: &mut [Forces]) {
    each_row(out, |row| row_forces(points.get(row), points, p.row(row)));
}

/// `Σ_ij p_ij ln(1 + |y_i − y_j|²)`, in f32 but for the sum over rows: what the stop rule needs, fast.
pub(super) fn cross_entropy(p: &Affinities, points: &Points, out: &mut [f32]) -> f64 {
    each_row(out, |row| row_cross_entropy(points.get(row), points, p.row(row)));
    out.iter().map(|&v| f64::from(v)).sum()
}

/// Fills `out` row by row, with the vector instructions of this machine.
pub(super) fn each_row<T: Send>(out: &mut [T], row: impl Fn(usize) -> T + Sync) {
    let run = |first: usize, out: &mut [T]| {
        Arch::new().dispatch(|| {
            for (i, out) in out.iter_mut().enumerate() {
                *out = row(first + i);
            }
        });
    };
    if out.len() < PARALLEL_ROWS {
        run(0, out);
    } else {
        out.par_chunks_mut(CHUNK_ROWS).enumerate().for_each(|(chunk, out)| run(chunk * CHUNK_ROWS, out));
    }
}

#[inline(always)]
fn row_forces((x, y): (f32, f32), points: &Points, p: &[Lane]) -> Forces {
    let zero = [0.0; LANES];
    let (mut weight, mut ax, mut ay, mut rx, mut ry) = (zero, zero, zero, zero, zero);
    for ((px, py), p) in points.x.iter().zip(&points.y).zip(p) {
        for l in 0..LANES {
            let (dx, dy) = (x - px[l], y - py[l]);
            let w = 1.0 / (1.0 + dx * dx + dy * dy);
            let (attraction, repulsion) = (p[l] * w, w * w);
            weight[l] += w;
            ax[l] += attraction * dx;
            ay[l] += attraction * dy;
            rx[l] += repulsion * dx;
            ry[l] += repulsion * dy;
        }
    }
    Forces { attraction: [sum(ax), sum(ay)], repulsion: [sum(rx), sum(ry)], weight: sum(weight) }
}

#[inline(always)]
fn row_cross_entropy((x, y): (f32, f32), points: &Points, p: &[Lane]) -> f32 {
    let mut total = [0.0; LANES];
    for ((px, py), p) in points.x.iter().zip(&points.y).zip(p) {
        for l in 0..LANES {
            let (dx, dy) = (x - px[l], y - py[l]);
            total[l] += p[l] * math::ln(1.0 + dx * dx + dy * dy);
        }
    }
    sum(total)
}

/// The sum of a lane, always in the same order.
#[inline(always)]
pub(super) fn sum(l: Lane) -> f32 {
    ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7]))
}

/// `KL(P‖Q)` in f64 over all pairs.
pub(super) fn divergence(p: &Affinities, points: &[[f64; 2]]) -> f64 {
    let squared = |i: usize, j: usize| {
        let (dx, dy) = (points[i][0] - points[j][0], points[i][1] - points[j][1]);
        dx * dx + dy * dy
    };
    let (mut total, mut weight) = (0.0, 0.0);
    for i in 0..points.len() {
        let row = p.row(i).as_flattened();
        for (j, &p) in row[..i].iter().enumerate() {
            let (p, t) = (f64::from(p), 1.0 + squared(i, j));
            total += 2.0 * p * (p * t).ln();
            weight += 2.0 / t;
        }
    }
    total + f64::max(weight, f64::MIN_POSITIVE).ln() * p.total()
}
