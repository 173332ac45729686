//! From feature maps to points.

use anv_core::ndarray::ArrayView3;
use anv_core::{Embedding, Reducer};

use crate::normalise::MinMaxRows;
use crate::{Error, Pca, PcaParams, Result, Tsne, TsneParams};

/// With fewer rows there are no neighbourhoods to keep: the perplexity would be 1 or less.
const FEWEST_TSNE_ROWS: usize = 5;

/// The thesis' way (3.3.2): min-max normalisation, PCA, t-SNE to two dimensions. The default.
///
/// The perplexity is `min(params.perplexity, (rows − 1) / 3)`. Fewer than 5 maps are not embedded: their points are
/// the PCA scores. The seed matters only with [`Start::Random`](crate::Start::Random).
///
/// ```
/// use anv_cluster::TsneReducer;
/// use anv_core::{Reducer, ndarray::Array3};
/// let maps = Array3::from_shape_fn((12, 4, 4), |(m, y, x)| ((m % 3) * y + x * x + m) as f32);
/// let points = TsneReducer::default().reduce(maps.view(), 0)?.points;
/// assert_eq!(points.dim(), (12, 2));
/// # Ok::<(), anv_cluster::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct TsneReducer {
    pca: PcaParams,
    tsne: TsneParams,
}

impl TsneReducer {
    /// A reducer with these parameters; they are checked at use.
    pub fn new(pca: PcaParams, tsne: TsneParams) -> Self {
        Self { pca, tsne }
    }
}

impl Reducer for TsneReducer {
    type Error = Error;

    /// # Errors
    /// As [`min_max_rows`](crate::min_max_rows), [`Pca::fit`] and [`Tsne::fit`].
    fn reduce(&self, maps: ArrayView3<'_, f32>, seed: u64) -> Result<Embedding> {
        let scores = Pca::new(self.pca.clone()).fit_rows(&MinMaxRows::new(&maps)?)?.scores;
        let rows = scores.nrows();
        if rows < FEWEST_TSNE_ROWS {
            return Ok(Embedding { points: scores });
        }
        let perplexity = self.tsne.perplexity.min((rows - 1) as f64 / 3.0);
        let tsne = Tsne::new(self.tsne.clone().perplexity(perplexity));
        Ok(Embedding { points: tsne.fit_components(scores.view(), seed)?.embedding })
    }
}

/// "PCA only": min-max normalisation and PCA; the points are the scores.
///
/// ```
/// use anv_cluster::{PcaParams, PcaReducer};
/// use anv_core::{Reducer, ndarray::Array3};
/// let maps = Array3::from_shape_fn((12, 4, 4), |(m, y, x)| ((m % 3) * y + x * x + m) as f32);
/// let points = PcaReducer::new(PcaParams::default().components(4)).reduce(maps.view(), 0)?.points;
/// assert_eq!(points.dim(), (12, 4));
/// # Ok::<(), anv_cluster::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PcaReducer {
    pca: PcaParams,
}

impl PcaReducer {
    /// A reducer with these parameters; they are checked at use.
    pub fn new(pca: PcaParams) -> Self {
        Self { pca }
    }
}

impl Reducer for PcaReducer {
    type Error = Error;

    /// # Errors
    /// As [`min_max_rows`](crate::min_max_rows) and [`Pca::fit`].
    fn reduce(&self, maps: ArrayView3<'_, f32>, _seed: u64) -> Result<Embedding> {
        let points = Pca::new(self.pca.clone()).fit_rows(&MinMaxRows::new(&maps)?)?.scores;
        Ok(Embedding { points })
    }
}
