//! Max-pooling over 2x2 windows, and average pooling to a fixed grid.

use rayon::prelude::*;

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
    let group = planes_a_task(height * width);
    let (inputs, outputs) =
        (input.par_chunks(group * height * width), output.par_chunks_mut(group * out_h * out_w));
    outputs.zip(inputs).for_each(|(outputs, inputs)| {
        for (out, image) in outputs.chunks_exact_mut(out_h * out_w).zip(inputs.chunks_exact(height * width)) {
            for (out, rows) in out.chunks_exact_mut(out_w).zip(image.chunks_exact(2 * width)) {
                let (top, bottom) = rows.split_at(width);
                for ((o, t), b) in out.iter_mut().zip(top.chunks_exact(2)).zip(bottom.chunks_exact(2)) {
                    *o = t[0].max(t[1]).max(b[0].max(b[1]));
                }
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
    let group = planes_a_task(height * width);
    let inputs = input.par_chunks(group * height * width);
    let gradients = gradient.par_chunks(group * out_h * out_w);
    let results = result.par_chunks_mut(group * height * width);
    results.zip(inputs).zip(gradients).for_each(|((results, inputs), gradients)| {
        let planes = results.chunks_exact_mut(height * width).zip(inputs.chunks_exact(height * width));
        for ((result, image), gradient) in planes.zip(gradients.chunks_exact(out_h * out_w)) {
            let rows = result.chunks_exact_mut(2 * width).zip(image.chunks_exact(2 * width));
            for ((result, image), gradient) in rows.zip(gradient.chunks_exact(out_w)) {
                scatter(result, image, gradient, width);
            }
        }
    });
    result
}

/// One row of windows. Comparisons select without branching: which of four wins is unpredictable.
fn scatter(result: &mut [f32], image: &[f32], gradient: &[f32], width: usize) {
    let ((r0, r1), (x0, x1)) = (result.split_at_mut(width), image.split_at(width));
    let results = r0.chunks_exact_mut(2).zip(r1.chunks_exact_mut(2));
    let images = x0.chunks_exact(2).zip(x1.chunks_exact(2));
    for (((r0, r1), (x0, x1)), &g) in results.zip(images).zip(gradient) {
        let (a, b, c, d) = (x0[0], x0[1], x1[0], x1[1]);
        let first_wins = a >= b && a >= c && a >= d;
        let second_wins = !first_wins && b >= c && b >= d;
        let third_wins = !first_wins && !second_wins && c >= d;
        r0[0] = if first_wins { g } else { 0.0 };
        r0[1] = if second_wins { g } else { 0.0 };
        r1[0] = if third_wins { g } else { 0.0 };
        r1[1] = if first_wins || second_wins || third_wins { 0.0 } else { g };
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
