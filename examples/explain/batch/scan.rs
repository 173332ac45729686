//! The tables of a run, read part by part.

use std::fs::File;
use std::io;
use std::path::Path;

use anv_examples::CommandError;
use anv_global::{ClusterRow, PhotoRow, ReadableRow, read_parquet};

use super::layout::{Division, Part};

/// Hands on every photo of the complete parts with its cluster maps and returns how many photos each shard still lacks.
pub fn scan(
    run: &Path,
    division: &Division,
    mut each: impl FnMut(PhotoRow, &[ClusterRow]) -> Result<(), CommandError>,
) -> Result<Vec<u64>, CommandError> {
    let mut missing: Vec<u64> = (0..division.shards).map(|shard| division.photos_of(shard)).collect();
    for part in division.parts().filter(|part| part.is_complete(run)) {
        let photos = read(run, division, part)?;
        if let Some(missing) = missing.get_mut(part.shard as usize) {
            *missing = missing.saturating_sub(photos.len() as u64);
        }
        for (photo, clusters) in photos {
            each(photo, &clusters)?;
        }
    }
    Ok(missing)
}

/// The photos of a complete part, each with its cluster maps, in their order.
pub fn read(
    run: &Path,
    division: &Division,
    part: Part,
) -> Result<Vec<(PhotoRow, Vec<ClusterRow>)>, CommandError> {
    let photos = photos(run, division, part)?;
    let mut clusters: Vec<ClusterRow> = table(run, part, &part.clusters(run))?;
    clusters.sort_by_key(|c| (c.photo, c.layer, c.cluster));
    let mut clusters = clusters.into_iter().peekable();
    let with_its_own = |photo: PhotoRow| {
        let own = std::iter::from_fn(|| clusters.next_if(|c| c.photo == photo.photo)).collect();
        (photo, own)
    };
    let photos = photos.into_iter().map(with_its_own).collect();
    match clusters.peek() {
        None => Ok(photos),
        Some(_) => {
            let reason = "it has rows of photos that the table of photos lacks";
            Err(damaged(run, part, &part.clusters(run), reason))
        }
    }
}

/// The table of photos of a complete part, in their order.
pub fn photos(run: &Path, division: &Division, part: Part) -> Result<Vec<PhotoRow>, CommandError> {
    let path = part.photos(run);
    let mut photos: Vec<PhotoRow> = table(run, part, &path)?;
    photos.sort_by_key(|p| p.photo);
    match photos.iter().map(|p| p.photo).eq(division.photos_in(part)) {
        true => Ok(photos),
        false => Err(damaged(run, part, &path, "it is not about the photos of this part")),
    }
}

fn table<R: ReadableRow>(run: &Path, part: Part, path: &Path) -> Result<Vec<R>, CommandError> {
    let file = File::open(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    read_parquet(file).map_err(|e| damaged(run, part, path, &e.to_string()))
}

/// Why the maps of a part cannot be read.
pub fn maps_failed(run: &Path, part: Part, error: &io::Error) -> CommandError {
    let path = part.maps(run);
    match error.kind() {
        io::ErrorKind::InvalidData => damaged(run, part, &path, &error.to_string()),
        _ => format!("cannot read {}: {error}", path.display()).into(),
    }
}

/// What is wrong with a file of a part, and how the part is made again.
pub fn damaged(run: &Path, part: Part, file: &Path, reason: &str) -> CommandError {
    let (file, photos) = (file.display(), part.photos(run));
    format!("{file} is damaged: {reason}; remove {} to have this part made again", photos.display()).into()
}
