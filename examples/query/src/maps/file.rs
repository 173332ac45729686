//! One file of maps: header first, then only the maps that are wanted.
//!
//! A safetensors file is the length of its header in 8 bytes, the header as JSON, and the tensors. A map is named
//! `PHOTO.layer13.cluster0`; what else a photo has is left alone.

use std::collections::HashMap;
use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use datafusion::arrow::array::{AsArray, RecordBatchReader};
use datafusion::arrow::compute::cast;
use datafusion::arrow::datatypes::{DataType, Int64Type};
use datafusion::parquet::arrow::ProjectionMask;
use datafusion::parquet::arrow::arrow_reader::ParquetRecordBatchReaderBuilder;
use serde::Deserialize;

/// Headers are far smaller; a damaged length must not ask for more memory than there is.
const MOST_HEADER: u64 = 1 << 30;

/// What goes wrong with a file, in words.
type Failed = Box<dyn std::error::Error + Send + Sync>;

#[derive(Deserialize)]
struct Tensor {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: (u64, u64),
}

/// Where a map lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Place of the photo in its run.
    pub photo: i64,
    /// Number of the layer.
    pub layer: i64,
    /// Place of the cluster in the layer.
    pub cluster: i64,
    /// Rows of the map.
    pub height: i64,
    /// Columns of the map.
    pub width: i64,
    start: u64,
}

impl Entry {
    /// Numbers of the map.
    pub fn numbers(&self) -> usize {
        usize::try_from(self.height * self.width).unwrap_or(usize::MAX)
    }
}

/// A file of maps whose header was read.
#[derive(Debug)]
pub struct MapsFile {
    file: File,
    entries: Vec<Entry>,
}

impl MapsFile {
    /// Opens a file and finds the maps that `wanted` takes by photo, layer and cluster, in the order of the file.
    pub fn open(path: &Path, wanted: impl Fn(i64, i64, i64) -> bool) -> Result<Self, Failed> {
        let mut file = File::open(path)?;
        let (header, start) = read_header(&mut file)?;
        let length = file.metadata()?.len();
        let mut entries = Vec::new();
        for (name, tensor) in header {
            let Some((photo, layer, cluster)) = parse_name(&name) else { continue };
            if !wanted(photo, layer, cluster) {
                continue;
            }
            let (height, width) =
                tensor.size().ok_or_else(|| format!("`{name}` is no map of 32-bit numbers"))?;
            let (from, to) = tensor.data_offsets;
            if start.checked_add(to).is_none_or(|end| end > length) {
                return Err("the file is shorter than its header says".into());
            }
            entries.push(Entry { photo, layer, cluster, height, width, start: start + from });
        }
        entries.sort_by_key(|e| e.start);
        Ok(Self { file, entries })
    }

    /// The maps found.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The numbers of some maps, one after the other.
    pub fn read(&mut self, entries: &[Entry]) -> io::Result<Vec<f32>> {
        let mut numbers = Vec::with_capacity(entries.iter().map(Entry::numbers).sum());
        let mut bytes = Vec::new();
        for entry in entries {
            self.file.seek(SeekFrom::Start(entry.start))?;
            bytes.resize(entry.numbers() * 4, 0);
            self.file.read_exact(&mut bytes)?;
            numbers.extend(bytes.as_chunks::<4>().0.iter().map(|b| f32::from_le_bytes(*b)));
        }
        Ok(numbers)
    }
}

impl Tensor {
    /// Rows and columns, when it is a map whose bytes are as many as it says.
    fn size(&self) -> Option<(i64, i64)> {
        let &[height, width] = self.shape.as_slice() else { return None };
        let bytes = self.data_offsets.1.checked_sub(self.data_offsets.0)?;
        let right = self.dtype == "F32" && height.checked_mul(width)?.checked_mul(4)? == bytes;
        right.then_some((i64::try_from(height).ok()?, i64::try_from(width).ok()?))
    }
}

/// `12.layer13.cluster0`.
fn parse_name(name: &str) -> Option<(i64, i64, i64)> {
    let mut parts = name.split('.');
    let photo = parts.next()?.parse().ok()?;
    let layer = parts.next()?.strip_prefix("layer")?.parse().ok()?;
    let cluster = parts.next()?.strip_prefix("cluster")?.parse().ok()?;
    parts.next().is_none().then_some((photo, layer, cluster))
}

/// The header and the place of the first tensor.
fn read_header(file: &mut File) -> Result<(HashMap<String, Tensor>, u64), Failed> {
    let mut length = [0; 8];
    file.read_exact(&mut length)?;
    let length = u64::from_le_bytes(length);
    if length > MOST_HEADER {
        return Err("this is no safetensors file".into());
    }
    let mut text = Vec::new();
    file.take(length).read_to_end(&mut text)?;
    Ok((serde_json::from_slice(&text)?, 8 + length))
}

/// Name and class of each photo of a part.
pub fn photos(path: &Path) -> Result<HashMap<i64, (String, Option<String>)>, Failed> {
    let builder = ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?;
    let columns = ["photo", "image", "class"];
    let mask = ProjectionMask::columns(builder.parquet_schema(), columns);
    let reader = builder.with_projection(mask).build()?;
    let schema = reader.schema();
    let mut photos = HashMap::new();
    for batch in reader {
        let batch = batch?;
        let column = |name: &str, kind: &DataType| -> Result<_, Failed> {
            Ok(cast(batch.column(schema.index_of(name)?), kind)?)
        };
        let numbers = column("photo", &DataType::Int64)?;
        let (names, classes) = (column("image", &DataType::Utf8)?, column("class", &DataType::Utf8)?);
        let rows = numbers.as_primitive::<Int64Type>().iter();
        let rows = rows.zip(names.as_string::<i32>()).zip(classes.as_string::<i32>());
        photos.extend(rows.filter_map(|((photo, name), class)| {
            Some((photo?, (name?.to_owned(), class.map(str::to_owned))))
        }));
    }
    Ok(photos)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{MapsFile, parse_name};

    fn write(header: &str, numbers: &[f32]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend(numbers.iter().flat_map(|n| n.to_le_bytes()));
        fs::write(file.path(), bytes).unwrap();
        file
    }

    #[test]
    fn wanted_maps_are_read_and_others_are_not() {
        let header = r#"{"3.layer1.cluster0":{"dtype":"F32","shape":[1,2],"data_offsets":[0,8]},
            "3.anv.json":{"dtype":"U8","shape":[4],"data_offsets":[8,12]},
            "4.layer2.cluster1":{"dtype":"F32","shape":[2,1],"data_offsets":[12,20]}}"#;
        let file = write(header, &[1.0, 2.0, 9.0, 3.0, 4.0]);
        let mut maps = MapsFile::open(file.path(), |_, layer, _| layer == 2).unwrap();
        let entries = maps.entries().to_vec();
        assert_eq!(entries.len(), 1);
        assert_eq!((entries[0].photo, entries[0].height, entries[0].width), (4, 2, 1));
        assert_eq!(maps.read(&entries).unwrap(), [3.0, 4.0]);
        let all = MapsFile::open(file.path(), |_, _, _| true).unwrap();
        assert_eq!(all.entries().len(), 2);
    }

    #[test]
    fn damaged_files_are_refused() {
        let cut =
            write(r#"{"0.layer1.cluster0":{"dtype":"F32","shape":[2,2],"data_offsets":[0,16]}}"#, &[1.0]);
        let why = MapsFile::open(cut.path(), |_, _, _| true).unwrap_err().to_string();
        assert_eq!(why, "the file is shorter than its header says");
        let other =
            write(r#"{"0.layer1.cluster0":{"dtype":"F64","shape":[1,1],"data_offsets":[0,8]}}"#, &[1.0; 2]);
        assert!(MapsFile::open(other.path(), |_, _, _| true).is_err());
        let foreign = tempfile::NamedTempFile::new().unwrap();
        fs::write(foreign.path(), "no tensors at all").unwrap();
        assert!(MapsFile::open(foreign.path(), |_, _, _| true).is_err());
    }

    #[test]
    fn names_are_of_three_parts() {
        assert_eq!(parse_name("12.layer13.cluster0"), Some((12, 13, 0)));
        for other in ["12.anv.json", "layer13.cluster0", "1.layer2.cluster3.x", "1.layer.cluster3"] {
            assert_eq!(parse_name(other), None, "{other}");
        }
    }
}
