//! What all drawings share: ink, text, the document around them.

use std::fmt::Write;

use super::encode;
use super::text::{Weight, escape, fit};

pub(super) const MARGIN: f64 = 40.0;
/// Width of a detail sheet.
pub(super) const SHEET: f64 = 960.0;
pub(super) const INK: &str = "#1b1f24";
pub(super) const MUTED: &str = "#656d76";
pub(super) const FAINT: &str = "#d8dde3";
pub(super) const CARD: &str = "#f6f7f9";
/// The network's evidence.
pub(super) const ACCENT: &str = "#c2410c";
/// People's words.
pub(super) const WORD: &str = "#0f766e";

const REGULAR: &[u8] = include_bytes!("../../assets/Inter-Regular-Latin.woff2");
const SEMI_BOLD: &[u8] = include_bytes!("../../assets/Inter-SemiBold-Latin.woff2");

/// The figures' font as CSS, for pages that look like them: Inter in two weights, embedded.
pub fn font_face() -> String {
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
        let shown = escape(&fit(text, self.size, self.weight, room));
        // What was cut can still be read by pointing at it.
        let title = match shown.ends_with('…') {
            true => format!("<title>{}</title>", escape(text)),
            false => String::new(),
        };
        let Self { x, y, size, fill, anchor, .. } = self;
        push(
            out,
            format_args!(
                "<text x=\"{x:.1}\" y=\"{y:.1}\" font-size=\"{size}\" font-weight=\"{weight}\" fill=\"{fill}\" \
                 text-anchor=\"{anchor}\">{title}{shown}</text>\n"
            ),
        );
    }
}

/// Appends; writing to a `String` cannot fail.
pub(super) fn push(out: &mut String, text: std::fmt::Arguments<'_>) {
    let _ = out.write_fmt(text);
}

/// A filled rectangle.
pub(super) fn rect(out: &mut String, (x, y): (f64, f64), (width, height): (f64, f64), fill: &str) {
    push(
        out,
        format_args!(
            "<rect x=\"{x:.2}\" y=\"{y:.1}\" width=\"{width:.2}\" height=\"{height:.1}\" fill=\"{fill}\"/>\n"
        ),
    );
}

/// A drawing that is complete: everything that it refers to is inside.
pub(super) fn document(title: &str, (width, height): (f64, f64), defs: &str, body: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" \
         width=\"{width:.0}\" height=\"{height:.0}\" viewBox=\"0 0 {width:.0} {height:.0}\" \
         font-family=\"Inter, sans-serif\" style=\"image-rendering:smooth\" role=\"img\">\n<title>{}</title>\n\
         <style>{}</style>\n<defs>\n{defs}</defs>\n\
         <rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n{body}</svg>\n",
        escape(title),
        font_face()
    )
}

/// A drawn figure.
#[derive(Debug)]
pub(super) struct Drawn {
    pub(super) svg: String,
    /// Where it can be cut into upright strips without cutting a picture.
    pub(super) cuts: Vec<f64>,
}
