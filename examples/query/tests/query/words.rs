//! The tables of `global`.

use std::collections::BTreeMap;
use std::fs::File;

use anv_global::{LabelRow, read_parquet};

use super::common::{HOME, float, near};

#[test]
fn class_words_are_scores_of_best_labels() {
    let rows: Vec<LabelRow> = read_parquet(File::open(HOME.path("global/labels.parquet")).unwrap()).unwrap();
    let mut expected: BTreeMap<(u64, String), (f64, f64, u64)> = BTreeMap::new();
    for row in rows.into_iter().filter(|r| r.best) {
        let (score, weight, clusters) = expected.entry((row.layer, row.label)).or_default();
        *score += row.summed_score;
        *weight += row.weight;
        *clusters += 1;
    }
    let found = HOME.rows("global", "select * from class_words order by layer, label");
    assert!(found.len() == expected.len() && !found.is_empty());
    for (row, ((layer, label), (score, weight, clusters))) in found.iter().zip(expected) {
        assert_eq!((row["layer"].as_u64(), row["label"].as_str()), (Some(layer), Some(&*label)));
        assert_eq!(row["clusters"].as_u64(), Some(clusters));
        assert!(near(float(row, "score"), score), "{row}");
        assert!(near(float(row, "weight_percent"), weight / clusters as f64), "{row}");
    }
}

#[test]
fn features_are_those_of_the_csv_file() {
    let text = std::fs::read_to_string(HOME.path("global/features.csv")).unwrap();
    let sql = "select class, label, score from features order by first_layer, rank";
    let rows = HOME.rows("global", sql);
    assert_eq!(rows.len(), text.lines().count() - 1);
    assert!(rows.iter().all(|r| r["class"] == "cup" && text.contains(r["label"].as_str().unwrap())));
}

#[test]
fn words_and_maps_are_joined_by_image() {
    let sql = "select count(distinct l.image) as images from labels l join photos p on p.image = l.image";
    let text = HOME.works(&["a run", sql, "--also", "global", "--format", "csv"]);
    let images: u32 = text.lines().nth(1).unwrap().parse().unwrap();
    assert!(images > 0, "{text}");
}
