//! Names of the files of a run, and which photo belongs where.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

use anv_examples::CommandError;

/// How the photos of a run are divided: shard `i` of `n` takes every `n`-th photo, `size` of them make a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Division {
    /// Photos of the run.
    pub photos: u64,
    pub shards: u64,
    /// Photos a part.
    pub size: u64,
}

impl Division {
    /// Photos of a shard.
    pub fn photos_of(&self, shard: u64) -> u64 {
        (self.photos + self.shards - 1).saturating_sub(shard) / self.shards
    }

    /// Parts of a shard.
    pub fn parts_of(&self, shard: u64) -> u64 {
        self.photos_of(shard).div_ceil(self.size)
    }

    /// Places of the photos of a part among those of its shard.
    fn places(&self, part: Part) -> Range<u64> {
        let start = part.number * self.size;
        start..(start + self.size).min(self.photos_of(part.shard))
    }

    /// Photos of a part.
    pub fn length(&self, part: Part) -> u64 {
        let places = self.places(part);
        places.end.saturating_sub(places.start)
    }

    /// Places of the photos of a part in the list of photos.
    pub fn photos_in(&self, part: Part) -> impl Iterator<Item = u64> + use<> {
        let shards = self.shards;
        self.places(part).map(move |place| place * shards + part.shard)
    }

    /// The part that a photo belongs to.
    pub fn part_of(&self, photo: u64) -> Part {
        Part { shard: photo % self.shards, number: photo / self.shards / self.size }
    }

    /// All parts, shard by shard.
    pub fn parts(&self) -> impl Iterator<Item = Part> + '_ {
        (0..self.shards).flat_map(|shard| (0..self.parts_of(shard)).map(move |number| Part { shard, number }))
    }
}

/// A part: so many photos of a shard, whose tables and maps are a file each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Part {
    pub shard: u64,
    pub number: u64,
}

impl Part {
    fn name(self) -> String {
        format!("{:03}-{:05}", self.shard, self.number)
    }

    /// One row a cluster map.
    pub fn clusters(self, run: &Path) -> PathBuf {
        run.join(format!("clusters-{}.parquet", self.name()))
    }

    /// One row a photo; its presence says that the part is complete.
    pub fn photos(self, run: &Path) -> PathBuf {
        run.join(format!("photos-{}.parquet", self.name()))
    }

    /// The maps.
    pub fn maps(self, run: &Path) -> PathBuf {
        run.join(format!("maps-{}.safetensors", self.name()))
    }

    /// What is known of a part that is not complete.
    pub fn journal(self, run: &Path) -> PathBuf {
        run.join(format!(".part-{}", self.name()))
    }

    /// Whether its tables are there. That of the photos is written last; without the other it is made again.
    pub fn is_complete(self, run: &Path) -> bool {
        self.photos(run).is_file() && self.clusters(run).is_file()
    }
}

/// The file that keeps a second process away from a shard.
pub fn lock(run: &Path, shard: u64) -> PathBuf {
    run.join(format!(".lock-{shard:03}"))
}

/// The small picture of a photo; a thousand a folder.
pub fn thumb(photo: u64) -> String {
    format!("thumbs/{:03}/{photo:06}.jpg", photo / 1000)
}

/// The heatmaps of a photo's heaviest clusters, one below the other.
pub fn heat(photo: u64) -> String {
    format!("thumbs/{:03}/{photo:06}.png", photo / 1000)
}

/// The saved folder of a photo, where it was drawn: its place, and its name as far as any file system takes it.
pub fn figure(photo: u64, image: &str) -> String {
    let stem = Path::new(image).file_stem().map(|s| s.to_string_lossy().into_owned()).unwrap_or_default();
    let plain = |c: char| if c.is_ascii_alphanumeric() || "-_".contains(c) { c } else { '_' };
    let stem: String = stem.chars().take(60).map(plain).collect();
    format!("photos/{photo:06}-{stem}")
}

/// Takes away what a killed process of this shard left half-written.
pub fn remove_leftovers(run: &Path, shard: u64) -> Result<(), CommandError> {
    let ours = ["clusters", "photos", "maps"].map(|kind| format!(".{kind}-{shard:03}-"));
    let fail = |e: std::io::Error| format!("cannot read {}: {e}", run.display());
    for entry in fs::read_dir(run).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.ends_with(".partial") && ours.iter().any(|start| name.starts_with(start)) {
            // Whoever removed it first did what was wanted.
            let _ = fs::remove_file(entry.path());
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::{Division, Part};

    #[test]
    fn every_photo_is_in_one_part() {
        for (photos, shards, size) in
            [(0, 1, 64), (1, 3, 1), (64, 1, 64), (65, 1, 64), (1000, 7, 13), (5, 9, 2)]
        {
            let division = Division { photos, shards, size };
            let mut seen: Vec<u64> = Vec::new();
            for part in division.parts() {
                let inside: Vec<_> = division.photos_in(part).collect();
                assert_eq!(inside.len() as u64, division.length(part));
                assert!(!inside.is_empty() && inside.iter().all(|&p| division.part_of(p) == part));
                seen.extend(inside);
            }
            seen.sort_unstable();
            assert_eq!(seen, (0..photos).collect::<Vec<_>>());
            assert_eq!((0..shards).map(|s| division.photos_of(s)).sum::<u64>(), photos);
        }
    }

    #[test]
    fn files_bear_shard_and_number() {
        assert!(Part { shard: 1, number: 2 }.maps("r".as_ref()).ends_with("maps-001-00002.safetensors"));
    }
}
