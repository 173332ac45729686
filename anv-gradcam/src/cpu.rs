//! Between tensors on the CPU and plain slices.

use candle_core::{CpuStorage, DType, Device, Storage, Tensor};

use crate::{Convolution, Error, Result};

/// Whether this crate's own kernels serve, rather than the tensor library's operations.
pub(crate) fn is_native(tensor: &Tensor, convolution: Convolution) -> bool {
    tensor.device().is_cpu() && tensor.dtype() == DType::F32 && convolution != Convolution::Candle
}

/// Lends the values of an f32 tensor on the CPU, in row-major order.
pub(crate) fn with_values<R>(tensor: &Tensor, f: impl FnOnce(&[f32]) -> R) -> Result<R> {
    let tensor = tensor.contiguous()?;
    let (storage, layout) = tensor.storage_and_layout();
    match (&*storage, layout.contiguous_offsets()) {
        (Storage::Cpu(CpuStorage::F32(values)), Some((from, to))) => Ok(f(&values[from..to])),
        _ => Err(Error::TensorType { tensor: "input".into(), found: format!("{:?}", tensor.dtype()) }),
    }
}

/// As [`with_values`], for two tensors.
pub(crate) fn with_values2<R>(a: &Tensor, b: &Tensor, f: impl FnOnce(&[f32], &[f32]) -> R) -> Result<R> {
    with_values(a, |a| with_values(b, |b| f(a, b)))?
}

/// A tensor on the CPU that takes over `values`.
pub(crate) fn tensor(values: Vec<f32>, shape: impl Into<candle_core::Shape>) -> Result<Tensor> {
    Ok(Tensor::from_vec(values, shape.into(), &Device::Cpu)?)
}
