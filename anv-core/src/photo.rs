//! Photos from files, upright and within limits.

use std::fs;
use std::io::{BufReader, Cursor};
use std::path::Path;

use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, Rgb, RgbImage, RgbaImage};

use crate::{Error, Result};

/// How large a photo may be; the default admits 120 megapixels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoLimits {
    /// Largest number of pixels (width times height).
    pub pixels: u64,
    /// Largest size of the file, in bytes.
    pub file_bytes: u64,
}

impl Default for PhotoLimits {
    fn default() -> Self {
        Self { pixels: 120_000_000, file_bytes: 512 << 20 }
    }
}

/// Reads a JPEG, PNG or WebP file, see [`decode_photo`].
///
/// # Errors
/// [`Error::Io`] when the file cannot be read, else as [`decode_photo`].
pub fn read_photo(path: impl AsRef<Path>, limits: &PhotoLimits) -> Result<RgbImage> {
    let path = path.as_ref();
    let io = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let size = fs::metadata(path).map_err(io)?.len();
    let name = path.display().to_string();
    if size > limits.file_bytes {
        let reason = format!("it has {size} bytes, at most {} are read", limits.file_bytes);
        return Err(Error::Photo { name, reason });
    }
    decode_photo(&fs::read(path).map_err(io)?, &name, limits)
}

/// Decodes a JPEG, PNG or WebP photo: turned upright by its EXIF orientation, transparency on white, 8 bits a
/// channel. `name` is only used in errors.
///
/// The size is looked at before a pixel is decoded, so a small file that claims to be enormous costs nothing.
///
/// # Errors
/// [`Error::Photo`] for empty, foreign or truncated data and for photos beyond `limits`.
pub fn decode_photo(bytes: &[u8], name: &str, limits: &PhotoLimits) -> Result<RgbImage> {
    let fail = |reason: String| Error::Photo { name: name.to_owned(), reason };
    if bytes.is_empty() {
        return Err(fail("it is empty".into()));
    }
    let mut reader = ImageReader::new(BufReader::new(Cursor::new(bytes)))
        .with_guessed_format()
        .map_err(|e| fail(e.to_string()))?;
    let Some(format) = reader.format() else {
        return Err(fail("it is neither JPEG nor PNG nor WebP".into()));
    };
    if cut_off(bytes, format) {
        return Err(fail("it is cut off: the end of the image is missing".into()));
    }
    // 8 bytes a pixel: 16-bit RGBA, the widest that the three formats have.
    let mut alloc = Limits::default();
    alloc.max_alloc = Some(limits.pixels.saturating_mul(8));
    reader.limits(alloc);
    let mut decoder = reader.into_decoder().map_err(|e| fail(e.to_string()))?;
    let (width, height) = decoder.dimensions();
    let pixels = u64::from(width) * u64::from(height);
    if pixels > limits.pixels {
        return Err(fail(format!("it has {width} x {height} pixels, at most {} are read", limits.pixels)));
    }
    if pixels == 0 {
        return Err(fail("it has no pixels".into()));
    }
    let orientation = decoder.orientation().map_err(|e| fail(e.to_string()))?;
    let mut photo = DynamicImage::from_decoder(decoder).map_err(|e| fail(e.to_string()))?;
    photo.apply_orientation(orientation);
    Ok(match photo.color().has_alpha() {
        true => on_white(&photo.into_rgba8()),
        false => photo.into_rgb8(),
    })
}

/// Whether the end of the file is missing. The decoder of JPEG fills what is missing with grey and says nothing; an
/// explanation of grey would be wrong without a word. PNG is checked by its decoder.
fn cut_off(bytes: &[u8], format: ImageFormat) -> bool {
    match format {
        ImageFormat::Jpeg => !has_end_of_image(bytes),
        // RIFF: the size of what follows stands in bytes 4 to 8.
        ImageFormat::WebP => bytes.get(4..8).is_none_or(|size| {
            let size = size.iter().rev().fold(0u64, |sum, &byte| sum << 8 | u64::from(byte));
            size + 8 > bytes.len() as u64
        }),
        _ => false,
    }
}

/// Walks a JPEG's segments to the end-of-image marker (ITU-T T.81, B.1.1); thumbnails inside segments are stepped
/// over, so their own markers do not count.
fn has_end_of_image(bytes: &[u8]) -> bool {
    let mut rest = bytes;
    // The next marker; in between lies entropy-coded data, in which 0xFF is followed by 0 or by a restart marker.
    while let Some(at) = rest.windows(2).position(|pair| pair[0] == 0xFF && !matches!(pair[1], 0 | 0xFF)) {
        let marker = rest[at + 1];
        rest = &rest[at + 2..];
        match marker {
            0xD9 => return true,
            // Restart, start of image, TEM: without a length.
            0x01 | 0xD0..=0xD8 => {}
            _ => match rest.first_chunk().map(|&length| usize::from(u16::from_be_bytes(length))) {
                Some(length) if length <= rest.len() => rest = &rest[length..],
                _ => return false,
            },
        }
    }
    false
}

fn on_white(photo: &RgbaImage) -> RgbImage {
    RgbImage::from_fn(photo.width(), photo.height(), |x, y| {
        let [r, g, b, a] = photo.get_pixel(x, y).0.map(u32::from);
        Rgb([r, g, b].map(|v| ((v * a + 255 * (255 - a) + 127) / 255) as u8))
    })
}
