//! The figure as SVG.

use anv_core::Draft;

use super::label_rows::LabelRows;
use super::paint::{ACCENT, Drawn, FAINT, INK, MARGIN, MUTED, Text, document, push, rect};
use super::text::{Weight, clean, escape, wrap};
use super::tiles::Tiles;
use super::view::{ClusterView, LayerView, View};
use super::{encode, header, words};
use crate::overlay::shrink;
use crate::{ColorMap, Result};

/// Width of a column; where there are few, they share the room up to the larger width.
const COLUMN_WIDTHS: (f64, f64) = (152.0, 200.0);
/// Tall photos get narrower tiles instead of ever taller ones: height over column width at most.
const TALLEST: f64 = 1.25;
const GAP: f64 = 24.0;
/// Heading, figure of the layer's size, bar.
const COLUMN_HEADER: f64 = 88.0;
/// Bar, percentage, label and air below a tile.
const TILE_FOOTER: f64 = 68.0;
/// Bar and percentage alone, and the air below the labels that follow.
const WEIGHT_ROW: f64 = 34.0;
const LABELS_AIR: f64 = 26.0;
const NARROWEST: f64 = 960.0;
/// Pixels a side of the embedded photo: twice a tile.
const PHOTO: u32 = 320;

/// Sizes that depend on the photo and on how many layers there are.
struct Layout {
    column: f64,
    /// From one column to the next.
    step: f64,
    tile: (f64, f64),
    /// People's words under each tile, where there are any.
    labels: Option<LabelRows>,
}

impl Layout {
    fn new(view: &View<'_>) -> Self {
        let columns = view.layers.len().max(1) as f64;
        let share = (NARROWEST - 2.0 * MARGIN + GAP) / columns - GAP;
        let column = share.clamp(COLUMN_WIDTHS.0, COLUMN_WIDTHS.1).floor();
        let photo = &view.draft.photo;
        let (w, h) = (f64::from(photo.width()), f64::from(photo.height()));
        let scale = (column / w).min(TALLEST * column / h);
        // A photo of a single row still shows a strip.
        let tile = ((w * scale).max(8.0), (h * scale).max(8.0));
        Self { column, step: column + GAP, tile, labels: view.labels.map(|_| LabelRows::new(view)) }
    }

    fn left(&self, column: usize) -> f64 {
        MARGIN + column as f64 * self.step
    }

    fn footer(&self) -> f64 {
        self.labels.as_ref().map_or(TILE_FOOTER, |rows| WEIGHT_ROW + rows.height() + LABELS_AIR)
    }
}

pub(super) fn draw(view: &View<'_>, tiles: &Tiles, colors: ColorMap) -> Result<Drawn> {
    let layout = Layout::new(view);
    let count = view.layers.len();
    let width = (layout.left(count) - GAP + MARGIN).max(NARROWEST);

    let mut body = String::new();
    let top = header::draw(&mut body, view, colors, width, layout.tile) + 30.0;
    flow_line(&mut body, count, &layout, top);
    let column = |(i, layer)| column(view, layer, tiles, i, &layout, top);
    let columns: Vec<_> = view.layers.iter().enumerate().map(column).collect();
    let bottom = columns.iter().map(|(_, bottom)| *bottom).fold(top, f64::max);
    columns.iter().for_each(|(text, _)| body.push_str(text));
    footer(&mut body, view.draft, bottom + 14.0, width);

    let photo = encode::photo(&shrink(&view.draft.photo, PHOTO)?)?;
    let (w, h) = layout.tile;
    let defs = format!(
        "<image id=\"photo\" width=\"{w:.2}\" height=\"{h:.2}\" preserveAspectRatio=\"none\" \
         xlink:href=\"{photo}\"/>\n{}",
        gradient(colors)
    );
    let title = format!("{} {}", words::title(view.draft), words::eyebrow(view));
    let svg = document(&title, (width, bottom + 14.0 + MARGIN), &defs, &body);
    let cuts = (2..count).step_by(2).map(|column| layout.left(column) - GAP / 2.0).collect();
    Ok(Drawn { svg, cuts })
}

/// The colours from weak to strong, as `url(#colors)`.
fn gradient(colors: ColorMap) -> String {
    let stop = |i: u8| {
        let [r, g, b] = colors.color(f32::from(i) / 8.0);
        format!("<stop offset=\"{}\" stop-color=\"#{r:02x}{g:02x}{b:02x}\"/>", f64::from(i) / 8.0)
    };
    format!("<linearGradient id=\"colors\">{}</linearGradient>\n", (0..=8).map(stop).collect::<String>())
}

/// The way through the network: a line with a dot a layer.
fn flow_line(out: &mut String, layers: usize, layout: &Layout, y: f64) {
    let Some(last) = layers.checked_sub(1) else { return };
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
    view: &View<'_>,
    layer: &LayerView<'_>,
    tiles: &Tiles,
    index: usize,
    layout: &Layout,
    top: f64,
) -> (String, f64) {
    let mut out = String::new();
    let (x, width) = (layout.left(index), layout.column);
    let info = &layer.draft.layer;
    Text::at(x, top + 28.0, 17.0).bold().put(&mut out, &format!("Layer {}", info.number), width);
    let size = format!("{} · {} × {}", clean(&info.name), info.size.0, info.size.1);
    Text::at(x, top + 47.0, 12.0).muted().put(&mut out, &size, width);
    let mut y = top + COLUMN_HEADER;
    if let Some(reason) = words::nothing(view, layer) {
        return (out.clone() + &empty_tile(&reason, x, y - 28.0, layout), y + layout.tile.1.max(80.0));
    }
    evidence_bar(&mut out, layer, (x, top + 57.0), width);
    let shown = format!("{} shown", words::percent(words::shown(layer)));
    Text::at(x, top + 76.0, 11.0).muted().put(&mut out, &shown, width);
    for (c, cluster) in layer.clusters.iter().enumerate() {
        tile(&mut out, cluster, tiles.uri(index, c), (x, y), layout);
        y += layout.tile.1 + layout.footer();
    }
    (out, y)
}

/// Each cluster's share of the layer, and what is not shown.
fn evidence_bar(out: &mut String, layer: &LayerView<'_>, (x, y): (f64, f64), width: f64) {
    rect(out, (x, y), (width, 5.0), FAINT);
    let mut at = x;
    for cluster in &layer.clusters {
        let length = (cluster.weight / 100.0 * width).clamp(0.0, (x + width - at).max(0.0));
        rect(out, (at, y), ((length - 1.0).max(0.5), 5.0), ACCENT);
        at += length;
    }
}

fn tile(out: &mut String, cluster: &ClusterView<'_>, heat: &str, (x, y): (f64, f64), layout: &Layout) {
    let ((w, h), width) = (layout.tile, layout.column);
    let maps = words::maps(cluster.channels.len());
    let weight = words::percent(cluster.weight);
    push(out, format_args!("<g><title>{}, {maps}</title>\n", escape(&weight)));
    push(out, format_args!("<use xlink:href=\"#photo\" x=\"{x:.1}\" y=\"{y:.1}\"/>\n"));
    push(
        out,
        format_args!(
            "<image x=\"{x:.1}\" y=\"{y:.1}\" width=\"{w:.2}\" height=\"{h:.2}\" opacity=\"0.5\" \
             preserveAspectRatio=\"none\" xlink:href=\"{heat}\"/>\n"
        ),
    );
    let foot = y + h;
    rect(out, (x, foot + 3.0), ((cluster.weight / 100.0 * width).clamp(0.5, width), 3.0), ACCENT);
    Text::at(x, foot + 23.0, 15.0).bold().put(out, &weight, width);
    Text::at(x + width, foot + 23.0, 12.0).muted().anchor("end").put(out, &maps, width / 2.0);
    match (&layout.labels, cluster.words) {
        (Some(rows), Some(words)) => rows.draw(out, words, (x, foot + WEIGHT_ROW), width),
        _ => label_line(out, (x, foot + 47.0), width),
    }
    out.push_str("</g>\n");
}

/// The place of a label that is still to be given.
fn label_line(out: &mut String, (x, y): (f64, f64), width: f64) {
    push(
        out,
        format_args!(
            "<path d=\"M{x:.1} {y:.1}h{width}\" stroke=\"{MUTED}\" stroke-width=\"1\" \
             stroke-dasharray=\"2 4\"/>\n"
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
