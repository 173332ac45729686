//! Photos that failed, once more: `explain FOLDER --out RUN --retry-failed`.
//!
//! A complete part with failed photos becomes a journal again, of the photos that did not fail; the rest is as after an
//! interruption. Tables and maps of the part stay until the new ones replace them, only its table of photos goes, last of
//! all: until then the part counts as complete and whatever lies in its journal as left behind.

use std::fs;
use std::path::Path;

use anv_core::Error;
use anv_examples::CommandError;

use super::journal::{Journal, Maps};
use super::layout::{Division, Part};
use super::{maps, scan};

/// Reopens the complete parts of a shard in which photos failed.
///
/// # Errors
/// When the run cannot be read or written, or a file of it is damaged.
pub fn reopen(run: &Path, division: &Division, shard: u64, with_maps: bool) -> Result<(), CommandError> {
    let parts = (0..division.parts_of(shard)).map(|number| Part { shard, number });
    for part in parts.filter(|part| part.is_complete(run)) {
        reopen_part(run, division, part, with_maps)?;
    }
    Ok(())
}

fn reopen_part(run: &Path, division: &Division, part: Part, with_maps: bool) -> Result<(), CommandError> {
    let (photos, mut clusters) = scan::read(run, division, part)?;
    if photos.iter().all(|photo| photo.is_explained()) {
        return Ok(());
    }
    let mut journal = Journal::begin(run, part)?;
    for photo in photos.into_iter().filter(|photo| photo.is_explained()) {
        let own = clusters.extract_if(.., |c| c.photo == photo.photo).collect();
        let maps = if with_maps { maps_of(run, part, photo.photo)? } else { Vec::new() };
        journal.append(photo, own, &Maps::new(maps))?;
    }
    journal.sync()?;
    let path = part.photos(run);
    fs::remove_file(&path).map_err(|source| Error::Io { action: "remove", path, source }.into())
}

fn maps_of(run: &Path, part: Part, photo: u64) -> Result<Vec<u8>, CommandError> {
    let path = part.maps(run);
    match maps::extract(&path, photo) {
        Ok(Some(maps)) => Ok(maps),
        Ok(None) => Err(format!("{} is damaged: it lacks photo {photo}", path.display()).into()),
        Err(source) => Err(Error::Io { action: "read", path, source }.into()),
    }
}
