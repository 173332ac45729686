//! The small pictures of the gallery.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use anv_core::Draft;
use anv_core::image::codecs::jpeg::JpegEncoder;
use anv_core::image::{ImageFormat, Rgb, RgbImage};
use anv_examples::CommandError;
use anv_mask::{ColorMap, normalize, resize_bilinear, shrink};

use super::layout;

/// Pixels of the longer side: sharp at 200 on a screen of double density for most photos, some kilobytes.
const LONGEST: u32 = 300;
const QUALITY: u8 = 78;
/// Cells of a heatmap a side.
pub const CELLS: u32 = 16;
/// Rows of a heatmap in the strip: one more above and below, so that neighbours do not shine in when it is enlarged.
pub const ROWS: u32 = CELLS + 2;

/// Writes the small photo and the heatmaps of each layer's heaviest cluster.
pub fn write(run: &Path, photo: u64, draft: &Draft, colors: ColorMap) -> Result<(), CommandError> {
    let small = shrink(&draft.photo, LONGEST)?;
    let mut bytes = Vec::new();
    JpegEncoder::new_with_quality(&mut bytes, QUALITY).encode_image(&small)?;
    put(&run.join(layout::thumb(photo)), &bytes)?;
    let mut bytes = Cursor::new(Vec::new());
    strip(draft, colors)?.write_to(&mut bytes, ImageFormat::Png)?;
    put(&run.join(layout::heat(photo)), &bytes.into_inner())
}

/// One heatmap a layer, from top to bottom; black where the layer has no evidence.
fn strip(draft: &Draft, colors: ColorMap) -> Result<RgbImage, CommandError> {
    let mut strip = RgbImage::new(CELLS, ROWS * draft.layers.len().max(1) as u32);
    for (place, layer) in draft.layers.iter().enumerate() {
        let Some(cluster) = layer.clusters.first() else { continue };
        let map = resize_bilinear(normalize(cluster.map.view())?.view(), CELLS, CELLS)?;
        for row in 0..ROWS {
            let cells = map.row((row.clamp(1, CELLS) - 1) as usize);
            for (x, &value) in cells.iter().enumerate() {
                strip.put_pixel(x as u32, place as u32 * ROWS + row, Rgb(colors.color(value)));
            }
        }
    }
    Ok(strip)
}

/// Whole or not at all, but not waiting for the disk: a picture can be made again.
fn put(path: &Path, bytes: &[u8]) -> Result<(), CommandError> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(|e| format!("cannot create {}: {e}", folder.display()))?;
    }
    Ok(anv_core::write_file(path, bytes)?)
}
