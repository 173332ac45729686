//! The transformed kernel `U = G g Gᵀ`.

use super::{BLOCK_PANELS, FAR, FAR_2, NEAR, NEAR_2, PANEL};
use crate::kernel::simd::vectorised;

vectorised! {
    /// Transforms a block of kernels from output `first` on: `target` is laid out (position, panel, input, output of the
    /// panel), outputs that do not exist are zero. `kernel` is (outputs, inputs, 9), with `turned`
    /// (inputs, outputs, 9) and each kernel turned by 180°.
    fn transform_kernels(
        target: &mut [f32],
        kernel: &[f32],
        first: usize,
        channels: (usize, usize),
        turned: bool,
    ) = transform
}

/// Inputs transformed at a time: their kernels stay in the first-level cache.
const GROUP: usize = 16;

#[inline(always)]
fn transform<const M: usize, const N: usize>(
    target: &mut [f32],
    kernel: &[f32],
    first: usize,
    (outputs, inputs): (usize, usize),
    turned: bool,
) {
    let plane = BLOCK_PANELS * PANEL * inputs;
    // Declared once: clearing them for every group took as long as the arithmetic.
    let mut taps = [[0f32; GROUP * PANEL]; 9];
    let mut rows = [[[0f32; GROUP * PANEL]; 3]; N];
    let mut line = [[0f32; GROUP * PANEL]; N];
    for panel in 0..BLOCK_PANELS {
        let output = first + panel * PANEL;
        if output >= outputs {
            break;
        }
        for from in (0..inputs).step_by(GROUP) {
            let count = GROUP.min(inputs - from);
            gather(&mut taps, kernel, (output, outputs), (from, count, inputs), turned);
            for x in 0..3 {
                for i in 0..GROUP * PANEL {
                    let column = axis::<N>(taps[x][i], taps[3 + x][i], taps[6 + x][i]);
                    for (row, value) in rows.iter_mut().zip(column) {
                        row[x][i] = value;
                    }
                }
            }
            let start = (panel * inputs + from) * PANEL;
            for (y, row) in rows.iter().enumerate() {
                for i in 0..GROUP * PANEL {
                    for (line, value) in line.iter_mut().zip(axis::<N>(row[0][i], row[1][i], row[2][i])) {
                        line[i] = value;
                    }
                }
                for (x, line) in line.iter().enumerate() {
                    let at = (N * y + x) * plane + start;
                    target[at..at + count * PANEL].copy_from_slice(&line[..count * PANEL]);
                }
            }
        }
    }
}

/// One axis of `G g`. For tiles of two: rows (1, 0, 0), (1/2, ±1/2, 1/2), (0, 0, 1). For tiles of four: (1, 0, 0),
/// (1, ±a, a²) / (2a²(a² − b²)), (1, ±b, b²) / (2b²(b² − a²)), (0, 0, 1).
#[inline(always)]
fn axis<const N: usize>(a: f32, b: f32, c: f32) -> [f32; N] {
    const NEAR_SCALE: f32 = (1.0 / (2.0 * NEAR_64 * NEAR_64 * (NEAR_64 * NEAR_64 - FAR_64 * FAR_64))) as f32;
    const FAR_SCALE: f32 = (1.0 / (2.0 * FAR_64 * FAR_64 * (FAR_64 * FAR_64 - NEAR_64 * NEAR_64))) as f32;
    const NEAR_64: f64 = 2.0 / 3.0;
    const FAR_64: f64 = 1.5;
    let mut result = [0.0; N];
    if N == 4 {
        let (outer, middle) = ((a + c) * 0.5, b * 0.5);
        result.copy_from_slice(&[a, outer + middle, outer - middle, c][..N]);
    } else {
        let (near, near_middle) = (NEAR_SCALE * (a + NEAR_2 * c), NEAR_SCALE * NEAR * b);
        let (far, far_middle) = (FAR_SCALE * (a + FAR_2 * c), FAR_SCALE * FAR * b);
        let six = [a, near + near_middle, near - near_middle, far + far_middle, far - far_middle, c];
        result.copy_from_slice(&six[..N]);
    }
    result
}

/// Brings the kernels of eight outputs and some inputs into the order (tap, input, output).
#[inline(always)]
fn gather(
    taps: &mut [[f32; GROUP * PANEL]; 9],
    kernel: &[f32],
    (output, outputs): (usize, usize),
    (from, count, inputs): (usize, usize, usize),
    turned: bool,
) {
    let used = PANEL.min(outputs - output);
    if used < PANEL {
        *taps = [[0.0; GROUP * PANEL]; 9];
    }
    if turned {
        for input in 0..count {
            let source = &kernel[((from + input) * outputs + output) * 9..][..used * 9];
            for (lane, nine) in source.as_chunks::<9>().0.iter().enumerate() {
                for tap in 0..9 {
                    taps[tap][input * PANEL + lane] = nine[8 - tap];
                }
            }
        }
    } else {
        for lane in 0..used {
            let source = &kernel[((output + lane) * inputs + from) * 9..][..count * 9];
            for (input, nine) in source.as_chunks::<9>().0.iter().enumerate() {
                for tap in 0..9 {
                    taps[tap][input * PANEL + lane] = nine[tap];
                }
            }
        }
    }
}
