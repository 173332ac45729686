//! The tables of a run, read part by part.

use std::fs::File;
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
        let (photos, clusters) = read(run, division, part)?;
        let mut clusters = clusters.as_slice();
        if let Some(missing) = missing.get_mut(part.shard as usize) {
            *missing = missing.saturating_sub(photos.len() as u64);
        }
        for photo in photos {
            let own = clusters.iter().take_while(|c| c.photo == photo.photo).count();
            let (own, rest) = clusters.split_at(own);
            clusters = rest;
            each(photo, own)?;
        }
        if !clusters.is_empty() {
            return Err(damaged(run, part, "it has rows of photos that the table of photos lacks"));
        }
    }
    Ok(missing)
}

/// The tables of a complete part, photos and cluster maps in their order.
pub fn read(
    run: &Path,
    division: &Division,
    part: Part,
) -> Result<(Vec<PhotoRow>, Vec<ClusterRow>), CommandError> {
    let mut photos: Vec<PhotoRow> = table(&part.photos(run))?;
    let mut clusters: Vec<ClusterRow> = table(&part.clusters(run))?;
    photos.sort_by_key(|p| p.photo);
    clusters.sort_by_key(|c| (c.photo, c.layer, c.cluster));
    match photos.iter().map(|p| p.photo).eq(division.photos_in(part)) {
        true => Ok((photos, clusters)),
        false => Err(damaged(run, part, "the table of photos is not about the photos of this part")),
    }
}

fn table<R: ReadableRow>(path: &Path) -> Result<Vec<R>, CommandError> {
    let file = File::open(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
    read_parquet(file).map_err(|e| format!("{}: {e}", path.display()).into())
}

fn damaged(run: &Path, part: Part, reason: &str) -> CommandError {
    format!("{} is damaged: {reason}; remove it to have it made again", part.photos(run).display()).into()
}
