//! The campaign that comes with the program: explanations of the packaged photos; see `assets/demo/README.md`.

use std::path::Path;

use super::read::{ImportOptions, read_campaign};
use crate::store::NewCampaign;
use crate::{Error, Result};

/// A path below a folder, and what is in the file.
type File = (&'static str, &'static [u8]);

const EXPLAINED: &[File] = include!("../../../assets/demo/explained.rs");

/// The two that nobody takes for anything else, once a quarter of them is shown.
const CONTROLS: [&str; 2] = ["panda", "great-pyramid"];

/// The packaged campaign, open: seven photos of five classes and two control photos.
///
/// # Errors
/// [`Error::Io`] when there is no room for temporary files.
pub fn packaged_campaign() -> Result<NewCampaign> {
    let folder = tempfile::tempdir().map_err(Error::io("write", std::env::temp_dir()))?;
    for (name, bytes) in EXPLAINED {
        write(&folder.path().join(name), bytes)?;
    }
    let options = ImportOptions {
        name: "Packaged photos".into(),
        controls: CONTROLS.map(String::from).to_vec(),
        ..ImportOptions::default()
    };
    read_campaign(&[folder.path().join("explained")], &options)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let folder = path.parent().unwrap_or(path);
    std::fs::create_dir_all(folder).map_err(Error::io("write", folder))?;
    std::fs::write(path, bytes).map_err(Error::io("write", path))
}
