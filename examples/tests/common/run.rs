//! Runs of `explain` over many photos, and what they left.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anv_core::image::{Rgb, RgbImage};
use anv_global::{ClusterRow, PhotoRow, ReadableRow, read_parquet};
use tempfile::TempDir;

use super::program;
use super::tiny::tiny_model;

/// A folder with a small network and photos of two classes.
pub struct Home {
    pub folder: TempDir,
}

impl Home {
    pub fn new(photos_a_class: u32) -> Self {
        let home = Self { folder: TempDir::new().unwrap() };
        tiny_model(&home.path("m.safetensors"), |_, v| Some(v));
        for (place, class) in ["minus", "plus"].into_iter().enumerate() {
            for index in 0..photos_a_class {
                home.photo(format!("photos/{class}/{index:03}.png"), 2 * index + place as u32);
            }
        }
        home
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    pub fn write(&self, name: &str, content: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, content).unwrap();
    }

    /// A picture that is another for every `index`.
    pub fn photo(&self, name: impl AsRef<Path>, index: u32) {
        let path = self.folder.path().join(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        let pixel =
            |x: u32, y: u32| Rgb([(x * 5 + index) as u8, (y * (3 + index % 7)) as u8, (index * 11) as u8]);
        RgbImage::from_fn(40, 30 + index % 5, pixel).save(path).unwrap();
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(program("explain"));
        command.current_dir(self.folder.path()).args(["--model", "m.safetensors"]).args(arguments);
        command
    }

    /// Runs it, expects success, returns stdout and stderr.
    pub fn works(&self, arguments: &[&str]) -> (String, String) {
        let output = self.command(arguments).output().unwrap();
        let text = |bytes| String::from_utf8(bytes).unwrap();
        let (out, errors) = (text(output.stdout), text(output.stderr));
        assert!(output.status.success(), "{arguments:?}: {errors}");
        (out, errors)
    }

    /// Runs it, expects exit code 2 and one line with this text.
    pub fn refused(&self, arguments: &[&str], expected: &str) {
        let Output { status, stderr, .. } = self.command(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&stderr);
        assert_eq!(status.code(), Some(2), "{arguments:?}: {text}");
        assert!(text.contains(expected), "{arguments:?}: `{text}` does not say `{expected}`");
        assert!(text.trim_end().lines().count() == 1 && !text.contains("panicked"), "{text}");
    }

    pub fn photos(&self, run: &str) -> Vec<PhotoRow> {
        tables(&self.path(run), "photos-")
    }

    pub fn clusters(&self, run: &str) -> Vec<ClusterRow> {
        tables(&self.path(run), "clusters-")
    }

    /// The tables without what differs from run to run, and the maps.
    pub fn results(&self, run: &str) -> (Vec<PhotoRow>, Vec<ClusterRow>, BTreeMap<String, Vec<u8>>) {
        let mut photos = self.photos(run);
        photos.iter_mut().for_each(|p| p.seconds = 0.0);
        let mut clusters = self.clusters(run);
        photos.sort_by_key(|p| p.photo);
        clusters.sort_by_key(|c| (c.photo, c.layer, c.cluster));
        (photos, clusters, maps(&self.path(run)))
    }
}

/// Files of a run whose names start so, sorted.
pub fn files(run: &Path, start: &str) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(run) else { return Vec::new() };
    let named = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().starts_with(start);
    let mut files: Vec<_> = entries.map(|e| e.unwrap().path()).filter(named).collect();
    files.sort();
    files
}

fn tables<R: ReadableRow>(run: &Path, start: &str) -> Vec<R> {
    files(run, start).iter().flat_map(|path| read_parquet::<R>(File::open(path).unwrap()).unwrap()).collect()
}

/// All tensors, read by the safetensors crate.
fn maps(run: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut all = BTreeMap::new();
    for path in files(run, "maps-") {
        let bytes = fs::read(path).unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        for (name, tensor) in tensors.tensors() {
            assert!(all.insert(name, tensor.data().to_vec()).is_none());
        }
    }
    all
}
