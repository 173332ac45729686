//! The square matrix whose eigenvectors are the components.

use anv_core::ndarray::Array2;
use faer::linalg::matmul::{matmul, triangular};
use faer::{Accum, Mat, MatRef, Par};

use super::eigen::{EigenSolver, Eigenpairs, decompose};
use crate::rows::Rows;
use crate::{Error, Result};

/// Numbers in a block of columns: 512 KiB of f64, which stay in a second-level cache.
const BLOCK_VALUES: usize = 65_536;

/// Which side of the rows the square matrix has.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Side {
    /// The Gram matrix `X Xᵀ`.
    Rows,
    /// The scatter matrix `Xᵀ X`.
    Columns,
}

/// Largest eigenvalues, falling, and the scores along their components.
pub(super) struct Spectrum {
    pub values: Vec<f64>,
    pub scores: Array2<f64>,
}

pub(super) fn spectrum(rows: &impl Rows, side: Side, keep: usize, solver: EigenSolver) -> Result<Spectrum> {
    let (n, d) = rows.dim();
    match side {
        Side::Rows => {
            let pairs = positive_pairs(gram(rows), keep, n.max(d), solver)?;
            let root: Vec<_> = pairs.values.iter().map(|l| l.sqrt()).collect();
            let scores = Array2::from_shape_fn((n, keep), |(i, k)| pairs.vectors[(i, k)] * root[k]);
            Ok(Spectrum { values: pairs.values, scores })
        }
        Side::Columns => {
            let centred = centred_block(rows, 0, d);
            let x = MatRef::from_row_major_slice(&centred, n, d);
            let mut scatter = Mat::zeros(d, d);
            add_lower(&mut scatter, x.transpose());
            let pairs = positive_pairs(scatter, keep, n.max(d), solver)?;
            let mut product = Mat::zeros(n, keep);
            matmul(product.as_mut(), Accum::Replace, x, pairs.vectors.as_ref(), 1.0, Par::Seq);
            let live = |k: usize| pairs.values[k] > 0.0;
            let scores =
                Array2::from_shape_fn((n, keep), |(i, k)| if live(k) { product[(i, k)] } else { 0.0 });
            Ok(Spectrum { values: pairs.values, scores })
        }
    }
}

/// The `keep` largest eigenvalues; those that are only rounding become 0.
fn positive_pairs(matrix: Mat<f64>, keep: usize, side: usize, solver: EigenSolver) -> Result<Eigenpairs> {
    let n = matrix.nrows();
    if (0..n).any(|j| (j..n).any(|i| !matrix[(i, j)].is_finite())) {
        return Err(Error::Magnitude { what: "squares" });
    }
    let mut pairs = decompose(matrix, keep, solver)?;
    let floor = pairs.values.first().map_or(0.0, |l| l.max(0.0) * side as f64 * f64::EPSILON);
    for value in pairs.values.iter_mut().filter(|l| **l <= floor) {
        *value = 0.0;
    }
    Ok(pairs)
}

/// `X Xᵀ` of the centred rows, lower triangle, block of columns by block of columns.
fn gram(rows: &impl Rows) -> Mat<f64> {
    let (n, d) = rows.dim();
    let width = (BLOCK_VALUES / n).clamp(16, d.max(16));
    let mut gram = Mat::zeros(n, n);
    for start in (0..d).step_by(width) {
        let end = (start + width).min(d);
        let block = centred_block(rows, start, end);
        add_lower(&mut gram, MatRef::from_row_major_slice(&block, n, end - start));
    }
    gram
}

/// Columns `start..end` of all rows, row-major, less their means.
///
/// The first row is subtracted before the mean, so that columns without spread become exactly 0.
fn centred_block(rows: &impl Rows, start: usize, end: usize) -> Vec<f64> {
    let (n, width) = (rows.dim().0, end - start);
    let mut block = vec![0.0; n * width];
    let (first, others) = block.split_at_mut(width);
    rows.read(0, start..end, first);
    let mut mean = vec![0.0; width];
    for (row, out) in others.chunks_exact_mut(width).enumerate() {
        rows.read(row + 1, start..end, out);
        for ((v, origin), m) in out.iter_mut().zip(&*first).zip(&mut mean) {
            *v -= origin;
            *m += *v;
        }
    }
    first.fill(0.0);
    mean.iter_mut().for_each(|m| *m /= n as f64);
    for row in block.chunks_exact_mut(width) {
        row.iter_mut().zip(&mean).for_each(|(v, m)| *v -= m);
    }
    block
}

/// Adds `a aᵀ` to the lower triangle.
fn add_lower(sum: &mut Mat<f64>, a: MatRef<'_, f64>) {
    use triangular::BlockStructure::{Rectangular, TriangularLower};
    // Sequential whatever faer's global setting is: the bits must not depend on the number of threads.
    triangular::matmul(
        sum.as_mut(),
        TriangularLower,
        Accum::Add,
        a,
        Rectangular,
        a.transpose(),
        Rectangular,
        1.0,
        Par::Seq,
    );
}
