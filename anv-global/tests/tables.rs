//! Tables: written and read back equal, in every format, and what is refused.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use anv_core::*;
use anv_global::*;
use common::{image, images};
use proptest::prelude::*;

fn rows(images: &[LabeledImage]) -> Vec<LabelRow> {
    images.iter().flat_map(label_rows).collect()
}

fn awkward() -> Vec<LabelRow> {
    let mut image = image(
        "=a,\"b\"\n.jpg",
        "gas pump",
        &[(5, 3, 12.5, "=cmd()", 0.1 + 0.2), (13, 0, 1e-300, "l'été", 2.0)],
    );
    image.truth = None;
    rows(&[image])
}

#[test]
fn the_table_answers_what_the_aggregator_does() {
    let images = [
        image("a", "c", &[(5, 0, 20.0, "motor", 3.0), (6, 1, 8.0, "log", 9.0)]),
        image("b", "c", &[(5, 0, 40.0, "motor", 1.5)]),
    ];
    let rows = rows(&images);
    let motor: Vec<_> = rows.iter().filter(|r| r.best && r.label == "motor").collect();
    let score: f64 = motor.iter().map(|r| r.summed_score).sum();
    let weight = motor.iter().map(|r| r.weight).sum::<f64>() / motor.len() as f64;
    let mut aggregator = GlobalAggregator::new(GlobalParams::default()).unwrap();
    images.iter().for_each(|i| aggregator.add(i).unwrap());
    let found = &aggregator.finish().unwrap()[0];
    let feature = found.groups[0].features.iter().find(|f| &*f.label == "motor").unwrap();
    assert_eq!((feature.score, feature.weight_percent), (score, weight));

    let mut csv = Vec::new();
    write_csv(feature_rows(found), &mut csv).unwrap();
    let text = String::from_utf8(csv).unwrap();
    let mut lines = text.lines();
    assert_eq!(
        lines.next().unwrap(),
        "class,scope,true_class,images,first_layer,last_layer,rank,label,score,low,high,weight,clusters"
    );
    assert!(lines.next().unwrap().starts_with("c,all,,2,5,6,1,log,9,"));
    assert!(lines.next().unwrap().starts_with("c,all,,2,5,6,2,motor,4.5,"));
    // Over all layers weights mean nothing and are left out.
    let mut all = GlobalAggregator::new(GlobalParams::default().groups(LayerGroups::All)).unwrap();
    images.iter().for_each(|i| all.add(i).unwrap());
    assert!(feature_rows(&all.finish().unwrap()[0]).iter().all(|r| r.weight.is_none()));
}

#[test]
fn awkward_texts_survive_csv_and_json() {
    let rows = awkward();
    let mut csv = Vec::new();
    write_csv(rows.clone(), &mut csv).unwrap();
    assert!(String::from_utf8_lossy(&csv).contains(",'=cmd(),"), "formulas are disarmed");
    assert_eq!(read_csv(&*csv).unwrap(), rows);
    let mut json = Vec::new();
    write_json(rows.clone(), &mut json).unwrap();
    assert_eq!(read_json(&*json).unwrap(), rows);
    let mut empty = Vec::new();
    write_json(Vec::<LabelRow>::new(), &mut empty).unwrap();
    assert_eq!(empty, b"[]");
}

#[test]
fn bad_tables_say_where() {
    let error = |text: &str| read_csv(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(
        error("image,class\n"),
        "column `true_class` is missing: expected a column of the table of labels"
    );
    let header = "image,class,true_class,layer,cluster,weight,label,score,summed_score,best,members\n";
    assert_eq!(
        error(&format!("{header}i,c,,x,0,1,l,1,1,true,0\n")),
        "line 2: column `layer` is `x`: expected a whole number"
    );
    assert_eq!(
        error(&format!("{header}i,c,,1,0,1,l,1,1,true,0;x\n")),
        "line 2: column `members` is `0;x`: expected whole numbers joined by `;`"
    );
    assert!(read_json(&b"[{}]"[..]).is_err());
}

proptest! {
    #[test]
    fn csv_and_json_read_back_equal(images in images()) {
        let rows = rows(&images);
        let (mut csv, mut json) = (Vec::new(), Vec::new());
        write_csv(rows.clone(), &mut csv).unwrap();
        write_json(rows.clone(), &mut json).unwrap();
        prop_assert_eq!(read_csv(&*csv).unwrap(), rows.clone());
        prop_assert_eq!(read_json(&*json).unwrap(), rows);
    }
}

#[cfg(feature = "parquet")]
mod parquet {
    use std::fs::File;
    use std::io::Write;

    use super::*;

    fn round_trip(rows: &[LabelRow]) -> Vec<LabelRow> {
        let mut file = tempfile::tempfile().unwrap();
        write_parquet(rows.iter().cloned(), &mut file).unwrap();
        read_parquet::<LabelRow>(file).unwrap()
    }

    #[test]
    fn awkward_texts_and_no_rows_survive() {
        assert_eq!(round_trip(&awkward()), awkward());
        assert!(round_trip(&[]).is_empty());
        let no_members = LabelRow { members: vec![], ..awkward()[0].clone() };
        assert_eq!(
            round_trip(&[no_members.clone(), awkward()[1].clone()]),
            [no_members, awkward()[1].clone()]
        );
    }

    #[test]
    fn more_rows_than_a_group_holds() {
        let row = awkward().remove(0);
        let rows: Vec<_> = (0..132_000u64)
            .map(|i| LabelRow { layer: i, members: (0..i % 3).collect(), ..row.clone() })
            .collect();
        assert!(round_trip(&rows) == rows);
    }

    #[test]
    fn foreign_files_are_refused() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"this is no parquet file at all").unwrap();
        assert!(read_parquet::<LabelRow>(file).is_err());
        let mut file = tempfile::tempfile().unwrap();
        let explanation = GlobalExplanation {
            class: "c".into(),
            scope: Scope::Wrong("d".into()),
            images: 1,
            all_layers: false,
            groups: vec![GlobalGroup {
                layers: (1, 3),
                features: vec![GlobalFeature {
                    label: "a".into(),
                    score: 1.0,
                    interval: None,
                    weight_percent: 1.0,
                    clusters: 1,
                    examples: vec![],
                }],
            }],
        };
        write_parquet(feature_rows(&explanation), &mut file).unwrap();
        let error = read_parquet::<LabelRow>(file).unwrap_err().to_string();
        assert_eq!(error, "column `image` is missing: expected a column of the table of labels");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(30))]
        #[test]
        fn parquet_reads_back_equal(images in images()) {
            let rows = rows(&images);
            prop_assert_eq!(round_trip(&rows), rows);
        }
    }

    #[test]
    fn damaged_files_are_errors_and_never_a_panic() {
        let mut whole = Vec::new();
        write_parquet(awkward(), &mut whole).unwrap();
        let read = |bytes: &[u8]| {
            let mut file = tempfile::tempfile().unwrap();
            file.write_all(bytes).unwrap();
            read_parquet::<LabelRow>(file)
        };
        assert_eq!(read(&whole).unwrap(), awkward());
        for length in (0..whole.len()).step_by(7) {
            assert!(read(&whole[..length]).is_err(), "{length}");
        }
        for place in (0..whole.len()).step_by(3) {
            let mut damaged = whole.clone();
            damaged[place] ^= 0x55;
            let _ = read(&damaged);
        }
    }

    /// For a look with other programs: writes both tables of a made-up class to the folder in `ANV_TABLES`.
    #[test]
    fn tables_for_other_programs() {
        let Some(folder) = std::env::var_os("ANV_TABLES").map(std::path::PathBuf::from) else {
            eprintln!("skipped: ANV_TABLES is not set");
            return;
        };
        write_parquet(awkward(), File::create(folder.join("labels.parquet")).unwrap()).unwrap();
        let mut aggregator = GlobalAggregator::new(GlobalParams::default().groups(LayerGroups::All)).unwrap();
        for i in 0..5 {
            aggregator.add(&image(&format!("i{i}"), "c", &[(5, 0, 20.0, "motor", f64::from(i))])).unwrap();
        }
        let found = aggregator.finish().unwrap();
        write_parquet(feature_rows(&found[0]), File::create(folder.join("features.parquet")).unwrap())
            .unwrap();
    }
}

#[cfg(feature = "parquet")]
#[test]
fn clusters_and_photos_come_back_from_parquet() {
    let row = |photo: u64, true_class: Option<&str>| ClusterRow {
        photo,
        image: "a b/ü.jpg".into(),
        class: "cup".into(),
        predicted: "mug".into(),
        true_class: true_class.map(str::to_owned),
        layer: 13,
        layer_name: "conv5_3".into(),
        maps: 512,
        cluster: photo % 3,
        weight_percent: 0.1 + 0.2,
        channels: 12,
        kept: 90,
        leftover_percent: 78.4,
        best_k: 5,
        silhouette: (photo > 0).then_some(-0.25),
        // Beyond a signed integer.
        seed: u64::MAX - photo,
        model_sha256: "ab".into(),
    };
    let clusters = [row(0, None), row(1, Some("cup")), row(2, None)];
    let good = PhotoRow {
        photo: 7,
        image: "x".into(),
        status: PhotoRow::EXPLAINED.into(),
        reason: None,
        class: Some("cup".into()),
        predicted: Some("cup".into()),
        probability: Some(0.75),
        true_class: None,
        width: Some(640),
        height: Some(480),
        cluster_maps: 30,
        seconds: 0.5,
        sha256: Some("00".into()),
    };
    let bad = PhotoRow {
        status: PhotoRow::FAILED.into(),
        reason: Some("it is empty".into()),
        width: None,
        probability: None,
        ..good.clone()
    };
    let photos = [good, bad];
    assert!(photos[0].is_explained() && !photos[1].is_explained());

    let file = || tempfile::tempfile().unwrap();
    let (one, other) = (file(), file());
    write_parquet(clusters.clone(), one.try_clone().unwrap()).unwrap();
    write_parquet(photos.clone(), other.try_clone().unwrap()).unwrap();
    assert_eq!(read_parquet::<ClusterRow>(one.try_clone().unwrap()).unwrap(), clusters);
    assert_eq!(read_parquet::<PhotoRow>(other).unwrap(), photos);
    let error = read_parquet::<PhotoRow>(one).unwrap_err().to_string();
    assert_eq!(error, "column `status` is missing: expected a column of the table of photos");

    let mut csv = Vec::new();
    write_csv(photos, &mut csv).unwrap();
    assert!(String::from_utf8(csv).unwrap().contains("7,x,failed,it is empty,cup,cup,,,,480,30,0.5,00"));
}
