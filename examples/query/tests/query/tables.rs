//! Tables are read as `anv-global` reads them.

use anv_global::{ClusterRow, LabelRow, PhotoRow, read_parquet};
use std::fs::File;

use super::common::{HOME, files};

#[test]
fn parquet_is_read_equal() {
    let clusters: Vec<ClusterRow> =
        HOME.read("a run", "select * from clusters order by photo, layer, cluster");
    let mut expected = HOME.clusters("a run");
    expected.sort_by_key(|c| (c.photo, c.layer, c.cluster));
    assert!(expected.len() > 100 && files(&HOME.path("a run"), "clusters-").len() == 3);
    assert_eq!(clusters, expected);
    let photos: Vec<PhotoRow> = HOME.read("a run", "select * from photos order by photo");
    assert_eq!(photos, HOME.photos("a run"));
    assert!(photos.iter().any(|p| !p.is_explained()) && photos.iter().any(|p| p.true_class.is_none()));
    let labels: Vec<LabelRow> =
        HOME.read("global", "select * from labels order by image, layer, cluster, label");
    let mut expected: Vec<LabelRow> =
        read_parquet(File::open(HOME.path("global/labels.parquet")).unwrap()).unwrap();
    expected.sort_by(|a, b| {
        (&a.image, a.layer, a.cluster, &a.label).cmp(&(&b.image, b.layer, b.cluster, &b.label))
    });
    assert_eq!(labels, expected);
}

#[test]
fn runs_are_read_together_and_told_apart() {
    let sql = "select run, count(*) as n, min(layer) as low, max(seed) as seed from clusters group by run order by run";
    let text = HOME.works(&["a run", sql, "--also", "other", "--format", "json"]);
    let both: Vec<serde_json::Value> = serde_json::from_str(&text).unwrap();
    let count = |run: &str| HOME.clusters(run).len() as u64;
    let found: Vec<_> = both.iter().map(|r| (r["run"].as_str().unwrap(), r["n"].as_u64().unwrap())).collect();
    assert_eq!(found, [("a run", count("a run")), ("other", count("other"))]);
    assert_eq!((both[0]["low"].as_u64(), both[1]["low"].as_u64()), (Some(1), Some(12)));
    assert_eq!((both[0]["seed"].as_u64(), both[1]["seed"].as_u64()), (Some(0), Some(7)));
    // Same photos in both runs: nothing is joined across runs.
    let sql = "select count(*) as n from wrong_maps";
    let one = HOME.rows("a run", sql)[0]["n"].as_u64().unwrap();
    let other = HOME.rows("other", sql)[0]["n"].as_u64().unwrap();
    let text = HOME.works(&["a run", sql, "--also", "other", "--format", "csv"]);
    assert_eq!(text, format!("n\n{}\n", one + other));
    assert!(one > 0 && other > 0);
}

#[test]
fn a_part_counts_when_its_photos_are_there() {
    let run = tempfile::TempDir::new().unwrap();
    for path in files(&HOME.path("a run"), "") {
        let name = path.file_name().unwrap().to_str().unwrap();
        if path.is_file() && !name.starts_with("photos-000-00001") {
            std::fs::copy(&path, run.path().join(name)).unwrap();
        }
    }
    let name = run.path().to_str().unwrap();
    let count = |sql: &str| HOME.rows(name, sql)[0]["n"].as_u64().unwrap();
    assert_eq!(count("select count(distinct photo) as n from clusters where photo between 4 and 7"), 0);
    assert_eq!(count("select count(*) as n from maps where photo between 4 and 7"), 0);
    assert_eq!(count("select count(*) as n from photos"), 6);
}

#[test]
fn maps_are_those_of_the_run() {
    let rows =
        HOME.rows("a run", "select photo, layer, cluster, height, width, map from maps where layer >= 12");
    let clusters = HOME.clusters("a run");
    assert_eq!(rows.len(), clusters.iter().filter(|c| c.layer >= 12).count());
    for path in files(&HOME.path("a run"), "maps-") {
        let bytes = std::fs::read(path).unwrap();
        let tensors = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        for row in &rows {
            let name = format!("{}.layer{}.cluster{}", row["photo"], row["layer"], row["cluster"]);
            let Ok(tensor) = tensors.tensor(&name) else { continue };
            let size = [row["height"].as_u64().unwrap() as usize, row["width"].as_u64().unwrap() as usize];
            assert_eq!(tensor.shape(), size);
            let expected: Vec<f32> =
                tensor.data().chunks(4).map(|b| f32::from_le_bytes(b.try_into().unwrap())).collect();
            let found: Vec<f32> = serde_json::from_value(row["map"].clone()).unwrap();
            assert_eq!(found, expected, "{name}");
        }
    }
    let all = HOME.rows("a run", "select count(*) as n, count(distinct image) as images from maps");
    assert_eq!(all[0]["n"].as_u64(), Some(clusters.len() as u64));
    assert_eq!(all[0]["images"].as_u64(), Some(9));
}
