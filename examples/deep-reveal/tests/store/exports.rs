//! The packaged campaign, and games out of the database as files.

use std::collections::{BTreeMap, BTreeSet};

use anv_core::image;
use anv_labels::{ControlParams, GameRules, Games, ReadOptions};
use deep_reveal::campaign::{Format, ImportOptions, export, packaged_campaign, read_campaign};
use deep_reveal::store::*;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::Field;

use crate::common::databases;
use crate::made::{begin, campaign, finish, member, win, wrong};

#[test]
fn the_packaged_campaign_is_ready_to_play() {
    let campaign = packaged_campaign().unwrap();
    assert_eq!((campaign.photos.len(), campaign.classes.len(), campaign.open), (9, 100, true));
    let controls: Vec<_> = campaign.photos.iter().filter(|p| p.control).collect();
    let names: Vec<_> = controls.iter().map(|p| (&*p.name, p.maps.len(), p.maps[0].layer)).collect();
    assert_eq!(names, [("great-pyramid.jpg", 1, 13), ("panda.jpg", 1, 13)]);
    for photo in &campaign.photos {
        let picture = image::load_from_memory(&photo.png).unwrap();
        assert!(picture.width().max(picture.height()) == 256 || photo.name == "astronaut.jpg");
        assert!(photo.control || photo.maps.len() >= 9, "{}", photo.name);
        for map in &photo.maps {
            assert!(map.values.iter().any(|v| *v > 0.0) && map.values.len() == map.rows * map.columns);
        }
    }
    // The control map is the heaviest of its layer.
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/demo/explained/panda");
    let draft = anv_core::Draft::read(demo).unwrap();
    let last = draft.layers.last().unwrap();
    assert!(last.clusters.iter().all(|c| c.weight_percent <= controls[1].maps[0].weight_percent));
    assert_eq!(controls[1].maps[0].values, last.clusters[0].map.iter().copied().collect::<Vec<_>>());
}

#[test]
fn folders_are_read_with_their_mistakes_named() {
    let demo = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/demo/explained");
    let options = ImportOptions { name: "a".into(), controls: vec!["panda".into()], ..Default::default() };
    let campaign = read_campaign(&[demo.into()], &options).unwrap();
    assert_eq!(
        campaign.photos.iter().filter(|p| p.control).map(|p| &*p.name).collect::<Vec<_>>(),
        ["panda.jpg"]
    );
    let one = read_campaign(&[format!("{demo}/chair").into()], &ImportOptions::default()).unwrap();
    assert_eq!(one.photos.len(), 1);
    let unknown = ImportOptions { controls: vec!["dog".into()], ..Default::default() };
    let error = read_campaign(&[demo.into()], &unknown).unwrap_err().to_string();
    assert!(error.contains("no control photo `dog`") && error.contains("panda.jpg"), "{error}");
    let empty = tempfile::tempdir().unwrap();
    let error = read_campaign(&[empty.path().into()], &ImportOptions::default()).unwrap_err().to_string();
    assert!(error.contains("holds no explanation"), "{error}");
    assert!(read_campaign(&["/nowhere".into()], &ImportOptions::default()).is_err());
}

/// What was played: by image, the labels.
async fn play_some(store: &Store) -> BTreeMap<String, Vec<String>> {
    let rules = GameRules::default().control_rate(0.0);
    let id = store.import(&packaged_campaign().unwrap(), 0).await.unwrap().campaign;
    let names: BTreeMap<MapId, String> =
        store.progress(&id).await.unwrap().into_iter().map(|m| (m.id, m.image)).collect();
    let mut played: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (number, name) in ["ann", "bob", "cas"].into_iter().enumerate() {
        let player = member(store, name).await;
        for game in 0..4 {
            let row = begin(store, &player.id, &rules, number as u64 * 10 + game, 5).await;
            // Cas fails the control game; a label that a spreadsheet would run, and one in another script.
            let class = if name == "cas" { wrong(&row) } else { row.true_class.clone() };
            let row =
                finish(store, &row, &rules, &class, &["=SUM(A1)", "čevelj", "two; in one"], 5 + game as i64)
                    .await;
            played.entry(names[&row.map_id].clone()).or_default().extend(row.round.labels.unwrap());
        }
        // In progress: not exported.
        begin(store, &player.id, &rules, number as u64, 9).await;
    }
    played
}

#[tokio::test]
async fn exports_read_back() {
    for database in databases().await {
        let store = database.open().await;
        let played = play_some(&store).await;
        let (csv, games) = export(&store, None, Format::Csv).await.unwrap();
        assert_eq!(games, 12);
        let text = String::from_utf8(csv.clone()).unwrap();
        let header =
            "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels,language,control\n";
        assert!(text.starts_with(header) && text.contains("'=SUM(A1);čevelj;two;in one"), "{text}");
        for private in ["ann", "bob", "cas", "example.org"] {
            assert!(
                !text.split([',', '\n']).any(|cell| cell.contains(private)),
                "{private} is in the export"
            );
        }
        let (mut read, skipped) = Games::read(&*csv, &ReadOptions::default()).unwrap();
        assert_eq!((read.len(), skipped.rows), (12, 0));
        let mut labels: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for game in read.iter() {
            labels.entry(game.cluster().0.into()).or_default().extend(game.labels().map(String::from));
            assert_eq!(game.language(), "en");
        }
        assert_eq!(labels, played);
        let report = read.apply_control(&ControlParams::default());
        assert_eq!((report.players, report.checked, report.failed.len()), (3, 3, 1));
        let trust = store.trust().await.unwrap();
        assert_eq!((trust[0].name.as_deref(), trust[0].failed), (Some("cas"), 1));
        assert!(report.failed.contains_key(&trust[0].pseudonym), "the same pseudonym everywhere");
        // Again: the same bytes.
        assert_eq!(export(&store, None, Format::Csv).await.unwrap().0, csv);

        let (json, _) = export(&store, None, Format::Json).await.unwrap();
        let json: Vec<serde_json::Value> = serde_json::from_slice(&json).unwrap();
        assert_eq!(json.len(), 12);
        assert_eq!(json[0]["labels"], serde_json::json!(["=SUM(A1)", "čevelj", "two", "in one"]));
        let players: BTreeSet<_> = json.iter().map(|game| game["player"].as_str().unwrap()).collect();
        assert_eq!(players.len(), 3);
        check_parquet(&export(&store, None, Format::Parquet).await.unwrap().0, &json);
    }
}

fn check_parquet(bytes: &[u8], json: &[serde_json::Value]) {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(&file, bytes).unwrap();
    let reader = SerializedFileReader::new(file.reopen().unwrap()).unwrap();
    let rows: Vec<_> = reader.get_row_iter(None).unwrap().map(Result::unwrap).collect();
    assert_eq!(rows.len(), json.len());
    for (row, game) in rows.iter().zip(json) {
        for (name, field) in row.get_column_iter() {
            let expected = &game[name];
            match field {
                Field::Str(text) => assert_eq!(expected, text),
                Field::Long(number) => assert_eq!(expected, number),
                Field::Bool(yes) => assert_eq!(expected, yes),
                Field::Null => assert!(expected.is_null()),
                Field::ListInternal(list) => {
                    let found: Vec<_> =
                        list.elements().iter().map(|e| e.to_string().replace('"', "")).collect();
                    assert_eq!(expected, &serde_json::json!(found));
                }
                other => panic!("{name} is {other:?}"),
            }
        }
    }
}

#[tokio::test]
async fn an_empty_export_is_a_table_without_rows() {
    for database in databases().await {
        let store = database.open().await;
        let (csv, games) = export(&store, None, Format::Csv).await.unwrap();
        assert_eq!((games, csv.iter().filter(|b| **b == b'\n').count()), (0, 1));
        assert_eq!(export(&store, None, Format::Json).await.unwrap().0, b"[]\n");
        check_parquet(&export(&store, None, Format::Parquet).await.unwrap().0, &[]);
    }
}

#[tokio::test]
async fn campaigns_with_the_same_image_names_are_exported_apart() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default());
        let first = store.import(&campaign("a", 2, 1, 0), 0).await.unwrap().campaign;
        let mut other = campaign("b", 2, 1, 0);
        other.photos.iter_mut().for_each(|p| p.name = p.name.replace("b-", "a-"));
        store.import(&other, 0).await.unwrap();
        let player = member(&store, "ann").await;
        for seed in 0..4 {
            let row = begin(&store, &player.id, &rules, seed, 0).await;
            win(&store, &row, &rules, 0).await;
        }
        let error = export(&store, None, Format::Csv).await.unwrap_err().to_string();
        assert!(error.contains("several campaigns"), "{error}");
        assert_eq!(export(&store, Some(&first), Format::Csv).await.unwrap().1, 2);
    }
}

/// More games than are read at once, many of which end in the same millisecond.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_game_is_exported_once() {
    for database in databases().await {
        let store = database.open().await;
        store.import(&campaign("a", 60, 1, 0), 0).await.unwrap();
        let playing: Vec<_> = (0..42)
            .map(|number| {
                let store = store.clone();
                tokio::spawn(async move {
                    let rules = GameRules::default();
                    let player = member(&store, &format!("player{number}")).await;
                    for game in 0..50i64 {
                        let row = begin(&store, &player.id, &rules, number * 1000 + game as u64, 0).await;
                        finish(&store, &row, &rules, &row.true_class, &[], game % 3).await;
                    }
                })
            })
            .collect();
        for player in playing {
            player.await.unwrap();
        }
        let mut games = BTreeSet::new();
        let once = |game: GameRow| {
            assert!(games.insert(game.game));
            Ok(())
        };
        store.export(None, once).await.unwrap();
        assert_eq!(games.len(), 2100, "{}", database.kind);
    }
}
