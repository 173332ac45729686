//! Transforms of input patches (`Bᵀ d B`) and output tiles (`Aᵀ M A`), a row of tiles at a time.

use super::{FAR, FAR_2, NEAR, NEAR_2, SUM_2};
use crate::kernel::simd::vectorised;

/// A row of tiles of one input plane.
#[derive(Clone, Copy)]
pub(super) struct InputRow<'a> {
    pub plane: &'a [f32],
    /// Where this is 0 or less, the plane counts as 0.
    pub gate: Option<&'a [f32]>,
    pub height: usize,
    pub width: usize,
    pub tile_row: usize,
}

/// Products of a run of neighbouring tiles of one output plane.
#[derive(Clone, Copy)]
pub(super) struct OutputRun<'a> {
    /// From the run's first tile at position 0 on.
    pub products: &'a [f32],
    /// Values from one position to the next.
    pub position_stride: usize,
    /// Number of tiles.
    pub count: usize,
    pub bias: f32,
    /// Results below this are raised to it.
    pub lowest: f32,
}

vectorised! {
    /// Leaves the transformed patches in the first N² · columns values of `lines`, position by position.
    fn input_row(row: InputRow<'_>, lines: &mut Vec<f32>) = input
}

vectorised! {
    /// Writes the run's values to the output `rows`, which end where the picture does: in the middle of a tile perhaps;
    /// those below it are empty.
    fn output_run(run: OutputRun<'_>, lines: &mut Vec<f32>, rows: [&mut [f32]; M]) = output
}

/// One axis of `Bᵀ d`.
#[inline(always)]
fn forward<const N: usize>(a: [f32; N]) -> [f32; N] {
    let mut result = [0.0; N];
    if N == 4 {
        let [a0, a1, a2, a3] = [a[0], a[1], a[2], a[3]];
        result.copy_from_slice(&[a0 - a2, a1 + a2, a2 - a1, a1 - a3][..N]);
    } else {
        let [a0, a1, a2, a3, a4, a5] = std::array::from_fn(|i| a[i % N]);
        // Rows x⁴ − (a² + b²) x² + 1, x (x ± a) (x² − b²), x (x ± b) (x² − a²), x (x⁴ − (a² + b²) x² + 1).
        let (even_a, odd_a) = (a4 - FAR_2 * a2, NEAR * (a3 - FAR_2 * a1));
        let (even_b, odd_b) = (a4 - NEAR_2 * a2, FAR * (a3 - NEAR_2 * a1));
        let (first, last) = (a0 - SUM_2 * a2 + a4, a1 - SUM_2 * a3 + a5);
        let rows = [first, even_a + odd_a, even_a - odd_a, even_b + odd_b, even_b - odd_b, last];
        result.copy_from_slice(&rows[..N]);
    }
    result
}

/// One axis of `Aᵀ m`.
#[inline(always)]
fn backward<const M: usize, const N: usize>(m: [f32; N]) -> [f32; M] {
    let mut result = [0.0; M];
    if M == 2 {
        result.copy_from_slice(&[m[0] + m[1] + m[2], m[1] - m[2] - m[3]][..M]);
    } else {
        let [m0, m1, m2, m3, m4, m5] = std::array::from_fn(|i| m[i % N]);
        let (p, q, u, v) = (m1 + m2, m1 - m2, m3 + m4, m3 - m4);
        // The powers 0 to 3 of the points, times the products at them.
        let rows = [
            m0 + p + u,
            NEAR * q + FAR * v,
            NEAR_2 * p + FAR_2 * u,
            NEAR * NEAR_2 * q + FAR * FAR_2 * v + m5,
        ];
        result.copy_from_slice(&rows[..M]);
    }
    result
}

/// First down the columns of the picture, between whose edges everything is contiguous, then along the rows, where
/// neighbouring patches are M values apart.
#[inline(always)]
fn input<const M: usize, const N: usize>(row: InputRow<'_>, lines: &mut Vec<f32>) {
    let columns = row.width.div_ceil(M);
    // A patch reaches two columns into the next tile.
    let line = M * (columns + 1);
    let lines = room(lines, N * N * columns + (N + 1) * line + row.width);
    let (patches, rest) = lines.split_at_mut(N * N * columns);
    let (columned, rest) = rest.split_at_mut(N * line);
    let (phases, beyond) = rest.split_at_mut(line);
    // The rows above and below the picture are zero, and so are their gates.
    beyond.fill(0.0);
    let beyond = &*beyond;
    let select = |plane| rows::<M, N>(&row, plane, beyond);
    let targets = split::<N>(columned, line).map(|target| {
        target[0] = 0.0;
        target[row.width + 1..].fill(0.0);
        &mut target[1..][..row.width]
    });
    match row.gate {
        Some(gate) => down::<N, true>(select(row.plane), select(gate), targets),
        None => down::<N, false>(select(row.plane), [beyond; N], targets),
    }
    for (line, patches) in columned.chunks_exact(line).zip(patches.chunks_exact_mut(N * columns)) {
        along::<M, N>(line, phases, split::<N>(patches, columns), columns);
    }
}

/// The first `length` values of a buffer, which only grows: what earlier calls left in it is overwritten.
#[inline(always)]
fn room(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    if buffer.len() < length {
        buffer.resize(length, 0.0);
    }
    &mut buffer[..length]
}

/// The N rows of `plane` that a row of tiles needs; `beyond` stands for those outside.
#[inline(always)]
fn rows<'a, const M: usize, const N: usize>(
    row: &InputRow<'_>,
    plane: &'a [f32],
    beyond: &'a [f32],
) -> [&'a [f32]; N] {
    std::array::from_fn(|i| match (M * row.tile_row + i).checked_sub(1) {
        Some(y) if y < row.height => &plane[y * row.width..][..row.width],
        _ => beyond,
    })
}

/// N lines of `length` values.
#[inline(always)]
fn split<const N: usize>(values: &mut [f32], length: usize) -> [&mut [f32]; N] {
    let mut rest = values;
    std::array::from_fn(|_| {
        let (line, others) = std::mem::take(&mut rest).split_at_mut(length);
        rest = others;
        line
    })
}

/// The transform of every column of N rows; with `GATED` a value counts only where its gate is above 0.
#[inline(always)]
fn down<const N: usize, const GATED: bool>(rows: [&[f32]; N], gates: [&[f32]; N], targets: [&mut [f32]; N]) {
    let width = targets[0].len();
    let (rows, gates) = (rows.map(|r| &r[..width]), gates.map(|g| &g[..width]));
    let targets = targets.map(|t| &mut t[..width]);
    for i in 0..width {
        let mut column = [0.0; N];
        for y in 0..N {
            // Both are read before one is chosen, so that the loop has no branch.
            let (value, gate) = (rows[y][i], gates[y][i]);
            column[y] = if !GATED || gate > 0.0 { value } else { 0.0 };
        }
        let values = forward::<N>(column);
        for y in 0..N {
            targets[y][i] = values[y];
        }
    }
}

/// The transform of every patch's N values along `line`, which is first divided by place modulo M: then the same place of
/// all patches is contiguous.
#[inline(always)]
fn along<const M: usize, const N: usize>(
    line: &[f32],
    phases: &mut [f32],
    targets: [&mut [f32]; N],
    columns: usize,
) {
    for (residue, phase) in phases.chunks_exact_mut(columns + 1).enumerate() {
        phase.iter_mut().zip(line.as_chunks::<M>().0).for_each(|(p, chunk)| *p = chunk[residue]);
    }
    let sources: [&[f32]; N] = std::array::from_fn(|x| &phases[x % M * (columns + 1) + x / M..][..columns]);
    let targets = targets.map(|t| &mut t[..columns]);
    for i in 0..columns {
        let mut patch = [0.0; N];
        for x in 0..N {
            patch[x] = sources[x][i];
        }
        let values = forward::<N>(patch);
        for x in 0..N {
            targets[x][i] = values[x];
        }
    }
}

/// Down the columns of the products, then along their rows; the last tile of a row may reach beyond the picture.
#[inline(always)]
fn output<const M: usize, const N: usize>(run: OutputRun<'_>, lines: &mut Vec<f32>, rows: [&mut [f32]; M]) {
    let n = run.count;
    let (columned, line) = room(lines, (M * N + M) * n).split_at_mut(M * N * n);
    for x in 0..N {
        let m: [&[f32]; N] = std::array::from_fn(|y| &run.products[(N * y + x) * run.position_stride..][..n]);
        for i in 0..n {
            let values = backward::<M, N>(std::array::from_fn(|y| m[y][i]));
            for y in 0..M {
                columned[(y * N + x) * n + i] = values[y];
            }
        }
    }
    for (columned, row) in columned.chunks_exact(N * n).zip(rows).filter(|(_, row)| !row.is_empty()) {
        let m: [&[f32]; N] = std::array::from_fn(|x| &columned[x * n..][..n]);
        for i in 0..n {
            let values = backward::<M, N>(std::array::from_fn(|x| m[x][i]));
            for x in 0..M {
                line[x * n + i] = (values[x] + run.bias).max(run.lowest);
            }
        }
        let (tiles, rest) = row.as_chunks_mut::<M>();
        for (i, tile) in tiles.iter_mut().enumerate() {
            *tile = std::array::from_fn(|x| line[x * n + i]);
        }
        let last = tiles.len();
        rest.iter_mut().enumerate().for_each(|(x, value)| *value = line[x * n + last]);
    }
}
