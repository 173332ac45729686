//! What the tests of the commands about words share.
#![allow(dead_code, reason = "each test file uses a part")]
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

pub mod run;
pub mod tiny;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anv_core::image::{Rgb, RgbImage};
use anv_core::ndarray::Array2;
use anv_core::{
    ChannelOrder, ClassScore, ClusterMap, Draft, DroppedCluster, LayerDraft, LayerInfo, ModelInfo,
    Preprocessing,
};
use tempfile::TempDir;

pub const HEADER: &str = "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels\n";

/// The folder of the independent program's numbers, where the environment names it.
pub fn shared() -> Option<PathBuf> {
    let shared = std::env::var_os("ANV_SHARED").map(PathBuf::from);
    if shared.is_none() {
        println!("skipped: ANV_SHARED names no folder");
    }
    shared
}

/// An example, built by `cargo test` unless only one test was asked for.
pub fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--package", "anv-examples", "--example", name]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
    }
    program
}

pub fn run(home: &TempDir, name: &str, arguments: &[&str]) -> Output {
    Command::new(program(name)).current_dir(home.path()).args(arguments).output().unwrap()
}

/// Runs it, expects success, returns stdout.
pub fn works(home: &TempDir, name: &str, arguments: &[&str]) -> String {
    let output = run(home, name, arguments);
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{name} {arguments:?}: {errors}");
    String::from_utf8(output.stdout).unwrap()
}

/// Runs it, expects exit code 2 and one line on stderr with each of these texts, and nothing written.
pub fn refused(home: &TempDir, name: &str, arguments: &[&str], expected: &[&str]) {
    let all: Vec<_> = arguments.iter().copied().chain(["--out", "refused"]).collect();
    let output = run(home, name, &all);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
    for part in expected {
        assert!(text.contains(part), "{arguments:?}: `{text}` does not say `{part}`");
    }
    assert_eq!(text.trim_end().lines().count(), 1, "more than one line: {text}");
    assert!(text.len() < 600 && !text.contains("panicked"), "{text}");
    assert!(!home.path().join("refused").exists(), "{arguments:?} left something behind");
}

pub fn write(home: &TempDir, name: &str, content: impl AsRef<[u8]>) {
    fs::write(home.path().join(name), content).unwrap();
}

/// An explanation of `source` with clusters of these weights in the layers 12 and 13, as `explain` would save it.
pub fn draft(source: &str, class: &str, weights: [&[f64]; 2]) -> Draft {
    let score = ClassScore { index: 0, name: class.into(), logit: 3.0, probability: 0.9 };
    let preprocessing = Preprocessing {
        height: 32,
        width: 32,
        order: ChannelOrder::Rgb,
        scale: 1.0,
        mean: [0.0; 3],
        std: [1.0; 3],
    };
    let layer = |(number, weights): (usize, &[f64])| {
        let channels = 2 * weights.len() + 1;
        let cluster = |(i, &weight_percent): (usize, &f64)| ClusterMap {
            map: Array2::from_shape_fn((4, 4), |(r, c)| ((r * 4 + c + i) % 5) as f32),
            weight_percent,
            channels: vec![2 * i, 2 * i + 1],
        };
        LayerDraft {
            layer: LayerInfo { number, name: format!("conv5_{}", number - 10), channels, size: (4, 4) },
            weights_percent: vec![100.0 / channels as f64; channels],
            kept: (0..channels).collect(),
            leftover_percent: 90.0,
            embedding: vec![[0.0, 0.0]; channels],
            silhouette: [(3, 0.5)].into(),
            best_k: weights.len() + 1,
            threshold_percent: 5.0,
            clusters: weights.iter().enumerate().map(cluster).collect(),
            dropped_clusters: vec![DroppedCluster { weight_percent: 1.0, channels: vec![channels - 1] }],
        }
    };
    Draft {
        photo: RgbImage::from_fn(16, 12, |x, y| Rgb([x as u8 * 10, y as u8 * 10, 90])),
        source: source.into(),
        seed: 0,
        model: ModelInfo {
            name: "tiny".into(),
            weights_sha256: String::new(),
            classes: vec![class.into()],
            preprocessing,
        },
        predicted: score.clone(),
        class: score,
        layers: [12, 13].into_iter().zip(weights).map(layer).collect(),
    }
}

/// Two photos of one class in the folder `explained`, and games on them.
pub fn two_photos(home: &TempDir) {
    let explained = home.path().join("explained");
    draft("a.jpg", "cup", [&[30.0, 10.0], &[40.0, 20.0, 10.0]]).write(explained.join("a"), &[]).unwrap();
    draft("b.jpg", "cup", [&[50.0], &[25.0, 15.0]]).write(explained.join("b"), &[]).unwrap();
    write(
        home,
        "games.csv",
        format!(
            "{HEADER}\
             1,ann,a.jpg,13,0,cup,cup,0,the Handle\n\
             2,bob,a.jpg,13,0,cup,cup,2,handles\n\
             3,ann,a.jpg,13,1,cup,cup,1,handle;a cup\n\
             4,cas,a.jpg,13,2,cup,chair,1,spoon\n\
             5,bob,a.jpg,12,0,cup,,3,\n\
             6,ann,b.jpg,13,0,cup,cup,0,Handle\n\
             7,bob,b.jpg,12,0,cup,cup,4,saucer\n"
        ),
    );
    write(home, "dictionary.csv", "raw,final\nhandles,handle\n");
}
