//! The views against the same numbers computed from the rows, one after the other.

use std::collections::{BTreeMap, BTreeSet};

use anv_global::{ClusterRow, PhotoRow};
use serde_json::Value;

use super::common::{HOME, float, near};

fn explained() -> Vec<PhotoRow> {
    HOME.photos("a run").into_iter().filter(PhotoRow::is_explained).collect()
}

/// Compares each of these numbers of a row.
fn are_near(row: &Value, expected: &[(&str, f64)]) {
    for (column, value) in expected {
        assert!(near(float(row, column), *value), "{column}: {} instead of {value} in {row}", row[*column]);
    }
}

#[test]
fn layers_are_table_4() {
    let (clusters, images) = (HOME.clusters("a run"), explained().len() as f64);
    let rows = HOME.rows("a run", "select * from layers order by layer");
    let numbers: Vec<_> = rows.iter().map(|r| r["layer"].as_u64().unwrap()).collect();
    assert_eq!(numbers, (1..=13).collect::<Vec<_>>());
    for row in &rows {
        let own: Vec<_> = clusters.iter().filter(|c| Some(c.layer) == row["layer"].as_u64()).collect();
        let heads: Vec<_> = own.iter().filter(|c| c.cluster == 0).collect();
        let mean = |sum: f64| sum / images;
        are_near(
            row,
            &[
                ("images", images),
                ("channels", own[0].maps as f64),
                ("clusters", mean(own.len() as f64)),
                ("maps", mean(own.iter().map(|c| c.channels as f64).sum())),
                ("weight_percent", mean(own.iter().map(|c| c.weight_percent).sum())),
                ("maps_before", mean(heads.iter().map(|c| c.kept as f64).sum())),
                ("weight_percent_before", mean(heads.iter().map(|c| c.leftover_percent).sum())),
            ],
        );
        assert_eq!(row["name"].as_str(), Some(&*own[0].layer_name));
    }
}

#[test]
fn layers_are_what_explain_prints() {
    // `explain RUN --json` sums the run up by itself.
    let summary: Value = serde_json::from_str(&HOME.summary("a run")).unwrap();
    let rows = HOME.rows("a run", "select * from layers order by layer");
    let theirs = summary["layers"].as_array().unwrap();
    assert_eq!(rows.len(), theirs.len());
    for (row, theirs) in rows.iter().zip(theirs) {
        for column in ["maps", "weight_percent", "clusters", "maps_before", "weight_percent_before"] {
            are_near(row, &[(column, float(theirs, column))]);
        }
    }
    let sql =
        "select cast(sum(images) as bigint) as photos, cast(sum(correct) as bigint) as correct from accuracy";
    let all = &HOME.rows("a run", sql)[0];
    assert_eq!(all["photos"], summary["accuracy"]["photos"]);
    assert_eq!(all["correct"], summary["accuracy"]["right"]);
}

#[test]
fn accuracy_is_of_known_classes() {
    let mut expected: BTreeMap<String, (u64, u64)> = BTreeMap::new();
    for photo in explained() {
        // `astronaut` is no class of the network.
        if let Some(class) = photo.true_class.clone().filter(|c| c != "astronaut") {
            let (images, correct) = expected.entry(class).or_default();
            *images += 1;
            *correct += u64::from(photo.predicted == photo.true_class);
        }
    }
    let rows = HOME.rows("a run", "select * from accuracy");
    let found: BTreeMap<String, (u64, u64)> = rows
        .iter()
        .map(|r| {
            let (images, correct) = (r["images"].as_u64().unwrap(), r["correct"].as_u64().unwrap());
            are_near(r, &[("percent", 100.0 * correct as f64 / images as f64)]);
            (r["class"].as_str().unwrap().to_owned(), (images, correct))
        })
        .collect();
    assert_eq!(found, expected);
    assert!(found.values().any(|(images, correct)| correct < images));
}

#[test]
fn class_layers_average_over_images() {
    let clusters = HOME.clusters("a run");
    let rows = HOME.rows("a run", "select * from class_layers order by class, layer");
    let keys: BTreeSet<_> = clusters.iter().map(|c| (c.class.clone(), c.layer)).collect();
    assert_eq!(rows.len(), keys.len());
    for (row, (class, layer)) in rows.iter().zip(keys) {
        assert_eq!((row["class"].as_str(), row["layer"].as_u64()), (Some(&*class), Some(layer)));
        let own: Vec<_> = clusters.iter().filter(|c| c.class == class && c.layer == layer).collect();
        let heads: Vec<_> = own.iter().filter(|c| c.cluster == 0).collect();
        let images = heads.len() as f64;
        are_near(
            row,
            &[
                ("images", images),
                ("clusters", own.len() as f64 / images),
                ("maps", own.iter().map(|c| c.channels as f64).sum::<f64>() / images),
                ("weight_percent", own.iter().map(|c| c.weight_percent).sum::<f64>() / images),
                ("heaviest_percent", heads.iter().map(|c| c.weight_percent).sum::<f64>() / images),
                ("silhouette", heads.iter().filter_map(|c| c.silhouette).sum::<f64>() / images),
            ],
        );
    }
}

#[test]
fn wrong_maps_are_of_wrong_predictions_heaviest_first() {
    let mut expected: Vec<ClusterRow> = HOME.clusters("a run");
    expected.retain(|c| c.true_class.as_ref().is_some_and(|t| *t != c.predicted));
    expected.sort_by(|a, b| {
        b.weight_percent
            .total_cmp(&a.weight_percent)
            .then((a.photo, a.layer, a.cluster).cmp(&(b.photo, b.layer, b.cluster)))
    });
    let sql = "select w.* from wrong_maps w join photos p on p.image = w.image
        order by w.weight_percent desc, p.photo, w.layer, w.cluster";
    let rows = HOME.rows("a run", sql);
    assert!(rows.len() == expected.len() && rows.len() > 10);
    let photos = HOME.photos("a run");
    for (row, expected) in rows.iter().zip(&expected) {
        assert_eq!(row["image"].as_str(), Some(&*expected.image));
        assert_eq!(
            (row["layer"].as_u64(), row["cluster"].as_u64()),
            (Some(expected.layer), Some(expected.cluster))
        );
        assert_eq!(row["weight_percent"].as_f64(), Some(expected.weight_percent));
        let photo = photos.iter().find(|p| p.photo == expected.photo).unwrap();
        assert_eq!(row["probability"].as_f64(), photo.probability);
    }
}

/// A map's image, layer, cluster, and whether each cell is among the strongest fifth.
type Mask = (String, u64, u64, Vec<bool>);

/// By the definition: numpy's linear percentile, cell by cell.
fn masks(run: &str, layer: u64) -> Vec<Mask> {
    let sql = format!("select image, layer, cluster, map from maps where layer = {layer}");
    let rows = HOME.rows(run, &sql);
    let mask = |row: &Value| {
        let map: Vec<f64> = serde_json::from_value(row["map"].clone()).unwrap();
        let mut sorted = map.clone();
        sorted.sort_by(f64::total_cmp);
        let place = 0.8 * (sorted.len() - 1) as f64;
        let (low, high) = (sorted[place.floor() as usize], sorted[place.ceil() as usize]);
        let percentile = low + (high - low) * place.fract();
        let image = row["image"].as_str().unwrap().to_owned();
        let cells = map.iter().map(|&v| v >= percentile).collect();
        (image, row["layer"].as_u64().unwrap(), row["cluster"].as_u64().unwrap(), cells)
    };
    rows.iter().map(mask).collect()
}

#[test]
fn similar_maps_are_by_intersection_over_union() {
    let masks = masks("a run", 13);
    let sql = "select * from similar_maps where image = 'coffee.png' and layer = 13 order by overlap desc";
    let rows = HOME.rows("a run", sql);
    let own = masks.iter().filter(|m| m.0 == "coffee.png").count();
    assert_eq!(rows.len(), own * (masks.len() - own));
    assert!(own > 0);
    let of = |image: &Value, cluster: &Value| {
        masks.iter().find(|m| image.as_str() == Some(&m.0) && cluster.as_u64() == Some(m.2)).unwrap()
    };
    for row in &rows {
        let (a, b) =
            (&of(&row["image"], &row["cluster"]).3, &of(&row["other_image"], &row["other_cluster"]).3);
        let count =
            |both: fn(bool, bool) -> bool| a.iter().zip(b).filter(|(a, b)| both(**a, **b)).count() as f64;
        are_near(row, &[("overlap", count(|a, b| a && b) / count(|a, b| a || b))]);
    }
    let overlaps: Vec<_> = rows.iter().map(|r| float(r, "overlap")).collect();
    assert!(overlaps.is_sorted_by(|a, b| a >= b) && overlaps[0] > 0.2 && overlaps[0] <= 1.0);
}
