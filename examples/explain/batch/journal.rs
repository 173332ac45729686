//! A part that is not complete: photo after photo at the end of one file, so that whatever ends the process costs the
//! photos that were being explained and no other.
//!
//! A record is a line of JSON (rows of the tables, length and checksum of what follows) and the photo's safetensors. What
//! is behind the last whole record is cut off when the file is opened again.

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use anv_core::write_file_synced;
use anv_examples::CommandError;
use anv_global::{ClusterRow, PhotoRow, write_parquet};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::layout::Part;
use super::maps::{self, Piece};
use super::photos::hex;

#[derive(Debug, Serialize, Deserialize)]
struct Line {
    photo: PhotoRow,
    clusters: Vec<ClusterRow>,
    bytes: u64,
    sha256: String,
}

/// A photo's maps as they are kept, nothing where they are not, and their checksum.
#[derive(Debug)]
pub struct Maps {
    bytes: Vec<u8>,
    sha256: String,
}

impl Maps {
    pub fn new(bytes: Vec<u8>) -> Self {
        let sha256 = hex(&Sha256::digest(&bytes));
        Self { bytes, sha256 }
    }
}

/// A photo in the file.
#[derive(Debug)]
struct Record {
    photo: PhotoRow,
    clusters: Vec<ClusterRow>,
    maps: Piece,
}

/// The journal of a part.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    records: Vec<Record>,
    end: u64,
}

impl Journal {
    /// Opens the journal of a part, or begins it.
    pub fn open(run: &Path, part: Part) -> Result<Self, CommandError> {
        let path = part.journal(run);
        let open = || -> io::Result<(File, Vec<Record>, u64)> {
            let file = OpenOptions::new().read(true).write(true).create(true).truncate(false).open(&path)?;
            let (records, end) = read(&file)?;
            file.set_len(end)?;
            Ok((file, records, end))
        };
        let (file, records, end) = open().map_err(|e| failed("read", &path, e))?;
        Ok(Self { path, file, records, end })
    }

    /// Begins the journal of a part anew, whatever was left there.
    pub fn begin(run: &Path, part: Part) -> Result<Self, CommandError> {
        Self::remove(run, part)?;
        Self::open(run, part)
    }

    /// Removes the journal of a part, where there is one.
    pub fn remove(run: &Path, part: Part) -> Result<(), CommandError> {
        let path = part.journal(run);
        match fs::remove_file(&path) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(failed("remove", &path, error)),
            _ => Ok(()),
        }
    }

    /// Places of the photos in it.
    pub fn photos(&self) -> impl Iterator<Item = u64> + '_ {
        self.records.iter().map(|r| r.photo.photo)
    }

    /// Takes photos that failed as not in it; what is added for them later on counts.
    pub fn forget_failed(&mut self) {
        self.records.retain(|r| r.photo.is_explained());
    }

    /// Number of photos in it.
    pub fn len(&self) -> u64 {
        self.records.len() as u64
    }

    /// Adds a photo.
    pub fn append(
        &mut self,
        photo: PhotoRow,
        clusters: Vec<ClusterRow>,
        maps: &Maps,
    ) -> Result<(), CommandError> {
        let line = Line { photo, clusters, bytes: maps.bytes.len() as u64, sha256: maps.sha256.clone() };
        let mut bytes = serde_json::to_vec(&line)?;
        bytes.push(b'\n');
        let start = self.end + bytes.len() as u64;
        let mut write = || -> io::Result<()> {
            self.file.seek(SeekFrom::Start(self.end))?;
            self.file.write_all(&bytes)?;
            self.file.write_all(&maps.bytes)
        };
        if let Err(error) = write() {
            // Half a record would be cut off later; a full disk is glad of the room now.
            let _ = self.file.set_len(self.end);
            return Err(failed("write", &self.path, error));
        }
        self.end = start + line.bytes;
        let maps = Piece { photo: line.photo.photo, start, length: line.bytes };
        self.records.push(Record { photo: line.photo, clusters: line.clusters, maps });
        Ok(())
    }

    /// Turns the journal into the files of the part, the table of photos last.
    pub fn finish(mut self, run: &Path, part: Part, with_maps: bool) -> Result<(), CommandError> {
        self.records.sort_by_key(|r| r.photo.photo);
        if with_maps {
            let pieces: Vec<_> = self.records.iter().map(|r| r.maps).filter(|p| p.length > 0).collect();
            write_file_synced(part.maps(run), |target| maps::join(&mut self.file, &pieces, target))?;
        }
        let clusters = self.records.iter().flat_map(|r| r.clusters.iter().cloned());
        write_file_synced(part.clusters(run), |file| {
            write_parquet(clusters, file).map_err(io::Error::other)
        })?;
        let photos = self.records.iter().map(|r| r.photo.clone());
        write_file_synced(part.photos(run), |file| write_parquet(photos, file).map_err(io::Error::other))?;
        drop(self.file);
        fs::remove_file(&self.path).map_err(|e| failed("remove", &self.path, e))
    }
}

fn failed(action: &'static str, path: &Path, source: io::Error) -> CommandError {
    anv_core::Error::Io { action, path: path.to_owned(), source }.into()
}

/// The whole records, of a photo the last, and where they end.
fn read(file: &File) -> io::Result<(Vec<Record>, u64)> {
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let (mut records, mut end) = (BTreeMap::new(), 0);
    loop {
        let mut text = Vec::new();
        let length = reader.read_until(b'\n', &mut text)? as u64;
        let Ok(line) = serde_json::from_slice::<Line>(&text) else { break };
        let start = end + length;
        let mut maps = Vec::new();
        reader.by_ref().take(line.bytes).read_to_end(&mut maps)?;
        let whole = text.ends_with(b"\n") && maps.len() as u64 == line.bytes;
        if !whole || hex(&Sha256::digest(&maps)) != line.sha256 {
            break;
        }
        end = start + line.bytes;
        let maps = Piece { photo: line.photo.photo, start, length: line.bytes };
        records.insert(line.photo.photo, Record { photo: line.photo, clusters: line.clusters, maps });
    }
    Ok((records.into_values().collect(), end))
}
