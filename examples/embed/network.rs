//! A Candle network of your own in the pipeline: `cargo run --release --example embed_network`
//!
//! Any candle tensors will do, from a `VarMap` or a file. These are written by hand, so that the answer can be
//! checked by eye: four edge detectors, and a head that asks whether a photo has more upright or more level edges.

use anv_cluster::{PcaReducer, WardClusterer};
use anv_core::{PhotoLimits, Pipeline, Target, decode_photo};
use anv_examples::{CommandError, packaged_photo};
use anv_gradcam::{ConvParams, GradCam, Network};
use candle_core::{Device, Tensor};

fn main() -> Result<(), CommandError> {
    // Sobel's operator across, its negative, and both turned by 90 degrees; the same for red, green and blue.
    let across = [[-1f32, 0., 1.], [-2., 0., 2.], [-1., 0., 1.]];
    let kernel: Vec<f32> = (0..4 * 3 * 9)
        .map(|i| {
            let (output, y, x) = (i / 27, i % 9 / 3, i % 3);
            let sign = if output % 2 == 0 { 1. } else { -1. };
            sign * if output < 2 { across[y][x] } else { across[x][y] }
        })
        .collect();
    let head = [1f32, 1., 0., 0., 0., 0., 1., 1.];

    let network = Network::builder("edges")
        .input_size(128, 192)
        .classes(["upright", "level"])
        .conv(
            "edges",
            Tensor::from_slice(&kernel, (4, 3, 3, 3), &Device::Cpu)?,
            None,
            ConvParams::default().padding(1),
        )
        .relu()
        .max_pool()
        .adaptive_avg_pool(1, 1)
        .flatten()
        .linear(Tensor::from_slice(&head, (2, 4), &Device::Cpu)?, None)
        .build()?;

    let (name, bytes) = packaged_photo();
    let photo = decode_photo(bytes, name, &PhotoLimits::default())?;
    let pipeline = Pipeline::new(GradCam::new(network), PcaReducer::default(), WardClusterer::default());
    let draft = pipeline.analyse(&photo, &Target::default())?;

    println!("{name} has more {} edges ({:.1} %)", draft.class.name, 100.0 * draft.class.probability);
    for cluster in &draft.layers[0].clusters {
        println!("  maps {:?} carry {:.1} % of the evidence", cluster.channels, cluster.weight_percent);
    }
    Ok(())
}
