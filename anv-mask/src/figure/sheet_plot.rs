//! All labels of a cluster as bars, split by the clusters that were merged.

use anv_core::{LabelScore, MergedCluster};

use super::paint::{FAINT, MARGIN, SHEET, Text, push, rect};
use super::text::{Weight, clean, escape, width as text_width};
use super::view::LayerView;
use super::{members, words};

/// Labels drawn; the others are counted.
const MOST: usize = 100;
const ROW: f64 = 24.0;
const BAR: f64 = 14.0;
/// Widest column of labels, and the room of a score behind a bar.
const LABELS: f64 = 240.0;
const SCORE: f64 = 64.0;

/// Draws the plot from `top` downwards and says where it ends.
pub(super) fn draw(out: &mut String, layer: &LayerView<'_>, cluster: &MergedCluster, top: f64) -> f64 {
    let room = SHEET - 2.0 * MARGIN;
    Text::at(MARGIN, top, 17.0).bold().put(out, "What people called it", room);
    if cluster.labels.is_empty() {
        let text = words::no_label(&cluster.counts);
        Text::at(MARGIN, top + 26.0, 13.0).muted().put(out, &text, room);
        return top + 26.0;
    }
    let note = match cluster.members.len() {
        1 => "Labels by score: how many players said it, less where they needed many hints.",
        _ => {
            "Labels by score: how many players said it, less where they needed many hints. The pieces of a bar are what \
             each group adds, by its weight."
        }
    };
    Text::at(MARGIN, top + 21.0, 12.0).muted().put(out, note, room);
    let y = legend(out, layer, cluster, top + 48.0);
    bars(out, cluster, y)
}

/// Which piece is which cluster; nothing where there is one.
fn legend(out: &mut String, layer: &LayerView<'_>, cluster: &MergedCluster, top: f64) -> f64 {
    let count = cluster.members.len();
    if count < 2 {
        return top;
    }
    let columns = count.min(3);
    let step = (SHEET - 2.0 * MARGIN) / 3.0;
    for (place, member) in cluster.members.iter().enumerate() {
        let (x, y) = (MARGIN + step * (place % columns) as f64, top + 22.0 * (place / columns) as f64);
        members::piece(out, place, (x, y - 11.0), (26.0, BAR));
        Text::at(x + 34.0, y, 12.0).put(out, &words::member(layer, member), step - 44.0);
    }
    top + 22.0 * count.div_ceil(columns) as f64 + 10.0
}

fn bars(out: &mut String, cluster: &MergedCluster, top: f64) -> f64 {
    let shown: Vec<&LabelScore> = cluster.labels.iter().take(MOST).collect();
    let widest =
        shown.iter().map(|l| text_width(&clean(&l.label), 13.0, Weight::SemiBold)).fold(0.0, f64::max);
    let left = MARGIN + widest.clamp(60.0, LABELS) + 12.0;
    let scale = Scale {
        left,
        width: SHEET - MARGIN - SCORE - left,
        most: shown.iter().map(|l| l.score).fold(0.0, f64::max),
    };
    let bottom = top + 14.0 + ROW * shown.len() as f64;
    scale.grid(out, (top, bottom));
    for (place, label) in shown.iter().enumerate() {
        let y = top + 14.0 + ROW * place as f64;
        bar(out, cluster, label, &scale, y);
    }
    match cluster.labels.len() - shown.len() {
        0 => bottom,
        more => {
            let text = format!("and {more} more with lower scores");
            Text::at(left, bottom + 16.0, 12.0).muted().put(out, &text, scale.width);
            bottom + 16.0
        }
    }
}

fn bar(out: &mut String, cluster: &MergedCluster, label: &LabelScore, scale: &Scale, y: f64) {
    let text = clean(&label.label);
    let score = words::score(label.score);
    push(out, format_args!("<g><title>{}: {score}</title>\n", escape(&text)));
    let name = Text::at(scale.left - 12.0, y + 15.0, 13.0).anchor("end");
    let name = if cluster.best.contains(&label.label) { name.bold() } else { name };
    name.put(out, &text, LABELS);
    let mut x = scale.left;
    for (place, part) in cluster.contributions(&label.label).into_iter().enumerate() {
        let length = scale.length(part);
        if length > 0.0 {
            // A little air between pieces, none lost for the thinnest.
            members::piece(out, place, (x, y + 3.0), ((length - 1.0).max(length.min(0.75)), BAR));
            x += length;
        }
    }
    Text::at(x.max(scale.left) + 7.0, y + 15.0, 12.0).muted().put(out, &score, SCORE);
    out.push_str("</g>\n");
}

/// From scores to places.
struct Scale {
    left: f64,
    width: f64,
    most: f64,
}

impl Scale {
    fn length(&self, score: f64) -> f64 {
        if self.most > 0.0 { (score / self.most * self.width).clamp(0.0, self.width) } else { 0.0 }
    }

    /// Upright lines at round scores, numbered above.
    fn grid(&self, out: &mut String, (top, bottom): (f64, f64)) {
        for tick in ticks(self.most) {
            let x = self.left + self.length(tick);
            rect(out, (x, top + 8.0), (1.0, bottom - top - 4.0), FAINT);
            Text::at(x, top + 2.0, 11.0).muted().anchor("middle").put(out, &number(tick), 60.0);
        }
    }
}

/// A round number without decimals that say nothing.
fn number(value: f64) -> String {
    match value {
        v if v == 0.0 || (1e-3..1e6).contains(&v) => format!("{}", (v * 1e6).round() / 1e6),
        v => format!("{v:.0e}"),
    }
}

/// Three to six round numbers from 0 to at most `most`.
pub(super) fn ticks(most: f64) -> Vec<f64> {
    if !(most > 0.0 && most.is_finite()) {
        return vec![0.0];
    }
    let rough = most / 5.0;
    let power = 10f64.powi(rough.log10().floor() as i32);
    let step =
        [1.0, 2.0, 2.5, 5.0, 10.0].map(|s| s * power).into_iter().find(|s| *s >= rough).unwrap_or(rough);
    let count = (most / step + 1e-9).floor() as usize;
    (0..=count.min(10)).map(|i| i as f64 * step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(ticks(0.0), [0.0]);
        assert_eq!(ticks(5.0), [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
        assert_eq!(ticks(0.9), [0.0, 0.2, 0.4, 0.6000000000000001, 0.8]);
        for most in [1e-300, 1e-7, 0.3, 1.0, 7.7, 12.0, 1e9, 1e300] {
            let ticks = ticks(most);
            assert!(
                (3..=7).contains(&ticks.len()) && ticks.iter().all(|t| *t <= most * 1.0001),
                "{most}: {ticks:?}"
            );
        }
    }
}
