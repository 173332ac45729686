//! Average pooling to a fixed number of cells, for inputs of any size.

use candle_core::{Device, Tensor};

use super::{Op, Role, only, planes};
use crate::{Convolution, Result};

/// Cell i of n covers rows ⌊i·h/n⌋ to ⌈(i+1)·h/n⌉ and likewise columns (PyTorch's adaptive average pool): the
/// product of two small matrices with the input, `Pₕ · X · P_wᵀ`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct AdaptiveAvgPool {
    cells: (usize, usize),
}

impl AdaptiveAvgPool {
    /// Pools to `cells` rows and columns.
    pub fn new(cells: (usize, usize)) -> Self {
        Self { cells }
    }
}

/// Rows of averaging weights, (cells, size).
fn averages(cells: usize, size: usize, device: &Device) -> Result<Tensor> {
    let mut values = vec![0f32; cells * size];
    for (cell, row) in values.chunks_exact_mut(size.max(1)).enumerate() {
        let (from, to) = (cell * size / cells, ((cell + 1) * size).div_ceil(cells));
        row[from..to].fill(1.0 / (to - from) as f32);
    }
    Ok(Tensor::from_vec(values, (cells, size), device)?)
}

/// `left · input · rightᵀ` for every plane of `input`, summed in a fixed order.
fn sandwich(left: &Tensor, input: &Tensor, right: &Tensor) -> Result<Tensor> {
    let (b, c, h, w) = input.dims4()?;
    let (rows, columns) = (left.dim(0)?, right.dim(0)?);
    let wide = input.contiguous()?.reshape((b * c * h, w))?.matmul(&right.t()?)?;
    let tall = wide.reshape((b * c, h, columns))?.transpose(1, 2)?.contiguous()?;
    let tall = tall.reshape((b * c * columns, h))?.matmul(&left.t()?)?;
    let pooled = tall.reshape((b, c, columns, rows))?.transpose(2, 3)?;
    Ok(pooled.contiguous()?)
}

impl Op for AdaptiveAvgPool {
    fn name(&self) -> String {
        format!("average pool to {}x{}", self.cells.0, self.cells.1)
    }

    fn role(&self) -> Role {
        Role::Head
    }

    fn shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>> {
        let [b, c, ..] = planes(&|| self.name(), inputs)?;
        Ok(vec![b, c, self.cells.0, self.cells.1])
    }

    fn forward(&self, inputs: &[&Tensor], _: Convolution) -> Result<Tensor> {
        let input = only(&|| self.name(), inputs)?;
        let (_, _, h, w) = input.dims4()?;
        if (h, w) == self.cells {
            return Ok(input.clone());
        }
        let device = input.device();
        sandwich(&averages(self.cells.0, h, device)?, input, &averages(self.cells.1, w, device)?)
    }

    fn vjp(&self, inputs: &[&Tensor], _: &Tensor, gradient: &Tensor, _: Convolution) -> Result<Vec<Tensor>> {
        let (_, _, h, w) = only(&|| self.name(), inputs)?.dims4()?;
        if (h, w) == self.cells {
            return Ok(vec![gradient.clone()]);
        }
        let device = gradient.device();
        let (left, right) = (averages(self.cells.0, h, device)?, averages(self.cells.1, w, device)?);
        Ok(vec![sandwich(&left.t()?.contiguous()?, gradient, &right.t()?.contiguous()?)?])
    }
}
