//! Eight-bit storage: whole numbers from −127 to 127 with one scale a block.
//!
//! A tensor of shape (outputs, …) is seen as `outputs` rows; each row is divided into blocks of [`BLOCK`] values
//! (the last may be shorter). Its companion `NAME.scale`, shape (outputs, blocks), holds in f16 what one step
//! is worth. Sixteen values a scale cost 9 bits a weight in all: VGG-16's convolutions and a light head stay
//! below 16.5 MiB, and blocks of 32 or 64 would only save what fits anyway while rounding more coarsely.

use candle_core::Tensor;
use half::f16;

use crate::Result;

/// Values that share a scale.
pub(super) const BLOCK: usize = 16;

/// Tensors with fewer values stay in f32: they weigh nothing, and biases are added to everything.
pub(super) const SMALLEST: usize = 4096;

/// The block length of a stored tensor: the smallest power of two that gives this many blocks a row.
pub(super) fn block_length(row: usize, blocks: usize) -> Option<usize> {
    let mut length = 1;
    while length < row && row.div_ceil(length) > blocks {
        length *= 2;
    }
    (blocks > 0 && row.div_ceil(length) == blocks).then_some(length)
}

/// Steps and scales of a tensor of at least two dimensions: (i8 values, f16 scales, blocks a row).
pub(super) fn encode(tensor: &Tensor) -> Result<(Vec<i8>, Vec<f16>, usize)> {
    let rows = tensor.dim(0)?;
    let values = tensor.flatten_all()?.to_vec1::<f32>()?;
    let row = values.len() / rows.max(1);
    let mut scales = Vec::with_capacity(rows * row.div_ceil(BLOCK));
    let mut steps = Vec::with_capacity(values.len());
    for block in values.chunks_exact(row.max(1)).flat_map(|row| row.chunks(BLOCK)) {
        let scale = best_scale(block);
        scales.push(scale);
        steps.extend(block.iter().map(|&v| step(v, scale.to_f32())));
    }
    Ok((steps, scales, row.div_ceil(BLOCK)))
}

fn step(value: f32, scale: f32) -> i8 {
    if scale > 0.0 { (value / scale).round().clamp(-127.0, 127.0) as i8 } else { 0 }
}

/// The f16 scale with the smallest squared error: the largest value on the last step, or a little denser.
fn best_scale(block: &[f32]) -> f16 {
    let largest = block.iter().fold(0f32, |m, v| m.max(v.abs()));
    let candidates = (0..12).map(|i| f16::from_f32(largest / 127.0 * (1.0 - 0.002 * (i as f32 - 2.0))));
    let error = |scale: f16| -> f64 {
        let scale = scale.to_f32();
        let miss = |&v: &f32| f64::from(v - f32::from(step(v, scale)) * scale).powi(2);
        block.iter().map(miss).sum()
    };
    candidates.min_by(|&a, &b| error(a).total_cmp(&error(b))).unwrap_or(f16::ZERO)
}

/// `values = steps · scale` for rows of `row` values in blocks of `length`.
pub(super) fn decode(steps: &[i8], scales: &[f32], row: usize, length: usize, values: &mut [f32]) {
    let blocks = row.div_ceil(length);
    let rows = values.chunks_exact_mut(row).zip(steps.chunks_exact(row)).zip(scales.chunks_exact(blocks));
    for ((values, steps), scales) in rows {
        for ((values, steps), &scale) in values.chunks_mut(length).zip(steps.chunks(length)).zip(scales) {
            values.iter_mut().zip(steps).for_each(|(v, &s)| *v = f32::from(s) * scale);
        }
    }
}
