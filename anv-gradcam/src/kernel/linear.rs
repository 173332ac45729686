//! Fully connected layers: bound by reading the weights, so the weights are divided between tasks.

use rayon::prelude::*;

use super::{Matrix, Shared, matmul};

/// Weights that one task reads.
const TASK_WEIGHTS: usize = 1 << 18;
/// Partial sums of a dot product: independent chains that fill the vector registers.
const LANES: usize = 16;

/// `input (batch, width) · weightᵀ + bias` for weight (outputs, width).
pub(crate) fn linear(
    input: &[f32],
    weight: &[f32],
    bias: Option<&[f32]>,
    outputs: usize,
    width: usize,
) -> Vec<f32> {
    let mut output = product(input, weight, outputs, width);
    if let Some(bias) = bias {
        output.chunks_exact_mut(outputs).for_each(|row| row.iter_mut().zip(bias).for_each(|(o, b)| *o += b));
    }
    output
}

fn product(input: &[f32], weight: &[f32], outputs: usize, width: usize) -> Vec<f32> {
    let batch = input.len() / width.max(1);
    let mut output = vec![0.0; batch * outputs];
    if batch == 1 {
        let rows = (TASK_WEIGHTS / width).max(1);
        let tasks = output.par_chunks_mut(rows).zip(weight.par_chunks(rows * width));
        tasks.for_each(|(out, weight)| {
            for (o, row) in out.iter_mut().zip(weight.chunks_exact(width)) {
                *o = dot(input, row);
            }
        });
        return output;
    }
    divided(&mut output, batch, outputs, width, |from, to| {
        (Matrix::rows(input, width), Matrix::rows(&weight[from * width..to * width], width).t())
    });
    output
}

/// `gradient (batch, outputs) · weight (outputs, width)`.
pub(crate) fn linear_gradient(gradient: &[f32], weight: &[f32], outputs: usize, width: usize) -> Vec<f32> {
    let batch = gradient.len() / outputs.max(1);
    let mut result = vec![0.0; batch * width];
    if batch == 1 {
        let columns = (TASK_WEIGHTS / outputs).max(LANES);
        result.par_chunks_mut(columns).enumerate().for_each(|(task, out)| {
            for (&g, row) in gradient.iter().zip(weight.chunks_exact(width)) {
                // A one-hot gradient, the usual case, reads a single row.
                if g != 0.0 {
                    let row = &row[task * columns..][..out.len()];
                    out.iter_mut().zip(row).for_each(|(o, &w)| *o += g * w);
                }
            }
        });
        return result;
    }
    divided(&mut result, batch, width, outputs, |from, _| {
        (
            Matrix::rows(gradient, outputs),
            Matrix { values: &weight[from..], row_stride: width, column_stride: 1 },
        )
    });
    result
}

/// Fills `output` (rows, columns) by blocks of columns, each the product of the two factors (depth between them)
/// that `factors(from, to)` gives.
fn divided<'a>(
    output: &mut [f32],
    rows: usize,
    columns: usize,
    depth: usize,
    factors: impl Fn(usize, usize) -> (Matrix<'a, f32>, Matrix<'a, f32>) + Sync,
) {
    let block = (TASK_WEIGHTS / depth.max(1)).max(16);
    let shared = Shared::new(output);
    (0..columns.div_ceil(block)).into_par_iter().with_max_len(1).for_each(|task| {
        let (from, to) = (task * block, ((task + 1) * block).min(columns));
        let (left, right) = factors(from, to);
        // SAFETY: this task alone writes columns `from..to` of the rows x columns output.
        unsafe {
            matmul((rows, to - from, depth), shared.at(from), columns, false, left, right);
        }
    });
}

/// Summed in f64: reading the weights takes longer, and a logit of 32,768 products keeps all its digits.
fn dot(a: &[f32], b: &[f32]) -> f32 {
    let product = |x: &f32, y: &f32| f64::from(*x) * f64::from(*y);
    let mut sums = [0f64; LANES];
    let ((a, a_rest), (b, b_rest)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let rest: f64 = a_rest.iter().zip(b_rest).map(|(x, y)| product(x, y)).sum();
    for (a, b) in a.iter().zip(b) {
        sums.iter_mut().zip(a.iter().zip(b)).for_each(|(sum, (x, y))| *sum += product(x, y));
    }
    (sums.iter().sum::<f64>() + rest) as f32
}
