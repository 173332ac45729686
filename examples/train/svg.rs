//! The little of SVG that the charts need.

/// Ink, grey, and two colours that stay apart for colour-blind readers.
pub const INK: &str = "#1c2430";
pub const GREY: &str = "#6b7280";
pub const GRID: &str = "#e5e7eb";
pub const BLUE: &str = "#2563a8";
pub const ORANGE: &str = "#d9730d";

/// Text that may stand in an SVG.
pub fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out += "&amp;",
            '<' => out += "&lt;",
            '>' => out += "&gt;",
            '"' => out += "&quot;",
            // Characters that XML does not know at all.
            c if c.is_control() => out.push(' '),
            c => out.push(c),
        }
        out
    })
}

/// A drawing of this size with a white ground.
pub fn document(width: f64, height: f64, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" \
         font-family=\"Inter, 'Segoe UI', 'Helvetica Neue', Arial, sans-serif\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n"
    )
}

/// A line of text; `anchor` is start, middle or end.
pub fn text(x: f64, y: f64, size: f64, fill: &str, anchor: &str, content: &str) -> String {
    format!(
        "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" fill=\"{fill}\" text-anchor=\"{anchor}\">{}</text>\n",
        escape(content)
    )
}

/// A straight line.
pub fn line(from: (f64, f64), to: (f64, f64), stroke: &str, more: &str) -> String {
    let ((x1, y1), (x2, y2)) = (from, to);
    format!(
        "<line x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\" stroke=\"{stroke}\" {more}/>\n"
    )
}
