//! A detail sheet a cluster, beside the labelled explanation.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use anv_core::write_file;
use anv_examples::CommandError;
use anv_mask::{LabeledFigure, Sheet};
use rayon::prelude::*;

/// Writes `layer13-0+2.svg`, and the same as `.png` where `png` asks for it, for every merged cluster; sheets of an earlier run that are no longer true go.
pub fn write(figure: &LabeledFigure<'_>, folder: &Path, png: bool) -> Result<(), CommandError> {
    let sheets = figure.sheets();
    let ends: &[&str] = if png { &["svg", "png"] } else { &["svg"] };
    let current: BTreeSet<_> =
        sheets.iter().flat_map(|s| ends.iter().map(|end| format!("{}.{end}", s.name()))).collect();
    remove_others(folder, &current)?;
    sheets.par_iter().try_for_each(|sheet| write_sheet(sheet, folder, png))
}

fn write_sheet(sheet: &Sheet<'_>, folder: &Path, png: bool) -> Result<(), CommandError> {
    write_file(folder.join(format!("{}.svg", sheet.name())), sheet.svg()?.as_bytes())?;
    if png {
        write_file(folder.join(format!("{}.png", sheet.name())), &sheet.png()?)?;
    }
    Ok(())
}

/// Only files that are named as sheets are: others in the folder are their owner's.
fn remove_others(folder: &Path, current: &BTreeSet<String>) -> Result<(), CommandError> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    for entry in entries {
        let entry = entry.map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if is_sheet(&name) && !current.contains(&name) {
            fs::remove_file(entry.path())
                .map_err(|e| format!("cannot remove {}: {e}", entry.path().display()))?;
        }
    }
    Ok(())
}

fn is_sheet(name: &str) -> bool {
    let numbers = |part: &str| part.split('+').all(|n| n == "more" || n.parse::<usize>().is_ok());
    let stem = name.strip_suffix(".svg").or_else(|| name.strip_suffix(".png"));
    let places = stem.and_then(|s| s.strip_prefix("layer")).and_then(|s| s.split_once('-'));
    places.is_some_and(|(layer, members)| layer.parse::<usize>().is_ok() && numbers(members))
}
