//! `cargo bench --bench network`: the packaged VGG-16 at 256x256, forward alone and with all gradients, by
//! Winograd's convolutions and by im2col alone.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]
#![allow(missing_docs, reason = "criterion's macros write undocumented items")]

use anv_core::{Attributor, MapSelection, Target, WeightThreshold};
use anv_gradcam::{Convolution, GradCam};
use criterion::{Criterion, Throughput, criterion_group, criterion_main};

fn forward(c: &mut Criterion) {
    let photo = anv_benches::photo().unwrap();
    let mut group = c.benchmark_group("network");
    group.sample_size(10);
    for (case, convolution) in [("fast", Convolution::Fast), ("exact", Convolution::Exact)] {
        let network = anv_benches::network(convolution).unwrap();
        let input = network.preprocess(&photo).unwrap();
        group.bench_function(format!("forward/{case}/256"), |b| b.iter(|| network.forward(&input).unwrap()));
        let gradcam = GradCam::new(network);
        let target = Target { maps: MapSelection::Kept(WeightThreshold::default()), ..Target::default() };
        group.bench_function(format!("attribution/{case}/256"), |b| {
            b.iter(|| gradcam.attribute(&photo, &target).unwrap());
        });
    }
    group.bench_function("load/eight-bit/15MB", |b| {
        b.iter(|| anv_benches::network(Convolution::Fast).unwrap())
    });
    let network = anv_benches::network(Convolution::Fast).unwrap();
    group.bench_function("preprocess/photo/256", |b| b.iter(|| network.preprocess(&photo).unwrap()));
    // Whether several photos at once are cheaper: elements are photos.
    let input = network.preprocess(&photo).unwrap();
    for photos in [1, 4, 8] {
        let inputs = input.repeat((photos, 1, 1, 1)).unwrap();
        group.throughput(Throughput::Elements(photos as u64));
        group.bench_function(format!("batch/{photos}/256"), |b| b.iter(|| network.forward(&inputs).unwrap()));
    }
    group.finish();
}

criterion_group!(benches, forward);
criterion_main!(benches);
