//! The safetensors file of a part, made of those of its photos, and the way back.
//!
//! A safetensors file is the length of its header in 8 bytes, the header as JSON, and the tensors. The names of a photo's
//! tensors get the photo's place in the run as a prefix: `12.layer13.cluster0`, `12.anv.json`.

use std::collections::{BTreeMap, HashMap};
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

/// The file of a part, to be taken apart.
#[derive(Debug)]
pub struct Joined {
    file: File,
    /// Tensors of each photo, without its prefix.
    photos: HashMap<u64, Header>,
    /// Where the tensors begin.
    start: u64,
}

impl Joined {
    /// Opens the file of a part.
    ///
    /// # Errors
    /// [`io::ErrorKind::InvalidData`] when it is not as long as its header says, or is no such file.
    pub fn open(part: &Path) -> io::Result<Self> {
        let mut file = File::open(part)?;
        let (header, start) = read_header(&mut file)?;
        let end = header.values().map(|t| t.data_offsets.1).max().unwrap_or(0);
        if start.checked_add(end) != Some(file.metadata()?.len()) {
            return Err(damaged());
        }
        let mut photos: HashMap<u64, Header> = HashMap::new();
        for (name, tensor) in header {
            let (photo, name) = name.split_once('.').ok_or_else(damaged)?;
            let photo = photo.parse().map_err(|_| damaged())?;
            photos.entry(photo).or_default().insert(name.to_owned(), tensor);
        }
        Ok(Self { file, photos, start })
    }

    /// The file of one photo; `None` when it is not in there, or was taken before.
    pub fn extract(&mut self, photo: u64) -> io::Result<Option<Vec<u8>>> {
        let Some(mut own) = self.photos.remove(&photo) else { return Ok(None) };
        let start = own.values().map(|t| t.data_offsets.0).min().unwrap_or(0);
        let end = own.values().map(|t| t.data_offsets.1).max().unwrap_or(0);
        for tensor in own.values_mut() {
            let (from, to) = tensor.data_offsets;
            tensor.data_offsets = (from - start, to.checked_sub(start).ok_or_else(damaged)?);
        }
        let mut bytes = Vec::new();
        write_header(&own, &mut bytes)?;
        self.file.seek(SeekFrom::Start(self.start + start))?;
        let length = end.saturating_sub(start);
        match Read::take(&mut self.file, length).read_to_end(&mut bytes)? as u64 == length {
            true => Ok(Some(bytes)),
            false => Err(damaged()),
        }
    }
}

/// The header and the number of bytes before the first tensor.
fn read_header(file: &mut File) -> io::Result<(Header, u64)> {
    let mut length = [0; 8];
    file.read_exact(&mut length).map_err(|e| match e.kind() {
        io::ErrorKind::UnexpectedEof => damaged(),
        _ => e,
    })?;
    let length = u64::from_le_bytes(length);
    if length > MOST_HEADER {
        return Err(damaged());
    }
    let mut text = Vec::new();
    file.take(length).read_to_end(&mut text)?;
    let header = serde_json::from_slice(&text).map_err(|_| damaged())?;
    Ok((header, 8 + length))
}

fn write_header(header: &Header, target: &mut impl Write) -> io::Result<()> {
    let mut text = serde_json::to_vec(header)?;
    text.resize(text.len().next_multiple_of(8), b' ');
    if text.len() as u64 > MOST_HEADER {
        return Err(io::Error::new(
            io::ErrorKind::InvalidInput,
            "it would hold too many maps: take a smaller --part",
        ));
    }
    target.write_all(&(text.len() as u64).to_le_bytes())?;
    target.write_all(&text)
}

fn damaged() -> io::Error {
    io::Error::new(io::ErrorKind::InvalidData, "it is no whole file of maps")
}
