//! Where the milliseconds go: `cargo run --release -p anv-gradcam --example time -- MODEL PHOTO [repetitions]`.

use std::time::Instant;

use anv_core::{Attributor, Target};
use anv_gradcam::{Convolution, GradCam, LoadOptions, Network};

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times.get(times.len() / 2).copied().unwrap_or(0.0)
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<_> = std::env::args().collect();
    let (Some(model), Some(photo)) = (arguments.get(1), arguments.get(2)) else {
        return Err("usage: time MODEL PHOTO [repetitions]".into());
    };
    let repetitions = arguments.get(3).map_or(Ok(5), |n| n.parse())?;
    let photo = anv_core::image::open(photo)?.to_rgb8();
    let start = Instant::now();
    let network = Network::load(model, &LoadOptions::default())?;
    println!("load {:.3} s", start.elapsed().as_secs_f64());
    for convolution in [Convolution::Fast, Convolution::Exact] {
        let cam = GradCam::new(network.with_convolution(convolution));
        let start = Instant::now();
        cam.attribute(&photo, &Target::default())?;
        let first = start.elapsed().as_secs_f64();
        let time = |f: &dyn Fn() -> anv_gradcam::Result<()>| -> anv_gradcam::Result<f64> {
            let once = || -> anv_gradcam::Result<f64> {
                let start = Instant::now();
                f()?;
                Ok(start.elapsed().as_secs_f64())
            };
            Ok(median((0..repetitions).map(|_| once()).collect::<Result<_, _>>()?))
        };
        let input = cam.network().preprocess(&photo)?;
        let forward = time(&|| cam.network().forward(&input).map(drop))?;
        let whole = time(&|| cam.attribute(&photo, &Target::default()).map(drop))?;
        println!("{convolution:?}: first {first:.3} s, forward {forward:.3} s, attribution {whole:.3} s");
        if let Ok(status) = std::fs::read_to_string("/proc/self/status") {
            status.lines().filter(|l| l.starts_with("VmHWM")).for_each(|l| println!("{l}"));
        }
    }
    Ok(())
}
