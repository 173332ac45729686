//! The rectified linear unit.

use candle_core::Tensor;

use super::{Op, Role, only};
use crate::{Convolution, Result};

/// `max(x, 0)`. The gradient passes where the output is above 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relu;

/// `gradient · [output > 0]`.
pub(crate) fn gate(gradient: &Tensor, output: &Tensor) -> Result<Tensor> {
    let open = output.gt(0f32)?.to_dtype(gradient.dtype())?;
    Ok((gradient * open)?)
}

impl Op for Relu {
    fn name(&self) -> String {
        "relu".into()
    }

    fn role(&self) -> Role {
        Role::Layer
    }

    fn shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>> {
        Ok(only(&|| self.name(), inputs)?.to_vec())
    }

    fn forward(&self, inputs: &[&Tensor], _: Convolution) -> Result<Tensor> {
        Ok(only(&|| self.name(), inputs)?.relu()?)
    }

    fn vjp(&self, _: &[&Tensor], output: &Tensor, gradient: &Tensor, _: Convolution) -> Result<Vec<Tensor>> {
        Ok(vec![gate(gradient, output)?])
    }
}
