//! A campaign of as many photos as one likes, made from the packaged ones.

use anv_core::image::imageops::{FilterType, flip_horizontal_in_place, huerotate, resize};
use anv_core::{PhotoLimits, decode_photo};
use deep_reveal::campaign::packaged_campaign;
use deep_reveal::store::{NewCampaign, NewPhoto};

use crate::Failure;

/// `photos` photos in turn, each in other colours, of at most `side` pixels; the two control photos stay.
pub fn campaign(photos: usize, side: u32) -> Result<NewCampaign, Failure> {
    let packaged = packaged_campaign()?;
    let (controls, ordinary): (Vec<_>, Vec<_>) = packaged.photos.iter().partition(|photo| photo.control);
    let mut made = controls
        .into_iter()
        .enumerate()
        .map(|(n, photo)| other(photo, n, side))
        .collect::<Result<Vec<_>, _>>()?;
    for number in 0..photos {
        made.push(other(ordinary[number % ordinary.len()], 1000 + number, side)?);
    }
    Ok(NewCampaign { photos: made, name: "Load".into(), ..packaged })
}

fn other(photo: &NewPhoto, number: usize, side: u32) -> Result<NewPhoto, Failure> {
    let picture = decode_photo(&photo.png, &photo.name, &PhotoLimits::default())?;
    let scale = f64::from(side) / f64::from(picture.width().max(picture.height()));
    let scaled = |side: u32| (f64::from(side) * scale).round().max(1.0) as u32;
    let mut picture =
        resize(&picture, scaled(picture.width()), scaled(picture.height()), FilterType::CatmullRom);
    picture = huerotate(&picture, (number * 37 % 360) as i32);
    if number % 2 == 1 {
        flip_horizontal_in_place(&mut picture);
    }
    let mut png = Vec::new();
    let mut encoder = png::Encoder::new(&mut png, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.write_header()?.write_image_data(picture.as_raw())?;
    Ok(NewPhoto {
        name: format!("{number}-{}", photo.name),
        sha256: format!("{number:064x}"),
        png,
        ..photo.clone()
    })
}
