//! Reduction and clustering of feature maps: PCA, exact t-SNE, Ward linkage, silhouette.
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
