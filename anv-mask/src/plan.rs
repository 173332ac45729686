//! What all reveal masks of a map share, and each mask or masked picture made from it.

use std::borrow::Cow;
use std::ops::Range;

use anv_core::image::RgbImage;
use anv_core::ndarray::Array2;
use pulp::{Arch, Simd, WithSimd};

use crate::axis::Axis;
use crate::blur::{Band, Blurred, blur, whole};
use crate::mask::{RevealMask, tint};
use crate::{Error, Result};

/// Bytes a pixel.
const CHANNELS: usize = 3;

/// The masks of a map over a picture, yet to be made: percentiles and blurs, which all levels share, are there.
#[derive(Debug)]
pub struct MaskPlan {
    /// Share and percentile of each level.
    pub(crate) levels: Vec<(f64, f64)>,
    pub(crate) map: Array2<f32>,
    /// Across and along the rows.
    pub(crate) axes: [Axis; 2],
    pub(crate) blurs: [Band; 2],
}

impl MaskPlan {
    /// The mask of a level, from 0; `None` beyond the last.
    pub fn mask(&self, level: usize) -> Option<RevealMask> {
        let &(percent, percentile) = self.levels.get(level)?;
        let cells = self.map.mapv(|v| f64::from(v) >= percentile);
        let shown = self.seen(&cells);
        Some(RevealMask {
            level,
            percent,
            percentile,
            shown_pixels: self.count(&shown),
            values: blur(&shown, &self.blurs[0], &self.blurs[1]),
            width: self.axes[1].pixels() as u32,
            height: self.axes[0].pixels() as u32,
            cells,
        })
    }

    /// The picture behind the mask of a level, row by row from the top, three bytes a pixel: what [`RevealMask::apply`]
    /// gives, on this thread and without room for the whole mask or picture. With each row comes the range outside of
    /// which it is black; it is empty where nothing is shown.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] when `image` has another size than the plan, [`Error::Parameter`] for a level beyond
    /// the last.
    pub fn paint(
        &self,
        level: usize,
        image: &RgbImage,
        mut row: impl FnMut(&[u8], Range<usize>),
    ) -> Result<()> {
        let size = (self.axes[1].pixels() as u32, self.axes[0].pixels() as u32);
        if image.dimensions() != size {
            return Err(Error::SizeMismatch { found: image.dimensions(), expected: size });
        }
        let Some(&(_, percentile)) = self.levels.get(level) else {
            return Err(Error::Parameter {
                name: "level",
                found: level.to_string(),
                expected: "a level of the plan",
            });
        };
        let cells = self.map.mapv(|v| f64::from(v) >= percentile);
        let blurred = Blurred::new(&self.seen(&cells), &self.blurs[0], &self.blurs[1], CHANNELS);
        let length = CHANNELS * size.0 as usize;
        let (mut mask, mut painted, mut before) = (vec![0.0; length], vec![0; length], 0..0);
        // With the widest vectors that the processor has; the arithmetic is the same.
        let arch = Arch::new();
        for (y, image) in image.chunks_exact(length).enumerate() {
            let blurred = &blurred;
            before = arch.dispatch(Row { blurred, y, image, mask: &mut mask, painted: &mut painted, before });
            row(&painted, before.clone());
        }
        Ok(())
    }

    /// Of the `cells` of the map those that pixels show.
    fn seen<'a>(&self, cells: &'a Array2<bool>) -> Cow<'a, [bool]> {
        let [rows, columns] = &self.axes;
        match cells.as_slice() {
            Some(all) if (rows.cells.len(), columns.cells.len()) == cells.dim() => Cow::Borrowed(all),
            // A map finer than the picture: some cells lie under no pixel's centre.
            _ => {
                let line = |&r: &usize| columns.cells.iter().map(move |&c| (r, c));
                rows.cells.iter().flat_map(line).map(|at| cells[at]).collect()
            }
        }
    }

    /// Bytes that the plan takes in memory.
    pub fn bytes(&self) -> usize {
        let axes = self.axes.iter().map(Axis::bytes).chain(self.blurs.iter().map(Band::bytes));
        size_of::<Self>()
            + size_of_val(&*self.levels)
            + self.map.len() * size_of::<f32>()
            + axes.sum::<usize>()
    }

    /// Pixels that show one of the `shown` cells.
    fn count(&self, shown: &[bool]) -> u64 {
        let [rows, columns] = [&self.axes[0], &self.axes[1]].map(Axis::counts);
        let line =
            |line: &[bool]| line.iter().zip(&columns).filter(|(s, _)| **s).map(|(_, n)| n).sum::<u64>();
        shown.chunks_exact(columns.len()).zip(rows).map(|(cells, n)| n * line(cells)).sum()
    }
}

/// A row to be painted. No closure: the compiler would not make one that can be called again with wide vectors.
struct Row<'a> {
    blurred: &'a Blurred<'a>,
    y: usize,
    image: &'a [u8],
    /// Overwritten.
    mask: &'a mut [f32],
    painted: &'a mut [u8],
    /// Where `painted` is not black yet.
    before: Range<usize>,
}

impl WithSimd for Row<'_> {
    /// Where it is not black.
    type Output = Range<usize>;

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) -> Range<usize> {
        self.painted[self.before].fill(0);
        let lit = self.blurred.row(self.y, self.mask);
        let factors = self.mask[lit.clone()].iter().map(|&m| whole(m));
        tint(&mut self.painted[lit.clone()], &self.image[lit.clone()], factors);
        lit
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::MaskParams;

    #[test]
    fn painted_rows_are_the_applied_mask() {
        for (rows, columns) in [(9, 7), (60, 50)] {
            let map = Array2::from_shape_fn((rows, columns), |(r, c)| ((r * 5 + c * 3) % 11) as f32);
            let photo = RgbImage::from_fn(33, 40, |x, y| [x as u8 * 5, y as u8 * 6, 255].into());
            let plan = MaskParams::default().plan(map.view(), 33, 40).unwrap();
            for level in 0..6 {
                let mut painted = Vec::new();
                let paint = plan.paint(level, &photo, |row, lit| {
                    assert!(row[..lit.start].iter().chain(&row[lit.end..]).all(|&byte| byte == 0));
                    painted.extend_from_slice(row);
                });
                paint.unwrap();
                assert_eq!(painted, plan.mask(level).unwrap().apply(&photo).unwrap().into_raw());
            }
            assert!(plan.mask(6).is_none());
            assert!(matches!(plan.paint(6, &photo, |_, _| ()), Err(Error::Parameter { name: "level", .. })));
            let other = RgbImage::new(40, 33);
            assert!(matches!(plan.paint(0, &other, |_, _| ()), Err(Error::SizeMismatch { .. })));
            assert!(plan.bytes() > rows * columns * 4);
        }
    }
}
