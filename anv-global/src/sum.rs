//! A sum that does not depend on the order of its terms.

/// Adds numbers in units of 2⁻⁶⁴, as integers: the same bits in any order, exact for the scores and weights here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Sum(i128);

const UNIT: f64 = 18_446_744_073_709_551_616.0;

impl Sum {
    /// `value` must be finite; beyond 2⁶³ sums stay at the largest number.
    pub fn add(&mut self, value: f64) {
        self.0 = self.0.saturating_add((value * UNIT) as i128);
    }

    pub fn absorb(&mut self, other: Self) {
        self.0 = self.0.saturating_add(other.0);
    }

    pub fn value(self) -> f64 {
        self.0 as f64 / UNIT
    }
}
