//! Devices by name.

use candle_core::Device;

use crate::{Error, Result};

/// The device called `name`: `cpu`, `cuda:N` or `metal:N` (`cuda` and `metal` alone are the first).
///
/// ```
/// assert!(anv_gradcam::device("cpu")?.is_cpu());
/// assert!(anv_gradcam::device("abacus").is_err());
/// # Ok::<(), anv_gradcam::Error>(())
/// ```
///
/// # Errors
/// [`Error::Device`] when there is no such device, or this build has no support for it (features `cuda`, `metal`).
pub fn device(name: &str) -> Result<Device> {
    let unusable = |reason: String| Error::Device { device: name.to_owned(), reason };
    let (kind, index) = name.split_once(':').unwrap_or((name, "0"));
    let index = index.parse::<usize>();
    let built = match kind {
        "cpu" if !name.contains(':') => return Ok(Device::Cpu),
        "cuda" => cfg!(feature = "cuda"),
        "metal" => cfg!(feature = "metal"),
        _ => return Err(unusable("expected cpu, cuda:N or metal:N".into())),
    };
    let index = index.map_err(|_| unusable("the number behind the colon is none".into()))?;
    if !built {
        return Err(unusable(format!("this build has no support for it (feature `{kind}`)")));
    }
    let device = if kind == "cuda" { Device::new_cuda(index) } else { Device::new_metal(index) };
    // A backtrace may follow where one was recorded.
    device.map_err(|e| unusable(e.to_string().lines().next().unwrap_or_default().to_owned()))
}
