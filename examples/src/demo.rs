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

const TABLES: &[File] = &[file!("games.csv"), file!("dictionary.csv")];

const EXPLAINED: &[File] = include!("../assets/demo/explained.rs");

/// Lays the demonstration out in `folder` and says so on stderr when it does; files that are there already are not
/// touched.
///
/// # Errors
/// When a file of another content is in the way, or one cannot be written.
pub fn write_demo(folder: &Path) -> Result<(), CommandError> {
    let mut missing = Vec::new();
    for (name, bytes) in TABLES.iter().chain(EXPLAINED) {
        let path = folder.join(name);
        match std::fs::read(&path) {
            Ok(found) if found == *bytes => {}
            Ok(_) => {
                return Err(format!(
                    "{} is not the demonstration's: without arguments the demonstration is laid out in {}; move that \
                     file away, or name your own with --games",
                    path.display(),
                    folder.display()
                )
                .into());
            }
            Err(_) => missing.push((path, *bytes)),
        }
    }
    for (path, bytes) in &missing {
        write_file(path, bytes)?;
    }
    if !missing.is_empty() {
        eprintln!("the demonstration is laid out in {}", folder.display());
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
