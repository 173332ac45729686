//! Which folders are meant.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use anv_core::is_saved_folder;

use crate::{Error, Result};

/// The saved folders among `paths` and one level below them, in the order given, those of one folder by name.
pub(super) fn saved_folders(paths: &[PathBuf]) -> Result<Vec<PathBuf>> {
    let mut all = Vec::new();
    for path in paths {
        match is_saved_folder(path) {
            true => all.push(path.clone()),
            false => all.extend(inside(path)?),
        }
    }
    let mut seen = BTreeSet::new();
    for path in &all {
        if !seen.insert(path.canonicalize().map_err(Error::io("read", path))?) {
            return Err(Error::FolderTwice { path: path.clone() });
        }
    }
    Ok(all)
}

fn inside(path: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(path).map_err(Error::io("read", path))? {
        let entry = entry.map_err(Error::io("read", path))?.path();
        // Names that start with a dot are half-written folders of a run that was broken off.
        let hidden = entry.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
        if !hidden && is_saved_folder(&entry) {
            found.push(entry);
        }
    }
    if found.is_empty() {
        return Err(Error::NoFolder { path: path.to_owned() });
    }
    found.sort();
    Ok(found)
}
