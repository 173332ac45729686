//! Reduction and clustering of feature maps: PCA, exact t-SNE, Ward linkage, silhouette.
//!
//! A layer of a network shows many feature maps that look alike. This crate turns the maps into points, the points
//! into clusters, and knows how many clusters there should be. It knows no network and draws nothing; it implements
//! the traits [`Reducer`](anv_core::Reducer) and [`Clusterer`](anv_core::Clusterer) of `anv-core`.
//!
//! | step | here | formula | source |
//! | --- | --- | --- | --- |
//! | normalise a map | [`min_max_rows`] | `(a − min) / (max − min)`, constant → 0 | thesis 3.3.2 |
//! | PCA | [`Pca`] | scores `X V`, `V` the eigenvectors of `Xᵀ X`, X centred | Hotelling 1933 |
//! | t-SNE | [`Tsne`] | minimise `Σ p_ij ln(p_ij / q_ij)` | van der Maaten & Hinton 2008 |
//! | Ward | [`WardClusterer`] | join what adds least to `Σ ‖x − mean‖²` | Ward 1963 |
//! | number of clusters | [`silhouette`] | highest mean `(b − a) / max(a, b)` over k = 3 … 8 | Rousseeuw 1987, thesis 4.2 |
//!
//! The first three make [`TsneReducer`], the default; [`PcaReducer`] leaves t-SNE out. Besides Ward there are
//! [`LinkageClusterer`] (single, complete, average, … linkage) and [`DensityClusterer`] (HDBSCAN, DBSCAN, OPTICS).
//!
//! # Example
//! Thirty maps of three kinds, each bright in a place of its own:
//!
//! ```
//! use anv_cluster::{TsneReducer, WardClusterer};
//! use anv_core::ndarray::Array3;
//! use anv_core::{Clusterer, Reducer};
//!
//! let maps = Array3::from_shape_fn((30, 8, 8), |(map, y, x)| {
//!     let bright = x / 3 == map % 3;
//!     let grain = (map * 7 + y * 5 + x * 3) % 11;
//!     bright as u8 as f32 + 0.02 * grain as f32
//! });
//! let points = TsneReducer::default().reduce(maps.view(), 0)?.points; // shape (30, 2)
//! let found = WardClusterer::default().cluster(points.view())?;
//!
//! assert_eq!(found.partition.clusters(), 3);
//! assert_eq!(found.partition.members()[0], (0..30).step_by(3).collect::<Vec<_>>());
//! println!("mean silhouette of three clusters: {:.2}", found.silhouette[&3]);
//! # Ok::<(), anv_cluster::Error>(())
//! ```
//!
//! # What is defined at the edges
//!
//! | input | result |
//! | --- | --- |
//! | no map, a map without a cell | [`Error::Empty`] |
//! | NaN, infinity | [`Error::NotFinite`] names row and column |
//! | a constant map | a row of zeros |
//! | fewer than 5 maps | no t-SNE: the PCA scores are the points |
//! | few maps | perplexity `min(30, (maps − 1) / 3)` |
//! | equal maps | equal PCA scores; t-SNE leaves them together when all are equal |
//! | no more points than the smallest number of clusters (3) | one cluster a point, no silhouette |
//! | equal points | the smallest number of clusters, silhouette 0 |
//! | more than [`MAX_TSNE_ROWS`] or [`MAX_CLUSTER_ROWS`] rows | [`Error::TooManyRows`] before memory is taken |
//!
//! # Repeatability
//! The same maps, parameters and seed give the same bits on the same machine, whatever the number of threads: each sum
//! has a fixed order, and what runs in parallel are rows that do not touch each other. The parallel parts use the
//! surrounding rayon pool. With the default start of t-SNE, from the principal components, the seed is not used.
//!
//! # Features
//! `lapack` adds [`EigenSolver::Lapack`] through `ndarray-linalg`, for who wants LAPACK's numbers; it is not faster. The
//! binary that is built chooses the library: add `ndarray-linalg` with one of its backends (`openblas-system`,
//! `intel-mkl-static`, …) to your own dependencies, or linking fails. Without the feature the solver is a typed error.
//!
//! # Source
//! De Santis & Bianchi, *A Human-in-the-Loop Approach for Post-hoc Explainability of CNN-based Image
//! Classification*, Politecnico di Milano, 2023, sections 3.3.2, 3.3.3 and 4.2.

// A user's input must never cause a panic.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod choice;
mod density;
mod distance;
mod error;
mod linkage;
mod normalise;
mod pca;
mod reducer;
mod rows;
mod silhouette;
mod tsne;
mod ward;

pub use density::{DensityClusterer, DensityMethod, DensityParams, NoisePolicy};
pub use distance::MAX_CLUSTER_ROWS;
pub use error::{Error, Result};
pub use linkage::{Linkage, LinkageClusterer, LinkageParams};
pub use normalise::min_max_rows;
pub use pca::{EigenSolver, MAX_PCA_SIDE, Pca, PcaOutput, PcaParams};
pub use reducer::{PcaReducer, TsneReducer};
pub use silhouette::silhouette;
pub use tsne::{MAX_TSNE_ROWS, Start, Tsne, TsneOutput, TsneParams};
pub use ward::{WardClusterer, WardParams};
