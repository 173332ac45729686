//! Transforms of input patches (`Bᵀ d B`) and output tiles (`Aᵀ M A`), sixteen neighbouring tiles at a time.
//!
//! Neighbouring patches start M values apart. A row of the picture is read as it lies and transformed across rows
//! first; then its vectors are divided by place modulo M, so that a lane is a tile.

// Loops by index: what closures and iterators wrap is compiled without the vector instructions that its caller may use, and
// values leave their registers (measured: four times slower).
#![allow(clippy::needless_range_loop)]

use super::{FAR, FAR_2, NEAR, NEAR_2, SUM_2};
use crate::kernel::Shared;
use crate::kernel::lanes::{LANES, Lanes, Mask, first};
use crate::kernel::simd::vectorised;

/// A row of tiles of one input plane, and where its patches go.
#[derive(Clone, Copy)]
pub(super) struct InputRow<'a> {
    pub plane: &'a [f32],
    /// Where this is 0 or less, the plane counts as 0.
    pub gate: Option<&'a [f32]>,
    pub height: usize,
    pub width: usize,
    pub tile_row: usize,
    /// Place of the row's first tile among those transformed together.
    pub tile: usize,
    /// Place of the first panel's values of this channel at position 0.
    pub target: Shared,
    /// From one panel to the next.
    pub panel_stride: usize,
    /// From one position to the next.
    pub position_stride: usize,
}

/// Products of one output channel, and where its values go.
#[derive(Clone, Copy)]
pub(super) struct OutputPlanes<'a> {
    /// From the first tile at position 0 on.
    pub products: &'a [f32],
    /// From one position to the next.
    pub position_stride: usize,
    pub runs: &'a [Run],
    pub bias: f32,
    /// Results below this are raised to it.
    pub lowest: f32,
    pub height: usize,
    pub width: usize,
    /// This channel's plane in the first image.
    pub target: Shared,
    /// From one image to the next.
    pub image_stride: usize,
}

/// Up to sixteen neighbouring tiles of a row.
#[derive(Clone, Copy)]
pub(super) struct Run {
    /// Place among the products.
    pub at: usize,
    pub count: usize,
    pub image: usize,
    pub tile_row: usize,
    pub column: usize,
}

vectorised! {
    /// Transforms a row of patches.
    ///
    /// The target must have a place for every tile of the row at every position, which nobody else uses meanwhile.
    unsafe fn input_row<const M, const N>(row: InputRow<'_>) = input
}

vectorised! {
    /// Writes the runs' values where they lie in the picture, which may end in the middle of a tile.
    ///
    /// The target must hold the planes of all images, and nobody else may use them meanwhile.
    unsafe fn output_planes<const M, const N>(planes: OutputPlanes<'_>) = output
}

/// One axis of `Bᵀ d`.
#[inline(always)]
fn forward<L: Lanes, const N: usize>(a: [L; N]) -> [L; N] {
    let mut result = a;
    if N == 4 {
        let [a0, a1, a2, a3] = [a[0], a[1], a[2], a[3]];
        result.copy_from_slice(&[a0.sub(a2), a1.add(a2), a2.sub(a1), a1.sub(a3)][..N]);
    } else {
        let [a0, a1, a2, a3, a4, a5] = [a[0], a[1], a[2], a[3], a[4 % N], a[5 % N]];
        // Rows x⁴ − (a² + b²) x² + 1, x (x ± a) (x² − b²), x (x ± b) (x² − a²), x (x⁴ − (a² + b²) x² + 1).
        let (even_a, odd_a) = (a4.sub(a2.times(FAR_2)), a3.sub(a1.times(FAR_2)).times(NEAR));
        let (even_b, odd_b) = (a4.sub(a2.times(NEAR_2)), a3.sub(a1.times(NEAR_2)).times(FAR));
        let (first, last) = (a0.sub(a2.times(SUM_2)).add(a4), a1.sub(a3.times(SUM_2)).add(a5));
        let rows = [first, even_a.add(odd_a), even_a.sub(odd_a), even_b.add(odd_b), even_b.sub(odd_b), last];
        result.copy_from_slice(&rows[..N]);
    }
    result
}

/// One axis of `Aᵀ m`.
#[inline(always)]
fn backward<L: Lanes, const M: usize, const N: usize>(m: [L; N]) -> [L; M] {
    let mut result = [m[0]; M];
    if M == 2 {
        result.copy_from_slice(&[m[0].add(m[1]).add(m[2]), m[1].sub(m[2]).sub(m[3])][..M]);
    } else {
        let [m0, m1, m2, m3, m4, m5] = [m[0], m[1], m[2], m[3], m[4 % N], m[5 % N]];
        let (p, q, u, v) = (m1.add(m2), m1.sub(m2), m3.add(m4), m3.sub(m4));
        // The powers 0 to 3 of the points, times the products at them.
        let rows = [
            m0.add(p).add(u),
            q.times(NEAR).add(v.times(FAR)),
            p.times(NEAR_2).add(u.times(FAR_2)),
            q.times(NEAR * NEAR_2).add(v.times(FAR * FAR_2)).add(m5),
        ];
        result.copy_from_slice(&rows[..M]);
    }
    result
}

/// Lanes of a vector that starts at `start` which lie within 0..`length`.
#[inline(always)]
fn inside(start: isize, length: usize) -> Mask {
    let before = start.min(0).unsigned_abs();
    let left = (length as isize - start).max(0) as usize;
    first(left) & !first(before)
}

#[inline(always)]
unsafe fn input<L: Lanes, const M: usize, const N: usize>(row: InputRow<'_>) {
    assert!(row.plane.len() == row.height * row.width && row.gate.is_none_or(|g| g.len() == row.plane.len()));
    let columns = row.width.div_ceil(M);
    let mut column = 0;
    while column < columns {
        let (panel, lane) = ((row.tile + column) / LANES, (row.tile + column) % LANES);
        let count = (LANES - lane).min(columns - column);
        let start = (M * column) as isize - 1;
        let mut parts = [[L::splat(0.0); N]; M];
        for (index, part) in parts.iter_mut().enumerate() {
            *part = columns_at::<L, M, N>(&row, start + (LANES * index) as isize);
        }
        let beyond = columns_at::<L, M, N>(&row, start + (LANES * M) as isize);
        let mut at = panel * row.panel_stride + lane;
        for y in 0..N {
            let mut line = [beyond[y]; M];
            for x in 0..M {
                line[x] = parts[x][y];
            }
            let phases = phases::<L, M>(line);
            let mut patch = [beyond[y]; N];
            patch[..M].copy_from_slice(&phases);
            patch[M] = phases[0].shift(beyond[y]);
            patch[M + 1] = phases[1].shift(beyond[y].shift(beyond[y]));
            let values = forward::<L, N>(patch);
            for x in 0..N {
                // SAFETY: the caller's target has these places.
                unsafe { values[x].store(row.target.at(at), first(count)) };
                at += row.position_stride;
            }
        }
        column += count;
    }
}

/// The transforms of sixteen columns of the N lines that a row of patches covers; outside the picture everything is 0.
#[inline(always)]
fn columns_at<L: Lanes, const M: usize, const N: usize>(row: &InputRow<'_>, start: isize) -> [L; N] {
    let mask = inside(start, row.width);
    let mut lines = [L::splat(0.0); N];
    for (y, values) in lines.iter_mut().enumerate() {
        let line = M * row.tile_row + y;
        if line == 0 || line > row.height {
            continue;
        }
        let at = ((line - 1) * row.width) as isize + start;
        // SAFETY: the mask leaves values of the line, which lies within the plane; the gate has its size.
        unsafe {
            *values = L::load(row.plane.as_ptr().wrapping_offset(at), mask);
            if let Some(gate) = row.gate {
                *values = values.gated(L::load(gate.as_ptr().wrapping_offset(at), mask));
            }
        }
    }
    forward::<L, N>(lines)
}

/// The values of M neighbouring vectors by place modulo M.
#[inline(always)]
fn phases<L: Lanes, const M: usize>(line: [L; M]) -> [L; M] {
    let mut result = line;
    let (even, odd) = line[0].unzip(line[1]);
    if M == 2 {
        result.copy_from_slice(&[even, odd][..M]);
    } else {
        let (even_2, odd_2) = line[2 % M].unzip(line[3 % M]);
        let ((p0, p2), (p1, p3)) = (even.unzip(even_2), odd.unzip(odd_2));
        result.copy_from_slice(&[p0, p1, p2, p3][..M]);
    }
    result
}

/// The opposite of [`phases`].
#[inline(always)]
fn joined<L: Lanes, const M: usize>(phases: [L; M]) -> [L; M] {
    let mut result = phases;
    if M == 2 {
        let (low, high) = phases[0].zip(phases[1]);
        result.copy_from_slice(&[low, high][..M]);
    } else {
        let (even, even_2) = phases[0].zip(phases[2 % M]);
        let (odd, odd_2) = phases[1].zip(phases[3 % M]);
        let ((a, b), (c, d)) = (even.zip(odd), even_2.zip(odd_2));
        result.copy_from_slice(&[a, b, c, d][..M]);
    }
    result
}

#[inline(always)]
unsafe fn output<L: Lanes, const M: usize, const N: usize>(planes: OutputPlanes<'_>) {
    let (bias, lowest) = (L::splat(planes.bias), L::splat(planes.lowest));
    for run in planes.runs {
        let lanes = first(run.count);
        let products = &planes.products[run.at..][..(N * N - 1) * planes.position_stride + run.count];
        let mut columned = [[bias; M]; N];
        for x in 0..N {
            let mut column = [bias; N];
            for y in 0..N {
                // SAFETY: the slice holds the run's values of every position.
                column[y] =
                    unsafe { L::load(products.as_ptr().add((N * y + x) * planes.position_stride), lanes) };
            }
            columned[x] = backward::<L, M, N>(column);
        }
        let width = (planes.width - M * run.column).min(M * run.count);
        for y in 0..M {
            let line = M * run.tile_row + y;
            if line >= planes.height {
                break;
            }
            let mut row = [bias; N];
            for x in 0..N {
                row[x] = columned[x][y];
            }
            let mut values = backward::<L, M, N>(row);
            for x in 0..M {
                values[x] = values[x].add(bias).max(lowest);
            }
            let values = joined::<L, M>(values);
            let at = run.image * planes.image_stride + line * planes.width + M * run.column;
            for x in 0..M {
                let lanes = first(width.saturating_sub(LANES * x));
                // SAFETY: the lanes are values of this line of the caller's plane.
                unsafe { values[x].store(planes.target.at(at).wrapping_add(LANES * x), lanes) };
            }
        }
    }
}
