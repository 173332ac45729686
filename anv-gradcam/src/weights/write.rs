//! Writing of safetensors files, with the same bytes for the same content.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;

use candle_core::{DType, Tensor};
use half::f16;

use super::eight;
use crate::{Error, Result};

/// How numbers are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Precision {
    /// 32-bit floating point.
    #[default]
    F32,
    /// 16-bit floating point.
    F16,
    /// Eight bits with an f16 scale for every 16 values along a row (tensors of two and more dimensions and at
    /// least 4096 values; the rest in f32). A tensor `NAME` is accompanied by `NAME.scale`.
    Eight,
}

/// One stored tensor.
struct Stored {
    dtype: &'static str,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

/// Writes tensors and remarks to `path`, all or nothing: a neighbouring temporary file is renamed at the end.
///
/// The keys that [`Network::load`](crate::Network::load) understands: `classes` (one a line), `preprocessing`
/// (`torchvision`, `caffe` or JSON of [`Preprocessing`](anv_core::Preprocessing)), `input_size`
/// (`HEIGHTxWIDTH`), `name`.
///
/// # Errors
/// [`Error::Io`] when the file cannot be written, [`Error::NotFinite`] for NaN, infinity, or a value too large for
/// the precision.
pub fn write_safetensors(
    path: impl AsRef<Path>,
    tensors: &BTreeMap<String, Tensor>,
    metadata: &BTreeMap<String, String>,
    precision: Precision,
) -> Result<()> {
    let path = path.as_ref();
    let mut stored = Vec::new();
    for (name, tensor) in tensors {
        store(name, tensor, precision, &mut stored)?;
    }
    // Wider types first, so that every tensor starts at a multiple of its type's size.
    stored.sort_by_key(|(name, s): &(String, Stored)| (dtype_order(s.dtype), name.clone()));
    let header = header(&stored, metadata);
    let temporary = temporary_name(path);
    let write = || -> std::io::Result<()> {
        let mut file = BufWriter::new(File::create(&temporary)?);
        file.write_all(&(header.len() as u64).to_le_bytes())?;
        file.write_all(&header)?;
        for (_, tensor) in &stored {
            file.write_all(&tensor.bytes)?;
        }
        file.into_inner().map_err(|e| e.into_error())?.sync_all()?;
        std::fs::rename(&temporary, path)
    };
    write().map_err(|source| {
        // The first error is the one to report; a leftover that cannot be removed changes nothing.
        let _ = std::fs::remove_file(&temporary);
        Error::io("write", path, source)
    })
}

fn temporary_name(path: &Path) -> std::path::PathBuf {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    path.with_file_name(format!(".{name}.{}.tmp", std::process::id()))
}

fn dtype_order(dtype: &str) -> u8 {
    match dtype {
        "F32" => 0,
        "F16" => 1,
        _ => 2,
    }
}

fn store(
    name: &str,
    tensor: &Tensor,
    precision: Precision,
    stored: &mut Vec<(String, Stored)>,
) -> Result<()> {
    let values = tensor.to_dtype(DType::F32)?.flatten_all()?.to_vec1::<f32>()?;
    // Beyond f16's largest value, 65,504, a number would be stored as infinity.
    let largest = if precision == Precision::F16 { f16::MAX.to_f32() } else { f32::MAX };
    if values.iter().any(|v| v.is_nan() || v.abs() > largest) {
        return Err(Error::NotFinite { tensor: name.to_owned() });
    }
    let shape = tensor.dims().to_vec();
    if precision == Precision::Eight && shape.len() >= 2 && values.len() >= eight::SMALLEST {
        let (steps, scales, blocks) = eight::encode(&tensor.to_dtype(DType::F32)?)?;
        let scale = Stored {
            dtype: "F16",
            shape: vec![shape[0], blocks],
            bytes: scales.iter().flat_map(|s| s.to_le_bytes()).collect(),
        };
        stored.push((format!("{name}.scale"), scale));
        let bytes = bytemuck::cast_slice(&steps).to_vec();
        stored.push((name.to_owned(), Stored { dtype: "I8", shape, bytes }));
        return Ok(());
    }
    let (dtype, bytes) = match precision {
        Precision::F16 => ("F16", values.iter().flat_map(|&v| f16::from_f32(v).to_le_bytes()).collect()),
        _ => ("F32", values.iter().flat_map(|v| v.to_le_bytes()).collect()),
    };
    stored.push((name.to_owned(), Stored { dtype, shape, bytes }));
    Ok(())
}

fn header(stored: &[(String, Stored)], metadata: &BTreeMap<String, String>) -> Vec<u8> {
    let mut entries = serde_json::Map::new();
    if !metadata.is_empty() {
        entries.insert("__metadata__".into(), serde_json::json!(metadata));
    }
    let mut offset = 0;
    for (name, tensor) in stored {
        let end = offset + tensor.bytes.len();
        let entry = serde_json::json!({
            "dtype": tensor.dtype, "shape": tensor.shape, "data_offsets": [offset, end],
        });
        entries.insert(name.clone(), entry);
        offset = end;
    }
    let mut bytes = serde_json::Value::Object(entries).to_string().into_bytes();
    bytes.resize(bytes.len().next_multiple_of(8), b' ');
    bytes
}
