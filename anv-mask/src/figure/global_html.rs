//! The figure of a class as one self-contained HTML page.

use anv_core::{GlobalExplanation, GlobalFeature};

use super::global_overlays::{Overlay, Overlays};
use super::paint::{font_face, push};
use super::text::{clean, escape};
use super::{global_words as say, words};
use crate::Result;

const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; font-src data:; base-uri 'none'; \
                      form-action 'none'";

pub(super) fn draw(global: &GlobalExplanation, overlays: &Overlays) -> Result<String> {
    let mut out = String::new();
    let title = escape(&say::title(global));
    push(
        &mut out,
        format_args!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{POLICY}\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n<style>{}{}{}</style>\n\
             </head>\n<body>\n",
            font_face(),
            include_str!("page.css"),
            include_str!("global.css"),
        ),
    );
    head(&mut out, global, &title);
    out.push_str("<main>\n");
    let most = say::longest(global);
    for (place, group) in global.groups.iter().enumerate() {
        let (name, covers) = say::group(global, group);
        push(
            &mut out,
            format_args!(
                "<section class=\"group\"><div><h2>{name}</h2><p class=\"sub\">{covers}</p></div>\n<ol>\n"
            ),
        );
        for (i, feature) in group.features.iter().enumerate() {
            card(&mut out, feature, overlays.of(place, i), global.all_layers, most);
        }
        out.push_str("</ol></section>\n");
    }
    if global.groups.iter().all(|g| g.features.is_empty()) {
        out.push_str("<p class=\"note\">Nobody labelled a part of these photos.</p>\n");
    }
    out.push_str("</main>\n<footer>Abstract Network Visualization</footer>\n</body>\n</html>\n");
    Ok(out)
}

fn head(out: &mut String, global: &GlobalExplanation, title: &str) {
    let fact =
        |(name, value): &(&str, String)| format!("<div><dt>{name}</dt><dd>{}</dd></div>", escape(value));
    let facts: String = say::facts(global).iter().map(fact).collect();
    let reading: String =
        say::reading(global).iter().map(|line| format!("<li>{}</li>", escape(line))).collect();
    push(
        out,
        format_args!(
            "<header class=\"top global\">\n<div class=\"what\"><p class=\"eyebrow\">{}</p>\n<h1>{title}</h1>\n\
             <dl>{facts}</dl></div>\n<div class=\"how\"><h2>How to read this</h2><ul>{reading}</ul></div>\n</header>\n",
            say::EYEBROW,
        ),
    );
}

fn card(out: &mut String, feature: &GlobalFeature, overlays: &[Overlay], all_layers: bool, most: f64) {
    let label = escape(&clean(&feature.label));
    let (score, interval) = say::score(feature);
    let share = |score: f64| if most > 0.0 { (100.0 * score / most).clamp(0.0, 100.0) } else { 0.0 };
    push(out, format_args!("<li class=\"feature\"><div class=\"examples\">"));
    for (place, overlay) in overlays.iter().enumerate() {
        let from = escape(&say::example(feature, place));
        push(out, format_args!("<img src=\"{}\" alt=\"{label} in {from}\" title=\"{from}\">", overlay.uri));
    }
    push(
        out,
        format_args!(
            "</div>\n<h3 title=\"{label}\">{label}</h3>\n<p><b>{score}</b> <span class=\"sub\">{}</span></p>\n\
             <div class=\"score\"><i style=\"width:{:.2}%\"></i>",
            interval.unwrap_or_default(),
            share(feature.score)
        ),
    );
    if let Some(interval) = feature.interval {
        let (low, high) = (share(interval.low), share(interval.high));
        push(out, format_args!("<u style=\"left:{low:.2}%;width:{:.2}%\"></u>", (high - low).max(0.0)));
    }
    out.push_str("</div>");
    if !all_layers {
        push(
            out,
            format_args!(
                "<p class=\"sub\">{} mean weight</p><span class=\"share\" style=\"width:{:.3}%\"></span>",
                escape(&words::percent(feature.weight_percent)),
                feature.weight_percent.clamp(0.3, 100.0)
            ),
        );
    }
    out.push_str("</li>\n");
}
