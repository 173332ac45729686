//! The label-by-layer plot: one panel a class, one line a label.

use std::fmt::Write;

use anv_examples::words::Trend;

const WIDTH: f64 = 760.0;
const PANEL: f64 = 320.0;
/// Room for numbers and the class's name at the left and top, for the labels at the right, for layers below.
const LEFT: f64 = 56.0;
const TOP: f64 = 44.0;
const RIGHT: f64 = 190.0;
const BOTTOM: f64 = 40.0;
/// Okabe and Ito's colours, told apart by people who see few; the lines' dashes tell them apart without any.
const COLORS: [&str; 8] =
    ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#000000", "#8c6d31"];
const DASHES: [&str; 3] = ["", "7 3", "2 3"];

/// The plot as SVG, one panel below the other.
pub fn svg(trends: &[Trend]) -> String {
    let panels: Vec<_> = trends.chunk_by(|a, b| a.class == b.class).collect();
    let height = PANEL * panels.len().max(1) as f64;
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {height}\" width=\"{WIDTH}\" \
         height=\"{height}\" font-family=\"Inter, sans-serif\" font-size=\"12\">\n\
         <title>Scores of labels across layers</title>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#fff\"/>\n"
    );
    for (place, panel) in panels.into_iter().enumerate() {
        draw(&mut out, panel, PANEL * place as f64);
    }
    out.push_str("</svg>\n");
    out
}

fn draw(out: &mut String, trends: &[Trend], top: f64) {
    let Some(first) = trends.first() else { return };
    let layers: Vec<usize> = first.layers.iter().map(|(l, _)| *l).collect();
    let most = trends.iter().flat_map(|t| &t.layers).map(|(_, s)| *s).fold(0.0, f64::max).max(1e-9);
    let x = |place: usize| {
        LEFT + (WIDTH - LEFT - RIGHT) * place as f64 / layers.len().saturating_sub(1).max(1) as f64
    };
    let y = |score: f64| top + PANEL - BOTTOM - (PANEL - TOP - BOTTOM) * score / most;
    let mut text = |x: f64, y: f64, more: &str, content: &str| {
        // Writing to a String cannot fail.
        let _ = writeln!(out, "<text x=\"{x:.1}\" y=\"{y:.1}\" {more}>{}</text>", escape(content));
    };
    text(LEFT, top + 24.0, "font-size=\"15\" font-weight=\"600\"", &first.class);
    text(LEFT - 8.0, y(most) + 4.0, "text-anchor=\"end\"", &format!("{most:.1}"));
    text(LEFT - 8.0, y(0.0) + 4.0, "text-anchor=\"end\"", "0");
    for (place, layer) in layers.iter().enumerate() {
        text(x(place), y(0.0) + 18.0, "text-anchor=\"middle\"", &layer.to_string());
    }
    text(x(0), y(0.0) + 34.0, "fill=\"#555\"", "layer; height: global score of the label in it");
    let _ = writeln!(
        out,
        "<path d=\"M{:.1} {:.1}V{:.1}H{:.1}\" fill=\"none\" stroke=\"#888\"/>",
        LEFT,
        y(most),
        y(0.0),
        WIDTH - RIGHT
    );
    for (place, trend) in trends.iter().enumerate() {
        let (color, dash) = (COLORS[place % COLORS.len()], DASHES[place / COLORS.len() % DASHES.len()]);
        let points: Vec<_> =
            trend.layers.iter().enumerate().map(|(i, (_, s))| format!("{:.1},{:.1}", x(i), y(*s))).collect();
        let _ = writeln!(
            out,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>",
            points.join(" ")
        );
        for (i, (_, s)) in trend.layers.iter().enumerate() {
            let _ =
                writeln!(out, "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"3\" fill=\"{color}\"/>", x(i), y(*s));
        }
        // A legend in the order of scores: names at the lines' ends would lie on each other.
        let (left, line) = (WIDTH - RIGHT + 22.0, top + TOP + 18.0 * place as f64 + 8.0);
        let arrow = match trend.slope {
            s if s > 1e-9 => "↗",
            s if s < -1e-9 => "↘",
            _ => "→",
        };
        let _ = writeln!(
            out,
            "<path d=\"M{left:.1} {:.1}h22\" stroke=\"{color}\" stroke-width=\"2\" stroke-dasharray=\"{dash}\"/>\
             <text x=\"{:.1}\" y=\"{line:.1}\">{} {arrow}</text>",
            line - 4.0,
            left + 28.0,
            escape(&trend.label)
        );
    }
}

/// Text inside XML; characters that XML forbids become U+FFFD.
fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            c if c.is_control() || matches!(c, '\u{FFFE}' | '\u{FFFF}') => safe.push('\u{FFFD}'),
            c => safe.push(c),
        }
    }
    safe
}
