//! The facts of a detail sheet: weight, feature maps, games.

use anv_core::MergedCluster;

use super::paint::{ACCENT, FAINT, MARGIN, MUTED, SHEET, Text, rect};
use super::view::{ClusterView, LayerView};
use super::words;

/// Draws them from `y` downwards and says where they end.
pub(super) fn draw(
    out: &mut String,
    layer: &LayerView<'_>,
    cluster: &ClusterView<'_>,
    words: &MergedCluster,
    (x, y): (f64, f64),
) -> f64 {
    let room = SHEET - MARGIN - x;
    Text::at(x, y, 15.0).bold().put(out, "Importance", room);
    Text::at(x, y + 38.0, 32.0).bold().put(out, &words::percent(cluster.weight), room);
    Text::at(x, y + 57.0, 12.0).muted().put(out, "of this layer's evidence", room);
    rect(out, (x, y + 66.0), (room, 5.0), FAINT);
    rect(out, (x, y + 66.0), ((cluster.weight / 100.0 * room).clamp(0.5, room), 5.0), ACCENT);
    let mut y = y + 98.0;
    let groups = match words.members.len() {
        1 => "1 group".to_owned(),
        n => format!("{n} groups"),
    };
    let maps = format!("{} of {}", cluster.channels.len(), layer.draft.layer.channels);
    for (name, value) in [("Feature maps", maps), ("Merged from", groups)] {
        Text::at(x, y, 13.0).muted().put(out, name, 90.0);
        Text::at(x + 96.0, y, 13.0).bold().put(out, &value, room - 96.0);
        y += 22.0;
    }
    games(out, words, (x, y + 18.0), room)
}

fn games(out: &mut String, words: &MergedCluster, (x, mut y): (f64, f64), room: f64) -> f64 {
    let counts = &words.counts;
    let all = counts.games();
    let heading = match all {
        0 => "No game was played".to_owned(),
        1 => "1 game".to_owned(),
        n => format!("{n} games"),
    };
    Text::at(x, y, 15.0).bold().put(out, &heading, room);
    if all == 0 {
        return y + 8.0;
    }
    let (bar, number) = (room - 96.0 - 44.0, x + room);
    for (name, count) in [("Won", counts.wins), ("Lost", counts.losses), ("Given up", counts.resigns)] {
        y += 24.0;
        Text::at(x, y, 13.0).muted().put(out, name, 90.0);
        rect(out, (x + 96.0, y - 9.0), (bar, 9.0), FAINT);
        rect(out, (x + 96.0, y - 9.0), (count as f64 / all as f64 * bar, 9.0), MUTED);
        Text::at(number, y, 13.0).bold().anchor("end").put(out, &count.to_string(), 40.0);
    }
    y + 8.0
}
