//! Min-max normalisation of feature maps (thesis 3.3.2).

use std::ops::Range;

use anv_core::ndarray::{Array2, ArrayView2, ArrayView3, CowArray, Ix2};

use crate::rows::Rows;
use crate::{Error, Result};

/// Independent running extremes, so that the compiler can keep them in one vector register.
const LANES: usize = 16;

/// Scales every map to 0 … 1 and flattens it to a row: `(a − min) / (max − min)`, thesis 3.3.2.
///
/// `maps` has shape (rows, height, width), the result (rows, height·width), row-major. A constant map becomes
/// zeros.
///
/// # Errors
/// [`Error::Empty`] without a map or a cell, [`Error::NotFinite`] for NaN or infinity.
///
/// ```
/// use anv_core::ndarray::array;
/// let maps = array![[[2.0, 4.0]], [[7.0, 7.0]]];
/// assert_eq!(anv_cluster::min_max_rows(maps.view())?, array![[0.0, 1.0], [0.0, 0.0]]);
/// # Ok::<(), anv_cluster::Error>(())
/// ```
pub fn min_max_rows(maps: ArrayView3<'_, f32>) -> Result<Array2<f32>> {
    let rows = MinMaxRows::new(&maps)?;
    let mut out = Array2::zeros(rows.dim());
    for (row, (mut out, scale)) in out.outer_iter_mut().zip(&rows.scales).enumerate() {
        for (out, &value) in out.iter_mut().zip(rows.flat.row(row)) {
            *out = scale.apply(value) as f32;
        }
    }
    Ok(out)
}

/// Flattened maps that are normalised while they are read.
pub(crate) struct MinMaxRows<'a> {
    flat: CowArray<'a, f32, Ix2>,
    scales: Vec<Scale>,
}

#[derive(Clone, Copy)]
struct Scale {
    min: f64,
    factor: f64,
}

impl Scale {
    fn apply(self, value: f32) -> f64 {
        (f64::from(value) - self.min) * self.factor
    }
}

impl<'a> MinMaxRows<'a> {
    pub(crate) fn new(maps: &'a ArrayView3<'_, f32>) -> Result<Self> {
        let (rows, height, width) = maps.dim();
        let columns = height * width;
        let empty = Error::Empty { rows, columns };
        if rows == 0 || columns == 0 {
            return Err(empty);
        }
        let flat = maps.to_shape((rows, columns)).map_err(|_| empty)?;
        let scales = scales(flat.view())?;
        Ok(Self { flat, scales })
    }
}

fn scales(flat: ArrayView2<'_, f32>) -> Result<Vec<Scale>> {
    flat.outer_iter()
        .enumerate()
        .map(|(row, values)| {
            let extremes = match values.as_slice() {
                Some(slice) => extremes(slice),
                None => extremes(&values.to_vec()),
            };
            let Some((min, max)) = extremes else {
                let bad = values.iter().enumerate().find(|(_, v)| !v.is_finite());
                let (column, value) = bad.map_or((0, f32::NAN), |(c, &v)| (c, v));
                return Err(Error::NotFinite { row, column, value: value.into() });
            };
            let range = f64::from(max) - f64::from(min);
            Ok(Scale { min: min.into(), factor: if range > 0.0 { 1.0 / range } else { 0.0 } })
        })
        .collect()
}

/// Smallest and largest value; `None` when one is not finite.
fn extremes(values: &[f32]) -> Option<(f32, f32)> {
    let (mut min, mut max, mut finite) = ([f32::MAX; LANES], [f32::MIN; LANES], [true; LANES]);
    let mut update = |lane: usize, v: f32| {
        min[lane] = if v < min[lane] { v } else { min[lane] };
        max[lane] = if v > max[lane] { v } else { max[lane] };
        finite[lane] &= v.abs() <= f32::MAX;
    };
    let (chunks, rest) = values.as_chunks::<LANES>();
    for chunk in chunks {
        for (lane, &v) in chunk.iter().enumerate() {
            update(lane, v);
        }
    }
    for (lane, &v) in rest.iter().enumerate() {
        update(lane, v);
    }
    let all_finite = finite.iter().all(|&f| f);
    all_finite
        .then(|| (min.iter().copied().fold(f32::MAX, f32::min), max.iter().copied().fold(f32::MIN, f32::max)))
}

impl Rows for MinMaxRows<'_> {
    fn dim(&self) -> (usize, usize) {
        self.flat.dim()
    }

    fn read(&self, row: usize, columns: Range<usize>, out: &mut [f64]) {
        let scale = self.scales[row];
        match self.flat.row(row).as_slice() {
            Some(values) => {
                for (out, &value) in out.iter_mut().zip(&values[columns]) {
                    *out = scale.apply(value);
                }
            }
            None => {
                for (out, column) in out.iter_mut().zip(columns) {
                    *out = scale.apply(self.flat[[row, column]]);
                }
            }
        }
    }
}
