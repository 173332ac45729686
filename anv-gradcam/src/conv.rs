//! Convolution on tensors: this crate's kernels on the CPU, the tensor library's elsewhere.

use candle_core::{CpuStorage, CustomOp2, CustomOp3, Layout, Shape, Tensor};

use crate::kernel::{self, Geometry};
use crate::{Convolution, Error, Result, cpu};

/// Stride and padding of a convolution, the same in both directions.
///
/// ```
/// use anv_gradcam::ConvParams;
/// assert_eq!(ConvParams::default().padding(1), ConvParams { stride: 1, padding: 1 });
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConvParams {
    /// Step between windows, in pixels, at least 1.
    pub stride: usize,
    /// Rows and columns of zeros put around the input.
    pub padding: usize,
}

impl Default for ConvParams {
    fn default() -> Self {
        Self { stride: 1, padding: 0 }
    }
}

impl ConvParams {
    /// Sets the step between windows.
    #[must_use]
    pub fn stride(mut self, stride: usize) -> Self {
        self.stride = stride;
        self
    }

    /// Sets the rows and columns of zeros around the input.
    #[must_use]
    pub fn padding(mut self, padding: usize) -> Self {
        self.padding = padding;
        self
    }

    /// The geometry for these shapes, or what is wrong with them.
    pub(crate) fn geometry(self, name: &str, input: &[usize], kernel: &[usize]) -> Result<Geometry> {
        let misfit = |expected: String| Error::InputShape {
            operation: name.to_owned(),
            found: input.to_vec(),
            expected,
        };
        if self.stride == 0 {
            return Err(Error::Parameter { name: "stride", found: "0".into(), expected: "at least 1" });
        }
        let &[outputs, inputs, kh, kw] = kernel else {
            return Err(Error::TensorShape {
                tensor: format!("{name}: kernel"),
                found: kernel.to_vec(),
                expected: "(outputs, inputs, height, width)".into(),
            });
        };
        let &[batch, channels, height, width] = input else {
            return Err(misfit("(batch, channels, height, width)".into()));
        };
        if channels != inputs {
            return Err(misfit(format!("{inputs} channels")));
        }
        let g = Geometry {
            batch,
            inputs,
            outputs,
            height,
            width,
            kernel: (kh, kw),
            stride: self.stride,
            padding: self.padding,
        };
        match g.output() {
            Some((h, w)) if h > 0 && w > 0 && kh > 0 && kw > 0 => Ok(g),
            _ => Err(misfit(format!("at least {kh}x{kw} pixels with the padding of {}", self.padding))),
        }
    }
}

/// Two-dimensional convolution (cross-correlation), differentiable by the tensor library's `backward`.
///
/// `input` is (batch, inputs, height, width), `kernel` (outputs, inputs, kernel height, kernel width), `bias`
/// (outputs), all f32; the output is (batch, outputs, ⌊(height + 2·padding − kernel height)/stride⌋ + 1, …). On
/// the CPU forward and all three gradients run on this crate's kernels; on other devices the tensor library's
/// own convolution serves, for the gradients too.
///
/// ```
/// use anv_gradcam::{ConvParams, candle_core::{Device, Tensor, Var}, conv2d};
/// let input = Tensor::ones((1, 1, 4, 4), candle_core::DType::F32, &Device::Cpu)?;
/// let kernel = Var::ones((1, 1, 3, 3), candle_core::DType::F32, &Device::Cpu)?;
/// let output = conv2d(&input, &kernel, None, ConvParams::default().padding(1))?;
/// assert_eq!(output.get(0)?.get(0)?.get(1)?.to_vec1::<f32>()?, [6.0, 9.0, 9.0, 6.0]);
/// let gradients = output.sum_all()?.backward()?;
/// assert_eq!(gradients.get(&kernel).unwrap().flatten_all()?.to_vec1::<f32>()?[4], 16.0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
/// [`Error::InputShape`] or [`Error::TensorShape`] when the shapes do not fit, [`Error::Tensor`] when the
/// tensor library fails.
pub fn conv2d(
    input: &Tensor,
    kernel: &Tensor,
    bias: Option<&Tensor>,
    params: impl Into<ConvParams>,
) -> Result<Tensor> {
    let params = params.into();
    let g = params.geometry("conv2d", input.dims(), kernel.dims())?;
    if let Some(bias) = bias.filter(|b| b.dims() != [g.outputs]) {
        return Err(Error::TensorShape {
            tensor: "conv2d: bias".into(),
            found: bias.dims().to_vec(),
            expected: format!("[{}]", g.outputs),
        });
    }
    if !cpu::is_native(input, Convolution::Fast) || !cpu::is_native(kernel, Convolution::Fast) {
        return candle_forward(input, kernel, bias, params);
    }
    let op = ConvOp { geometry: g };
    let (input, kernel) = (input.contiguous()?, kernel.contiguous()?);
    Ok(match bias {
        Some(bias) => input.apply_op3(&kernel, &bias.contiguous()?, op)?,
        None => input.apply_op2(&kernel, op)?,
    })
}

/// The tensor library's own convolution.
pub(crate) fn candle_forward(
    input: &Tensor,
    kernel: &Tensor,
    bias: Option<&Tensor>,
    params: ConvParams,
) -> Result<Tensor> {
    let output = input.conv2d(kernel, params.padding, params.stride, 1, 1)?;
    Ok(match bias {
        Some(bias) => output.broadcast_add(&bias.reshape((1, (), 1, 1))?)?,
        None => output,
    })
}

/// The gradient with respect to the input, through the tensor library's transposed convolution.
pub(crate) fn candle_input_gradient(gradient: &Tensor, kernel: &Tensor, g: &Geometry) -> Result<Tensor> {
    let back = |size: usize, k: usize, out: usize| (size + 2 * g.padding) - ((out - 1) * g.stride + k);
    let (out_h, out_w) = g.output().unwrap_or((1, 1));
    let (extra_h, extra_w) = (back(g.height, g.kernel.0, out_h), back(g.width, g.kernel.1, out_w));
    if g.stride == 1 && g.kernel.0 == g.kernel.1 && g.padding < g.kernel.0 {
        // With stride 1 it is a convolution with the kernel turned round: several times faster than the
        // transposed one.
        let turned = kernel.transpose(0, 1)?.contiguous()?.flip(&[2, 3])?.contiguous()?;
        return Ok(gradient.conv2d(&turned, g.kernel.0 - 1 - g.padding, 1, 1, 1)?);
    }
    let full = gradient.conv_transpose2d(kernel, 0, 0, g.stride, 1)?;
    let full = full.pad_with_zeros(2, 0, extra_h)?.pad_with_zeros(3, 0, extra_w)?;
    Ok(full.narrow(2, g.padding, g.height)?.narrow(3, g.padding, g.width)?.contiguous()?)
}

/// The convolution as a custom operation of the tensor library, on the CPU.
struct ConvOp {
    geometry: Geometry,
}

impl ConvOp {
    fn forward(
        &self,
        (input, input_layout): (&CpuStorage, &Layout),
        (kernel, kernel_layout): (&CpuStorage, &Layout),
        bias: Option<(&CpuStorage, &Layout)>,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        let (input, kernel) = (values(input, input_layout)?, values(kernel, kernel_layout)?);
        let bias = bias.map(|(b, layout)| values(b, layout)).transpose()?;
        let g = &self.geometry;
        let output = kernel::forward(input, kernel, bias, false, g);
        let (h, w) = g.output().unwrap_or_default();
        Ok((CpuStorage::F32(output), Shape::from((g.batch, g.outputs, h, w))))
    }

    fn backward(
        &self,
        input: &Tensor,
        kernel: &Tensor,
        gradient: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Option<Tensor>)> {
        let g = &self.geometry;
        // Nobody asks for the gradient of a constant, and each of the two costs as much as the forward pass.
        let wanted = |t: &Tensor, f: &dyn Fn() -> Result<Vec<f32>>| -> candle_core::Result<Option<Tensor>> {
            match t.track_op() {
                true => Ok(Some(cpu::tensor(f().map_err(wrap)?, t.dims()).map_err(wrap)?)),
                false => Ok(None),
            }
        };
        let of_input = wanted(input, &|| {
            cpu::with_values2(gradient, kernel, |d, k| kernel::input_gradient(d, None, k, g))
        })?;
        let of_kernel = wanted(kernel, &|| {
            cpu::with_values2(input, gradient, |x, d| kernel::conv_kernel_gradient(x, d, g))
        })?;
        Ok((of_input, of_kernel))
    }
}

fn wrap(error: Error) -> candle_core::Error {
    match error {
        Error::Tensor(error) => error,
        error => candle_core::Error::wrap(error),
    }
}

fn values<'a>(storage: &'a CpuStorage, layout: &Layout) -> candle_core::Result<&'a [f32]> {
    match layout.contiguous_offsets() {
        Some((from, to)) => Ok(&storage.as_slice::<f32>()?[from..to]),
        None => candle_core::bail!("conv2d needs contiguous inputs"),
    }
}

impl CustomOp2 for ConvOp {
    fn name(&self) -> &'static str {
        "anv-conv2d"
    }

    fn cpu_fwd(
        &self,
        input: &CpuStorage,
        input_layout: &Layout,
        kernel: &CpuStorage,
        kernel_layout: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        self.forward((input, input_layout), (kernel, kernel_layout), None)
    }

    fn bwd(
        &self,
        input: &Tensor,
        kernel: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Option<Tensor>)> {
        self.backward(input, kernel, gradient)
    }
}

impl CustomOp3 for ConvOp {
    fn name(&self) -> &'static str {
        "anv-conv2d"
    }

    fn cpu_fwd(
        &self,
        input: &CpuStorage,
        input_layout: &Layout,
        kernel: &CpuStorage,
        kernel_layout: &Layout,
        bias: &CpuStorage,
        bias_layout: &Layout,
    ) -> candle_core::Result<(CpuStorage, Shape)> {
        self.forward((input, input_layout), (kernel, kernel_layout), Some((bias, bias_layout)))
    }

    fn bwd(
        &self,
        input: &Tensor,
        kernel: &Tensor,
        _: &Tensor,
        _: &Tensor,
        gradient: &Tensor,
    ) -> candle_core::Result<(Option<Tensor>, Option<Tensor>, Option<Tensor>)> {
        let (of_input, of_kernel) = self.backward(input, kernel, gradient)?;
        Ok((of_input, of_kernel, Some(gradient.sum((0, 2, 3))?)))
    }
}
