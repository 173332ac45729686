//! How long the stages take: `cargo test --release -p anv-mask --test speed -- --ignored --nocapture`.

mod common;

use std::time::{Duration, Instant};

use anv_core::image::RgbImage;
use anv_core::ndarray::Array2;
use anv_mask::{Figure, MaskParams};

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<_> = (0..15)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[7]
}

#[test]
#[ignore = "measures time"]
fn six_masks_applied() {
    let photo = RgbImage::from_fn(512, 512, |x, y| [x as u8, y as u8, (x ^ y) as u8].into());
    for cells in [16, 32, 64, 128, 256] {
        let map = Array2::from_shape_fn((cells, cells), |(r, c)| {
            ((r * 37 + c * 91) % 257) as f32 / 4.0
                + (r as f32 * 9.0 / cells as f32).sin() * (c as f32 * 7.0 / cells as f32).cos() * 900.0
        });
        let params = MaskParams::default();
        let time = median(|| {
            for mask in params.masks(map.view(), 512, 512).unwrap() {
                std::hint::black_box(mask.apply(&photo).unwrap());
            }
        });
        let make = median(|| drop(std::hint::black_box(params.masks(map.view(), 512, 512).unwrap())));
        println!("six masks of a {cells}x{cells} map at 512x512: {make:.1?}, applied too {time:.1?}");
    }
}

#[test]
#[ignore = "measures time"]
fn figures() {
    use common::draft::{made_up, spots};
    // As many tiles as VGG-16 gives, maps of its sizes.
    let sides = [256, 256, 128, 128, 64, 64, 64, 32, 32, 32, 16, 16, 16];
    let layers = sides.iter().enumerate().map(|(i, &side)| spots(i + 1, 4 + i % 2, side)).collect();
    let draft = made_up(512, 384, layers);
    let svg = median(|| drop(std::hint::black_box(Figure::new(&draft).svg().unwrap())));
    let png = median(|| drop(std::hint::black_box(Figure::new(&draft).png().unwrap())));
    let html = median(|| drop(std::hint::black_box(Figure::new(&draft).html().unwrap())));
    let all = median(|| {
        let figure = Figure::new(&draft);
        std::hint::black_box((figure.svg().unwrap(), figure.png().unwrap(), figure.html().unwrap()));
    });
    println!("13 layers, 58 clusters: svg {svg:.0?}, png {png:.0?}, html {html:.0?}, all three {all:.0?}");
}
