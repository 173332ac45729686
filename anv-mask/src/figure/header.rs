//! The head of the SVG: the photo, what is explained, how to read it.

use super::paint::{INK, MARGIN, MUTED, Text, push};
use super::text::{Weight, width as text_width, wrap};
use super::view::View;
use super::words;
use crate::ColorMap;

const PHOTO_WIDTH: f64 = 250.0;
const PHOTO_HEIGHT: f64 = 190.0;
const AIR: f64 = 32.0;
/// Lines longer than this are hard to read.
const LINE: f64 = 640.0;

/// Draws the head and says where it ends.
pub(super) fn draw(out: &mut String, view: &View<'_>, colors: ColorMap, width: f64, tile: (f64, f64)) -> f64 {
    let scale = (PHOTO_WIDTH / tile.0).min(PHOTO_HEIGHT / tile.1);
    let photo = (tile.0 * scale, tile.1 * scale);
    push(
        out,
        format_args!(
            "<use xlink:href=\"#photo\" transform=\"translate({MARGIN} {MARGIN}) scale({scale:.4})\"/>\n"
        ),
    );
    let left = MARGIN + photo.0 + AIR;
    let room = width - MARGIN - left;
    // Wide figures have the notes beside the title, narrow ones below it.
    let (title_room, notes) = match room > 1.7 * LINE {
        true => (room - LINE - AIR, Some((width - MARGIN - LINE, MARGIN + 12.0))),
        false => (room, None),
    };
    let facts_end = title(out, view, left, title_room.min(LINE * 1.4));
    let (x, y) = notes.unwrap_or((left, facts_end + 36.0));
    let notes_end = reading(out, view, colors, x, y, LINE.min(width - MARGIN - x));
    (MARGIN + photo.1).max(facts_end).max(notes_end)
}

fn title(out: &mut String, view: &View<'_>, x: f64, room: f64) -> f64 {
    Text::at(x, MARGIN + 12.0, 13.0).muted().put(out, words::eyebrow(view), room);
    Text::at(x, MARGIN + 50.0, 32.0).bold().put(out, &words::title(view.draft), room);
    let facts = words::facts(view);
    let column = facts.iter().map(|(name, _)| text_width(name, 14.0, Weight::Regular)).fold(0.0, f64::max);
    let mut y = MARGIN + 58.0;
    for (name, value) in facts {
        y += 23.0;
        Text::at(x, y, 14.0).muted().put(out, name, room);
        Text::at(x + column + 14.0, y, 14.0).bold().put(out, &value, room - column - 14.0);
    }
    y
}

fn reading(out: &mut String, view: &View<'_>, colors: ColorMap, x: f64, mut y: f64, room: f64) -> f64 {
    for sentence in words::reading(view) {
        for line in wrap(&sentence, 13.0, Weight::Regular, room) {
            Text { fill: INK, ..Text::at(x, y, 13.0) }.put(out, &line, room);
            y += 19.0;
        }
        y += 3.0;
    }
    let label = format!("response, in the colours of {}", colors.name());
    Text::at(x, y + 8.0, 12.0).muted().put(out, "weak", 40.0);
    push(
        out,
        format_args!(
            "<rect x=\"{:.1}\" y=\"{:.1}\" width=\"150\" height=\"10\" fill=\"url(#colors)\" stroke=\"{MUTED}\" \
             stroke-width=\"0.5\"/>\n",
            x + 38.0,
            y - 1.0
        ),
    );
    Text::at(x + 196.0, y + 8.0, 12.0).muted().put(out, &format!("strong {label}"), room - 196.0);
    y + 12.0
}
