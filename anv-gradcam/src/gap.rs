//! Global average pooling of gradients.

use anv_core::ndarray::Array2;
use candle_core::{DType, Device, Tensor};
use rayon::prelude::*;

use crate::{Convolution, Result, cpu};

/// What is averaged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pooling {
    /// `[A > 0]·[G > 0]·G`.
    Guided,
    /// `G`.
    Plain,
}

/// Mean a channel, shape (batch, channels), accumulated in f64.
pub(crate) fn gap(activation: &Tensor, gradient: &Tensor, pooling: Pooling) -> Result<Array2<f64>> {
    let (batch, channels, height, width) = gradient.dims4()?;
    let plane = height * width;
    if !cpu::is_native(gradient, Convolution::Fast) {
        return means(&sums(activation, gradient, pooling)?, plane);
    }
    let means = cpu::with_values2(activation, gradient, |a, g| {
        let planes = a.par_chunks(plane).zip(g.par_chunks(plane));
        planes.map(|(a, g)| sum(a, g, pooling) / plane as f64).collect::<Vec<_>>()
    })?;
    cpu::array((batch, channels), means)
}

/// Sums over parts of each map, (batch, channels, parts), on the device: rows in its own type, since not every device has
/// f64, or the whole map in f64.
pub(crate) fn sums(activation: &Tensor, gradient: &Tensor, pooling: Pooling) -> Result<Tensor> {
    #[cfg(feature = "cuda")]
    if crate::cuda::serves(gradient, Convolution::Fast) {
        return crate::cuda::sums(activation, gradient, pooling == Pooling::Guided);
    }
    let gated = match pooling {
        Pooling::Guided => (gradient.relu()? * activation.gt(0f32)?.to_dtype(gradient.dtype())?)?,
        Pooling::Plain => gradient.clone(),
    };
    // A row of half-precision values has no half-precision sum.
    let gated = if gated.dtype() == DType::F16 { gated.to_dtype(DType::F32)? } else { gated };
    Ok(gated.sum(3)?)
}

/// Means of maps of `plane` values from their [`sums`], which are added here in f64.
pub(crate) fn means(sums: &Tensor, plane: usize) -> Result<Array2<f64>> {
    let (batch, channels, parts) = sums.dims3()?;
    let sums = sums.to_device(&Device::Cpu)?.to_dtype(DType::F64)?;
    let mean = |parts: &[f64]| parts.iter().sum::<f64>() / plane as f64;
    let means = cpu::with_values(&sums, |sums: &[f64]| sums.chunks_exact(parts).map(mean).collect())?;
    cpu::array((batch, channels), means)
}

/// Sum over one map, in sixteen independent chains so that it vectorises.
fn sum(activation: &[f32], gradient: &[f32], pooling: Pooling) -> f64 {
    const LANES: usize = 16;
    let gate = |a: f32, g: f32| match pooling {
        Pooling::Guided => {
            if a > 0.0 {
                g.max(0.0)
            } else {
                0.0
            }
        }
        Pooling::Plain => g,
    };
    let (a_chunks, g_chunks) = (activation.chunks_exact(LANES), gradient.chunks_exact(LANES));
    let rest = a_chunks.remainder().iter().zip(g_chunks.remainder());
    let rest: f64 = rest.map(|(&a, &g)| f64::from(gate(a, g))).sum();
    let mut sums = [0f64; LANES];
    for (a, g) in a_chunks.zip(g_chunks) {
        for lane in 0..LANES {
            sums[lane] += f64::from(gate(a[lane], g[lane]));
        }
    }
    sums.iter().sum::<f64>() + rest
}
