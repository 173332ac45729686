//! The demonstration that comes with the repository, inside the binary: explanations of the packaged photos and
//! answers given while looking at them; see `assets/demo/README.md`.

use std::path::{Path, PathBuf};

use anv_core::write_file;

use crate::CommandError;
use crate::words::WordArgs;

/// Where the commands lay the demonstration out when they are started without arguments.
pub const DEMO_FOLDER: &str = "demo";

/// The class of which the demonstration has several photos.
pub const DEMO_CLASS: &str = "cup";

/// A path below the demonstration's folder, and what is in the file.
type File = (&'static str, &'static [u8]);

macro_rules! file {
    ($($part:literal),*) => { (concat!($($part),*), include_bytes!(concat!("../assets/demo/", $($part),*)) as &[u8]) };
}

macro_rules! folders {
    // anv.json last: its presence says that the others are there.
    ($($name:literal),*) => { &[$(
        file!("explained/", $name, "/image.png"),
        file!("explained/", $name, "/maps.safetensors"),
        file!("explained/", $name, "/anv.json"),
    )*] };
}

const TABLES: &[File] = &[file!("games.csv"), file!("dictionary.csv")];

const EXPLAINED: &[File] = folders!(
    "astronaut",
    "chair",
    "coffee",
    "crocodile",
    "cup-of-tea",
    "great-pyramid",
    "lincoln-cup",
    "panda",
    "wrench"
);

/// Lays the demonstration out in `folder`; files that are there already and equal are not touched.
///
/// # Errors
/// When a file cannot be written.
pub fn write_demo(folder: &Path) -> Result<(), CommandError> {
    for (name, bytes) in TABLES.iter().chain(EXPLAINED) {
        let path = folder.join(name);
        if std::fs::read(&path).is_ok_and(|found| found == *bytes) {
            continue;
        }
        write_file(path, bytes)?;
    }
    Ok(())
}

/// The arguments that stand for the demonstration, laid out in [`DEMO_FOLDER`]; further ones are kept.
///
/// # Errors
/// When it cannot be written.
pub fn word_args(args: &WordArgs) -> Result<WordArgs, CommandError> {
    let folder = PathBuf::from(DEMO_FOLDER);
    write_demo(&folder)?;
    Ok(WordArgs {
        folders: vec![folder.join("explained")],
        games: Some(folder.join("games.csv")),
        dictionary: args.dictionary.clone().or_else(|| Some(folder.join("dictionary.csv"))),
        ..args.clone()
    })
}
