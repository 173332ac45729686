//! The figure of a class as SVG.

use anv_core::{GlobalExplanation, GlobalFeature, GlobalGroup};

use super::global_overlays::{Overlay, Overlays};
use super::paint::{ACCENT, CARD, Drawn, FAINT, INK, MARGIN, Text, WORD, document, push, rect};
use super::text::{Weight, clean, escape, width as text_width, wrap};
use super::{global_words as say, words};

/// Features side by side; more go on below.
const PER_LINE: usize = 6;
/// Room for the name of a group at the left.
const NAME: f64 = 128.0;
const CARD_WIDTH: f64 = 176.0;
const GAP: f64 = 24.0;
/// Height of the large example, of the small ones, and the air between.
const LARGE: f64 = 124.0;
const SMALL: f64 = 62.0;
const AIR: f64 = 4.0;
/// Label, weight, score and bar below the examples.
const TEXT: f64 = 92.0;
const WIDTH: f64 = 2.0 * MARGIN + NAME + PER_LINE as f64 * (CARD_WIDTH + GAP) - GAP;

pub(super) fn draw(global: &GlobalExplanation, overlays: &Overlays) -> Drawn {
    let mut body = String::new();
    let mut y = head(&mut body, global) + 34.0;
    if global.groups.iter().all(|g| g.features.is_empty()) {
        Text::at(MARGIN, y + 20.0, 15.0).muted().put(
            &mut body,
            "Nobody labelled a part of these photos.",
            WIDTH,
        );
        y += 40.0;
    }
    let most = say::longest(global);
    for (place, group) in global.groups.iter().enumerate() {
        y = row(&mut body, global, group, (overlays, place), most, y) + 26.0;
    }
    Text::at(MARGIN, y + 10.0, 11.0).muted().put(&mut body, "Abstract Network Visualization", WIDTH);
    let title = format!("{} {}", say::title(global), say::EYEBROW);
    Drawn { svg: document(&title, (WIDTH, y + 10.0 + MARGIN), "", &body), cuts: Vec::new() }
}

fn head(out: &mut String, global: &GlobalExplanation) -> f64 {
    let half = (WIDTH - 2.0 * MARGIN - 60.0) / 2.0;
    Text::at(MARGIN, MARGIN + 12.0, 13.0).muted().put(out, say::EYEBROW, half);
    Text::at(MARGIN, MARGIN + 50.0, 32.0).bold().put(out, &say::title(global), half);
    let mut left = MARGIN + 58.0;
    for (name, value) in say::facts(global) {
        left += 23.0;
        Text::at(MARGIN, left, 14.0).muted().put(out, name, 90.0);
        Text::at(MARGIN + 84.0, left, 14.0).bold().put(out, &value, half - 84.0);
    }
    let (x, mut y) = (MARGIN + half + 60.0, MARGIN + 12.0);
    for sentence in say::reading(global) {
        for line in wrap(&sentence, 13.0, Weight::Regular, half) {
            Text::at(x, y, 13.0).put(out, &line, half);
            y += 19.0;
        }
        y += 3.0;
    }
    left.max(y - 16.0)
}

/// One group of layers; says where it ends.
fn row(
    out: &mut String,
    global: &GlobalExplanation,
    group: &GlobalGroup,
    (overlays, place): (&Overlays, usize),
    most: f64,
    top: f64,
) -> f64 {
    rect(out, (MARGIN, top), (WIDTH - 2.0 * MARGIN, 1.0), FAINT);
    let (name, covers) = say::group(global, group);
    Text::at(MARGIN, top + 36.0, 17.0).bold().put(out, &name, NAME - 16.0);
    Text::at(MARGIN, top + 55.0, 12.0).muted().put(out, &covers, NAME - 16.0);
    let pictures =
        (0..group.features.len()).map(|f| pictures_height(overlays.of(place, f))).fold(0.0, f64::max);
    let height = pictures + TEXT;
    for (i, feature) in group.features.iter().enumerate() {
        let x = MARGIN + NAME + (i % PER_LINE) as f64 * (CARD_WIDTH + GAP);
        let y = top + 22.0 + (i / PER_LINE) as f64 * (height + 8.0);
        push(out, format_args!("<g><title>{}</title>\n", escape(&clean(&feature.label))));
        examples(out, feature, overlays.of(place, i), (x, y));
        card_text(out, feature, global.all_layers, most, (x, y + pictures));
        out.push_str("</g>\n");
    }
    top + 22.0 + group.features.len().div_ceil(PER_LINE) as f64 * (height + 8.0)
}

fn pictures_height(overlays: &[Overlay]) -> f64 {
    match overlays.len() {
        0 => 0.0,
        1 => LARGE,
        _ => LARGE + AIR + SMALL,
    }
}

/// The best example large, two more below.
fn examples(out: &mut String, feature: &GlobalFeature, overlays: &[Overlay], (x, y): (f64, f64)) {
    let half = (CARD_WIDTH - AIR) / 2.0;
    for (place, overlay) in overlays.iter().enumerate() {
        let (x, y, w, h) = match place {
            0 => (x, y, CARD_WIDTH, LARGE),
            n => (x + (n - 1) as f64 * (half + AIR), y + LARGE + AIR, half, SMALL),
        };
        rect(out, (x, y), (w, h), CARD);
        let (wide, high) =
            if overlay.ratio > w / h { (w, w / overlay.ratio) } else { (h * overlay.ratio, h) };
        push(
            out,
            format_args!(
                "<image x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\" preserveAspectRatio=\"none\" \
                 xlink:href=\"{}\"><title>{}</title></image>\n",
                x + (w - wide) / 2.0,
                y + (h - high) / 2.0,
                wide.max(2.0),
                high.max(2.0),
                overlay.uri,
                escape(&say::example(feature, place)),
            ),
        );
    }
}

fn card_text(out: &mut String, feature: &GlobalFeature, all_layers: bool, most: f64, (x, y): (f64, f64)) {
    Text::at(x, y + 22.0, 15.0).bold().put(out, &clean(&feature.label), CARD_WIDTH);
    let (score, interval) = say::score(feature);
    let mut y = y + 42.0;
    Text::at(x, y, 13.0).bold().put(out, &score, CARD_WIDTH);
    if let Some(interval) = interval {
        let left = x + text_width(&score, 13.0, Weight::SemiBold) + 8.0;
        Text::at(left, y, 12.0).muted().put(out, &interval, x + CARD_WIDTH - left);
    }
    y += 8.0;
    let length =
        |score: f64| if most > 0.0 { (score / most * CARD_WIDTH).clamp(0.0, CARD_WIDTH) } else { 0.0 };
    rect(out, (x, y), (length(feature.score).max(0.5), 6.0), WORD);
    if let Some(interval) = feature.interval {
        whisker(out, (x + length(interval.low), x + length(interval.high)), y + 3.0);
    }
    if !all_layers {
        let weight = words::percent(feature.weight_percent);
        Text::at(x, y + 26.0, 12.0).muted().put(out, &format!("{weight} mean weight"), CARD_WIDTH);
        let width = (feature.weight_percent / 100.0 * CARD_WIDTH).clamp(0.5, CARD_WIDTH);
        rect(out, (x, y + 32.0), (width, 3.0), ACCENT);
    }
}

/// The interval over its bar, light around it so that it shows on the bar too.
fn whisker(out: &mut String, (low, high): (f64, f64), y: f64) {
    let (low, high) = (low.min(high), high.max(low));
    rect(out, (low - 0.5, y - 1.5), (high - low + 1.0, 3.0), "#ffffff");
    rect(out, (low, y - 0.75), (high - low, 1.5), INK);
    for x in [low, high] {
        rect(out, (x - 0.75, y - 5.0), (1.5, 10.0), INK);
    }
}
