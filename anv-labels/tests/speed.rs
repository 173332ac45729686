//! Rows a second, stage by stage. Run it alone, on a quiet machine:
//! `cargo test --release -p anv-labels --test speed -- --ignored --nocapture`
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::fmt::Write;
use std::time::{Duration, Instant};

use anv_labels::*;

/// Games as in a large collection: about 5 a cluster, 4 clusters a layer, 9 layers an image, 1 in 3 labels not clean.
fn table(rows: usize) -> String {
    const WORDS: [&str; 10] = [
        "motor",
        "sawchain",
        "handle",
        "Tree",
        "the green",
        "log",
        "grass",
        "wood",
        "an orange glove",
        "2 wheels",
    ];
    let mut text = String::from(common::HEADER);
    let mut state = 1u64;
    let mut random = |below: u64| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) % below
    };
    for game in 0..rows {
        let cluster = game / 5;
        let guess = ["church", "", "tench"].get(random(30) as usize).copied().unwrap_or("chainsaw");
        let hints = if guess.is_empty() { 5 } else { random(6) };
        let (player, image) = (random(rows as u64 / 20 + 1), cluster / 36);
        write!(
            text,
            "{game},p{player},img{image},{},{},chainsaw,{guess},{hints},",
            5 + cluster / 4 % 9,
            cluster % 4
        )
        .unwrap();
        for label in 0..random(3) {
            let separator = if label > 0 { ";" } else { "" };
            write!(text, "{separator}{}", WORDS[random(10) as usize]).unwrap();
        }
        text.push('\n');
    }
    text
}

fn timed<T>(f: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let value = f();
    (value, start.elapsed())
}

/// Seconds for reading, cleaning, scoring and merging.
fn measure(rows: usize) -> [f64; 4] {
    let text = table(rows);
    let options = ReadOptions::default();
    let ((games, _), reading) = timed(|| Games::read(text.as_bytes(), &options).unwrap());
    let (cleaned, cleaning) = timed(|| CleanedGames::new(&games, &common::cleaner()).unwrap());
    let (scores, scoring) = timed(|| Scores::new(&cleaned, &ScoreParams::default()).unwrap());
    let mut clusters = String::from("image,layer,cluster,weight_percent\n");
    for c in scores.iter() {
        writeln!(clusters, "{},{},{},{}", c.image, c.layer, c.cluster, 10 + c.cluster).unwrap();
    }
    let (clusters, _) = ClusterTable::read(clusters.as_bytes(), &options).unwrap();
    let (merged, merging) = timed(|| {
        let images = clusters.labeled("", &scores, &SharedBestLabel);
        images.map(|i| i.unwrap().layers.iter().map(|l| l.clusters.len()).sum::<usize>()).sum::<usize>()
    });
    assert!(games.len() == rows && merged > 0 && merged < clusters.len());
    let seconds = [reading, cleaning, scoring, merging].map(|d| d.as_secs_f64());
    let rate = |s: f64| format!("{:.2} M rows/s", rows as f64 / s / 1e6);
    let [a, b, c, d] = seconds.map(rate);
    let all = rate(seconds.iter().sum());
    println!("{rows} rows: reading {a}, cleaning {b}, scoring {c}, merging {d}; all {all}");
    seconds
}

#[test]
#[ignore = "measures speed"]
fn time_grows_with_the_number_of_rows() {
    let small: f64 = measure(100_000).iter().sum();
    let large: f64 = measure(1_000_000).iter().sum();
    // Ten times the rows; caches that no longer hold everything cost a factor of their own.
    const MOST: f64 = 30.0;
    assert!(large / small < MOST, "10 times the rows took {} times as long", large / small);
}
