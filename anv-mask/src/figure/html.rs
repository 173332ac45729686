//! The figure as one self-contained HTML page.

use anv_core::Draft;
use base64::Engine;
use sha2::{Digest, Sha256};

use super::label_rows::LabelRows;
use super::paint::{font_face, push};
use super::text::{clean, escape};
use super::tiles::Tiles;
use super::view::{ClusterView, LayerView, View};
use super::{data, encode, html_labels, words};
use crate::overlay::shrink;
use crate::{ColorMap, Result};

const STYLE: &str = include_str!("page.css");
const SCRIPT: &str = include_str!("page.js");
/// Pixels a side of the embedded photo: the size for which the thesis chose its masks.
const PHOTO: u32 = 512;

pub(super) fn draw(view: &View<'_>, tiles: &Tiles, colors: ColorMap) -> Result<String> {
    let draft = view.draft;
    let photo = shrink(&draft.photo, PHOTO)?;
    let uri = encode::photo(&photo)?;
    let json = data::json(view, photo.dimensions())?;
    let title = escape(&format!("{} {}", words::title(draft), clean(&draft.source)));
    let mut out = String::with_capacity(json.len() + uri.len() + 500_000);
    push(
        &mut out,
        format_args!(
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<title>{title}</title>\n\
             <style>{}{STYLE}\n.photo{{background-image:url({uri});aspect-ratio:{}/{};--ratio:{:.4}}}\n\
             .scale{{background:linear-gradient(90deg,{})}}</style>\n</head>\n<body>\n",
            policy(),
            font_face(),
            photo.width(),
            photo.height(),
            f64::from(photo.width()) / f64::from(photo.height()),
            stops(colors)
        ),
    );
    head(&mut out, view);
    // Every picture has the room of the longest list of labels, so that rows stay aligned across layers.
    let rows = view.labels.map_or(0.0, |_| LabelRows::new(view).height());
    push(
        &mut out,
        format_args!(
            "<main class=\"layers\" style=\"--words:{rows}px\" \
             aria-label=\"The layers of the network, first to last\">\n"
        ),
    );
    for (i, layer) in view.layers.iter().enumerate() {
        section(&mut out, view, layer, tiles, i);
    }
    out.push_str("</main>\n");
    foot(&mut out, draft);
    out.push_str(include_str!("detail.html"));
    push(
        &mut out,
        format_args!(
            "<script type=\"application/json\" id=\"data\">{json}</script>\n<script>{SCRIPT}</script>\n</body>\n</html>\n"
        ),
    );
    Ok(out)
}

/// Nothing may be loaded, and no script but the page's own may run, whatever a name smuggles in.
fn policy() -> String {
    let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(SCRIPT));
    format!(
        "default-src 'none'; script-src 'sha256-{hash}'; style-src 'unsafe-inline'; img-src data:; font-src data:; \
         base-uri 'none'; form-action 'none'"
    )
}

fn stops(colors: ColorMap) -> String {
    let stop = |i: u8| {
        let [r, g, b] = colors.color(f32::from(i) / 8.0);
        format!("#{r:02x}{g:02x}{b:02x}")
    };
    (0..=8).map(stop).collect::<Vec<_>>().join(",")
}

fn head(out: &mut String, view: &View<'_>) {
    let facts: String = words::facts(view)
        .iter()
        .map(|(name, value)| format!("<div><dt>{name}</dt><dd>{}</dd></div>", escape(value)))
        .collect();
    let reading: String =
        words::reading(view).iter().map(|line| format!("<li>{}</li>", escape(line))).collect();
    push(
        out,
        format_args!(
            "<header class=\"top\">\n<div class=\"photo input\" role=\"img\" aria-label=\"The photo\"></div>\n\
             <div class=\"what\"><p class=\"eyebrow\">{}</p>\n<h1>{}</h1>\n<dl>{facts}</dl></div>\n\
             <div class=\"how\"><h2>How to read this</h2><ul>{reading}<li>Select a picture to see what is behind \
             it.</li></ul>\n<p class=\"legend\"><span>weak</span><span class=\"scale\"></span><span>strong \
             response</span></p></div>\n</header>\n<noscript><p class=\"note\">Details of a picture need \
             JavaScript.</p></noscript>\n",
            words::eyebrow(view),
            escape(&words::title(view.draft)),
        ),
    );
}

fn section(out: &mut String, view: &View<'_>, layer: &LayerView<'_>, tiles: &Tiles, index: usize) {
    let info = &layer.draft.layer;
    push(
        out,
        format_args!(
            "<section class=\"layer\" aria-labelledby=\"layer{n}\">\n<h2 id=\"layer{n}\">Layer {n}</h2>\n\
             <p class=\"sub\">{}</p><p class=\"sub\">{} × {}</p>\n",
            escape(&clean(&info.name)),
            info.size.0,
            info.size.1,
            n = info.number,
        ),
    );
    if let Some(reason) = words::nothing(view, layer) {
        push(out, format_args!("<p class=\"nothing\">{}</p>\n</section>\n", escape(&reason)));
        return;
    }
    let segment = |c: &ClusterView<'_>| format!("<i style=\"width:{:.3}%\"></i>", c.weight.clamp(0.0, 100.0));
    let bar: String = layer.clusters.iter().map(segment).collect();
    push(
        out,
        format_args!(
            "<div class=\"bar\" aria-hidden=\"true\">{bar}</div>\n<p class=\"sub\">{} shown</p>\n<ol>\n",
            escape(&words::percent(words::shown(layer)))
        ),
    );
    let most = view.highest_score();
    for (c, cluster) in layer.clusters.iter().enumerate() {
        let mut labels = String::new();
        match cluster.words {
            Some(words) => html_labels::rows(&mut labels, words, most),
            None => labels.push_str("<span class=\"label\"></span>"),
        }
        tile(out, layer, cluster, c, (tiles.uri(index, c), &labels));
    }
    out.push_str("</ol>\n</section>\n");
}

fn tile(
    out: &mut String,
    layer: &LayerView<'_>,
    cluster: &ClusterView<'_>,
    index: usize,
    (heat, labels): (&str, &str),
) {
    let weight = escape(&words::percent(cluster.weight));
    let maps = words::maps(cluster.channels.len());
    let called = cluster.words.and_then(words::label).map(|l| format!(", called {}", escape(&l)));
    let called = called.unwrap_or_default();
    push(
        out,
        format_args!(
            "<li><a class=\"tile\" id=\"layer{n}.cluster{index}\" href=\"#layer{n}.cluster{index}\" \
             aria-label=\"Layer {n}, cluster {} of {}: {weight} of the evidence, {maps}{called}. Show details\">\
             <span class=\"photo\"><img class=\"heat\" src=\"{heat}\" alt=\"\" decoding=\"async\"></span>\
             <span class=\"share\" style=\"width:{:.3}%\"></span>\
             <span class=\"row\"><b>{weight}</b><span>{maps}</span></span>{labels}</a></li>\n",
            index + 1,
            layer.clusters.len(),
            cluster.weight.clamp(0.3, 100.0),
            n = layer.draft.layer.number,
        ),
    );
}

fn foot(out: &mut String, draft: &Draft) {
    let hash = escape(&clean(&draft.model.weights_sha256));
    let weights = if hash.is_empty() { String::new() } else { format!(" · weights sha256 {hash}") };
    push(
        out,
        format_args!("<footer>Abstract Network Visualization · seed {}{weights}</footer>\n", draft.seed),
    );
}
