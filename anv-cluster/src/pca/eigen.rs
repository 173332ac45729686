//! Eigenvectors of a symmetric matrix.

use faer::diag::Diag;
use faer::dyn_stack::{MemBuffer, MemStack};
use faer::linalg::evd::{ComputeEigenvectors, self_adjoint_evd, self_adjoint_evd_scratch};
use faer::{Mat, Par};

use crate::{Error, Result};

/// Who computes the eigenvectors of [`Pca`](crate::Pca); both are exact up to rounding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum EigenSolver {
    /// The crate faer: pure Rust, the same bits for any number of threads.
    #[default]
    Faer,
    /// LAPACK's `dsyev` through ndarray-linalg; needs the feature `lapack` and one of ndarray-linalg's backends.
    /// Whether the bits repeat is up to the backend.
    Lapack,
}

/// Eigenvalues, falling, with their eigenvectors as columns.
pub(super) struct Eigenpairs {
    pub values: Vec<f64>,
    pub vectors: Mat<f64>,
}

/// The `keep` largest eigenvalues of the symmetric matrix whose lower triangle is given.
pub(super) fn decompose(lower: Mat<f64>, keep: usize, solver: EigenSolver) -> Result<Eigenpairs> {
    match solver {
        EigenSolver::Faer => faer_pairs(lower, keep),
        EigenSolver::Lapack => lapack_pairs(lower, keep),
    }
}

fn faer_pairs(lower: Mat<f64>, keep: usize) -> Result<Eigenpairs> {
    let n = lower.nrows();
    let (mut values, mut vectors) = (Diag::zeros(n), Mat::zeros(n, n));
    // Not the method `self_adjoint_eigen`: that one takes faer's global number of threads.
    let scratch = self_adjoint_evd_scratch::<f64>(n, ComputeEigenvectors::Yes, Par::Seq, Default::default());
    let mut memory = MemBuffer::new(scratch);
    self_adjoint_evd(
        lower.as_ref(),
        values.as_mut(),
        Some(vectors.as_mut()),
        Par::Seq,
        MemStack::new(&mut memory),
        Default::default(),
    )
    .map_err(|e| Error::Eigen { size: n, reason: format!("{e:?}") })?;
    Ok(Eigenpairs {
        values: (0..keep).map(|k| values.column_vector()[n - 1 - k]).collect(),
        vectors: Mat::from_fn(n, keep, |i, k| vectors[(i, n - 1 - k)]),
    })
}

#[cfg(feature = "lapack")]
fn lapack_pairs(lower: Mat<f64>, keep: usize) -> Result<Eigenpairs> {
    use anv_core::ndarray::Array2;
    use ndarray_linalg::{Eigh, UPLO};

    let n = lower.nrows();
    let full = Array2::from_shape_fn((n, n), |(i, j)| lower[(i.max(j), i.min(j))]);
    let (values, vectors) =
        full.eigh(UPLO::Lower).map_err(|e| Error::Eigen { size: n, reason: e.to_string() })?;
    Ok(Eigenpairs {
        values: (0..keep).map(|k| values[n - 1 - k]).collect(),
        vectors: Mat::from_fn(n, keep, |i, k| vectors[[i, n - 1 - k]]),
    })
}

#[cfg(not(feature = "lapack"))]
fn lapack_pairs(_: Mat<f64>, _: usize) -> Result<Eigenpairs> {
    Err(Error::FeatureOff { what: "LAPACK solver", feature: "lapack" })
}
