//! Between the tensor library's operations and the GPU: what takes longer there than it has to.
//!
//! Comparisons, broadcast sums and copies to the host are several times slower in the tensor library than the memory of
//! the GPU allows (measured on an H200: a ReLU gate 1.0 ms for 134 MB, 0.12 to copy them; 1.5 GB/s to the host), and its
//! way to cuDNN computes f32 in TF32, whose ten bits turn gates, and asks cuDNN for an algorithm at every call, which
//! takes longer than the convolution. So these have kernels of their own, and cuDNN is told what to do.

#[cfg(feature = "cudnn")]
mod conv;
mod elementwise;
mod fetch;

use std::sync::OnceLock;

use candle_core::cuda_backend::cudarc::driver::{
    CudaFunction, CudaSlice, CudaView, DeviceRepr, LaunchConfig, ValidAsZeroBits,
};
use candle_core::cuda_backend::cudarc::nvrtc;
use candle_core::cuda_backend::{CudaDType, CudaDevice, CudaStorage};
use candle_core::{DType, Device, Shape, Storage, Tensor, op::BackpropOp};
#[cfg(feature = "cudnn")]
pub(crate) use conv::{forward, input_gradient};
pub(crate) use elementwise::{gate, max_pool, max_pool_gradient, not_finite, sums};
pub(crate) use fetch::planes;
use half::f16;

use crate::{Convolution, Error, Result};

/// Whether this module's kernels serve, rather than the tensor library's.
pub(crate) fn serves(tensor: &Tensor, convolution: Convolution) -> bool {
    tensor.device().is_cuda()
        && matches!(tensor.dtype(), DType::F32 | DType::F16)
        && convolution != Convolution::Candle
}

/// A type that the kernels are compiled for.
trait Number: CudaDType + DeviceRepr + ValidAsZeroBits {
    /// What their names end with.
    const SUFFIX: &'static str;
}

impl Number for f32 {
    const SUFFIX: &'static str = "f32";
}

impl Number for f16 {
    const SUFFIX: &'static str = "f16";
}

/// Runs the function for the tensor's type.
macro_rules! of_type {
    ($tensor:expr, $run:ident($($argument:expr),*)) => {
        match $tensor.dtype() {
            candle_core::DType::F16 => $run::<half::f16>($($argument),*),
            _ => $run::<f32>($($argument),*),
        }
    };
}
use of_type;

/// An error of the driver, a library or a compiler as one of the tensor library.
fn driver<T, E: std::error::Error + Send + Sync + 'static>(result: Result<T, E>) -> Result<T> {
    result.map_err(|e| Error::Tensor(candle_core::Error::wrap(e)))
}

fn device(tensor: &Tensor) -> Result<CudaDevice> {
    match tensor.device() {
        Device::Cuda(device) => Ok(device.clone()),
        _ => Err(foreign(tensor)),
    }
}

fn foreign(tensor: &Tensor) -> Error {
    Error::TensorType { tensor: "input".into(), found: format!("{:?} elsewhere", tensor.dtype()) }
}

/// Lends the values of a contiguous tensor.
fn with_values<T: Number, R>(tensor: &Tensor, f: impl FnOnce(&CudaView<'_, T>) -> Result<R>) -> Result<R> {
    let tensor = tensor.contiguous()?;
    let (storage, layout) = tensor.storage_and_layout();
    match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cuda(values), Some((from, to))) => f(&values.as_cuda_slice::<T>()?.slice(from..to)),
        _ => Err(foreign(&tensor)),
    }
}

/// A tensor that takes over `values`.
fn tensor<T: CudaDType>(values: CudaSlice<T>, shape: impl Into<Shape>, device: &CudaDevice) -> Tensor {
    let storage = Storage::Cuda(CudaStorage::wrap_cuda_slice(values, device.clone()));
    Tensor::from_storage(storage, shape.into(), BackpropOp::none(), false)
}

/// The kernel `name` for values of type `T`.
fn kernel<T: Number>(device: &CudaDevice, name: &str) -> Result<CudaFunction> {
    static COMPILED: OnceLock<Result<String, nvrtc::CompileError>> = OnceLock::new();
    let compiled =
        COMPILED.get_or_init(|| nvrtc::compile_ptx(include_str!("kernels.cu")).map(|p| p.to_src()));
    let code = driver(compiled.as_ref().map_err(Clone::clone))?;
    let function = device.get_or_load_custom_func(&format!("{name}_{}", T::SUFFIX), "anv-gradcam", code)?;
    Ok(function.into_cuda_function())
}

/// Threads a block.
const THREADS: u32 = 256;

/// A row of blocks for each of so many planes of `plane` values.
fn planewise(planes: usize, plane: usize) -> LaunchConfig {
    // Sixteen values a thread, in planes that have so many.
    let blocks = plane.div_ceil(16 * THREADS as usize).clamp(1, 1 << 10);
    let grid_dim = (planes as u32, blocks as u32, 1);
    LaunchConfig { grid_dim, block_dim: (THREADS, 1, 1), shared_mem_bytes: 0 }
}

fn a_block_a_plane(planes: usize) -> LaunchConfig {
    LaunchConfig { grid_dim: (planes as u32, 1, 1), block_dim: (THREADS, 1, 1), shared_mem_bytes: 0 }
}
