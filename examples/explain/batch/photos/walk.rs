//! Photos below a folder.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anv_examples::CommandError;

use super::{Photos, is_photo, name};

/// All photos below `folder`, by the bytes of their paths. Hidden files, `out` and what this command wrote elsewhere
/// are passed over; links are followed, but never in a circle. A photo shows the class that its folder is named after.
pub fn walk(folder: &Path, out: &Path, known: &[String]) -> Result<Photos, CommandError> {
    let mut photos = Photos::new(folder);
    let mut walk = Walk { out: fs::canonicalize(out).ok(), found: Vec::new(), photos: &mut photos };
    // The folder itself must be readable, whatever is below it.
    fs::read_dir(folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    walk.folder(folder, Path::new(""), &mut Vec::new());
    let mut found = walk.found;
    found.sort_unstable_by(|a, b| a.as_os_str().as_encoded_bytes().cmp(b.as_os_str().as_encoded_bytes()));

    let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
    // For photos directly in the folder, also where it was given as `.`.
    let root = fs::canonicalize(folder).unwrap_or_else(|_| folder.to_owned());
    for path in found {
        let parent = path.parent().and_then(Path::file_name).or(root.file_name());
        let class = parent.and_then(|p| p.to_str()).filter(|p| known.contains(p)).map(str::to_owned);
        photos.push(path, class.as_deref());
    }
    Ok(photos)
}

struct Walk<'a> {
    out: Option<PathBuf>,
    found: Vec<PathBuf>,
    photos: &'a mut Photos,
}

impl Walk<'_> {
    /// `above`: the real places of the folders that this one is in.
    fn folder(&mut self, folder: &Path, relative: &Path, above: &mut Vec<PathBuf>) {
        let unreadable = |e: std::io::Error| (name(relative), e.to_string());
        let real = match fs::canonicalize(folder) {
            Ok(real) => real,
            Err(error) => return self.photos.remarks.unreadable_folders.extend([unreadable(error)]),
        };
        if above.contains(&real) || self.out.as_ref() == Some(&real) {
            return;
        }
        let entries = match fs::read_dir(folder).and_then(Iterator::collect::<Result<Vec<_>, _>>) {
            Ok(entries) => entries,
            Err(error) => return self.photos.remarks.unreadable_folders.extend([unreadable(error)]),
        };
        // The pictures in there are results of this command.
        if !relative.as_os_str().is_empty()
            && entries.iter().any(|e| ["run.json", "anv.json"].iter().any(|ours| e.file_name() == *ours))
        {
            return;
        }
        above.push(real);
        for entry in entries {
            let file = entry.file_name();
            if file.as_encoded_bytes().starts_with(b".") {
                continue;
            }
            let below = relative.join(&file);
            let is_folder = entry.file_type().is_ok_and(|kind| match kind.is_symlink() {
                true => fs::metadata(entry.path()).is_ok_and(|meta| meta.is_dir()),
                false => kind.is_dir(),
            });
            match is_folder {
                true => self.folder(&entry.path(), &below, above),
                false if is_photo(&below) => self.found.push(below),
                false => self.photos.remarks.other_files += 1,
            }
        }
        above.pop();
    }
}
