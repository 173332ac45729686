//! A person's review of proposals outlives further runs of `dictionary`.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::fs;

use common::{two_photos, works, write};
use tempfile::TempDir;

const PROPOSE: [&str; 2] = ["--games", "games.csv"];

#[test]
fn reviewed_proposals_are_not_overwritten() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    let table = || fs::read_to_string(home.path().join("proposals.csv")).unwrap();
    works(&home, "dictionary", &PROPOSE);
    let first = table();
    works(&home, "dictionary", &PROPOSE);
    assert_eq!(table(), first, "a second run changes nothing");

    // Somebody decided otherwise.
    let reviewed = first.replace("handles,handle,", "handles,grip,");
    assert_ne!(reviewed, first);
    write(&home, "proposals.csv", &reviewed);
    let output = common::run(&home, "dictionary", &PROPOSE);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("perhaps reviewed"));
    assert_eq!(table(), reviewed);

    // Taken in, it may go.
    works(&home, "dictionary", &["--accept", "proposals.csv", "--dictionary", "mine.csv"]);
    works(&home, "dictionary", &[PROPOSE[0], PROPOSE[1], "--dictionary", "mine.csv"]);
    assert!(!table().contains("grip"));
    write(&home, "proposals.csv", &reviewed);
    works(&home, "dictionary", &[PROPOSE[0], PROPOSE[1], "--overwrite"]);
    assert_eq!(table(), first);
}

#[test]
fn what_is_no_table_of_proposals_is_never_replaced() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    write(&home, "thesis.txt", "a year's work\n");
    let output =
        common::run(&home, "dictionary", &[&PROPOSE[..], &["--out", "thesis.txt", "--overwrite"]].concat());
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&output.stderr).contains("thesis.txt is no table of proposals"));
    assert_eq!(fs::read_to_string(home.path().join("thesis.txt")).unwrap(), "a year's work\n");
}

#[test]
fn a_word_that_was_kept_is_not_proposed_again_whatever_its_case() {
    let home = TempDir::new().unwrap();
    two_photos(&home);
    write(&home, "mine.csv", "raw,final\nHandles,handles\n");
    let found = works(&home, "dictionary", &[PROPOSE[0], PROPOSE[1], "--dictionary", "mine.csv", "--json"]);
    assert!(!found.contains("\"raw\": \"handles\""), "{found}");
}
