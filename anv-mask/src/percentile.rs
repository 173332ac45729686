//! Percentiles of a tiled map, taken on the map itself.

/// Sorted values, each standing for as many pixels as show it; those below the lowest percentile wanted are unsorted.
///
/// Tiling only repeats values, so the order statistics of the upscaled map are those of the map with each
/// cell counted as often as it is shown: the same numbers without building the large array.
#[derive(Debug)]
pub(crate) struct Repeated {
    values: Vec<f32>,
    repeats: Repeats,
}

#[derive(Debug)]
enum Repeats {
    /// Every value as often.
    Same(u64),
    /// For each value the number of pixels up to and including it.
    UpTo(Vec<u64>),
}

impl Repeated {
    /// `value(row, column)` for each pair of cells, shown `rows[row] · columns[column]` times; for percentiles from
    /// `lowest` up.
    pub(crate) fn new(
        rows: &[u64],
        columns: &[u64],
        lowest: f64,
        value: impl Fn(usize, usize) -> f32,
    ) -> Self {
        let pairs = || (0..rows.len()).flat_map(|r| (0..columns.len()).map(move |c| (r, c)));
        let same = |counts: &[u64]| counts.iter().all(|n| *n == counts[0]);
        if same(rows) && same(columns) {
            let mut values: Vec<_> = pairs().map(|(r, c)| value(r, c)).collect();
            let repeats = Repeats::Same(rows[0] * columns[0]);
            // Masks show the upper third at most: two thirds need no order.
            let first = (rank(values.len() as u64 * rows[0] * columns[0], lowest) as u64
                / (rows[0] * columns[0])) as usize;
            values.select_nth_unstable_by(first, f32::total_cmp);
            values[first..].sort_unstable_by(f32::total_cmp);
            return Self { values, repeats };
        }
        let mut weighted: Vec<_> = pairs().map(|(r, c)| (value(r, c), rows[r] * columns[c])).collect();
        weighted.sort_unstable_by(|a, b| a.0.total_cmp(&b.0));
        let mut sum = 0;
        let up_to = weighted.iter().map(|&(_, n)| {
            sum += n;
            sum
        });
        let repeats = Repeats::UpTo(up_to.collect());
        Self { values: weighted.into_iter().map(|(v, _)| v).collect(), repeats }
    }

    /// Number of pixels.
    pub(crate) fn len(&self) -> u64 {
        match &self.repeats {
            Repeats::Same(n) => n * self.values.len() as u64,
            Repeats::UpTo(sums) => sums.last().copied().unwrap_or(0),
        }
    }

    /// The pixel value at `rank` in ascending order.
    fn at(&self, rank: u64) -> f64 {
        let place = match &self.repeats {
            Repeats::Same(n) => (rank / n) as usize,
            Repeats::UpTo(sums) => sums.partition_point(|&sum| sum <= rank),
        };
        f64::from(self.values[place])
    }

    /// numpy's `percentile(…, q, method="linear")`, step by step in the same order of operations; `q` at least the
    /// lowest that was announced.
    pub(crate) fn percentile(&self, q: f64) -> f64 {
        let last = self.len() - 1;
        let place = rank(self.len(), q);
        let below = (place.floor() as u64).min(last);
        let (a, b) = (self.at(below), self.at((below + 1).min(last)));
        let t = place - below as f64;
        match t >= 0.5 {
            true => b - (b - a) * (1.0 - t),
            false => a + (b - a) * t,
        }
    }
}

/// Where the percentile `q` lies among `count` sorted values, from 0, between two of them as a rule.
fn rank(count: u64, q: f64) -> f64 {
    (count - 1) as f64 * (q / 100.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::axis::Axis;
    use proptest::prelude::*;

    /// The same on the upscaled array, every pixel there.
    fn tiled(map: &[Vec<f32>], height: usize, width: usize, q: f64) -> f64 {
        let (rows, columns) = (map.len(), map[0].len());
        let mut pixels = Vec::new();
        for y in 0..height {
            for x in 0..width {
                pixels.push(map[(2 * y + 1) * rows / (2 * height)][(2 * x + 1) * columns / (2 * width)]);
            }
        }
        pixels.sort_by(f32::total_cmp);
        Repeated { values: pixels, repeats: Repeats::Same(1) }.percentile(q)
    }

    proptest! {
        #[test]
        fn weighted_selection_equals_the_tiled_map(
            rows in 1usize..9, columns in 1usize..9, height in 1usize..40, width in 1usize..40,
            q in 0.0f64..=100.0, below in 0.0f64..=1.0, seed in any::<u32>(),
        ) {
            // Few distinct values, so that ties are common.
            let value = |i: usize| (seed.wrapping_mul(i as u32 * 2 + 1) >> 27) as f32 / 7.0 - 2.0;
            let map: Vec<Vec<_>> =
                (0..rows).map(|r| (0..columns).map(|c| value(r * columns + c)).collect()).collect();
            let (y, x) = (Axis::new(rows, height), Axis::new(columns, width));
            let repeated = Repeated::new(&y.counts(), &x.counts(), q * below, |r, c| map[y.cells[r]][x.cells[c]]);
            prop_assert_eq!(repeated.len(), (height * width) as u64);
            prop_assert_eq!(repeated.percentile(q), tiled(&map, height, width, q));
        }
    }

    #[test]
    fn agrees_with_numpy_by_hand() {
        // numpy.percentile([1, 2, 3, 4], [0, 40, 50, 95.5, 100])
        let four = Repeated { values: vec![1.0, 2.0, 3.0, 4.0], repeats: Repeats::Same(1) };
        let found: Vec<_> = [0.0, 40.0, 50.0, 95.5, 100.0].map(|q| four.percentile(q)).into();
        assert_eq!(found, [1.0, 2.2, 2.5, 3.864_999_999_999_999_8, 4.0]);
    }
}
