//! `cargo bench --bench words`: from games to global explanations at 10^4, 10^5 and 10^6 games; with the environment
//! variable ANV_BENCH_LARGE at 10^7, too (about 2 GB of memory).
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]
#![allow(missing_docs, reason = "criterion's macros write undocumented items")]

use anv_benches::words;
use anv_labels::{ClusterTable, Games, ReadOptions};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

fn benches(c: &mut Criterion) {
    let mut group = c.benchmark_group("words");
    group.sample_size(10);
    let large = std::env::var_os("ANV_BENCH_LARGE").is_some();
    for rows in [10_000, 100_000, 1_000_000, 10_000_000].into_iter().take(if large { 4 } else { 3 }) {
        let (mut csv, mut weights) = (Vec::new(), Vec::new());
        words::write_games(rows, &mut csv).unwrap();
        words::write_clusters(rows, &mut weights).unwrap();
        let options = ReadOptions::default();
        let (games, _) = Games::read(&*csv, &options).unwrap();
        let (clusters, _) = ClusterTable::read(&*weights, &options).unwrap();
        group.throughput(Throughput::Elements(rows as u64));
        group.bench_function(BenchmarkId::new("read", rows), |b| {
            b.iter(|| Games::read(&*csv, &options).unwrap());
        });
        group.bench_function(BenchmarkId::new("clean", rows), |b| {
            b.iter(|| words::cleaned(&games).unwrap());
        });
        let cleaned = words::cleaned(&games).unwrap();
        group.bench_function(BenchmarkId::new("score", rows), |b| {
            b.iter(|| words::scores(&cleaned).unwrap());
        });
        let scores = words::scores(&cleaned).unwrap();
        for (name, resamples) in [("merge-global", 0), ("merge-global-intervals", 1000)] {
            group.bench_function(BenchmarkId::new(name, rows), |b| {
                b.iter(|| words::global(words::merged(&clusters, &scores), resamples).unwrap());
            });
        }
        group.bench_function(BenchmarkId::new("clean-to-global", rows), |b| {
            b.iter(|| {
                let cleaned = words::cleaned(&games).unwrap();
                let scores = words::scores(&cleaned).unwrap();
                words::global(words::merged(&clusters, &scores), 0).unwrap()
            });
        });
    }
    group.finish();
}

criterion_group!(words_benches, benches);
criterion_main!(words_benches);
