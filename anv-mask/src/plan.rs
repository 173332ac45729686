//! What all reveal masks of a map share, and each mask or masked picture made from it.

use std::borrow::Cow;

use anv_core::image::RgbImage;
use anv_core::ndarray::Array2;
use pulp::Arch;

use crate::axis::Axis;
use crate::blur::{Band, Blurred, blur};
use crate::mask::{RevealMask, apply_row};
use crate::{Error, Result};

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
    /// gives, on this thread and without room for the whole mask or picture.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] when `image` has another size than the plan, [`Error::Parameter`] for a level beyond
    /// the last.
    pub fn paint(&self, level: usize, image: &RgbImage, mut row: impl FnMut(&[u8])) -> Result<()> {
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
        let blurred = Blurred::new(&self.seen(&cells), &self.blurs[0], &self.blurs[1]);
        let width = size.0 as usize;
        let (mut mask, mut painted) = (vec![0.0; width], vec![0; 3 * width]);
        // With the widest vectors that the processor has; the arithmetic is the same.
        Arch::new().dispatch(|| {
            for (y, image) in image.chunks_exact(3 * width).enumerate() {
                mask.fill(0.0);
                painted.fill(0);
                if blurred.add_row(y, &mut mask) {
                    apply_row(&mut painted, image, &mask);
                }
                row(&painted);
            }
        });
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
                plan.paint(level, &photo, |row| painted.extend_from_slice(row)).unwrap();
                assert_eq!(painted, plan.mask(level).unwrap().apply(&photo).unwrap().into_raw());
            }
            assert!(plan.mask(6).is_none());
            assert!(matches!(plan.paint(6, &photo, |_| ()), Err(Error::Parameter { name: "level", .. })));
            let other = RgbImage::new(40, 33);
            assert!(matches!(plan.paint(0, &other, |_| ()), Err(Error::SizeMismatch { .. })));
            assert!(plan.bytes() > rows * columns * 4);
        }
    }
}
