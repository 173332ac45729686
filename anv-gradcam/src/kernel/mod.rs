//! Kernels on plain f32 slices: the only place where `unsafe` is allowed.
//!
//! Work is divided by the problem's shape alone, never by the number of threads, and every element is summed by
//! one task in a fixed order: the result has the same bits in any rayon pool.

mod gemm;
mod im2col;
mod linear;
mod pool;

pub(crate) use gemm::{Matrix, matmul};
pub(crate) use im2col::{conv_forward, conv_input_gradient, conv_kernel_gradient};
pub(crate) use linear::{linear, linear_gradient};
pub(crate) use pool::{max_pool, max_pool_gradient};

/// The shape of a convolution of `batch` inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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

/// A pointer that tasks may share; each writes to a region of its own.
#[derive(Clone, Copy)]
pub(crate) struct Shared(*mut f32);

// SAFETY: the pointer is only dereferenced in this module tree, by tasks whose regions do not overlap (each use
// says why), while the buffer's owner waits for them.
unsafe impl Send for Shared {}
// SAFETY: as above.
unsafe impl Sync for Shared {}

impl Shared {
    pub fn new(buffer: &mut [f32]) -> Self {
        Self(buffer.as_mut_ptr())
    }

    /// The pointer `offset` values further.
    ///
    /// # Safety
    /// `offset` must lie within the buffer.
    pub unsafe fn at(self, offset: usize) -> *mut f32 {
        // SAFETY: the caller keeps `offset` within the buffer.
        unsafe { self.0.add(offset) }
    }
}

/// The convolution in the way that suits the shape; see [`im2col::conv_forward`].
pub(crate) fn forward(
    input: &[f32],
    kernel: &[f32],
    bias: Option<&[f32]>,
    relu: bool,
    g: &Geometry,
    _convolution: crate::Convolution,
) -> Vec<f32> {
    conv_forward(input, kernel, bias, relu, g)
}

/// Its gradient with respect to the input; see [`im2col::conv_input_gradient`].
pub(crate) fn input_gradient(
    gradient: &[f32],
    kernel: &[f32],
    g: &Geometry,
    _convolution: crate::Convolution,
) -> Vec<f32> {
    conv_input_gradient(gradient, kernel, g)
}
