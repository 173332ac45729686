//! Labelled explanations to draw, made up.

use anv_core::{
    ClusterLabels, ClusterQuery, Draft, Error, Explanation, GameCounts, GlobalExample, GlobalExplanation,
    GlobalFeature, GlobalGroup, Interval, LabelScore, LabeledCluster, Labeler, Merger, Partition, Scope,
};

/// Gives cluster `c` of layer `l` the labels of `words[(l + c) % n]`, falling scores; the last cluster of a layer none.
pub struct Words<'a>(pub &'a [&'a str]);

impl Labeler for Words<'_> {
    type Error = Error;

    fn label(&self, query: &ClusterQuery<'_>) -> Result<ClusterLabels, Error> {
        if self.0.is_empty() || query.cluster == 2 {
            return Ok(ClusterLabels::default());
        }
        let count = (query.layer + query.cluster) % 6 + 1;
        let word = |i: usize| self.0[(query.layer + i + query.cluster / 2 * 3) % self.0.len()];
        let mut labels: Vec<LabelScore> = Vec::new();
        for i in 0..count {
            if labels.iter().all(|l| &*l.label != word(i)) {
                labels.push(LabelScore::new(word(i), 4.0 / (i + 1) as f64 - 0.1 * query.cluster as f64));
            }
        }
        let counts = GameCounts { wins: 4, losses: 1, resigns: 2, hints: 9 + query.cluster as u64 };
        Ok(ClusterLabels { labels, counts })
    }
}

/// Merges clusters with the same best label.
pub struct SameBest;

impl Merger for SameBest {
    type Error = Error;

    fn merge(&self, clusters: &[LabeledCluster]) -> Result<Partition, Error> {
        let mut seen: Vec<Option<String>> = Vec::new();
        let labels: Vec<usize> = clusters
            .iter()
            .map(|c| {
                let best = c.best_labels().first().map(|l| l.to_string());
                match seen.iter().position(|s| best.is_some() && *s == best) {
                    Some(place) => place,
                    None => {
                        seen.push(best);
                        seen.len() - 1
                    }
                }
            })
            .collect();
        Partition::from_labels(&labels)
    }
}

pub fn labeled(draft: Draft, words: &[&str]) -> Explanation {
    Explanation::new("coffee.png", draft, &Words(words), &SameBest).unwrap()
}

/// A global explanation with `features` features in each of `groups` groups of three layers.
pub fn global(words: &[&str], groups: usize, features: usize) -> GlobalExplanation {
    let feature = |group: usize, i: usize| {
        let score = 12.0 / (i + 1) as f64 + group as f64;
        GlobalFeature {
            label: words[(group + i) % words.len()].into(),
            score,
            interval: (i % 3 != 2).then_some(Interval { low: score * 0.4, high: score * 1.3 }),
            weight_percent: 40.0 / (i + 2) as f64,
            clusters: 3,
            examples: (0..5)
                .map(|e| GlobalExample {
                    image: format!("photo{e}.jpg"),
                    layer: 3 * group + 1,
                    members: vec![0],
                    score: 1.0,
                })
                .collect(),
        }
    };
    let group = |g: usize| GlobalGroup {
        layers: (3 * g + 1, 3 * g + 3),
        features: (0..features).map(|i| feature(g, i)).collect(),
    };
    GlobalExplanation {
        class: "cup".into(),
        scope: Scope::All,
        images: 5,
        all_layers: false,
        groups: (0..groups).map(group).collect(),
    }
}
