//! Reveal masks: ever larger parts of a photo, the most responding ones first (thesis 3.4.1, 4.3).

use anv_core::ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::axis::Axis;
use crate::blur::Band;
use crate::mask::RevealMask;
use crate::percentile::Repeated;
use crate::plan::MaskPlan;
use crate::{Error, Result, check};

/// Share of the pixels shown after 0 to 5 hints, in percent (thesis Table 3).
pub const THESIS_LEVELS: [f64; 6] = [2.0, 4.5, 8.0, 13.0, 20.0, 30.0];

/// Blur by size of the picture over size of the map: (ratio, σ in pixels) (thesis Table 2).
pub const THESIS_SIGMAS: [(f64, f64); 5] = [(2.0, 3.0), (4.0, 6.0), (8.0, 12.0), (16.0, 16.0), (32.0, 24.0)];

/// Widest blur that is accepted, in pixels: far beyond any use, near enough to keep kernels in memory.
const LARGEST_SIGMA: f64 = 10_000.0;

/// How reveal masks are made; the default is the thesis' (Tables 2 and 3).
#[derive(Debug, Clone, PartialEq)]
pub struct MaskParams {
    /// Share of the pixels to show at each level, in percent, 0 to 100.
    pub levels: Vec<f64>,
    /// (ratio, σ) by rising ratio; between two ratios σ is interpolated linearly, beyond the ends it stays.
    pub sigmas: Vec<(f64, f64)>,
    /// The kernel ends after ⌊`truncate` · σ + ½⌋ pixels.
    pub truncate: f64,
}

impl Default for MaskParams {
    fn default() -> Self {
        Self { levels: THESIS_LEVELS.to_vec(), sigmas: THESIS_SIGMAS.to_vec(), truncate: 1.5 }
    }
}

impl MaskParams {
    /// Sets the shares to show, in percent.
    pub fn levels(mut self, levels: impl Into<Vec<f64>>) -> Self {
        self.levels = levels.into();
        self
    }

    /// Sets the table of (ratio, σ), by rising ratio.
    pub fn sigmas(mut self, sigmas: impl Into<Vec<(f64, f64)>>) -> Self {
        self.sigmas = sigmas.into();
        self
    }

    /// Sets where the kernel ends, in σ.
    pub fn truncate(mut self, truncate: f64) -> Self {
        self.truncate = truncate;
        self
    }

    /// σ in pixels for a picture that is `ratio` times as long as the map; each axis has its own ratio.
    ///
    /// ```
    /// let params = anv_mask::MaskParams::default();
    /// assert_eq!([1.0, 4.0, 6.0, 100.0].map(|ratio| params.sigma(ratio)), [3.0, 6.0, 9.0, 24.0]);
    /// ```
    pub fn sigma(&self, ratio: f64) -> f64 {
        let above = self.sigmas.partition_point(|&(r, _)| r < ratio);
        match (above.checked_sub(1).and_then(|i| self.sigmas.get(i)), self.sigmas.get(above)) {
            (Some(&(r0, s0)), Some(&(r1, s1))) => s0 + (s1 - s0) * (ratio - r0) / (r1 - r0),
            (Some(&(_, end)), None) | (None, Some(&(_, end))) => end,
            (None, None) => 0.0,
        }
    }

    /// One mask a level for `map`, shape (rows, columns), over a picture of `width` x `height` pixels.
    ///
    /// The map is tiled over the picture (each pixel takes the cell under its centre), pixels at or above
    /// numpy's linear percentile at 100 − p are shown, and the resulting mask of zeros and ones is blurred. A
    /// constant map is shown whole, because all of it reaches the percentile. Where width and height have
    /// different ratios to the map, each axis is blurred with its own σ, so that a cell stays as round as the
    /// network saw it.
    ///
    /// Needs 4 bytes a pixel and level; for huge pictures ask for one level at a time.
    ///
    /// # Errors
    /// [`Error::EmptyMap`], [`Error::NotFinite`], [`Error::EmptyImage`], and [`Error::Parameter`] for a level
    /// outside 0 to 100 or a blur that is negative, not finite, unordered or wider than 10,000 pixels.
    pub fn masks(&self, map: ArrayView2<'_, f32>, width: u32, height: u32) -> Result<Vec<RevealMask>> {
        let plan = self.plan(map, width, height)?;
        Ok((0..self.levels.len()).into_par_iter().filter_map(|level| plan.mask(level)).collect())
    }

    /// What all masks of `map` over a picture share, to make them one at a time, whenever each is wanted.
    ///
    /// ```
    /// # use anv_core::ndarray::Array2;
    /// # let map = Array2::from_shape_fn((16, 16), |(row, column)| (row * column) as f32);
    /// let params = anv_mask::MaskParams::default();
    /// let plan = params.plan(map.view(), 64, 64)?;
    /// assert_eq!(plan.mask(3).as_ref(), params.masks(map.view(), 64, 64)?.get(3));
    /// # Ok::<(), anv_mask::Error>(())
    /// ```
    ///
    /// # Errors
    /// Those of [`masks`](Self::masks).
    pub fn plan(&self, map: ArrayView2<'_, f32>, width: u32, height: u32) -> Result<MaskPlan> {
        self.check()?;
        let laid = Laid::new(map, width, height, &self.levels)?;
        let level = |&percent: &f64| (percent, laid.pixels.percentile(100.0 - percent));
        let band = |axis: &Axis| Band::new(axis, self.sigma(axis.ratio), self.truncate);
        Ok(MaskPlan {
            levels: self.levels.iter().map(level).collect(),
            map: map.to_owned(),
            blurs: [band(&laid.rows), band(&laid.columns)],
            axes: [laid.rows, laid.columns],
        })
    }

    /// For each cell that a pixel shows, the lowest level at which it is shown; `levels.len()` when at none.
    /// Also σ across and along the rows. Together they hold every mask in a few bytes.
    pub(crate) fn first_levels(
        &self,
        map: ArrayView2<'_, f32>,
        width: u32,
        height: u32,
    ) -> Result<(Array2<u8>, [f64; 2])> {
        self.check()?;
        let laid = Laid::new(map, width, height, &self.levels)?;
        let percentiles: Vec<_> = self.levels.iter().map(|p| laid.pixels.percentile(100.0 - p)).collect();
        let first = |v: f32| percentiles.iter().position(|&p| f64::from(v) >= p).unwrap_or(percentiles.len());
        let sigmas = [&laid.rows, &laid.columns].map(|axis| self.sigma(axis.ratio));
        Ok((laid.seen.mapv(|v| first(v) as u8), sigmas))
    }

    fn check(&self) -> Result<()> {
        let wrong = |name, found: String, expected| Err(Error::Parameter { name, found, expected });
        if let Some(level) = self.levels.iter().find(|p| !(0.0..=100.0).contains(*p)) {
            return wrong("reveal level", level.to_string(), "a percentage from 0 to 100");
        }
        let good = |&(ratio, sigma): &(f64, f64)| {
            ratio.is_finite() && (0.0..=LARGEST_SIGMA).contains(&(sigma * self.truncate.max(1.0)))
        };
        let rising = self.sigmas.windows(2).all(|w| w[0].0 < w[1].0);
        if !rising || !self.sigmas.iter().all(good) {
            return wrong(
                "sigma table",
                format!("{:?}", self.sigmas),
                "rising ratios, blurs of 0 to 10000 pixels",
            );
        }
        if !self.truncate.is_finite() || self.truncate < 0.0 {
            return wrong("truncate", self.truncate.to_string(), "a finite number of at least 0");
        }
        Ok(())
    }
}

/// A map laid over a picture.
struct Laid {
    rows: Axis,
    columns: Axis,
    /// The cells that pixels show.
    seen: Array2<f32>,
    pixels: Repeated,
}

impl Laid {
    fn new(map: ArrayView2<'_, f32>, width: u32, height: u32, levels: &[f64]) -> Result<Self> {
        check::map(map)?;
        check::picture(width, height)?;
        let (rows, columns) =
            (Axis::new(map.nrows(), height as usize), Axis::new(map.ncols(), width as usize));
        let shape = (rows.cells.len(), columns.cells.len());
        let seen = Array2::from_shape_fn(shape, |(r, c)| map[[rows.cells[r], columns.cells[c]]]);
        let lowest = 100.0 - levels.iter().copied().fold(0.0, f64::max);
        let pixels = Repeated::new(&rows.counts(), &columns.counts(), lowest, |r, c| seen[[r, c]]);
        Ok(Self { rows, columns, seen, pixels })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_levels_hold_every_mask() {
        let map = Array2::from_shape_fn((9, 7), |(r, c)| ((r * 5 + c * 3) % 11) as f32);
        let params = MaskParams::default();
        let masks = params.masks(map.view(), 50, 40).unwrap();
        let (first, sigmas) = params.first_levels(map.view(), 50, 40).unwrap();
        for mask in &masks {
            assert_eq!(first.mapv(|level| usize::from(level) <= mask.level()), mask.cells());
        }
        assert_eq!(sigmas, [params.sigma(40.0 / 9.0), params.sigma(50.0 / 7.0)]);
    }
}
