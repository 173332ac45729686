//! From many labelled photos to a statement about a class.
//!
//! ```text
//! cargo run --release --example global
//! cargo run --release --example global -- FOLDERS... --class NAME --group 3 --top 6
//! ```

mod args;
mod table;

use std::collections::BTreeSet;
use std::path::Path;
use std::process::ExitCode;

use anv_core::{Aggregator, GlobalExplanation, LabeledImage, Scope, write_file};
use anv_examples::words::{Clusters, Folder, Input, Pictures, groups, write_rows};
use anv_examples::{CommandError, DEMO_CLASS, exit_code};
use anv_global::{GlobalAggregator, feature_rows, label_rows};
use anv_labels::{ScoreParams, Scores};
use anv_mask::GlobalFigure;
use args::Args;
use clap::Parser;
use serde_json::{Value, json};

fn main() -> ExitCode {
    exit_code(global(&Args::parse()))
}

fn global(args: &Args) -> Result<(), CommandError> {
    let (images, folders) = images(args)?;
    let class = class(args, &images)?;
    let images: Vec<_> = images.into_iter().filter(|i| i.class == class).collect();
    let mut aggregator = GlobalAggregator::new(args.params())?;
    for image in &images {
        aggregator.add(image)?;
    }
    let explanations = aggregator.finish()?;
    if explanations.iter().all(|e| e.groups.is_empty()) {
        eprintln!("nobody labelled a cluster of these layers: there are no features");
    }
    write_rows(&args.out, "features", explanations.iter().flat_map(feature_rows))?;
    write_rows(&args.out, "labels", images.iter().flat_map(label_rows))?;
    write_file(args.out.join("global.json"), &serde_json::to_vec_pretty(&explanations)?)?;
    write_figures(&explanations, &Pictures::read(&folders, &explanations)?, &args.out)?;
    if args.json {
        anv_examples::say!("{}", serde_json::to_string(&summary(&explanations))?);
        eprintln!("written to {}", args.out.display());
        return Ok(());
    }
    table::print(&explanations);
    anv_examples::say!("written to {}", args.out.display());
    Ok(())
}

/// `global.svg`, `.png` and `.html` for the first explanation; `global-2` and so on for wrong predictions apart.
fn write_figures(
    explanations: &[GlobalExplanation],
    pictures: &Pictures,
    out: &Path,
) -> Result<(), CommandError> {
    for (place, explanation) in explanations.iter().enumerate() {
        let name = if place == 0 { "global".to_owned() } else { format!("global-{}", place + 1) };
        let figure = GlobalFigure::new(explanation).pictures(|example| pictures.get(example));
        write_file(out.join(format!("{name}.svg")), figure.svg()?.as_bytes())?;
        write_file(out.join(format!("{name}.png")), &figure.png()?)?;
        write_file(out.join(format!("{name}.html")), figure.html()?.as_bytes())?;
    }
    Ok(())
}

/// The labelled images, from games or from the labels that `label` left in the folders, and the folders with their
/// pictures.
fn images(args: &Args) -> Result<(Vec<LabeledImage>, Vec<Folder>), CommandError> {
    let words = &args.words;
    if words.games.is_none() && !words.folders.is_empty() {
        let folders = Folder::read_all(&words.folders)?;
        let images = folders.iter().map(Folder::labels).collect::<Result<_, _>>()?;
        return Ok((images, folders));
    }
    let input = Input::read(words)?;
    for note in input.notes() {
        eprintln!("{note}");
    }
    let images = input.images(&Scores::new(&input.clean()?, &ScoreParams::default())?)?;
    let folders = match input.clusters {
        Clusters::Folders(folders) => folders,
        Clusters::Table(_) => Vec::new(),
    };
    Ok((images, folders))
}

/// The class asked for, or the only one there is.
fn class(args: &Args, images: &[LabeledImage]) -> Result<String, CommandError> {
    let classes: BTreeSet<&str> = images.iter().map(|i| &*i.class).collect();
    let asked = match &args.class {
        Some(class) => Some(&**class),
        None if args.words.is_empty() => Some(DEMO_CLASS),
        None => None,
    };
    let list = || classes.iter().copied().collect::<Vec<_>>().join(", ");
    match asked {
        Some(class) if classes.contains(class) => Ok(class.to_owned()),
        Some(class) => Err(format!("no image explains the class `{class}`: there are {}", list()).into()),
        None if classes.len() == 1 => Ok(list()),
        None => Err(format!("several classes are explained: choose one with --class: {}", list()).into()),
    }
}

/// `groups` of the images taken together or rightly predicted; wrong predictions apart where that was asked for.
fn summary(explanations: &[GlobalExplanation]) -> Value {
    let main = explanations.iter().find(|e| !matches!(e.scope, Scope::Wrong(_)));
    let mut summary = json!({ "groups": main.map_or_else(|| json!([]), groups) });
    let wrong: Vec<_> = explanations
        .iter()
        .filter_map(|e| match &e.scope {
            Scope::Wrong(truth) => Some(json!({ "true_class": truth, "groups": groups(e) })),
            _ => None,
        })
        .collect();
    if !wrong.is_empty() {
        summary["wrong"] = wrong.into();
    }
    summary
}
