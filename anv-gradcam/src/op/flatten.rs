//! From maps to one row a sample.

use candle_core::Tensor;

use super::{Op, Role, only};
use crate::{Convolution, Result};

/// (batch, …) to (batch, product of the rest).
#[derive(Debug, Clone, Copy)]
pub(crate) struct Flatten;

impl Op for Flatten {
    fn name(&self) -> String {
        "flatten".into()
    }

    fn role(&self) -> Role {
        Role::Head
    }

    fn shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>> {
        let input = only(&|| self.name(), inputs)?;
        let (batch, rest) = input.split_first().map_or((1, input), |(b, r)| (*b, r));
        Ok(vec![batch, rest.iter().product()])
    }

    fn forward(&self, inputs: &[&Tensor], _: Convolution) -> Result<Tensor> {
        Ok(only(&|| self.name(), inputs)?.flatten_from(1)?)
    }

    fn vjp(&self, inputs: &[&Tensor], _: &Tensor, gradient: &Tensor, _: Convolution) -> Result<Vec<Tensor>> {
        Ok(vec![gradient.reshape(only(&|| self.name(), inputs)?.shape())?])
    }
}
