//! The demonstration: the commands about words without arguments.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anv_core::{Draft, Explanation};
use anv_gradcam::read_weights;
use common::{refused, run, works};
use serde_json::Value;
use tempfile::TempDir;

/// Viewers who answered for each cluster map.
const VIEWERS: usize = 4;

fn assets() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/assets"))
}

#[test]
fn the_demonstration_is_of_the_packaged_network_and_whole() {
    let network = read_weights(assets().join("vgg16-caltech100.safetensors")).unwrap().sha256;
    let games = fs::read_to_string(assets().join("demo/games.csv")).unwrap();
    let mut played = BTreeMap::<_, usize>::new();
    for row in games.lines().skip(1) {
        let cells: Vec<_> = row.split(',').collect();
        *played.entry((cells[2].to_owned(), cells[3].to_owned(), cells[4].to_owned())).or_default() += 1;
    }
    let mut maps = 0;
    for entry in fs::read_dir(assets().join("demo/explained")).unwrap() {
        let draft = Draft::read(entry.unwrap().path()).unwrap();
        assert_eq!(draft.model.weights_sha256, network, "{}: run the example `demo` again", draft.source);
        assert_eq!(draft.class, draft.predicted, "{}", draft.source);
        for layer in &draft.layers {
            for cluster in 0..layer.clusters.len() {
                let key = (draft.source.clone(), layer.layer.number.to_string(), cluster.to_string());
                assert_eq!(played.get(&key), Some(&VIEWERS), "{key:?}");
                maps += 1;
            }
        }
    }
    assert_eq!(played.len(), maps, "no game is on a map that is not there");
}

#[test]
fn commands_without_arguments_work_on_it() {
    let home = TempDir::new().unwrap();
    let text = works(&home, "label", &[]);
    assert_eq!(text.lines().last(), Some("written to labelled"));
    let explanation = Explanation::read(home.path().join("labelled/coffee")).unwrap();
    let deepest = explanation.labels.layers.last().unwrap();
    assert_eq!(deepest.clusters[0].shown(), Some("rim"), "what the last layer sees of a cup");
    for file in ["anv.html", "anv.svg", "anv.png", "anv.json"] {
        assert!(home.path().join("labelled/coffee").join(file).is_file(), "{file}");
    }

    let found: Value = serde_json::from_str(&works(&home, "global", &["--json", "--group", "all"])).unwrap();
    let labels: Vec<_> =
        found["groups"][0].as_array().unwrap().iter().map(|f| f[0].as_str().unwrap()).collect();
    assert!(labels.contains(&"rim") && labels.contains(&"handle"), "{labels:?}");
    for file in ["global.svg", "global.png", "global.html", "features.csv", "features.parquet"] {
        assert!(home.path().join("global").join(file).is_file(), "{file}");
    }

    let text = works(&home, "stats", &[]);
    assert!(text.contains("Table 4") && text.contains("Table 6"), "{text}");
    let text = works(&home, "dictionary", &[]);
    assert!(text.contains("nothing is merged until you accept it"), "{text}");
}

#[test]
fn a_users_files_are_not_overwritten() {
    let home = TempDir::new().unwrap();
    fs::create_dir(home.path().join("demo")).unwrap();
    fs::write(home.path().join("demo/games.csv"), "mine").unwrap();
    refused(&home, "stats", &[], &["demo/games.csv is not the demonstration's", "--games"]);
    assert_eq!(fs::read_to_string(home.path().join("demo/games.csv")).unwrap(), "mine");
    fs::remove_dir_all(home.path().join("demo")).unwrap();

    works(&home, "label", &[]);
    let input = ["demo/explained", "--games", "demo/games.csv"];
    let output = run(&home, "label", &[&input[..], &["--out", "demo/explained"]].concat());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && text.contains("would be overwritten"), "{text}");
    // What `global` reads from a folder must come from one run.
    let one = ["demo/explained/coffee", "--games", "demo/games.csv"];
    let output = run(&home, "label", &one);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.code() == Some(2) && text.contains("and 7 more"), "{text}");
    works(&home, "label", &[]);
}
