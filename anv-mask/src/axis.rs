//! One axis of a map laid over one axis of a picture.

/// Which cell lies under each pixel: `⌊(i + ½) · cells / pixels⌋`, the cell below the pixel's centre.
///
/// Whole-number ratios give plain tiling (`numpy.kron`). When the map is finer than the picture, some cells
/// lie under no pixel's centre; they are left out of `cells`.
#[derive(Debug, Clone)]
pub(crate) struct Axis {
    /// Cells under at least one pixel, ascending.
    pub(crate) cells: Vec<usize>,
    /// For each pixel the place of its cell in `cells`.
    pub(crate) slots: Vec<usize>,
    /// Pixels a cell of the map, a whole number or not.
    pub(crate) ratio: f64,
}

impl Axis {
    pub(crate) fn new(cells: usize, pixels: usize) -> Self {
        let (mut seen, mut slots) = (Vec::with_capacity(cells.min(pixels)), Vec::with_capacity(pixels));
        for pixel in 0..pixels {
            // u128: the product of two lengths fits whatever they are.
            let cell = ((2 * pixel as u128 + 1) * cells as u128 / (2 * pixels as u128)) as usize;
            if seen.last() != Some(&cell) {
                seen.push(cell);
            }
            slots.push(seen.len() - 1);
        }
        Self { cells: seen, slots, ratio: pixels as f64 / cells as f64 }
    }

    pub(crate) fn pixels(&self) -> usize {
        self.slots.len()
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.cells) + size_of_val(&*self.slots)
    }

    /// How many pixels show each of `cells`.
    pub(crate) fn counts(&self) -> Vec<u64> {
        let mut counts = vec![0; self.cells.len()];
        self.slots.iter().for_each(|&slot| counts[slot] += 1);
        counts
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_ratios_tile() {
        let axis = Axis::new(3, 12);
        assert_eq!(axis.slots, [0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2]);
        assert_eq!(axis.counts(), [4, 4, 4]);
    }

    #[test]
    fn broken_ratios_are_even_and_symmetric() {
        let axis = Axis::new(3, 7);
        assert_eq!(axis.slots, [0, 0, 1, 1, 1, 2, 2]);
    }

    #[test]
    fn a_map_finer_than_the_picture_is_sampled_at_pixel_centres() {
        let axis = Axis::new(9, 3);
        assert_eq!(axis.cells, [1, 4, 7]);
        assert_eq!(axis.slots, [0, 1, 2]);
        assert_eq!(Axis::new(256, 1).cells, [128]);
    }
}
