//! A fully connected layer.

use candle_core::Tensor;

use super::{Op, Role, only};
use crate::{Convolution, Error, Result, cpu, kernel};

/// `x · weightᵀ + bias` with weight (outputs, inputs).
#[derive(Debug)]
pub(crate) struct Linear {
    name: String,
    weight: Tensor,
    bias: Option<Tensor>,
}

impl Linear {
    /// Checks weight (outputs, inputs) and bias (outputs).
    pub fn new(name: &str, weight: Tensor, bias: Option<Tensor>) -> Result<Self> {
        let outputs = weight.dims().first().copied().unwrap_or(0);
        if weight.rank() != 2 || weight.elem_count() == 0 {
            return Err(Error::TensorShape {
                tensor: format!("{name}: weight"),
                found: weight.dims().to_vec(),
                expected: "(outputs, inputs)".into(),
            });
        }
        if let Some(bias) = bias.as_ref().filter(|b| b.dims() != [outputs]) {
            return Err(Error::TensorShape {
                tensor: format!("{name}: bias"),
                found: bias.dims().to_vec(),
                expected: format!("[{outputs}]"),
            });
        }
        Ok(Self { name: name.to_owned(), weight: weight.contiguous()?, bias })
    }
}

impl Op for Linear {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn role(&self) -> Role {
        Role::Head
    }

    fn shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>> {
        let (outputs, width) = self.weight.dims2()?;
        match *only(&|| self.name(), inputs)? {
            [batch, found] if found == width => Ok(vec![batch, outputs]),
            ref found => Err(Error::InputShape {
                operation: self.name(),
                found: found.to_vec(),
                expected: format!("(batch, {width})"),
            }),
        }
    }

    fn forward(&self, inputs: &[&Tensor], convolution: Convolution) -> Result<Tensor> {
        let input = only(&|| self.name(), inputs)?;
        let shape = self.shape(&[input.dims()])?;
        if cpu::is_native(input, convolution) {
            let (outputs, width) = self.weight.dims2()?;
            let bias = self.bias.as_ref().map(|b| b.to_vec1::<f32>()).transpose()?;
            let values = cpu::with_values2(input, &self.weight, |x, w| {
                kernel::linear(x, w, bias.as_deref(), outputs, width)
            })?;
            return cpu::tensor(values, shape);
        }
        let output = input.matmul(&self.weight.to_dtype(input.dtype())?.t()?)?;
        Ok(match &self.bias {
            Some(bias) => output.broadcast_add(&bias.to_dtype(input.dtype())?)?,
            None => output,
        })
    }

    fn vjp(
        &self,
        inputs: &[&Tensor],
        _: &Tensor,
        gradient: &Tensor,
        convolution: Convolution,
    ) -> Result<Vec<Tensor>> {
        let input = only(&|| self.name(), inputs)?;
        if !cpu::is_native(gradient, convolution) {
            return Ok(vec![gradient.matmul(&self.weight.to_dtype(gradient.dtype())?)?]);
        }
        let (outputs, width) = self.weight.dims2()?;
        let values =
            cpu::with_values2(gradient, &self.weight, |g, w| kernel::linear_gradient(g, w, outputs, width))?;
        Ok(vec![cpu::tensor(values, input.dims())?])
    }
}
