//! Euclidean distances between all points, each kept once.

use anv_core::ndarray::ArrayView2;

use crate::rows::check_points;
use crate::{Error, Result};

/// Most points that a clusterer or the silhouette takes: their distances then fill 1 GiB.
pub const MAX_CLUSTER_ROWS: usize = 16_384;

/// Distances `d(i, j)`, i < j, in the order (0,1), (0,2), …, (1,2), …: scipy's and kodama's condensed form.
pub(crate) struct Distances {
    condensed: Vec<f64>,
    rows: usize,
}

impl Distances {
    pub(crate) fn new(points: ArrayView2<'_, f64>) -> Result<Self> {
        check_points(points)?;
        let rows = points.nrows();
        if rows > MAX_CLUSTER_ROWS {
            let algorithm = "distances between all pairs";
            return Err(Error::TooManyRows { algorithm, found: rows, limit: MAX_CLUSTER_ROWS });
        }
        let mut condensed = vec![0.0; rows * (rows - 1) / 2];
        // Coordinate by coordinate: the inner loop then runs over neighbouring numbers.
        for column in points.columns() {
            let column = column.to_vec();
            let mut rest = condensed.as_mut_slice();
            for (i, &own) in column.iter().enumerate() {
                let (row, after) = rest.split_at_mut(rows - 1 - i);
                for (sum, &other) in row.iter_mut().zip(&column[i + 1..]) {
                    *sum += (other - own) * (other - own);
                }
                rest = after;
            }
        }
        condensed.iter_mut().for_each(|d| *d = d.sqrt());
        if condensed.iter().any(|d| !d.is_finite()) {
            return Err(Error::Magnitude { what: "squared distances" });
        }
        Ok(Self { condensed, rows })
    }

    pub(crate) fn rows(&self) -> usize {
        self.rows
    }

    pub(crate) fn condensed(&self) -> &[f64] {
        &self.condensed
    }

    /// The distances of each point to the points after it.
    pub(crate) fn upper_rows(&self) -> impl Iterator<Item = &[f64]> {
        let mut rest = self.condensed.as_slice();
        (0..self.rows).map(move |i| {
            let (row, after) = rest.split_at(self.rows - 1 - i);
            rest = after;
            row
        })
    }

    pub(crate) fn get(&self, i: usize, j: usize) -> f64 {
        let (i, j) = (i.min(j), i.max(j));
        if i == j { 0.0 } else { self.condensed[i * (2 * self.rows - i - 1) / 2 + j - i - 1] }
    }

    pub(crate) fn largest(&self) -> f64 {
        self.condensed.iter().copied().fold(0.0, f64::max)
    }
}

#[cfg(test)]
mod tests {
    use anv_core::ndarray::array;

    use super::*;

    #[test]
    fn a_triangle() {
        let d = Distances::new(array![[0.0, 0.0], [3.0, 4.0], [0.0, 1.0]].view()).unwrap();
        assert_eq!(d.condensed(), [5.0, 1.0, 18f64.sqrt()]);
        assert_eq!((d.get(2, 1), d.get(1, 0), d.get(2, 2)), (18f64.sqrt(), 5.0, 0.0));
        assert_eq!(d.upper_rows().map(<[f64]>::len).collect::<Vec<_>>(), [2, 1, 0]);
    }

    #[test]
    fn refuses_what_has_no_distance() {
        let points = array![[1e200], [-1e200]];
        assert!(matches!(Distances::new(points.view()), Err(Error::Magnitude { .. })));
    }
}
