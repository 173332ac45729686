//! The best labels of a cluster as ranked bars, below its heatmap.

use anv_core::MergedCluster;

use super::paint::{MUTED, Text, WORD, push, rect};
use super::text::{Weight, clean, width as text_width};
use super::view::View;
use super::words;

/// Labels shown a cluster; the detail sheet has all.
pub(super) const MOST: usize = 3;
const ROW: f64 = 25.0;
/// The line that counts what is not shown.
const REST: f64 = 16.0;

/// Rows of the same height and scale under every picture, so that columns stay aligned and bars comparable.
#[derive(Debug)]
pub(super) struct LabelRows {
    rows: usize,
    rest: bool,
    /// The score of a bar as wide as its column.
    most: f64,
}

impl LabelRows {
    pub(super) fn new(view: &View<'_>) -> Self {
        let words = view.layers.iter().flat_map(|l| &l.clusters).filter_map(|c| c.words);
        let longest = words.map(|w| w.labels.len()).max().unwrap_or(0);
        let most = view.highest_score();
        Self { rows: longest.clamp(1, MOST), rest: longest > MOST, most }
    }

    pub(super) fn height(&self) -> f64 {
        ROW * self.rows as f64 + if self.rest { REST } else { 0.0 }
    }

    /// Draws the labels of `cluster` from `y` downwards.
    pub(super) fn draw(&self, out: &mut String, cluster: &MergedCluster, (x, mut y): (f64, f64), width: f64) {
        if cluster.labels.is_empty() {
            Text::at(x, y + 15.0, 13.0).muted().put(out, &words::no_label(&cluster.counts), width);
            push(
                out,
                format_args!(
                    "<path d=\"M{x:.1} {:.1}h{width}\" stroke=\"{MUTED}\" stroke-width=\"1\" \
                     stroke-dasharray=\"2 4\"/>\n",
                    y + 21.0
                ),
            );
            return;
        }
        for (place, label) in cluster.labels.iter().take(MOST).enumerate() {
            let score = words::score(label.score);
            let room = width - text_width(&score, 12.0, Weight::Regular) - 8.0;
            let text = Text::at(x, y + 15.0, 13.0);
            let text = if place == 0 { text.bold() } else { text };
            text.put(out, &clean(&label.label), room);
            Text::at(x + width, y + 15.0, 12.0).muted().anchor("end").put(out, &score, width);
            rect(out, (x, y + 19.0), (self.length(label.score, width), 3.0), WORD);
            y += ROW;
        }
        if let Some(more) = cluster.labels.len().checked_sub(MOST + 1) {
            Text::at(x, y + 12.0, 11.0).muted().put(out, &format!("and {} more", more + 1), width);
        }
    }

    fn length(&self, score: f64, width: f64) -> f64 {
        match self.most > 0.0 {
            true => (score / self.most * width).clamp(0.5, width),
            false => 0.5,
        }
    }
}
