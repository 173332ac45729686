//! The saved folder: read back equal, whole or not at all, nothing taken on trust.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::fs;

use anv_core::{Draft, Error, is_saved_folder, write_file};
use common::draft;

#[test]
fn read_back_equal() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("new/deep/folder");
    let written = draft();
    written.write(&folder, &[("anv.svg", b"<svg/>")]).unwrap();
    assert!(is_saved_folder(&folder));
    assert_eq!(Draft::read(&folder).unwrap(), written);
    assert_eq!(fs::read(folder.join("anv.svg")).unwrap(), b"<svg/>");
    let left: Vec<_> = fs::read_dir(folder.parent().unwrap()).unwrap().collect();
    assert_eq!(left.len(), 1, "temporary folders stayed: {left:?}");
}

#[test]
fn an_existing_folder_is_exchanged_and_foreign_files_stay() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("f");
    let mut first = draft();
    first.write(&folder, &[]).unwrap();
    fs::write(folder.join("games.csv"), "mine").unwrap();
    first.seed = 99;
    first.layers.pop();
    first.write(&folder, &[]).unwrap();
    assert_eq!(Draft::read(&folder).unwrap(), first);
    assert_eq!(fs::read(folder.join("games.csv")).unwrap(), b"mine");
    assert_eq!(fs::read_dir(&folder).unwrap().count(), 4);
}

#[test]
fn an_interrupted_exchange_can_be_repeated() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("f");
    draft().write(&folder, &[]).unwrap();
    fs::write(folder.join(".anv-exchange"), "").unwrap();
    fs::remove_file(folder.join("anv.json")).unwrap();
    assert!(!is_saved_folder(&folder));
    draft().write(&folder, &[]).unwrap();
    assert_eq!(Draft::read(&folder).unwrap(), draft());
}

#[test]
fn what_is_not_ours_is_left_alone() {
    let home = tempfile::tempdir().unwrap();
    let file = home.path().join("file");
    fs::write(&file, "x").unwrap();
    assert!(matches!(draft().write(&file, &[]), Err(Error::Occupied { .. })));
    let thesis = home.path().join("thesis");
    fs::create_dir(&thesis).unwrap();
    fs::write(thesis.join("chapter1.tex"), "x").unwrap();
    assert!(matches!(draft().write(&thesis, &[]), Err(Error::Occupied { .. })));
    assert_eq!(fs::read_dir(&thesis).unwrap().count(), 1);
    let empty = home.path().join("empty");
    fs::create_dir(&empty).unwrap();
    draft().write(&empty, &[]).unwrap();
}

/// Writes a folder, changes one of its files, and returns what reading says.
fn after(name: &str, change: impl Fn(Vec<u8>) -> Vec<u8>) -> String {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("f");
    draft().write(&folder, &[]).unwrap();
    let path = folder.join(name);
    fs::write(&path, change(fs::read(&path).unwrap())).unwrap();
    Draft::read(&folder).unwrap_err().to_string()
}

fn replace(from: &'static str, to: &'static str) -> impl Fn(Vec<u8>) -> Vec<u8> {
    move |bytes| {
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.contains(from), "{from} is not in the file");
        text.replacen(from, to, 1).into_bytes()
    }
}

#[test]
fn damage_is_named() {
    let cases: [(&str, String, &str); 8] = [
        ("cut json", after("anv.json", |b| b[..b.len() / 2].to_vec()), "anv.json is damaged"),
        ("later format", after("anv.json", replace("\"format\":1", "\"format\":2")), "has format 2"),
        ("no format", after("anv.json", replace("\"format\":1,", "")), "missing field `format`"),
        ("cut maps", after("maps.safetensors", |b| b[..b.len() - 4].to_vec()), "sha256"),
        (
            "other photo",
            after("image.png", |mut b| {
                b[40] ^= 1;
                b
            }),
            "sha256",
        ),
        ("channel", after("anv.json", replace("\"kept\":[0,", "\"kept\":[600,")), "channel 600 of 6"),
        ("size", after("anv.json", replace("\"size\":[3,4]", "\"size\":[4,3]")), "expected F32 [4, 3]"),
        ("map", after("anv.json", replace("layer1.cluster0", "layer9.cluster0")), "layer9.cluster0"),
    ];
    for (case, found, expected) in cases {
        assert!(found.contains(expected), "{case}: `{found}` does not say `{expected}`");
    }
    let gone = tempfile::tempdir().unwrap();
    let error = Draft::read(gone.path()).unwrap_err().to_string();
    assert!(error.contains("cannot read") && error.contains("anv.json"), "{error}");
}

#[test]
fn a_file_is_replaced_whole_or_not_at_all() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("a/b.txt");
    write_file(&path, b"one").unwrap();
    write_file(&path, b"two").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"two");
    fs::create_dir(home.path().join("taken")).unwrap();
    assert!(matches!(write_file(home.path().join("taken"), b"x"), Err(Error::Io { .. })));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 2, "a partial file stayed");
}

#[test]
fn one_piece_of_bytes_is_read_back_equal() {
    let written = draft();
    let bytes = written.to_safetensors().unwrap();
    assert_eq!(Draft::from_safetensors(&bytes, written.photo.clone(), "run").unwrap(), written);
    let other = anv_core::image::RgbImage::new(1, 1);
    let error = Draft::from_safetensors(&bytes, other, "run").unwrap_err().to_string();
    assert!(error.contains("run is damaged") && error.contains("given is (1, 1)"), "{error}");
    for cut in [0, 7, 40, bytes.len() / 2, bytes.len() - 1] {
        assert!(Draft::from_safetensors(&bytes[..cut], written.photo.clone(), "run").is_err());
    }
}

#[test]
fn what_fails_halfway_leaves_nothing() {
    use std::io::Write;
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("new/numbers.txt");
    let fail = |file: &mut std::io::BufWriter<fs::File>| {
        writeln!(file, "1")?;
        Err(std::io::ErrorKind::StorageFull.into())
    };
    let error = anv_core::write_file_synced(&path, fail).unwrap_err();
    assert!(error.to_string().contains("numbers.txt"), "{error}");
    assert_eq!(fs::read_dir(home.path().join("new")).unwrap().count(), 0);
    anv_core::write_file_synced(&path, |file| writeln!(file, "2")).unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"2\n");
}
