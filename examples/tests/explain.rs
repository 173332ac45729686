//! `explain` as a user meets it: the packaged defaults, options, and everything that can be wrong with its input.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use anv_core::{Draft, image};
use common::program;
use common::tiny::tiny_model;
use serde_json::Value;
use tempfile::TempDir;

const FILES: [&str; 6] = ["anv.html", "anv.json", "anv.png", "anv.svg", "image.png", "maps.safetensors"];

fn explain(home: &TempDir, arguments: &[&str]) -> Output {
    Command::new(program("explain")).current_dir(home.path()).args(arguments).output().unwrap()
}

/// Runs it, expects exit code 2 and this text on stderr, and nothing on disk.
fn refused(home: &TempDir, arguments: &[&str], expected: &str) {
    let all: Vec<_> = arguments.iter().copied().chain(["--out", "refused"]).collect();
    let output = explain(home, &all);
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}: {text}");
    assert!(text.contains(expected), "{arguments:?}: `{text}` does not say `{expected}`");
    assert!(!text.contains("panicked"), "{text}");
    assert!(!home.path().join("refused").exists(), "{arguments:?} left something behind");
}

#[test]
fn without_arguments_the_packaged_photo_is_explained() {
    let home = TempDir::new().unwrap();
    let output = explain(&home, &[]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(text.contains("coffee.png") && text.contains("cup") && text.contains("conv5_3"), "{text}");
    let folder = home.path().join("explained").join("coffee");
    assert!(text.trim_end().ends_with("anv.html"), "the last line does not say where: {text}");
    let mut found: Vec<_> =
        fs::read_dir(&folder).unwrap().map(|f| f.unwrap().file_name().into_string().unwrap()).collect();
    found.sort();
    assert_eq!(found, FILES);
    let draft = Draft::read(&folder).unwrap();
    assert_eq!((draft.class.name.as_str(), draft.layers.len()), ("cup", 13));
    assert!(draft.layers.iter().all(|l| (3..=8).contains(&l.best_k) && !l.clusters.is_empty()));
}

#[test]
fn the_same_seed_gives_the_same_bytes_for_any_number_of_threads() {
    let home = TempDir::new().unwrap();
    for threads in ["1", "2", "7"] {
        let mut command = Command::new(program("explain"));
        command.current_dir(home.path()).env("RAYON_NUM_THREADS", threads);
        assert!(command.args(["--layers", "9-13", "--out", threads]).output().unwrap().status.success());
    }
    for name in FILES {
        let of = |threads: &str| fs::read(home.path().join(threads).join(name)).unwrap();
        assert!(of("1") == of("2") && of("1") == of("7"), "{name} depends on the number of threads");
    }
}

#[test]
fn options_reach_the_result() {
    let home = TempDir::new().unwrap();
    tiny_model(&home.path().join("m.safetensors"), |_, v| Some(v));
    let photo = image::RgbImage::from_fn(50, 40, |x, y| image::Rgb([x as u8 * 5, y as u8 * 6, 90]));
    photo.save(home.path().join("my photo.webp")).unwrap();
    let output = explain(
        &home,
        &[
            "my photo.webp",
            "--model",
            "m.safetensors",
            "--class",
            "minus",
            "--layers",
            "2-4",
            "--threshold",
            "off",
            "--clusters",
            "2-3",
            "--seed",
            "9",
            "--colors",
            "jet",
            "--json",
            "--out",
            "result",
        ],
    );
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let summary: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(summary["class"]["name"], "minus");
    assert_eq!(summary["layers"].as_array().unwrap().len(), 3);
    for part in ["load", "decode", "network", "clustering", "figures", "write"] {
        assert!(summary["seconds"][part].as_f64().unwrap() >= 0.0, "{part}");
    }
    assert!(String::from_utf8_lossy(&output.stderr).contains("result"));
    let draft = Draft::read(home.path().join("result")).unwrap();
    assert_eq!((draft.seed, draft.source.as_str(), draft.photo), (9, "my photo.webp", photo));
}

#[test]
fn a_class_without_evidence_is_a_result() {
    let home = TempDir::new().unwrap();
    // A head of zeros: no feature map speaks for any class.
    let no_head =
        |name: &str, v: Vec<f32>| Some(if name == "classifier.2.weight" { vec![0.0; v.len()] } else { v });
    tiny_model(&home.path().join("m.safetensors"), no_head);
    let output = explain(&home, &["--model", "m.safetensors", "--out", "result"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(String::from_utf8_lossy(&output.stdout).contains("no positive evidence"));
    assert!(Draft::read(home.path().join("result")).unwrap().layers.iter().all(|l| !l.has_evidence()));
}

#[test]
fn one_pixel_is_explained() {
    let home = TempDir::new().unwrap();
    image::RgbImage::from_pixel(1, 1, image::Rgb([200, 10, 10])).save(home.path().join("1.png")).unwrap();
    tiny_model(&home.path().join("m.safetensors"), |_, v| Some(v));
    let output = explain(&home, &["1.png", "--model", "m.safetensors", "--out", "result"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn wrong_photos_and_options_are_refused() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("empty.jpg"), "").unwrap();
    fs::write(home.path().join("text.png"), "no picture").unwrap();
    let panda = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/photos/panda.jpg");
    fs::write(home.path().join("cut.jpg"), &fs::read(panda).unwrap()[..3000]).unwrap();
    let cases: [(&[&str], &str); 13] = [
        (&["cut.jpg"], "cut.jpg: it is cut off"),
        (&["empty.jpg"], "empty.jpg: it is empty"),
        (&["text.png"], "neither JPEG nor PNG nor WebP"),
        (&["missing.jpg"], "cannot read missing.jpg"),
        (&["--class", "zebra"], "knows no class `zebra`"),
        (&["--class", "5000"], "no class 5000"),
        (&["--layers", "5-99"], "layers 5-99 are not in this network: it has 1-13"),
        (&["--layers", "13-5"], "`13-5` names no layers: expected `all`, a number from 1 or a rising range"),
        (&["--layers", "a-b"], "names no layers"),
        (&["--clusters", "9-3"], "range such as 3-8"),
        (&["--threshold", "lots"], "expected auto, off or a percentage"),
        (&["--device", "tpu"], "device tpu cannot be used: expected cpu"),
        (&["--colors", "pink"], "expected inferno"),
    ];
    for (arguments, expected) in cases {
        refused(&home, arguments, expected);
    }
}

#[test]
fn wrong_models_are_refused() {
    let home = TempDir::new().unwrap();
    let path = |name: &str| home.path().join(name);
    tiny_model(&path("whole.safetensors"), |_, v| Some(v));
    let whole = fs::read(path("whole.safetensors")).unwrap();
    fs::write(path("cut.safetensors"), &whole[..whole.len() - 100]).unwrap();
    fs::write(path("foreign.safetensors"), "not a model").unwrap();
    let is = |name: &str, other: &str| name == other;
    tiny_model(&path("missing.safetensors"), |n, v| (!is(n, "features.8.bias")).then_some(v));
    tiny_model(&path("shape.safetensors"), |n, v| {
        Some(if is(n, "features.8.bias") { vec![1.0; 7] } else { v })
    });
    // The writer refuses NaN, so it is put into the finished file: the last four bytes are a weight.
    let nan = [&whole[..whole.len() - 4], &f32::NAN.to_le_bytes()].concat();
    fs::write(path("nan.safetensors"), nan).unwrap();
    for (name, expected) in [
        ("cut.safetensors", "cut.safetensors"),
        ("foreign.safetensors", "foreign.safetensors"),
        ("missing.safetensors", "features.8.bias"),
        ("shape.safetensors", "features.8.bias"),
        ("nan.safetensors", "not finite"),
        ("absent.safetensors", "absent.safetensors"),
    ] {
        refused(&home, &["--model", name], expected);
    }
}

#[test]
fn a_folder_of_something_else_is_left_alone() {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join("thesis")).unwrap();
    fs::write(home.path().join("thesis/chapter1.tex"), "x").unwrap();
    tiny_model(&home.path().join("m.safetensors"), |_, v| Some(v));
    let output = explain(&home, &["--model", "m.safetensors", "--out", "thesis"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("left alone"));
    assert_eq!(fs::read_dir(home.path().join("thesis")).unwrap().count(), 1);
}
