//! The labelled folder: read back equal whatever people said, and nothing in it taken on trust.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::fs;

use anv_core::*;
use proptest::prelude::*;

/// Words and games drawn from a seed; some clusters get none.
struct Seeded(u64);

impl Labeler for Seeded {
    type Error = Error;
    fn label(&self, query: &ClusterQuery<'_>) -> Result<ClusterLabels> {
        let mix =
            self.0.wrapping_mul(6364136223846793005).wrapping_add((query.layer * 8 + query.cluster) as u64);
        let label = |i: u64| {
            let score = (mix.rotate_left(i as u32) % 1000) as f64 / 7.0;
            LabelScore::new(["tree", "<script>", "sky\n\"blue\"", "órgano"][i as usize], score)
        };
        let counts = GameCounts { wins: mix % 5, losses: mix % 3, resigns: mix % 2, hints: mix % 11 };
        Ok(ClusterLabels { labels: (0..(mix >> 7) % 5).map(label).collect(), counts })
    }
    fn true_class(&self, _: &str) -> Result<Option<String>> {
        Ok(self.0.is_multiple_of(2).then(|| "a & b".to_owned()))
    }
}

/// Divides clusters by a bit pattern.
struct Pattern(u64);

impl Merger for Pattern {
    type Error = Error;
    fn merge(&self, clusters: &[LabeledCluster]) -> Result<Partition> {
        let labels: Vec<_> = clusters.iter().map(|c| (self.0 >> c.cluster & 1) as usize).collect();
        let first = labels[0];
        Partition::from_labels(&labels.iter().map(|l| l ^ first).collect::<Vec<_>>())
    }
}

fn explanation(seed: u64) -> Explanation {
    Explanation::new("photo 1.jpg", common::draft(), &Seeded(seed), &Pattern(seed >> 3)).unwrap()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn read_back_equal(seed: u64) {
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("f");
        let written = explanation(seed);
        written.write(&folder, &[("anv.svg", b"<svg/>")]).unwrap();
        prop_assert_eq!(&Explanation::read(&folder).unwrap(), &written);
        prop_assert_eq!(&Draft::read(&folder).unwrap(), &written.draft);
        prop_assert_eq!(fs::read(folder.join("anv.svg")).unwrap(), b"<svg/>");
    }
}

#[test]
fn a_draft_is_labelled_in_place_and_its_owners_files_stay() {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("f");
    common::draft().write(&folder, &[]).unwrap();
    assert!(matches!(Explanation::read(&folder), Err(Error::NotLabeled { .. })));
    fs::write(folder.join("games.csv"), "mine").unwrap();
    explanation(1).write(&folder, &[]).unwrap();
    assert_eq!(Explanation::read(&folder).unwrap(), explanation(1));
    assert_eq!(fs::read(folder.join("games.csv")).unwrap(), b"mine");
}

#[test]
fn labels_of_another_draft_are_not_written() {
    let home = tempfile::tempdir().unwrap();
    let mut other = explanation(1);
    other.labels.layers[0].clusters[0].weight_percent += 1.0;
    let error = other.write(home.path().join("f"), &[]).unwrap_err();
    assert!(matches!(error, Error::Mismatch { .. }) && error.to_string().contains("layer 1"), "{error}");
    let mut short = explanation(1);
    short.labels.layers.pop();
    assert!(matches!(short.write(home.path().join("f"), &[]), Err(Error::Mismatch { .. })));
    assert_eq!(fs::read_dir(home.path()).unwrap().count(), 0, "something was left");
}

/// What reading says after `change` to the JSON of a labelled folder.
fn after(change: impl Fn(&mut serde_json::Value)) -> String {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path().join("f");
    explanation(1).write(&folder, &[]).unwrap();
    let path = folder.join("anv.json");
    let mut json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    change(&mut json);
    fs::write(&path, json.to_string()).unwrap();
    Explanation::read(&folder).unwrap_err().to_string()
}

#[test]
fn damage_is_named() {
    let cases = [
        (
            after(|j| j["layers"][0]["merged_clusters"][0]["members"] = [77].into()),
            "layer 1: merged cluster 0 names cluster 77",
        ),
        (
            after(|j| j["layers"][0]["merged_clusters"] = serde_json::json!([])),
            "layer 1: cluster 0 is in no merged",
        ),
        (
            after(|j| j["layers"][0]["merged_clusters"] = serde_json::Value::Null),
            "layer 1 has no merged_clusters",
        ),
        (
            after(|j| j["layers"][0]["clusters"][0]["words"] = serde_json::Value::Null),
            "no words for cluster 0",
        ),
        (after(|j| j["layers"][0]["merged_clusters"][0]["weight_percent"] = 3.into()), "another weight than"),
        (
            after(|j| j["layers"][0]["merged_clusters"][0]["counts"]["wins"] = 9000.into()),
            "another count of games",
        ),
        (after(|j| j["labels"] = serde_json::Value::Null), "has no labels"),
    ];
    for (found, expected) in cases {
        assert!(found.contains(expected), "`{found}` does not say `{expected}`");
    }
}
