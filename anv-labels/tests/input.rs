//! Tables that people send: what is refused with its row and reason, what is skipped and counted, what is written.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use anv_labels::*;
use common::{HEADER, read};
use proptest::prelude::*;

fn error(rows: &str) -> String {
    read(rows).unwrap_err().to_string()
}

#[test]
fn bad_rows_name_line_and_reason() {
    let good = "1,a,i,1,0,church,church,0,roof\n";
    let long = "x".repeat(1 << 20);
    let cases = [
        ("2,a,i,1,0,church,church,6,roof", "line 3 of games: 6 hints were used: expected 0 to 5"),
        ("2,a,i,1,0,church,church,900,roof", "line 3 of games: 900 hints were used: expected 0 to 5"),
        (
            "2,a,i,1,0,church,church,-1,roof",
            "line 3 of games: column `hints_used` is `-1`: expected a whole number",
        ),
        (
            "2,a,i,x,0,church,church,0,",
            "line 3 of games: column `layer` is `x`: expected a whole number of at least 1",
        ),
        ("2,a,i,0,0,church,church,0,", "line 3 of games: column `layer` is `0`: expected 1 or more"),
        ("2,a,i,1,,church,church,0,", "line 3 of games: column `cluster` is ``: expected a whole number"),
        ("1,b,i,1,0,church,church,0,", "line 3 of games: game `1` is already in line 2"),
        ("2,,i,1,0,church,church,0,", "line 3 of games: column `player` is empty"),
        ("2,a,i,1,0,,church,0,", "line 3 of games: column `true_class` is empty"),
        (
            "2,a,i,1,0,tench,church,0,",
            "line 3 of games: image `i` has the true class `tench`: line 2 says `church`",
        ),
        ("2,a,i,1,0,church,church,0", "line 3 of games: it has 8 fields: expected 9"),
        ("2,a,i,1,0,church,church,0,,x", "line 3 of games: it has 10 fields: expected 9"),
    ];
    for (row, expected) in cases {
        assert_eq!(error(&format!("{good}{row}\n")), expected);
    }
    assert_eq!(
        error(&format!("{good}2,a,i,1,0,church,church,0,{long}\n")),
        format!(
            "line 3 of games: column `labels` holds a text of 1048576 bytes, which starts `{}…`: at most 400 are read",
            "x".repeat(40)
        )
    );
    let many = "x;".repeat(101);
    assert_eq!(
        error(&format!("2,a,i,1,0,church,church,0,{many}\n")),
        "line 2 of games: the game has 101 labels: at most 100 are read"
    );
}

#[test]
fn invalid_utf8_names_the_column() {
    let mut bytes = HEADER.as_bytes().to_vec();
    bytes.extend(b"1,a,i,1,0,church,church,0,ro\xFFof\n2,b,i,1,0,church,church,0,roof\n");
    let error = Games::read(&*bytes, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "line 2 of games: column `labels` is not valid UTF-8");
    let (games, skipped) = Games::read(&*bytes, &ReadOptions::default().lenient(true)).unwrap();
    assert_eq!((games.len(), skipped.rows), (1, 1));
}

#[test]
fn headers_are_checked() {
    let read = |text: &str| Games::read(text.as_bytes(), &ReadOptions::default()).unwrap_err().to_string();
    let all = "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels,control,language";
    assert_eq!(read(""), format!("games is empty: expected a header line with {all}"));
    assert_eq!(
        read("game,player,colour\n"),
        format!("line 1 of games: column `colour` is unknown: expected {all}")
    );
    assert_eq!(read("game,game\n"), format!("line 1 of games: column `game` is there twice: expected {all}"));
    assert_eq!(read("game,player\n"), format!("line 1 of games: column `image` is missing: expected {all}"));
    // A header alone is a table of no games; a byte order mark is no part of the first name.
    assert!(common::games("").is_empty());
    let marked = format!("\u{feff}{HEADER}");
    assert!(Games::read(marked.as_bytes(), &ReadOptions::default()).unwrap().0.is_empty());
}

#[test]
fn lenient_reading_skips_and_counts() {
    let text = "colour,game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels\n\
                red,1,a,i,1,0,church,church,0,roof\n\
                red,2,a,i,1,0,church,church,9,roof\n\
                red,3,a,i,1,0,church,church,8,roof\n\
                red,1,b,i,1,0,church,church,0,sky\n\
                red,4\n";
    assert!(Games::read(text.as_bytes(), &ReadOptions::default()).is_err());
    let (games, skipped) = Games::read(text.as_bytes(), &ReadOptions::default().lenient(true)).unwrap();
    assert_eq!(games.len(), 1);
    assert_eq!((skipped.rows, skipped.columns.len()), (4, 1));
    let hints = &skipped.reasons["hints out of range"];
    assert_eq!((hints.rows, hints.first_line), (2, 3));
    assert_eq!(hints.first, "9 hints were used: expected 0 to 5");
    assert_eq!(skipped.reasons["repeated row"].first_line, 5);
    assert_eq!(skipped.reasons["wrong number of fields"].first_line, 6);
}

#[test]
fn games_on_unknown_clusters_are_found() {
    let rows =
        "1,a,i,1,0,church,church,0,roof\n2,a,i,2,0,church,church,0,sky\n3,a,j,1,0,church,church,0,sky\n";
    let known = |image: &str, layer: usize, cluster: usize| (image, layer, cluster) == ("i", 1, 0);
    let mut games = common::games(rows);
    let error = games.check_clusters(known, &ReadOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "line 3 of games: image `i` has no cluster 0 in layer 2");
    let skipped = games.check_clusters(known, &ReadOptions::default().lenient(true)).unwrap();
    assert_eq!((games.len(), skipped.rows), (1, 2));
}

#[test]
fn duplicate_ids_are_found_in_any_order() {
    for ids in [["5", "3", "5"], ["3", "5", "3"], ["x", "y", "x"], ["7", "x", "7"], ["0", "1", "0"]] {
        let rows: String = ids.iter().map(|id| format!("{id},a,i,1,0,church,church,0,\n")).collect();
        assert_eq!(error(&rows), format!("line 4 of games: game `{}` is already in line 2", ids[0]));
    }
    // Different texts are different games.
    let rows = "1,a,i,1,0,church,church,0,\n01,a,i,1,0,church,church,0,\n00,a,i,1,0,church,church,0,\n0,a,i,1,0,church,church,0,\n";
    let ids: Vec<_> = common::games(rows).iter().map(|g| g.game()).collect();
    assert_eq!(ids, ["1", "01", "00", "0"]);
}

#[test]
fn clusters_are_checked() {
    let read = |rows: &str| {
        let text = format!("image,layer,cluster,weight_percent,class\n{rows}");
        ClusterTable::read(text.as_bytes(), &ReadOptions::default()).unwrap_err().to_string()
    };
    assert_eq!(
        read("i,1,0,nan,\n"),
        "line 2 of clusters: column `weight_percent` is `nan`: expected a number from 0 to 100"
    );
    assert_eq!(
        read("i,1,0,101,\n"),
        "line 2 of clusters: column `weight_percent` is `101`: expected a number from 0 to 100"
    );
    assert_eq!(
        read("i,1,0,5,\ni,1,0,6,\n"),
        "line 3 of clusters: cluster 0 of layer 1 of image `i` is already in line 2"
    );
    assert_eq!(
        read("i,1,0,5,church\ni,1,1,6,tench\n"),
        "line 3 of clusters: column `class` is `tench`: expected the same class in all rows of an image"
    );
}

#[test]
fn formula_like_labels_are_written_so_that_no_spreadsheet_runs_them() {
    let labels =
        ["=cmd|' /C calc'!A0", "'=1", "+1", "-1", "@x", "plain", "<b>html</b>", "comma,quote\"", "''@"];
    for label in labels {
        let mut games = Games::new();
        let game = NewGame {
            game: "=1",
            player: "@me",
            image: "-i",
            layer: 1,
            true_class: "+c",
            guessed_class: Some("+c"),
            labels: &[label],
            ..NewGame::default()
        };
        games.push(&game, &ReadOptions::default()).unwrap();
        let mut csv = Vec::new();
        games.write(&mut csv).unwrap();
        let mut cells = csv::Reader::from_reader(&*csv);
        for cell in cells.records().next().unwrap().unwrap().iter() {
            assert!(!cell.starts_with(['=', '+', '-', '@', '\t', '\r']), "{cell}");
        }
        let (back, _) = Games::read(&*csv, &ReadOptions::default()).unwrap();
        assert_eq!(format!("{back:?}"), format!("{games:?}"));
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..300), lenient in any::<bool>()) {
        let options = ReadOptions::default().lenient(lenient);
        let _ = Games::read(&*bytes, &options);
        let _ = Dictionary::read(&*bytes, &options);
        let _ = ClusterTable::read(&*[HEADER.as_bytes(), &bytes].concat(), &options);
        let rows = [HEADER.as_bytes(), &bytes].concat();
        let read = Games::read(&*rows, &options);
        prop_assert!(!lenient || read.is_ok());
    }

    #[test]
    fn written_games_read_back_equal(
        games in prop::collection::vec(("[a-z=@',\" ]{1,6}", any::<bool>(), 0u8..6, prop::collection::vec("[a-z=+'àß,\"]{1,8}", 0..3)), 0..12),
    ) {
        let mut table = Games::new();
        for (i, (player, won, hints, labels)) in games.iter().enumerate() {
            let labels: Vec<&str> = labels.iter().map(String::as_str).collect();
            let player = player.trim();
            let game = NewGame {
                game: &format!("g{i}"),
                player: if player.is_empty() { "p" } else { player },
                image: "i",
                layer: 1 + i % 3,
                cluster: i % 2,
                true_class: "church",
                guessed_class: won.then_some("church"),
                hints_used: *hints,
                labels: &labels,
                control: i % 5 == 0,
                language: if i % 2 == 0 { "it" } else { "" },
            };
            table.push(&game, &ReadOptions::default()).unwrap();
        }
        let mut csv = Vec::new();
        table.write(&mut csv).unwrap();
        let (back, skipped) = Games::read(&*csv, &ReadOptions::default()).unwrap();
        prop_assert!(skipped.is_empty());
        prop_assert_eq!(format!("{back:?}"), format!("{table:?}"));
    }
}
