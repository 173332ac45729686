//! Between tensors on the CPU and plain slices.

use candle_core::{DType, Device, Storage, Tensor};

use crate::kernel::Real;
use crate::{Convolution, Error, Result};

/// The type that a network computes in: f64 for [`Convolution::Exact`], which is for the CPU alone.
pub(crate) fn dtype(device: &Device, convolution: Convolution) -> DType {
    if device.is_cpu() && convolution == Convolution::Exact { DType::F64 } else { DType::F32 }
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
