//! Sixteen lanes in the registers of AVX2 and AVX-512.

// Loops by index: what closures and iterators wrap is compiled without the vector instructions that its caller may use, and
// values leave their registers (measured: four times slower).
#![allow(clippy::needless_range_loop)]

use std::arch::x86_64::*;

use super::{LANES, Lanes, Mask, Portable, TAPS};

/// Two registers of eight.
#[derive(Clone, Copy)]
pub(crate) struct Avx2(__m256, __m256);

// SAFETY (of all calls here): values of this type are only made where the instructions exist.
impl Lanes for Avx2 {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { Self(_mm256_set1_ps(value), _mm256_set1_ps(value)) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32, mask: Mask) -> Self {
        if mask == Mask::MAX {
            // SAFETY: the caller's sixteen values.
            return unsafe { Self(_mm256_loadu_ps(from), _mm256_loadu_ps(from.add(LANES / 2))) };
        }
        unsafe {
            let part = Portable::load(from, mask);
            let at = (&raw const part).cast::<f32>();
            Self(_mm256_loadu_ps(at), _mm256_loadu_ps(at.add(LANES / 2)))
        }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, mask: Mask) {
        unsafe {
            let mut part = Portable::splat(0.0);
            let at = if mask == Mask::MAX { to } else { (&raw mut part).cast() };
            _mm256_storeu_ps(at, self.0);
            _mm256_storeu_ps(at.add(LANES / 2), self.1);
            if mask != Mask::MAX {
                part.store(to, mask);
            }
        }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        unsafe { Self(_mm256_add_ps(self.0, other.0), _mm256_add_ps(self.1, other.1)) }
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        unsafe { Self(_mm256_sub_ps(self.0, other.0), _mm256_sub_ps(self.1, other.1)) }
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        unsafe { Self(_mm256_mul_ps(self.0, other.0), _mm256_mul_ps(self.1, other.1)) }
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        unsafe { Self(_mm256_max_ps(self.0, other.0), _mm256_max_ps(self.1, other.1)) }
    }

    #[inline(always)]
    fn gated(self, gate: Self) -> Self {
        unsafe {
            let zero = _mm256_setzero_ps();
            Self(
                _mm256_and_ps(self.0, _mm256_cmp_ps::<_CMP_GT_OQ>(gate.0, zero)),
                _mm256_and_ps(self.1, _mm256_cmp_ps::<_CMP_GT_OQ>(gate.1, zero)),
            )
        }
    }

    #[inline(always)]
    fn where_at_least(self, a: Self, b: Self) -> Self {
        unsafe {
            Self(
                _mm256_and_ps(self.0, _mm256_cmp_ps::<_CMP_GE_OQ>(a.0, b.0)),
                _mm256_and_ps(self.1, _mm256_cmp_ps::<_CMP_GE_OQ>(a.1, b.1)),
            )
        }
    }

    #[inline(always)]
    fn unzip(self, other: Self) -> (Self, Self) {
        unsafe {
            // Each half of 128 bits holds a pair of either register.
            let (a, b, c, d) = (self.0, self.1, other.0, other.1);
            (
                Self(
                    in_order(_mm256_shuffle_ps::<0b10_00_10_00>(a, b)),
                    in_order(_mm256_shuffle_ps::<0b10_00_10_00>(c, d)),
                ),
                Self(
                    in_order(_mm256_shuffle_ps::<0b11_01_11_01>(a, b)),
                    in_order(_mm256_shuffle_ps::<0b11_01_11_01>(c, d)),
                ),
            )
        }
    }

    #[inline(always)]
    fn zip(self, other: Self) -> (Self, Self) {
        unsafe { (pairs(self.0, other.0), pairs(self.1, other.1)) }
    }

    #[inline(always)]
    fn shift(self, next: Self) -> Self {
        unsafe {
            let turned = _mm256_setr_epi32(1, 2, 3, 4, 5, 6, 7, 0);
            Self(
                _mm256_permutevar8x32_ps(_mm256_blend_ps::<1>(self.0, self.1), turned),
                _mm256_permutevar8x32_ps(_mm256_blend_ps::<1>(self.1, next.0), turned),
            )
        }
    }

    #[inline(always)]
    unsafe fn turned(rows: [*const f32; LANES]) -> [Self; TAPS] {
        let mut result = [Self::splat(0.0); TAPS];
        unsafe {
            let [low, high] = [eight(&rows, 0), eight(&rows, LANES / 2)];
            for i in 0..TAPS {
                result[i] = Self(low[i], high[i]);
            }
        }
        result
    }
}

/// Lanes of both by turns.
#[inline(always)]
unsafe fn pairs(a: __m256, b: __m256) -> Avx2 {
    unsafe {
        let (low, high) = (_mm256_unpacklo_ps(a, b), _mm256_unpackhi_ps(a, b));
        Avx2(_mm256_permute2f128_ps::<0x20>(low, high), _mm256_permute2f128_ps::<0x31>(low, high))
    }
}

/// The first [`TAPS`] values of eight rows.
#[inline(always)]
unsafe fn eight(rows: &[*const f32; LANES], from: usize) -> [__m256; TAPS] {
    unsafe {
        let mut row = [_mm256_setzero_ps(); 8];
        let mut last = [0f32; 8];
        for i in 0..8 {
            row[i] = _mm256_loadu_ps(rows[from + i]);
            last[i] = *rows[from + i].add(8);
        }
        // Of each four rows, columns 0 and 4, 1 and 5, 2 and 6, 3 and 7.
        let mut fours = [[_mm256_setzero_ps(); 4]; 2];
        for g in 0..2 {
            let (a, b) = (
                _mm256_unpacklo_ps(row[4 * g], row[4 * g + 1]),
                _mm256_unpacklo_ps(row[4 * g + 2], row[4 * g + 3]),
            );
            let (c, d) = (
                _mm256_unpackhi_ps(row[4 * g], row[4 * g + 1]),
                _mm256_unpackhi_ps(row[4 * g + 2], row[4 * g + 3]),
            );
            fours[g] = [
                _mm256_shuffle_ps::<0b01_00_01_00>(a, b),
                _mm256_shuffle_ps::<0b11_10_11_10>(a, b),
                _mm256_shuffle_ps::<0b01_00_01_00>(c, d),
                _mm256_shuffle_ps::<0b11_10_11_10>(c, d),
            ];
        }
        let mut result = [_mm256_loadu_ps(last.as_ptr()); TAPS];
        for k in 0..4 {
            result[k] = _mm256_permute2f128_ps::<0x20>(fours[0][k], fours[1][k]);
            result[4 + k] = _mm256_permute2f128_ps::<0x31>(fours[0][k], fours[1][k]);
        }
        result
    }
}

/// Pairs 0 2 1 3 to 0 1 2 3.
#[inline(always)]
unsafe fn in_order(value: __m256) -> __m256 {
    unsafe { _mm256_castpd_ps(_mm256_permute4x64_pd::<0b11_01_10_00>(_mm256_castps_pd(value))) }
}

/// One register.
#[derive(Clone, Copy)]
pub(crate) struct Avx512(__m512);

// SAFETY (of all calls here): values of this type are only made where the instructions exist.
impl Lanes for Avx512 {
    #[inline(always)]
    fn splat(value: f32) -> Self {
        unsafe { Self(_mm512_set1_ps(value)) }
    }

    #[inline(always)]
    unsafe fn load(from: *const f32, mask: Mask) -> Self {
        unsafe { Self(_mm512_maskz_loadu_ps(mask, from)) }
    }

    #[inline(always)]
    unsafe fn store(self, to: *mut f32, mask: Mask) {
        unsafe {
            if mask == Mask::MAX {
                // Masked stores are slow on some processors.
                _mm512_storeu_ps(to, self.0);
            } else {
                _mm512_mask_storeu_ps(to, mask, self.0);
            }
        }
    }

    #[inline(always)]
    fn add(self, other: Self) -> Self {
        unsafe { Self(_mm512_add_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn sub(self, other: Self) -> Self {
        unsafe { Self(_mm512_sub_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn mul(self, other: Self) -> Self {
        unsafe { Self(_mm512_mul_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn max(self, other: Self) -> Self {
        unsafe { Self(_mm512_max_ps(self.0, other.0)) }
    }

    #[inline(always)]
    fn gated(self, gate: Self) -> Self {
        unsafe {
            let open = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(gate.0, _mm512_setzero_ps());
            Self(_mm512_maskz_mov_ps(open, self.0))
        }
    }

    #[inline(always)]
    fn where_at_least(self, a: Self, b: Self) -> Self {
        unsafe { Self(_mm512_maskz_mov_ps(_mm512_cmp_ps_mask::<_CMP_GE_OQ>(a.0, b.0), self.0)) }
    }

    #[inline(always)]
    fn unzip(self, other: Self) -> (Self, Self) {
        unsafe {
            let even = _mm512_setr_epi32(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
            let odd = _mm512_setr_epi32(1, 3, 5, 7, 9, 11, 13, 15, 17, 19, 21, 23, 25, 27, 29, 31);
            (
                Self(_mm512_permutex2var_ps(self.0, even, other.0)),
                Self(_mm512_permutex2var_ps(self.0, odd, other.0)),
            )
        }
    }

    #[inline(always)]
    fn zip(self, other: Self) -> (Self, Self) {
        unsafe {
            let low = _mm512_setr_epi32(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
            let high = _mm512_setr_epi32(8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13, 29, 14, 30, 15, 31);
            (
                Self(_mm512_permutex2var_ps(self.0, low, other.0)),
                Self(_mm512_permutex2var_ps(self.0, high, other.0)),
            )
        }
    }

    #[inline(always)]
    fn shift(self, next: Self) -> Self {
        unsafe {
            let (a, b) = (_mm512_castps_si512(self.0), _mm512_castps_si512(next.0));
            Self(_mm512_castsi512_ps(_mm512_alignr_epi32::<1>(b, a)))
        }
    }

    #[inline(always)]
    unsafe fn turned(rows: [*const f32; LANES]) -> [Self; TAPS] {
        let mut result = [Self::splat(0.0); TAPS];
        unsafe {
            // Of each four rows, four vectors of columns 0 4 8, 1 5, 2 6 and 3 7, a column in 128 bits.
            let mut fours = [[_mm512_setzero_ps(); 4]; 4];
            for g in 0..4 {
                let mut row = [_mm512_setzero_ps(); 4];
                for i in 0..4 {
                    row[i] = _mm512_maskz_loadu_ps((1 << TAPS) - 1, rows[4 * g + i]);
                }
                let (a, b) = (_mm512_unpacklo_ps(row[0], row[1]), _mm512_unpacklo_ps(row[2], row[3]));
                let (c, d) = (_mm512_unpackhi_ps(row[0], row[1]), _mm512_unpackhi_ps(row[2], row[3]));
                fours[g] = [joined::<0>(a, b), joined::<1>(a, b), joined::<0>(c, d), joined::<1>(c, d)];
            }
            for k in 0..4 {
                let low = _mm512_shuffle_f32x4::<0b01_00_01_00>(fours[0][k], fours[1][k]);
                let high = _mm512_shuffle_f32x4::<0b01_00_01_00>(fours[2][k], fours[3][k]);
                result[k] = Self(_mm512_shuffle_f32x4::<0b10_00_10_00>(low, high));
                result[4 + k] = Self(_mm512_shuffle_f32x4::<0b11_01_11_01>(low, high));
            }
            let low = _mm512_shuffle_f32x4::<0b10_10_10_10>(fours[0][0], fours[1][0]);
            let high = _mm512_shuffle_f32x4::<0b10_10_10_10>(fours[2][0], fours[3][0]);
            result[8] = Self(_mm512_shuffle_f32x4::<0b10_00_10_00>(low, high));
        }
        result
    }
}

/// The first or second halves of both, by 128 bits.
#[inline(always)]
unsafe fn joined<const HALF: u8>(a: __m512, b: __m512) -> __m512 {
    unsafe {
        let (a, b) = (_mm512_castps_pd(a), _mm512_castps_pd(b));
        _mm512_castpd_ps(if HALF == 0 { _mm512_unpacklo_pd(a, b) } else { _mm512_unpackhi_pd(a, b) })
    }
}
