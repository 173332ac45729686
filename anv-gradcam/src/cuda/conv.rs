//! Convolutions through cuDNN, told what to do.
//!
//! f32 is computed in f32 (not TF32, cuDNN's own choice), f16 on tensor cores with sums in f32. Which algorithm, follows
//! from the shape alone, so that the same input gives the same bits. Measured on an H200 over the layers of VGG-16:
//!
//! | in batches of 1, 8, 32 | TFLOP/s | error of a layer, of its largest |
//! | --- | --- | --- |
//! | f32 forward, implicit product (precomputed) | 10 to 36, 26 to 41, 18 to 42 | 2e-6 |
//! | f32 forward, tiles by Fourier transform | 2 to 7, 8 to 24, 31 to 81 | 4e-7 |
//! | f32 back, implicit product | 13 to 31, 15 to 35, 10 to 36 | 6e-7 |
//! | f32 back, Winograd | 5 to 9, 35 to 74, 66 to 161 | 2e-5 |
//! | f16 either way, implicit product on tensor cores | 14 to 71, 112 to 402, 183 to 532 | 5e-4 |
//!
//! As on the CPU the forward pass, which decides gates, is computed by what rounds like a plain sum, and Winograd's way is
//! for gradients.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use candle_core::Tensor;
use candle_core::cuda_backend::cudarc::cudnn::sys::{
    cudnnConvolutionBwdDataAlgo_t as Backward, cudnnConvolutionFwdAlgo_t as Forward,
    cudnnConvolutionMode_t::CUDNN_CROSS_CORRELATION, cudnnMathType_t as Math,
    cudnnTensorFormat_t::CUDNN_TENSOR_NCHW,
};
use candle_core::cuda_backend::cudarc::cudnn::{
    ConvBackwardData, ConvDescriptor, ConvForward, Cudnn, CudnnDataType, CudnnError, FilterDescriptor,
    TensorDescriptor,
};
use candle_core::cuda_backend::cudarc::driver::{CudaSlice, CudaView};
use candle_core::cuda_backend::{CudaDevice, DeviceId};
use half::f16;

use super::elementwise::{bias_relu, uninit};
use super::{Number, device, driver, of_type, tensor, with_values};
use crate::kernel::Geometry;
use crate::{Error, Result};

/// A type that cuDNN convolves.
trait Cell: Number + CudnnDataType {
    const ONE: Self;
    const ZERO: Self;
    const MATH: Math;

    /// What to try, in this order, for so many samples; the last one takes every shape.
    fn forward(batch: usize) -> &'static [Forward];
    /// As [`Cell::forward`], for gradients.
    fn backward(batch: usize) -> &'static [Backward];
    /// What is kept for the type.
    fn plans(handle: &mut Handle) -> (&Arc<Cudnn>, &mut Plans<Self>);
}

impl Cell for f32 {
    const ONE: Self = 1.0;
    const ZERO: Self = 0.0;
    const MATH: Math = Math::CUDNN_FMA_MATH;

    fn forward(batch: usize) -> &'static [Forward] {
        use Forward::*;
        const ALL: [Forward; 3] = [
            CUDNN_CONVOLUTION_FWD_ALGO_FFT_TILING,
            CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM,
            CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM,
        ];
        if batch >= 16 { &ALL } else { &ALL[1..] }
    }

    fn backward(batch: usize) -> &'static [Backward] {
        use Backward::*;
        const ALL: [Backward; 3] = [
            CUDNN_CONVOLUTION_BWD_DATA_ALGO_WINOGRAD_NONFUSED,
            CUDNN_CONVOLUTION_BWD_DATA_ALGO_FFT_TILING,
            CUDNN_CONVOLUTION_BWD_DATA_ALGO_0,
        ];
        if batch >= 4 { &ALL } else { &ALL[2..] }
    }

    fn plans(handle: &mut Handle) -> (&Arc<Cudnn>, &mut Plans<Self>) {
        (&handle.cudnn, &mut handle.f32)
    }
}

impl Cell for f16 {
    const ONE: Self = f16::ONE;
    const ZERO: Self = f16::ZERO;
    const MATH: Math = Math::CUDNN_TENSOR_OP_MATH;

    fn forward(_: usize) -> &'static [Forward] {
        use Forward::*;
        &[CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_PRECOMP_GEMM, CUDNN_CONVOLUTION_FWD_ALGO_IMPLICIT_GEMM]
    }

    fn backward(_: usize) -> &'static [Backward] {
        use Backward::*;
        &[CUDNN_CONVOLUTION_BWD_DATA_ALGO_1, CUDNN_CONVOLUTION_BWD_DATA_ALGO_0]
    }

    fn plans(handle: &mut Handle) -> (&Arc<Cudnn>, &mut Plans<Self>) {
        (&handle.cudnn, &mut handle.f16)
    }
}

/// What an algorithm may ask for besides inputs and outputs, in bytes: of VGG-16's layers in batches of 32 all but one get
/// what is fastest for them.
const WORKSPACE: usize = 3 << 29;

/// The first algorithm that takes the shape and needs little enough memory, with what it needs.
fn choose<A: Copy>(candidates: &[A], size: impl Fn(A) -> Result<usize, CudnnError>) -> Result<(A, usize)> {
    let mut refused = None;
    for &algorithm in candidates {
        match size(algorithm) {
            Ok(bytes) if bytes <= WORKSPACE => return Ok((algorithm, bytes)),
            Ok(_) => {}
            Err(error) => refused = Some(error),
        }
    }
    let reason = refused.map_or("every algorithm wants too much memory".into(), |e| e.to_string());
    Err(Error::Device {
        device: "cuda".into(),
        reason: format!("cuDNN has no way for this convolution: {reason}"),
    })
}

/// What cuDNN keeps of a device. A handle takes long to make and may be used by one thread at a time; so do descriptors and
/// the question which algorithms fit, for small batches longer than the convolutions themselves.
struct Handle {
    cudnn: Arc<Cudnn>,
    f32: Plans<f32>,
    f16: Plans<f16>,
}

type Plans<T> = HashMap<Geometry, Plan<T>>;

/// Shapes that are remembered; a network has a few for each size of batch.
const MOST_PLANS: usize = 1 << 10;

// SAFETY: cuDNN lets any thread use a handle and descriptors as long as no two do so at once, which the lock around them sees
// to; clones of the `Arc` live within `Handle` only.
unsafe impl Send for Handle {}

static HANDLES: LazyLock<Mutex<HashMap<DeviceId, Handle>>> = LazyLock::new(Mutex::default);

/// A convolution as cuDNN wants it described, and what was chosen for each direction with the bytes that it needs besides.
struct Plan<T> {
    conv: ConvDescriptor<f32>,
    input: TensorDescriptor<T>,
    kernel: FilterDescriptor<T>,
    output: TensorDescriptor<T>,
    forward: Option<(Forward, usize)>,
    backward: Option<(Backward, usize)>,
}

impl<T: Cell> Plan<T> {
    fn new(cudnn: &Arc<Cudnn>, g: &Geometry) -> Result<Self, CudnnError> {
        let int = |v: usize| v as i32;
        let (height, width) = g.output().unwrap_or_default();
        let mut conv = cudnn.create_conv2d::<f32>(
            [int(g.padding); 2],
            [int(g.stride); 2],
            [1; 2],
            CUDNN_CROSS_CORRELATION,
        )?;
        conv.set_math_type(T::MATH)?;
        let values = |shape: [usize; 4]| cudnn.create_4d_tensor::<T>(CUDNN_TENSOR_NCHW, shape.map(int));
        let kernel = [g.outputs, g.inputs, g.kernel.0, g.kernel.1].map(int);
        Ok(Self {
            conv,
            input: values([g.batch, g.inputs, g.height, g.width])?,
            kernel: cudnn.create_4d_filter::<T>(CUDNN_TENSOR_NCHW, kernel)?,
            output: values([g.batch, g.outputs, height, width])?,
            forward: None,
            backward: None,
        })
    }
}

/// Runs `launch` with the plan for this shape.
fn with_plan<T: Cell>(
    device: &CudaDevice,
    g: &Geometry,
    launch: impl FnOnce(&mut Plan<T>) -> Result<()>,
) -> Result<()> {
    let mut handles = HANDLES.lock().unwrap_or_else(PoisonError::into_inner);
    // A handle belongs to a context, which a thread has to have entered.
    driver(device.cuda_stream().context().bind_to_thread())?;
    let handle = match handles.entry(device.id()) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => {
            let cudnn = driver(Cudnn::new(device.cuda_stream()))?;
            entry.insert(Handle { cudnn, f32: Plans::new(), f16: Plans::new() })
        }
    };
    let (cudnn, plans) = T::plans(handle);
    if plans.len() >= MOST_PLANS {
        plans.clear();
    }
    launch(match plans.entry(*g) {
        Entry::Occupied(entry) => entry.into_mut(),
        Entry::Vacant(entry) => entry.insert(driver(Plan::new(cudnn, g))?),
    })
}

/// The convolution with bias and ReLU where asked for.
pub(crate) fn forward(
    input: &Tensor,
    kernel: &Tensor,
    bias: Option<&Tensor>,
    relu: bool,
    g: &Geometry,
) -> Result<Tensor> {
    of_type!(input, forward_of(input, kernel, bias, relu, g))
}

fn forward_of<T: Cell>(
    input: &Tensor,
    kernel: &Tensor,
    bias: Option<&Tensor>,
    relu: bool,
    g: &Geometry,
) -> Result<Tensor> {
    let device = device(input)?;
    let (height, width) = g.output().unwrap_or_default();
    let shape = (g.batch, g.outputs, height, width);
    let mut out = uninit::<T>(&device, g.batch * g.outputs * height * width)?;
    with_values::<T, _>(input, |x| {
        with_values::<T, _>(kernel, |k| {
            with_plan(&device, g, |plan| launch_forward(&device, plan, g.batch, x, k, &mut out))
        })
    })?;
    bias_relu(&device, &mut out, bias, relu, (g.outputs, height * width))?;
    Ok(tensor(out, shape, &device))
}

fn launch_forward<T: Cell>(
    device: &CudaDevice,
    plan: &mut Plan<T>,
    batch: usize,
    x: &CudaView<'_, T>,
    k: &CudaView<'_, T>,
    out: &mut CudaSlice<T>,
) -> Result<()> {
    let conv = ConvForward { conv: &plan.conv, x: &plan.input, w: &plan.kernel, y: &plan.output };
    let (algorithm, bytes) = match plan.forward {
        Some(chosen) => chosen,
        None => *plan.forward.insert(choose(T::forward(batch), |a| conv.get_workspace_size(a))?),
    };
    let mut workspace = uninit::<u8>(device, bytes.max(1))?;
    // SAFETY: the buffers hold what the descriptors say: `x` the input, `k` the kernel, `out` the output.
    driver(unsafe { conv.launch(algorithm, Some(&mut workspace), (T::ONE, T::ZERO), x, k, out) })
}

/// The gradient with respect to the input.
pub(crate) fn input_gradient(gradient: &Tensor, kernel: &Tensor, g: &Geometry) -> Result<Tensor> {
    of_type!(gradient, input_gradient_of(gradient, kernel, g))
}

fn input_gradient_of<T: Cell>(gradient: &Tensor, kernel: &Tensor, g: &Geometry) -> Result<Tensor> {
    let device = device(gradient)?;
    let mut out = uninit::<T>(&device, g.batch * g.inputs * g.height * g.width)?;
    with_values::<T, _>(gradient, |dy| {
        with_values::<T, _>(kernel, |k| {
            with_plan(&device, g, |plan| launch_backward(&device, plan, g.batch, dy, k, &mut out))
        })
    })?;
    Ok(tensor(out, (g.batch, g.inputs, g.height, g.width), &device))
}

fn launch_backward<T: Cell>(
    device: &CudaDevice,
    plan: &mut Plan<T>,
    batch: usize,
    dy: &CudaView<'_, T>,
    k: &CudaView<'_, T>,
    out: &mut CudaSlice<T>,
) -> Result<()> {
    let conv = ConvBackwardData { conv: &plan.conv, dx: &plan.input, w: &plan.kernel, dy: &plan.output };
    let (algorithm, bytes) = match plan.backward {
        Some(chosen) => chosen,
        None => *plan.backward.insert(choose(T::backward(batch), |a| conv.get_workspace_size(a))?),
    };
    let mut workspace = uninit::<u8>(device, bytes.max(1))?;
    // SAFETY: the buffers hold what the descriptors say: `dy` the output's gradient, `k` the kernel, `out` the input's
    // gradient.
    driver(unsafe { conv.launch(algorithm, Some(&mut workspace), (T::ONE, T::ZERO), out, k, dy) })
}
