//! The fast t-SNE against a slow one, what it finds, and that its bits do not depend on threads.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use anv_cluster::*;
use anv_core::ndarray::{Array2, ArrayView2};
use anv_core::{Clusterer, Partition, Reducer};
use common::{grouped_maps, grouped_rows};
use proptest::prelude::*;

/// The forces are summed in f32: about 1e-7 a step, grown by some powers of ten where points part.
const COORDINATES: f64 = 1e-4;
/// The whole descent at the usual learning rate is chaotic: it ends in another, equally good minimum.
const DIVERGENCE: f64 = 1.02;

/// The paper's algorithm with the same schedule, in f64, by the book: all matrices whole, widths by bisection.
fn textbook(
    x: ArrayView2<'_, f64>,
    perplexity: f64,
    learning_rate: f64,
    iterations: usize,
) -> (Array2<f64>, f64) {
    let n = x.nrows();
    let all = |f: &dyn Fn(usize, usize) -> f64| {
        Array2::from_shape_fn((n, n), |(i, j)| if i == j { 0.0 } else { f(i, j) })
    };
    let distance = all(&|i, j| (&x.row(i) - &x.row(j)).mapv(|d| d * d).sum());
    let mut conditional = Array2::zeros((n, n));
    for i in 0..n {
        let (mut low, mut high) = (0.0, f64::INFINITY);
        let mut precision = 1.0;
        for _ in 0..200 {
            for j in 0..n {
                conditional[[i, j]] = if i == j { 0.0 } else { (-precision * distance[[i, j]]).exp() };
            }
            let total = conditional.row(i).sum().max(1e-300);
            conditional.row_mut(i).mapv_inplace(|e| e / total);
            let entropy: f64 = conditional.row(i).iter().filter(|p| **p > 0.0).map(|p| -p * p.ln()).sum();
            if entropy > perplexity.ln() {
                low = precision;
            } else {
                high = precision;
            }
            precision = if high.is_infinite() { 2.0 * precision } else { 0.5 * (low + high) };
        }
    }
    let joint =
        all(&|i, j| (conditional[[i, j]] + conditional[[j, i]]) / (2.0 * n as f64)).mapv(|p| p.max(1e-300));

    let pca = Pca::new(PcaParams::default().components(2)).fit(x).unwrap().scores;
    let mut y = &pca * (1e-4 / pca.column(0).std(0.0));
    let (mut update, mut gain) = (Array2::<f64>::zeros((n, 2)), Array2::<f64>::ones((n, 2)));
    let student = |y: &Array2<f64>| all(&|i, j| 1.0 / (1.0 + (&y.row(i) - &y.row(j)).mapv(|d| d * d).sum()));
    for step in 0..iterations {
        if step == 250 {
            update.fill(0.0);
            gain.fill(1.0);
        }
        let (exaggeration, momentum) = if step < 250 { (12.0, 0.5) } else { (1.0, 0.8) };
        let w = student(&y);
        let total = w.sum();
        let mut gradient = Array2::<f64>::zeros((n, 2));
        for i in 0..n {
            for j in 0..n {
                let factor = 4.0 * (exaggeration * joint[[i, j]] - w[[i, j]] / total) * w[[i, j]];
                let pull = (&y.row(i) - &y.row(j)) * factor;
                gradient.row_mut(i).scaled_add(1.0, &pull);
            }
        }
        for ((u, g), d) in update.iter_mut().zip(&mut gain).zip(&gradient) {
            *g = if *u * d < 0.0 { *g + 0.2 } else { *g * 0.8 };
            *g = g.max(0.01);
            *u = momentum * *u - learning_rate * *g * d;
        }
        y += &update;
    }
    let w = student(&y);
    let total = w.sum();
    let mut kl = 0.0;
    for (p, w) in joint.iter().zip(&w).filter(|(_, w)| **w > 0.0) {
        kl += p * (p * total / w).ln();
    }
    (y, kl)
}

#[test]
fn gentle_steps_equal_the_textbooks() {
    // At these learning rates points move smoothly; at the usual one they overshoot, and any rounding grows. The
    // last case goes past step 250, where exaggeration ends and momentum and gains start anew.
    for (rows, learning_rate, steps) in [(5, 0.2, 20), (16, 0.2, 20), (33, 0.2, 20), (60, 0.05, 300)] {
        let x = grouped_rows(rows, 10, 3, rows);
        let perplexity = (rows - 1) as f64 / 3.0;
        let (expected, kl) = textbook(x.view(), perplexity, learning_rate, steps);
        let params = TsneParams::default().learning_rate(Some(learning_rate)).iterations(steps);
        let found = Tsne::new(params.perplexity(perplexity)).fit(x.view(), 0).unwrap();
        let largest = |a: &Array2<f64>| a.iter().fold(0.0f64, |a, v| a.max(v.abs()));
        let apart = largest(&(&found.embedding - &expected)) / largest(&expected);
        let kl_apart = (found.kl - kl).abs() / kl;
        println!("{rows} rows, {steps} steps: coordinates deviate by {apart:.1e}, KL by {kl_apart:.1e}");
        assert!(apart < COORDINATES && kl_apart < COORDINATES, "{rows} rows: {apart:e} {kl_apart:e}");
    }
}

#[test]
fn the_divergence_is_as_low_as_the_textbooks() {
    let mut ratios: Vec<f64> = (0..5)
        .map(|seed| {
            let x = grouped_rows(60, 10, 4, 100 * seed);
            let (_, kl) = textbook(x.view(), 15.0, 50.0, 1000);
            let found = Tsne::new(TsneParams::default().perplexity(15.0)).fit(x.view(), 0).unwrap();
            assert!(found.iterations <= 1000);
            found.kl / kl
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    println!("KL over the textbook's KL: {ratios:.4?}");
    assert!(ratios[2] <= DIVERGENCE, "{ratios:?}");
}

#[test]
fn the_divergence_reported_is_that_of_the_embedding() {
    let x = grouped_rows(40, 5, 3, 9);
    let run = |iterations| {
        let tsne = Tsne::new(TsneParams::default().perplexity(10.0).iterations(iterations));
        tsne.fit(x.view(), 0).unwrap()
    };
    let (short, long) = (run(260), run(1000));
    assert_eq!(short.iterations, 260);
    assert!(long.kl < short.kl, "{} {}", long.kl, short.kl);
}

#[test]
fn a_start_from_a_seed_depends_on_the_seed_alone() {
    let x = grouped_rows(40, 5, 3, 9);
    let run = |seed| {
        let tsne = Tsne::new(TsneParams::default().perplexity(10.0).start(Start::Random));
        tsne.fit(x.view(), seed).unwrap()
    };
    assert_eq!(run(1), run(1));
    assert_ne!(run(1).embedding, run(2).embedding);
    // PCA start: the seed does not matter.
    let tsne = Tsne::new(TsneParams::default().perplexity(10.0));
    assert_eq!(tsne.fit(x.view(), 1).unwrap(), tsne.fit(x.view(), 2).unwrap());
}

#[test]
fn the_same_bits_with_any_number_of_threads() {
    // More rows than the 1024 from which they are shared out, and a few.
    let large = grouped_rows(1100, 6, 5, 3);
    let maps = grouped_maps(60, 12, 5, 4);
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let tsne = Tsne::new(TsneParams::default().iterations(60)).fit(large.view(), 0).unwrap();
            let points = TsneReducer::default().reduce(maps.view(), 0).unwrap().points;
            let ward = WardClusterer::default().cluster(points.view()).unwrap();
            let pca = Pca::default().fit(large.view()).unwrap();
            let density: Vec<_> = [DensityMethod::Hdbscan, DensityMethod::Dbscan, DensityMethod::Optics]
                .map(|m| {
                    DensityClusterer::new(DensityParams::default().method(m)).cluster(points.view()).unwrap()
                })
                .into();
            (tsne, points, ward, pca, density)
        })
    };
    let one = run(1);
    assert!(one == run(2) && one == run(7));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 16, failure_persistence: None, ..Default::default() })]

    #[test]
    fn planted_groups_of_maps_are_found(groups in 3usize..7, each in 9usize..20, seed in 0usize..1_000_000) {
        let maps = grouped_maps(groups * each, 12, groups, seed);
        let points = TsneReducer::default().reduce(maps.view(), 0).unwrap().points;
        let found = WardClusterer::default().cluster(points.view()).unwrap();
        let planted: Vec<_> = (0..groups * each).map(|m| m % groups).collect();
        prop_assert_eq!(found.partition, Partition::from_labels(&planted).unwrap());
    }
}
