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
    /// Leaves M lines of M · count output values in the first values of `lines`.
    fn output_run(run: OutputRun<'_>, lines: &mut Vec<f32>) = output
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

/// The image rows are first divided by column modulo M, so that the same column of all patches is contiguous and
/// the transform runs over tiles.
#[inline(always)]
fn input<const M: usize, const N: usize>(row: InputRow<'_>, lines: &mut Vec<f32>) {
    let columns = row.width.div_ceil(M);
    // One more of each residue: a patch reaches two columns into the next tile.
    let phase = columns + 1;
    let line = M * phase;
    lines.resize(N * N * columns + (2 * N + 1) * line, 0.0);
    let (patches, rest) = lines.split_at_mut(N * N * columns);
    let (phases, rest) = rest.split_at_mut(N * line);
    let (columned, padded) = rest.split_at_mut(N * line);
    let padded = &mut padded[..line];
    for (index, phases) in phases.chunks_exact_mut(line).enumerate() {
        match (M * row.tile_row + index).checked_sub(1).filter(|&y| y < row.height) {
            Some(y) => split_row::<M>(row, y, padded, phases, phase),
            None => phases.fill(0.0),
        }
    }
    let sources: [&[f32]; N] = std::array::from_fn(|i| &phases[i * line..][..line]);
    transform_lines::<N>(sources, columned, line);
    for (columned, patches) in columned.chunks_exact(line).zip(patches.chunks_exact_mut(N * columns)) {
        let sources = std::array::from_fn(|i| &columned[i % M * phase + i / M..][..columns]);
        transform_lines::<N>(sources, patches, columns);
    }
}

/// `forward` at every place of N lines, into N lines of `target`.
#[inline(always)]
fn transform_lines<const N: usize>(sources: [&[f32]; N], target: &mut [f32], length: usize) {
    let mut rest = target;
    let targets: [&mut [f32]; N] = std::array::from_fn(|_| {
        let (line, others) = std::mem::take(&mut rest).split_at_mut(length);
        rest = others;
        line
    });
    for i in 0..length {
        let values = forward::<N>(std::array::from_fn(|y| sources[y][i]));
        for y in 0..N {
            targets[y][i] = values[y];
        }
    }
}

/// Row `y` with a zero before it and zeros behind, divided by column modulo M.
#[inline(always)]
fn split_row<const M: usize>(
    row: InputRow<'_>,
    y: usize,
    padded: &mut [f32],
    phases: &mut [f32],
    phase: usize,
) {
    let range = y * row.width..(y + 1) * row.width;
    let source = &row.plane[range.clone()];
    padded[0] = 0.0;
    padded[row.width + 1..].fill(0.0);
    let middle = &mut padded[1..=row.width];
    match row.gate {
        Some(gate) => {
            for ((m, &v), &a) in middle.iter_mut().zip(source).zip(&gate[range]) {
                *m = if a > 0.0 { v } else { 0.0 };
            }
        }
        None => middle.copy_from_slice(source),
    }
    for (residue, target) in phases.chunks_exact_mut(phase).enumerate() {
        target.iter_mut().zip(padded.as_chunks::<M>().0).for_each(|(t, chunk)| *t = chunk[residue]);
    }
}

#[inline(always)]
fn output<const M: usize, const N: usize>(run: OutputRun<'_>, lines: &mut Vec<f32>) {
    let n = run.count;
    lines.resize((M * M + M * N + M) * n, 0.0);
    let (target, rest) = lines.split_at_mut(M * M * n);
    let (rows, line) = rest.split_at_mut(M * N * n);
    for x in 0..N {
        let m: [&[f32]; N] = std::array::from_fn(|y| &run.products[(N * y + x) * run.position_stride..][..n]);
        for i in 0..n {
            let values = backward::<M, N>(std::array::from_fn(|y| m[y][i]));
            for y in 0..M {
                rows[(y * N + x) * n + i] = values[y];
            }
        }
    }
    for (rows, target) in rows.chunks_exact(N * n).zip(target.chunks_exact_mut(M * n)) {
        let m: [&[f32]; N] = std::array::from_fn(|x| &rows[x * n..][..n]);
        for i in 0..n {
            let values = backward::<M, N>(std::array::from_fn(|x| m[x][i]));
            for x in 0..M {
                line[x * n + i] = (values[x] + run.bias).max(run.lowest);
            }
        }
        for (i, tile) in target.as_chunks_mut::<M>().0.iter_mut().enumerate() {
            *tile = std::array::from_fn(|x| line[x * n + i]);
        }
    }
}
