//! Scores of labels across layers: which features rise towards the output, which fade.

use super::paint::{Drawn, FAINT, INK, MARGIN, MUTED, Text, WORD, document, push, rect};
use super::text::{clean, escape};
use super::{raster, words};
use crate::Result;

const WIDTH: f64 = 960.0;
/// Columns: the label, the bars of its layers, the slope.
const LABEL: f64 = 200.0;
const SLOPE: f64 = 150.0;
const ROW: f64 = 50.0;
const BARS: f64 = 32.0;
/// Percentage points a layer below which a feature neither rises nor fades.
const STEADY: f64 = 0.25;

/// One label of one class across layers.
#[derive(Debug, Clone, PartialEq)]
pub struct TrendLine<'a> {
    /// The explained class.
    pub class: &'a str,
    /// The label.
    pub label: &'a str,
    /// Slope of its share of a layer's scores, in percentage points a layer: above 0 it rises towards the output.
    pub slope: f64,
    /// Layer, from 1, and the label's score in it, shallowest first; the same layers for every label of a class.
    pub scores: &'a [(usize, f64)],
}

/// Draws how scores of labels change from layer to layer: a panel a class, a row of bars a label, the risen ones first,
/// then the steady and the fading ones.
///
/// All bars of a class have one scale. The same lines give the same bytes.
#[derive(Debug)]
pub struct TrendFigure<'a> {
    lines: Vec<TrendLine<'a>>,
}

impl<'a> TrendFigure<'a> {
    /// A figure of `lines`; those of one class stand together, in the order in which classes appear.
    pub fn new(lines: impl IntoIterator<Item = TrendLine<'a>>) -> Self {
        Self { lines: lines.into_iter().collect() }
    }

    /// The figure as SVG 1.1, 960 units wide, with its font inside.
    pub fn svg(&self) -> String {
        self.draw().svg
    }

    /// The figure as PNG, rendered from [`TrendFigure::svg`], up to twice as large.
    ///
    /// # Errors
    /// [`Error::Encode`](crate::Error::Encode) when the renderer refuses.
    pub fn png(&self) -> Result<Vec<u8>> {
        raster::png(&self.draw())
    }

    fn draw(&self) -> Drawn {
        let mut body = String::new();
        let room = WIDTH - 2.0 * MARGIN;
        Text::at(MARGIN, MARGIN + 12.0, 13.0).muted().put(
            &mut body,
            "Which words rise towards the output, which fade",
            room,
        );
        Text::at(MARGIN, MARGIN + 50.0, 32.0).bold().put(&mut body, "Features across layers", room);
        let note = "Bars: the label's score in each layer, one scale a class. Arrows: percentage points that its share \
                    of a layer's scores gains or loses a layer.";
        Text::at(MARGIN, MARGIN + 76.0, 13.0).put(&mut body, note, room);
        let mut y = MARGIN + 100.0;
        let mut classes: Vec<&str> = Vec::new();
        self.lines.iter().for_each(|l| {
            if !classes.contains(&l.class) {
                classes.push(l.class)
            }
        });
        for class in &classes {
            let lines: Vec<_> = self.lines.iter().filter(|l| l.class == *class).collect();
            y = panel(&mut body, class, &lines, y) + 30.0;
        }
        if classes.is_empty() {
            Text::at(MARGIN, y + 12.0, 15.0).muted().put(&mut body, "There are no labels.", room);
            y += 30.0;
        }
        let svg = document("Scores of labels across layers", (WIDTH, y + MARGIN - 20.0), "", &body);
        Drawn { svg, cuts: Vec::new() }
    }
}

/// Rising, steady or fading, as an order and a word.
fn direction(slope: f64) -> (u8, &'static str) {
    match slope {
        s if s >= STEADY => (0, "Rising"),
        s if s <= -STEADY => (2, "Fading"),
        _ => (1, "Steady"),
    }
}

fn panel(out: &mut String, class: &str, lines: &[&TrendLine<'_>], top: f64) -> f64 {
    let room = WIDTH - 2.0 * MARGIN;
    rect(out, (MARGIN, top), (room, 1.0), FAINT);
    Text::at(MARGIN, top + 32.0, 17.0).bold().put(out, &format!("“{}”", clean(class)), room);
    let most = lines.iter().flat_map(|l| l.scores).map(|(_, s)| *s).fold(0.0, f64::max);
    let mut sorted = lines.to_vec();
    sorted.sort_by(|a, b| {
        let key = |l: &TrendLine<'_>| direction(l.slope).0;
        key(a).cmp(&key(b)).then(b.slope.abs().total_cmp(&a.slope.abs())).then(a.label.cmp(b.label))
    });
    let mut y = top + 44.0;
    for part in sorted.chunk_by(|a, b| direction(a.slope) == direction(b.slope)) {
        if let Some(first) = part.first() {
            y += 20.0;
            Text::at(MARGIN, y, 13.0).muted().put(out, direction(first.slope).1, LABEL);
            y += 4.0;
        }
        for line in part {
            row(out, line, most, y);
            y += ROW;
        }
    }
    if let Some(first) = sorted.first() {
        axis(out, first.scores, y);
    }
    y + 34.0
}

/// Left edge and width of the place of a layer.
fn place(index: usize, count: usize) -> (f64, f64) {
    let step = (WIDTH - 2.0 * MARGIN - LABEL - SLOPE) / count.max(1) as f64;
    (MARGIN + LABEL + step * index as f64, step.min(64.0))
}

fn row(out: &mut String, line: &TrendLine<'_>, most: f64, top: f64) {
    let (label, base) = (clean(line.label), top + ROW - 6.0);
    push(out, format_args!("<g><title>{}</title>\n", escape(&label)));
    Text::at(MARGIN, base - 8.0, 15.0).bold().put(out, &label, LABEL - 20.0);
    let count = line.scores.len();
    let highest = line.scores.iter().map(|(_, s)| *s).fold(0.0, f64::max);
    let mut named = false;
    for (i, &(_, score)) in line.scores.iter().enumerate() {
        let (x, width) = place(i, count);
        rect(out, (x, base), (width - 4.0, 1.0), FAINT);
        if score <= 0.0 || most <= 0.0 {
            continue;
        }
        let height = (score / most * BARS).clamp(1.0, BARS);
        rect(out, (x, base - height), (width - 4.0, height), WORD);
        if score == highest && !named {
            named = true;
            let middle = x + (width - 4.0) / 2.0;
            Text::at(middle, base - height - 4.0, 10.0).muted().anchor("middle").put(
                out,
                &words::score(score),
                60.0,
            );
        }
    }
    slope(out, line.slope, base - 8.0);
    out.push_str("</g>\n");
}

/// An arrow as steep as the change is large, and the number.
fn slope(out: &mut String, slope: f64, y: f64) {
    let (x, tilt) = (
        WIDTH - MARGIN - SLOPE + 24.0,
        if slope.is_finite() { -slope.clamp(-10.0, 10.0) * 4.5 } else { 0.0 },
    );
    let color = if direction(slope).0 == 1 { MUTED } else { INK };
    let middle = (x + 9.0, y - 5.0);
    push(
        out,
        format_args!(
            "<path transform=\"translate({:.1} {:.1}) rotate({tilt:.1})\" d=\"M-9 0H9m-5 -4l5 4l-5 4\" fill=\"none\" \
             stroke=\"{color}\" stroke-width=\"1.6\" stroke-linecap=\"round\" stroke-linejoin=\"round\"/>\n",
            middle.0, middle.1
        ),
    );
    let text =
        if slope.is_finite() { format!("{slope:+.1} a layer").replace('-', "−") } else { "–".to_owned() };
    Text::at(x + 30.0, y, 12.0).muted().put(out, &text, SLOPE - 54.0);
}

fn axis(out: &mut String, scores: &[(usize, f64)], y: f64) {
    for (i, (layer, _)) in scores.iter().enumerate() {
        let (x, width) = place(i, scores.len());
        let middle = x + (width - 4.0) / 2.0;
        Text::at(middle, y + 10.0, 12.0).muted().anchor("middle").put(
            out,
            &layer.to_string(),
            width.max(20.0),
        );
    }
    Text::at(MARGIN, y + 10.0, 12.0).muted().put(out, "layer", LABEL);
}
