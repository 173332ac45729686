//! The safetensors file of a part, made of those of its photos, and the way back.
//!
//! A safetensors file is the length of its header in 8 bytes, the header as JSON, and the tensors. The names of a photo's
//! tensors get the photo's place in the run as a prefix: `12.layer13.cluster0`, `12.anv.json`.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::Path;

use serde::{Deserialize, Serialize};

/// Headers are far smaller; a damaged length must not ask for more memory than there is.
const MOST_HEADER: u64 = 100_000_000;

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

type Header = BTreeMap<String, Tensor>;

/// Where a photo's file lies in a larger one.
#[derive(Debug, Clone, Copy)]
pub struct Piece {
    pub photo: u64,
    pub start: u64,
    pub length: u64,
}

/// Writes the pieces of `source` as one file; memory is needed for the headers only.
pub fn join(source: &mut File, pieces: &[Piece], target: &mut impl Write) -> io::Result<()> {
    let (mut all, mut data, mut ranges) = (Header::new(), 0, Vec::new());
    for piece in pieces {
        source.seek(SeekFrom::Start(piece.start))?;
        let (header, length) = read_header(source)?;
        for (name, tensor) in header {
            let (start, end) = tensor.data_offsets;
            let tensor = Tensor { data_offsets: (data + start, data + end), ..tensor };
            all.insert(format!("{}.{name}", piece.photo), tensor);
        }
        let bytes = piece.length.checked_sub(length).ok_or_else(damaged)?;
        ranges.push((piece.start + length, bytes));
        data += bytes;
    }
    write_header(&all, target)?;
    for (start, bytes) in ranges {
        source.seek(SeekFrom::Start(start))?;
        if io::copy(&mut Read::take(&mut *source, bytes), target)? != bytes {
            return Err(damaged());
        }
    }
    Ok(())
}

/// The file of one photo out of that of a part; `None` when it is not in there.
pub fn extract(part: &Path, photo: u64) -> io::Result<Option<Vec<u8>>> {
    let mut file = File::open(part)?;
    let (header, length) = read_header(&mut file)?;
    let prefix = format!("{photo}.");
    let mut own: Header = header
        .into_iter()
        .filter_map(|(name, tensor)| Some((name.strip_prefix(&prefix)?.to_owned(), tensor)))
        .collect();
    let Some(start) = own.values().map(|t| t.data_offsets.0).min() else { return Ok(None) };
    let end = own.values().map(|t| t.data_offsets.1).max().unwrap_or(start);
    if end > file.metadata()?.len() {
        return Err(damaged());
    }
    for tensor in own.values_mut() {
        let (from, to) = tensor.data_offsets;
        tensor.data_offsets = (from - start, to.checked_sub(start).ok_or_else(damaged)?);
    }
    let mut bytes = Vec::new();
    write_header(&own, &mut bytes)?;
    file.seek(SeekFrom::Start(length + start))?;
    file.take(end.saturating_sub(start)).read_to_end(&mut bytes)?;
    Ok(Some(bytes))
}

/// The header and the number of bytes before the first tensor.
fn read_header(file: &mut File) -> io::Result<(Header, u64)> {
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > MOST_HEADER {
        return Err(damaged());
    }
    let mut text = Vec::new();
    file.take(length).read_to_end(&mut text)?;
    Ok((serde_json::from_slice(&text)?, 8 + length))
}

fn write_header(header: &Header, target: &mut impl Write) -> io::Result<()> {
    let mut text = serde_json::to_vec(header)?;
    text.resize(text.len().next_multiple_of(8), b' ');
    target.write_all(&(text.len() as u64).to_le_bytes())?;
    target.write_all(&text)
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "the file is damaged")
}
