//! From how many rows on a cluster pays: `cargo bench -p anv-query`.
//!
//! Repeats the rows of a real run until there are enough, and asks both engines, each time with a new process, as a
//! person would. Prints a table; nothing is asserted.
#![allow(clippy::unwrap_used, reason = "a bench that cannot go on may end")]
#![allow(dead_code, reason = "the tests use the rest")]

#[path = "../tests/query/common.rs"]
mod common;
#[path = "../tests/query/processes.rs"]
mod processes;

use std::fs::{self, File};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

use anv_global::{ClusterRow, PhotoRow, write_parquet};
use common::HOME;
use processes::Cluster;
use tempfile::TempDir;

/// What is asked: the number of classes and layers decides how much comes back, never the number of rows.
const QUESTIONS: [(&str, &str); 4] = [
    (
        "average by class and layer",
        "select class, layer, avg(weight_percent) from clusters group by class, layer",
    ),
    ("Table 4", "select * from layers"),
    ("ten heaviest wrong maps", "select * from wrong_maps order by weight_percent desc limit 10"),
    ("distinct images", "select count(distinct image) from clusters"),
];
/// Photos a part, as `explain` has it.
const PART: usize = 64;
/// Medians are of so many.
const TIMES: usize = 3;

fn main() {
    // `cargo bench` gives `--bench`.
    let given: Vec<usize> = std::env::args().skip(1).filter_map(|a| a.parse().ok()).collect();
    let sizes = if given.is_empty() { vec![10_000, 100_000, 1_000_000, 10_000_000] } else { given };
    let cluster = Cluster::start();
    println!("| rows | files | question | DataFusion, s | Ballista, two executors, s |");
    println!("| --- | --- | --- | --- | --- |");
    for rows in sizes {
        let run = TempDir::new().unwrap();
        let parts = generate(run.path(), rows);
        for (name, sql) in QUESTIONS {
            let alone = seconds(run.path(), sql, &[]);
            let together = seconds(run.path(), sql, &["--scheduler", &cluster.scheduler]);
            println!("| {rows} | {} | {name} | {alone:.3} | {together:.3} |", 2 * parts);
        }
    }
}

/// Writes a run of at least so many cluster maps; returns its number of parts.
fn generate(run: &Path, rows: usize) -> usize {
    let (clusters, mut photos) = (HOME.clusters("a run"), HOME.photos("a run"));
    photos.retain(PhotoRow::is_explained);
    fs::copy(HOME.path("a run/run.json"), run.join("run.json")).unwrap();
    let own: Vec<Vec<&ClusterRow>> =
        photos.iter().map(|p| clusters.iter().filter(|c| c.photo == p.photo).collect()).collect();
    let (mut written, mut photo, mut parts) = (0, 0, 0);
    while written < rows {
        let (mut of_photos, mut of_clusters) = (Vec::new(), Vec::new());
        for place in photo..photo + PART {
            let source = place % photos.len();
            let image = format!("{place}/{}", photos[source].image);
            of_clusters.extend(own[source].iter().map(|&c| ClusterRow {
                photo: place as u64,
                image: image.clone(),
                ..c.clone()
            }));
            of_photos.push(PhotoRow { photo: place as u64, image, ..photos[source].clone() });
        }
        (photo, written) = (photo + PART, written + of_clusters.len());
        let file = |kind: &str| File::create(run.join(format!("{kind}-000-{parts:05}.parquet"))).unwrap();
        write_parquet(of_clusters, file("clusters")).unwrap();
        write_parquet(of_photos, file("photos")).unwrap();
        parts += 1;
    }
    parts
}

/// The median time of a command.
fn seconds(run: &Path, sql: &str, more: &[&str]) -> f64 {
    let once = || {
        let start = Instant::now();
        let mut command = Command::new(env!("CARGO_BIN_EXE_query"));
        command.arg(run).arg(sql).args(["--format", "csv"]).args(more).stdout(Stdio::null());
        assert!(command.status().unwrap().success(), "{sql}");
        start.elapsed().as_secs_f64()
    };
    let mut times: Vec<f64> = (0..TIMES).map(|_| once()).collect();
    times.sort_by(f64::total_cmp);
    times[TIMES / 2]
}
