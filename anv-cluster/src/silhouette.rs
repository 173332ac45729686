//! How well a division fits its points.

use anv_core::Partition;
use anv_core::ndarray::ArrayView2;

use crate::distance::Distances;
use crate::{Error, Result};

/// Mean silhouette of a division, from −1 to 1 (Rousseeuw 1987).
///
/// For each point `s = (b − a) / max(a, b)`, with `a` its mean distance to the others of its cluster and `b` the
/// smallest mean distance to another cluster. A cluster of one point scores 0, and so does `a = b = 0`; both as
/// in scikit-learn. `points` has shape (rows, coordinates), `labels` one entry a row, any numbers. Distances are
/// Euclidean.
///
/// # Errors
/// [`Error::LabelCount`], [`Error::SilhouetteUndefined`] for fewer than 2 clusters or as many as points,
/// [`Error::Empty`], [`Error::NotFinite`], [`Error::Magnitude`], [`Error::TooManyRows`].
///
/// ```
/// use anv_cluster::silhouette;
/// use anv_core::ndarray::array;
/// let points = array![[0.0], [1.0], [10.0], [11.0]];
/// let s = silhouette(points.view(), &[0, 0, 1, 1])?;
/// assert!((s - (9.5 / 10.5 + 8.5 / 9.5) / 2.0).abs() < 1e-12);
/// # Ok::<(), anv_cluster::Error>(())
/// ```
pub fn silhouette(points: ArrayView2<'_, f64>, labels: &[usize]) -> Result<f64> {
    if labels.len() != points.nrows() {
        return Err(Error::LabelCount { found: labels.len(), expected: points.nrows() });
    }
    let distances = Distances::new(points)?;
    let partition = Partition::from_labels(labels)?;
    let (clusters, rows) = (partition.clusters(), partition.rows());
    if clusters < 2 || clusters >= rows {
        return Err(Error::SilhouetteUndefined { clusters, rows });
    }
    Ok(DistanceSums::new(&distances, &partition).silhouette(&partition))
}

/// For every point the sum of its distances to each cluster of a division.
pub(crate) struct DistanceSums {
    sums: Vec<f64>,
    clusters: usize,
}

impl DistanceSums {
    pub(crate) fn new(distances: &Distances, partition: &Partition) -> Self {
        let (clusters, labels) = (partition.clusters(), partition.labels());
        let mut sums = vec![0.0; labels.len() * clusters];
        for (i, row) in distances.upper_rows().enumerate() {
            for (j, &d) in (i + 1..).zip(row) {
                sums[i * clusters + labels[j]] += d;
                sums[j * clusters + labels[i]] += d;
            }
        }
        Self { sums, clusters }
    }

    /// The sums of a coarser division, whose every cluster is a union of clusters of `fine`: no distance is
    /// looked at again.
    pub(crate) fn coarsen(&self, fine: &Partition, coarse: &Partition) -> Self {
        let clusters = coarse.clusters();
        let mut parent = vec![0; self.clusters];
        for (&f, &c) in fine.labels().iter().zip(coarse.labels()) {
            parent[f] = c;
        }
        let mut sums = vec![0.0; fine.rows() * clusters];
        for (out, sums) in sums.chunks_exact_mut(clusters).zip(self.sums.chunks_exact(self.clusters)) {
            for (&c, s) in parent.iter().zip(sums) {
                out[c] += s;
            }
        }
        Self { sums, clusters }
    }

    /// Mean silhouette of the division that these sums were made for.
    pub(crate) fn silhouette(&self, partition: &Partition) -> f64 {
        let sizes: Vec<_> = partition.members().iter().map(Vec::len).collect();
        let rows = partition.labels().iter().zip(self.sums.chunks_exact(self.clusters));
        let total: f64 = rows.map(|(&own, sums)| point_silhouette(own, sums, &sizes)).sum();
        total / partition.rows() as f64
    }
}

fn point_silhouette(own: usize, sums: &[f64], sizes: &[usize]) -> f64 {
    if sizes[own] == 1 {
        return 0.0;
    }
    let a = sums[own] / (sizes[own] - 1) as f64;
    let others = sums.iter().zip(sizes).enumerate().filter(|(c, _)| *c != own);
    let b = others.map(|(_, (sum, &size))| sum / size as f64).fold(f64::INFINITY, f64::min);
    let larger = a.max(b);
    if larger > 0.0 { (b - a) / larger } else { 0.0 }
}
