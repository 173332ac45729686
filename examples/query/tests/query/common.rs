//! A real run of `explain`, and what `query` says about it.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::LazyLock;

use anv_global::{ClusterRow, PhotoRow, ReadableRow, read_parquet};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// The packaged photos, what they show, and two that are said to show something else.
const LIST: &str = "image,true_class
coffee.png,cup
cup-of-tea.jpg,cup
lincoln-cup.jpg,cup
chair.jpg,panda
crocodile.jpg,crocodile
panda.jpg,panda
wrench.jpg,cup
astronaut.jpg,astronaut
great-pyramid.jpg,
broken.jpg,cup
";

/// The workspace.
pub fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// An example of the workspace, built when nobody did before.
fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        // From the root, as people do: packages that are built alone get other features, and everything twice.
        let mut build = Command::new(env!("CARGO"));
        build.current_dir(root()).args(["build", "--example", name]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
    }
    program
}

fn example(folder: &Path, name: &str, arguments: &[&str]) -> String {
    let output = Command::new(program(name)).current_dir(folder).args(arguments).output().unwrap();
    assert!(output.status.success(), "{name} {arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// Ten photos, one of them broken, in several parts; and a folder of `global`.
pub struct Home {
    folder: PathBuf,
}

/// Made once for all tests, which leave it as it is.
pub static HOME: LazyLock<Home> = LazyLock::new(|| {
    // Nothing is dropped at the end of a process, so this folder is one that cargo knows, made anew.
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("query");
    let _ = fs::remove_dir_all(&folder);
    // A space in the path, because paths become addresses.
    let photos = folder.join("the photos");
    fs::create_dir_all(&photos).unwrap();
    for entry in fs::read_dir(root().join("examples/assets/photos")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, photos.join(path.file_name().unwrap())).unwrap();
    }
    fs::write(photos.join("broken.jpg"), "no photo").unwrap();
    fs::write(photos.join("list.csv"), LIST).unwrap();
    example(&folder, "explain", &["the photos/list.csv", "--out", "a run", "--part", "4"]);
    example(
        &folder,
        "explain",
        &["the photos/list.csv", "--out", "other", "--seed", "7", "--layers", "12-13"],
    );
    example(&folder, "global", &[]);
    Home { folder }
});

impl Home {
    pub fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_query"));
        command.current_dir(&self.folder).args(arguments);
        command
    }

    /// Runs it, expects success, returns stdout.
    pub fn works(&self, arguments: &[&str]) -> String {
        let output = self.command(arguments).output().unwrap();
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{arguments:?}: {errors}");
        String::from_utf8(output.stdout).unwrap()
    }

    /// Runs it, expects exit code 2 and one line with each of these texts.
    pub fn refused(&self, arguments: &[&str], expected: &[&str]) {
        let Output { status, stderr, .. } = self.command(arguments).output().unwrap();
        let text = String::from_utf8_lossy(&stderr);
        assert_eq!(status.code(), Some(2), "{arguments:?}: {text}");
        for part in expected {
            assert!(text.contains(part), "{arguments:?}: `{text}` does not say `{part}`");
        }
        assert!(text.trim_end().lines().count() == 1 && !text.contains("panicked"), "{text}");
    }

    /// The rows of an answer.
    pub fn rows(&self, run: &str, sql: &str) -> Vec<Value> {
        self.read(run, sql)
    }

    /// The rows of an answer, as a type of ours.
    pub fn read<R: DeserializeOwned>(&self, run: &str, sql: &str) -> Vec<R> {
        let text = self.works(&[run, sql, "--format", "json"]);
        serde_json::from_str(&text).unwrap_or_else(|e| panic!("{sql}: {e}: {text}"))
    }

    /// What `explain` says about a run.
    pub fn summary(&self, run: &str) -> String {
        example(&self.folder, "explain", &[run, "--json"])
    }

    pub fn clusters(&self, run: &str) -> Vec<ClusterRow> {
        tables(&self.path(run), "clusters-")
    }

    pub fn photos(&self, run: &str) -> Vec<PhotoRow> {
        tables(&self.path(run), "photos-")
    }
}

/// Files of a folder whose names start so, sorted.
pub fn files(folder: &Path, start: &str) -> Vec<PathBuf> {
    let named = |p: &PathBuf| p.file_name().unwrap().to_string_lossy().starts_with(start);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|e| e.unwrap().path()).filter(named).collect();
    files.sort();
    files
}

fn tables<R: ReadableRow>(run: &Path, start: &str) -> Vec<R> {
    let files = files(run, start);
    files.iter().flat_map(|path| read_parquet::<R>(File::open(path).unwrap()).unwrap()).collect()
}

/// Whether two numbers differ only as sums in another order do.
pub fn near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}

/// A number of a row; NaN where it is null, which is near nothing.
pub fn float(row: &Value, column: &str) -> f64 {
    row[column].as_f64().unwrap_or(f64::NAN)
}
