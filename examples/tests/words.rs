//! `label`, `global`, `stats` and `dictionary` as a user meets them.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::fs;
use std::fs::File;

use anv_core::Draft;
use anv_global::read_parquet;
use common::{HEADER, run, shared, two_photos, works, write};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use tempfile::TempDir;

const TOLERANCE: f64 = 1e-9;

/// Equal but for rounding; labels of a draw may be swapped, so lists of pairs are compared by name.
fn same(found: &Value, expected: &Value, at: &str) {
    match (found, expected) {
        (Value::Array(a), Value::Array(b)) => {
            assert_eq!(a.len(), b.len(), "{at}");
            let named = |v: &Value| v.get(0).and_then(Value::as_str).map(str::to_owned);
            let (mut a, mut b) = (a.clone(), b.clone());
            if a.iter().chain(&b).all(|v| named(v).is_some()) {
                a.sort_by_key(named);
                b.sort_by_key(named);
            }
            a.iter().zip(&b).enumerate().for_each(|(i, (a, b))| same(a, b, &format!("{at}[{i}]")));
        }
        (Value::Object(a), Value::Object(b)) => {
            assert_eq!(a.keys().collect::<Vec<_>>(), b.keys().collect::<Vec<_>>(), "{at}");
            a.iter().for_each(|(key, value)| same(value, &b[key], &format!("{at}.{key}")));
        }
        (Value::Number(a), Value::Number(b)) => {
            let (a, b) = (a.as_f64().unwrap(), b.as_f64().unwrap());
            assert!((a - b).abs() < TOLERANCE, "{at}: {a} instead of {b}");
        }
        _ => assert_eq!(found, expected, "{at}"),
    }
}

#[test]
fn label_sets_without_pictures_equal_the_golden_file() {
    let Some(folder) = shared().map(|s| s.join("golden/labels")) else { return };
    let home = TempDir::new().unwrap();
    let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let path = |name: &str| folder.join(name).to_str().unwrap().to_owned();
    let (clusters, games) = (path("clusters.csv"), path("games.csv"));
    let source = ["--clusters", &clusters, "--games", &games, "--json"];
    let found: Value = serde_json::from_str(&works(&home, "label", &source)).unwrap();
    assert_eq!(found.as_object().unwrap().len(), 2);
    same(&found["scores"], &expected["scores"], "scores");
    same(&found["merged"], &expected["merged"], "merged");
    for (group, expected) in [
        ("3", expected["global_by_three"].clone()),
        ("all", Value::Array(vec![expected["global_all"].clone()])),
    ] {
        let arguments = [&source[..], &["--group", group, "--top", "1000"]].concat();
        let found: Value = serde_json::from_str(&works(&home, "global", &arguments)).unwrap();
        same(&found["groups"], &expected, group);
    }
}

#[test]
fn folders_are_labelled_and_merged() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    let arguments = ["explained", "--games", "games.csv", "--dictionary", "dictionary.csv"];
    let text = works(&home, "label", &arguments);
    assert_eq!(text.lines().last(), Some("written to labelled"));
    assert!(text.contains("handle") && text.contains("Krippendorff"), "{text}");

    let labelled = home.path().join("labelled");
    let before = Draft::read(home.path().join("explained/a")).unwrap();
    assert_eq!(Draft::read(labelled.join("a")).unwrap(), before, "the unmerged clusters stay");
    let rows =
        read_parquet::<anv_global::LabelRow>(File::open(labelled.join("labels.parquet")).unwrap()).unwrap();
    let handle = rows.iter().find(|r| r.image == "a.jpg" && r.layer == 13 && r.label == "handle").unwrap();
    assert_eq!((handle.members.clone(), handle.weight, handle.best), (vec![0, 1], 60.0, true));
    // (40 · 2 · (1 − 1/10) + 20 · 0.9) / 60
    assert!((handle.score - 1.5).abs() < TOLERANCE);
    // Only a wrong guesser saw the spoon: a quarter of 0.9.
    assert!(rows.iter().any(|r| r.label == "spoon" && (r.score - 0.225).abs() < TOLERANCE));

    for name in ["anv.svg", "anv.png", "anv.html", "details/layer13-0+1.svg", "details/layer12-0.svg"] {
        assert!(labelled.join("a").join(name).is_file(), "{name}");
    }
    assert!(fs::read_to_string(labelled.join("a/anv.html")).unwrap().contains("What people called it"));
    fs::write(labelled.join("a/details/note.txt"), "mine").unwrap();

    let rewrites = fs::read_to_string(labelled.join("rewrites.csv")).unwrap();
    for expected in [
        "cup,handles,handles,handle,dictionary,1",
        "cup,the Handle,the,,stop_word,1",
        "a cup,cup,,class_name",
    ] {
        assert!(rewrites.contains(expected), "{rewrites}");
    }
    let report: Value = serde_json::from_slice(&fs::read(labelled.join("report.json")).unwrap()).unwrap();
    assert_eq!(report["games"]["resigns"], 1);
    assert_eq!(report["players"].as_array().unwrap().len(), 3);
    assert!(report["no_guesses"].as_str().unwrap().contains("one class"));
    assert!(report["agreement"]["clusters"].as_array().unwrap().len() >= 4);
    // Without a label nothing is merged: the sheet of the merged cluster goes, what others put there stays.
    write(&home, "none.csv", format!("{}1,ann,a.jpg,13,0,cup,,5,\n", common::HEADER));
    works(&home, "label", &["explained", "--games", "none.csv", "--png"]);
    let details = labelled.join("a/details");
    let there = |name: &str| details.join(name).is_file();
    assert!(
        !there("layer13-0+1.svg") && there("layer13-0.svg") && there("layer13-1.png") && there("note.txt")
    );
}

#[test]
fn folders_of_one_name_do_not_overwrite_each_other() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    for name in ["a", "b"] {
        fs::create_dir(home.path().join(format!("of-{name}"))).unwrap();
        let from = home.path().join("explained").join(name);
        fs::rename(from, home.path().join(format!("of-{name}/explained"))).unwrap();
    }
    works(&home, "label", &["of-a/explained", "of-b/explained", "--games", "games.csv"]);
    for name in ["a", "b"] {
        let labelled = Draft::read(home.path().join(format!("labelled/explained-{name}"))).unwrap();
        assert_eq!(labelled.source, format!("{name}.jpg"));
    }
}

#[test]
fn labelled_folders_speak_for_themselves() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    works(&home, "label", &["explained", "--games", "games.csv", "--dictionary", "dictionary.csv"]);
    let found: Value =
        serde_json::from_str(&works(&home, "global", &["labelled", "--class", "cup", "--json"])).unwrap();
    let first = &found["groups"][0][0];
    // a: 1.8 + 0.9, b: 1.0, both in layer 13; mean weight of 60 and 25.
    same(first, &serde_json::json!(["handle", 3.7, 42.5]), "handle");
    let of_games = ["explained", "--games", "games.csv", "--dictionary", "dictionary.csv", "--json"];
    let again: Value = serde_json::from_str(&works(&home, "global", &of_games)).unwrap();
    assert_eq!(found, again);
    let text = works(&home, "global", &["labelled", "--group", "all"]);
    assert_eq!(text.lines().last(), Some("written to global"));
    for name in [
        "features.csv",
        "features.parquet",
        "global.json",
        "labels.csv",
        "labels.parquet",
        "global.svg",
        "global.png",
        "global.html",
    ] {
        assert!(home.path().join("global").join(name).is_file(), "{name}");
    }
    // Each feature of the figure shows the photos in which it was seen.
    let svg = fs::read_to_string(home.path().join("global/global.svg")).unwrap();
    assert!(svg.contains("All layers") && svg.contains("handle") && svg.contains("<title>b.jpg, layer 13"));
    assert!(svg.matches("<image").count() >= 3);
    let output = run(&home, "global", &["explained"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("is not labelled: give --games"));
}

#[test]
fn a_failed_control_game_drops_the_player_and_is_counted() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    let games = fs::read_to_string(home.path().join("games.csv")).unwrap();
    write(
        &home,
        "games.csv",
        format!("{games}8,bob,easy.jpg,1,0,tench,church,0,x\n9,ann,easy.jpg,1,0,tench,tench,0,x\n"),
    );
    let arguments = ["explained", "--games", "games.csv", "--control", "easy.jpg", "--json"];
    let output = run(&home, "label", &arguments);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("1 of 3 players failed a control game"));
    let found: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(found["report"]["trust"]["failed"]["bob"], 4);
    assert_eq!(found["report"]["trust"]["control_games"], 1);
    assert_eq!(found["report"]["games"]["games"], 4);
}

#[test]
fn statistics_count_what_the_tables_of_the_thesis_count() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    let arguments = ["explained", "--games", "games.csv", "--dictionary", "dictionary.csv", "--json"];
    let found: Value = serde_json::from_str(&works(&home, "stats", &arguments)).unwrap();
    let layer = &found["layers"][1];
    assert_eq!((&layer["layer"], &layer["images"]), (&13.into(), &2.into()));
    // Clusters of two maps each: 3 and 2 of them, of 70 and 40 percent.
    same(&layer["maps"], &5.0.into(), "maps");
    same(&layer["weight_percent"], &55.0.into(), "weight");
    same(&layer["clusters"], &2.5.into(), "clusters");
    let games = &found["games"];
    assert_eq!((&games["games"], &games["wins"], &games["losses"]), (&7.into(), &5.into(), &1.into()));
    // Seven texts on eight maps; 0 + 2 + 1 + 1 + 5 + 0 + 4 hints.
    same(&games["raw_labels_per_map"], &(7.0 / 8.0).into(), "raw labels a map");
    same(&games["hints_per_game"], &(13.0 / 7.0).into(), "hints");
    let labels = &found["labels"];
    assert_eq!((&labels["labels"], &labels["unique_labels"]), (&6.into(), &3.into()));
    assert_eq!((&labels["cluster_maps"], &labels["merged_maps"]), (&8.into(), &7.into()));
    assert_eq!(found["trends"][0]["label"], "handle");
    assert!(found["trends"][0]["slope"].as_f64().unwrap() > 0.0);
    let trends = fs::read_to_string(home.path().join("stats/trends.csv")).unwrap();
    assert!(trends.starts_with("class,label,layer,score,slope\ncup,handle,12,0,"), "{trends}");
    for name in ["layers.csv", "games.csv", "labels.csv", "trends.svg", "trends.png"] {
        assert!(home.path().join("stats").join(name).is_file(), "{name}");
    }
    let text = works(&home, "stats", &arguments[..5]);
    assert!(text.contains("Table 4") && text.contains("Table 5") && text.contains("Table 6"), "{text}");
}

#[test]
fn proposals_wait_for_a_person_and_come_once() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    let propose = ["--games", "games.csv", "--dictionary", "mine.csv", "--json"];
    write(&home, "mine.csv", "raw,final\n");
    let found: Value = serde_json::from_str(&works(&home, "dictionary", &propose)).unwrap();
    assert_eq!((&found[0]["raw"], &found[0]["final"]), (&"handles".into(), &"handle".into()));
    assert!(found[0]["reason"].as_str().unwrap().contains("same stem"));
    assert_eq!(
        fs::read_to_string(home.path().join("mine.csv")).unwrap(),
        "raw,final\n",
        "nothing merges silently"
    );

    let accept = ["--accept", "proposals.csv", "--dictionary", "mine.csv"];
    assert!(works(&home, "dictionary", &accept).starts_with("1 new entries, 1 in all"));
    let accepted = fs::read_to_string(home.path().join("mine.csv")).unwrap();
    assert!(works(&home, "dictionary", &accept).starts_with("0 new entries"));
    assert_eq!(fs::read_to_string(home.path().join("mine.csv")).unwrap(), accepted);
    assert_eq!(works(&home, "dictionary", &propose).trim(), "[]");

    // A proposal that was turned down does not come again.
    write(&home, "mine.csv", "raw,final\nhandles,handles\n");
    assert_eq!(works(&home, "dictionary", &propose).trim(), "[]");
    write(&home, "other.csv", "raw,final\nhandles,grip\n");
    let output = run(&home, "dictionary", &["--accept", "other.csv", "--dictionary", "mine.csv"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("`handles` is already"));
}

#[test]
fn the_order_of_rows_and_folders_changes_no_byte() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    let games = fs::read_to_string(home.path().join("games.csv")).unwrap();
    let mut rows: Vec<_> = games.lines().skip(1).collect();
    let mut random = ChaCha8Rng::seed_from_u64(11);
    let mut seen: Option<Vec<Vec<u8>>> = None;
    for round in 0..4 {
        write(&home, "shuffled.csv", format!("{HEADER}{}\n", rows.join("\n")));
        let folders =
            if round % 2 == 0 { ["explained/a", "explained/b"] } else { ["explained/b", "explained/a"] };
        let input = ["--games", "shuffled.csv", "--dictionary", "dictionary.csv"];
        works(&home, "label", &[&folders[..], &input].concat());
        works(&home, "global", &["labelled", "--class", "cup", "--group", "all"]);
        let files = [
            "labelled/a/anv.json",
            "labelled/b/anv.json",
            "labelled/labels.csv",
            "labelled/rewrites.csv",
            "labelled/report.json",
            "global/features.csv",
            "global/global.json",
            "global/labels.parquet",
        ];
        let found: Vec<_> = files.iter().map(|name| fs::read(home.path().join(name)).unwrap()).collect();
        for (index, name) in files.iter().enumerate() {
            assert!(seen.as_ref().is_none_or(|seen| seen[index] == found[index]), "{name} in round {round}");
        }
        seen.get_or_insert(found);
        rows.shuffle(&mut random);
    }
}
