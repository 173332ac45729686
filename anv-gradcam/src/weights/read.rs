//! Reading of weight files, tensor by tensor, in parallel and without holding the file in memory.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use candle_core::pickle::PthTensors;
use candle_core::{Device, Tensor};
use half::slice::HalfFloatSliceExt;
use half::{bf16, f16};
use rayon::prelude::*;
use safetensors::Dtype;
use safetensors::tensor::{Metadata, TensorInfo};
use sha2::{Digest, Sha256};

use super::eight;
use crate::kernel::memory;
use crate::{Error, Result, cpu};

/// Values that one task reads and converts.
const CHUNK: usize = 1 << 18;
/// Longest header that is believed, in bytes (safetensors' own limit).
const HEADER_LIMIT: u64 = 100_000_000;

/// An open weight file.
pub(crate) struct Weights<'a> {
    /// What the file is called in messages.
    pub file: String,
    pub metadata: BTreeMap<String, String>,
    tensors: BTreeMap<String, TensorInfo>,
    place: Place<'a>,
}

enum Place<'a> {
    /// safetensors on disk, data from this offset.
    File(PathBuf, u64),
    /// safetensors in memory, whole file and offset of the data.
    Bytes(&'a [u8], usize),
    Torch(PathBuf, PthTensors, BTreeMap<String, String>),
}

impl<'a> Weights<'a> {
    /// Opens a file and reads its header.
    pub fn open(path: &Path) -> Result<Weights<'static>> {
        let name = path.display().to_string();
        let mut file = File::open(path).map_err(|e| Error::io("read", path, e))?;
        let length = file.metadata().map_err(|e| Error::io("read", path, e))?.len();
        let mut start = Vec::new();
        file.by_ref().take(8).read_to_end(&mut start).map_err(|e| Error::io("read", path, e))?;
        if is_torch(&start) {
            return open_torch(path, name);
        }
        let header_length = check_length(&name, &start, length)?;
        let mut header = vec![0; header_length];
        file.read_exact(&mut header).map_err(|e| Error::io("read", path, e))?;
        let from = 8 + header_length as u64;
        parse(name, &header, length - from, Place::File(path.to_owned(), from))
    }

    /// Takes a safetensors file that is in memory.
    pub fn from_bytes(bytes: &'a [u8], name: &str) -> Result<Self> {
        let start = &bytes[..bytes.len().min(8)];
        let from = 8 + check_length(name, start, bytes.len() as u64)?;
        parse(name.to_owned(), &bytes[8..from], (bytes.len() - from) as u64, Place::Bytes(bytes, from))
    }

    /// Names of the tensors, without the scales of 8-bit ones.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let scale = |n: &str| n.strip_suffix(".scale").is_some_and(|n| self.tensors.contains_key(n));
        self.tensors.keys().map(String::as_str).filter(move |n| !scale(n))
    }

    /// Shape of a tensor, `None` when there is no such tensor.
    pub fn shape(&self, name: &str) -> Option<&[usize]> {
        self.tensors.get(name).map(|t| t.shape.as_slice())
    }

    /// SHA-256 of the whole file.
    pub fn sha256(&self) -> Result<String> {
        let mut digest = Sha256::new();
        match &self.place {
            Place::Bytes(bytes, _) => digest.update(bytes),
            Place::File(path, _) | Place::Torch(path, ..) => {
                let fail = |e| Error::io("read", path, e);
                let mut file = File::open(path).map_err(fail)?;
                let mut buffer = vec![0; 1 << 18];
                loop {
                    match file.read(&mut buffer).map_err(fail)? {
                        0 => break,
                        n => digest.update(&buffer[..n]),
                    }
                }
            }
        }
        Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// A tensor in f32 on `device`, of the `expected` shape where one is given.
    pub fn tensor(&self, name: &str, expected: Option<&[usize]>, device: &Device) -> Result<Tensor> {
        let missing = || Error::MissingTensor { file: self.file.clone(), tensor: name.to_owned() };
        let info = self.tensors.get(name).ok_or_else(missing)?;
        if let Some(expected) = expected.filter(|e| *e != info.shape) {
            let expected = format!("{expected:?}");
            return Err(Error::TensorShape { tensor: name.to_owned(), found: info.shape.clone(), expected });
        }
        let tensor = match &self.place {
            Place::Torch(_, tensors, names) => self.torch(name, tensors, names)?,
            _ => cpu::tensor(self.values(name, info)?, info.shape.as_slice())?,
        };
        // The sum of all magnitudes is finite only if each is (it cannot overflow in f64).
        let finite = cpu::with_values(&tensor, |v: &[f32]| {
            v.par_chunks(CHUNK).all(|chunk| chunk.iter().map(|v| f64::from(v.abs())).sum::<f64>().is_finite())
        })?;
        if !finite {
            return Err(Error::NotFinite { tensor: name.to_owned() });
        }
        Ok(tensor.to_device(device)?)
    }

    fn torch(&self, name: &str, tensors: &PthTensors, names: &BTreeMap<String, String>) -> Result<Tensor> {
        let damaged = |reason: String| Error::WeightFile { file: self.file.clone(), reason };
        let tensor = tensors.get(names.get(name).map_or(name, String::as_str));
        let tensor = tensor
            .map_err(|e| damaged(e.to_string()))?
            .ok_or_else(|| Error::MissingTensor { file: self.file.clone(), tensor: name.to_owned() })?;
        match tensor.dtype().is_float() {
            true => Ok(tensor.to_dtype(candle_core::DType::F32)?.contiguous()?),
            false => {
                Err(Error::TensorType { tensor: name.to_owned(), found: tensor.dtype().as_str().to_owned() })
            }
        }
    }

    fn values(&self, name: &str, info: &TensorInfo) -> Result<Vec<f32>> {
        let mut values = memory::zeros(info.shape.iter().product());
        let from = info.data_offsets.0;
        let unknown = || Error::TensorType { tensor: name.to_owned(), found: info.dtype.to_string() };
        match info.dtype {
            Dtype::F32 => self.convert(&mut values, from, 4, |bytes, out| {
                let numbers = bytes.as_chunks::<4>().0;
                out.iter_mut().zip(numbers).for_each(|(o, b)| *o = f32::from_le_bytes(*b));
            })?,
            Dtype::F16 => self.convert(&mut values, from, 2, |bytes, out| {
                let numbers: Vec<_> =
                    bytes.as_chunks::<2>().0.iter().map(|b| f16::from_le_bytes(*b)).collect();
                numbers.convert_to_f32_slice(out);
            })?,
            Dtype::BF16 => self.convert(&mut values, from, 2, |bytes, out| {
                let numbers = bytes.as_chunks::<2>().0;
                out.iter_mut().zip(numbers).for_each(|(o, b)| *o = bf16::from_le_bytes(*b).to_f32());
            })?,
            Dtype::I8 => self.decode(name, info, &mut values)?,
            _ => return Err(unknown()),
        }
        Ok(values)
    }

    fn decode(&self, name: &str, info: &TensorInfo, values: &mut [f32]) -> Result<()> {
        let scale = format!("{name}.scale");
        let missing = || Error::MissingTensor { file: self.file.clone(), tensor: scale.clone() };
        let scale_info = self.tensors.get(&scale).ok_or_else(missing)?;
        let rows = info.shape.first().copied().unwrap_or(1).max(1);
        let row = values.len() / rows;
        let misfit = || Error::TensorShape {
            tensor: scale.clone(),
            found: scale_info.shape.clone(),
            expected: format!("[{rows}, blocks a row of {row} values]"),
        };
        let (blocks, length) = match scale_info.shape[..] {
            [r, blocks] if r == rows && row > 0 => (blocks, eight::block_length(row, blocks)),
            _ => return Err(misfit()),
        };
        let length = length.ok_or_else(misfit)?;
        if scale_info.dtype == Dtype::I8 {
            return Err(Error::TensorType { tensor: scale, found: "I8".into() });
        }
        let scales = self.values(&scale, scale_info)?;
        let together = (CHUNK / row).max(1);
        values.par_chunks_mut(together * row).enumerate().try_for_each(|(index, values)| {
            let first = index * together;
            let mut bytes = vec![0; values.len()];
            self.read(&mut bytes, info.data_offsets.0 + first * row)?;
            let steps = bytemuck::cast_slice(&bytes);
            let scales = &scales[first * blocks..][..values.len() / row * blocks];
            eight::decode(steps, scales, row, length, values);
            Ok(())
        })
    }

    /// Fills `values` from numbers of `size` bytes each, chunk by chunk.
    fn convert(
        &self,
        values: &mut [f32],
        from: usize,
        size: usize,
        convert: impl Fn(&[u8], &mut [f32]) + Sync,
    ) -> Result<()> {
        let chunks = values.par_chunks_mut(CHUNK).enumerate();
        chunks.try_for_each_init(Vec::new, |buffer, (index, out)| {
            let offset = from + index * CHUNK * size;
            if let Place::Bytes(bytes, start) = self.place {
                convert(&bytes[start + offset..][..out.len() * size], out);
                return Ok(());
            }
            buffer.resize(out.len() * size, 0);
            self.read(buffer, offset)?;
            convert(buffer, out);
            Ok(())
        })
    }

    /// Reads from `offset` of the data on; the header vouches that the file is long enough.
    fn read(&self, buffer: &mut [u8], offset: usize) -> Result<()> {
        match &self.place {
            Place::Bytes(bytes, start) => buffer.copy_from_slice(&bytes[start + offset..][..buffer.len()]),
            Place::File(path, start) => {
                let fail = |e| Error::io("read", path, e);
                let mut file = File::open(path).map_err(fail)?;
                file.seek(SeekFrom::Start(start + offset as u64)).map_err(fail)?;
                file.read_exact(buffer).map_err(fail)?;
            }
            Place::Torch(..) => {}
        }
        Ok(())
    }
}

/// PyTorch's archives are ZIP files.
fn is_torch(start: &[u8]) -> bool {
    start.starts_with(b"PK\x03\x04")
}

fn check_length(file: &str, start: &[u8], length: u64) -> Result<usize> {
    let refuse = |reason: String| Err(Error::WeightFile { file: file.to_owned(), reason });
    let Ok(start) = <[u8; 8]>::try_from(start) else {
        return refuse(format!("it has {length} bytes: a safetensors file has at least 8"));
    };
    let header = u64::from_le_bytes(start);
    if header > HEADER_LIMIT {
        return refuse("it is neither safetensors nor a PyTorch archive".into());
    }
    if header > length - 8 {
        return refuse(format!("its header should have {header} bytes, the file has {length}: truncated?"));
    }
    Ok(header as usize)
}

fn parse<'a>(file: String, header: &[u8], data: u64, place: Place<'a>) -> Result<Weights<'a>> {
    let header: Metadata = match serde_json::from_slice(header) {
        Ok(header) => header,
        Err(e) => return Err(Error::WeightFile { file, reason: format!("its header is damaged: {e}") }),
    };
    if header.data_len() as u64 != data {
        let reason = format!("it should hold {} bytes of tensors, it holds {data}", header.data_len());
        return Err(Error::WeightFile { file, reason });
    }
    let tensors = header.tensors().into_iter().map(|(name, info)| (name, info.clone())).collect();
    let metadata = header.metadata().clone().unwrap_or_default().into_iter().collect();
    Ok(Weights { file, metadata, tensors, place })
}

/// Training scripts wrap the weights in a dictionary, and parallel training prefixes every name.
fn open_torch(path: &Path, file: String) -> Result<Weights<'static>> {
    let mut failure = String::from("it holds no tensors");
    for key in [None, Some("state_dict"), Some("model_state_dict"), Some("model")] {
        let tensors = match PthTensors::new(path, key) {
            Ok(tensors) => tensors,
            Err(error) => {
                if key.is_none() {
                    failure = error.to_string();
                }
                continue;
            }
        };
        if tensors.tensor_infos().is_empty() {
            continue;
        }
        let (mut infos, mut names) = (BTreeMap::new(), BTreeMap::new());
        for (full, info) in tensors.tensor_infos() {
            let name = full.strip_prefix("module.").unwrap_or(full).to_owned();
            let shape = info.layout.shape().dims().to_vec();
            infos.insert(name.clone(), TensorInfo { dtype: Dtype::F32, shape, data_offsets: (0, 0) });
            names.insert(name, full.clone());
        }
        let place = Place::Torch(path.to_owned(), tensors, names);
        return Ok(Weights { file, metadata: BTreeMap::new(), tensors: infos, place });
    }
    Err(Error::WeightFile { file, reason: failure })
}
