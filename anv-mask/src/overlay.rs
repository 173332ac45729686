//! Heatmaps over a photo (thesis 3.4.1, Figure 11a).

use anv_core::image::RgbImage;
use anv_core::ndarray::{Array2, ArrayView2};
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};
use rayon::prelude::*;

use crate::{ColorMap, Error, Result, check};

/// A map scaled to 0 for its smallest and 1 for its largest value; a constant map becomes zeros.
///
/// ```
/// use anv_core::ndarray::array;
/// assert_eq!(anv_mask::normalize(array![[1.0, 2.0, 5.0]].view())?, array![[0.0, 0.25, 1.0]]);
/// # Ok::<(), anv_mask::Error>(())
/// ```
///
/// # Errors
/// [`Error::EmptyMap`], [`Error::NotFinite`].
pub fn normalize(map: ArrayView2<'_, f32>) -> Result<Array2<f32>> {
    check::map(map)?;
    let bounds = |(low, high): (f32, f32), &v: &f32| (low.min(v), high.max(v));
    let (low, high) = map.iter().fold((f32::INFINITY, f32::NEG_INFINITY), bounds);
    // f64: the span of two finite f32 may not fit f32.
    let (low, span) = (f64::from(low), f64::from(high) - f64::from(low));
    Ok(match span > 0.0 {
        true => map.mapv(|v| ((f64::from(v) - low) / span) as f32),
        false => Array2::zeros(map.dim()),
    })
}

/// Bilinear resize to `width` x `height` pixels, pixel centres aligned, edges continued; when shrinking, every
/// cell counts by the share of a pixel that it covers.
///
/// # Errors
/// [`Error::EmptyMap`], [`Error::NotFinite`], [`Error::EmptyImage`].
pub fn resize_bilinear(map: ArrayView2<'_, f32>, width: u32, height: u32) -> Result<Array2<f32>> {
    check::map(map)?;
    check::picture(width, height)?;
    let cells: Vec<f32> = map.iter().copied().collect();
    let source =
        ImageRef::new(map.ncols() as u32, map.nrows() as u32, bytemuck::cast_slice(&cells), PixelType::F32)
            .map_err(Error::encode("resized map"))?;
    let mut target = Image::new(width, height, PixelType::F32);
    resize(&source, &mut target, FilterType::Bilinear)?;
    let pixels: Vec<f32> = bytemuck::pod_collect_to_vec(target.buffer());
    Array2::from_shape_vec((height as usize, width as usize), pixels).map_err(Error::encode("resized map"))
}

/// The photo reduced to at most `longest` pixels a side; smaller photos stay as they are.
///
/// # Errors
/// [`Error::EmptyImage`].
pub fn shrink(photo: &RgbImage, longest: u32) -> Result<RgbImage> {
    let (width, height) = photo.dimensions();
    check::picture(width, height)?;
    if width.max(height) <= longest {
        return Ok(photo.clone());
    }
    let scale = f64::from(longest) / f64::from(width.max(height));
    let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
    let source = ImageRef::new(width, height, photo.as_raw(), PixelType::U8x3)
        .map_err(Error::encode("reduced photo"))?;
    let mut target = Image::new(side(width), side(height), PixelType::U8x3);
    resize(&source, &mut target, FilterType::CatmullRom)?;
    let (width, height) = (target.width(), target.height());
    RgbImage::from_raw(width, height, target.into_vec())
        .ok_or_else(|| Error::encode("reduced photo")("pixels do not fill the picture"))
}

fn resize(source: &ImageRef<'_>, target: &mut Image<'_>, filter: FilterType) -> Result<()> {
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(filter));
    Resizer::new().resize(source, target, &options).map_err(Error::encode("resized picture"))
}

/// The photo with the map over it: normalised, upscaled bilinearly, coloured, half and half with the photo.
///
/// ```
/// use anv_core::{image::RgbImage, ndarray::array};
/// let photo = RgbImage::from_pixel(8, 4, [100, 100, 100].into());
/// let picture = anv_mask::overlay(array![[0.0, 1.0]].view(), &photo, anv_mask::ColorMap::Jet)?;
/// assert_eq!(picture.get_pixel(0, 0).0, [50, 50, 114]); // half grey, half dark blue
/// # Ok::<(), anv_mask::Error>(())
/// ```
///
/// # Errors
/// [`Error::EmptyMap`], [`Error::NotFinite`], [`Error::EmptyImage`].
pub fn overlay(map: ArrayView2<'_, f32>, photo: &RgbImage, colors: ColorMap) -> Result<RgbImage> {
    let heat = resize_bilinear(normalize(map)?.view(), photo.width(), photo.height())?;
    let table = colors.table();
    let width = photo.width() as usize;
    let mut out = photo.clone();
    out.par_chunks_exact_mut(3 * width).zip(heat.outer_iter().into_par_iter()).for_each(|(pixels, heat)| {
        for (pixel, &v) in pixels.chunks_exact_mut(3).zip(heat) {
            for (p, &colour) in pixel.iter_mut().zip(&table[table_index(v)]) {
                *p = (u16::from(*p) + u16::from(colour)).div_ceil(2) as u8;
            }
        }
    });
    Ok(out)
}

/// Place of a value from 0 to 1 in a table of 256 colours.
pub(crate) fn table_index(value: f32) -> usize {
    (value * 255.0).round() as u8 as usize
}
