//! A campaign of small photos, so that a test has many.

use deep_reveal::store::{NewCampaign, NewMap, NewPhoto};

const CLASSES: [&str; 8] = ["chair", "church", "cup", "dog", "panda", "pyramid", "tench", "wrench"];
const PIXELS: (u32, u32) = (48, 32);
const CELLS: (u32, u32) = (8, 8);

/// `photos` photos of `maps` maps each, and `controls` control photos.
pub fn campaign(photos: usize, maps: usize, controls: usize) -> NewCampaign {
    let photo = |number| photo(number, if number < photos { maps } else { 1 }, number >= photos);
    NewCampaign {
        name: "test".into(),
        easing: false,
        open: true,
        classes: CLASSES.map(String::from).to_vec(),
        photos: (0..photos + controls).map(photo).collect(),
    }
}

fn photo(number: usize, maps: usize, control: bool) -> NewPhoto {
    let (width, height) = PIXELS;
    let pixel = |i: u32| ((i * 31 + number as u32 * 7) % 200 + 50) as u8;
    let pixels: Vec<u8> = (0..width * height * 3).map(pixel).collect();
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, width, height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header().unwrap().write_image_data(&pixels).unwrap();
    NewPhoto {
        name: format!("{number}.png"),
        sha256: format!("{number:064x}"),
        true_class: CLASSES[number % CLASSES.len()].to_owned(),
        control,
        png,
        maps: (0..maps as u32).map(map).collect(),
    }
}

fn map(cluster: u32) -> NewMap {
    let (rows, columns) = CELLS;
    let value = |i: u32| 1.0 / (1 + i / columns * 3 + i % columns * 4 + cluster) as f32;
    NewMap {
        layer: 13,
        cluster,
        weight_percent: 40.0,
        rows: rows as usize,
        columns: columns as usize,
        values: (0..rows * columns).map(value).collect(),
    }
}
