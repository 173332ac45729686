//! Every kernel against a naive twin, over shapes.

use proptest::prelude::*;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::simd::Level;
use super::winograd::{Problem, Tile, conv3x3_at};
use super::*;

/// Largest difference allowed, as a share of the largest expected value (at least 1, the size of the summands): sums
/// of some hundred products in f32.
const ROUNDING: f64 = 2e-6;
/// The same in f64.
const ROUNDING_F64: f64 = 1e-13;
/// F(4x4, 3x3) multiplies rounding by the size of its transforms' factors.
const ROUNDING_FOUR: f64 = 2e-5;

fn random(seed: u64, count: usize) -> Vec<f32> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..count).map(|_| rng.random_range(-1.0..1.0)).collect()
}

fn close<T: Copy + Into<f64>>(found: &[T], expected: &[f64], tolerance: f64) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.len(), expected.len());
    let largest = expected.iter().fold(1f64, |m, v| m.max(v.abs()));
    for (index, (&a, &b)) in found.iter().zip(expected).enumerate() {
        let a: f64 = a.into();
        prop_assert!((a - b).abs() <= tolerance * largest, "at {}: {} for {}", index, a, b);
    }
    Ok(())
}

/// Calls `f(output index, input index, kernel index)` for every product of the convolution.
fn each_product(g: &Geometry, mut f: impl FnMut(usize, usize, usize)) {
    let (out_h, out_w) = g.output().unwrap();
    for b in 0..g.batch {
        for k in 0..g.outputs {
            for y in 0..out_h {
                for x in 0..out_w {
                    for c in 0..g.inputs {
                        for ky in 0..g.kernel.0 {
                            for kx in 0..g.kernel.1 {
                                let (iy, ix) = (y * g.stride + ky, x * g.stride + kx);
                                let inside = |i: usize, n: usize| i >= g.padding && i < n + g.padding;
                                if inside(iy, g.height) && inside(ix, g.width) {
                                    let (iy, ix) = (iy - g.padding, ix - g.padding);
                                    f(
                                        ((b * g.outputs + k) * out_h + y) * out_w + x,
                                        ((b * g.inputs + c) * g.height + iy) * g.width + ix,
                                        ((k * g.inputs + c) * g.kernel.0 + ky) * g.kernel.1 + kx,
                                    );
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

struct Case {
    g: Geometry,
    input: Vec<f32>,
    kernel: Vec<f32>,
    bias: Vec<f32>,
    gradient: Vec<f32>,
}

impl Case {
    fn new(g: Geometry, seed: u64) -> Self {
        let (h, w) = g.output().unwrap();
        Self {
            g,
            input: random(seed, g.batch * g.inputs * g.height * g.width),
            kernel: random(seed + 1, g.outputs * g.depth()),
            bias: random(seed + 2, g.outputs),
            gradient: random(seed + 3, g.batch * g.outputs * h * w),
        }
    }

    fn forward(&self, relu: bool) -> Vec<f64> {
        let (h, w) = self.g.output().unwrap();
        let mut sums: Vec<_> =
            (0..self.gradient.len()).map(|i| f64::from(self.bias[i / (h * w) % self.g.outputs])).collect();
        each_product(&self.g, |o, i, k| sums[o] += f64::from(self.input[i]) * f64::from(self.kernel[k]));
        if relu {
            sums.iter_mut().for_each(|v| *v = v.max(0.0));
        }
        sums
    }

    fn input_gradient(&self, gate: Option<&[f32]>) -> Vec<f64> {
        let mut sums = vec![0.0; self.input.len()];
        each_product(&self.g, |o, i, k| {
            if gate.is_none_or(|gate| gate[o] > 0.0) {
                sums[i] += f64::from(self.gradient[o]) * f64::from(self.kernel[k]);
            }
        });
        sums
    }

    fn kernel_gradient(&self) -> Vec<f64> {
        let mut sums = vec![0.0; self.kernel.len()];
        each_product(&self.g, |o, i, k| sums[k] += f64::from(self.gradient[o]) * f64::from(self.input[i]));
        sums
    }
}

fn geometry() -> impl Strategy<Value = Geometry> {
    let sizes = (1usize..3, 1usize..5, 1usize..5, 1usize..12, 1usize..12);
    (sizes, (1usize..5, 1usize..5), 1usize..4, 0usize..3).prop_filter_map(
        "the kernel must fit",
        |((batch, inputs, outputs, height, width), kernel, stride, padding)| {
            let g = Geometry { batch, inputs, outputs, height, width, kernel, stride, padding };
            g.output().map(|_| g)
        },
    )
}

fn three_by_three() -> impl Strategy<Value = Geometry> {
    (1usize..3, 1usize..20, 1usize..40, 1usize..22, 1usize..22).prop_map(
        |(batch, inputs, outputs, height, width)| Geometry {
            batch,
            inputs,
            outputs,
            height,
            width,
            kernel: (3, 3),
            stride: 1,
            padding: 1,
        },
    )
}

fn problem<'a>(case: &'a Case, tile: Tile, turned: bool, gate: Option<&'a [f32]>) -> Problem<'a> {
    let g = &case.g;
    let (inputs, outputs) = if turned { (g.outputs, g.inputs) } else { (g.inputs, g.outputs) };
    Problem {
        tile,
        input: if turned { &case.gradient } else { &case.input },
        gate,
        kernel: &case.kernel,
        turned,
        bias: (!turned).then_some(&case.bias),
        relu: !turned,
        batch: g.batch,
        inputs,
        outputs,
        height: g.height,
        width: g.width,
    }
}

/// Every instruction set that this processor has.
fn levels() -> Vec<Level> {
    let mut levels = vec![Level::Baseline];
    #[cfg(target_arch = "x86_64")]
    {
        if std::arch::is_x86_feature_detected!("avx2") && std::arch::is_x86_feature_detected!("fma") {
            levels.push(Level::Avx2);
        }
        if Level::detect() == Level::Avx512 {
            levels.push(Level::Avx512);
        }
    }
    levels
}

proptest! {
    #[test]
    fn im2col_equals_the_definition(g in geometry(), seed in 0u64..1000) {
        let case = Case::new(g, seed);
        let wide = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
        let (input, kernel, bias) = (wide(&case.input), wide(&case.kernel), wide(&case.bias));
        for relu in [false, true] {
            let expected = case.forward(relu);
            let found = conv_forward(&case.input, &case.kernel, Some(&case.bias), relu, &g);
            close(&found, &expected, ROUNDING)?;
            close(&conv_forward(&input, &kernel, Some(&bias), relu, &g), &expected, ROUNDING_F64)?;
        }
        let expected = case.input_gradient(None);
        close(&conv_input_gradient(&case.gradient, &case.kernel, &g), &expected, ROUNDING)?;
        close(&conv_input_gradient(&wide(&case.gradient), &kernel, &g), &expected, ROUNDING_F64)?;
        let found = conv_kernel_gradient(&case.input, &case.gradient, &g);
        close(&found, &case.kernel_gradient(), ROUNDING)?;
    }

    #[test]
    fn winograd_equals_the_definition(g in three_by_three(), seed in 0u64..1000) {
        let case = Case::new(g, seed);
        let gate = random(seed + 4, case.gradient.len());
        let (forward, backward) = (case.forward(true), case.input_gradient(Some(&gate)));
        for level in levels() {
            for (tile, tolerance) in [(Tile::Two, ROUNDING), (Tile::Four, ROUNDING_FOUR)] {
                close(&conv3x3_at(&problem(&case, tile, false, None), level), &forward, tolerance)?;
                close(&conv3x3_at(&problem(&case, tile, true, Some(&gate)), level), &backward, tolerance)?;
            }
        }
    }

    #[test]
    fn the_choice_of_kernel_changes_rounding_only(g in three_by_three(), seed in 0u64..1000) {
        let case = Case::new(g, seed);
        let gate = random(seed + 4, case.gradient.len());
        let found = forward(&case.input, &case.kernel, Some(&case.bias), true, &g);
        close(&found, &case.forward(true), ROUNDING)?;
        let found = input_gradient(&case.gradient, Some(&gate), &case.kernel, &g);
        close(&found, &case.input_gradient(Some(&gate)), ROUNDING_FOUR)?;
    }

    #[test]
    fn pooling_equals_the_definition(
        planes in 1usize..5, height in 1usize..9, width in 1usize..90, seed in 0u64..1000,
    ) {
        // Few distinct values, so that ties are the rule.
        let input: Vec<_> = random(seed, planes * height * width).iter().map(|v| (v * 2.0).round()).collect();
        let (out_h, out_w) = (height / 2, width / 2);
        let gradient = random(seed + 1, planes * out_h * out_w);
        let (mut pooled, mut sent) = (Vec::new(), vec![0.0; input.len()]);
        for plane in 0..planes {
            for y in 0..out_h {
                for x in 0..out_w {
                    let at = |i: usize| (plane * height + 2 * y + i / 2) * width + 2 * x + i % 2;
                    let best = (0..4).map(at).reduce(|m, i| if input[i] > input[m] { i } else { m }).unwrap();
                    sent[best] = gradient[pooled.len()];
                    pooled.push(input[best]);
                }
            }
        }
        prop_assert_eq!(max_pool(&input, height, width), pooled);
        prop_assert_eq!(max_pool_gradient(&input, &gradient, height, width), sent);
    }

    #[test]
    fn fully_connected_equals_the_definition(
        batch in 1usize..4, outputs in 1usize..40, width in 1usize..90, seed in 0u64..1000,
    ) {
        let (input, weight) = (random(seed, batch * width), random(seed + 1, outputs * width));
        let gradient = random(seed + 2, batch * outputs);
        let (mut product, mut back) = (vec![0f64; batch * outputs], vec![0f64; batch * width]);
        for b in 0..batch {
            for o in 0..outputs {
                for i in 0..width {
                    let w = f64::from(weight[o * width + i]);
                    product[b * outputs + o] += f64::from(input[b * width + i]) * w;
                    back[b * width + i] += f64::from(gradient[b * outputs + o]) * w;
                }
            }
        }
        close(&linear(&input, &weight, None, outputs, width), &product, ROUNDING)?;
        close(&linear_gradient(&gradient, &weight, outputs, width), &back, ROUNDING)?;
    }
}

/// Many and few tiles, many channels: both ways of dividing the work, blocks that are not full.
#[test]
fn same_bits_for_any_number_of_threads() {
    let sizes = [(1, 40, 72, 100, 92), (2, 72, 40, 13, 9), (1, 3, 64, 64, 64), (1, 64, 64, 7, 7)];
    for (batch, inputs, outputs, height, width) in sizes {
        let g = Geometry { batch, inputs, outputs, height, width, kernel: (3, 3), stride: 1, padding: 1 };
        let case = Case::new(g, 5);
        let run = || {
            let gradient = gated(&case.gradient, &case.gradient);
            let results = [
                forward(&case.input, &case.kernel, Some(&case.bias), true, &g),
                input_gradient(&case.gradient, Some(&case.gradient), &case.kernel, &g),
                conv_forward(&case.input, &case.kernel, Some(&case.bias), true, &g),
                conv_input_gradient(&gradient, &case.kernel, &g),
                conv_kernel_gradient(&case.input, &case.gradient, &g),
                linear(&case.input, &random(3, case.input.len() * 3), None, 3, case.input.len()),
            ];
            results.map(|v| v.iter().map(|x| x.to_bits()).collect::<Vec<_>>())
        };
        let pool = |n| rayon::ThreadPoolBuilder::new().num_threads(n).build().unwrap();
        let one = pool(1).install(run);
        assert!(one == pool(2).install(run) && one == pool(7).install(run), "{g:?}");
    }
}

/// Work larger than the buffers of one task: several chunks, panels and output blocks.
#[test]
fn large_shapes_equal_sums_in_f64() {
    let wide = |values: &[f32]| values.iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
    for (inputs, outputs, height, width) in [(20, 70, 90, 110), (130, 33, 30, 21), (16, 16, 4, 300)] {
        let g = Geometry { batch: 2, inputs, outputs, height, width, kernel: (3, 3), stride: 1, padding: 1 };
        let case = Case::new(g, 9);
        let (input, kernel, bias) = (wide(&case.input), wide(&case.kernel), wide(&case.bias));
        let exact = conv_forward(&input, &kernel, Some(&bias), true, &g);
        let fast = forward(&case.input, &case.kernel, Some(&case.bias), true, &g);
        close(&fast, &exact, 2.0 * ROUNDING).unwrap();
        let exact = conv_input_gradient(&wide(&case.gradient), &kernel, &g);
        let fast = input_gradient(&case.gradient, None, &case.kernel, &g);
        close(&fast, &exact, 2.0 * ROUNDING_FOUR).unwrap();
    }
}
