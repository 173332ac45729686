//! Masked pictures, made when they are asked for and not stored (thesis 4.4.2).

use std::sync::Arc;

use anv_core::image::RgbImage;
use anv_core::ndarray::ArrayView2;
use anv_core::{PhotoLimits, decode_photo};
use anv_mask::{MaskParams, MaskPlan, THESIS_LEVELS};
use axum::body::Bytes;

use super::cache::ByteCache;
use super::png::Encoder;
use super::workers::Workers;
use crate::store::{MapId, MaskSource, PhotoId, Store};
use crate::{Error, Result};

/// Share of the pixels shown after 0 to 5 hints in a control round, in percent: whoever looks recognises the photo.
pub const CONTROL_LEVELS: [f64; 6] = [20.0, 30.0, 40.0, 55.0, 70.0, 85.0];

/// Pictures of up to this many pixels are made where they are asked for: that takes a quarter of a millisecond at most, and
/// to hand them to another thread and back costs a good part of that again.
const SMALL: u32 = 512 * 512;

/// How much memory and how many threads the pictures of the game may take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureLimits {
    /// Bytes of masked pictures that are kept, as PNG.
    pub masked_bytes: usize,
    /// Bytes of photos that are kept, decoded.
    pub photo_bytes: usize,
    /// Bytes of maps that are kept, laid over their photos.
    pub plan_bytes: usize,
    /// Pictures that are made at once; the others wait.
    pub at_once: usize,
}

impl Default for PictureLimits {
    fn default() -> Self {
        let at_once = std::thread::available_parallelism().map_or(2, usize::from);
        Self { masked_bytes: 128 << 20, photo_bytes: 64 << 20, plan_bytes: 32 << 20, at_once }
    }
}

/// The pictures of all rounds. A level of a map is made once for all who play it, as long as it is kept; what its six
/// levels share is computed once as well.
#[derive(Debug)]
pub(super) struct Pictures {
    masked: ByteCache<(MapId, u8), Bytes>,
    photos: ByteCache<PhotoId, Arc<RgbImage>>,
    plans: ByteCache<MapId, Arc<MaskPlan>>,
    workers: Workers,
}

impl Pictures {
    pub fn new(limits: PictureLimits) -> Result<Self> {
        Ok(Self {
            masked: ByteCache::new(limits.masked_bytes, Bytes::len),
            photos: ByteCache::new(limits.photo_bytes, |photo| photo.as_raw().len()),
            plans: ByteCache::new(limits.plan_bytes, |plan| plan.bytes()),
            workers: Workers::new(limits.at_once).map_err(Error::Threads)?,
        })
    }

    /// The photo behind the mask of `level`, as PNG. Whether the player may see it is for the caller to say.
    pub async fn masked(&self, store: &Store, map: &MapId, photo: &PhotoId, level: u8) -> Result<Bytes> {
        let make = || async {
            let photo = self.photo(store, photo).await?;
            let plan = self.plan(store, map, photo.dimensions()).await?;
            match photo.width().saturating_mul(photo.height()) <= SMALL {
                true => picture(&photo, &plan, level),
                false => self.workers.run(move || picture(&photo, &plan, level)).await,
            }
        };
        self.masked.get_or_make(&(map.clone(), level), make).await
    }

    async fn photo(&self, store: &Store, photo: &PhotoId) -> Result<Arc<RgbImage>> {
        let make = || async {
            let png = store.photo(photo).await?.ok_or_else(|| missing("photo"))?;
            self.workers.run(move || decode(&png)).await
        };
        self.photos.get_or_make(photo, make).await
    }

    /// A map is of one photo, so the plan is of one size.
    async fn plan(&self, store: &Store, map: &MapId, size: (u32, u32)) -> Result<Arc<MaskPlan>> {
        let make = || async {
            let source = store.mask_source(map).await?.ok_or_else(|| missing("map"))?;
            self.workers.run(move || plan(&source, size).map(Arc::new)).await
        };
        self.plans.get_or_make(map, make).await
    }
}

fn missing(what: &'static str) -> Error {
    Error::Damaged { what, reason: "it is missing".into() }
}

fn decode(png: &[u8]) -> Result<Arc<RgbImage>> {
    Ok(Arc::new(decode_photo(png, "photo of a campaign", &PhotoLimits::default())?))
}

/// The masks of a map over a photo of this size.
fn plan(source: &MaskSource, (width, height): (u32, u32)) -> Result<MaskPlan> {
    let damaged = |reason: String| Error::Damaged { what: "map", reason };
    let levels = if source.control { &CONTROL_LEVELS } else { &THESIS_LEVELS };
    let map = ArrayView2::from_shape((source.rows, source.columns), &source.values)
        .map_err(|e| damaged(e.to_string()))?;
    MaskParams::default().levels(*levels).plan(map, width, height).map_err(|e| damaged(e.to_string()))
}

/// The photo behind the mask of one level, as PNG. The thesis' levels end at five hints; further ones show the last.
fn picture(photo: &RgbImage, plan: &MaskPlan, level: u8) -> Result<Bytes> {
    let mut encoder = Encoder::new(photo.width(), photo.height());
    let level = usize::from(level).min(THESIS_LEVELS.len() - 1);
    let painted = plan.paint(level, photo, |line, lit| encoder.line(line, lit));
    painted.map_err(|e| Error::Damaged { what: "map", reason: e.to_string() })?;
    encoder.finish().map_err(|e| Error::Damaged { what: "picture", reason: e.to_string() })
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

    /// The mask of one level as it is defined, of all levels at once.
    fn expected(source: &MaskSource, photo: &RgbImage, levels: [f64; 6]) -> Vec<anv_mask::RevealMask> {
        let map = ArrayView2::from_shape((source.rows, source.columns), &source.values).unwrap();
        MaskParams::default().levels(levels).masks(map, photo.width(), photo.height()).unwrap()
    }

    #[test]
    fn each_level_is_the_one_of_the_full_set() {
        for (control, levels) in [(false, THESIS_LEVELS), (true, CONTROL_LEVELS)] {
            let (source, photo) = (source(control), photo());
            let plan = plan(&source, photo.dimensions()).unwrap();
            let all = expected(&source, &photo, levels);
            for expected in &all {
                let made = picture(&photo, &plan, expected.level() as u8).unwrap();
                assert_eq!(*decode(&made).unwrap(), expected.apply(&photo).unwrap());
            }
            let shown: Vec<_> = all.iter().map(anv_mask::RevealMask::shown_pixels).collect();
            assert!(shown.is_sorted() && shown[0] < shown[5]);
        }
    }

    #[test]
    fn levels_beyond_the_last_show_the_last() {
        let photo = photo();
        let plan = plan(&source(false), photo.dimensions()).unwrap();
        assert_eq!(picture(&photo, &plan, 200).unwrap(), picture(&photo, &plan, 5).unwrap());
    }

    #[test]
    fn a_map_of_another_shape_is_an_error() {
        let source = MaskSource { columns: 13, ..source(false) };
        assert!(matches!(plan(&source, (120, 90)), Err(Error::Damaged { what: "map", .. })));
    }
}
