//! The transformed kernel `U = G g Gᵀ`.

// Loops by index: what closures and iterators wrap is compiled without the vector instructions that its caller may use, and
// values leave their registers (measured: four times slower).
#![allow(clippy::needless_range_loop)]

use super::{BLOCK_PANELS, FAR, FAR_2, NEAR, NEAR_2, PANEL, spread};
use crate::kernel::lanes::{LANES, Lanes, TAPS, first};
use crate::kernel::simd::vectorised;

/// Kernels of some outputs, and the room for their transforms.
pub(super) struct Block<'a> {
    /// Laid out (position, panel, input, output of the panel), a position every `spread(…)` values; outputs that do not
    /// exist become zero, panels without any are left alone.
    pub target: &'a mut [f32],
    /// (outputs, inputs, 9), with `turned` (inputs, outputs, 9) and each kernel turned by 180°.
    pub kernel: &'a [f32],
    pub turned: bool,
    /// The first output of the block.
    pub first: usize,
    pub outputs: usize,
    pub inputs: usize,
}

vectorised! {
    /// Transforms a block of kernels.
    unsafe fn transform_kernels<const M, const N>(block: Block<'_>) = transform
}

/// Inputs whose kernels for a panel of outputs fill a vector.
const GROUP: usize = LANES / PANEL;

#[inline(always)]
unsafe fn transform<L: Lanes, const M: usize, const N: usize>(block: Block<'_>) {
    let Block { target, kernel, turned, first: first_output, outputs, inputs } = block;
    let position_stride = spread(BLOCK_PANELS * PANEL * inputs);
    assert!(target.len() >= N * N * position_stride && kernel.len() == outputs * inputs * TAPS);
    let zeros = [0f32; TAPS];
    for panel in 0..BLOCK_PANELS {
        let output = first_output + panel * PANEL;
        if output >= outputs {
            break;
        }
        for input in (0..inputs).step_by(GROUP) {
            let mut rows = [zeros.as_ptr(); LANES];
            for (lane, row) in rows.iter_mut().enumerate() {
                let (output, input) = (output + lane % PANEL, input + lane / PANEL);
                if output < outputs && input < inputs {
                    let index = if turned { input * outputs + output } else { output * inputs + input };
                    *row = kernel[TAPS * index..][..TAPS].as_ptr();
                }
            }
            // SAFETY: every row begins a kernel, or the zeros.
            let mut taps = unsafe { L::turned(rows) };
            if turned {
                taps.reverse();
            }
            let mut columns = [[taps[0]; N]; 3];
            for x in 0..3 {
                columns[x] = axis::<L, N>(taps[x], taps[3 + x], taps[6 + x]);
            }
            let lanes = first(PANEL * (inputs - input));
            let mut at = (panel * inputs + input) * PANEL;
            for y in 0..N {
                let line = axis::<L, N>(columns[0][y], columns[1][y], columns[2][y]);
                for x in 0..N {
                    // SAFETY: the target has room for all inputs of all panels at every position.
                    unsafe { line[x].store(target.as_mut_ptr().add(at), lanes) };
                    at += position_stride;
                }
            }
        }
    }
}

/// One axis of `G g`. For tiles of two: rows (1, 0, 0), (1/2, ±1/2, 1/2), (0, 0, 1). For tiles of four: (1, 0, 0),
/// (1, ±a, a²) / (2a²(a² − b²)), (1, ±b, b²) / (2b²(b² − a²)), (0, 0, 1).
#[inline(always)]
fn axis<L: Lanes, const N: usize>(a: L, b: L, c: L) -> [L; N] {
    const NEAR_SCALE: f32 = (1.0 / (2.0 * NEAR_64 * NEAR_64 * (NEAR_64 * NEAR_64 - FAR_64 * FAR_64))) as f32;
    const FAR_SCALE: f32 = (1.0 / (2.0 * FAR_64 * FAR_64 * (FAR_64 * FAR_64 - NEAR_64 * NEAR_64))) as f32;
    const NEAR_64: f64 = 2.0 / 3.0;
    const FAR_64: f64 = 1.5;
    let mut result = [a; N];
    if N == 4 {
        let (outer, middle) = (a.add(c).times(0.5), b.times(0.5));
        result.copy_from_slice(&[a, outer.add(middle), outer.sub(middle), c][..N]);
    } else {
        let (near, near_middle) = (a.add(c.times(NEAR_2)).times(NEAR_SCALE), b.times(NEAR_SCALE * NEAR));
        let (far, far_middle) = (a.add(c.times(FAR_2)).times(FAR_SCALE), b.times(FAR_SCALE * FAR));
        let six =
            [a, near.add(near_middle), near.sub(near_middle), far.add(far_middle), far.sub(far_middle), c];
        result.copy_from_slice(&six[..N]);
    }
    result
}
