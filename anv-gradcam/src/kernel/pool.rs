//! Max-pooling over 2x2 windows, and average pooling to a fixed grid.

use rayon::prelude::*;

use super::lanes::{LANES, Lanes, first};
use super::simd::{Level, vectorised};
use super::zeros;

/// Planes that one task takes: their number does not change the result.
fn planes_a_task(plane: usize) -> usize {
    (16_384 / plane.max(1)).max(1)
}

/// Largest value of each 2x2 window of `input` (planes, height, width); an odd last row or column is left out.
pub(crate) fn max_pool(input: &[f32], height: usize, width: usize) -> Vec<f32> {
    let (out_h, out_w) = (height / 2, width / 2);
    let planes = input.len() / (height * width).max(1);
    let mut output = zeros(planes * out_h * out_w);
    if output.is_empty() {
        return output;
    }
    let (level, group) = (Level::detect(), planes_a_task(height * width));
    let (inputs, outputs) =
        (input.par_chunks(group * height * width), output.par_chunks_mut(group * out_h * out_w));
    outputs.zip(inputs).for_each(|(outputs, inputs)| {
        for (out, image) in outputs.chunks_exact_mut(out_h * out_w).zip(inputs.chunks_exact(height * width)) {
            for (out, rows) in out.chunks_exact_mut(out_w).zip(image.chunks_exact(2 * width)) {
                // SAFETY: the level is the processor's.
                unsafe { largest(level, rows.split_at(width), out) };
            }
        }
    });
    output
}

/// Sends each window's gradient to its first maximum in row-major order; `input` is what was pooled.
pub(crate) fn max_pool_gradient(input: &[f32], gradient: &[f32], height: usize, width: usize) -> Vec<f32> {
    let (out_h, out_w) = (height / 2, width / 2);
    let mut result = zeros(input.len());
    if gradient.is_empty() {
        return result;
    }
    let (level, group) = (Level::detect(), planes_a_task(height * width));
    let inputs = input.par_chunks(group * height * width);
    let gradients = gradient.par_chunks(group * out_h * out_w);
    let results = result.par_chunks_mut(group * height * width);
    results.zip(inputs).zip(gradients).for_each(|((results, inputs), gradients)| {
        let planes = results.chunks_exact_mut(height * width).zip(inputs.chunks_exact(height * width));
        for ((result, image), gradient) in planes.zip(gradients.chunks_exact(out_h * out_w)) {
            let rows = result.chunks_exact_mut(2 * width).zip(image.chunks_exact(2 * width));
            for ((result, image), gradient) in rows.zip(gradient.chunks_exact(out_w)) {
                // SAFETY: the level is the processor's.
                unsafe { scatter(level, result.split_at_mut(width), image.split_at(width), gradient) };
            }
        }
    });
    result
}

vectorised! {
    /// Largest values of a row of windows, which `rows` are two rows of the picture of.
    unsafe fn largest(rows: (&[f32], &[f32]), out: &mut [f32]) = largest_of
}

vectorised! {
    /// Sends the gradients of a row of windows to their maxima in two rows of the result.
    unsafe fn scatter(result: (&mut [f32], &mut [f32]), image: (&[f32], &[f32]), gradient: &[f32]) = scatter_to
}

/// The four values of up to sixteen windows from window `at` on.
///
/// # Safety
/// Both rows must have the values of `count` windows from there on.
#[inline(always)]
unsafe fn windows<L: Lanes>(rows: (&[f32], &[f32]), at: usize, count: usize) -> [L; 4] {
    let (low, high) = (first(2 * count), first((2 * count).saturating_sub(LANES)));
    // SAFETY: the masks leave `count` windows of two values a row.
    unsafe {
        let (top, bottom) = (rows.0.as_ptr().add(2 * at), rows.1.as_ptr().add(2 * at));
        let (a, b) = L::load(top, low).unzip(L::load(top.wrapping_add(LANES), high));
        let (c, d) = L::load(bottom, low).unzip(L::load(bottom.wrapping_add(LANES), high));
        [a, b, c, d]
    }
}

#[inline(always)]
unsafe fn largest_of<L: Lanes>(rows: (&[f32], &[f32]), out: &mut [f32]) {
    assert!(rows.0.len() >= 2 * out.len() && rows.1.len() >= 2 * out.len());
    for at in (0..out.len()).step_by(LANES) {
        let count = (out.len() - at).min(LANES);
        // SAFETY: the rows have two values for each of `out`.
        unsafe {
            let [a, b, c, d] = windows::<L>(rows, at, count);
            a.max(b).max(c.max(d)).store(out.as_mut_ptr().add(at), first(count));
        }
    }
}

/// The first of equal maxima wins: what it takes is gone for the others.
#[inline(always)]
unsafe fn scatter_to<L: Lanes>(result: (&mut [f32], &mut [f32]), image: (&[f32], &[f32]), gradient: &[f32]) {
    let length = 2 * gradient.len();
    assert!(image.0.len() >= length && image.1.len() >= length);
    assert!(result.0.len() >= length && result.1.len() >= length);
    for at in (0..gradient.len()).step_by(LANES) {
        let count = (gradient.len() - at).min(LANES);
        let (low, high) = (first(2 * count), first((2 * count).saturating_sub(LANES)));
        // SAFETY: the rows have two values for each of `gradient`.
        unsafe {
            let [a, b, c, d] = windows::<L>(image, at, count);
            let largest = a.max(b).max(c.max(d));
            let left = L::load(gradient.as_ptr().add(at), first(count));
            let to_a = left.where_at_least(a, largest);
            let left = left.sub(to_a);
            let to_b = left.where_at_least(b, largest);
            let left = left.sub(to_b);
            let to_c = left.where_at_least(c, largest);
            let top = to_a.zip(to_b);
            let bottom = to_c.zip(left.sub(to_c));
            for (row, values) in [(&mut *result.0, top), (&mut *result.1, bottom)] {
                let row = row.as_mut_ptr().add(2 * at);
                values.0.store(row, low);
                values.1.store(row.wrapping_add(LANES), high);
            }
        }
    }
}

/// Rows (or columns) that cell `index` of `cells` averages.
pub(crate) fn cell_range(index: usize, cells: usize, size: usize) -> std::ops::Range<usize> {
    index * size / cells..((index + 1) * size).div_ceil(cells)
}

/// Mean of each cell of a grid of `cells` over `input` (planes, height, width).
pub(crate) fn average_pool(
    input: &[f32],
    (height, width): (usize, usize),
    cells: (usize, usize),
) -> Vec<f32> {
    let planes = input.len() / (height * width).max(1);
    let mut output = vec![0.0; planes * cells.0 * cells.1];
    let pairs = output.par_chunks_mut(cells.0 * cells.1).zip(input.par_chunks(height * width));
    pairs.with_min_len(16).for_each(|(out, plane)| {
        for (index, out) in out.iter_mut().enumerate() {
            let rows = cell_range(index / cells.1, cells.0, height);
            let columns = cell_range(index % cells.1, cells.1, width);
            let count = rows.len() * columns.len();
            let sum: f32 = rows.map(|y| row_sum(&plane[y * width..][columns.clone()])).sum();
            *out = sum / count as f32;
        }
    });
    output
}

/// Gradient of [`average_pool`] with respect to its input.
pub(crate) fn average_pool_gradient(
    gradient: &[f32],
    (height, width): (usize, usize),
    cells: (usize, usize),
) -> Vec<f32> {
    let planes = gradient.len() / (cells.0 * cells.1).max(1);
    let mut result = zeros(planes * height * width);
    let pairs = result.par_chunks_mut(height * width).zip(gradient.par_chunks(cells.0 * cells.1));
    pairs.with_min_len(16).for_each(|(plane, gradient)| {
        for (index, &g) in gradient.iter().enumerate() {
            let rows = cell_range(index / cells.1, cells.0, height);
            let columns = cell_range(index % cells.1, cells.1, width);
            let share = g / (rows.len() * columns.len()) as f32;
            for y in rows {
                plane[y * width..][columns.clone()].iter_mut().for_each(|v| *v += share);
            }
        }
    });
    result
}

/// A sum in sixteen independent chains, so that it vectorises.
fn row_sum(row: &[f32]) -> f32 {
    let (chunks, rest) = row.as_chunks::<16>();
    let mut sums = [0f32; 16];
    for chunk in chunks {
        sums.iter_mut().zip(chunk).for_each(|(s, v)| *s += v);
    }
    sums.iter().sum::<f32>() + rest.iter().sum::<f32>()
}
