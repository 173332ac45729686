//! Files that are damaged or foreign are told by name.

use std::fs;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::common::{HOME, files};

/// A copy of the run that can be damaged.
struct Copy(TempDir);

impl Copy {
    fn new() -> Self {
        let folder = TempDir::new().unwrap();
        for path in files(&HOME.path("a run"), "") {
            if path.is_file() {
                fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
            }
        }
        Self(folder)
    }

    fn file(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn refused(&self, sql: &str, expected: &[&str]) {
        HOME.refused(&[self.0.path().to_str().unwrap(), sql], expected);
    }
}

fn change(path: &Path, change: impl FnOnce(&mut Vec<u8>)) {
    let mut bytes = fs::read(path).unwrap();
    change(&mut bytes);
    fs::write(path, bytes).unwrap();
}

#[test]
fn cut_and_foreign_tables() {
    let run = Copy::new();
    let name = "clusters-000-00001.parquet";
    change(&run.file(name), |bytes| bytes.truncate(bytes.len() / 2));
    run.refused("select count(*) from photos", &[name]);
    fs::write(run.file(name), "").unwrap();
    run.refused("select count(*) from clusters", &[name]);
    fs::write(run.file(name), "image,class\n".repeat(100)).unwrap();
    run.refused("select count(*) from clusters", &[name]);
    fs::copy(run.file("photos-000-00001.parquet"), run.file(name)).unwrap();
    run.refused("select count(*) from clusters", &[name, "it has no column `layer`"]);
}

#[test]
fn damage_that_only_reading_finds() {
    let run = Copy::new();
    let name = "clusters-000-00002.parquet";
    // Pages lie before the footer; their headers and compressed bytes make no sense any more.
    change(&run.file(name), |bytes| bytes[4..1000].fill(0xff));
    run.refused("select * from clusters", &[name]);
}

#[test]
fn damaged_maps() {
    let run = Copy::new();
    let name = "maps-000-00000.safetensors";
    change(&run.file(name), |bytes| bytes.truncate(bytes.len() / 2));
    run.refused("select count(mask(map, 20)) from maps", &[name, "shorter than its header says"]);
    fs::write(run.file(name), "no tensors").unwrap();
    run.refused("select count(*) from maps", &[name, "this is no safetensors file"]);
    // Who does not ask for maps is not held up.
    let folder = run.0.path().to_str().unwrap();
    HOME.works(&[folder, "select count(*) from clusters"]);
    fs::write(run.file("run.json"), "{}").unwrap();
    run.refused("select 1", &["run.json", "model"]);
}
