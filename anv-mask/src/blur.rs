//! Gaussian blur of a tiled picture, computed from its cells.

use std::ops::Range;

use rayon::prelude::*;

use crate::axis::Axis;

/// Sums of weights this close to 1 are 1: a pixel whose whole neighbourhood is shown keeps its colour
/// exactly, although its weights were rounded to f32.
const FULLY_SHOWN: f32 = 1.0 - 1e-6;

/// One axis of the blur as a banded matrix from cells to pixels.
///
/// A Gaussian filter over tiled values weighs few cells: 73 taps over cells of 32 pixels touch at most four.
/// The kernel's weights are summed a cell beforehand, in f64, so a pixel costs those few products only.
#[derive(Debug)]
pub(crate) struct Band {
    /// Weights a pixel.
    taps: usize,
    /// First cell of each pixel.
    first: Vec<usize>,
    /// `taps` weights for each pixel; they sum to 1.
    weights: Vec<f32>,
}

impl Band {
    /// The kernel `exp(−t² / 2σ²)`, normalised, for |t| ≤ ⌊truncate · σ + ½⌋ pixels, edges continued with
    /// the nearest pixel (`skimage.filters.gaussian`, mode nearest).
    pub(crate) fn new(axis: &Axis, sigma: f64, truncate: f64) -> Self {
        let radius = (truncate * sigma + 0.5) as isize;
        let kernel = gaussian(sigma, radius);
        let slot = |at: isize| axis.slots[at.clamp(0, axis.pixels() as isize - 1) as usize];
        let range = |pixel: usize| slot(pixel as isize - radius)..slot(pixel as isize + radius) + 1;

        let taps = (0..axis.pixels()).map(|p| range(p).len()).max().unwrap_or(1);
        let mut first = Vec::with_capacity(axis.pixels());
        let mut weights = Vec::with_capacity(axis.pixels() * taps);
        let mut sums = vec![0.0; taps];
        for pixel in 0..axis.pixels() {
            // Moved back where the band would reach past the last cell; the weights there stay 0.
            let start = range(pixel).start.min(axis.cells.len() - taps);
            sums.fill(0.0);
            for (t, weight) in (-radius..=radius).zip(&kernel) {
                sums[slot(pixel as isize + t) - start] += weight;
            }
            first.push(start);
            weights.extend(sums.iter().map(|&w| w as f32));
        }
        Self { taps, first, weights }
    }

    /// Bytes in memory.
    pub(crate) fn bytes(&self) -> usize {
        size_of_val(&*self.first) + size_of_val(&*self.weights)
    }

    /// Cells along the axis.
    fn cells(&self) -> usize {
        self.first.last().map_or(0, |first| first + self.taps)
    }

    fn at(&self, pixel: usize) -> (usize, &[f32]) {
        (self.first[pixel], &self.weights[pixel * self.taps..][..self.taps])
    }
}

fn gaussian(sigma: f64, radius: isize) -> Vec<f64> {
    if radius == 0 {
        return vec![1.0];
    }
    let raw: Vec<_> = (-radius..=radius).map(|t| (-0.5 * (t as f64 / sigma).powi(2)).exp()).collect();
    let sum: f64 = raw.iter().sum();
    raw.into_iter().map(|w| w / sum).collect()
}

/// Sums so close to 1 are 1.
#[inline(always)]
pub(crate) fn whole(value: f32) -> f32 {
    if value >= FULLY_SHOWN { 1.0 } else { value }
}

/// Blurs cells (row-major, shown or not) into pixels, first along the rows of cells, then across them.
pub(crate) fn blur(cells: &[bool], rows: &Band, columns: &Band) -> Vec<f32> {
    let (height, width) = (rows.first.len(), columns.first.len());
    let lines = cells.par_chunks_exact(columns.cells()).map(|line| Line::new(line, columns, 1)).collect();
    let blurred = Blurred { lines, rows };
    let mut out = vec![0.0; height * width];
    out.par_chunks_exact_mut(width).enumerate().for_each(|(y, out)| {
        let lit = blurred.row(y, out);
        out[lit].iter_mut().for_each(|o| *o = whole(*o));
    });
    out
}

/// Cells blurred along their rows, and not yet across them: rows of pixels can be had one by one.
pub(crate) struct Blurred<'a> {
    /// Without those in which nothing is shown.
    lines: Vec<Option<Line>>,
    rows: &'a Band,
}

impl<'a> Blurred<'a> {
    /// Every pixel stands there `channels` times, as often as a picture has bytes for it.
    pub(crate) fn new(cells: &[bool], rows: &'a Band, columns: &Band, channels: usize) -> Self {
        let lines = cells.chunks_exact(columns.cells());
        Self { lines: lines.map(|line| Line::new(line, columns, channels)).collect(), rows }
    }

    /// Writes a row of pixels to `out`, but for [`whole`], only where something of it may be shown: there.
    #[inline(always)]
    pub(crate) fn row(&self, y: usize, out: &mut [f32]) -> Range<usize> {
        let (first, weights) = self.rows.at(y);
        // A line without a shown cell adds nothing; at the first level that is most of them.
        let lines = self.lines[first..].iter().zip(weights).filter(|(_, weight)| **weight > 0.0);
        let lines = lines.filter_map(|(line, &weight)| line.as_ref().map(|line| (line, weight)));
        let lit = lines
            .clone()
            .fold(out.len()..0, |lit, (line, _)| lit.start.min(line.lit.start)..lit.end.max(line.lit.end));
        if lit.is_empty() {
            return 0..0;
        }
        add_lines(&mut out[lit.clone()], lines.map(|(line, weight)| (&line.values[lit.clone()], weight)));
        lit
    }
}

/// Writes the sum of weighted lines to `out`, two at a time: half as many passes over `out`.
#[inline(always)]
fn add_lines<'a>(out: &mut [f32], mut lines: impl Iterator<Item = (&'a [f32], f32)>) {
    match (lines.next(), lines.next()) {
        (Some((a, weight_a)), Some((b, weight_b))) => {
            out.iter_mut().zip(a).zip(b).for_each(|((o, a), b)| *o = weight_a * a + weight_b * b);
        }
        (Some((a, weight)), None) => out.iter_mut().zip(a).for_each(|(o, a)| *o = weight * a),
        _ => out.fill(0.0),
    }
    while let Some((a, weight_a)) = lines.next() {
        match lines.next() {
            Some((b, weight_b)) => {
                out.iter_mut().zip(a).zip(b).for_each(|((o, a), b)| *o += weight_a * a + weight_b * b);
            }
            None => out.iter_mut().zip(a).for_each(|(o, a)| *o += weight_a * a),
        }
    }
}

/// One row of cells blurred along the row.
struct Line {
    values: Vec<f32>,
    /// Zeros lie outside.
    lit: Range<usize>,
}

impl Line {
    /// `None` when nothing of it is shown.
    fn new(line: &[bool], columns: &Band, channels: usize) -> Option<Self> {
        // Shown cells before each place: tells the many pixels amid hidden or shown cells without a product.
        let mut before = Vec::with_capacity(line.len() + 1);
        before.push(0);
        for (i, &shown) in line.iter().enumerate() {
            before.push(before[i] + usize::from(shown));
        }
        if before[line.len()] == 0 {
            return None;
        }
        let pixel = |x: usize| {
            let (first, weights) = columns.at(x);
            match before[first + columns.taps] - before[first] {
                0 => 0.0,
                shown if shown == columns.taps => 1.0,
                _ => line[first..].iter().zip(weights).map(|(&s, &w)| if s { w } else { 0.0 }).sum(),
            }
        };
        let mut values = vec![0.0; columns.first.len() * channels];
        values.chunks_exact_mut(channels).enumerate().for_each(|(x, values)| values.fill(pixel(x)));
        let is_lit = |value: &f32| *value > 0.0;
        let lit = values.iter().position(is_lit)?..values.iter().rposition(is_lit)? + 1;
        Some(Self { values, lit })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Rounding of a handful of f32 weights on either side.
    const ROUNDING: f32 = 4e-6;

    /// The filter as it is defined: over every pixel of the tiled picture, one axis after the other, in f64.
    fn naive(tiled: &[Vec<f64>], sigma: (f64, f64), truncate: f64) -> Vec<Vec<f64>> {
        let pass = |picture: &[Vec<f64>], sigma: f64| -> Vec<Vec<f64>> {
            let radius = (truncate * sigma + 0.5) as isize;
            let kernel = gaussian(sigma, radius);
            let line = |line: &Vec<f64>| -> Vec<f64> {
                let at = |i: isize| line[i.clamp(0, line.len() as isize - 1) as usize];
                (0..line.len() as isize)
                    .map(|i| (-radius..=radius).zip(&kernel).map(|(t, w)| w * at(i + t)).sum())
                    .collect()
            };
            picture.iter().map(line).collect()
        };
        let turn = |p: &[Vec<f64>]| -> Vec<Vec<f64>> {
            (0..p[0].len()).map(|x| p.iter().map(|row| row[x]).collect()).collect()
        };
        turn(&pass(&turn(&pass(tiled, sigma.1)), sigma.0))
    }

    proptest! {
        #[test]
        fn the_band_equals_the_filter_over_every_pixel(
            rows in 1usize..10, columns in 1usize..10, height in 1usize..50, width in 1usize..50,
            sigma_y in 0.0f64..30.0, sigma_x in 0.0f64..30.0, seed in any::<u64>(),
        ) {
            let (y, x) = (Axis::new(rows, height), Axis::new(columns, width));
            let cell = |i: usize| seed.rotate_left(i as u32 * 7) & 1 == 1;
            let cells: Vec<_> = (0..y.cells.len() * x.cells.len()).map(cell).collect();
            let found = blur(&cells, &Band::new(&y, sigma_y, 1.5), &Band::new(&x, sigma_x, 1.5));

            let shown = |py: usize, px: usize| f64::from(u8::from(cells[y.slots[py] * x.cells.len() + x.slots[px]]));
            let tiled: Vec<Vec<_>> = (0..height).map(|py| (0..width).map(|px| shown(py, px)).collect()).collect();
            let expected = naive(&tiled, (sigma_y, sigma_x), 1.5).concat();
            for (found, expected) in found.iter().zip(expected) {
                prop_assert!((found - expected as f32).abs() <= ROUNDING, "{found} {expected}");
            }
        }
    }
}
