//! Something for every row of points, laid out so that the compiler vectorises it.
//!
//! A row of points is a slice of [`Lane`]s: eight f32 that are worked on in step, in AVX2 registers where the
//! processor has them (found at run time by `pulp`), in pairs of SSE2 or NEON registers elsewhere. There are
//! always eight, and no multiplication is fused with an addition, so the bits are the same everywhere.

use pulp::{Arch, NullaryFnOnce};
use rayon::prelude::*;

/// Values that are worked on in step.
pub(super) const LANES: usize = 8;
pub(super) type Lane = [f32; LANES];

/// From this many rows on, the rows are shared out over threads: below, a step is shorter than waking them.
const PARALLEL_ROWS: usize = 1024;
/// Rows a thread takes at a time.
const CHUNK_ROWS: usize = 64;

/// Something that is computed row by row, each from the others' inputs alone.
///
/// Implementations mark `row` as always inlined: only what is inlined below [`each_row`] gets the vector
/// instructions of the machine.
pub(super) trait Rowwise: Sync {
    type Output: Send;

    fn row(&self, row: usize) -> Self::Output;
}

/// Fills `out` row by row, with the vector instructions of this machine.
pub(super) fn each_row<R: Rowwise>(rows: &R, out: &mut [R::Output]) {
    let run = |first: usize, out: &mut [R::Output]| Arch::new().dispatch(Run { rows, first, out });
    if out.len() < PARALLEL_ROWS {
        run(0, out);
    } else {
        out.par_chunks_mut(CHUNK_ROWS).enumerate().for_each(|(chunk, out)| run(chunk * CHUNK_ROWS, out));
    }
}

struct Run<'a, R: Rowwise> {
    rows: &'a R,
    first: usize,
    out: &'a mut [R::Output],
}

impl<R: Rowwise> NullaryFnOnce for Run<'_, R> {
    type Output = ();

    #[inline(always)]
    fn call(self) {
        for (i, out) in self.out.iter_mut().enumerate() {
            *out = self.rows.row(self.first + i);
        }
    }
}

/// The sum of each lane, always in the same order.
///
/// Never inlined: its shuffles would mislead the compiler into splitting the loops before it into half registers.
#[inline(never)]
pub(super) fn totals<const N: usize>(lanes: &[Lane; N]) -> [f32; N] {
    lanes.map(|l| ((l[0] + l[4]) + (l[2] + l[6])) + ((l[1] + l[5]) + (l[3] + l[7])))
}
