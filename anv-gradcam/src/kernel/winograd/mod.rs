//! Winograd's minimal filtering F(2x2, 3x3) and F(4x4, 3x3) for 3x3 convolutions with stride 1 and padding 1.
//!
//! An output tile of 4x4 values needs an input patch of 6x6; with `Y = Aᵀ[(G g Gᵀ) ⊙ (Bᵀ d B)]A` it costs 36
//! products a channel instead of 144, one of 2x2 costs 16 instead of 36 (Lavin & Gray, 2015). For each of the 36
//! or 16 positions the products over all channels are one matrix product `M = U · V` (outputs x inputs by inputs
//! x tiles):
//!
//! 1. `V = Bᵀ d B` for all tiles of a chunk, written in panels of [`LANES`] tiles;
//! 2. `U = G g Gᵀ` for a block of outputs, in panels of [`PANEL`] outputs;
//! 3. `M`, panel by panel, then `Aᵀ M A` with bias and ReLU into the output.
//!
//! The transformed kernels are four times as large as the kernels (470 MB for VGG-16 both ways) and reading them
//! back from memory takes as long as transforming them anew in the cache, so they are never kept: a network
//! needs no memory beyond its weights, for one photo as for many.
//!
//! The gradient with respect to the input is the same convolution with inputs and outputs exchanged and the
//! kernel turned round, on a gradient that may be gated by `[activation > 0]` while it is read.

mod kernel;
mod product;
mod tiles;

use std::cell::RefCell;

use rayon::prelude::*;

use super::lanes::LANES;
use super::simd::Level;
use super::{Shared, filled, zeros};
use kernel::{Block, transform_kernels};
use product::multiply;
use tiles::{InputRow, OutputPlanes, Run, input_row, output_planes};

/// Outputs in a panel of `U`.
const PANEL: usize = 8;
/// Panels of outputs that one task transforms and multiplies: of 512 inputs they fill half to all of a core's cache.
const BLOCK_PANELS: usize = 2;
/// Tiles whose products one task holds at a time: 36 · 16 outputs · 128 tiles are 295 kB, within a core's cache.
const SUB_TILES: usize = 128;
/// From this number of tiles on, tasks take chunks of tiles and share the transformed kernel; below, they take
/// blocks of outputs and share the transformed input.
const MANY_TILES: usize = 512;

/// F(4x4, 3x3) evaluates its polynomials at 0, ±[`NEAR`], ±[`FAR`] and infinity. The usual points 0, ±1, ±2 round twice as
/// coarsely (measured in f32 against f64 on sums of 2,304 products: 14 · 10⁻⁷ of the result's deviation instead of 7 · 10⁻⁷;
/// F(2x2, 3x3) 2.4 · 10⁻⁷); points whose product is 1 keep the transforms' factors near 1.
const NEAR: f32 = 2.0 / 3.0;
/// See [`NEAR`].
const FAR: f32 = 1.5;
/// `NEAR²`.
const NEAR_2: f32 = 4.0 / 9.0;
/// `FAR²`.
const FAR_2: f32 = 2.25;
/// `NEAR² + FAR²`.
const SUM_2: f32 = 97.0 / 36.0;

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::kernel) enum Tile {
    /// F(2x2, 3x3): rounds like a plain sum.
    Two,
    /// F(4x4, 3x3): 0.56 times the products of the other, rounds some twenty times more coarsely.
    Four,
}

impl Tile {
    /// Side of an output tile.
    fn side(self) -> usize {
        match self {
            Self::Two => 2,
            Self::Four => 4,
        }
    }

    /// Values of an input patch.
    fn positions(self) -> usize {
        (self.side() + 2) * (self.side() + 2)
    }
}

/// What is convolved.
#[derive(Clone, Copy)]
pub(in crate::kernel) struct Problem<'a> {
    pub tile: Tile,
    /// (batch, inputs, height, width).
    pub input: &'a [f32],
    /// Where this is 0 or less, `input` counts as 0.
    pub gate: Option<&'a [f32]>,
    /// (outputs, inputs, 3, 3), or with `turned` (inputs, outputs, 3, 3).
    pub kernel: &'a [f32],
    /// The kernel is read with its first two axes exchanged and turned by 180°.
    pub turned: bool,
    pub bias: Option<&'a [f32]>,
    pub relu: bool,
    pub batch: usize,
    pub inputs: usize,
    pub outputs: usize,
    pub height: usize,
    pub width: usize,
}

impl Problem<'_> {
    fn tile_rows(&self) -> usize {
        self.height.div_ceil(self.tile.side())
    }

    fn tile_columns(&self) -> usize {
        self.width.div_ceil(self.tile.side())
    }

    /// Tiles of the whole batch.
    pub fn tiles(&self) -> usize {
        self.batch * self.tile_rows() * self.tile_columns()
    }
}

/// The convolution, (batch, outputs, height, width).
pub(in crate::kernel) fn conv3x3(problem: &Problem<'_>) -> Vec<f32> {
    conv3x3_at(problem, Level::detect())
}

/// As [`conv3x3`], with an instruction set that the processor must have.
pub(super) fn conv3x3_at(p: &Problem<'_>, level: Level) -> Vec<f32> {
    let plane = p.height * p.width;
    assert!(p.input.len() == p.batch * p.inputs * plane && p.kernel.len() == p.outputs * p.inputs * 9);
    assert!(p.gate.is_none_or(|g| g.len() == p.input.len()) && p.bias.is_none_or(|b| b.len() == p.outputs));
    if p.tiles() == 0 {
        return Vec::new();
    }
    let fill = |output| match p.tiles() >= MANY_TILES {
        true => by_chunks(p, output, level),
        false => by_blocks(p, output, level),
    };
    // SAFETY: both go through all tiles of all outputs, and the tiles cover the picture.
    unsafe { filled(p.batch * p.outputs * plane, fill) }
}

/// Tile rows of all images, counted through.
type Rows = std::ops::Range<usize>;

/// Number of panels that hold `tiles`.
fn panels(tiles: usize) -> usize {
    tiles.div_ceil(LANES)
}

/// A distance between positions: at least `values`, and not a power of two, at which the lines written for one tile would
/// fall into one set of the first-level cache.
fn spread(values: usize) -> usize {
    values + LANES
}

/// Tasks take chunks of tile rows; the transformed kernel is shared.
fn by_chunks(p: &Problem<'_>, output: Shared, level: Level) {
    let block = BLOCK_PANELS * PANEL;
    let blocks = p.outputs.div_ceil(block);
    let block_values = p.tile.positions() * spread(block * p.inputs);
    let mut kernels = zeros(blocks * block_values);
    kernels.par_chunks_mut(block_values).with_max_len(1).enumerate().for_each(|(index, kernels)| {
        transform_block(p, level, kernels, index * block);
    });
    let rows = (SUB_TILES / p.tile_columns()).max(1);
    let all = p.batch * p.tile_rows();
    let task = |Scratch { input, products, runs, .. }: &mut Scratch, chunk: usize| {
        let rows = chunk * rows..((chunk + 1) * rows).min(all);
        let panels = panels(rows.len() * p.tile_columns());
        let input = room(input, p.tile.positions() * spread(panels * p.inputs * LANES));
        let shared = Shared::new(input);
        for channel in 0..p.inputs {
            transform_channel(p, level, channel, rows.clone(), shared);
        }
        for (index, kernels) in kernels.chunks_exact(block_values).enumerate() {
            multiply_block(p, level, kernels, index * block, input, &rows, products, runs, output);
        }
    };
    let chunks = (0..all.div_ceil(rows)).into_par_iter().with_max_len(1);
    chunks.for_each(|chunk| SCRATCH.with_borrow_mut(|scratch| task(scratch, chunk)));
}

/// Tasks take blocks of outputs; the transformed input is shared.
fn by_blocks(p: &Problem<'_>, output: Shared, level: Level) {
    let rows = 0..p.batch * p.tile_rows();
    let panels = panels(p.tiles());
    let mut input = zeros(p.tile.positions() * spread(panels * p.inputs * LANES));
    let shared = Shared::new(&mut input);
    (0..p.inputs)
        .into_par_iter()
        .for_each(|channel| transform_channel(p, level, channel, rows.clone(), shared));
    let block = BLOCK_PANELS * PANEL;
    let task = |Scratch { kernels, products, runs, .. }: &mut Scratch, index: usize| {
        let kernels = room(kernels, p.tile.positions() * spread(block * p.inputs));
        transform_block(p, level, kernels, index * block);
        multiply_block(p, level, kernels, index * block, &input, &rows, products, runs, output);
    };
    let blocks = (0..p.outputs.div_ceil(block)).into_par_iter().with_max_len(1);
    blocks.for_each(|index| SCRATCH.with_borrow_mut(|scratch| task(scratch, index)));
}

thread_local! {
    /// Each thread's, kept from one convolution to the next: memory given back comes again page by page. A task hands out
    /// no work of its own, so a thread is in one task at a time.
    static SCRATCH: RefCell<Scratch> = RefCell::default();
}

/// What a task works in: some 4 MB for VGG-16 at 256x256.
#[derive(Default)]
struct Scratch {
    input: Vec<f32>,
    kernels: Vec<f32>,
    products: Vec<f32>,
    runs: Vec<Run>,
}

/// The first `length` values of a buffer, which only grows: what earlier tasks left in it is written over, or belongs to
/// lanes that nobody reads.
fn room(buffer: &mut Vec<f32>, length: usize) -> &mut [f32] {
    if buffer.len() < length {
        *buffer = zeros(length);
    }
    &mut buffer[..length]
}

/// Step 2 for the outputs from `first` on.
fn transform_block(p: &Problem<'_>, level: Level, target: &mut [f32], first: usize) {
    let Problem { kernel, turned, outputs, inputs, .. } = *p;
    let block = Block { target, kernel, turned, first, outputs, inputs };
    // SAFETY: the level is the processor's.
    unsafe {
        match p.tile {
            Tile::Two => transform_kernels::<2, 4>(level, block),
            Tile::Four => transform_kernels::<4, 6>(level, block),
        }
    }
}

/// Step 1 for one input channel: `target` is laid out (position, panel, channel, tile).
fn transform_channel(p: &Problem<'_>, level: Level, channel: usize, rows: Rows, target: Shared) {
    let (plane, columns) = (p.height * p.width, p.tile_columns());
    let panel_stride = p.inputs * LANES;
    let position_stride = spread(panels(rows.len() * columns) * panel_stride);
    for (index, row) in rows.enumerate() {
        let start = (row / p.tile_rows() * p.inputs + channel) * plane;
        let row = InputRow {
            plane: &p.input[start..start + plane],
            gate: p.gate.map(|g| &g[start..start + plane]),
            height: p.height,
            width: p.width,
            tile_row: row % p.tile_rows(),
            tile: index * columns,
            // SAFETY: the buffer of positions x panels x inputs x LANES values begins with every channel of one tile.
            target: unsafe { target.beyond(channel * LANES) },
            panel_stride,
            position_stride,
        };
        // SAFETY: the buffer has the places of all tiles of `rows`; only the task of this channel writes this channel's.
        unsafe {
            match p.tile {
                Tile::Two => input_row::<2, 4>(level, row),
                Tile::Four => input_row::<4, 6>(level, row),
            }
        }
    }
}

/// Step 3 for a block of outputs from `first` on and the tiles of `rows`, which `input` holds transformed.
#[allow(clippy::too_many_arguments)] // Two factors, where they belong, two buffers and the output.
fn multiply_block(
    p: &Problem<'_>,
    level: Level,
    kernels: &[f32],
    first: usize,
    input: &[f32],
    rows: &Rows,
    products: &mut Vec<f32>,
    runs: &mut Vec<Run>,
    output: Shared,
) {
    let tiles = rows.len() * p.tile_columns();
    let panels = panels(tiles);
    let outputs = (BLOCK_PANELS * PANEL).min(p.outputs - first);
    let used = outputs.div_ceil(PANEL);
    let kernel_values = spread(BLOCK_PANELS * PANEL * p.inputs);
    for from in (0..panels).step_by(SUB_TILES / LANES) {
        let to = (from + SUB_TILES / LANES).min(panels);
        let stride = (to - from) * LANES;
        let position_stride = spread(used * PANEL * stride);
        let products = room(products, p.tile.positions() * position_stride);
        for (position, products) in products.chunks_exact_mut(position_stride).enumerate() {
            let kernels = &kernels[position * kernel_values..][..used * PANEL * p.inputs];
            let input = &input[position * spread(panels * p.inputs * LANES) + from * p.inputs * LANES..]
                [..stride * p.inputs];
            multiply(level, kernels, input, products, p.inputs, stride);
        }
        collect_runs(p, rows, from * LANES..(to * LANES).min(tiles), runs);
        for index in 0..outputs {
            let planes = OutputPlanes {
                products: &products[index * stride..],
                position_stride,
                runs,
                bias: p.bias.map_or(0.0, |b| b[first + index]),
                lowest: if p.relu { 0.0 } else { f32::NEG_INFINITY },
                height: p.height,
                width: p.width,
                // SAFETY: the output holds this channel's plane of every image.
                target: unsafe { output.beyond((first + index) * p.height * p.width) },
                image_stride: p.outputs * p.height * p.width,
            };
            // SAFETY: the output holds the planes of all images; tasks differ in their tile rows or in their output
            // channels, so that no value is written twice.
            unsafe {
                match p.tile {
                    Tile::Two => output_planes::<2, 4>(level, planes),
                    Tile::Four => output_planes::<4, 6>(level, planes),
                }
            }
        }
    }
}

/// The runs that `tiles`, counted from the first of `rows` on, fall into; places among the products are multiples of
/// [`LANES`] where panels begin.
fn collect_runs(p: &Problem<'_>, rows: &Rows, tiles: std::ops::Range<usize>, runs: &mut Vec<Run>) {
    runs.clear();
    let columns = p.tile_columns();
    let mut tile = tiles.start;
    while tile < tiles.end {
        let (row, column) = (rows.start + tile / columns, tile % columns);
        let count = (columns - column).min(tiles.end - tile).min(LANES - tile % LANES);
        let (image, tile_row) = (row / p.tile_rows(), row % p.tile_rows());
        runs.push(Run { at: tile - tiles.start, count, image, tile_row, column });
        tile += count;
    }
}
