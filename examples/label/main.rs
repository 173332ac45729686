//! From people's answers to labelled explanations.
//!
//! ```text
//! cargo run --release --example label
//! cargo run --release --example label -- FOLDER --games games.csv --dictionary dictionary.csv
//! ```

mod args;
mod details;
mod table;
mod targets;

use std::io::{BufWriter, Write, stdout};
use std::path::Path;
use std::process::ExitCode;

use anv_core::{Draft, Explanation, LabeledImage, write_file};
use anv_examples::words::{Clusters, Folder, Input, MergedList, Report, ScoreList, write_rows};
use anv_examples::{CommandError, exit_code};
use anv_global::label_rows;
use anv_labels::{CleanedGames, ScoreParams, Scores, SharedBestLabel};
use anv_mask::LabeledFigure;
use args::Args;
use clap::Parser;
use serde::Serialize;

fn main() -> ExitCode {
    exit_code(label(&Args::parse()))
}

fn label(args: &Args) -> Result<(), CommandError> {
    let input = Input::read(&args.words)?;
    for note in input.notes() {
        eprintln!("{note}");
    }
    let cleaned = input.clean()?;
    let found = Scores::new(&cleaned, &ScoreParams::default())?;
    let images = input.images(&found)?;
    let report = Report::new(&input, &cleaned, &images);
    if let Clusters::Folders(folders) = &input.clusters {
        for (folder, target) in folders.iter().zip(targets::paths(folders, &args.out)?) {
            write_folder(folder, &found, &target, args.png)?;
        }
    }
    write_tables(&cleaned, &images, &report, &args.out)?;
    if args.json {
        let report = matches!(input.clusters, Clusters::Folders(_)).then_some(&report);
        print_json(&Printed { merged: MergedList(&images), report, scores: ScoreList(&found) })?;
        eprintln!("written to {}", args.out.display());
        return Ok(());
    }
    table::print(&images, &report);
    anv_examples::say!("written to {}", args.out.display());
    Ok(())
}

/// What --json prints.
#[derive(Serialize)]
struct Printed<'a> {
    merged: MergedList<'a>,
    /// Not for label sets without pictures, whose shape is that of the independent program's file.
    #[serde(skip_serializing_if = "Option::is_none")]
    report: Option<&'a Report>,
    scores: ScoreList<'a>,
}

fn print_json(printed: &Printed<'_>) -> Result<(), CommandError> {
    let mut out = BufWriter::new(stdout().lock());
    serde_json::to_writer(&mut out, printed)?;
    writeln!(out)?;
    Ok(out.flush()?)
}

/// The labelled explanation of one photo: everything of its folder, and the labels.
fn write_folder(
    folder: &Folder,
    scores: &Scores<'_>,
    target: &Path,
    png_sheets: bool,
) -> Result<(), CommandError> {
    let draft = Draft::read(&folder.path)?;
    let explanation = Explanation::new(&folder.image, draft, scores, &SharedBestLabel)?;
    let figure = LabeledFigure::new(&explanation);
    let svg = figure.svg()?;
    let (png, html) = rayon::join(|| figure.png(), || figure.html());
    let (png, html) = (png?, html?);
    let further: [(&str, &[u8]); 3] =
        [("anv.svg", svg.as_bytes()), ("anv.png", &png), ("anv.html", html.as_bytes())];
    explanation.write(target, &further)?;
    details::write(&figure, &target.join("details"), png_sheets)
}

fn write_tables(
    cleaned: &CleanedGames<'_>,
    images: &[LabeledImage],
    report: &Report,
    out: &Path,
) -> Result<(), CommandError> {
    let mut rewrites = Vec::new();
    cleaned.write_rewrites(&mut rewrites)?;
    write_file(out.join("rewrites.csv"), &rewrites)?;
    write_rows(out, "labels", images.iter().flat_map(label_rows))?;
    Ok(write_file(out.join("report.json"), &serde_json::to_vec_pretty(report)?)?)
}
