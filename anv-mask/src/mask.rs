//! One reveal mask, and a picture behind it.

use anv_core::image::RgbImage;
use anv_core::ndarray::{Array2, ArrayView2};
use rayon::prelude::*;

use crate::{Error, Result};

/// What part of a picture is shown at one reveal level.
#[derive(Debug, Clone, PartialEq)]
pub struct RevealMask {
    pub(crate) level: usize,
    pub(crate) percent: f64,
    pub(crate) percentile: f64,
    pub(crate) shown_pixels: u64,
    pub(crate) cells: Array2<bool>,
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) values: Vec<f32>,
}

impl RevealMask {
    /// Place among the levels, from 0: the number of hints used.
    pub fn level(&self) -> usize {
        self.level
    }

    /// Share of the pixels asked for, in percent.
    pub fn percent(&self) -> f64 {
        self.percent
    }

    /// The value of the map that a pixel must reach.
    pub fn percentile(&self) -> f64 {
        self.percentile
    }

    /// Pixels shown before the blur; more than asked for when values repeat at the percentile.
    pub fn shown_pixels(&self) -> u64 {
        self.shown_pixels
    }

    /// Which cells of the map reach the percentile, before the blur.
    pub fn cells(&self) -> &Array2<bool> {
        &self.cells
    }

    /// Width and height of the mask, in pixels.
    pub fn dimensions(&self) -> (u32, u32) {
        (self.width, self.height)
    }

    /// The blurred mask, 0 (hidden) to 1 (shown), shape (height, width).
    pub fn values(&self) -> ArrayView2<'_, f32> {
        let shape = (self.height as usize, self.width as usize);
        // The length is height · width by construction; the fallback is never seen.
        ArrayView2::from_shape(shape, &self.values).unwrap_or_else(|_| ArrayView2::from(&[[0.0f32; 0]; 0]))
    }

    /// The picture behind the mask: each colour · mask, truncated to a whole number.
    ///
    /// # Errors
    /// [`Error::SizeMismatch`] when `image` has another size than the mask.
    pub fn apply(&self, image: &RgbImage) -> Result<RgbImage> {
        if image.dimensions() != self.dimensions() {
            return Err(Error::SizeMismatch { found: image.dimensions(), expected: self.dimensions() });
        }
        let width = self.width as usize;
        let mut out = RgbImage::new(self.width, self.height);
        out.par_chunks_exact_mut(3 * width)
            .zip(image.par_chunks_exact(3 * width))
            .zip(self.values.par_chunks_exact(width))
            .for_each(|((out, image), mask)| apply_row(out, image, mask));
        Ok(out)
    }
}

/// Pixels handled at once: most blocks are wholly hidden or wholly shown, and the others fill vector registers.
const BLOCK: usize = 16;

/// `out` is black yet.
#[inline(always)]
fn apply_row(out: &mut [u8], image: &[u8], mask: &[f32]) {
    // Bits, because comparing them takes no order: a mask has no −0. Most rows of the first levels are hidden.
    let lit = |mask: &[f32]| mask.iter().fold(0, |bits, m| bits | m.to_bits()) != 0;
    if !lit(mask) {
        return;
    }
    let blocks = out.chunks_mut(3 * BLOCK).zip(image.chunks(3 * BLOCK)).zip(mask.chunks(BLOCK));
    for ((out, image), mask) in blocks {
        if !lit(mask) {
            continue;
        }
        if mask.iter().fold(0, |other, m| other | (m.to_bits() ^ 1.0f32.to_bits())) == 0 {
            out.copy_from_slice(image);
        } else {
            let mut factors = [0.0; 3 * BLOCK];
            factors.chunks_exact_mut(3).zip(mask).for_each(|(f, &m)| f.fill(m));
            tint(out, image, factors.into_iter());
        }
    }
}

/// Bytes times factors from 0 to 1, truncated.
#[inline(always)]
pub(crate) fn tint(out: &mut [u8], image: &[u8], factors: impl Iterator<Item = f32>) {
    for ((out, &colour), factor) in out.iter_mut().zip(image).zip(factors) {
        *out = truncate(f32::from(colour) * factor);
    }
}

/// `value as u8` for what lies from 0 to 255. The cast looks at each value for what no byte can be, one by one; this is
/// additions and a comparison, of which a vector does many at once.
#[inline(always)]
fn truncate(value: f32) -> u8 {
    /// So large that its last bit counts as one: sums with it are whole numbers, and end in the bits of `value`'s.
    const LARGE: f32 = (1 << 23) as f32;
    let sum = value + LARGE;
    let rounded_up = sum - LARGE > value;
    (sum.to_bits() - u32::from(rounded_up)) as u8
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_truncated_as_a_cast_does() {
        // Each whole number, its neighbours among all f32, and in between.
        for whole in 0..=255u16 {
            let whole = f32::from(whole);
            for value in
                [whole, whole.next_down(), whole.next_up(), whole + 0.5, (whole + 0.5).next_up(), whole + 0.4]
            {
                if (0.0..=255.0).contains(&value) {
                    assert_eq!(truncate(value), value as u8, "{value}");
                }
            }
        }
    }
}
