//! exp and ln that the compiler can vectorise, with the same bits on every machine.
//!
//! The standard library calls the system's mathematics a value at a time, which would take as long as the whole
//! descent.

use std::f32::consts::{LN_2, LOG2_E, SQRT_2};

/// Below this the result is under the smallest normal number, and counts as 0.
const EXP_SMALLEST: f32 = -87.0;
/// Adding it rounds to an integer, which then stands in the low bits: 1.5 · 2²³.
const ROUND: f32 = 12_582_912.0;
/// ln 2 in two parts: the first has so few bits that a product with a small integer is exact.
const LN_2_HIGH: f32 = 0.693_359_4;
const LN_2_LOW: f32 = -2.121_944_4e-4;
const MANTISSA_BITS: u32 = 23;
const EXPONENT_BIAS: u32 = 127;

/// `e^x` for x ≤ 0, to about 2 units in the last place.
#[inline(always)]
pub(super) fn exp(x: f32) -> f32 {
    let clamped = if x > EXP_SMALLEST { x } else { EXP_SMALLEST };
    let shifted = clamped * LOG2_E + ROUND;
    let k = shifted - ROUND;
    let r = clamped - k * LN_2_HIGH - k * LN_2_LOW;
    // Taylor series: |r| ≤ ln 2 / 2, so the next term is below 6e-9.
    let mut series = 1.0 / 5040.0;
    for coefficient in [1.0 / 720.0, 1.0 / 120.0, 1.0 / 24.0, 1.0 / 6.0, 0.5, 1.0, 1.0] {
        series = series * r + coefficient;
    }
    // The low bits of `shifted` are k in two's complement; the shift drops everything above them.
    let power = (shifted.to_bits() << MANTISSA_BITS).wrapping_add(EXPONENT_BIAS << MANTISSA_BITS);
    if x > EXP_SMALLEST { series * f32::from_bits(power) } else { 0.0 }
}

/// `ln t` for normal t ≥ 1, to about 2 units in the last place.
#[inline(always)]
pub(super) fn ln(t: f32) -> f32 {
    let bits = t.to_bits();
    let exponent = (bits >> MANTISSA_BITS) as i32 - EXPONENT_BIAS as i32;
    let mantissa = f32::from_bits((bits & 0x7F_FFFF) | (EXPONENT_BIAS << MANTISSA_BITS));
    let high = mantissa > SQRT_2;
    let m = if high { 0.5 * mantissa } else { mantissa };
    let e = exponent as f32 + if high { 1.0 } else { 0.0 };
    // ln m = 2 artanh s; |s| ≤ 0.172, so the next term is below 1e-9.
    let s = (m - 1.0) / (m + 1.0);
    let z = s * s;
    let series = (((z / 9.0 + 1.0 / 7.0) * z + 0.2) * z + 1.0 / 3.0) * z + 1.0;
    e * LN_2 + 2.0 * s * series
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// A few units in the last place of f32.
    const RELATIVE: f32 = 4e-7;

    proptest! {
        #[test]
        fn exp_equals_the_standard_librarys(x in -86.9f32..=0.0) {
            prop_assert!((exp(x) - x.exp()).abs() <= RELATIVE * x.exp());
        }

        #[test]
        fn ln_equals_the_standard_librarys(x in 0.0f32..=60.0) {
            let t = x.exp();
            prop_assert!((ln(t) - t.ln()).abs() <= RELATIVE * t.ln() + f32::EPSILON);
        }
    }

    #[test]
    fn exp_at_its_ends() {
        assert_eq!([exp(0.0), exp(-88.0), exp(f32::NEG_INFINITY), exp(-1e30)], [1.0, 0.0, 0.0, 0.0]);
        assert_eq!(ln(1.0), 0.0);
    }
}
