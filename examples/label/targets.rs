//! Where each labelled explanation goes.

use std::collections::BTreeMap;
use std::path::Path;

use anv_examples::words::Folder;

/// A name below --out for each folder: its own; where several folders are called the same, with the photo's name behind
/// it, and with a number where that does not tell them apart either.
pub fn names(folders: &[Folder]) -> Vec<String> {
    let own: Vec<_> = folders.iter().map(|f| own_name(&f.path)).collect();
    let with_photo: Vec<_> = own
        .iter()
        .zip(folders)
        .map(|(name, folder)| match own.iter().filter(|other| *other == name).count() {
            1 => name.clone(),
            _ => format!("{name}-{}", stem(&folder.image)),
        })
        .collect();
    let mut seen = BTreeMap::<&str, usize>::new();
    let mut names = Vec::new();
    for name in &with_photo {
        let count = seen.entry(name).or_default();
        *count += 1;
        names.push(if *count == 1 { name.clone() } else { format!("{name}-{count}") });
    }
    names
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
