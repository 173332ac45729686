//! From pixels to a network's input.

use anv_core::image::RgbImage;
use anv_core::{ChannelOrder, Preprocessing};
use candle_core::Tensor;
use fast_image_resize::images::{Image, ImageRef};
use fast_image_resize::{FilterType, PixelType, ResizeAlg, ResizeOptions, Resizer};

use crate::{Error, Result, cpu};

/// Resizes (bilinear, averaged over the source when it shrinks, as PIL does) and scales each plane; shape
/// (1, 3, height, width), on the CPU.
pub(crate) fn preprocess(photo: &RgbImage, how: &Preprocessing) -> Result<Tensor> {
    let mut values = vec![0.0; values_of(how)];
    fill(&mut values, photo, how)?;
    cpu::tensor(values, (1, 3, how.height, how.width))
}

/// Values of a prepared photo.
pub(crate) fn values_of(how: &Preprocessing) -> usize {
    3 * how.height * how.width
}

/// As [`preprocess`], into `values`.
pub(crate) fn fill(values: &mut [f32], photo: &RgbImage, how: &Preprocessing) -> Result<()> {
    let (width, height) = photo.dimensions();
    if width == 0 || height == 0 {
        return Err(Error::EmptyPhoto { width, height });
    }
    let resized;
    let pixels = if (height as usize, width as usize) == (how.height, how.width) {
        photo.as_raw().as_slice()
    } else {
        resized = resize(photo, how)?;
        &resized
    };
    let plane = how.height * how.width;
    for (index, out) in values.chunks_exact_mut(plane).enumerate() {
        let channel = match how.order {
            ChannelOrder::Rgb => index,
            ChannelOrder::Bgr => 2 - index,
        };
        let (mean, std) = (how.mean[index], how.std[index]);
        // Divided by 255, as torchvision does it, rather than multiplied by 1/255: the same number to the bit.
        let divisor = divisor(how.scale);
        let table: Vec<f32> = (0..=u8::MAX).map(|v| (f32::from(v) / divisor - mean) / std).collect();
        for (o, pixel) in out.iter_mut().zip(pixels.chunks_exact(3)) {
            *o = table[usize::from(pixel[channel])];
        }
    }
    Ok(())
}

/// The number whose reciprocal is `scale`: a whole one where there is one.
fn divisor(scale: f32) -> f32 {
    let whole = (1.0 / scale).round();
    if 1.0 / whole == scale { whole } else { 1.0 / scale }
}

fn resize(photo: &RgbImage, how: &Preprocessing) -> Result<Vec<u8>> {
    let size = |reason: String| Error::InputSize { height: how.height, width: how.width, reason };
    let side = |n: usize| u32::try_from(n).map_err(|e| size(e.to_string()));
    let (height, width) = (side(how.height)?, side(how.width)?);
    let source = ImageRef::new(photo.width(), photo.height(), photo.as_raw(), PixelType::U8x3)
        .map_err(|e| size(e.to_string()))?;
    let mut target = Image::new(width, height, PixelType::U8x3);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Bilinear));
    Resizer::new().resize(&source, &mut target, &options).map_err(|e| size(e.to_string()))?;
    Ok(target.into_vec())
}
