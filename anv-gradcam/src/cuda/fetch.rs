//! Feature maps to the host.

use std::collections::HashMap;
use std::mem::MaybeUninit;
use std::sync::{LazyLock, Mutex, PoisonError};

use candle_core::Tensor;
use candle_core::cuda_backend::cudarc::driver::{PinnedHostSlice, PushKernelArg, sys};
use candle_core::cuda_backend::{CudaDevice, DeviceId};
use rayon::prelude::*;

use super::elementwise::uninit;
use super::{Number, device, driver, kernel, of_type, planewise, with_values};
use crate::{Result, kernel::memory};

/// Values that are fetched at a time: 64 MB.
const CHUNK: usize = 1 << 24;

/// Page-locked memory, which the GPU writes into by itself: some ten times as fast as into other memory, and slow to
/// come by, so it is kept.
static KEPT: LazyLock<Mutex<HashMap<DeviceId, Vec<PinnedHostSlice<f32>>>>> = LazyLock::new(Mutex::default);

/// The maps of these channels of each sample of (batch, channels, height, width), one after the other, in f32 and without
/// negative values.
pub(crate) fn planes(activation: &Tensor, channels: &[Vec<usize>]) -> Result<Vec<Vec<f32>>> {
    of_type!(activation, planes_of(activation, channels))
}

fn planes_of<T: Number>(activation: &Tensor, channels: &[Vec<usize>]) -> Result<Vec<Vec<f32>>> {
    let (_, all, height, width) = activation.dims4()?;
    let plane = height * width;
    let mut found: Vec<_> = channels.iter().map(|c| memory::room::<f32>(c.len() * plane)).collect();
    let rooms = found.iter_mut().zip(channels);
    let rows = rooms.flat_map(|(f, c)| f.spare_capacity_mut().chunks_exact_mut(plane).take(c.len()));
    let places = channels.iter().enumerate().flat_map(|(s, c)| c.iter().map(move |c| (s * all + c) as u32));
    let mut wanted: Vec<_> = rows.zip(places).collect();
    for chunk in wanted.chunks_mut((CHUNK / plane).max(1)) {
        fetch::<T>(activation, plane, chunk)?;
    }
    for (values, channels) in found.iter_mut().zip(channels) {
        // SAFETY: each of so many rows was fetched.
        unsafe { values.set_len(channels.len() * plane) };
    }
    Ok(found)
}

/// Room for a plane.
type Row<'a> = &'a mut [MaybeUninit<f32>];

/// Fills every row with the planes of these numbers.
fn fetch<T: Number>(activation: &Tensor, plane: usize, wanted: &mut [(Row<'_>, u32)]) -> Result<()> {
    let device = device(activation)?;
    let stream = device.cuda_stream();
    let count = wanted.len() * plane;
    let numbers: Vec<_> = wanted.iter().map(|(_, number)| *number).collect();
    let numbers = driver(stream.clone_htod(&numbers))?;
    let mut gathered = uninit::<f32>(&device, count)?;
    let function = kernel::<T>(&device, "gather")?;
    with_values::<T, _>(activation, |values| {
        let mut launch = stream.launch_builder(&function);
        let size = planewise(wanted.len(), plane);
        let plane = plane as u64;
        launch.arg(&mut gathered).arg(values).arg(&numbers).arg(&plane);
        // SAFETY: every number is that of a plane of `values`, and `gathered` has as many planes as there are numbers.
        driver(unsafe { launch.launch(size) })
    })?;
    let mut staged = staging(&device, count)?;
    let values = &mut driver(staged.as_mut_slice())?[..count];
    driver(stream.memcpy_dtoh(&gathered, values))?;
    driver(stream.synchronize())?;
    let values = &*values;
    wanted.par_iter_mut().with_min_len((1 << 14) / plane).zip(values.par_chunks_exact(plane)).for_each(
        |((row, _), values)| {
            row.iter_mut().zip(values).for_each(|(place, value)| _ = place.write(*value));
        },
    );
    keep(&device, staged);
    Ok(())
}

fn staging(device: &CudaDevice, count: usize) -> Result<PinnedHostSlice<f32>> {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    let free = kept.entry(device.id()).or_default();
    match free.iter().position(|slice| slice.len() >= count) {
        Some(index) => Ok(free.swap_remove(index)),
        None => {
            let context = device.cuda_stream().context().clone();
            // SAFETY: what is read of it later was copied there before.
            driver(unsafe {
                context.alloc_pinned_with_flags(count.max(CHUNK), sys::CU_MEMHOSTALLOC_PORTABLE)
            })
        }
    }
}

fn keep(device: &CudaDevice, slice: PinnedHostSlice<f32>) {
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    kept.entry(device.id()).or_default().push(slice);
}
