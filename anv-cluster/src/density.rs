//! Density clustering, through petal-clustering.

use std::collections::HashMap;

use anv_core::ndarray::{Array2, ArrayView2, Axis};
use anv_core::{Clusterer, Clustering, Partition};
use petal_clustering::{Dbscan, Fit, HDbscan, Optics};
use petal_neighbors::distance::Euclidean;

use crate::distance::Distances;
use crate::silhouette::DistanceSums;
use crate::{Error, Result};

/// The automatic radius in units of the median distance to the `min_samples`-th neighbour.
const RADIUS_FACTOR: f64 = 2.0;

/// Which density clustering.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum DensityMethod {
    /// Hierarchy over all radii, clusters by excess of mass (Campello et al. 2015); takes no radius.
    #[default]
    Hdbscan,
    /// Points within one radius of enough others (Ester et al. 1996).
    Dbscan,
    /// Points in the order in which they are reached, cut at the radius (Ankerst et al. 1999).
    Optics,
}

/// What becomes of points that belong to no cluster; a feature map's weight must not be lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
#[non_exhaustive]
pub enum NoisePolicy {
    /// Each joins the cluster of the nearest point that has one; of equally near ones the first.
    #[default]
    NearestCluster,
    /// All of them make one cluster more.
    OwnCluster,
}

/// What [`DensityClusterer`] leaves open.
#[derive(Debug, Clone, PartialEq)]
pub struct DensityParams {
    /// Which clustering.
    pub method: DensityMethod,
    /// Points, itself included, that make a neighbourhood dense; at least 2. Default 5.
    pub min_samples: usize,
    /// Least size of an HDBSCAN cluster; at least 2. Default 5.
    pub min_cluster_size: usize,
    /// Radius of a DBSCAN or OPTICS neighbourhood, in units of the points; `None` is twice the median distance to
    /// the `min_samples`-th point of the neighbourhood (after the k-distance plot of Ester et al. 1996).
    pub radius: Option<f64>,
    /// What becomes of noise.
    pub noise: NoisePolicy,
}

impl Default for DensityParams {
    fn default() -> Self {
        Self {
            method: DensityMethod::default(),
            min_samples: 5,
            min_cluster_size: 5,
            radius: None,
            noise: NoisePolicy::default(),
        }
    }
}

impl DensityParams {
    /// Replaces the method.
    #[must_use]
    pub fn method(mut self, method: DensityMethod) -> Self {
        self.method = method;
        self
    }

    /// Replaces the size of a dense neighbourhood.
    #[must_use]
    pub fn min_samples(mut self, samples: usize) -> Self {
        self.min_samples = samples;
        self
    }

    /// Replaces the least size of an HDBSCAN cluster.
    #[must_use]
    pub fn min_cluster_size(mut self, size: usize) -> Self {
        self.min_cluster_size = size;
        self
    }

    /// Replaces the radius; `None` chooses it from the points.
    #[must_use]
    pub fn radius(mut self, radius: Option<f64>) -> Self {
        self.radius = radius;
        self
    }

    /// Replaces what becomes of noise.
    #[must_use]
    pub fn noise(mut self, noise: NoisePolicy) -> Self {
        self.noise = noise;
        self
    }

    fn check(&self) -> Result<()> {
        for (name, value) in
            [("neighbourhood size", self.min_samples), ("least cluster size", self.min_cluster_size)]
        {
            if value < 2 {
                return Err(Error::parameter(name, value, "at least 2"));
            }
        }
        match self.radius {
            Some(r) if !(r > 0.0 && r.is_finite()) => {
                Err(Error::parameter("radius", r, "a finite number above 0"))
            }
            _ => Ok(()),
        }
    }
}

/// Clusters of any shape and number: where points lie densely.
///
/// Equal points count once and share a cluster. When nothing is dense, all points make one cluster. The silhouette
/// of the division is reported where it is defined.
///
/// ```
/// use anv_cluster::DensityClusterer;
/// use anv_core::{Clusterer, ndarray::Array2};
/// let points = Array2::from_shape_fn((60, 1), |(r, _)| (r % 2 * 1000 + r / 2) as f64);
/// assert_eq!(DensityClusterer::default().cluster(points.view())?.partition.clusters(), 2);
/// # Ok::<(), anv_cluster::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct DensityClusterer {
    params: DensityParams,
}

impl DensityClusterer {
    /// A clusterer with these parameters; they are checked at use.
    pub fn new(params: DensityParams) -> Self {
        Self { params }
    }
}

impl Clusterer for DensityClusterer {
    type Error = Error;

    /// # Errors
    /// [`Error::Empty`], [`Error::NotFinite`], [`Error::Magnitude`], [`Error::TooManyRows`] above
    /// [`MAX_CLUSTER_ROWS`](crate::MAX_CLUSTER_ROWS), [`Error::Parameter`].
    fn cluster(&self, points: ArrayView2<'_, f64>) -> Result<Clustering> {
        self.params.check()?;
        let all = Distances::new(points)?;
        let (distinct, first) = distinct_rows(points);
        let distances = Distances::new(distinct.view())?;
        let found = self.dense_clusters(&distinct, &distances);
        let labels = place_noise(found, &distances, self.params.noise);
        let partition = Partition::from_labels(&first.iter().map(|&i| labels[i]).collect::<Vec<_>>())?;
        let (clusters, rows) = (partition.clusters(), partition.rows());
        let defined = clusters >= 2 && clusters < rows;
        let score = || (clusters, DistanceSums::new(&all, &partition).silhouette(&partition));
        let silhouette = defined.then(score).into_iter().collect();
        Ok(Clustering { partition, silhouette })
    }
}

impl DensityClusterer {
    /// The cluster of each distinct point, `None` for noise.
    fn dense_clusters(&self, points: &Array2<f64>, distances: &Distances) -> Vec<Option<usize>> {
        let (rows, samples) = (points.nrows(), self.params.min_samples);
        // Too few for any dense neighbourhood; petal-clustering panics on some of these.
        if rows < samples.max(3) {
            return vec![None; rows];
        }
        let radius = || self.params.radius.unwrap_or_else(|| automatic_radius(distances, samples));
        let clusters = match self.params.method {
            DensityMethod::Dbscan => Dbscan::new(radius(), samples, Euclidean::default()).fit(points, None).0,
            DensityMethod::Optics => Optics::new(radius(), samples, Euclidean::default()).fit(points, None).0,
            DensityMethod::Hdbscan => {
                let mut hdbscan = HDbscan {
                    alpha: 1.0,
                    min_samples: samples,
                    min_cluster_size: self.params.min_cluster_size,
                    metric: Euclidean::default(),
                    // Prim's tree: its order, unlike that of the parallel Borůvka, is fixed.
                    boruvka: false,
                };
                hdbscan.fit(points, None).0
            }
        };
        labels(clusters, rows)
    }
}

/// The label of each row, from a hash map whose order must not matter.
fn labels(clusters: HashMap<usize, Vec<usize>>, rows: usize) -> Vec<Option<usize>> {
    let mut labels = vec![None; rows];
    for (cluster, members) in clusters {
        for row in members {
            labels[row] = Some(cluster);
        }
    }
    labels
}

/// The distinct rows in order of first appearance, and for each row the place of its equal among them.
fn distinct_rows(points: ArrayView2<'_, f64>) -> (Array2<f64>, Vec<usize>) {
    let mut places = HashMap::new();
    let mut firsts = Vec::new();
    let place = points
        .outer_iter()
        .enumerate()
        .map(|(row, point)| {
            // Adding 0 makes −0 and 0 equal in bits too.
            let key: Vec<u64> = point.iter().map(|v| (v + 0.0).to_bits()).collect();
            *places.entry(key).or_insert_with(|| {
                firsts.push(row);
                firsts.len() - 1
            })
        })
        .collect();
    (points.select(Axis(0), &firsts), place)
}

fn automatic_radius(distances: &Distances, samples: usize) -> f64 {
    let rows = distances.rows();
    let mut reach: Vec<f64> = (0..rows)
        .map(|i| {
            let mut row: Vec<f64> = (0..rows).map(|j| distances.get(i, j)).collect();
            *row.select_nth_unstable_by(samples - 1, f64::total_cmp).1
        })
        .collect();
    RADIUS_FACTOR * *reach.select_nth_unstable_by(rows / 2, f64::total_cmp).1
}

fn place_noise(found: Vec<Option<usize>>, distances: &Distances, policy: NoisePolicy) -> Vec<usize> {
    let next = found.iter().flatten().max().map_or(0, |m| m + 1);
    let nearest = |row: usize| {
        let clustered = (0..found.len()).filter_map(|j| found[j].map(|c| (distances.get(row, j), c)));
        clustered.min_by(|a, b| a.0.total_cmp(&b.0)).map_or(next, |(_, cluster)| cluster)
    };
    (0..found.len())
        .map(|row| match (found[row], policy) {
            (Some(cluster), _) => cluster,
            (None, NoisePolicy::OwnCluster) => next,
            (None, NoisePolicy::NearestCluster) => nearest(row),
        })
        .collect()
}
