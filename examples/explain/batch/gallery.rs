//! `index.html`: all photos of a run on one page.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::Path;

use anv_core::{is_saved_folder, write_file_synced};
use anv_examples::CommandError;
use anv_global::{ClusterRow, PhotoRow};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::settings::Settings;
use super::summary::{Summary, is_right};
use super::{layout, scan, thumbs};

const STYLE: &str = include_str!("gallery.css");
const SCRIPT: &str = include_str!("gallery.js");
const BODY: &str = include_str!("gallery.html");
/// Small pictures up to this many bytes are part of the page; more of them stay files that are loaded when they are seen.
const EMBEDDED: usize = 3 << 20;
/// Photos on the page; beyond, it would be slow to open, and the tables answer better.
const MOST: usize = 20_000;

/// Counts the run into `summary` and writes the page.
pub fn write(run: &Path, settings: &Settings, summary: &mut Summary) -> Result<(), CommandError> {
    let mut page = Page { run, names: Names::default(), rows: Vec::new() };
    let missing = scan::scan(run, &settings.division(), |photo, clusters| {
        summary.add(&photo, clusters);
        page.add(&photo, clusters);
        Ok(())
    })?;
    summary.finish(&missing);
    let embedded = page.embedded();
    let data = json!({
        "run": run.display().to_string(),
        "layers": summary.layers.iter().map(|l| json!([l.layer, l.name])).collect::<Vec<_>>(),
        "names": page.names.list,
        "photos": page.rows,
        "embedded": embedded,
        "rows": thumbs::ROWS,
        "cells": thumbs::CELLS,
    });
    // A name must not end the script that holds the data.
    let data = data.to_string().replace('<', "\\u003c");
    let head = head(settings, summary, page.rows.len());
    write_file_synced(run.join("index.html"), |file| {
        write!(
            file,
            "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n\
             <meta http-equiv=\"Content-Security-Policy\" content=\"{}\">\n\
             <meta name=\"referrer\" content=\"no-referrer\">\n<title>{}</title>\n<style>{}{STYLE}</style>\n</head>\n\
             <body>\n{head}{BODY}<script type=\"application/json\" id=\"data\">{data}</script>\n\
             <script>{SCRIPT}</script>\n</body>\n</html>\n",
            policy(),
            escape(&format!("{} photos explained", summary.explained)),
            anv_mask::figure::font_face(),
        )
    })?;
    Ok(())
}

/// Only files beside the page may be loaded, and no script but the page's own may run, whatever a name smuggles in.
fn policy() -> String {
    let hash = STANDARD.encode(Sha256::digest(SCRIPT));
    format!(
        "default-src 'none'; script-src 'sha256-{hash}'; style-src 'unsafe-inline'; img-src 'self' file: data:; \
         font-src data:; base-uri 'none'; form-action 'none'"
    )
}

struct Page<'a> {
    run: &'a Path,
    names: Names,
    rows: Vec<Value>,
}

/// Class names by their place, each once.
#[derive(Default)]
struct Names {
    list: Vec<String>,
    places: BTreeMap<String, usize>,
}

impl Names {
    fn place(&mut self, name: Option<&String>) -> Option<usize> {
        let name = name?;
        Some(*self.places.entry(name.clone()).or_insert_with(|| {
            self.list.push(name.clone());
            self.list.len() - 1
        }))
    }
}

impl Page<'_> {
    /// A photo as a short list, since there are thousands: number, name, explained, predicted and true class, thousandths
    /// of probability, right, width and height, weights by layer, drawn folder, reason of a failure.
    fn add(&mut self, photo: &PhotoRow, clusters: &[ClusterRow]) {
        if self.rows.len() >= MOST {
            return;
        }
        let mut layers: BTreeMap<u64, Vec<f64>> = BTreeMap::new();
        for cluster in clusters {
            layers.entry(cluster.layer).or_default().push((cluster.weight_percent * 10.0).round() / 10.0);
        }
        let folder = layout::figure(photo.photo, &photo.image);
        let drawn = photo.is_explained() && is_saved_folder(self.run.join(&folder));
        self.rows.push(json!([
            photo.photo,
            photo.image,
            self.names.place(photo.class.as_ref()),
            self.names.place(photo.predicted.as_ref()),
            self.names.place(photo.true_class.as_ref()),
            photo.probability.map(|p| (1000.0 * p).round()),
            is_right(photo),
            [photo.width, photo.height],
            layers,
            drawn.then_some(folder),
            photo.reason,
        ]));
    }

    /// Small pictures by the photo's number, when they are few enough.
    fn embedded(&self) -> Option<BTreeMap<u64, [String; 2]>> {
        let (mut all, mut bytes) = (BTreeMap::new(), 0);
        for photo in self.rows.iter().filter(|row| row[10].is_null()).filter_map(|row| row[0].as_u64()) {
            let read = |name: String| std::fs::read(self.run.join(name)).ok();
            let (small, heat) = (read(layout::thumb(photo))?, read(layout::heat(photo))?);
            bytes += small.len() + heat.len();
            if bytes > EMBEDDED {
                return None;
            }
            let uri =
                |kind: &str, bytes: &[u8]| format!("data:image/{kind};base64,{}", STANDARD.encode(bytes));
            all.insert(photo, [uri("jpeg", &small), uri("png", &heat)]);
        }
        Some(all)
    }
}

fn head(settings: &Settings, summary: &Summary, shown: usize) -> String {
    let mut facts = vec![
        ("Network", settings.model.name.clone()),
        ("Explained", format!("{} photos, {} cluster maps", summary.explained, summary.cluster_maps)),
    ];
    if let Some(a) = &summary.accuracy {
        facts.push(("Accuracy", format!("{:.1} % of {} whose class is known", a.percent, a.photos)));
    }
    if summary.failed > 0 {
        facts.push(("Failed", format!("{} photos", summary.failed)));
    }
    let missing: u64 = summary.missing.iter().map(|m| m.photos).sum();
    if missing > 0 {
        facts.push(("Still to do", format!("{missing} of {} photos", summary.photos)));
    }
    if shown < (summary.explained + summary.failed) as usize {
        facts.push(("On this page", format!("the first {shown}; the tables hold all")));
    }
    facts.push(("Seed", settings.parameters.seed.to_string()));
    let facts: String = facts
        .iter()
        .map(|(name, value)| format!("<div><dt>{name}</dt><dd>{}</dd></div>", escape(value)))
        .collect();
    format!(
        "<header class=\"top\">\n<div class=\"what\"><p class=\"eyebrow\">Abstract Network Visualizations</p>\n\
         <h1>{} photos explained</h1>\n<dl>{facts}</dl></div>\n",
        summary.explained
    )
}

fn escape(text: &str) -> String {
    let clean = anv_examples::printable(text);
    clean.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
