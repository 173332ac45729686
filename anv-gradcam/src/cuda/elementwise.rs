//! Gates, pooling and sums.

use candle_core::Tensor;
use candle_core::cuda_backend::CudaDevice;
#[cfg(feature = "cudnn")]
use candle_core::cuda_backend::cudarc::driver::CudaView;
use candle_core::cuda_backend::cudarc::driver::{CudaSlice, DeviceRepr, LaunchConfig, PushKernelArg};

use super::{
    Number, THREADS, a_block_a_plane, device, driver, kernel, of_type, planewise, tensor, with_values,
};
use crate::Result;

/// `gradient · [activation > 0]`.
pub(crate) fn gate(gradient: &Tensor, activation: &Tensor) -> Result<Tensor> {
    of_type!(gradient, gate_of(gradient, activation))
}

fn gate_of<T: Number>(gradient: &Tensor, activation: &Tensor) -> Result<Tensor> {
    let device = device(gradient)?;
    let count = gradient.elem_count();
    let mut out = uninit::<T>(&device, count)?;
    let stream = device.cuda_stream();
    let function = kernel::<T>(&device, "gate")?;
    // Four values a thread, as many blocks as keep every multiprocessor busy.
    let blocks = count.div_ceil(4 * THREADS as usize).clamp(1, 1 << 16) as u32;
    let size = LaunchConfig { grid_dim: (blocks, 1, 1), block_dim: (THREADS, 1, 1), shared_mem_bytes: 0 };
    with_values::<T, _>(gradient, |g| {
        with_values::<T, _>(activation, |a| {
            let mut launch = stream.launch_builder(&function);
            let count = count as u64;
            launch.arg(&mut out).arg(g).arg(a).arg(&count);
            // SAFETY: the kernel reads and writes `count` values of each, which is what they hold.
            driver(unsafe { launch.launch(size) })
        })
    })?;
    Ok(tensor(out, gradient.shape(), &device))
}

/// Largest value of each 2x2 window of (batch, channels, height, width).
pub(crate) fn max_pool(input: &Tensor) -> Result<Tensor> {
    of_type!(input, max_pool_of(input))
}

fn max_pool_of<T: Number>(input: &Tensor) -> Result<Tensor> {
    let (b, c, h, w) = input.dims4()?;
    let device = device(input)?;
    let plane = (h / 2) * (w / 2);
    let mut out = uninit::<T>(&device, b * c * plane)?;
    let stream = device.cuda_stream();
    let function = kernel::<T>(&device, "max_pool")?;
    with_values::<T, _>(input, |values| {
        let mut launch = stream.launch_builder(&function);
        let (h, w) = (h as u32, w as u32);
        launch.arg(&mut out).arg(values).arg(&h).arg(&w);
        // SAFETY: a row of blocks for each of the planes writes its windows of `out` and reads within its plane of `values`.
        driver(unsafe { launch.launch(planewise(b * c, plane)) })
    })?;
    Ok(tensor(out, (b, c, h / 2, w / 2), &device))
}

/// The gradient of [`max_pool`] with respect to its input; it goes to the first maximum.
pub(crate) fn max_pool_gradient(input: &Tensor, gradient: &Tensor) -> Result<Tensor> {
    of_type!(input, max_pool_gradient_of(input, gradient))
}

fn max_pool_gradient_of<T: Number>(input: &Tensor, gradient: &Tensor) -> Result<Tensor> {
    let (b, c, h, w) = input.dims4()?;
    let device = device(input)?;
    let mut out = match h % 2 + w % 2 {
        0 => uninit::<T>(&device, input.elem_count())?,
        // No window covers an odd last row or column.
        _ => device.alloc_zeros::<T>(input.elem_count())?,
    };
    let stream = device.cuda_stream();
    let function = kernel::<T>(&device, "max_pool_gradient")?;
    with_values::<T, _>(input, |values| {
        with_values::<T, _>(gradient, |g| {
            let mut launch = stream.launch_builder(&function);
            let size = planewise(b * c, (h / 2) * (w / 2));
            let (h, w) = (h as u32, w as u32);
            launch.arg(&mut out).arg(values).arg(g).arg(&h).arg(&w);
            // SAFETY: the windows of `g` lie within the planes of `out` and `values`, which have the same shape.
            driver(unsafe { launch.launch(size) })
        })
    })?;
    Ok(tensor(out, input.shape(), &device))
}

/// Sums of `[A > 0]·[G > 0]·G`, or of `G`, over each map: (batch, channels, 1) in f64.
pub(crate) fn sums(activation: &Tensor, gradient: &Tensor, guided: bool) -> Result<Tensor> {
    of_type!(gradient, sums_of(activation, gradient, guided))
}

fn sums_of<T: Number>(activation: &Tensor, gradient: &Tensor, guided: bool) -> Result<Tensor> {
    let (b, c, h, w) = gradient.dims4()?;
    let device = device(gradient)?;
    let mut out = uninit::<f64>(&device, b * c)?;
    let stream = device.cuda_stream();
    let function = kernel::<T>(&device, "sums")?;
    with_values::<T, _>(activation, |a| {
        with_values::<T, _>(gradient, |g| {
            let mut launch = stream.launch_builder(&function);
            let (plane, guided) = ((h * w) as u64, i32::from(guided));
            launch.arg(&mut out).arg(a).arg(g).arg(&plane).arg(&guided);
            // SAFETY: a block a map reads the `plane` values of it and writes its one sum; the kernel has shared memory for
            // `THREADS` threads.
            driver(unsafe { launch.launch(a_block_a_plane(b * c)) })
        })
    })?;
    Ok(tensor(out, (b, c, 1), &device))
}

/// 0 for each sample, or no number where a value is not finite: (batch) in f32.
pub(crate) fn not_finite(values: &Tensor) -> Result<Tensor> {
    of_type!(values, not_finite_of(values))
}

fn not_finite_of<T: Number>(values: &Tensor) -> Result<Tensor> {
    let batch = values.dim(0)?;
    let sample = values.elem_count() / batch.max(1);
    let device = device(values)?;
    let mut marks = device.alloc_zeros::<f32>(batch)?;
    let stream = device.cuda_stream();
    let function = kernel::<T>(&device, "not_finite")?;
    with_values::<T, _>(values, |values| {
        let mut launch = stream.launch_builder(&function);
        let size = sample as u64;
        launch.arg(&mut marks).arg(values).arg(&size);
        // SAFETY: a row of blocks for each sample reads its values and sets its mark, all to the same value.
        driver(unsafe { launch.launch(planewise(batch, sample)) })
    })?;
    Ok(tensor(marks, batch, &device))
}

/// Adds `bias`, one value a channel, and applies a ReLU, in place.
#[cfg(feature = "cudnn")]
pub(super) fn bias_relu<T: Number>(
    device: &CudaDevice,
    values: &mut CudaSlice<T>,
    bias: Option<&Tensor>,
    relu: bool,
    (channels, plane): (usize, usize),
) -> Result<()> {
    let planes = values.len() / plane.max(1);
    let stream = device.cuda_stream();
    let function = kernel::<T>(device, "bias_relu")?;
    let run = |values: &mut CudaSlice<T>, bias: &CudaView<'_, T>| {
        let mut launch = stream.launch_builder(&function);
        let (plane, channels) = (plane as u64, channels as u32);
        let (with_bias, relu) = (i32::from(bias.len() == channels as usize), i32::from(relu));
        launch.arg(values).arg(bias).arg(&plane).arg(&channels).arg(&with_bias).arg(&relu);
        // SAFETY: a row of blocks for each plane changes its values and reads its channel's bias where there is one.
        driver(unsafe { launch.launch(planewise(planes, plane as usize)) }).map(drop)
    };
    match bias {
        Some(bias) => with_values::<T, _>(bias, |bias| run(values, bias)),
        None if relu => {
            let none = uninit::<T>(device, 1)?;
            run(values, &none.slice(..0))
        }
        None => Ok(()),
    }
}

/// Memory that the caller's kernel fills.
pub(super) fn uninit<T: DeviceRepr>(device: &CudaDevice, count: usize) -> Result<CudaSlice<T>> {
    // SAFETY: every caller's kernel writes all of it before anything reads it.
    Ok(unsafe { device.alloc::<T>(count) }?)
}
