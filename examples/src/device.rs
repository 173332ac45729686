//! `cpu`, `cuda:N` and `metal:N` as the commands take them.

use candle_core::Device;

use crate::CommandError;

/// Opens a device by name: `cpu`, `cuda`, `cuda:1`, `metal`, `metal:1`.
///
/// # Errors
/// Text that says what was wrong with the name, or that this build lacks the device's feature.
pub fn parse_device(name: &str) -> Result<Device, CommandError> {
    let (kind, index) = name.split_once(':').unwrap_or((name, "0"));
    let index: usize =
        index.parse().map_err(|_| format!("device `{name}`: `{index}` is not a device number"))?;
    let (device, feature) = match kind {
        "cpu" => return Ok(Device::Cpu),
        "cuda" => (Device::new_cuda(index), "cuda"),
        "metal" => (Device::new_metal(index), "metal"),
        _ => return Err(format!("device `{name}` is unknown: expected cpu, cuda:N or metal:N").into()),
    };
    device.map_err(|e| {
        // candle's message carries a stack trace of its own where one was recorded; the first line says it.
        let reason = e.to_string().lines().next().unwrap_or_default().to_owned();
        format!(
            "device `{name}` cannot be opened: {reason} (it needs the hardware and a build with `--features {feature}`)"
        )
        .into()
    })
}

#[cfg(test)]
mod tests {
    use super::parse_device;

    #[test]
    fn names_are_checked() {
        assert!(parse_device("cpu").is_ok());
        for (name, expected) in [("tpu", "is unknown"), ("cuda:x", "not a device number")] {
            let error = parse_device(name).err().map(|e| e.to_string()).unwrap_or_default();
            assert!(error.contains(expected), "{name}: {error}");
        }
    }
}
