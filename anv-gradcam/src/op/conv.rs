//! Convolution with bias, and with a ReLU where one follows.

use candle_core::{DType, Tensor};

use super::relu::gate;
use super::{Op, Role, only};
use crate::conv::{candle_forward, candle_input_gradient};
#[cfg(feature = "cudnn")]
use crate::cuda;
use crate::kernel::{self, Geometry};
use crate::{ConvParams, Convolution, Error, Result, cpu};

/// A named convolution: a layer of the explanation.
#[derive(Debug)]
pub(crate) struct Conv {
    name: String,
    kernel: Tensor,
    bias: Option<Tensor>,
    params: ConvParams,
    relu: bool,
}

impl Conv {
    /// Checks kernel (outputs, inputs, kh, kw) and bias (outputs).
    pub fn new(name: &str, kernel: Tensor, bias: Option<Tensor>, params: ConvParams) -> Result<Self> {
        let outputs = kernel.dims().first().copied().unwrap_or(0);
        if kernel.rank() != 4 || kernel.elem_count() == 0 {
            return Err(Error::TensorShape {
                tensor: format!("{name}: kernel"),
                found: kernel.dims().to_vec(),
                expected: "(outputs, inputs, height, width)".into(),
            });
        }
        if let Some(bias) = bias.as_ref().filter(|b| b.dims() != [outputs]) {
            return Err(Error::TensorShape {
                tensor: format!("{name}: bias"),
                found: bias.dims().to_vec(),
                expected: format!("[{outputs}]"),
            });
        }
        let (kernel, bias) = (kernel.contiguous()?, bias.map(|b| b.contiguous()).transpose()?);
        Ok(Self { name: name.to_owned(), kernel, bias, params, relu: false })
    }

    /// In f64, by im2col.
    fn exact_forward(&self, input: &Tensor, g: &Geometry) -> Result<Tensor> {
        let kernel = self.kernel.to_dtype(DType::F64)?;
        let bias = self.bias.as_ref().map(|b| b.to_dtype(DType::F64)?.to_vec1::<f64>()).transpose()?;
        let output = cpu::with_values2(input, &kernel, |x, k| {
            kernel::conv_forward(x, k, bias.as_deref(), self.relu, g)
        })?;
        let (h, w) = g.output().unwrap_or_default();
        cpu::tensor(output, (g.batch, g.outputs, h, w))
    }

    /// As [`Conv::exact_forward`], backward.
    fn exact_gradient(&self, output: &Tensor, gradient: &Tensor, g: &Geometry) -> Result<Tensor> {
        let gated = match self.relu {
            true => gate(gradient, output, Convolution::Exact)?,
            false => gradient.clone(),
        };
        let kernel = self.kernel.to_dtype(DType::F64)?;
        let result =
            cpu::with_values2::<f64, _>(&gated, &kernel, |d, k| kernel::conv_input_gradient(d, k, g))?;
        cpu::tensor(result, (g.batch, g.inputs, g.height, g.width))
    }

    fn geometry(&self, input: &[usize]) -> Result<Geometry> {
        self.params.geometry(&self.name, input, self.kernel.dims())
    }
}

impl Op for Conv {
    fn name(&self) -> String {
        self.name.clone()
    }

    fn role(&self) -> Role {
        Role::Layer
    }

    fn shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>> {
        let g = self.geometry(only(&|| self.name(), inputs)?)?;
        let (h, w) = g.output().unwrap_or_default();
        Ok(vec![g.batch, g.outputs, h, w])
    }

    fn forward(&self, inputs: &[&Tensor], convolution: Convolution) -> Result<Tensor> {
        let input = only(&|| self.name(), inputs)?;
        let g = self.geometry(input.dims())?;
        if input.dtype() == DType::F64 {
            return self.exact_forward(input, &g);
        }
        if !cpu::is_native(input, convolution) {
            let kernel = self.kernel.to_dtype(input.dtype())?;
            let bias = self.bias.as_ref().map(|b| b.to_dtype(input.dtype())).transpose()?;
            #[cfg(feature = "cudnn")]
            if cuda::serves(input, convolution) {
                return cuda::forward(input, &kernel, bias.as_ref(), self.relu, &g);
            }
            let output = candle_forward(input, &kernel, bias.as_ref(), self.params)?;
            return if self.relu { Ok(output.relu()?) } else { Ok(output) };
        }
        let bias = self.bias.as_ref().map(|b| b.to_vec1::<f32>()).transpose()?;
        let output = cpu::with_values2(input, &self.kernel, |x, k| {
            kernel::forward(x, k, bias.as_deref(), self.relu, &g)
        })?;
        let (h, w) = g.output().unwrap_or_default();
        cpu::tensor(output, (g.batch, g.outputs, h, w))
    }

    fn vjp(
        &self,
        inputs: &[&Tensor],
        output: &Tensor,
        gradient: &Tensor,
        convolution: Convolution,
    ) -> Result<Vec<Tensor>> {
        let input = only(&|| self.name(), inputs)?;
        let g = self.geometry(input.dims())?;
        if gradient.dtype() == DType::F64 {
            return Ok(vec![self.exact_gradient(output, gradient, &g)?]);
        }
        if !cpu::is_native(gradient, convolution) {
            let gated = if self.relu { gate(gradient, output, convolution)? } else { gradient.clone() };
            let kernel = self.kernel.to_dtype(gradient.dtype())?;
            #[cfg(feature = "cudnn")]
            if cuda::serves(&gated, convolution) {
                return Ok(vec![cuda::input_gradient(&gated, &kernel, &g)?]);
            }
            return Ok(vec![candle_input_gradient(&gated, &kernel, &g)?]);
        }
        let result = cpu::with_values2(gradient, &self.kernel, |d, k| match self.relu {
            true => cpu::with_values(output, |a| kernel::input_gradient(d, Some(a), k, &g)),
            false => Ok(kernel::input_gradient(d, None, k, &g)),
        })??;
        Ok(vec![cpu::tensor(result, input.dims())?])
    }

    fn fuse_relu(&mut self) -> bool {
        self.relu = true;
        true
    }
}
