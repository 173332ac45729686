//! Kernels on plain slices: the only place where `unsafe` is allowed.
//!
//! Work is divided by the problem's shape alone, never by the number of threads, and every element is summed by
//! one task in a fixed order: the result has the same bits in any rayon pool.

mod gemm;
mod im2col;
mod lanes;
mod linear;
pub(crate) mod memory;
mod pool;
mod simd;
#[cfg(test)]
mod tests;
mod winograd;

use std::sync::{Mutex, PoisonError};

use rayon::prelude::*;

pub(crate) use gemm::{Matrix, Real, matmul};
pub(crate) use im2col::{conv_forward, conv_input_gradient, conv_kernel_gradient};
pub(crate) use linear::{linear, linear_gradient};
use memory::{filled, zeros};
pub(crate) use pool::{average_pool, average_pool_gradient, cell_range, max_pool, max_pool_gradient};

/// The shape of a convolution of `batch` inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Geometry {
    pub batch: usize,
    pub inputs: usize,
    pub outputs: usize,
    pub height: usize,
    pub width: usize,
    pub kernel: (usize, usize),
    pub stride: usize,
    pub padding: usize,
}

impl Geometry {
    /// Height and width of the output; `None` when the kernel does not fit into the padded input.
    pub fn output(&self) -> Option<(usize, usize)> {
        let along = |size: usize, kernel: usize| {
            let free = (size + 2 * self.padding).checked_sub(kernel)?;
            Some(free / self.stride.max(1) + 1)
        };
        Some((along(self.height, self.kernel.0)?, along(self.width, self.kernel.1)?))
    }

    /// Number of products summed for one output value.
    pub fn depth(&self) -> usize {
        self.inputs * self.kernel.0 * self.kernel.1
    }
}

/// Buffers that tasks hand on to each other, so that there are as many as threads and not as many as tasks.
struct Buffers<T>(Mutex<Vec<T>>);

impl<T: Default> Buffers<T> {
    fn new() -> Self {
        Self(Mutex::new(Vec::new()))
    }

    /// Lends a buffer, with whatever an earlier task left in it.
    fn with(&self, f: impl FnOnce(&mut T)) {
        let free = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut buffer = free().pop().unwrap_or_default();
        f(&mut buffer);
        free().push(buffer);
    }
}

/// A pointer that tasks may share; each writes to a region of its own.
#[derive(Clone, Copy)]
pub(crate) struct Shared<T = f32>(*mut T);

// SAFETY: the pointer is only dereferenced in this module tree, by tasks whose regions do not overlap (each use
// says why), while the buffer's owner waits for them.
unsafe impl<T: Send> Send for Shared<T> {}
// SAFETY: as above.
unsafe impl<T: Send> Sync for Shared<T> {}

impl<T> Shared<T> {
    pub fn new(buffer: &mut [T]) -> Self {
        Self(buffer.as_mut_ptr())
    }

    /// What begins `offset` values further.
    ///
    /// # Safety
    /// `offset` must lie within the buffer.
    pub unsafe fn beyond(self, offset: usize) -> Self {
        // SAFETY: the caller keeps `offset` within the buffer.
        Self(unsafe { self.0.add(offset) })
    }

    /// The pointer `offset` values further.
    ///
    /// # Safety
    /// `offset` must lie within the buffer.
    pub unsafe fn at(self, offset: usize) -> *mut T {
        // SAFETY: the caller keeps `offset` within the buffer.
        unsafe { self.0.add(offset) }
    }
}

/// Inputs and outputs from which Winograd's way is faster than im2col (measured on one thread: 16 to 16 channels at
/// 64x64 0.6 times as long both ways, 8 to 8 no gain).
const WINOGRAD_CHANNELS: usize = 16;
/// Tiles of 4x4 values, over the whole batch, from which the products saved outweigh transforming the kernel
/// (measured: 64 and 512 channels at 7x7 and 8x8 take 1.2 times as long and more, at 14x14 and above 0.8).
const WINOGRAD_TILES: usize = 9;

fn suits_winograd(g: &Geometry, inputs: usize, outputs: usize) -> bool {
    let tiles = g.batch * g.height.div_ceil(4) * g.width.div_ceil(4);
    (g.kernel, g.stride, g.padding) == ((3, 3), 1, 1)
        && inputs >= WINOGRAD_CHANNELS
        && outputs >= WINOGRAD_CHANNELS
        && tiles >= WINOGRAD_TILES
}

/// The convolution in the way that suits the shape; see [`im2col::conv_forward`].
pub(crate) fn forward(
    input: &[f32],
    kernel: &[f32],
    bias: Option<&[f32]>,
    relu: bool,
    g: &Geometry,
) -> Vec<f32> {
    if !suits_winograd(g, g.inputs, g.outputs) {
        return conv_forward(input, kernel, bias, relu, g);
    }
    winograd::conv3x3(&winograd::Problem {
        tile: winograd::Tile::Two,
        input,
        gate: None,
        kernel,
        turned: false,
        bias,
        relu,
        batch: g.batch,
        inputs: g.inputs,
        outputs: g.outputs,
        height: g.height,
        width: g.width,
    })
}

/// Its gradient with respect to the input; with `gate`, `gradient` counts only where `gate` is above 0.
pub(crate) fn input_gradient(
    gradient: &[f32],
    gate: Option<&[f32]>,
    kernel: &[f32],
    g: &Geometry,
) -> Vec<f32> {
    if !suits_winograd(g, g.outputs, g.inputs) {
        return match gate {
            Some(gate) => conv_input_gradient(&gated(gradient, gate), kernel, g),
            None => conv_input_gradient(gradient, kernel, g),
        };
    }
    winograd::conv3x3(&winograd::Problem {
        tile: winograd::Tile::Four,
        input: gradient,
        gate,
        kernel,
        turned: true,
        bias: None,
        relu: false,
        batch: g.batch,
        inputs: g.outputs,
        outputs: g.inputs,
        height: g.height,
        width: g.width,
    })
}

/// `gradient · [gate > 0]`.
pub(crate) fn gated<T: Real>(gradient: &[T], gate: &[T]) -> Vec<T> {
    let zero = T::default();
    gradient
        .par_iter()
        .zip(gate)
        .with_min_len(1 << 14)
        .map(|(&g, &a)| if a > zero { g } else { zero })
        .collect()
}

/// `max(values, 0)`.
pub(crate) fn relu(values: &[f32]) -> Vec<f32> {
    values.par_iter().with_min_len(1 << 14).map(|v| v.max(0.0)).collect()
}

/// `max(values, 0)` of these planes of `plane` values each, one after the other.
pub(crate) fn relu_planes(values: &[f32], plane: usize, planes: &[usize]) -> Vec<f32> {
    let mut picked = memory::zeros(plane * planes.len());
    let rows = picked.par_chunks_mut(plane.max(1)).zip(planes).with_min_len((1 << 14) / plane.max(1));
    rows.for_each(|(row, &index)| {
        let from = &values[plane * index..plane * (index + 1)];
        row.iter_mut().zip(from).for_each(|(to, from)| *to = from.max(0.0));
    });
    picked
}
