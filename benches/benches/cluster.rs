//! `cargo bench --bench cluster`: PCA, t-SNE, Ward with silhouettes, and a whole layer, by number of maps.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]
#![allow(missing_docs, reason = "criterion's macros write undocumented items")]

use anv_cluster::{Pca, PcaReducer, Tsne, TsneReducer, WardClusterer, silhouette};
use anv_core::ndarray::ArrayView2;
use anv_core::{Clusterer, Reducer};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// The textbook silhouette: all distances anew for each number of clusters.
fn naive_silhouette(points: ArrayView2<'_, f64>, labels: &[usize]) -> f64 {
    let rows = points.nrows();
    let clusters = labels.iter().max().unwrap() + 1;
    let mut sum = 0.0;
    for i in 0..rows {
        let mut total = vec![(0.0, 0usize); clusters];
        for j in (0..rows).filter(|&j| j != i) {
            let d = &points.row(i) - &points.row(j);
            total[labels[j]].0 += d.dot(&d).sqrt();
            total[labels[j]].1 += 1;
        }
        let mean = |(sum, count): (f64, usize)| sum / count as f64;
        let own = total[labels[i]];
        if own.1 == 0 {
            continue;
        }
        let others = (0..clusters).filter(|&c| c != labels[i] && total[c].1 > 0);
        let (a, b) = (mean(own), others.map(|c| mean(total[c])).fold(f64::INFINITY, f64::min));
        sum += (b - a) / a.max(b);
    }
    sum / rows as f64
}

fn cluster(c: &mut Criterion) {
    let mut group = c.benchmark_group("cluster");
    group.sample_size(10);
    for rows in [64, 256, 512] {
        let points = anv_benches::points(rows);
        let labels: Vec<_> = (0..rows).map(|row| row % 6).collect();
        group.bench_function(BenchmarkId::new("ward/k 3-8", rows), |b| {
            b.iter(|| WardClusterer::default().cluster(points.view()).unwrap());
        });
        group.bench_function(BenchmarkId::new("silhouette/one k", rows), |b| {
            b.iter(|| silhouette(points.view(), &labels).unwrap());
        });
        group.bench_function(BenchmarkId::new("silhouette/one k, naive", rows), |b| {
            b.iter(|| naive_silhouette(points.view(), &labels));
        });
        for side in [16, 64] {
            let maps = anv_benches::maps(rows, side);
            group.bench_function(BenchmarkId::new(format!("pca/{side}x{side}"), rows), |b| {
                b.iter(|| PcaReducer::default().reduce(maps.view(), 0).unwrap());
            });
            group.bench_function(BenchmarkId::new(format!("pca and t-sne/{side}x{side}"), rows), |b| {
                b.iter(|| TsneReducer::default().reduce(maps.view(), 0).unwrap());
            });
        }
        let maps = anv_benches::maps(rows, 16);
        let flat = maps.to_shape((rows, 256)).unwrap();
        let pca = Pca::default().fit(flat.view()).unwrap();
        group.bench_function(BenchmarkId::new("t-sne/50 columns", rows), |b| {
            b.iter(|| Tsne::default().fit(pca.scores.view(), 0).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, cluster);
criterion_main!(benches);
