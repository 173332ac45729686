//! What must hold for any input.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

mod common;

use anv_cluster::*;
use anv_core::ndarray::{Array2, ArrayView2, Axis, concatenate};
use anv_core::{Clusterer, Partition, Reducer};
use common::{grouped_maps, grouped_rows, noise};
use proptest::prelude::*;

/// Sums in another order: some units in the last place of f64, grown by the eigendecomposition.
const ROUNDING: f64 = 1e-9;

/// The definition, word by word.
fn naive_silhouette(points: ArrayView2<'_, f64>, labels: &[usize]) -> f64 {
    let distance = |i: usize, j: usize| (&points.row(i) - &points.row(j)).mapv(|d| d * d).sum().sqrt();
    let mean = |i: usize, cluster: usize| {
        let others: Vec<_> = (0..labels.len()).filter(|&j| j != i && labels[j] == cluster).collect();
        others.iter().map(|&j| distance(i, j)).sum::<f64>() / others.len() as f64
    };
    let score = |i: usize| {
        if labels.iter().filter(|&&l| l == labels[i]).count() == 1 {
            return 0.0;
        }
        let a = mean(i, labels[i]);
        let others = labels.iter().filter(|&&l| l != labels[i]);
        let b = others.map(|&l| mean(i, l)).fold(f64::INFINITY, f64::min);
        (b - a) / a.max(b)
    };
    (0..labels.len()).map(score).sum::<f64>() / labels.len() as f64
}

fn shuffled(rows: usize, seed: usize) -> Vec<usize> {
    let mut order: Vec<_> = (0..rows).collect();
    order.sort_by(|&a, &b| noise(seed + a).total_cmp(&noise(seed + b)));
    order
}

fn seeds() -> std::ops::Range<usize> {
    0..1_000_000
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..Default::default() })]

    #[test]
    fn silhouette_equals_its_definition(
        rows in 4usize..40, clusters in 2usize..6, columns in 1usize..4, seed in seeds(),
    ) {
        let points = grouped_rows(rows, columns, 3, seed);
        let labels: Vec<_> = (0..rows).map(|i| (noise(seed + i) * clusters as f64) as usize * 10).collect();
        let distinct = Partition::from_labels(&labels).unwrap().clusters();
        prop_assume!(distinct >= 2 && distinct < rows);
        let found = silhouette(points.view(), &labels).unwrap();
        prop_assert!((found - naive_silhouette(points.view(), &labels)).abs() < ROUNDING);
    }

    #[test]
    fn ward_reports_the_silhouettes_of_its_cuts(rows in 5usize..60, seed in seeds()) {
        let points = grouped_rows(rows, 2, 5, seed);
        let all = WardClusterer::default().cluster(points.view()).unwrap();
        prop_assert_eq!(all.silhouette.len(), (rows - 1).min(8) - 2);
        for (&k, &score) in &all.silhouette {
            let cut = WardClusterer::new(WardParams::default().clusters(k..=k)).cluster(points.view()).unwrap();
            prop_assert_eq!(cut.partition.clusters(), k);
            let naive = naive_silhouette(points.view(), cut.partition.labels());
            prop_assert!((score - naive).abs() < ROUNDING);
            prop_assert!(score <= all.silhouette[&all.partition.clusters()]);
        }
    }

    #[test]
    fn linfas_ward_equals_kodamas(rows in 4usize..60, columns in 1usize..4, seed in seeds()) {
        let points = grouped_rows(rows, columns, 4, seed);
        let linfa = LinkageClusterer::new(LinkageParams::default().linkage(Linkage::Ward));
        let (a, b) = (linfa.cluster(points.view()).unwrap(), WardClusterer::default().cluster(points.view()).unwrap());
        prop_assert_eq!(a.partition, b.partition);
    }

    #[test]
    fn permuting_channels_permutes_the_result(rows in 5usize..40, seed in seeds()) {
        let maps = grouped_maps(rows, 9, 4, seed);
        let order = shuffled(rows, seed);
        let run = |maps: anv_core::ndarray::ArrayView3<'_, f32>| {
            let points = PcaReducer::default().reduce(maps, 0).unwrap().points;
            WardClusterer::default().cluster(points.view()).unwrap()
        };
        let straight = run(maps.view());
        let permuted = run(maps.select(Axis(0), &order).view());
        let moved: Vec<_> = order.iter().map(|&i| straight.partition.labels()[i]).collect();
        prop_assert_eq!(permuted.partition, Partition::from_labels(&moved).unwrap());
        for (k, s) in straight.silhouette {
            prop_assert!((s - permuted.silhouette[&k]).abs() < ROUNDING);
        }
    }

    #[test]
    fn pca_keeps_every_distance(rows in 2usize..30, columns in 1usize..30, seed in seeds()) {
        let x = grouped_rows(rows, columns, 3, seed);
        let pca = Pca::default().fit(x.view()).unwrap();
        for (i, j) in (0..rows).flat_map(|i| (0..i).map(move |j| (i, j))) {
            let square = |a: ArrayView2<'_, f64>| (&a.row(i) - &a.row(j)).mapv(|d| d * d).sum();
            prop_assert!((square(x.view()) - square(pca.scores.view())).abs() < ROUNDING);
        }
        let total: f64 = x.columns().into_iter().map(|c| c.var(1.0)).sum();
        prop_assert!((pca.explained_variance.sum() - total).abs() < ROUNDING);
        prop_assert!(pca.explained_variance.windows(2).into_iter().all(|w| w[0] >= w[1]));
        for component in pca.scores.columns() {
            let largest = component.iter().fold(0.0f64, |a, &v| if v.abs() > a.abs() { v } else { a });
            prop_assert!(largest >= 0.0);
        }
    }

    #[test]
    fn both_matrices_of_pca_agree(rows in 3usize..30, columns in 1usize..10, seed in seeds()) {
        // Columns of zeros change nothing but the side of the square matrix.
        prop_assume!(columns < rows);
        let narrow = grouped_rows(rows, columns, 3, seed);
        let wide = concatenate![Axis(1), narrow, Array2::zeros((rows, rows))];
        let params = PcaParams::default().components(columns);
        let a = Pca::new(params.clone()).fit(narrow.view()).unwrap();
        let b = Pca::new(params).fit(wide.view()).unwrap();
        for (a, b) in a.explained_variance.iter().zip(&b.explained_variance) {
            prop_assert!((a - b).abs() < ROUNDING);
        }
        let signs_are_clear = a.explained_variance.windows(2).into_iter().all(|w| w[0] > 1.01 * w[1]);
        if signs_are_clear {
            let apart = (&a.scores - &b.scores).mapv(f64::abs).fold(0.0f64, |a, &v| a.max(v));
            prop_assert!(apart < 1e3 * ROUNDING, "{}", apart);
        }
    }

    #[test]
    fn every_clusterer_finds_far_groups(groups in 3usize..6, each in 10usize..20, seed in seeds()) {
        let rows = groups * each;
        let points = Array2::from_shape_fn((rows, 2), |(r, c)| {
            let angle = (r % groups) as f64 / groups as f64 * std::f64::consts::TAU;
            100.0 * if c == 0 { angle.cos() } else { angle.sin() } + noise(seed + 2 * r + c)
        });
        let planted = Partition::from_labels(&(0..rows).map(|r| r % groups).collect::<Vec<_>>()).unwrap();
        let found = |c: &dyn Clusterer<Error = Error>| c.cluster(points.view()).unwrap().partition;
        prop_assert_eq!(&found(&WardClusterer::default()), &planted);
        for linkage in [Linkage::Single, Linkage::Complete, Linkage::Average, Linkage::Centroid] {
            let clusterer = LinkageClusterer::new(LinkageParams::default().linkage(linkage));
            prop_assert_eq!(&found(&clusterer), &planted);
        }
        // Density decides the number by itself and may split a group, but never mixes two.
        for method in [DensityMethod::Hdbscan, DensityMethod::Dbscan, DensityMethod::Optics] {
            let clusterer = DensityClusterer::new(DensityParams::default().method(method));
            let members = found(&clusterer).members();
            prop_assert!(members.iter().all(|m| m.iter().all(|r| r % groups == m[0] % groups)), "{:?}", method);
        }
    }
}

#[test]
fn linkages_differ_where_they_should() {
    // Two long lines side by side, and a third one far off: chaining follows the lines, compactness does not.
    let points = Array2::from_shape_fn((60, 2), |(r, c)| match c {
        0 => (r / 3) as f64,
        _ => [0.0, 3.0, 60.0][r % 3],
    });
    let lines = Partition::from_labels(&(0..60).map(|r| r % 3).collect::<Vec<_>>()).unwrap();
    let cut = |linkage| {
        let params = LinkageParams::default().linkage(linkage).clusters(3..=3);
        LinkageClusterer::new(params).cluster(points.view()).unwrap().partition
    };
    assert_eq!(cut(Linkage::Single), lines);
    assert_ne!(cut(Linkage::Complete), lines);
}

#[test]
fn noise_keeps_its_place_in_the_partition() {
    // Two dense lines and one point far off.
    let mut points = Array2::from_shape_fn((41, 1), |(r, _)| (r % 2 * 1000 + r / 2) as f64);
    points[[40, 0]] = 5000.0;
    let run = |method, noise| {
        let params = DensityParams::default().method(method).radius(Some(4.0)).noise(noise);
        DensityClusterer::new(params).cluster(points.view()).unwrap().partition
    };
    for method in [DensityMethod::Hdbscan, DensityMethod::Dbscan, DensityMethod::Optics] {
        let near = run(method, NoisePolicy::NearestCluster);
        assert_eq!((near.clusters(), near.labels()[40]), (2, near.labels()[1]), "{method:?}");
        let own = run(method, NoisePolicy::OwnCluster);
        assert_eq!((own.clusters(), own.labels()[40]), (3, 2), "{method:?}");
    }
}
