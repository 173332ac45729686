//! Where each labelled explanation goes.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anv_core::is_saved_folder;
use anv_examples::CommandError;
use anv_examples::words::Folder;

/// The folder of each labelled explanation below `out`.
///
/// # Errors
/// When one would take the place of what it is made from, and when `out` holds explanations of an earlier run that this
/// one does not renew: tables and `global` would mix both.
pub fn paths(folders: &[Folder], out: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let paths: Vec<_> = names(folders).into_iter().map(|name| out.join(name)).collect();
    for (folder, path) in folders.iter().zip(&paths) {
        if let (Ok(from), Ok(to)) = (folder.path.canonicalize(), path.canonicalize())
            && from == to
        {
            return Err(
                format!("{} would be overwritten by its labels: name another --out", path.display()).into()
            );
        }
    }
    let renewed: BTreeSet<_> = paths.iter().collect();
    let entries = std::fs::read_dir(out).into_iter().flatten().filter_map(Result::ok);
    let mut others: Vec<_> =
        entries.map(|e| e.path()).filter(|p| !renewed.contains(p) && is_saved_folder(p)).collect();
    others.sort();
    match others.first() {
        None => Ok(paths),
        Some(first) => Err(format!(
            "{} holds explanations that this run does not renew ({}{}): name another --out, or remove them",
            out.display(),
            first.display(),
            if others.len() > 1 { format!(" and {} more", others.len() - 1) } else { String::new() }
        )
        .into()),
    }
}

/// A name below --out for each folder: its own; where several folders are called the same, with the photo's name behind
/// it, and with a number where that does not tell them apart either.
fn names(folders: &[Folder]) -> Vec<String> {
    let own: Vec<_> = folders.iter().map(|f| own_name(&f.path)).collect();
    let mut counts = BTreeMap::<&str, usize>::new();
    own.iter().for_each(|name| *counts.entry(name).or_default() += 1);
    // Names that are no other folder's come first, so that a made-up one cannot take theirs.
    let mut taken: BTreeSet<_> = own.iter().filter(|name| counts[name.as_str()] == 1).cloned().collect();
    let mut name = |(own, folder): (&String, &Folder)| {
        if counts[own.as_str()] == 1 {
            return own.clone();
        }
        let base = format!("{own}-{}", stem(&folder.image));
        let numbered = (2usize..).map(|n| format!("{base}-{n}"));
        let free = std::iter::once(base.clone()).chain(numbered).find(|name| !taken.contains(name));
        let free = free.unwrap_or(base);
        taken.insert(free.clone());
        free
    };
    own.iter().zip(folders).map(&mut name).collect()
}

fn own_name(path: &Path) -> String {
    let path = path.canonicalize().unwrap_or_else(|_| path.to_owned());
    path.file_name().map_or_else(|| "explanation".into(), |name| name.to_string_lossy().into_owned())
}

/// The photo's file name without its ending and without what could lead out of the folder.
fn stem(image: &str) -> String {
    let stem = Path::new(image).file_stem().unwrap_or_default().to_string_lossy();
    stem.chars().map(|c| if c.is_alphanumeric() || "-_".contains(c) { c } else { '_' }).collect()
}
