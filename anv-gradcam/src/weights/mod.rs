//! Reading and writing of weight files.

mod eight;
mod read;
mod write;

pub(crate) use read::Weights;
pub use write::{Precision, write_safetensors};

use std::collections::BTreeMap;
use std::path::Path;

use candle_core::{Device, Tensor};

use crate::Result;

/// Everything that a weight file holds.
#[derive(Debug, Clone)]
pub struct WeightFile {
    /// All tensors in f32 on the CPU; those stored in 8 bits are decoded.
    pub tensors: BTreeMap<String, Tensor>,
    /// The file's own remarks: `classes`, `preprocessing`, `input_size`, `name`, …
    pub metadata: BTreeMap<String, String>,
    /// SHA-256 of the file, in lower-case hexadecimal digits.
    pub sha256: String,
}

/// Reads all tensors of a weight file: safetensors (f32, f16, bf16, and the 8 bits of [`Precision::Eight`]) or
/// PyTorch's `.pth`/`.pt`/`.bin`.
///
/// # Errors
/// When the file cannot be read, is no weight file, or holds a tensor that is not finite or of another type.
pub fn read_weights(path: impl AsRef<Path>) -> Result<WeightFile> {
    let weights = Weights::open(path.as_ref())?;
    let names: Vec<_> = weights.names().map(str::to_owned).collect();
    let load = || {
        let load = |n: String| Ok((n.clone(), weights.tensor(&n, None, &Device::Cpu)?));
        names.into_iter().map(load).collect::<Result<BTreeMap<_, _>>>()
    };
    let (sha256, tensors) = rayon::join(|| weights.sha256(), load);
    Ok(WeightFile { tensors: tensors?, metadata: weights.metadata.clone(), sha256: sha256? })
}
