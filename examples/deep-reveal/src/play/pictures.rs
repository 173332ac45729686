//! Masked pictures, made when they are asked for and not stored (thesis 4.4.2).

use std::sync::Arc;

use anv_core::image::RgbImage;
use anv_core::ndarray::ArrayView2;
use anv_core::{PhotoLimits, decode_photo};
use anv_mask::{MaskParams, THESIS_LEVELS};
use axum::body::Bytes;

use super::cache::ByteCache;
use super::workers::Workers;
use crate::store::{MapId, MaskSource, PhotoId, Store};
use crate::{Error, Result};

/// Share of the pixels shown after 0 to 5 hints in a control round, in percent: whoever looks recognises the photo.
pub const CONTROL_LEVELS: [f64; 6] = [20.0, 30.0, 40.0, 55.0, 70.0, 85.0];

/// How much memory and how many threads the pictures of the game may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureLimits {
    /// Bytes of masked pictures that are kept, as PNG.
    pub masked_bytes: usize,
    /// Bytes of photos that are kept, decoded.
    pub photo_bytes: usize,
    /// Pictures that are made at once; the others wait.
    pub at_once: usize,
}

impl Default for PictureLimits {
    fn default() -> Self {
        let at_once = std::thread::available_parallelism().map_or(2, usize::from);
        Self { masked_bytes: 128 << 20, photo_bytes: 64 << 20, at_once }
    }
}

/// The pictures of all rounds. A level of a map is made once for all who play it, as long as it is kept.
#[derive(Debug)]
pub(super) struct Pictures {
    masked: ByteCache<(MapId, u8), Bytes>,
    photos: ByteCache<PhotoId, Arc<RgbImage>>,
    workers: Workers,
}

impl Pictures {
    pub fn new(limits: PictureLimits) -> Result<Self> {
        Ok(Self {
            masked: ByteCache::new(limits.masked_bytes, Bytes::len),
            photos: ByteCache::new(limits.photo_bytes, |photo| photo.as_raw().len()),
            workers: Workers::new(limits.at_once).map_err(Error::Threads)?,
        })
    }

    /// The photo behind the mask of `level`, as PNG. Whether the player may see it is for the caller to say.
    pub async fn masked(&self, store: &Store, map: &MapId, photo: &PhotoId, level: u8) -> Result<Bytes> {
        let missing = |what| move || Error::Damaged { what, reason: "it is missing".into() };
        let decoded = || async {
            let png = store.photo(photo).await?.ok_or_else(missing("photo"))?;
            self.workers.run(move || decode(&png)).await
        };
        let make = || async {
            let source = store.mask_source(map).await?.ok_or_else(missing("map"))?;
            let photo = self.photos.get_or_make(photo, decoded).await?;
            self.workers
                .run(move || mask(&photo, &source, level).and_then(|picture| png_bytes(&picture)))
                .await
        };
        self.masked.get_or_make(&(map.clone(), level), make).await
    }
}

fn decode(png: &[u8]) -> Result<Arc<RgbImage>> {
    Ok(Arc::new(decode_photo(png, "photo of a campaign", &PhotoLimits::default())?))
}

/// The photo behind the mask of one level. The thesis' levels end at five hints; further ones show the last.
fn mask(photo: &RgbImage, source: &MaskSource, level: u8) -> Result<RgbImage> {
    let damaged = |reason: String| Error::Damaged { what: "map", reason };
    let levels = if source.control { &CONTROL_LEVELS } else { &THESIS_LEVELS };
    let percent = levels[usize::from(level).min(levels.len() - 1)];
    let map = ArrayView2::from_shape((source.rows, source.columns), &source.values)
        .map_err(|e| damaged(e.to_string()))?;
    let masks = MaskParams::default()
        .levels([percent])
        .masks(map, photo.width(), photo.height())
        .map_err(|e| damaged(e.to_string()))?;
    let mask = masks.first().ok_or_else(|| damaged("no mask was made".into()))?;
    mask.apply(photo).map_err(|e| damaged(e.to_string()))
}

fn png_bytes(picture: &RgbImage) -> Result<Bytes> {
    let failed = |e: png::EncodingError| Error::Damaged { what: "picture", reason: e.to_string() };
    let mut bytes = Vec::new();
    let mut encoder = png::Encoder::new(&mut bytes, picture.width(), picture.height());
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    // Most of it is black: the fast way is a tenth of the time for nearly the same size.
    encoder.set_compression(png::Compression::Fast);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(picture.as_raw()).map_err(failed)?;
    writer.finish().map_err(failed)?;
    // It is kept for long: without the room that it grew into.
    Ok(bytes.into_boxed_slice().into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(control: bool) -> MaskSource {
        let (rows, columns) = (9, 12);
        let values = (0..rows * columns).map(|i| ((i * 37) % 101) as f32).collect();
        MaskSource { rows, columns, values, control }
    }

    fn photo() -> RgbImage {
        RgbImage::from_fn(120, 90, |x, y| [x as u8 + 40, y as u8 + 60, (x + y) as u8].into())
    }

    #[test]
    fn each_level_is_the_one_of_the_full_set() {
        for (control, levels) in [(false, THESIS_LEVELS), (true, CONTROL_LEVELS)] {
            let (source, photo) = (source(control), photo());
            let map = ArrayView2::from_shape((source.rows, source.columns), &source.values).unwrap();
            let all = MaskParams::default().levels(levels).masks(map, 120, 90).unwrap();
            for expected in &all {
                let made = mask(&photo, &source, expected.level() as u8).unwrap();
                assert_eq!(made, expected.apply(&photo).unwrap());
                let png = png_bytes(&made).unwrap();
                assert_eq!(*decode(&png).unwrap(), made);
            }
            let shown: Vec<_> = all.iter().map(anv_mask::RevealMask::shown_pixels).collect();
            assert!(shown.is_sorted() && shown[0] < shown[5]);
        }
    }

    #[test]
    fn levels_beyond_the_last_show_the_last() {
        let (source, photo) = (source(false), photo());
        assert_eq!(mask(&photo, &source, 200).unwrap(), mask(&photo, &source, 5).unwrap());
    }

    #[test]
    fn a_map_of_another_shape_is_an_error() {
        let source = MaskSource { columns: 13, ..source(false) };
        assert!(matches!(mask(&photo(), &source, 0), Err(Error::Damaged { what: "map", .. })));
    }
}
