//! The SVG as PNG.

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use rayon::prelude::*;
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{ImageHrefResolver, ImageKind, Options, Tree};

use super::paint::Drawn;
use crate::{Error, Result};

/// Small figures are enlarged up to this width, at most twice.
const WIDTH: f32 = 1920.0;
/// … as long as they stay below this many pixels, beyond which nobody sees more but everybody waits.
const ENOUGH_PIXELS: f32 = 5e6;
/// A figure of thousands of clusters is scaled down to this many pixels rather than filling memory.
const MOST_PIXELS: f32 = 60e6;

/// Parsed once for all figures.
static FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::new();
    fonts.load_font_data(include_bytes!("../../assets/Inter-Regular.otf").to_vec());
    fonts.load_font_data(include_bytes!("../../assets/Inter-SemiBold.otf").to_vec());
    fonts.set_sans_serif_family("Inter");
    Arc::new(fonts)
});

/// The embedded font and those of the system, for scripts that only they have.
static MORE_FONTS: LazyLock<Arc<Database>> = LazyLock::new(|| {
    let mut fonts = Database::clone(&FONTS);
    fonts.load_system_fonts();
    Arc::new(fonts)
});

/// Whether the embedded font, which has the Latin, Greek and Cyrillic letters and common signs, is enough. The fonts of
/// the system take long to find and differ between systems, so they are asked only for what it has not.
fn font_is_enough(svg: &str) -> bool {
    svg.is_ascii() || svg.chars().all(|c| matches!(c, '\0'..='\u{52F}' | '\u{1E00}'..='\u{25FF}'))
}

pub(super) fn png(drawn: &Drawn) -> Result<Vec<u8>> {
    let fonts = if font_is_enough(&drawn.svg) { &FONTS } else { &MORE_FONTS };
    let tree = Tree::from_str(&drawn.svg, &options(fonts)).map_err(Error::encode("figure"))?;
    let (width, height) = (tree.size().width(), tree.size().height());
    let pixels = |most: f32| (most / (width * height)).sqrt();
    let scale = (WIDTH / width).min(pixels(ENOUGH_PIXELS)).clamp(1.0, 2.0).min(pixels(MOST_PIXELS));
    let length = |units: f32| ((units * scale).round() as u32).max(1);

    let mut edges = vec![0];
    edges.extend(drawn.cuts.iter().map(|&x| length(x as f32)));
    edges.push(length(width));
    let strips = edges
        .par_windows(2)
        .map(|edge| strip(&tree, scale, edge[0], edge[1] - edge[0], length(height)))
        .collect::<Result<Vec<_>>>()?;
    let rgb = join(&strips, length(height));
    encode("figure", length(width), length(height), &rgb, Compression::Fast, Filter::Up)
}

/// Photos by their JPEG; `None` where it cannot be read.
type Unpacked = BTreeMap<Vec<u8>, Option<Arc<Vec<u8>>>>;

fn options(fonts: &Arc<Database>) -> Options<'static> {
    let mut options =
        Options { fontdb: fonts.clone(), font_family: "Inter".to_owned(), ..Options::default() };
    let plain = ImageHrefResolver::default_data_resolver();
    let photos: Mutex<Unpacked> = Mutex::default();
    options.image_href_resolver.resolve_data = Box::new(move |mime, bytes, options| match mime {
        // resvg decodes a photo again under every heatmap; unpacked once, that costs little.
        "image/jpeg" => {
            let mut photos = photos.lock().unwrap_or_else(PoisonError::into_inner);
            photos.entry(bytes.to_vec()).or_insert_with(|| unpack(&bytes)).clone().map(ImageKind::PNG)
        }
        _ => plain(mime, bytes, options),
    });
    options
}

/// The same pixels as a PNG without compression.
fn unpack(jpeg: &[u8]) -> Option<Arc<Vec<u8>>> {
    let photo = anv_core::image::load_from_memory(jpeg).ok()?.into_rgb8();
    let (width, height) = photo.dimensions();
    encode("photo", width, height, photo.as_raw(), Compression::NoCompression, Filter::NoFilter)
        .ok()
        .map(Arc::new)
}

/// The part of the figure from `left`, `width` pixels wide.
///
/// resvg draws on one thread and decodes every picture that it is given, seen or not; strips keep all threads busy,
/// and each is given only what lies in it. Drawn node by node: what has no area of its own, such as a level line, must
/// stand in a group with something that has.
fn strip(tree: &Tree, scale: f32, left: u32, width: u32, height: u32) -> Result<Pixmap> {
    let mut pixmap =
        Pixmap::new(width, height).ok_or_else(|| Error::encode("figure")("too large to draw"))?;
    pixmap.fill(Color::WHITE);
    let (from, to) = (left as f32 / scale, (left + width) as f32 / scale);
    for node in tree.root().children() {
        let Some(bounds) = node.abs_layer_bounding_box() else { continue };
        if bounds.right() < from || bounds.left() > to {
            continue;
        }
        // `render_node` moves what it draws to the corner; this moves it back to its place.
        let place = Transform::from_translate(-(left as f32), 0.0)
            .pre_scale(scale, scale)
            .pre_translate(bounds.x(), bounds.y());
        resvg::render_node(node, place, &mut pixmap.as_mut());
    }
    Ok(pixmap)
}

/// Strips side by side, as RGB: the white ground is opaque.
fn join(strips: &[Pixmap], height: u32) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(strips.iter().map(|s| s.data().len() / 4 * 3).sum());
    for y in 0..height as usize {
        for strip in strips {
            let stride = 4 * strip.width() as usize;
            let row = &strip.data()[y * stride..][..stride];
            rgb.extend(row.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]));
        }
    }
    rgb
}

fn encode(
    what: &'static str,
    width: u32,
    height: u32,
    rgb: &[u8],
    compression: Compression,
    filter: Filter,
) -> Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(compression);
    encoder.set_filter(filter);
    encoder
        .write_header()
        .and_then(|mut writer| {
            writer.write_image_data(rgb)?;
            writer.finish()
        })
        .map_err(Error::encode(what))?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use resvg::tiny_skia::PixmapPaint;

    /// Strips are drawn at other places than the whole, so edges between pixels round differently.
    const SHADES: u8 = 3;

    #[test]
    fn strips_show_what_the_whole_shows() {
        // What a figure is made of: a line without height of its own, in a group; text; shapes across the cut.
        let svg = "<svg xmlns='http://www.w3.org/2000/svg' width='300' height='60'>\
            <rect width='100%' height='100%' fill='#fff'/>\
            <g><rect x='20' y='8' width='90' height='20' fill='#c40'/>\
            <path d='M20 40h90' stroke='#666' stroke-dasharray='2 4'/></g>\
            <text x='120' y='30' font-size='20'>across the cut</text>\
            <path d='M5 50H280m-6 -4l6 4l-6 4' fill='none' stroke='#08c' stroke-width='2'/></svg>";
        let tree = Tree::from_str(svg, &options(&FONTS)).unwrap();
        for scale in [1.0, 1.37] {
            let (width, height) = ((300.0 * scale) as u32, (60.0 * scale) as u32);
            let mut whole = Pixmap::new(width, height).unwrap();
            whole.fill(Color::WHITE);
            resvg::render(&tree, Transform::from_scale(scale, scale), &mut whole.as_mut());
            let mut joined = Pixmap::new(width, height).unwrap();
            for (left, right) in [(0, 150), (150, width)] {
                let part = strip(&tree, scale, left, right - left, height).unwrap();
                let (place, paint) = (Transform::identity(), PixmapPaint::default());
                joined.draw_pixmap(left as i32, 0, part.as_ref(), &paint, place, None);
            }
            let worst = whole.data().iter().zip(joined.data()).map(|(a, b)| a.abs_diff(*b)).max();
            assert!(worst <= Some(SHADES), "{worst:?} at scale {scale}");
        }
    }

    #[test]
    fn the_systems_fonts_are_asked_only_for_foreign_scripts() {
        for text in ["handle", "caffè · 12 × 16 → “cup”", "Ελιά", "чашка"] {
            assert!(font_is_enough(text), "{text}");
        }
        for text in ["\u{8D64}", "\u{05DB}", "\u{0643}", "\u{1F436}", "\u{0E2B}"] {
            assert!(!font_is_enough(text), "{text}");
        }
    }
}
