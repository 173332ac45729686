//! Algorithm 1: clusters that share a best label become one.

use std::collections::HashMap;

use anv_core::{Label, LabeledCluster, Merger, Partition};

/// Merges the clusters of a layer that share at least one best label, transitively (thesis 3.5, Algorithm 1).
///
/// Clusters without labels stay alone. The thesis repeats pairwise merging until nothing changes; this is the same
/// division by union-find, in one pass over the best labels.
///
/// ```
/// use anv_core::{LabelScore, LabeledCluster, Merger};
/// use anv_labels::SharedBestLabel;
/// let cluster = |cluster, labels: &[&str]| LabeledCluster {
///     cluster,
///     weight_percent: 10.0,
///     labels: labels.iter().map(|&l| LabelScore::new(l, 2.0)).collect(),
///     counts: Default::default(),
///     map: None,
/// };
/// // The second shares "sky" with the first and "cloud" with the third.
/// let chain = [cluster(0, &["sky"]), cluster(1, &["cloud", "sky"]), cluster(2, &["cloud"]), cluster(3, &["sea"])];
/// assert_eq!(SharedBestLabel.merge(&chain)?.members(), [vec![0, 1, 2], vec![3]]);
/// # Ok::<(), anv_core::Error>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SharedBestLabel;

impl Merger for SharedBestLabel {
    type Error = anv_core::Error;

    fn merge(&self, clusters: &[LabeledCluster]) -> Result<Partition, Self::Error> {
        let mut sets = DisjointSets::new(clusters.len());
        let mut first: HashMap<Label, usize> = HashMap::new();
        for (place, cluster) in clusters.iter().enumerate() {
            for label in cluster.best_labels() {
                sets.join(place, *first.entry(label).or_insert(place));
            }
        }
        let labels: Vec<_> = (0..clusters.len()).map(|place| sets.root(place)).collect();
        Partition::from_labels(&labels)
    }
}

/// Merges nothing: every cluster keeps its own labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NeverMerge;

impl Merger for NeverMerge {
    type Error = anv_core::Error;

    fn merge(&self, clusters: &[LabeledCluster]) -> Result<Partition, Self::Error> {
        Partition::singletons(clusters.len())
    }
}

/// Union-find with path halving; the smaller place is always the root.
struct DisjointSets(Vec<usize>);

impl DisjointSets {
    fn new(len: usize) -> Self {
        Self((0..len).collect())
    }

    fn root(&mut self, mut at: usize) -> usize {
        while self.0[at] != at {
            self.0[at] = self.0[self.0[at]];
            at = self.0[at];
        }
        at
    }

    fn join(&mut self, a: usize, b: usize) {
        let (a, b) = (self.root(a), self.root(b));
        self.0[a.max(b)] = a.min(b);
    }
}
