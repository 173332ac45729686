//! Rows of numbers that are read piece by piece as f64, so that no large matrix is ever copied whole.

use std::ops::Range;

use anv_core::ndarray::{ArrayView2, s};

use crate::{Error, Result};

pub(crate) trait Rows {
    /// Rows and columns.
    fn dim(&self) -> (usize, usize);

    /// Copies a piece of a row; `out` is as long as `columns`.
    fn read(&self, row: usize, columns: Range<usize>, out: &mut [f64]);
}

impl<T: Copy + Into<f64>> Rows for ArrayView2<'_, T> {
    fn dim(&self) -> (usize, usize) {
        ArrayView2::dim(self)
    }

    fn read(&self, row: usize, columns: Range<usize>, out: &mut [f64]) {
        for (out, &value) in out.iter_mut().zip(self.slice(s![row, columns])) {
            *out = value.into();
        }
    }
}

/// Refuses empty tables and values that are not finite.
pub(crate) fn check_points<T: Copy + Into<f64>>(points: ArrayView2<'_, T>) -> Result<()> {
    let (rows, columns) = points.dim();
    if rows == 0 || columns == 0 {
        return Err(Error::Empty { rows, columns });
    }
    match points.indexed_iter().map(|(at, &v)| (at, v.into())).find(|(_, v)| !v.is_finite()) {
        Some(((row, column), value)) => Err(Error::NotFinite { row, column, value }),
        None => Ok(()),
    }
}
