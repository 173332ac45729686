//! Max-pooling over 2x2 windows with stride 2.

use candle_core::{CpuStorage, CustomOp1, Layout, Shape, Tensor};

use super::{Op, Role, only, planes};
use crate::{Convolution, Error, Result, cpu, kernel};

/// Largest value of each 2x2 window; an odd last row or column is left out. The gradient goes to the first
/// maximum in row-major order, as in PyTorch, TensorFlow and cuDNN.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MaxPool;

/// Max-pooling over 2x2 windows with stride 2, differentiable by the tensor library's `backward`.
///
/// (batch, channels, height, width) f32 to (batch, channels, ⌊height/2⌋, ⌊width/2⌋). The gradient goes to the
/// first maximum in row-major order; the tensor library's own max-pool scales it by the number of maxima
/// over four, which shrinks gradients at every pooling.
///
/// # Errors
/// [`Error::InputShape`] unless the input has four dimensions and at least 2x2 pixels.
pub fn max_pool2d(input: &Tensor) -> Result<Tensor> {
    MaxPool.shape(&[input.dims()])?;
    if cpu::is_native(input, Convolution::Fast) {
        return Ok(input.contiguous()?.apply_op1(MaxPool)?);
    }
    // Largest by selection: the gradient of `maximum` on the device is its own matter, so it is composed of
    // operations whose gradients are plain.
    let windows = Windows::of(input)?;
    let masks = windows.first_maximum()?;
    let mut sum = (&windows.values[0] * masks[0].detach())?;
    for (value, mask) in windows.values.iter().zip(&masks).skip(1) {
        sum = (sum + (value * mask.detach())?)?;
    }
    Ok(sum)
}

/// The four values of every window, in row-major order: each (batch, channels, ⌊height/2⌋, ⌊width/2⌋).
struct Windows {
    values: [Tensor; 4],
}

impl Windows {
    fn of(input: &Tensor) -> Result<Self> {
        let (b, c, h, w) = input.dims4()?;
        let (h, w) = (h / 2, w / 2);
        let even =
            input.narrow(2, 0, 2 * h)?.narrow(3, 0, 2 * w)?.contiguous()?.reshape(&[b, c, h, 2, w, 2])?;
        let value = |y: usize, x: usize| -> Result<Tensor> {
            Ok(even.narrow(3, y, 1)?.narrow(5, x, 1)?.contiguous()?.reshape((b, c, h, w))?)
        };
        Ok(Self { values: [value(0, 0)?, value(0, 1)?, value(1, 0)?, value(1, 1)?] })
    }

    fn maximum(&self) -> Result<Tensor> {
        let [a, b, c, d] = &self.values;
        Ok(a.maximum(b)?.maximum(&c.maximum(d)?)?)
    }

    /// 1 where the value is the window's first maximum, else 0.
    fn first_maximum(&self) -> Result<Vec<Tensor>> {
        let maximum = self.maximum()?;
        let mut free = maximum.ones_like()?;
        self.values
            .iter()
            .map(|value| {
                let hit = (value.eq(&maximum)?.to_dtype(maximum.dtype())? * &free)?;
                free = (&free - &hit)?;
                Ok(hit)
            })
            .collect()
    }
}

/// The gradient through the tensor library's operations, on any device.
fn portable_gradient(input: &Tensor, gradient: &Tensor) -> Result<Tensor> {
    let (b, c, h, w) = input.dims4()?;
    let masks = Windows::of(input)?.first_maximum()?;
    let parts: Vec<_> = masks.iter().map(|m| m * gradient).collect::<Result<_, _>>()?;
    let row = |y: usize| Tensor::stack(&parts[2 * y..2 * y + 2], 4);
    let even = Tensor::stack(&[row(0)?, row(1)?], 3)?.reshape((b, c, h / 2 * 2, w / 2 * 2))?;
    Ok(even.pad_with_zeros(2, 0, h % 2)?.pad_with_zeros(3, 0, w % 2)?.contiguous()?)
}

fn native_gradient(input: &Tensor, gradient: &Tensor) -> Result<Tensor> {
    let (h, w) = (input.dim(2)?, input.dim(3)?);
    let values = cpu::with_values2(input, gradient, |x, g| kernel::max_pool_gradient(x, g, h, w))?;
    cpu::tensor(values, input.dims())
}

impl Op for MaxPool {
    fn name(&self) -> String {
        "max-pool 2x2".into()
    }

    fn role(&self) -> Role {
        Role::Trunk
    }

    fn shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>> {
        let [b, c, h, w] = planes(&|| Op::name(self), inputs)?;
        if h < 2 || w < 2 {
            return Err(Error::InputShape {
                operation: Op::name(self),
                found: vec![b, c, h, w],
                expected: "at least 2x2 pixels".into(),
            });
        }
        Ok(vec![b, c, h / 2, w / 2])
    }

    fn forward(&self, inputs: &[&Tensor], convolution: Convolution) -> Result<Tensor> {
        let input = only(&|| Op::name(self), inputs)?;
        let shape = self.shape(&[input.dims()])?;
        #[cfg(feature = "cuda")]
        if crate::cuda::serves(input, convolution) {
            return crate::cuda::max_pool(input);
        }
        if !cpu::is_native(input, convolution) {
            return Windows::of(input)?.maximum();
        }
        let (h, w) = (input.dim(2)?, input.dim(3)?);
        cpu::tensor(cpu::with_values(input, |x| kernel::max_pool(x, h, w))?, shape)
    }

    fn vjp(
        &self,
        inputs: &[&Tensor],
        _: &Tensor,
        gradient: &Tensor,
        convolution: Convolution,
    ) -> Result<Vec<Tensor>> {
        let input = only(&|| Op::name(self), inputs)?;
        #[cfg(feature = "cuda")]
        if crate::cuda::serves(input, convolution) {
            return Ok(vec![crate::cuda::max_pool_gradient(input, gradient)?]);
        }
        Ok(vec![match cpu::is_native(input, convolution) {
            true => native_gradient(input, gradient)?,
            false => portable_gradient(input, gradient)?,
        }])
    }
}

impl CustomOp1 for MaxPool {
    fn name(&self) -> &'static str {
        "anv-max-pool"
    }

    fn cpu_fwd(&self, storage: &CpuStorage, layout: &Layout) -> candle_core::Result<(CpuStorage, Shape)> {
        let (b, c, h, w) = layout.shape().dims4()?;
        let Some((from, to)) = layout.contiguous_offsets() else {
            candle_core::bail!("max-pool needs a contiguous input");
        };
        let output = kernel::max_pool(&storage.as_slice::<f32>()?[from..to], h, w);
        Ok((CpuStorage::F32(output), Shape::from((b, c, h / 2, w / 2))))
    }

    fn bwd(&self, input: &Tensor, _: &Tensor, gradient: &Tensor) -> candle_core::Result<Option<Tensor>> {
        native_gradient(input, gradient).map(Some).map_err(candle_core::Error::wrap)
    }
}
