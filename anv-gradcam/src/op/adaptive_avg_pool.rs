//! Average pooling to a fixed number of cells, for inputs of any size.

use candle_core::{Device, Tensor};

use super::{Op, Role, only, planes};
use crate::kernel::{self, cell_range};
use crate::{Convolution, Result, cpu};

/// Cell i of n covers rows ⌊i·h/n⌋ to ⌈(i+1)·h/n⌉ and likewise columns (PyTorch's adaptive average pool). Through
/// the tensor library it is the product of two small matrices with the input, `Pₕ · X · P_wᵀ`.
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

/// Rows of averaging weights, (cells, size), of the type and on the device of `like`.
fn averages(cells: usize, size: usize, like: &Tensor) -> Result<Tensor> {
    let mut values = vec![0f64; cells * size];
    for (cell, row) in values.chunks_exact_mut(size.max(1)).enumerate() {
        let range = cell_range(cell, cells, size);
        let share = 1.0 / range.len() as f64;
        row[range].fill(share);
    }
    let averages = Tensor::from_vec(values, (cells, size), &Device::Cpu)?;
    Ok(averages.to_dtype(like.dtype())?.to_device(like.device())?)
}

/// `left · input · rightᵀ` for every plane of `input`.
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

    fn forward(&self, inputs: &[&Tensor], convolution: Convolution) -> Result<Tensor> {
        let input = only(&|| self.name(), inputs)?;
        let (b, c, h, w) = input.dims4()?;
        if (h, w) == self.cells {
            return Ok(input.clone());
        }
        if cpu::is_native(input, convolution) {
            let values = cpu::with_values(input, |x| kernel::average_pool(x, (h, w), self.cells))?;
            return cpu::tensor(values, (b, c, self.cells.0, self.cells.1));
        }
        sandwich(&averages(self.cells.0, h, input)?, input, &averages(self.cells.1, w, input)?)
    }

    fn vjp(
        &self,
        inputs: &[&Tensor],
        _: &Tensor,
        gradient: &Tensor,
        convolution: Convolution,
    ) -> Result<Vec<Tensor>> {
        let (b, c, h, w) = only(&|| self.name(), inputs)?.dims4()?;
        if (h, w) == self.cells {
            return Ok(vec![gradient.clone()]);
        }
        if cpu::is_native(gradient, convolution) {
            let back = |g: &[f32]| kernel::average_pool_gradient(g, (h, w), self.cells);
            return Ok(vec![cpu::tensor(cpu::with_values(gradient, back)?, (b, c, h, w))?]);
        }
        let (left, right) = (averages(self.cells.0, h, gradient)?, averages(self.cells.1, w, gradient)?);
        Ok(vec![sandwich(&left.t()?.contiguous()?, gradient, &right.t()?.contiguous()?)?])
    }
}
