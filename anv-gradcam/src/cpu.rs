//! Between tensors on the CPU and plain slices.

use anv_core::ndarray::{Array, Dimension, IntoDimension};
use candle_core::{DType, Device, Storage, Tensor};

use crate::kernel::Real;
use crate::{Convolution, Error, Result};

/// The type that a network computes in: f64 for [`Convolution::Exact`], which is for the CPU alone.
pub(crate) fn dtype(device: &Device, convolution: Convolution) -> DType {
    match convolution {
        Convolution::Exact if device.is_cpu() => DType::F64,
        Convolution::Half => DType::F16,
        _ => DType::F32,
    }
}

/// What the logit's gradient of 1 is multiplied by on its way back. Gradients of VGG-16's first layers lie around
/// 1e-6 to 1e-4, where half precision has few digits left; a power of two moves them without rounding.
pub(crate) fn gradient_scale(dtype: DType) -> f32 {
    if dtype == DType::F16 { 4096.0 } else { 1.0 }
}

/// Whether this crate's own f32 kernels serve, rather than the tensor library's operations.
pub(crate) fn is_native(tensor: &Tensor, convolution: Convolution) -> bool {
    tensor.device().is_cpu() && tensor.dtype() == DType::F32 && convolution != Convolution::Candle
}

/// Lends the values of a tensor on the CPU, in row-major order.
pub(crate) fn with_values<T: Real, R>(tensor: &Tensor, f: impl FnOnce(&[T]) -> R) -> Result<R> {
    let tensor = tensor.contiguous()?;
    let (storage, layout) = tensor.storage_and_layout();
    match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cpu(values), Some((from, to))) if tensor.dtype() == T::DTYPE => {
            Ok(f(&values.as_slice::<T>()?[from..to]))
        }
        _ => Err(Error::TensorType { tensor: "input".into(), found: format!("{:?}", tensor.dtype()) }),
    }
}

/// As [`with_values`], for two tensors.
pub(crate) fn with_values2<T: Real, R>(a: &Tensor, b: &Tensor, f: impl FnOnce(&[T], &[T]) -> R) -> Result<R> {
    with_values(a, |a| with_values(b, |b| f(a, b)))?
}

/// A tensor on the CPU that takes over `values`.
pub(crate) fn tensor<T: Real>(values: Vec<T>, shape: impl Into<candle_core::Shape>) -> Result<Tensor> {
    Ok(Tensor::from_vec(values, shape.into(), &Device::Cpu)?)
}

/// An array that takes over `values`.
pub(crate) fn array<T, S: IntoDimension<Dim = D>, D: Dimension>(
    shape: S,
    values: Vec<T>,
) -> Result<Array<T, D>> {
    Array::from_shape_vec(shape.into_dimension(), values)
        .map_err(|e| Error::Tensor(candle_core::Error::wrap(e)))
}
