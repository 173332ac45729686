//! The pictures: one folder a class, divided into training, validation and held-out ones.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anv_core::{PhotoLimits, read_photo, write_file};
use anv_examples::CommandError;
use rand::seq::SliceRandom;
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::args::Args;
use super::random::rng;

/// What a picture is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Role {
    /// The weights learn from it.
    Train,
    /// It decides when to stop.
    Validation,
    /// It is looked at once, at the end.
    HeldOut,
}

/// A picture of the data folder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Picture {
    /// File name within its class folder.
    pub file: String,
    /// Index of the class.
    pub class: usize,
    /// What it is for.
    pub role: Role,
}

/// The division of a data folder, as kept in `split.json`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dataset {
    /// What the division follows from; another value means another division.
    key: Key,
    /// Class names, sorted: the order of the network's outputs.
    pub classes: Vec<String>,
    /// Class by class: training, validation, held-out.
    pub pictures: Vec<Picture>,
    /// Files that were passed over, as `class/file`, and why.
    pub skipped: BTreeMap<String, String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Key {
    seed: u64,
    train: usize,
    validation: usize,
    held_out: usize,
    /// Size of each file in bytes, by class and name.
    files: BTreeMap<String, BTreeMap<String, u64>>,
}

impl Dataset {
    /// Divides the folder, or takes the division in `out` when nothing has changed since.
    ///
    /// Names are sorted, shuffled by the seed class by class, and taken in that order, unreadable files left out:
    /// first the held-out-independent training pictures, the last of them for validation, then the held-out ones.
    pub fn open(args: &Args, out: &Path) -> Result<Self, CommandError> {
        let key = Key {
            seed: args.seed,
            train: args.train_per_class as usize,
            validation: args.validation_per_class(),
            held_out: args.held_out_per_class as usize,
            files: list(&args.data)?,
        };
        if key.validation >= key.train {
            return Err(format!(
                "--validation-per-class {} leaves nothing to learn from: --train-per-class is {}",
                key.validation, key.train
            )
            .into());
        }
        let file = out.join("split.json");
        if let Some(old) = fs::read(&file).ok().and_then(|b| serde_json::from_slice::<Self>(&b).ok())
            && old.key == key
        {
            return Ok(old);
        }
        let dataset = Self::divide(&args.data, key)?;
        write_file(&file, &serde_json::to_vec_pretty(&dataset)?)?;
        Ok(dataset)
    }

    fn divide(folder: &Path, key: Key) -> Result<Self, CommandError> {
        let classes: Vec<_> = key.files.keys().cloned().collect();
        let chosen: Vec<_> = key
            .files
            .par_iter()
            .map(|(class, files)| choose(&folder.join(class), class, files.keys(), &key))
            .collect();
        let (mut pictures, mut skipped) = (Vec::new(), BTreeMap::new());
        for (class, (names, bad)) in chosen.into_iter().enumerate() {
            skipped.extend(bad.iter().map(|(f, why)| (format!("{}/{f}", classes[class]), why.clone())));
            if names.len() <= key.train {
                return Err(too_few(&classes[class], names.len(), &bad, &key).into());
            }
            let role = |index: usize| match index {
                i if i < key.train - key.validation => Role::Train,
                i if i < key.train => Role::Validation,
                _ => Role::HeldOut,
            };
            let picture = |(index, file)| Picture { file, class, role: role(index) };
            pictures.extend(names.into_iter().enumerate().map(picture));
        }
        Ok(Self { key, classes, pictures, skipped })
    }

    /// Where a picture lies.
    pub fn path(&self, folder: &Path, picture: &Picture) -> PathBuf {
        folder.join(&self.classes[picture.class]).join(&picture.file)
    }

    /// `class/file`.
    pub fn name(&self, picture: &Picture) -> String {
        format!("{}/{}", self.classes[picture.class], picture.file)
    }

    /// Number of pictures with this role.
    pub fn count(&self, role: Role) -> usize {
        self.pictures.iter().filter(|p| p.role == role).count()
    }
}

fn too_few(class: &str, found: usize, bad: &[(String, String)], key: &Key) -> String {
    let unreadable = match bad {
        [] => String::new(),
        [(file, why), ..] => format!(" ({} more cannot be read, first {file}: {why})", bad.len()),
    };
    format!(
        "class `{class}` has {found} readable pictures{unreadable}: at least {} are needed, {} to train and 1 held out \
         (see --train-per-class)",
        key.train + 1,
        key.train
    )
}

/// Readable files in shuffled order, no more than are needed, and the unreadable ones met on the way.
fn choose<'a>(
    folder: &Path,
    class: &str,
    names: impl Iterator<Item = &'a String>,
    key: &Key,
) -> (Vec<String>, Vec<(String, String)>) {
    let mut names: Vec<_> = names.cloned().collect();
    names.shuffle(&mut rng(key.seed, &["split", class]));
    let (mut good, mut bad) = (Vec::new(), Vec::new());
    for name in names {
        if good.len() == key.train + key.held_out {
            break;
        }
        match read_photo(folder.join(&name), &PhotoLimits::default()) {
            Ok(_) => good.push(name),
            Err(error) => bad.push((name, reason(&error))),
        }
    }
    (good, bad)
}

/// Why a photo cannot be read, without its path.
fn reason(error: &anv_core::Error) -> String {
    match error {
        anv_core::Error::Photo { reason, .. } => reason.clone(),
        anv_core::Error::Io { source, .. } => source.to_string(),
        other => other.to_string(),
    }
}

/// Files of every class folder with their sizes. Hidden files are no pictures.
fn list(folder: &Path) -> Result<BTreeMap<String, BTreeMap<String, u64>>, CommandError> {
    let mut classes = BTreeMap::new();
    for (class, path, meta) in entries(folder)? {
        if !meta.is_dir() {
            continue;
        }
        let files: BTreeMap<_, _> = entries(&path)?
            .into_iter()
            .filter(|(_, _, m)| m.is_file())
            .map(|(n, _, m)| (n, m.len()))
            .collect();
        if files.is_empty() {
            return Err(format!("class folder {} is empty", path.display()).into());
        }
        if class.contains(['\n', '\r']) {
            return Err(format!("the name of class folder {class:?} has a line break").into());
        }
        classes.insert(class, files);
    }
    match classes.len() {
        0 => {
            Err(format!("{} has no class folders: expected one folder of pictures a class", folder.display())
                .into())
        }
        1 => Err(format!("{} has one class folder: at least two are needed", folder.display()).into()),
        _ => Ok(classes),
    }
}

fn entries(folder: &Path) -> Result<Vec<(String, PathBuf, fs::Metadata)>, CommandError> {
    let fail = |e: std::io::Error| format!("cannot read {}: {e}", folder.display());
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder).map_err(fail)? {
        let path = entry.map_err(fail)?.path();
        let Some(name) = path.file_name().and_then(|n| n.to_str()) else {
            return Err(format!("the name of {} is not valid Unicode", path.display()).into());
        };
        if !name.starts_with('.') {
            // Follows links: a folder of links to pictures is a common way to make a data set.
            let meta = fs::metadata(&path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
            entries.push((name.to_owned(), path.clone(), meta));
        }
    }
    Ok(entries)
}
