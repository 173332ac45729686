//! The SVG as PNG.

use std::sync::{Arc, LazyLock};

use png::{BitDepth, ColorType, Compression, Encoder, Filter};
use rayon::prelude::*;
use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::fontdb::Database;
use resvg::usvg::{Options, Tree};

use super::svg::Drawn;
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

pub(super) fn png(drawn: &Drawn) -> Result<Vec<u8>> {
    let options = Options { fontdb: FONTS.clone(), font_family: "Inter".to_owned(), ..Options::default() };
    let tree = Tree::from_str(&drawn.svg, &options).map_err(Error::encode("figure"))?;
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
    encode(&strips, length(width), length(height))
}

/// The part of the figure from `left`, `width` pixels wide.
///
/// resvg draws on one thread and decodes every picture that it is given, seen or not; strips keep all threads busy,
/// and each is given only what lies in it.
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
fn encode(strips: &[Pixmap], width: u32, height: u32) -> Result<Vec<u8>> {
    let mut rgb = Vec::with_capacity(3 * width as usize * height as usize);
    for y in 0..height as usize {
        for strip in strips {
            let stride = 4 * strip.width() as usize;
            let row = &strip.data()[y * stride..][..stride];
            rgb.extend(row.chunks_exact(4).flat_map(|p| [p[0], p[1], p[2]]));
        }
    }
    let mut bytes = Vec::new();
    let mut encoder = Encoder::new(&mut bytes, width, height);
    encoder.set_color(ColorType::Rgb);
    encoder.set_depth(BitDepth::Eight);
    encoder.set_compression(Compression::Fast);
    encoder.set_filter(Filter::Up);
    encoder
        .write_header()
        .and_then(|mut writer| {
            writer.write_image_data(&rgb)?;
            writer.finish()
        })
        .map_err(Error::encode("figure"))?;
    Ok(bytes)
}
