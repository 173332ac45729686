//! What is left on disk and on the terminal at the end.

use std::collections::BTreeMap;
use std::path::Path;

use anv_core::write_file;
use anv_examples::CommandError;
use anv_gradcam::Precision;

use super::args::{Args, Bits};
use super::backbone::{Backbone, Tensors};
use super::card::Card;
use super::confusion;
use super::dataset::{Dataset, Role};
use super::evaluate::{Evaluation, held_out};
use super::history;
use super::history_chart;
use super::learn::Trained;

/// Skipped files and confusions that are printed.
const LISTED: usize = 10;

/// The text of --remarks.
pub fn remarks(args: &Args) -> Result<String, CommandError> {
    match &args.remarks {
        None => Ok(String::new()),
        Some(path) => std::fs::read_to_string(path)
            .map_err(|e| format!("cannot read the remarks in {}: {e}", path.display()).into()),
    }
}

/// Prints how many pictures there are and which files are none.
pub fn dataset(dataset: &Dataset) {
    for (file, why) in dataset.skipped.iter().take(LISTED) {
        eprintln!("skipped {file}: {why}");
    }
    if dataset.skipped.len() > LISTED {
        eprintln!("… all {} skipped files and their reasons are in split.json", dataset.skipped.len());
    }
    eprintln!(
        "{} classes: {} pictures to train on, {} for validation, {} held out, {} skipped",
        dataset.classes.len(),
        dataset.count(Role::Train),
        dataset.count(Role::Validation),
        dataset.count(Role::HeldOut),
        dataset.skipped.len()
    );
}

/// Says how the validation pictures do after each phase and writes how it went; nothing else is judged.
pub fn validation(out: &Path, trained: &Trained) -> Result<(), CommandError> {
    for phase in &trained.history {
        let best = phase.epochs[phase.best];
        anv_examples::say!(
            "{:<12} {} epochs, kept number {}: validation loss {:.4}, accuracy {:.2} %",
            phase.title,
            phase.passes(),
            phase.best,
            best.validation_loss,
            100.0 * best.validation_accuracy
        );
    }
    let file = out.join("history.csv");
    write_file(&file, history::csv(&trained.history).as_bytes())?;
    anv_examples::say!("\nhistory  {}", file.display());
    Ok(())
}

/// Writes the network, judges it on the held-out pictures, writes card, tables and drawings.
pub fn write(
    args: &Args,
    out: &Path,
    backbone: &Backbone,
    dataset: &Dataset,
    trained: &Trained,
    remarks: &str,
) -> Result<(), CommandError> {
    let name = args.name.clone().unwrap_or_else(|| backbone.name(&args.data_name()));
    let tensors = trained
        .parameters
        .iter()
        .map(|p| Ok((p.name.clone(), p.tensor()?)))
        .collect::<Result<Tensors, CommandError>>()?;
    let metadata = [("name", name.clone()), ("classes", dataset.classes.join("\n"))];
    let export = |path: &Path, precision| backbone.write(path, &tensors, &metadata, args, precision);

    let file = format!("{name}.safetensors");
    let (path, cache) = (out.join(&file), out.join("cache"));
    export(&path, args.bits.precision())?;
    let judge = |title, path: &Path| Evaluation::run(title, path, args, dataset, &cache);
    let exported = judge(if args.bits == Bits::ThirtyTwo { "Held out" } else { "As exported" }, &path)?;
    let full = match args.bits {
        Bits::ThirtyTwo => exported.clone(),
        _ => {
            let path = cache.join("unrounded.safetensors");
            export(&path, Precision::F32)?;
            judge("In 32 bits", &path)?
        }
    };
    let history = &trained.history;
    let card = Card {
        name: &name,
        file: &file,
        args,
        backbone,
        dataset,
        head: &trained.head,
        history,
        full: &full,
        exported: &exported,
        remarks,
    };
    let texts = BTreeMap::from([
        ("MODEL_CARD.md", card.markdown()),
        ("history.csv", history::csv(history)),
        ("history.svg", history_chart::draw(&name, history)),
        ("confusion.csv", confusion::csv(&dataset.classes, &exported)),
        ("confusion.svg", confusion::draw(&name, &dataset.classes, &exported)),
        ("held-out.csv", held_out_csv(dataset, &full, &exported)),
    ]);
    for (file, text) in &texts {
        write_file(out.join(file), text.as_bytes())?;
    }
    print(dataset, &full, &exported, args);
    anv_examples::say!("\nnetwork  {}\ncard     {}", path.display(), out.join("MODEL_CARD.md").display());
    anv_examples::say!(
        "further  history.svg, history.csv, confusion.svg, confusion.csv, held-out.csv in {}",
        out.display()
    );
    Ok(())
}

fn held_out_csv(dataset: &Dataset, full: &Evaluation, exported: &Evaluation) -> String {
    let mut text = String::from("picture,class,predicted_32_bits,predicted_as_exported\n");
    for ((picture, full), exported) in held_out(dataset).iter().zip(&full.pairs).zip(&exported.pairs) {
        let fields = [
            &dataset.name(picture),
            &dataset.classes[picture.class],
            &dataset.classes[full.1],
            &dataset.classes[exported.1],
        ];
        text += &fields.map(|f| confusion::quoted(f)).join(",");
        text.push('\n');
    }
    text
}

fn print(dataset: &Dataset, full: &Evaluation, exported: &Evaluation, args: &Args) {
    let percent = |share: f64| format!("{:6.2} %", 100.0 * share);
    anv_examples::say!("\n{} held-out pictures     all   mean of classes", exported.pairs.len());
    anv_examples::say!("  32 bits          {}  {}", percent(full.accuracy()), percent(full.class_mean()));
    let bits = args.bits.count();
    anv_examples::say!(
        "  exported, {bits:2} bits {}  {}",
        percent(exported.accuracy()),
        percent(exported.class_mean())
    );
    let confusions = exported.worst_confusions();
    if !confusions.is_empty() {
        anv_examples::say!("\nmost frequent mistakes");
    }
    for (class, predicted, times) in confusions.into_iter().take(LISTED) {
        anv_examples::say!("  {times} x {} taken for {}", dataset.classes[class], dataset.classes[predicted]);
    }
}
