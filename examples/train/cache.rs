//! A file of equally long rows of numbers that grows row by row and survives interruption.

use std::fs::{self, File, OpenOptions};
use std::io::{BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anv_core::write_file;
use anv_examples::CommandError;
use serde::Serialize;

use super::random::Fnv;

/// Bytes of the checksum behind each row.
const CHECKSUM: usize = 8;

/// Rows of f32, each followed by its checksum. A row that was cut short by an interruption, or damaged since, is
/// dropped with all behind it when the file is opened.
#[derive(Debug)]
pub struct Cache {
    path: PathBuf,
    file: File,
    /// Values a row.
    row: usize,
    rows: usize,
}

impl Cache {
    /// Opens the cache for `key` in `folder`, or makes an empty one. Each key has a file of its own; the key is
    /// kept beside it.
    pub fn open(folder: &Path, kind: &str, key: &impl Serialize, row: usize) -> Result<Self, CommandError> {
        let key = serde_json::to_vec_pretty(key)?;
        let name = format!("{kind}-{:016x}", Fnv::of(&key));
        let (path, key_path) = (folder.join(format!("{name}.f32")), folder.join(format!("{name}.json")));
        if fs::read(&key_path).ok().as_deref() != Some(&key) {
            let _ = fs::remove_file(&path);
            write_file(&key_path, &key)?;
        }
        let fail = |e| fail("open", &path, e);
        let mut options = OpenOptions::new();
        let file = options.read(true).write(true).create(true).truncate(false).open(&path).map_err(fail)?;
        let mut cache = Self { path, file, row, rows: 0 };
        cache.recover()?;
        Ok(cache)
    }

    fn bytes_a_row(&self) -> u64 {
        (self.row * 4 + CHECKSUM) as u64
    }

    fn recover(&mut self) -> Result<(), CommandError> {
        let length = self.file.metadata().map_err(|e| fail("read", &self.path, e))?.len();
        let mut buffer = vec![0; self.row * 4 + CHECKSUM];
        let mut reader = BufReader::with_capacity(1 << 20, &self.file);
        for _ in 0..length / self.bytes_a_row() {
            reader.read_exact(&mut buffer).map_err(|e| fail("read", &self.path, e))?;
            if !intact(&buffer) {
                break;
            }
            self.rows += 1;
        }
        let end = self.rows as u64 * self.bytes_a_row();
        if end < length {
            self.file.set_len(end).map_err(|e| fail("shorten", &self.path, e))?;
        }
        Ok(())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.rows
    }

    /// Values a row.
    pub fn row(&self) -> usize {
        self.row
    }

    /// Adds rows at the end; `values` holds whole rows.
    pub fn append(&mut self, values: &[f32]) -> Result<(), CommandError> {
        let mut bytes = Vec::with_capacity(values.len() * 4 + CHECKSUM);
        for row in values.chunks_exact(self.row) {
            let start = bytes.len();
            bytes.extend(row.iter().flat_map(|v| v.to_le_bytes()));
            let sum = Fnv::of(&bytes[start..]);
            bytes.extend(sum.to_le_bytes());
        }
        let end = self.rows as u64 * self.bytes_a_row();
        let written = self.file.seek(SeekFrom::Start(end)).and_then(|_| self.file.write_all(&bytes));
        written.map_err(|e| fail("write", &self.path, e))?;
        self.rows += values.len() / self.row;
        Ok(())
    }

    /// Reads one row into `values`.
    pub fn read(&mut self, index: usize, values: &mut [f32]) -> Result<(), CommandError> {
        let mut bytes = vec![0; self.row * 4];
        let start = index as u64 * self.bytes_a_row();
        let read = self.file.seek(SeekFrom::Start(start)).and_then(|_| self.file.read_exact(&mut bytes));
        read.map_err(|e| fail("read", &self.path, e))?;
        let numbers = bytes.chunks_exact(4).map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]));
        values.iter_mut().zip(numbers).for_each(|(value, number)| *value = number);
        Ok(())
    }
}

fn intact(row: &[u8]) -> bool {
    let (values, sum) = row.split_at(row.len() - CHECKSUM);
    Fnv::of(values).to_le_bytes() == *sum
}

fn fail(action: &str, path: &Path, error: std::io::Error) -> CommandError {
    format!("cannot {action} {}: {error}", path.display()).into()
}
