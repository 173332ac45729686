//! Other agglomerative clusterings, through linfa-hierarchical.

use std::ops::RangeInclusive;

use anv_core::ndarray::ArrayView2;
use anv_core::{Clusterer, Clustering, Partition};
use linfa::traits::Transformer;
use linfa_hierarchical::{HierarchicalCluster, Method};
use linfa_kernel::{Kernel, KernelInner, KernelMethod};
use ndarray16::Array2;

use crate::choice::{self, THESIS_RANGE};
use crate::distance::Distances;
use crate::silhouette::DistanceSums;
use crate::{Error, Result};

/// linfa takes similarities and turns them back by −ln, cut off at 1e-6. The largest distance is scaled to this, so
/// that its similarity, e⁻¹², stays above the cut.
const LARGEST_LOG: f64 = 12.0;

/// How the distance between two clusters follows from the distances between their points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum Linkage {
    /// The smallest distance.
    Single,
    /// The largest distance.
    Complete,
    /// The mean distance over all pairs (UPGMA).
    #[default]
    Average,
    /// The mean of the two joined clusters' distances (WPGMA).
    Weighted,
    /// The growth of the sum of squares; as [`WardClusterer`](crate::WardClusterer).
    Ward,
    /// The distance of the means (UPGMC).
    Centroid,
    /// The distance of the joined clusters' midpoints (WPGMC).
    Median,
}

impl Linkage {
    fn method(self) -> Method {
        match self {
            Self::Single => Method::Single,
            Self::Complete => Method::Complete,
            Self::Average => Method::Average,
            Self::Weighted => Method::Weighted,
            Self::Ward => Method::Ward,
            Self::Centroid => Method::Centroid,
            Self::Median => Method::Median,
        }
    }
}

/// What [`LinkageClusterer`] leaves open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LinkageParams {
    /// The distance between clusters. Default average.
    pub linkage: Linkage,
    /// Numbers of clusters to choose from, both ends included, the first at least 2. Default 3 to 8.
    pub clusters: RangeInclusive<usize>,
}

impl Default for LinkageParams {
    fn default() -> Self {
        Self { linkage: Linkage::default(), clusters: THESIS_RANGE }
    }
}

impl LinkageParams {
    /// Replaces the linkage.
    #[must_use]
    pub fn linkage(mut self, linkage: Linkage) -> Self {
        self.linkage = linkage;
        self
    }

    /// Replaces the numbers of clusters to choose from.
    #[must_use]
    pub fn clusters(mut self, clusters: RangeInclusive<usize>) -> Self {
        self.clusters = clusters;
        self
    }
}

/// Agglomerative clustering with any [`Linkage`], the number of clusters chosen as in
/// [`WardClusterer`](crate::WardClusterer).
///
/// ```
/// use anv_cluster::{Linkage, LinkageClusterer, LinkageParams};
/// use anv_core::{Clusterer, ndarray::Array2};
/// let points = Array2::from_shape_fn((20, 1), |(r, _)| (r % 4 * 100 + r / 4) as f64);
/// let single = LinkageClusterer::new(LinkageParams::default().linkage(Linkage::Single));
/// assert_eq!(single.cluster(points.view())?.partition.clusters(), 4);
/// # Ok::<(), anv_cluster::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LinkageClusterer {
    params: LinkageParams,
}

impl LinkageClusterer {
    /// A clusterer with these parameters; they are checked at use.
    pub fn new(params: LinkageParams) -> Self {
        Self { params }
    }
}

impl Clusterer for LinkageClusterer {
    type Error = Error;

    /// # Errors
    /// As [`WardClusterer`](crate::WardClusterer).
    fn cluster(&self, points: ArrayView2<'_, f64>) -> Result<Clustering> {
        let distances = Distances::new(points)?;
        let tried = choice::tried(&self.params.clusters, distances.rows())?;
        let mut candidates = Vec::new();
        let mut kernel = similarities(&distances);
        for k in tried {
            let cut =
                HierarchicalCluster::default().with_method(self.params.linkage.method()).num_clusters(k);
            let dataset = cut
                .transform(kernel)
                .map_err(|e| Error::parameter("number of clusters", e, "a number that linfa takes"))?;
            // linfa numbers clusters in the order of a hash map, `Partition` by their first row.
            let partition = Partition::from_labels(&dataset.targets)?;
            kernel = dataset.records;
            let silhouette = DistanceSums::new(&distances, &partition).silhouette(&partition);
            candidates.push((k, partition, silhouette));
        }
        choice::best(candidates).map_or_else(|| choice::one_a_row(distances.rows()), Ok)
    }
}

/// A dense kernel whose −ln is proportional to the distances: every linkage is indifferent to the factor.
fn similarities(distances: &Distances) -> Kernel<f64> {
    let largest = distances.largest();
    let scale = if largest > 0.0 { LARGEST_LOG / largest } else { 0.0 };
    let rows = distances.rows();
    let dense = Array2::from_shape_fn((rows, rows), |(i, j)| (-distances.get(i, j) * scale).exp());
    Kernel { inner: KernelInner::Dense(dense), method: KernelMethod::Linear }
}
