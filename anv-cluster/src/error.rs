//! What can go wrong here, as data.

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Nothing to work on.
    #[error("{rows} rows of {columns} columns hold nothing: expected at least one of each")]
    Empty {
        /// Number of rows given.
        rows: usize,
        /// Number of columns given.
        columns: usize,
    },
    /// NaN or infinity where a number is needed.
    #[error("row {row} is {value} at column {column}: expected finite values")]
    NotFinite {
        /// Row of the first such value, from 0.
        row: usize,
        /// Its column, from 0.
        column: usize,
        /// The value.
        value: f64,
    },
    /// Values so large that their squares overflow.
    #[error("the values are too large: {what} overflow")]
    Magnitude {
        /// What overflows.
        what: &'static str,
    },
    /// More than an algorithm of quadratic memory should be given.
    #[error("{found} rows are too many for {algorithm}: expected at most {limit}")]
    TooManyRows {
        /// The algorithm.
        algorithm: &'static str,
        /// Rows given.
        found: usize,
        /// Rows it takes.
        limit: usize,
    },
    /// A parameter outside its range.
    #[error("{name} is {found}: expected {expected}")]
    Parameter {
        /// Which parameter.
        name: &'static str,
        /// Its value.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// Labels that do not belong to the points.
    #[error("{found} labels for {expected} points")]
    LabelCount {
        /// Number of labels.
        found: usize,
        /// Number of points.
        expected: usize,
    },
    /// A division whose silhouette is not defined.
    #[error(
        "{clusters} clusters of {rows} points have no silhouette: expected 2 to one less than the points"
    )]
    SilhouetteUndefined {
        /// Number of clusters.
        clusters: usize,
        /// Number of points.
        rows: usize,
    },
    /// The eigendecomposition did not converge or its backend failed.
    #[error("the eigendecomposition of a {size}x{size} matrix failed: {reason}")]
    Eigen {
        /// Side of the matrix.
        size: usize,
        /// What the solver said.
        reason: String,
    },
    /// Something that this build was made without.
    #[error("this build has no {what}: enable the feature `{feature}` of anv-cluster")]
    FeatureOff {
        /// What was asked for.
        what: &'static str,
        /// The cargo feature that brings it.
        feature: &'static str,
    },
    /// The gradient descent ran away; a smaller learning rate helps.
    #[error("t-SNE left the finite numbers by iteration {iteration} with learning rate {learning_rate}")]
    Diverged {
        /// Iteration at which it was noticed.
        iteration: usize,
        /// The learning rate used.
        learning_rate: f64,
    },
    /// A division that `anv-core` refused.
    #[error(transparent)]
    Partition(#[from] anv_core::Error),
}

impl Error {
    pub(crate) fn parameter(
        name: &'static str,
        found: impl std::fmt::Display,
        expected: &'static str,
    ) -> Self {
        Self::Parameter { name, found: found.to_string(), expected }
    }
}
