//! Sixteen values side by side, on whichever vector registers there are.

mod portable;
#[cfg(target_arch = "x86_64")]
mod x86;

pub(crate) use portable::Portable;
#[cfg(target_arch = "x86_64")]
pub(crate) use x86::{Avx2, Avx512};

/// Which of sixteen lanes, the first in the lowest bit.
pub(crate) type Mask = u16;

/// The first `count` lanes, at most all.
#[inline(always)]
pub(crate) fn first(count: usize) -> Mask {
    if count >= LANES { Mask::MAX } else { (1 << count) - 1 }
}

/// Values of a 3x3 kernel.
pub(crate) const TAPS: usize = 9;
/// Lanes of a vector.
pub(crate) const LANES: usize = 16;

/// Sixteen values and what the transforms do with them. A type's values are only made in functions compiled for its
/// instructions, which run on processors that have them.
pub(crate) trait Lanes: Copy {
    /// The same value in every lane.
    fn splat(value: f32) -> Self;

    /// The values at `from`, 0 in lanes outside `mask`.
    ///
    /// # Safety
    /// `from` must be readable at the lanes of `mask`; the others are not touched.
    unsafe fn load(from: *const f32, mask: Mask) -> Self;

    /// Writes the lanes of `mask`.
    ///
    /// # Safety
    /// `to` must be writable at the lanes of `mask`; the others are not touched.
    unsafe fn store(self, to: *mut f32, mask: Mask);

    /// Sum.
    fn add(self, other: Self) -> Self;
    /// Difference.
    fn sub(self, other: Self) -> Self;
    /// Product.
    fn mul(self, other: Self) -> Self;
    /// `factor` times every lane.
    #[inline(always)]
    fn times(self, factor: f32) -> Self {
        self.mul(Self::splat(factor))
    }

    /// The larger of both.
    fn max(self, other: Self) -> Self;
    /// `self` where `gate` is above 0, else 0.
    fn gated(self, gate: Self) -> Self;
    /// `self` where `a` is at least `b`, else 0.
    fn where_at_least(self, a: Self, b: Self) -> Self;
    /// Of the 32 values of `self` and `other` those at even places and those at odd ones.
    fn unzip(self, other: Self) -> (Self, Self);
    /// The opposite: lanes of `self` and `other` by turns, the first sixteen and the second.
    fn zip(self, other: Self) -> (Self, Self);
    /// All but the first lane of `self`, then the first of `next`.
    fn shift(self, next: Self) -> Self;

    /// The first [`TAPS`] values of sixteen rows, a lane a row.
    ///
    /// # Safety
    /// Every row must have that many values.
    unsafe fn turned(rows: [*const f32; LANES]) -> [Self; TAPS];
}
