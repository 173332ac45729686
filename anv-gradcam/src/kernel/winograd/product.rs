//! The matrix products between transformed kernels and transformed tiles.
//!
//! The compiler does not keep a block of sums in vector registers by itself (measured: 15 times slower), so the
//! innermost product is written with the processor's own instructions, once for each set.

// Loops by index: what closures and iterators wrap is compiled without the vector instructions that its caller may use, and
// values leave their registers (measured: four times slower).
#![allow(clippy::needless_range_loop)]

use super::PANEL;
use crate::kernel::lanes::LANES;
use crate::kernel::simd::Level;

/// Inputs summed before their sum is added to the total: rounding grows with the root of the longest chain, not of
/// all inputs, which leaves fewer ReLU gates to chance.
const DEPTH: usize = 64;

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
        let mut panel = 0;
        while panel < panels {
            let kernels = &kernels[panel * inputs * PANEL..];
            let rows = products[panel * PANEL * stride + column * LANES..].chunks_mut(stride);
            panel += panel_products(level, kernels.as_chunks::<PANEL>().0, tiles, rows, panels - panel);
        }
    }
}

/// One panel of outputs, or several (of `left`) where the registers allow; says how many.
fn panel_products<'a>(
    level: Level,
    kernels: &[[f32; PANEL]],
    tiles: &[[f32; LANES]],
    rows: impl Iterator<Item = &'a mut [f32]>,
    left: usize,
) -> usize {
    let (first, others) = kernels.split_at(tiles.len());
    match level {
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 if left > 1 => {
            // SAFETY: `Level::detect` gives this level only on processors that have the instructions.
            unsafe { avx512([first, &others[..tiles.len()]], tiles, rows) };
            return 2;
        }
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx512 => unsafe { avx512([first], tiles, rows) },
        // SAFETY: as above.
        #[cfg(target_arch = "x86_64")]
        Level::Avx2 => unsafe { avx2(first, tiles, rows) },
        Level::Baseline => portable(first, tiles, rows),
    }
    1
}

/// Panels of eight outputs by sixteen tiles, a register an output: the independent chains hide the latency of the
/// multiplication, and two panels share the reading of the tiles.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx512f")]
fn avx512<'a, const PANELS: usize>(
    kernels: [&[[f32; PANEL]]; PANELS],
    tiles: &[[f32; LANES]],
    rows: impl Iterator<Item = &'a mut [f32]>,
) {
    use std::arch::x86_64::{
        _mm512_add_ps, _mm512_fmadd_ps, _mm512_loadu_ps, _mm512_set1_ps, _mm512_setzero_ps, _mm512_storeu_ps,
    };

    let mut totals = [[_mm512_setzero_ps(); PANEL]; PANELS];
    for (block, tiles) in tiles.chunks(DEPTH).enumerate() {
        let mut parts = kernels;
        for part in &mut parts {
            *part = &part[block * DEPTH..][..tiles.len()];
        }
        let mut sums = [[_mm512_setzero_ps(); PANEL]; PANELS];
        for (depth, tiles) in tiles.iter().enumerate() {
            // SAFETY: sixteen values are read from an array of sixteen.
            let tiles = unsafe { _mm512_loadu_ps(tiles.as_ptr()) };
            for (sums, kernels) in sums.iter_mut().zip(&parts) {
                for (sum, &factor) in sums.iter_mut().zip(&kernels[depth]) {
                    *sum = _mm512_fmadd_ps(_mm512_set1_ps(factor), tiles, *sum);
                }
            }
        }
        for p in 0..PANELS {
            for i in 0..PANEL {
                totals[p][i] = _mm512_add_ps(totals[p][i], sums[p][i]);
            }
        }
    }
    for (row, total) in rows.zip(totals.iter().flatten()) {
        let row = &mut row[..LANES];
        // SAFETY: sixteen values are written to a slice of sixteen.
        unsafe { _mm512_storeu_ps(row.as_mut_ptr(), *total) };
    }
}

/// Four outputs by sixteen tiles at a time: eight sums, two tiles and a factor fit into sixteen registers.
#[cfg(target_arch = "x86_64")]
#[target_feature(enable = "avx2,fma")]
fn avx2<'a>(kernels: &[[f32; PANEL]], tiles: &[[f32; LANES]], mut rows: impl Iterator<Item = &'a mut [f32]>) {
    use std::arch::x86_64::{
        _mm256_add_ps, _mm256_fmadd_ps, _mm256_loadu_ps, _mm256_set1_ps, _mm256_setzero_ps, _mm256_storeu_ps,
    };

    const ROWS: usize = 4;
    for part in (0..PANEL).step_by(ROWS) {
        let mut totals = [[_mm256_setzero_ps(); 2]; ROWS];
        for (kernels, tiles) in kernels.chunks(DEPTH).zip(tiles.chunks(DEPTH)) {
            let mut sums = [[_mm256_setzero_ps(); 2]; ROWS];
            for (factors, tiles) in kernels.iter().zip(tiles) {
                // SAFETY: twice eight values are read from an array of sixteen.
                let (low, high) = unsafe {
                    (_mm256_loadu_ps(tiles.as_ptr()), _mm256_loadu_ps(tiles.as_ptr().add(LANES / 2)))
                };
                for (sum, &factor) in sums.iter_mut().zip(&factors[part..part + ROWS]) {
                    let factor = _mm256_set1_ps(factor);
                    sum[0] = _mm256_fmadd_ps(factor, low, sum[0]);
                    sum[1] = _mm256_fmadd_ps(factor, high, sum[1]);
                }
            }
            for (total, sum) in totals.iter_mut().zip(&sums) {
                *total = [_mm256_add_ps(total[0], sum[0]), _mm256_add_ps(total[1], sum[1])];
            }
        }
        for (sum, row) in totals.iter().zip(&mut rows) {
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
    let mut totals = [[0f32; LANES]; PANEL];
    for (kernels, tiles) in kernels.chunks(DEPTH).zip(tiles.chunks(DEPTH)) {
        let mut sums = [[0f32; LANES]; PANEL];
        for (factors, tiles) in kernels.iter().zip(tiles) {
            for (sums, &factor) in sums.iter_mut().zip(factors) {
                sums.iter_mut().zip(tiles).for_each(|(s, &t)| *s += factor * t);
            }
        }
        for (totals, sums) in totals.iter_mut().zip(&sums) {
            totals.iter_mut().zip(sums).for_each(|(t, s)| *t += s);
        }
    }
    for (row, sums) in rows.zip(&totals) {
        row[..LANES].copy_from_slice(sums);
    }
}
