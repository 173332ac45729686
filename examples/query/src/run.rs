//! Which files of a folder are tables.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf, absolute};

use serde::Deserialize;

use crate::error::{Error, Result};

/// The tables of a folder.
#[derive(Debug, Clone)]
pub struct Run {
    /// The folder as it was given: what the column `run` holds.
    pub name: String,
    /// Its files, by table.
    pub files: Files,
    /// Classes that the network knows, where `run.json` tells.
    pub classes: Vec<String>,
}

/// Files by table, sorted by name.
#[derive(Debug, Clone, Default)]
pub struct Files {
    /// One row a cluster map.
    pub clusters: Vec<PathBuf>,
    /// One row a photo.
    pub photos: Vec<PathBuf>,
    /// Maps, each with the table of its photos.
    pub maps: Vec<(PathBuf, PathBuf)>,
    /// One row a label, of `label` or `global`.
    pub labels: Vec<PathBuf>,
    /// One row a feature, of `global`.
    pub features: Vec<PathBuf>,
}

#[derive(Deserialize)]
struct Settings {
    model: Model,
}

#[derive(Deserialize)]
struct Model {
    classes: Vec<String>,
}

/// Finds the tables of some folders.
///
/// # Errors
/// [`Error::Folder`], [`Error::NoTables`], [`Error::Twice`], and [`Error::File`] for a `run.json` that is none.
pub fn find<'a>(folders: impl IntoIterator<Item = &'a Path>) -> Result<Vec<Run>> {
    let mut seen = BTreeSet::new();
    let mut runs = Vec::new();
    for folder in folders {
        let run = Run::open(folder)?;
        let real =
            fs::canonicalize(folder).map_err(|source| Error::Folder { path: folder.into(), source })?;
        if !seen.insert(real) {
            return Err(Error::Twice(folder.into()));
        }
        runs.push(run);
    }
    Ok(runs)
}

impl Run {
    fn open(folder: &Path) -> Result<Self> {
        let fail = |source| Error::Folder { path: folder.into(), source };
        // Executors of a cluster have another working directory.
        let path = absolute(folder).map_err(fail)?;
        let mut names = BTreeSet::new();
        for entry in fs::read_dir(&path).map_err(fail)? {
            names.extend(entry.map_err(fail)?.file_name().into_string());
        }
        let files = Files::new(&path, &names);
        if files.photos.is_empty() && files.labels.is_empty() && files.features.is_empty() {
            let begun = names.iter().any(|n| n.starts_with(".part-"));
            let hint = if begun { "; this run has no complete part yet" } else { "" };
            return Err(Error::NoTables { path: folder.into(), hint });
        }
        let settings = path.join("run.json");
        let classes = if names.contains("run.json") { classes(&settings)? } else { Vec::new() };
        Ok(Self { name: folder.display().to_string(), files, classes })
    }
}

impl Files {
    /// A part counts from the moment when its table of photos is there: `explain` writes it last.
    fn new(folder: &Path, names: &BTreeSet<String>) -> Self {
        let mut files = Self::default();
        let parts = names.iter().filter_map(|n| n.strip_prefix("photos-")?.strip_suffix(".parquet"));
        for part in parts {
            let photos = folder.join(format!("photos-{part}.parquet"));
            let there = |name: String| names.contains(&name).then(|| folder.join(name));
            files.clusters.extend(there(format!("clusters-{part}.parquet")));
            let maps = there(format!("maps-{part}.safetensors"));
            files.maps.extend(maps.map(|maps| (maps, photos.clone())));
            files.photos.push(photos);
        }
        let single = |name: &str| names.contains(name).then(|| folder.join(name)).into_iter().collect();
        files.labels = single("labels.parquet");
        files.features = single("features.parquet");
        files
    }
}

fn classes(path: &Path) -> Result<Vec<String>> {
    let fail = |reason: String| Error::File { path: path.into(), reason };
    let text = fs::read(path).map_err(|e| fail(e.to_string()))?;
    let settings: Settings = serde_json::from_slice(&text).map_err(|e| fail(e.to_string()))?;
    // Two classes of a network may share a name; the tables tell them apart as little.
    let names: BTreeSet<String> = settings.model.classes.into_iter().collect();
    Ok(names.into_iter().collect())
}
