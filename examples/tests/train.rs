//! `train` from pictures to an exported network, on a tiny VGG-11 and pictures drawn here.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "a failing helper fails the test that called it"
)]

// The example is a program; its modules come in as they are, with more than a test uses.
#[allow(dead_code)]
#[path = "../train/main.rs"]
mod train;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use anv_core::image::{Rgb, RgbImage};
use anv_core::{PhotoLimits, read_photo};
use anv_gradcam::candle_core::{Device, Tensor};
use anv_gradcam::{LoadOptions, Network, Precision, read_weights, write_safetensors};
use clap::Parser;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use tempfile::TempDir;
use train::args::Args;

/// Modules of `features` that are VGG-11's convolutions, and widths that keep the test fast.
const VGG11: [(usize, usize); 8] = [(0, 4), (3, 6), (6, 8), (8, 8), (11, 8), (13, 8), (16, 8), (18, 8)];
/// Pictures a class.
const PICTURES: u32 = 9;
const CLASSES: [&str; 3] = ["bars", "checks", "rows"];

/// A data folder and a backbone.
struct Bench {
    folder: TempDir,
}

impl Bench {
    fn new() -> Self {
        let bench = Self { folder: TempDir::new().unwrap() };
        for class in CLASSES {
            for index in 0..PICTURES {
                bench.draw(class, index);
            }
        }
        bench.backbone();
        bench
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn picture(&self, class: &str, index: u32) -> PathBuf {
        self.path("shapes").join(class).join(format!("{index:02}.png"))
    }

    /// Stripes or checks of random width, red, green or blue by class: random convolutions tell colours apart.
    fn draw(&self, class: &str, index: u32) {
        let mut random = ChaCha8Rng::seed_from_u64(u64::from(index) + 100 * class.len() as u64);
        let (width, bright) = (random.random_range(3..6), random.random_range(190..=255));
        let hue = CLASSES.iter().position(|c| *c == class).unwrap();
        let ink = [0, 1, 2].map(|plane| if plane == hue { bright } else { random.random_range(20..80) });
        let picture = RgbImage::from_fn(48, 40, |x, y| {
            let on = match class {
                "bars" => x / width % 2 == 0,
                "rows" => y / width % 2 == 0,
                _ => (x / width + y / width) % 2 == 0,
            };
            Rgb(if on { ink } else { [20; 3] })
        });
        let path = self.picture(class, index);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        picture.save(path).unwrap();
    }

    fn backbone(&self) {
        let mut random = ChaCha8Rng::seed_from_u64(3);
        let (mut tensors, mut channels) = (BTreeMap::new(), 3);
        for (module, width) in VGG11 {
            let limit = (6.0 / (channels * 9) as f32).sqrt();
            let values: Vec<f32> =
                (0..width * channels * 9).map(|_| random.random_range(-limit..limit)).collect();
            let kernel = Tensor::from_vec(values, (width, channels, 3, 3), &Device::Cpu).unwrap();
            tensors.insert(format!("features.{module}.weight"), kernel);
            let bias = Tensor::full(0.05f32, width, &Device::Cpu).unwrap();
            tensors.insert(format!("features.{module}.bias"), bias);
            channels = width;
        }
        write_safetensors(self.path("tiny.safetensors"), &tensors, &BTreeMap::new(), Precision::F32).unwrap();
    }

    fn args(&self, out: &str, more: &[&str]) -> Args {
        Args::parse_from(self.words(out, more))
    }

    fn words(&self, out: &str, more: &[&str]) -> Vec<String> {
        let path = |name: &str| self.path(name).display().to_string();
        let (data, backbone, out) = (path("shapes"), path("tiny.safetensors"), path(out));
        let words = ["train", &data, "--backbone", &backbone, "--out", &out, "--input-size", "64"];
        let fixed = ["--train-per-class", "6", "--held-out-per-class", "3", "--batch", "4"];
        words.into_iter().chain(fixed).chain(more.iter().copied()).map(str::to_owned).collect()
    }

    /// Trains and returns the exported file.
    fn train(&self, out: &str, more: &[&str]) -> Vec<u8> {
        train::train(&self.args(out, more)).unwrap();
        fs::read(self.network(out)).unwrap()
    }

    fn network(&self, out: &str) -> PathBuf {
        self.path(out).join("vgg11-shapes.safetensors")
    }

    /// The program itself.
    fn run(&self, words: &[String]) -> Output {
        Command::new(program()).args(&words[1..]).output().unwrap()
    }
}

/// The example, built by `cargo test` unless only this test was asked for.
fn program() -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples").join(format!("train{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--package", "anv-examples", "--example", "train"]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
    }
    program
}

#[test]
fn a_folder_becomes_a_network_that_tells_the_classes_apart() {
    let bench = Bench::new();
    bench.train("out", &["--epochs", "60", "--patience", "60", "--dropout", "0", "--learning-rate", "0.02"]);

    let network = Network::load(bench.network("out"), &LoadOptions::default()).unwrap();
    assert_eq!(network.info().classes, CLASSES);
    let table = fs::read_to_string(bench.path("out/held-out.csv")).unwrap();
    let rows: Vec<Vec<&str>> = table.lines().skip(1).map(|row| row.split(',').collect()).collect();
    assert_eq!(rows.len(), 9);
    for row in &rows {
        let photo = read_photo(bench.path("shapes").join(row[0]), &PhotoLimits::default()).unwrap();
        let scores = network.forward(&network.preprocess(&photo).unwrap()).unwrap();
        let scores = scores.flatten_all().unwrap().to_vec1::<f32>().unwrap();
        let best = (0..3).max_by(|&a, &b| scores[a].total_cmp(&scores[b])).unwrap();
        assert_eq!(CLASSES[best], row[3], "{}", row[0]);
    }
    let right = rows.iter().filter(|row| row[1] == row[3]).count();
    assert!(right >= 7, "{right} of 9 held-out pictures are right: chance is 3");

    let card = fs::read_to_string(bench.path("out/MODEL_CARD.md")).unwrap();
    let accuracy = format!("| as exported, 8 bits | {:.2} %", 100.0 * right as f64 / 9.0);
    for expected in [accuracy.as_str(), "--learning-rate 0.02", "| held out | 9 (3 a class) |"] {
        assert!(card.contains(expected), "`{expected}` is not on the card:\n{card}");
    }
    assert!(
        !card.contains(&bench.folder.path().display().to_string()),
        "the card names a place on this machine"
    );
    for file in ["history.svg", "history.csv", "confusion.svg", "confusion.csv", "split.json"] {
        assert!(bench.path("out").join(file).exists(), "{file}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bits_for_any_number_of_threads() {
    let bench = Bench::new();
    let run = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| bench.train(&format!("out{threads}"), &["--epochs", "4", "--fine-tune"]))
    };
    let one = run(1);
    assert!(one == run(2) && one == run(7));
    assert!(one != bench.train("other", &["--epochs", "4", "--fine-tune", "--seed", "1"]));
}

#[test]
fn training_goes_on_as_if_it_had_not_stopped() {
    let bench = Bench::new();
    let settings = ["--fine-tune", "--patience", "100", "--fine-tune-learning-rate", "1e-3"];
    let with = |epochs: &'static str| [&["--epochs", epochs], settings.as_slice()].concat();
    let whole = bench.train("whole", &with("7"));
    // The head's phase is stopped after 2 of 7 epochs, then both phases after 5, then both are brought to their end.
    bench.train("parts", &["--epochs", "2", "--patience", "100"]);
    bench.train("parts", &["--epochs", "7", "--patience", "100"]);
    bench.train("parts", &with("7"));
    assert!(fs::read(bench.network("parts")).unwrap() == whole);

    let checkpoint = bench.path("whole/cache/checkpoint-head.safetensors");
    let before = fs::read(&checkpoint).unwrap();
    assert!(bench.train("whole", &with("7")) == whole, "a call after the end changes nothing");
    assert!(fs::read(&checkpoint).unwrap() == before);
    // A damaged checkpoint is not taken up.
    fs::write(&checkpoint, &before[..before.len() / 2]).unwrap();
    assert!(bench.train("whole", &with("7")) == whole);
}

#[test]
fn extraction_goes_on_behind_the_rows_that_are_there() {
    let bench = Bench::new();
    let settings = ["--epochs", "3", "--augment", "2"];
    let whole = bench.train("out", &settings);
    let features = features(&bench.path("out/cache"));
    let bytes = fs::read(&features).unwrap();
    // Cut in the middle of a row, as an interruption may do, with half of all rows left.
    fs::write(&features, &bytes[..bytes.len() / 2 + 5]).unwrap();
    // A picture whose row is there is not looked at again: same size, no picture.
    let split: serde_json::Value =
        serde_json::from_slice(&fs::read(bench.path("out/split.json")).unwrap()).unwrap();
    let first = bench.path("shapes/bars").join(split["pictures"][0]["file"].as_str().unwrap());
    let picture = fs::read(&first).unwrap();
    let seen = bytes.len() / 2 > bytes.len() / 3;
    assert!(seen, "the first third of the rows are the pictures themselves");
    fs::write(&first, vec![0; picture.len()]).unwrap();
    fs::remove_file(bench.path("out/cache/checkpoint-head.safetensors")).unwrap();
    let error = train::train(&bench.args("out", &settings)).unwrap_err().to_string();
    assert!(error.contains(first.file_name().unwrap().to_str().unwrap()), "its second copy is read: {error}");
    fs::write(&first, picture).unwrap();
    assert!(bench.train("out", &settings) == whole);
    assert!(fs::read(&features).unwrap() == bytes);

    // A damaged row is computed again, with all behind it.
    let mut damaged = bytes.clone();
    damaged[bytes.len() / 4] ^= 1;
    fs::write(&features, damaged).unwrap();
    assert!(bench.train("out", &settings) == whole);
    assert!(fs::read(&features).unwrap() == bytes);
}

fn features(cache: &Path) -> PathBuf {
    let files = fs::read_dir(cache).unwrap().map(|entry| entry.unwrap().path());
    let mut found: Vec<_> = files
        .filter(|p| p.file_name().unwrap().to_string_lossy().starts_with("features-"))
        .filter(|p| p.extension().is_some_and(|e| e == "f32"))
        .collect();
    assert_eq!(found.len(), 1, "{found:?}");
    found.remove(0)
}

#[test]
fn fine_tuning_changes_the_last_three_convolutions_only() {
    let bench = Bench::new();
    let settings = ["--epochs", "3", "--bits", "32", "--fine-tune", "--fine-tune-learning-rate", "1e-2"];
    bench.train("out", &settings);
    let before = read_weights(bench.path("tiny.safetensors")).unwrap().tensors;
    let after = read_weights(bench.network("out")).unwrap().tensors;
    let values = |t: &Tensor| t.flatten_all().unwrap().to_vec1::<f32>().unwrap();
    for (index, (module, _)) in VGG11.into_iter().enumerate() {
        let name = format!("features.{module}.weight");
        let same = values(&before[&name]) == values(&after[&name]);
        assert_eq!(same, index < VGG11.len() - 3, "{name}");
    }
}

#[test]
fn fine_tuning_has_an_end_of_its_own() {
    let bench = Bench::new();
    bench.train("out", &["--epochs", "3", "--fine-tune", "--fine-tune-epochs", "2"]);
    let history = fs::read_to_string(bench.path("out/history.csv")).unwrap();
    let epochs = |phase: &str| history.lines().filter(|line| line.starts_with(phase)).count();
    // Beside the passes the state before the first step.
    assert_eq!((epochs("Head"), epochs("Fine-tuning")), (1 + 3, 1 + 2), "{history}");
    let card = fs::read_to_string(bench.path("out/MODEL_CARD.md")).unwrap();
    assert!(card.contains("--epochs 3 ") && card.contains("--fine-tune --fine-tune-epochs 2"), "{card}");
}

#[test]
fn recipes_are_compared_without_a_look_at_the_held_out_pictures() {
    let bench = Bench::new();
    let output = bench.run(&bench.words("out", &["--epochs", "3", "--validate-only"]));
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success() && said.contains("Head") && said.contains("history.csv"), "{said}");
    for file in ["vgg11-shapes.safetensors", "MODEL_CARD.md", "held-out.csv"] {
        assert!(!bench.path("out").join(file).exists(), "{file}");
    }
    // The same command without the option goes on from there.
    let checkpoint = bench.path("out/cache/checkpoint-head.safetensors");
    let before = fs::read(&checkpoint).unwrap();
    bench.train("out", &["--epochs", "3"]);
    assert!(fs::read(&checkpoint).unwrap() == before);
}

#[test]
fn the_thesis_head_and_half_precision_are_exported() {
    let bench = Bench::new();
    bench.train("out", &["--epochs", "2", "--head", "thesis", "--bits", "16"]);
    let tensors = read_weights(bench.network("out")).unwrap().tensors;
    // 64 pixels leave 2x2 cells of 8 channels.
    assert_eq!(tensors["classifier.1.weight"].dims(), [256, 32]);
    assert_eq!(tensors["classifier.4.weight"].dims(), [3, 256]);
    Network::load(bench.network("out"), &LoadOptions::default()).unwrap();
}

#[test]
fn unreadable_pictures_are_skipped_and_named() {
    let bench = Bench::new();
    fs::write(bench.path("shapes/bars/00.png"), b"").unwrap();
    fs::write(bench.path("shapes/bars/notes.txt"), b"not a picture").unwrap();
    fs::write(bench.path("shapes/README"), b"a file beside the classes is ignored").unwrap();
    let output = bench.run(&bench.words("out", &["--epochs", "1"]));
    let log = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{log}");
    for expected in [
        "skipped bars/00.png: it is empty",
        "skipped bars/notes.txt: it is neither JPEG nor PNG nor WebP",
        "2 skipped",
    ] {
        assert!(log.contains(expected), "`{expected}` is not in\n{log}");
    }
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(said.contains("vgg11-shapes.safetensors") && said.contains("MODEL_CARD.md"), "{said}");
}

#[test]
fn mistakes_are_told_and_leave_nothing_behind() {
    let bench = Bench::new();
    let empty = bench.path("empty");
    fs::create_dir_all(empty.join("cats")).unwrap();
    let one = bench.path("one");
    fs::create_dir_all(one.join("cats")).unwrap();
    fs::copy(bench.picture("bars", 0), one.join("cats/1.png")).unwrap();
    let nothing = bench.path("nothing");
    fs::create_dir_all(&nothing).unwrap();
    fs::write(bench.path("foreign.safetensors"), b"this is no weight file").unwrap();
    let mut thin = bench.words("out", &["--train-per-class", "9"]);
    thin.retain(|word| word != "--train-per-class" && word != "6" && word != "9");
    thin.extend(["--train-per-class".to_owned(), "9".to_owned()]);

    let change = |place: usize, value: &Path| {
        let mut words = bench.words("out", &[]);
        words[place] = value.display().to_string();
        words
    };
    let cases = [
        (change(1, &bench.path("missing")), "cannot read"),
        (change(1, &nothing), "no class folders"),
        (change(1, &empty), "is empty"),
        (change(1, &one), "one class folder: at least two are needed"),
        (thin, "class `bars` has 9 readable pictures: at least 10 are needed"),
        (change(3, &bench.path("foreign.safetensors")), "foreign.safetensors"),
        (change(3, &bench.path("missing.safetensors")), "missing.safetensors"),
        (bench.words("out", &["--validation-per-class", "6"]), "leaves nothing to learn from"),
        (bench.words("out", &["--dropout", "1"]), "expected a share from 0 to below 1"),
        (bench.words("out", &["--remarks", "missing.md"]), "cannot read the remarks in missing.md"),
    ];
    for (words, expected) in cases {
        let output = bench.run(&words);
        let log = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{expected}: {log}");
        assert!(log.contains(expected), "`{expected}` is not in\n{log}");
        assert!(!bench.path("out").exists(), "{expected}: something was written");
    }
}

#[test]
fn a_rate_that_is_too_high_is_named() {
    let bench = Bench::new();
    let error = train::train(&bench.args("out", &["--learning-rate", "1e38"])).unwrap_err().to_string();
    assert!(error.contains("--learning-rate") && error.contains("too high"), "{error}");
}
