//! The inner loops over all pairs of points.
//!
//! Each pair is visited from both of its ends. Using the symmetry would halve the arithmetic, but it adds a
//! read and a write of four sums a pair, and ties the threads to each other: rows that only read the
//! others can be computed in any order with the same result.

use std::ops::Range;

use super::affinity::Affinities;
use super::math;
use super::rowwise::{LANES, Lane, Rowwise, each_row, totals};

/// The mask of a lane whose points all count.
const ALL: Lane = [1.0; LANES];

/// The points as separate coordinates, padded to whole lanes.
pub(super) struct Points {
    x: Vec<Lane>,
    y: Vec<Lane>,
    /// 1 for the points of the last lane, 0 for its padding.
    last: Lane,
}

impl Points {
    pub(super) fn new(rows: usize) -> Self {
        let lanes = rows.div_ceil(LANES);
        let used = rows - lanes.saturating_sub(1) * LANES;
        let last = std::array::from_fn(|l| if l < used { 1.0 } else { 0.0 });
        Self { x: vec![[0.0; LANES]; lanes], y: vec![[0.0; LANES]; lanes], last }
    }

    pub(super) fn set(&mut self, points: impl Iterator<Item = [f64; 2]>) {
        let (x, y) = (self.x.as_flattened_mut(), self.y.as_flattened_mut());
        for ((x, y), point) in x.iter_mut().zip(y).zip(points) {
            (*x, *y) = (point[0] as f32, point[1] as f32);
        }
    }

    #[inline(always)]
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
    /// `Σ_j w_ij`, without the point itself.
    pub weight: f32,
}

/// Attraction and repulsion of every point: one pass, for the normalisation is left for later.
pub(super) fn forces(affinities: &Affinities, points: &Points, out: &mut [Forces]) {
    each_row(&ForceRows { affinities, points }, out);
}

struct ForceRows<'a> {
    affinities: &'a Affinities,
    points: &'a Points,
}

impl Rowwise for ForceRows<'_> {
    type Output = Forces;

    #[inline(always)]
    fn row(&self, row: usize) -> Forces {
        row_forces(row, self.points, self.affinities.row(row))
    }
}

/// `Σ_ij p_ij ln(1 + |y_i − y_j|²)`, in f32 but for the sum over rows: what the stop rule needs, fast.
pub(super) fn cross_entropy(affinities: &Affinities, points: &Points, out: &mut [f32]) -> f64 {
    each_row(&CrossEntropyRows { affinities, points }, out);
    out.iter().map(|&v| f64::from(v)).sum()
}

struct CrossEntropyRows<'a> {
    affinities: &'a Affinities,
    points: &'a Points,
}

impl Rowwise for CrossEntropyRows<'_> {
    type Output = f32;

    #[inline(always)]
    fn row(&self, row: usize) -> f32 {
        row_cross_entropy(self.points.get(row), self.points, self.affinities.row(row))
    }
}

#[inline(always)]
fn row_forces(row: usize, points: &Points, p: &[Lane]) -> Forces {
    let (own, last) = (row / LANES, points.x.len() - 1);
    let mut others = if own == last { points.last } else { ALL };
    others[row % LANES] = 0.0;
    let mut sums = [[0.0; LANES]; 5];
    let mut add = |lanes: Range<usize>, mask: &Lane| add_forces(&mut sums, row, points, p, lanes, mask);
    add(0..own, &ALL);
    add(own..own + 1, &others);
    if own < last {
        add(own + 1..last, &ALL);
        add(last..last + 1, &points.last);
    }
    let [weight, ax, ay, rx, ry] = totals(&sums);
    Forces { attraction: [ax, ay], repulsion: [rx, ry], weight }
}

/// Adds what the points of some lanes do to the point `row`; `mask` is 1 for those that count and 0 for others.
#[inline(always)]
fn add_forces(
    sums: &mut [Lane; 5],
    row: usize,
    points: &Points,
    p: &[Lane],
    lanes: Range<usize>,
    mask: &Lane,
) {
    let (own_x, own_y) = points.get(row);
    let xy = points.x[lanes.clone()].iter().zip(&points.y[lanes.clone()]);
    for ((x, y), p) in xy.zip(&p[lanes]) {
        for l in 0..LANES {
            let (dx, dy) = (own_x - x[l], own_y - y[l]);
            let w = mask[l] / (1.0 + dx * dx + dy * dy);
            let (attraction, repulsion) = (p[l] * w, w * w);
            sums[0][l] += w;
            sums[1][l] += attraction * dx;
            sums[2][l] += attraction * dy;
            sums[3][l] += repulsion * dx;
            sums[4][l] += repulsion * dy;
        }
    }
}

#[inline(always)]
fn row_cross_entropy((x, y): (f32, f32), points: &Points, p: &[Lane]) -> f32 {
    let mut sums = [[0.0; LANES]];
    for ((px, py), p) in points.x.iter().zip(&points.y).zip(p) {
        for l in 0..LANES {
            let (dx, dy) = (x - px[l], y - py[l]);
            sums[0][l] += p[l] * math::ln(1.0 + dx * dx + dy * dy);
        }
    }
    totals(&sums)[0]
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
