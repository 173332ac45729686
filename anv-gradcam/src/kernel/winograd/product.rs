//! The matrix products between transformed kernels and transformed tiles.
//!
//! The compiler does not keep a block of sums in vector registers by itself (measured: 15 times slower), so the
//! innermost product is written with the processor's own instructions, once for each set.

use super::{LANES, PANEL};
use crate::kernel::simd::Level;

/// `products = kernels · tiles` for one position: `kernels` is (panel, input, output of the panel), `tiles`
/// (panel, input, tile), `products` row-major with `stride` tiles a row.
pub(super) fn multiply(
    level: Level,
    kernels: &[f32],
    tiles: &[f32],
    products: &mut [f32],
    inputs: usize,
    stride: usize,
) {
    let panels = kernels.len() / (inputs * PANEL);
    assert!(tiles.len() / (inputs * LANES) * LANES == stride && products.len() >= panels * PANEL * stride);
    for (column, tiles) in tiles.chunks_exact(inputs * LANES).enumerate() {
        let tiles = tiles.as_chunks::<LANES>().0;
        for (panel, kernels) in kernels.chunks_exact(inputs * PANEL).enumerate() {
            let kernels = kernels.as_chunks::<PANEL>().0;
            let products = &mut products[panel * PANEL * stride + column * LANES..];
            let rows = products.chunks_mut(stride);
            match level {
                // SAFETY: `Level::detect` gives this level only on processors that have the instructions.
                #[cfg(target_arch = "x86_64")]
                Level::Avx512 => unsafe { avx512(kernels, tiles, rows) },
                // SAFETY: as above.
                #[cfg(target_arch = "x86_64")]
                Level::Avx2 => unsafe { avx2(kernels, tiles, rows) },
                Level::Baseline => portable(kernels, tiles, rows),
            }
        }
    }
}

/// Eight outputs by sixteen tiles, a register an output: eight independent chains hide the latency of the
/// multiplication.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512<'a>(kernels: &[[f32; PANEL]], tiles: &[[f32; LANES]], rows: impl Iterator<Item = &'a mut [f32]>) {
    use std::arch::x86_64::{
        _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps,
    };

    let mut sums = [_mm512_setzero_ps(); PANEL];
    for (factors, tiles) in kernels.iter().zip(tiles) {
        // SAFETY: sixteen values are read from an array of sixteen.
        let tiles = unsafe { _mm512_loadu_ps(tiles.as_ptr()) };
        for (sum, &factor) in sums.iter_mut().zip(factors) {
            *sum = _mm512_fmadd_ps(_mm512_set1_ps(factor), tiles, *sum);
        }
    }
    for (row, sum) in rows.zip(sums) {
        let row = &mut row[..LANES];
        // SAFETY: sixteen values are written to a slice of sixteen.
        unsafe { _mm512_storeu_ps(row.as_mut_ptr(), sum) };
    }
}

/// Four outputs by sixteen tiles at a time: eight sums, two tiles and a factor fit into sixteen registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<'a>(kernels: &[[f32; PANEL]], tiles: &[[f32; LANES]], mut rows: impl Iterator<Item = &'a mut [f32]>) {
    use std::arch::x86_64::{
        _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
    };

    const ROWS: usize = 4;
    for part in (0..PANEL).step_by(ROWS) {
        let mut sums = [[_mm256_setzero_ps(); 2]; ROWS];
        for (factors, tiles) in kernels.iter().zip(tiles) {
            // SAFETY: twice eight values are read from an array of sixteen.
            let (low, high) =
                unsafe { (_mm256_loadu_ps(tiles.as_ptr()), _mm256_loadu_ps(tiles.as_ptr().add(LANES / 2))) };
            for (sum, &factor) in sums.iter_mut().zip(&factors[part..part + ROWS]) {
                let factor = _mm256_set1_ps(factor);
                sum[0] = _mm256_fmadd_ps(factor, low, sum[0]);
                sum[1] = _mm256_fmadd_ps(factor, high, sum[1]);
            }
        }
        for (sum, row) in sums.iter().zip(&mut rows) {
            let row = &mut row[..LANES];
            // SAFETY: twice eight values are written to a slice of sixteen.
            unsafe {
                _mm256_storeu_ps(row.as_mut_ptr(), sum[0]);
                _mm256_storeu_ps(row.as_mut_ptr().add(LANES / 2), sum[1]);
            }
        }
    }
}

/// For any processor, eight outputs at a time: a row of sums is short enough for the compiler to vectorise.
fn portable<'a>(kernels: &[[f32; PANEL]], tiles: &[[f32; LANES]], rows: impl Iterator<Item = &'a mut [f32]>) {
    let mut sums = [[0f32; LANES]; PANEL];
    for (factors, tiles) in kernels.iter().zip(tiles) {
        for (sums, &factor) in sums.iter_mut().zip(factors) {
            sums.iter_mut().zip(tiles).for_each(|(s, &t)| *s += factor * t);
        }
    }
    for (row, sums) in rows.zip(&sums) {
        row[..LANES].copy_from_slice(sums);
    }
}
