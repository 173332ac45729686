//! `cargo bench --bench output`: drawing the three figures, writing and reading the folder.
#![allow(clippy::unwrap_used, reason = "a bench that cannot be set up has nothing to measure")]
#![allow(missing_docs, reason = "criterion's macros write undocumented items")]

use anv_cluster::{TsneReducer, WardClusterer};
use anv_core::{Draft, Pipeline, Target};
use anv_gradcam::{Convolution, GradCam};
use anv_mask::Figure;
use criterion::{Criterion, criterion_group, criterion_main};

fn output(c: &mut Criterion) {
    let photo = anv_benches::photo().unwrap();
    let gradcam = GradCam::new(anv_benches::network(Convolution::Fast).unwrap());
    let pipeline = Pipeline::new(gradcam, TsneReducer::default(), WardClusterer::default());
    let mut group = c.benchmark_group("output");
    group.sample_size(20);
    group.bench_function("pipeline/packaged/256", |b| {
        b.iter(|| pipeline.analyse(&photo, &Target::default()).unwrap());
    });
    let draft = pipeline.analyse(&photo, &Target::default()).unwrap();
    let figure = Figure::new(&draft);
    group.bench_function("figure/svg/13", |b| b.iter(|| figure.svg().unwrap()));
    group.bench_function("figure/png/13", |b| b.iter(|| figure.png().unwrap()));
    group.bench_function("figure/html/13", |b| b.iter(|| figure.html().unwrap()));

    let folder = std::env::temp_dir().join(format!("anv-bench-{}", std::process::id()));
    group.bench_function("folder/write/13", |b| b.iter(|| draft.write(&folder, &[]).unwrap()));
    group.bench_function("folder/read/13", |b| b.iter(|| Draft::read(&folder).unwrap()));
    std::fs::remove_dir_all(&folder).unwrap();
    group.finish();
}

criterion_group!(benches, output);
criterion_main!(benches);
