//! Global average pooling of gradients.

use anv_core::ndarray::Array1;
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

/// Mean a channel of the first sample, accumulated in f64.
pub(crate) fn gap(activation: &Tensor, gradient: &Tensor, pooling: Pooling) -> Result<Array1<f64>> {
    if !cpu::is_native(gradient, Convolution::Fast) {
        return portable(activation, gradient, pooling);
    }
    let (_, channels, height, width) = gradient.dims4()?;
    let plane = height * width;
    let means = cpu::with_values2(activation, gradient, |a, g| {
        let planes = a.par_chunks(plane).zip(g.par_chunks(plane)).take(channels);
        planes.map(|(a, g)| sum(a, g, pooling) / plane as f64).collect::<Vec<_>>()
    })?;
    Ok(Array1::from(means))
}

/// Rows are summed on the device in its own type (not every device has f64), the row sums here in f64.
fn portable(activation: &Tensor, gradient: &Tensor, pooling: Pooling) -> Result<Array1<f64>> {
    let (_, channels, height, width) = gradient.dims4()?;
    let (activation, gradient) = (activation.narrow(0, 0, 1)?, gradient.narrow(0, 0, 1)?);
    let gated = match pooling {
        Pooling::Guided => (gradient.relu()? * activation.gt(0f32)?.to_dtype(gradient.dtype())?)?,
        Pooling::Plain => gradient,
    };
    let rows = gated.sum(3)?.reshape((channels, height))?.to_device(&Device::Cpu)?;
    let rows = rows.to_dtype(DType::F64)?.to_vec2::<f64>()?;
    let mean = |row: &Vec<f64>| row.iter().sum::<f64>() / (height * width) as f64;
    Ok(rows.iter().map(mean).collect())
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
