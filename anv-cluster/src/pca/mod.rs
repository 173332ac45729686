//! Principal component analysis, exact.

mod eigen;
mod gram;

use anv_core::ndarray::{Array1, Array2, ArrayView2};

use crate::rows::{Rows, check_points};
use crate::{Error, Result};
pub use eigen::EigenSolver;
use gram::{Side, Spectrum};

/// Most rows or columns, whichever are fewer, that [`Pca`] takes: its square matrix then has 128 MiB.
pub const MAX_PCA_SIDE: usize = 4096;

/// What [`Pca`] leaves open; the default is the thesis, 3.3.2.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PcaParams {
    /// Most components kept; there are never more than rows or columns. Default 50.
    pub components: usize,
    /// Who decomposes the matrix.
    pub solver: EigenSolver,
}

impl Default for PcaParams {
    fn default() -> Self {
        Self { components: 50, solver: EigenSolver::default() }
    }
}

impl PcaParams {
    /// Replaces the number of components.
    #[must_use]
    pub fn components(mut self, components: usize) -> Self {
        self.components = components;
        self
    }

    /// Replaces the solver.
    #[must_use]
    pub fn solver(mut self, solver: EigenSolver) -> Self {
        self.solver = solver;
        self
    }
}

/// Principal component analysis of rows, exact up to rounding.
///
/// With the centred rows `X` of shape (n, d), the scores are `X V` where `V` holds the eigenvectors of `Xᵀ X` by
/// falling eigenvalue `λ` (Hotelling 1933). Where d ≥ n they are found as `U √λ` from the Gram matrix `X Xᵀ`
/// (n, n), which has the same eigenvalues; the matrix is accumulated in f64 over blocks of columns. Cost
/// O(n² d + n³), memory O(n²).
///
/// The sign of a component is free; here its score of largest magnitude is positive (of equal ones the first).
/// Eigenvalues below `λ₁ · max(n, d) · ε` are rounding and count as 0, so that rows without spread get scores of
/// exactly 0.
///
/// ```
/// use anv_cluster::{Pca, PcaParams};
/// use anv_core::ndarray::array;
///
/// let rows = array![[0.0, 1.0, 5.0], [2.0, 1.0, 5.0], [10.0, 1.0, 5.0]];
/// let pca = Pca::new(PcaParams::default().components(2)).fit(rows.view())?;
/// assert!((pca.scores[[2, 0]] - 6.0).abs() < 1e-12); // 10 − mean 4
/// assert!((pca.explained_variance[0] - 28.0).abs() < 1e-12); // (16 + 4 + 36) / 2
/// assert_eq!(pca.explained_variance[1], 0.0);
/// # Ok::<(), anv_cluster::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Pca {
    params: PcaParams,
}

/// What [`Pca`] found.
#[derive(Debug, Clone, PartialEq)]
pub struct PcaOutput {
    /// Coordinates of the rows on the components, shape (rows, min(components, rows, columns)).
    pub scores: Array2<f64>,
    /// Variance along each component, `λ / (rows − 1)`, falling.
    pub explained_variance: Array1<f64>,
}

impl Pca {
    /// An analysis with these parameters; they are checked at use.
    pub fn new(params: PcaParams) -> Self {
        Self { params }
    }

    /// Analyses rows of shape (rows, columns), of f32 or f64.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::NotFinite`], [`Error::Magnitude`] when squares overflow,
    /// [`Error::TooManyRows`] when both sides exceed [`MAX_PCA_SIDE`], [`Error::Parameter`] for 0 components,
    /// [`Error::Eigen`], [`Error::FeatureOff`] for a solver that is not built in.
    pub fn fit<T: Copy + Into<f64>>(&self, rows: ArrayView2<'_, T>) -> Result<PcaOutput> {
        check_points(rows)?;
        self.fit_rows(&rows)
    }

    /// As [`Pca::fit`], for rows that are known to be finite and there.
    pub(crate) fn fit_rows(&self, rows: &impl Rows) -> Result<PcaOutput> {
        let (n, d) = rows.dim();
        if self.params.components == 0 {
            return Err(Error::parameter("number of components", 0, "at least 1"));
        }
        if n.min(d) > MAX_PCA_SIDE {
            return Err(Error::TooManyRows { algorithm: "PCA", found: n.min(d), limit: MAX_PCA_SIDE });
        }
        let keep = self.params.components.min(n).min(d);
        let side = if d < n { Side::Columns } else { Side::Rows };
        let Spectrum { values, mut scores } = gram::spectrum(rows, side, keep, self.params.solver)?;
        for mut component in scores.columns_mut() {
            let largest = component.iter().fold(0.0f64, |a, &v| if v.abs() > a.abs() { v } else { a });
            if largest < 0.0 {
                component.mapv_inplace(|v| -v);
            }
        }
        let explained_variance = Array1::from(values) / n.saturating_sub(1).max(1) as f64;
        Ok(PcaOutput { scores, explained_variance })
    }
}
