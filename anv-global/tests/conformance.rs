//! Global explanations against the independent program's numbers.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

use std::collections::HashMap;
use std::fs;

use anv_core::{
    Aggregator, ClusterLabels, ClusterQuery, Error, LabelScore, LabeledCluster, LabeledImage, Labeler,
    Merger, Partition,
};
use anv_global::{GlobalAggregator, GlobalParams};
use serde_json::Value;

/// The golden numbers are f64 printed in full; sums may be taken in another order.
const TOLERANCE: f64 = 1e-9;

/// The golden scores, as if a labeller had made them.
struct Golden(HashMap<(String, usize, usize), Vec<LabelScore>>);

impl Labeler for Golden {
    type Error = Error;
    fn label(&self, query: &ClusterQuery<'_>) -> Result<ClusterLabels, Error> {
        let labels = self.0.get(&(query.image.to_owned(), query.layer, query.cluster)).cloned();
        Ok(ClusterLabels { labels: labels.unwrap_or_default(), ..ClusterLabels::default() })
    }
}

/// The golden division of one layer.
struct Divided(Vec<usize>);

impl Merger for Divided {
    type Error = Error;
    fn merge(&self, clusters: &[LabeledCluster]) -> Result<Partition, Error> {
        let labels: Vec<_> = clusters.iter().map(|c| self.0[c.cluster]).collect();
        Partition::from_labels(&labels)
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap()
}

fn images(folder: &std::path::Path, expected: &Value) -> Vec<LabeledImage> {
    let mut scores: HashMap<_, Vec<LabelScore>> = HashMap::new();
    for s in expected["scores"].as_array().unwrap() {
        let key = (
            s["image"].as_str().unwrap().to_owned(),
            number(&s["layer"]) as usize,
            number(&s["cluster"]) as usize,
        );
        scores
            .entry(key)
            .or_default()
            .push(LabelScore::new(s["label"].as_str().unwrap(), number(&s["score"])));
    }
    let golden = Golden(scores);
    let mut weights: HashMap<(String, usize), Vec<(usize, f64)>> = HashMap::new();
    for line in fs::read_to_string(folder.join("clusters.csv")).unwrap().lines().skip(1) {
        let f: Vec<_> = line.split(',').collect();
        let key = (f[0].to_owned(), f[1].parse().unwrap());
        weights.entry(key).or_default().push((f[2].parse().unwrap(), f[3].parse().unwrap()));
    }
    let mut images: Vec<LabeledImage> = Vec::new();
    for layer in expected["merged"].as_array().unwrap() {
        let (name, number_of) = (layer["image"].as_str().unwrap(), number(&layer["layer"]) as usize);
        let clusters = weights[&(name.to_owned(), number_of)].clone();
        let mut division = vec![0; clusters.len()];
        for (part, cluster) in layer["clusters"].as_array().unwrap().iter().enumerate() {
            cluster["members"].as_array().unwrap().iter().for_each(|m| division[number(m) as usize] = part);
        }
        let one = LabeledImage::from_weights(
            name,
            "chainsaw",
            [(number_of, clusters)],
            &golden,
            &Divided(division),
        )
        .unwrap();
        match images.last_mut().filter(|i| i.image == name) {
            Some(image) => image.layers.extend(one.layers),
            None => images.push(one),
        }
    }
    images
}

#[test]
fn global_explanations_equal_the_golden_file() {
    let Some(shared) = std::env::var_os("ANV_SHARED") else {
        eprintln!("skipped: ANV_SHARED is not set");
        return;
    };
    let folder = std::path::PathBuf::from(shared).join("golden/labels");
    let expected: Value = serde_json::from_slice(&fs::read(folder.join("expected.json")).unwrap()).unwrap();
    let images = images(&folder, &expected);
    assert_eq!(images.len(), 5);
    let all = Value::Array(vec![expected["global_all"].clone()]);
    for (groups, wanted) in
        [("3", &expected["global_by_three"]), ("all", &all), ("5-7,8-10,11-13", &expected["global_by_three"])]
    {
        let params = GlobalParams::default().groups(groups.parse().unwrap()).top(None);
        let mut aggregator = GlobalAggregator::new(params).unwrap();
        images.iter().for_each(|image| aggregator.add(image).unwrap());
        let found = aggregator.finish().unwrap();
        assert_eq!((found.len(), found[0].images), (1, 5));
        let wanted = wanted.as_array().unwrap();
        assert_eq!(found[0].groups.len(), wanted.len());
        let (mut largest, mut values) = (0.0f64, 0);
        for (group, wanted) in found[0].groups.iter().zip(wanted) {
            let wanted = wanted.as_array().unwrap();
            let labels: Vec<_> = group.features.iter().map(|f| &*f.label).collect();
            assert_eq!(labels, wanted.iter().map(|w| w[0].as_str().unwrap()).collect::<Vec<_>>());
            for (feature, want) in group.features.iter().zip(wanted) {
                values += 2;
                largest = largest.max((feature.score - number(&want[1])).abs());
                largest = largest.max((feature.weight_percent - number(&want[2])).abs());
            }
        }
        println!("global by {groups}: {values} values, largest deviation {largest:e}");
        assert!(largest < TOLERANCE);
    }
}
