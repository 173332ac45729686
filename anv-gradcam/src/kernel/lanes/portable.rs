//! Sixteen lanes for any processor.

use super::{LANES, Lanes, Mask, TAPS};

/// For any processor; short loops that compilers vectorise.
#[derive(Clone, Copy)]
pub(crate) struct Portable([f32; LANES]);

impl Portable {
    #[inline(always)]
    fn both(self, other: Self, f: impl Fn(f32, f32) -> f32) -> Self {
        Self(std::array::from_fn(|i| f(self.0[i], other.0[i])))
    }

    #[inline(always)]
    fn pick(self, other: Self, place: impl Fn(usize) -> usize) -> Self {
        Self(std::array::from_fn(|i| match place(i) {
            at if at < LANES => self.0[at],
            at => other.0[at - LANES],
        }))
    }
}

impl Lanes for Portable {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        Self([value; LANES])
    }

    #[inline(always)]
    unsafe fn load(from: *const f32, mask: Mask) -> Self {
        if mask == Mask::MAX {
            // SAFETY: the caller's sixteen values.
            return Self(unsafe { from.cast::<[f32; LANES]>().read() });
        }
        // SAFETY: only lanes of the mask are read.
        Self(std::array::from_fn(|i| {
            if mask >> i & 1 == 1 { unsafe { from.wrapping_add(i).read() } } else { 0.0 }
        }))
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, mask: Mask) {
        if mask == Mask::MAX {
            // SAFETY: the caller's sixteen places.
            return unsafe { to.cast::<[f32; LANES]>().write(self.0) };
        }
        for (i, &value) in self.0.iter().enumerate().filter(|(i, _)| mask >> i & 1 == 1) {
            // SAFETY: only lanes of the mask are written.
            unsafe { to.wrapping_add(i).write(value) };
        }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        self.both(other, |a, b| a + b)
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        self.both(other, |a, b| a - b)
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        self.both(other, |a, b| a * b)
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        self.both(other, |a, b| if a > b { a } else { b })
    }

    #[inline(always)]
    fn gated(self, gate: Self) -> Self {
        self.both(gate, |a, g| if g > 0.0 { a } else { 0.0 })
    }

    #[inline(always)]
    fn where_at_least(self, a: Self, b: Self) -> Self {
        Self(std::array::from_fn(|i| if a.0[i] >= b.0[i] { self.0[i] } else { 0.0 }))
    }

    #[inline(always)]
    fn unzip(self, other: Self) -> (Self, Self) {
        (self.pick(other, |i| 2 * i), self.pick(other, |i| 2 * i + 1))
    }

    #[inline(always)]
    fn zip(self, other: Self) -> (Self, Self) {
        let place = |i: usize| i / 2 + i % 2 * LANES;
        (self.pick(other, place), self.pick(other, |i| place(i) + LANES / 2))
    }

    #[inline(always)]
    fn shift(self, next: Self) -> Self {
        self.pick(next, |i| i + 1)
    }

    #[inline(always)]
    unsafe fn turned(rows: [*const f32; LANES]) -> [Self; TAPS] {
        let mut result = [Self([0.0; LANES]); TAPS];
        for (lane, row) in rows.into_iter().enumerate() {
            // SAFETY: the caller's rows are that long.
            let row = unsafe { &*row.cast::<[f32; TAPS]>() };
            for (column, &value) in result.iter_mut().zip(row) {
                column.0[lane] = value;
            }
        }
        result
    }
}
