//! `cargo bench --bench mask`: the six reveal masks, overlays.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]
#![allow(missing_docs, reason = "criterion's macros write undocumented items")]

use anv_core::ndarray::Axis;
use anv_mask::{ColorMap, MaskParams, overlay};
use criterion::{Criterion, criterion_group, criterion_main};

fn masks(c: &mut Criterion) {
    let mut group = c.benchmark_group("mask");
    for side in [16, 64, 256] {
        let maps = anv_benches::maps(1, side);
        let map = maps.index_axis(Axis(0), 0);
        let photo = anv_benches::noise(512, 512);
        let params = MaskParams::default();
        group.bench_function(format!("six/applied/512 from {side}"), |b| {
            b.iter(|| {
                let masks = params.masks(map, 512, 512).unwrap();
                masks.iter().map(|mask| mask.apply(&photo).unwrap()).collect::<Vec<_>>()
            });
        });
        group.bench_function(format!("overlay/default/512 from {side}"), |b| {
            b.iter(|| overlay(map, &photo, ColorMap::default()).unwrap());
        });
    }
    group.finish();
}

criterion_group!(benches, masks);
criterion_main!(benches);
