//! Ward's agglomerative clustering, the default.

use std::ops::RangeInclusive;

use anv_core::ndarray::ArrayView2;
use anv_core::{Clusterer, Clustering, Partition};

use crate::choice::{self, THESIS_RANGE};
use crate::distance::Distances;
use crate::silhouette::DistanceSums;
use crate::{Error, Result};

/// What [`WardClusterer`] leaves open; the default is the thesis, 4.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WardParams {
    /// Numbers of clusters to choose from, both ends included, the first at least 2. Default 3 to 8.
    pub clusters: RangeInclusive<usize>,
}

impl Default for WardParams {
    fn default() -> Self {
        Self { clusters: THESIS_RANGE }
    }
}

impl WardParams {
    /// Replaces the numbers of clusters to choose from.
    #[must_use]
    pub fn clusters(mut self, clusters: RangeInclusive<usize>) -> Self {
        self.clusters = clusters;
        self
    }
}

/// Ward linkage on Euclidean distances, the number of clusters chosen by the mean silhouette (thesis 3.3.3, 4.2).
///
/// Clusters are joined bottom-up, each time the two whose union adds least to the sum of squared distances to the
/// cluster means (Ward 1963; Lance-Williams update as in scipy). The one dendrogram is cut for every number of
/// clusters below the number of rows, and the cut of highest [`silhouette`](crate::silhouette) wins; of equal ones
/// the one of fewest clusters. With no more rows than the smallest number of clusters (three, by default) every
/// row is a cluster of its own, and no silhouette is reported. O(rows²) time and memory.
///
/// ```
/// use anv_cluster::WardClusterer;
/// use anv_core::{Clusterer, ndarray::Array2};
/// // Four groups of five points on a line.
/// let points = Array2::from_shape_fn((20, 1), |(r, _)| (r % 4 * 100 + r / 4) as f64);
/// let found = WardClusterer::default().cluster(points.view())?;
/// assert_eq!(found.partition.clusters(), 4);
/// assert_eq!(found.silhouette.keys().copied().collect::<Vec<_>>(), [3, 4, 5, 6, 7, 8]);
/// # Ok::<(), anv_cluster::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct WardClusterer {
    params: WardParams,
}

impl WardClusterer {
    /// A clusterer with these parameters; they are checked at use.
    pub fn new(params: WardParams) -> Self {
        Self { params }
    }
}

impl Clusterer for WardClusterer {
    type Error = Error;

    /// # Errors
    /// [`Error::Empty`], [`Error::NotFinite`], [`Error::Magnitude`], [`Error::TooManyRows`] above
    /// [`MAX_CLUSTER_ROWS`](crate::MAX_CLUSTER_ROWS), [`Error::Parameter`].
    fn cluster(&self, points: ArrayView2<'_, f64>) -> Result<Clustering> {
        let distances = Distances::new(points)?;
        let tried = choice::tried(&self.params.clusters, distances.rows())?;
        let mut candidates = Vec::new();
        if !tried.is_empty() {
            let dendrogram = Dendrogram::ward(&distances);
            // Cuts of one dendrogram are nested: the distances are summed once, for the finest.
            let mut finer: Option<(Partition, DistanceSums)> = None;
            for k in tried.rev() {
                let partition = dendrogram.cut(k)?;
                let sums = match &finer {
                    Some((fine, sums)) => sums.coarsen(fine, &partition),
                    None => DistanceSums::new(&distances, &partition),
                };
                candidates.push((k, partition.clone(), sums.silhouette(&partition)));
                finer = Some((partition, sums));
            }
        }
        choice::best(candidates).map_or_else(|| choice::one_a_row(distances.rows()), Ok)
    }
}

/// Which clusters were joined, in order; cluster `rows + s` is made by step `s`.
struct Dendrogram {
    joined: Vec<[usize; 2]>,
    rows: usize,
}

impl Dendrogram {
    fn ward(distances: &Distances) -> Self {
        // kodama works in place, and the silhouette needs the distances again.
        let mut matrix = distances.condensed().to_vec();
        let steps = kodama::linkage(&mut matrix, distances.rows(), kodama::Method::Ward);
        let joined = steps.steps().iter().map(|s| [s.cluster1, s.cluster2]).collect();
        Self { joined, rows: distances.rows() }
    }

    /// The division into `k` clusters, `k` from 1 to the number of rows.
    fn cut(&self, k: usize) -> Result<Partition> {
        let joins = &self.joined[..self.rows - k];
        let mut root: Vec<usize> = (0..self.rows + joins.len()).collect();
        // A cluster is made before it is joined itself: from the last step back, each parent is known.
        for (step, pair) in joins.iter().enumerate().rev() {
            for &child in pair {
                root[child] = root[self.rows + step];
            }
        }
        Ok(Partition::from_labels(&root[..self.rows])?)
    }
}
