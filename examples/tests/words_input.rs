//! Everything that can be wrong with what `label` and its sisters are given.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::fs;

use common::{HEADER, draft, refused, run, two_photos, works, write};
use tempfile::TempDir;

const GOOD: &str = "1,ann,a.jpg,13,0,cup,cup,0,handle\n";

/// Name, rows after the good one, what the message says.
fn bad_rows() -> Vec<(&'static str, Vec<u8>, &'static [&'static str])> {
    vec![
        ("hints", b"2,bob,a.jpg,13,0,cup,cup,6,x\n".to_vec(), &["line 3", "6 hints", "0 to 5"]),
        ("negative", b"2,bob,a.jpg,13,0,cup,cup,-1,x\n".to_vec(), &["line 3", "hints_used", "`-1`"]),
        (
            "cluster",
            b"2,bob,a.jpg,13,9,cup,cup,0,x\n".to_vec(),
            &["line 3", "`a.jpg` has no cluster 9 in layer 13"],
        ),
        ("layer", b"2,bob,a.jpg,5,0,cup,cup,0,x\n".to_vec(), &["line 3", "no cluster 0 in layer 5"]),
        ("twice", b"1,bob,a.jpg,13,0,cup,cup,0,x\n".to_vec(), &["line 3", "game `1` is already in line 2"]),
        ("utf8", b"2,bob,a.jpg,13,0,cup,cup,0,\xff\xfe\n".to_vec(), &["line 3", "labels", "not valid UTF-8"]),
        ("fields", b"2,bob,a.jpg\n".to_vec(), &["line 3", "3 fields", "expected 9"]),
        ("class", b"2,bob,a.jpg,13,0,mug,mug,0,x\n".to_vec(), &["line 3", "true class `mug`", "`cup`"]),
        (
            "long",
            [b"2,bob,a.jpg,13,0,cup,cup,0,".to_vec(), vec![b'x'; 1 << 20], b"\n".to_vec()].concat(),
            &["line 3", "1048576 bytes"],
        ),
    ]
}

#[test]
fn a_bad_row_is_named_with_its_line_and_reason() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    for (name, rows, expected) in bad_rows() {
        let table = [HEADER.as_bytes(), GOOD.as_bytes(), &rows].concat();
        write(&home, "bad.csv", table);
        let expected: Vec<_> = expected.iter().copied().chain(["bad.csv"]).collect();
        for command in ["label", "global", "stats"] {
            refused(&home, command, &["explained", "--games", "bad.csv"], &expected);
        }
        let lenient = ["explained", "--games", "bad.csv", "--lenient", "--json"];
        let output = run(&home, "label", &lenient);
        let notes = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{name}: {notes}");
        assert!(notes.contains("games: 1 row skipped") && notes.contains("line 3"), "{name}: {notes}");
        let found: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert_eq!(found["report"]["games"]["games"], 1, "{name}");
        assert_eq!(found["report"]["skipped"]["games"]["rows"], 1, "{name}");
    }
}

#[test]
fn what_changes_nothing_is_said() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    write(&home, "good.csv", [HEADER, GOOD].concat());
    write(&home, "none.csv", HEADER);
    for (arguments, expected) in [
        (
            &["--games", "good.csv", "--control", "eazy.jpg"][..],
            "--control eazy.jpg: no game is on this image",
        ),
        (
            &["--games", "good.csv", "--class-name", "mug=tazza"],
            "--class-name mug=tazza: no image shows this class",
        ),
        (&["--games", "none.csv"], "games: the table has no rows"),
    ] {
        let output = run(&home, "label", &[&["explained", "--json"], arguments].concat());
        let notes = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success() && notes.contains(expected), "{arguments:?}: {notes}");
    }
}

#[test]
fn bad_tables_are_refused() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    write(&home, "empty.csv", "");
    write(
        &home,
        "unknown.csv",
        format!("{}\n{},1\n", HEADER.trim_end().to_owned() + ",mood", GOOD.trim_end()),
    );
    write(&home, "missing.csv", "game,player\n1,ann\n");
    write(&home, "strangers.csv", format!("{HEADER}1,ann,z.jpg,13,0,cup,cup,0,x\n"));
    write(&home, "circle.csv", "raw,final\na1,b1\nb1,a1\n");
    let cases: [(&[&str], &[&str]); 8] = [
        (&["explained", "--games", "empty.csv"], &["empty.csv", "is empty"]),
        (&["explained", "--games", "unknown.csv"], &["unknown.csv", "column `mood` is unknown"]),
        (&["explained", "--games", "missing.csv"], &["missing.csv", "column `image` is missing"]),
        (&["explained", "--games", "absent.csv"], &["cannot read absent.csv"]),
        (&["explained", "--games", "strangers.csv"], &["strangers.csv", "a.jpg, b.jpg", "`z.jpg`"]),
        (
            &["explained", "--games", "games.csv", "--dictionary", "circle.csv"],
            &["circle.csv", "in a circle"],
        ),
        (&["explained", "--games", "games.csv", "--dictionary", "empty.csv"], &["empty.csv", "is empty"]),
        (&["--clusters", "empty.csv", "--games", "games.csv"], &["empty.csv", "is empty"]),
    ];
    for (arguments, expected) in cases {
        refused(&home, "label", arguments, expected);
    }
    let output = run(&home, "label", &["explained", "--games", "unknown.csv", "--lenient"]);
    assert!(output.status.success());
    assert!(String::from_utf8_lossy(&output.stderr).contains("unknown columns passed over: mood"));
}

#[test]
fn bad_folders_and_options_are_refused() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    fs::create_dir(home.path().join("nothing")).unwrap();
    draft("a.jpg", "cup", [&[30.0], &[40.0]]).write(home.path().join("again"), &[]).unwrap();
    draft("c.jpg", "cup", [&[30.0], &[40.0]]).write(home.path().join("cut"), &[]).unwrap();
    fs::write(home.path().join("cut/anv.json"), "{\"format\":1").unwrap();
    let games = ["--games", "games.csv"];
    for (arguments, expected) in [
        (&["nothing"][..], &["nothing holds no explanation"][..]),
        (&["absent"], &["cannot read absent"]),
        (&["cut"], &["anv.json is damaged"]),
        (&["explained", "again"], &["are both about the image `a.jpg`"]),
    ] {
        refused(&home, "label", &[arguments, &games].concat(), expected);
    }
    refused(&home, "label", &["explained"], &["no games", "--games"]);
    refused(&home, "label", &games, &["no clusters", "--clusters"]);
    refused(&home, "global", &["explained", "--games", "games.csv", "--class", "tench"], &["`tench`", "cup"]);
    for (arguments, expected) in [
        (["--group", "0"], "at least one layer"),
        (["--group", "5-7,7-9"], "a layer is in two"),
        (["--group", "x"], "names no groups"),
        (["--top", "0"], "at least 1"),
        (["--resamples", "100000000000"], "expected at most 1000000"),
        (["--wrong", "never"], "expected together"),
    ] {
        let output = run(&home, "global", &arguments);
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains(expected), "{arguments:?}");
    }
}

#[test]
fn formulas_and_markup_in_labels_are_harmless() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    // The dictionary may bring anything back that splitting into words took away.
    write(
        &home,
        "games.csv",
        format!("{HEADER}1,=1+1,a.jpg,13,0,cup,cup,0,=CMD;<script>alert(1)</script>\n"),
    );
    write(&home, "dictionary.csv", "raw,final\ncmd,=cmd\nalert,<b>alert</b>\n");
    works(&home, "label", &["explained", "--games", "games.csv", "--dictionary", "dictionary.csv"]);
    works(&home, "global", &["labelled"]);
    works(&home, "stats", &["explained", "--games", "games.csv", "--dictionary", "dictionary.csv"]);
    for table in ["labelled/labels.csv", "labelled/rewrites.csv", "global/features.csv", "stats/trends.csv"] {
        let text = fs::read_to_string(home.path().join(table)).unwrap();
        assert!(text.contains("'=cmd"), "{table}: {text}");
        for cell in text.lines().flat_map(|line| line.split(',')) {
            assert!(!cell.trim_matches('"').starts_with(['=', '@', '+']), "{table}: {cell}");
        }
    }
    let plot = fs::read_to_string(home.path().join("stats/trends.svg")).unwrap();
    assert!(plot.contains("&lt;b&gt;") && !plot.contains("<b>"), "{plot}");
}

#[test]
fn numbers_out_of_all_proportion_are_refused() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    for layer in ["0", "10001", "9999999999", "18446744073709551615"] {
        write(&home, "clusters.csv", format!("image,layer,cluster,weight_percent\na.jpg,{layer},0,7\n"));
        write(&home, "none.csv", HEADER);
        let arguments = ["--clusters", "clusters.csv", "--games", "none.csv"];
        refused(&home, "global", &arguments, &["line 2", "a whole number from 1 to 10000"]);
    }
    let path = home.path().join("explained/a/anv.json");
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, text.replace("\"layer\":13", "\"layer\":12")).unwrap();
    for command in ["label", "global", "stats"] {
        let arguments = ["explained", "--games", "games.csv"];
        refused(&home, command, &arguments, &["anv.json", "layer 12 follows layer 12"]);
    }
}
