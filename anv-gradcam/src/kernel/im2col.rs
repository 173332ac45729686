//! Convolution as a matrix product over copied rows (im2col), for any kernel, stride and padding, in f32 or f64.

use rayon::prelude::*;

use super::{Buffers, Geometry, Matrix, Real, Shared, matmul, zeros};

/// Values of the column matrix that one task holds at most: about what a core's caches keep.
const COLUMN_VALUES: usize = 1 << 20;

/// Output rows a task: even blocks, at least four a picture so that small maps are divided too.
fn block_rows(depth: usize, height: usize, width: usize) -> usize {
    let most = (COLUMN_VALUES / depth.max(1)).clamp(128, 4096) / width.max(1);
    let blocks = height.div_ceil(most.max(1)).max(height.min(4));
    height.div_ceil(blocks.max(1)).max(1)
}

/// Writes the rows (channel, kernel row, kernel column) of the column matrix for output rows `from..to`.
fn fill<T: Real>(columns: &mut [T], input: &[T], g: &Geometry, channels: usize, (from, to): (usize, usize)) {
    let (_, out_w) = g.output().unwrap_or_default();
    let n = (to - from) * out_w;
    let plane = g.height * g.width;
    for (row, line) in columns.chunks_exact_mut(n.max(1)).take(channels * g.kernel.0 * g.kernel.1).enumerate()
    {
        let (kx, ky, channel) =
            (row % g.kernel.1, row / g.kernel.1 % g.kernel.0, row / (g.kernel.0 * g.kernel.1));
        let image = &input[channel * plane..(channel + 1) * plane];
        for (y, out) in (from..to).zip(line.chunks_exact_mut(out_w)) {
            match (y * g.stride + ky).checked_sub(g.padding).filter(|&y| y < g.height) {
                Some(y) => copy_row(out, &image[y * g.width..(y + 1) * g.width], kx, g),
                None => out.fill(T::default()),
            }
        }
    }
}

fn copy_row<T: Real>(out: &mut [T], source: &[T], kx: usize, g: &Geometry) {
    // Output x reads source x · stride + kx − padding; outside of the source there are zeros.
    let first = g.padding.saturating_sub(kx).div_ceil(g.stride).min(out.len());
    let end = match (g.width + g.padding).checked_sub(kx + 1) {
        Some(last) => (last / g.stride + 1).clamp(first, out.len()),
        None => first,
    };
    out[..first].fill(T::default());
    out[end..].fill(T::default());
    if first < end {
        let start = first * g.stride + kx - g.padding;
        let middle = &mut out[first..end];
        match g.stride {
            1 => middle.copy_from_slice(&source[start..start + middle.len()]),
            s => middle.iter_mut().zip(source[start..].iter().step_by(s)).for_each(|(o, &v)| *o = v),
        }
    }
}

/// Adds the column matrix of output rows `from..to` back onto the input positions it was copied from.
fn add_back<T: Real>(
    input: &mut [T],
    columns: &[T],
    g: &Geometry,
    channels: usize,
    (from, to): (usize, usize),
) {
    let (_, out_w) = g.output().unwrap_or_default();
    let n = (to - from) * out_w;
    let plane = g.height * g.width;
    for (row, line) in columns.chunks_exact(n.max(1)).take(channels * g.kernel.0 * g.kernel.1).enumerate() {
        let (kx, ky, channel) =
            (row % g.kernel.1, row / g.kernel.1 % g.kernel.0, row / (g.kernel.0 * g.kernel.1));
        let image = &mut input[channel * plane..(channel + 1) * plane];
        for (y, values) in (from..to).zip(line.chunks_exact(out_w)) {
            let Some(y) = (y * g.stride + ky).checked_sub(g.padding).filter(|&y| y < g.height) else {
                continue;
            };
            let target = &mut image[y * g.width..(y + 1) * g.width];
            for (x, &v) in values.iter().enumerate() {
                if let Some(t) = (x * g.stride + kx).checked_sub(g.padding).and_then(|x| target.get_mut(x)) {
                    *t += v;
                }
            }
        }
    }
}

/// `input (batch, inputs, h, w) * kernel (outputs, inputs, kh, kw) + bias`, clamped at 0 with `relu`.
pub(crate) fn conv_forward<T: Real>(
    input: &[T],
    kernel: &[T],
    bias: Option<&[T]>,
    relu: bool,
    g: &Geometry,
) -> Vec<T> {
    let (out_h, out_w) = g.output().unwrap_or_default();
    let (depth, out_plane, in_image) = (g.depth(), out_h * out_w, g.inputs * g.height * g.width);
    assert!(input.len() == g.batch * in_image && kernel.len() == g.outputs * depth);
    let mut output = zeros(g.batch * g.outputs * out_plane);
    if output.is_empty() {
        return output;
    }
    let shared = Shared::new(&mut output);
    let rows = block_rows(depth, out_h, out_w);
    let blocks = out_h.div_ceil(rows);
    let direct = g.kernel == (1, 1) && g.stride == 1 && g.padding == 0;
    let buffers = Buffers::new();
    let run = |columns: &mut Vec<T>, task: usize| {
        let (image, block) = (task / blocks, task % blocks);
        let (from, to) = (block * rows, ((block + 1) * rows).min(out_h));
        let n = (to - from) * out_w;
        let source = &input[image * in_image..(image + 1) * in_image];
        let right = if direct {
            Matrix { values: &source[from * out_w..], row_stride: out_plane, column_stride: 1 }
        } else {
            columns.resize(depth * n, T::default());
            fill(columns, source, g, g.inputs, (from, to));
            Matrix::rows(columns, n)
        };
        let start = image * g.outputs * out_plane + from * out_w;
        // SAFETY: this task alone writes output rows `from..to` of every channel of `image`; the last value
        // written, `start + (outputs − 1) · out_plane + n − 1`, lies within that image's output.
        unsafe {
            let left = Matrix::rows(kernel, depth);
            matmul((g.outputs, n, depth), shared.at(start), out_plane, false, left, right);
            for channel in 0..g.outputs {
                let row = std::slice::from_raw_parts_mut(shared.at(start + channel * out_plane), n);
                finish(row, bias.map_or(T::default(), |b| b[channel]), relu);
            }
        }
    };
    let tasks = (0..g.batch * blocks).into_par_iter().with_max_len(1);
    tasks.for_each(|task| buffers.with(|columns| run(columns, task)));
    output
}

fn finish<T: Real>(row: &mut [T], bias: T, relu: bool) {
    let zero = T::default();
    match (relu, bias == zero) {
        (true, _) => row.iter_mut().for_each(|v| *v = if *v + bias > zero { *v + bias } else { zero }),
        (false, false) => row.iter_mut().for_each(|v| *v += bias),
        (false, true) => {}
    }
}

/// Gradient with respect to the input, given the one with respect to the output.
pub(crate) fn conv_input_gradient<T: Real>(gradient: &[T], kernel: &[T], g: &Geometry) -> Vec<T> {
    let (out_h, out_w) = g.output().unwrap_or_default();
    let (depth, out_plane, plane) = (g.depth(), out_h * out_w, g.height * g.width);
    assert!(gradient.len() == g.batch * g.outputs * out_plane && kernel.len() == g.outputs * depth);
    let mut input = zeros(g.batch * g.inputs * plane);
    if input.is_empty() {
        return input;
    }
    // Tasks own whole input channels, so overlapping windows never meet across tasks.
    let group = g.inputs.div_ceil(16).max(1);
    let (groups, taps) = (g.inputs.div_ceil(group), g.kernel.0 * g.kernel.1);
    let mut tasks: Vec<_> =
        input.chunks_mut(g.inputs * plane).flat_map(|i| i.chunks_mut(group * plane)).collect();
    let buffers = Buffers::new();
    let run = |columns: &mut Vec<T>, task: usize, target: &mut [T]| {
        let (image, first) = (task / groups, task % groups * group);
        let channels = group.min(g.inputs - first);
        let rows = block_rows(channels * taps, out_h, out_w);
        for from in (0..out_h).step_by(rows) {
            let to = (from + rows).min(out_h);
            let n = (to - from) * out_w;
            columns.resize(channels * taps * n, T::default());
            let left = Matrix::rows(&kernel[first * taps..], depth).t();
            let right = Matrix {
                values: &gradient[image * g.outputs * out_plane + from * out_w..],
                row_stride: out_plane,
                column_stride: 1,
            };
            // SAFETY: `columns` is this task's own and holds channels · taps rows of n values.
            unsafe {
                matmul((channels * taps, n, g.outputs), columns.as_mut_ptr(), n, false, left, right);
            }
            add_back(target, columns, g, channels, (from, to));
        }
    };
    let tasks = tasks.par_iter_mut().with_max_len(1).enumerate();
    tasks.for_each(|(task, target)| buffers.with(|columns| run(columns, task, target)));
    input
}

/// Gradient with respect to the kernel, summed over the batch.
pub(crate) fn conv_kernel_gradient(input: &[f32], gradient: &[f32], g: &Geometry) -> Vec<f32> {
    let (out_h, out_w) = g.output().unwrap_or_default();
    let (depth, out_plane, plane) = (g.depth(), out_h * out_w, g.height * g.width);
    assert!(input.len() == g.batch * g.inputs * plane);
    assert!(gradient.len() == g.batch * g.outputs * out_plane);
    let mut kernel = vec![0.0; g.outputs * depth];
    if kernel.is_empty() || out_plane == 0 {
        return kernel;
    }
    let group = g.inputs.div_ceil(16).max(1);
    let (groups, taps) = (g.inputs.div_ceil(group), g.kernel.0 * g.kernel.1);
    let shared = Shared::new(&mut kernel);
    let buffers = Buffers::new();
    let run = |columns: &mut Vec<f32>, task: usize| {
        let first = task * group;
        let channels = group.min(g.inputs - first);
        let rows = block_rows(channels * taps, out_h, out_w);
        for image in 0..g.batch {
            let source = &input[(image * g.inputs + first) * plane..];
            for from in (0..out_h).step_by(rows) {
                let to = (from + rows).min(out_h);
                let n = (to - from) * out_w;
                columns.resize(channels * taps * n, 0.0);
                fill(columns, source, g, channels, (from, to));
                let left = Matrix {
                    values: &gradient[image * g.outputs * out_plane + from * out_w..],
                    row_stride: out_plane,
                    column_stride: 1,
                };
                // SAFETY: this task alone writes the columns of its input channels; the last value,
                // (outputs − 1) · depth + (first + channels) · taps − 1, lies within the kernel.
                unsafe {
                    let target = shared.at(first * taps);
                    let right = Matrix::rows(columns, n).t();
                    matmul((g.outputs, channels * taps, n), target, depth, true, left, right);
                }
            }
        }
    };
    let tasks = (0..groups).into_par_iter().with_max_len(1);
    tasks.for_each(|task| buffers.with(|columns| run(columns, task)));
    kernel
}
