//! Seconds of wall and processor time: `… --example time -- MODEL PHOTO fast|exact|candle forward|all REPETITIONS`.
#![allow(clippy::unwrap_used, missing_docs)]
use std::time::Instant;

use anv_core::{Attributor, Target};
use anv_gradcam::{Convolution, GradCam, LoadOptions, Network};

fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let f: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
    (f[11].parse::<f64>().unwrap() + f[12].parse::<f64>().unwrap()) / 100.0
}

fn main() {
    let a: Vec<_> = std::env::args().collect();
    let n: usize = a[5].parse().unwrap();
    let photo = anv_core::image::open(&a[2]).unwrap().to_rgb8();
    let start = (Instant::now(), cpu());
    let mode = match a[3].as_str() {
        "fast" => Convolution::Fast,
        "exact" => Convolution::Exact,
        _ => Convolution::Candle,
    };
    let network = Network::load(&a[1], &LoadOptions::default().convolution(mode)).unwrap();
    println!("load {:.3} s, cpu {:.3} s", start.0.elapsed().as_secs_f64(), cpu() - start.1);
    let cam = GradCam::new(network);
    let input = cam.network().preprocess(&photo).unwrap();
    let (mut wall, c0) = (vec![], cpu());
    for _ in 0..n {
        let t = Instant::now();
        match a[4].as_str() {
            "forward" => drop(cam.network().forward(&input).unwrap()),
            "gradients" => drop(cam.gradients(&input, &Target::default()).unwrap()),
            _ => drop(cam.attribute(&photo, &Target::default()).unwrap()),
        }
        wall.push(t.elapsed().as_secs_f64());
    }
    let cpu = (cpu() - c0) / n as f64;
    wall.sort_by(f64::total_cmp);
    print!("{} {}: wall median {:.3} min {:.3}, cpu mean {cpu:.3}", a[3], a[4], wall[n / 2], wall[0]);
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    println!(", {}", status.lines().find(|l| l.starts_with("VmHWM")).unwrap());
}
