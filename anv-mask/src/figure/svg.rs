//! The figure as SVG.

use std::fmt::Write;

use anv_core::{ClusterMap, Draft, LayerDraft};

use super::text::{Weight, clean, escape, fit, wrap};
use super::tiles::Tiles;
use super::{encode, header, words};
use crate::overlay::shrink;
use crate::{ColorMap, Result};

pub(super) const MARGIN: f64 = 40.0;
pub(super) const INK: &str = "#1b1f24";
pub(super) const MUTED: &str = "#656d76";
const FAINT: &str = "#d8dde3";
const ACCENT: &str = "#c2410c";

/// Width of a column; where there are few, they share the room up to the larger width.
const COLUMN_WIDTHS: (f64, f64) = (152.0, 200.0);
/// Tall photos get narrower tiles instead of ever taller ones: height over column width at most.
const TALLEST: f64 = 1.25;
const GAP: f64 = 24.0;
/// Heading, figure of the layer's size, bar.
const COLUMN_HEADER: f64 = 88.0;
/// Bar, percentage, label and air below a tile.
const TILE_FOOTER: f64 = 68.0;
const NARROWEST: f64 = 960.0;
/// Pixels a side of the embedded photo: twice a tile.
const PHOTO: u32 = 320;

const REGULAR: &[u8] = include_bytes!("../../assets/Inter-Regular-Latin.woff2");
const SEMI_BOLD: &[u8] = include_bytes!("../../assets/Inter-SemiBold-Latin.woff2");

/// The font as CSS, for browsers.
pub(super) fn font_face() -> String {
    let face = |weight, file| {
        let uri = encode::data_uri("font/woff2", file);
        format!("@font-face{{font-family:Inter;font-weight:{weight};src:url({uri}) format(\"woff2\")}}")
    };
    face(400, REGULAR) + &face(600, SEMI_BOLD)
}

/// Text to be placed.
pub(super) struct Text<'a> {
    pub(super) x: f64,
    pub(super) y: f64,
    pub(super) size: f64,
    pub(super) weight: Weight,
    pub(super) fill: &'a str,
    pub(super) anchor: &'a str,
}

impl Text<'_> {
    pub(super) fn at(x: f64, y: f64, size: f64) -> Self {
        Self { x, y, size, weight: Weight::Regular, fill: INK, anchor: "start" }
    }

    pub(super) fn bold(self) -> Self {
        Self { weight: Weight::SemiBold, ..self }
    }

    pub(super) fn muted(self) -> Self {
        Self { fill: MUTED, ..self }
    }

    pub(super) fn anchor(self, anchor: &'static str) -> Self {
        Self { anchor, ..self }
    }

    /// Writes `text`, cut to `room`.
    pub(super) fn put(self, out: &mut String, text: &str, room: f64) {
        let weight = if self.weight == Weight::SemiBold { 600 } else { 400 };
        let text = escape(&fit(text, self.size, self.weight, room));
        let Self { x, y, size, fill, anchor, .. } = self;
        push(
            out,
            format_args!(
                "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{fill}\" \
                 text-anchor=\"{anchor}\">{text}</text>\n"
            ),
        );
    }
}

/// Appends; writing to a `String` cannot fail.
pub(super) fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// Sizes that depend on the photo and on how many layers there are.
struct Layout {
    column: f64,
    /// From one column to the next.
    step: f64,
    tile: (f64, f64),
}

impl Layout {
    fn new(draft: &Draft) -> Self {
        let columns = draft.layers.len().max(1) as f64;
        let share = (NARROWEST - 2.0 * MARGIN + GAP) / columns - GAP;
        let column = share.clamp(COLUMN_WIDTHS.0, COLUMN_WIDTHS.1).floor();
        let (w, h) = (f64::from(draft.photo.width()), f64::from(draft.photo.height()));
        let scale = (column / w).min(TALLEST * column / h);
        // A photo of a single row still shows a strip.
        let tile = ((w * scale).max(8.0), (h * scale).max(8.0));
        Self { column, step: column + GAP, tile }
    }

    fn left(&self, column: usize) -> f64 {
        MARGIN + column as f64 * self.step
    }
}

/// A drawn figure.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) svg: String,
    /// Where it can be cut into strips of two columns without cutting a heatmap.
    pub(super) cuts: Vec<f64>,
}

pub(super) fn draw(draft: &Draft, tiles: &Tiles, colors: ColorMap) -> Result<Drawn> {
    let layout = Layout::new(draft);
    let count = draft.layers.len();
    let width = (layout.left(count) - GAP + MARGIN).max(NARROWEST);

    let mut body = String::new();
    let top = header::draw(&mut body, draft, colors, width, layout.tile) + 30.0;
    flow_line(&mut body, draft, &layout, top);
    let column = |(i, layer)| column(draft, layer, tiles, i, &layout, top);
    let columns: Vec<_> = draft.layers.iter().enumerate().map(column).collect();
    let bottom = columns.iter().map(|(_, bottom)| *bottom).fold(top, f64::max);
    columns.iter().for_each(|(text, _)| body.push_str(text));
    footer(&mut body, draft, bottom + 14.0, width);
    let height = bottom + 14.0 + MARGIN;

    let photo = encode::photo(&shrink(&draft.photo, PHOTO)?)?;
    let (w, h) = layout.tile;
    let name = escape(&format!("{} {}", words::title(draft), words::EYEBROW));
    let stops: String = (0..=8)
        .map(|i| {
            let [r, g, b] = colors.color(i as f32 / 8.0);
            format!("<stop offset=\"{}\" stop-color=\"#{r:02x}{g:02x}{b:02x}\"/>", f64::from(i) / 8.0)
        })
        .collect();
    let svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"Inter, sans-serif\" image-rendering=\"smooth\" role=\"img\">\n<title>{name}</title>\n\
         <style>{}</style>\n<defs>\n\
         <image id=\"photo\" width=\"{w:.2}\" height=\"{h:.2}\" preserveAspectRatio=\"none\" xlink:href=\"{photo}\"/>\n\
         <linearGradient id=\"colors\">{stops}</linearGradient>\n</defs>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n",
        font_face()
    );
    let cuts = (2..count).step_by(2).map(|column| layout.left(column) - GAP / 2.0).collect();
    Ok(Drawn { svg, cuts })
}

/// The way through the network: a line with a dot a layer.
fn flow_line(out: &mut String, draft: &Draft, layout: &Layout, y: f64) {
    let Some(last) = draft.layers.len().checked_sub(1) else { return };
    let end = layout.left(last) + layout.column;
    push(
        out,
        format_args!(
            "<path d=\"M{:.1} {y:.1}H{end:.1}m-6 -4l6 4l-6 4\" fill=\"none\" stroke=\"{FAINT}\" stroke-width=\"2\" \
             stroke-linecap=\"round\" stroke-linejoin=\"round\"/>\n",
            MARGIN
        ),
    );
    for i in 0..=last {
        let x = layout.left(i) + 4.0;
        push(out, format_args!("<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"4\" fill=\"{INK}\"/>\n"));
    }
}

/// One layer and where it ends.
fn column(
    draft: &Draft,
    layer: &LayerDraft,
    tiles: &Tiles,
    index: usize,
    layout: &Layout,
    top: f64,
) -> (String, f64) {
    let mut out = String::new();
    let (x, width) = (layout.left(index), layout.column);
    let info = &layer.layer;
    Text::at(x, top + 28.0, 17.0).bold().put(&mut out, &format!("Layer {}", info.number), width);
    let size = format!("{} · {} × {}", clean(&info.name), info.size.0, info.size.1);
    Text::at(x, top + 47.0, 12.0).muted().put(&mut out, &size, width);
    let mut y = top + COLUMN_HEADER;
    if let Some(reason) = words::nothing(draft, layer) {
        return (out.clone() + &empty_tile(&reason, x, y - 28.0, layout), y + layout.tile.1.max(80.0));
    }
    evidence_bar(&mut out, layer, (x, top + 57.0), width);
    Text::at(x, top + 76.0, 11.0).muted().put(
        &mut out,
        &format!("{} shown", words::percent(words::shown(layer))),
        width,
    );
    for (c, cluster) in layer.clusters.iter().enumerate() {
        tile(&mut out, cluster, tiles.uri(index, c), (x, y), layout);
        y += layout.tile.1 + TILE_FOOTER;
    }
    (out, y)
}

/// Each cluster's share of the layer, and what is not shown.
fn evidence_bar(out: &mut String, layer: &LayerDraft, (x, y): (f64, f64), width: f64) {
    push(
        out,
        format_args!("<rect x=\"{x:.1}\" y=\"{y:.1}\" width=\"{width}\" height=\"5\" fill=\"{FAINT}\"/>\n"),
    );
    let mut at = x;
    for cluster in &layer.clusters {
        let length = (cluster.weight_percent / 100.0 * width).clamp(0.0, x + width - at);
        let drawn = (length - 1.0).max(0.5);
        push(
            out,
            format_args!(
                "<rect x=\"{at:.2}\" y=\"{y:.1}\" width=\"{drawn:.2}\" height=\"5\" fill=\"{ACCENT}\"/>\n"
            ),
        );
        at += length;
    }
}

fn tile(out: &mut String, cluster: &ClusterMap, heat: &str, (x, y): (f64, f64), layout: &Layout) {
    let ((w, h), width) = (layout.tile, layout.column);
    let maps = words::maps(cluster.channels.len());
    let weight = words::percent(cluster.weight_percent);
    push(out, format_args!("<g><title>{weight}, {maps}</title>\n"));
    push(out, format_args!("<use xlink:href=\"#photo\" x=\"{x:.1}\" y=\"{y:.1}\"/>\n"));
    push(
        out,
        format_args!(
            "<image x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.2}\" height=\"{h:.2}\" opacity=\"0.5\" \
             preserveAspectRatio=\"none\" xlink:href=\"{heat}\"/>\n"
        ),
    );
    let length = (cluster.weight_percent / 100.0 * width).clamp(0.5, width);
    let foot = y + h;
    push(
        out,
        format_args!(
            "<rect x=\"{x:.1}\" y=\"{:.1}\" width=\"{length:.2}\" height=\"3\" fill=\"{ACCENT}\"/>\n",
            foot + 3.0
        ),
    );
    Text::at(x, foot + 23.0, 15.0).bold().put(out, &weight, width);
    Text::at(x + width, foot + 23.0, 12.0).muted().anchor("end").put(out, &maps, width / 2.0);
    // The label's place.
    push(
        out,
        format_args!(
            "<path d=\"M{x:.1} {:.1}h{width}\" stroke=\"{MUTED}\" stroke-width=\"1\" \
             stroke-dasharray=\"2 4\"/></g>\n",
            foot + 47.0
        ),
    );
}

fn empty_tile(reason: &str, x: f64, y: f64, layout: &Layout) -> String {
    let mut out = String::new();
    let (height, width) = (layout.tile.1.max(84.0), layout.column);
    push(
        &mut out,
        format_args!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"{}\" height=\"{:.1}\" fill=\"none\" stroke=\"{FAINT}\" \
             stroke-width=\"1.5\" stroke-dasharray=\"5 5\"/>\n",
            x + 0.75,
            y + 0.75,
            width - 1.5,
            height - 1.5
        ),
    );
    let lines = wrap(reason, 12.0, Weight::Regular, width - 24.0);
    let first = y + height / 2.0 - (lines.len() as f64 - 1.0) * 8.0 + 4.0;
    for (i, line) in lines.iter().enumerate() {
        Text::at(x + width / 2.0, first + 16.0 * i as f64, 12.0)
            .muted()
            .anchor("middle")
            .put(&mut out, line, width);
    }
    out
}

/// What an auditor needs to find the model again.
fn footer(out: &mut String, draft: &Draft, y: f64, width: f64) {
    let hash = clean(&draft.model.weights_sha256);
    let weights = match hash.is_empty() {
        true => String::new(),
        false => format!(" · weights sha256 {}", hash.chars().take(16).collect::<String>()),
    };
    let text = format!("Abstract Network Visualization · seed {}{weights}", draft.seed);
    Text::at(MARGIN, y, 11.0).muted().put(out, &text, width - 2.0 * MARGIN);
}
