//! The explanation of a photo of a run as the saved folder that a single photo gets, from the maps that the run kept.

use std::path::{Path, PathBuf};

use anv_core::{Draft, PhotoLimits, decode_photo, is_saved_folder};
use anv_examples::CommandError;
use anv_global::PhotoRow;
use sha2::{Digest, Sha256};

use super::maps::Joined;
use super::photos::{self, hex};
use super::settings::Settings;
use super::{layout, scan, work};
use crate::args::Args;

/// Draws the photo of this name or number and returns where.
pub fn draw(args: &Args, run: &Path, settings: &Settings, wanted: &str) -> Result<PathBuf, CommandError> {
    let number: Option<u64> = wanted.parse().ok();
    let (mut by_name, mut by_number) = (None, None);
    scan::scan(run, &settings.division(), |photo, _| {
        if photo.image == wanted {
            by_name = Some(photo);
        } else if Some(photo.photo) == number {
            by_number = Some(photo);
        }
        Ok(())
    })?;
    let Some(photo) = by_name.or(by_number) else {
        return Err(format!(
            "no photo `{wanted}` in the complete parts of {}: expected a name as in its tables, or a number",
            run.display()
        )
        .into());
    };
    one(args, run, settings, &photo)
}

/// Draws the photos of a shard that were not drawn yet; `each` hears of every one and may end it.
pub fn missing(
    args: &Args,
    run: &Path,
    settings: &Settings,
    shard: Option<u64>,
    mut each: impl FnMut(u64, u64) -> bool,
) -> Result<(), CommandError> {
    let mut to_draw = Vec::new();
    scan::scan(run, &settings.division(), |photo, _| {
        let ours = shard.is_none_or(|shard| photo.photo % settings.shards == shard);
        let drawn = || is_saved_folder(run.join(layout::figure(photo.photo, &photo.image)));
        if ours && photo.is_explained() && !drawn() {
            to_draw.push(photo);
        }
        Ok(())
    })?;
    for (done, photo) in (0..).zip(&to_draw) {
        if !each(done, to_draw.len() as u64) {
            break;
        }
        one(args, run, settings, photo)?;
    }
    Ok(())
}

fn one(args: &Args, run: &Path, settings: &Settings, photo: &PhotoRow) -> Result<PathBuf, CommandError> {
    if !photo.is_explained() {
        let reason = photo.reason.as_deref().unwrap_or_default();
        return Err(format!("the photo {} was not explained: {reason}", photo.image).into());
    }
    let path = photos::path(Path::new(&settings.photos.folder), &photo.image);
    let bytes = work::read_file(&path, &photo.image)?;
    if photo.sha256.as_ref().is_some_and(|s| *s != hex(&Sha256::digest(&bytes))) {
        return Err(format!("{} has changed since it was explained", path.display()).into());
    }
    let pixels = decode_photo(&bytes, &photo.image, &PhotoLimits::default())?;
    let mut draft = match settings.maps {
        true => {
            let part = settings.division().part_of(photo.photo);
            let file = part.maps(run);
            let fail = |e| scan::maps_failed(run, part, &e);
            let packed =
                Joined::open(&file).and_then(|mut joined| joined.extract(photo.photo)).map_err(fail)?;
            let packed =
                packed.ok_or_else(|| format!("{} holds no maps of {}", file.display(), photo.image))?;
            Draft::from_safetensors(&packed, pixels, &file.display().to_string())?
        }
        false => again(args, settings, &pixels)?,
    };
    draft.source = photo.image.clone();
    let folder = run.join(layout::figure(photo.photo, &photo.image));
    crate::write(&draft, &folder, &crate::figures(&draft, args.colors)?)?;
    Ok(folder)
}

/// Without maps, the network once more, with the options that the run had.
fn again(args: &Args, settings: &Settings, photo: &anv_core::image::RgbImage) -> Result<Draft, CommandError> {
    let args = args.with(&settings.parameters.words())?;
    let network = crate::network(&args)?;
    if network.info().weights_sha256 != settings.model.weights_sha256 {
        let (found, expected) = (&network.info().name, &settings.model.name);
        return Err(format!(
            "the run kept no maps and explains {expected}, this is {found}: give its --model"
        )
        .into());
    }
    let target = crate::target(&args, network.info());
    Ok(crate::pipeline(&args, network).analyse(photo, &target)?)
}
