//! Cluster maps: the weighted merge of similar feature maps, and which of them are worth a label.

use ndarray::{Array2, ArrayView1, ArrayView3, Zip};

use crate::{Error, Partition, Result};

/// A group of feature maps merged into one (thesis 3.3.4).
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterMap {
    /// `A_C = Σ w_j A^j / Σ w_j` over the raw maps (eq. 3.1), shape (height, width).
    pub map: Array2<f32>,
    /// `w_C = Σ p_j`, percent of the layer's weight.
    pub weight_percent: f64,
    /// The channels merged, ascending, counted from 0.
    pub channels: Vec<usize>,
}

/// A cluster below the cluster threshold: its map is not kept.
#[derive(Debug, Clone, PartialEq)]
pub struct DroppedCluster {
    /// `Σ p_j`, percent of the layer's weight.
    pub weight_percent: f64,
    /// The channels merged, ascending, counted from 0.
    pub channels: Vec<usize>,
}

/// Merges the kept channels cluster by cluster (eq. 3.1), heaviest cluster first, ties by lowest channel.
///
/// `maps` has shape (kept, height, width), `percents` one entry a channel, `kept` the channels that the maps and
/// the rows of `partition` stand for. The merge loses nothing: `Σ_C w_C A_C = Σ_kept p_j A^j`.
///
/// # Errors
/// [`Error::PartitionRows`] when `maps` or `partition` have another number of rows than `kept`, [`Error::Channel`]
/// when a kept channel has no percentage.
pub fn merge(
    maps: ArrayView3<'_, f32>,
    percents: ArrayView1<'_, f64>,
    kept: &[usize],
    partition: &Partition,
) -> Result<Vec<ClusterMap>> {
    for found in [partition.rows(), maps.dim().0] {
        if found != kept.len() {
            return Err(Error::PartitionRows { found, expected: kept.len() });
        }
    }
    if let Some(&channel) = kept.iter().find(|&&c| c >= percents.len()) {
        return Err(Error::Channel { channel, channels: percents.len() });
    }
    let mut clusters: Vec<_> = partition
        .members()
        .iter()
        .map(|rows| merge_one(maps, percents, rows.iter().map(|&r| (kept[r], r)).collect()))
        .collect();
    clusters.sort_by(|a, b| b.weight_percent.total_cmp(&a.weight_percent).then(a.channels.cmp(&b.channels)));
    Ok(clusters)
}

/// Merges the maps of `members`: channels with their rows among the maps.
fn merge_one(
    maps: ArrayView3<'_, f32>,
    percents: ArrayView1<'_, f64>,
    mut members: Vec<(usize, usize)>,
) -> ClusterMap {
    members.sort_unstable();
    let weight_percent: f64 = members.iter().map(|&(c, _)| percents[c]).sum();
    // Without any weight (only possible for a caller's own percents) every map counts the same.
    let share = |c: usize| match weight_percent > 0.0 {
        true => percents[c] / weight_percent,
        false => 1.0 / members.len() as f64,
    };
    let mut sum = Array2::<f64>::zeros((maps.dim().1, maps.dim().2));
    for &(channel, row) in &members {
        let share = share(channel);
        Zip::from(&mut sum)
            .and(maps.index_axis(ndarray::Axis(0), row))
            .for_each(|s, &a| *s += share * f64::from(a));
    }
    let channels = members.into_iter().map(|(channel, _)| channel).collect();
    ClusterMap { map: sum.mapv(|v| v as f32), weight_percent, channels }
}

/// When a cluster is too light to be shown and labelled (thesis 4.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ClusterThreshold {
    /// Drop `w_C < max(max w / 3, mean w / 2)` (eq. 4.1).
    #[default]
    Thesis,
    /// Keep every cluster.
    Off,
}

impl ClusterThreshold {
    /// The threshold over the weights of all clusters of a layer, in percent; 0 without a cluster.
    ///
    /// ```
    /// use anv_core::ClusterThreshold;
    /// assert_eq!(ClusterThreshold::Thesis.percent(&[30.0, 12.0, 6.0]), 10.0);
    /// ```
    pub fn percent(&self, weights: &[f64]) -> f64 {
        if *self == Self::Off || weights.is_empty() {
            return 0.0;
        }
        let largest = weights.iter().copied().fold(0.0, f64::max);
        let mean = weights.iter().sum::<f64>() / weights.len() as f64;
        (largest / 3.0).max(mean / 2.0)
    }
}
