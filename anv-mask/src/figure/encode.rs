//! Small pictures as data URIs, and numbers of few digits.

use anv_core::image::RgbImage;
use anv_core::image::codecs::jpeg::JpegEncoder;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use png::{BitDepth, ColorType, DeflateCompression, Encoder, Filter};

use crate::{Error, Result};

/// Good enough that no block shows under a heatmap.
const JPEG_QUALITY: u8 = 88;
/// Photos up to this many pixels are embedded without loss: icons and test pictures, where JPEG would smear.
const LOSSLESS_PIXELS: u32 = 64 * 64;

/// Of 1 to 9.
const LEVEL: u8 = 1;

/// Four decimals: more than a page shows.
pub(super) fn round(value: f64) -> f64 {
    (value * 1e4).round() / 1e4
}

pub(super) fn data_uri(mime: &str, bytes: &[u8]) -> String {
    format!("data:{mime};base64,{}", STANDARD.encode(bytes))
}

/// The photo as JPEG, or as PNG when it is tiny.
pub(super) fn photo(photo: &RgbImage) -> Result<String> {
    let (width, height) = photo.dimensions();
    if width * height <= LOSSLESS_PIXELS {
        let bytes = png("photo", width, height, photo.as_raw(), ColorType::Rgb, None)?;
        return Ok(data_uri("image/png", &bytes));
    }
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)
        .encode_image(photo)
        .map_err(Error::encode("photo"))?;
    Ok(data_uri("image/jpeg", &bytes))
}

/// Places in a table of 256 colours as an indexed PNG.
pub(super) fn indexed(width: u32, height: u32, places: &[u8], table: &[[u8; 3]; 256]) -> Result<String> {
    let bytes = png("heatmap", width, height, places, ColorType::Indexed, Some(table))?;
    Ok(data_uri("image/png", &bytes))
}

/// One byte a pixel as a grey PNG.
pub(super) fn grey(width: u32, height: u32, pixels: &[u8]) -> Result<String> {
    let bytes = png("reveal levels", width, height, pixels, ColorType::Grayscale, None)?;
    Ok(data_uri("image/png", &bytes))
}

fn png(
    what: &'static str,
    width: u32,
    height: u32,
    pixels: &[u8],
    color: ColorType,
    table: Option<&[[u8; 3]; 256]>,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(color);
    encoder.set_depth(BitDepth::Eight);
    // Neighbouring places of a heatmap are near each other: their differences pack well, and fast. Levels are flat: they
    // want no differences and long matches, which the lowest level finds as well as a higher one.
    let (compression, filter) = match table {
        Some(_) => (DeflateCompression::FdeflateUltraFast, Filter::Up),
        None => (DeflateCompression::Level(LEVEL), Filter::NoFilter),
    };
    encoder.set_deflate_compression(compression);
    encoder.set_filter(filter);
    if let Some(table) = table {
        encoder.set_palette(table.as_flattened());
    }
    encoder
        .write_header()
        .and_then(|mut writer| {
            writer.write_image_data(pixels)?;
            writer.finish()
        })
        .map_err(Error::encode(what))?;
    Ok(bytes)
}
