//! Photos that failed, once more: `explain FOLDER --out RUN --retry-failed`.
//!
//! When the first answer for a complete part comes, what did not fail in it is copied into a journal; when all have come,
//! the journal becomes the part as ever. Until then the part's files stay as they are, so that at most two parts are on
//! the disk twice. A journal beside a complete part is an unfinished try; whoever does not go on with it removes it.

use std::collections::BTreeSet;
use std::path::Path;

use anv_examples::CommandError;
use anv_global::{ClusterRow, PhotoRow};

use super::journal::{Journal, Maps};
use super::layout::{Division, Part};
use super::maps::Joined;
use super::scan;

/// The photos of a complete part that did not fail; `None` when none did.
pub fn explained(run: &Path, division: &Division, part: Part) -> Result<Option<Vec<u64>>, CommandError> {
    let photos = scan::photos(run, division, part)?;
    let explained = photos.iter().filter(|p| p.is_explained()).map(|p| p.photo).collect::<Vec<_>>();
    Ok((explained.len() < photos.len()).then_some(explained))
}

/// The journal of an earlier try, without what failed in it; `None` when it does not hold all that the part has.
pub fn unfinished(run: &Path, part: Part, explained: &[u64]) -> Result<Option<Journal>, CommandError> {
    if !part.journal(run).is_file() {
        return Ok(None);
    }
    let mut journal = Journal::open(run, part)?;
    journal.forget_failed();
    let held: BTreeSet<u64> = journal.photos().collect();
    Ok(explained.iter().all(|photo| held.contains(photo)).then_some(journal))
}

/// A journal with what did not fail in a complete part.
///
/// # Errors
/// When the run cannot be read or written, or the files of the part do not fit together.
pub fn begin(run: &Path, division: &Division, part: Part, with_maps: bool) -> Result<Journal, CommandError> {
    let photos = scan::read(run, division, part)?;
    let path = part.maps(run);
    let failed = |e| scan::maps_failed(run, part, &e);
    let mut joined = with_maps.then(|| Joined::open(&path)).transpose().map_err(failed)?;
    let mut journal = Journal::begin(run, part)?;
    // One that failed has cluster maps where a process was killed between the tables of a later try.
    for (photo, clusters) in photos.into_iter().filter(|(photo, _)| photo.is_explained()) {
        check(run, part, &photo, &clusters)?;
        let maps = match &mut joined {
            Some(joined) => joined
                .extract(photo.photo)
                .map_err(failed)?
                .ok_or_else(|| scan::damaged(run, part, &path, &format!("it lacks photo {}", photo.photo)))?,
            None => Vec::new(),
        };
        journal.append(photo, clusters, &Maps::new(maps))?;
    }
    Ok(journal)
}

fn check(run: &Path, part: Part, photo: &PhotoRow, clusters: &[ClusterRow]) -> Result<(), CommandError> {
    match clusters.len() as u64 == photo.cluster_maps {
        true => Ok(()),
        false => {
            let PhotoRow { photo, cluster_maps, .. } = photo;
            let reason = format!("photo {photo} has {} rows, expected {cluster_maps}", clusters.len());
            Err(scan::damaged(run, part, &part.clusters(run), &reason))
        }
    }
}
