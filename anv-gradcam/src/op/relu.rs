//! The rectified linear unit.

use candle_core::Tensor;

use super::{Op, Role, only};
use crate::{Convolution, Result, cpu, kernel};

/// `max(x, 0)`. The gradient passes where the output is above 0.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Relu;

/// `gradient · [output > 0]`.
#[cfg_attr(not(feature = "cuda"), expect(unused_variables, reason = "says whether CUDA's kernels serve"))]
pub(crate) fn gate(gradient: &Tensor, output: &Tensor, convolution: Convolution) -> Result<Tensor> {
    #[cfg(feature = "cuda")]
    if crate::cuda::serves(gradient, convolution) {
        return crate::cuda::gate(gradient, output);
    }
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

    fn forward(&self, inputs: &[&Tensor], convolution: Convolution) -> Result<Tensor> {
        let input = only(&|| self.name(), inputs)?;
        match cpu::is_native(input, convolution) {
            true => cpu::tensor(cpu::with_values(input, kernel::relu)?, input.dims()),
            false => Ok(input.relu()?),
        }
    }

    fn vjp(
        &self,
        _: &[&Tensor],
        output: &Tensor,
        gradient: &Tensor,
        convolution: Convolution,
    ) -> Result<Vec<Tensor>> {
        Ok(vec![match cpu::is_native(gradient, convolution) {
            true => cpu::tensor(cpu::with_values2(gradient, output, kernel::gated::<f32>)?, gradient.dims())?,
            false => gate(gradient, output, convolution)?,
        }])
    }
}
