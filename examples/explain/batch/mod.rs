//! Many photos: `explain FOLDER|LIST.csv --out RUN`.
//!
//! A run is a folder; everything in it can be read at any moment, also while processes write to it:
//!
//! | file | holds |
//! | --- | --- |
//! | `run.json` | format, network, parameters, seed, number of photos and checksum of their names: a command with others is refused |
//! | `clusters-SSS-NNNNN.parquet` | one row a cluster map ([`anv_global::ClusterRow`]) |
//! | `photos-SSS-NNNNN.parquet` | one row a photo, explained or failed ([`anv_global::PhotoRow`]); written last: its presence says that the part is complete |
//! | `maps-SSS-NNNNN.safetensors` | one f32 tensor a cluster map, `PHOTO.layer13.cluster0`, and all else of a photo as the text `PHOTO.anv.json` |
//! | `thumbs/` | small photos, and the heatmaps of each layer's heaviest cluster |
//! | `photos/` | saved folders as of a single photo, where they were drawn |
//! | `index.html` | the gallery, made anew at the end of every command |
//! | `.part-SSS-NNNNN` | the photos of a part that is not complete, see `journal` |
//!
//! `SSS` is the shard, `NNNNN` the part of the shard, `PHOTO` the place of the photo among all. Which photo is in which
//! part follows from `run.json` alone, so that a part that is made twice is the same but for its seconds, and the last digits
//! of what passed the network in other company (`--batch-size`).

mod draw;
mod gallery;
mod journal;
mod layout;
mod maps;
mod photos;
mod progress;
mod retry;
mod scan;
mod settings;
mod summary;
mod thumbs;
mod work;

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use anv_core::{CancelToken, ClassChoice, ModelInfo};
use anv_examples::{CommandError, say};
use anv_gradcam::Network;
use photos::{Photos, Remarks};
use progress::Progress;
use settings::Settings;
use signal_hook::consts::{SIGINT, SIGTERM};
use summary::{Now, Summary};
use work::{Reached, Work};

use crate::args::Args;
use crate::shard::Shard;

/// Exit code after a signal, as a shell has it for Ctrl-C.
pub const INTERRUPTED: i32 = 130;

/// How a command ended that did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ended {
    Complete,
    /// By a signal, before the last photo.
    Interrupted,
}

/// Whether the arguments are about many photos.
pub fn is_meant(args: &Args) -> bool {
    let list = |path: &Path| path.extension().is_some_and(|e| e.eq_ignore_ascii_case("csv"));
    args.photo.as_ref().is_some_and(|path| path.is_dir() || list(path))
}

/// Explains the photos of a folder or list, or sums a run up again.
pub fn run(args: &Args, from: &Path) -> Result<Ended, CommandError> {
    let cancel = signals()?;
    if let Some(settings) = from.is_dir().then(|| Settings::read(from)).transpose()?.flatten() {
        return again(args, from, &settings, &cancel);
    }
    if args.batch.draw.is_some() {
        return Err(format!("--draw needs the folder of a run: {} is none", from.display()).into());
    }
    let out = args.out.clone().unwrap_or_else(|| settings::default_folder(from));
    let network = crate::network(args)?;
    check(args, &network)?;
    let photos = Photos::read(from, &out, &network.info().classes)?;
    let settings = Settings::new(args, &photos, network.info());
    settings.claim(&out)?;
    let reached = explain(args, network, &photos, &settings, &out, &cancel)?;
    if reached.cancelled {
        return Ok(interrupted(&format!("{} photos are left", reached.left)));
    }
    let shard = args.batch.shard.map(|s| s.index);
    if args.batch.figures && !figures(args, &out, &settings, shard, &cancel)? {
        return Ok(interrupted("figures are left"));
    }
    finish(args, &out, &settings, Some(photos.remarks), Some(reached))?;
    Ok(Ended::Complete)
}

/// Set by Ctrl-C and SIGTERM; a second one ends the process at once, which loses nothing that is done. SIGHUP is left to
/// `nohup`.
fn signals() -> Result<CancelToken, CommandError> {
    let flag = Arc::new(AtomicBool::new(false));
    for signal in [SIGINT, SIGTERM] {
        // In this order: the first signal finds the flag not yet set.
        signal_hook::flag::register_conditional_shutdown(signal, INTERRUPTED, Arc::clone(&flag))?;
        signal_hook::flag::register(signal, Arc::clone(&flag))?;
    }
    Ok(flag.into())
}

fn interrupted(left: &str) -> Ended {
    eprintln!("interrupted: {left}; run the same command again to go on");
    Ended::Interrupted
}

fn explain(
    args: &Args,
    network: Network,
    photos: &Photos,
    settings: &Settings,
    run: &Path,
    cancel: &CancelToken,
) -> Result<Reached, CommandError> {
    let work = Work {
        run,
        photos,
        division: settings.division(),
        shard: args.batch.shard.unwrap_or(Shard { index: 0, count: 1 }),
        target: crate::target(args, network.info()),
        with_maps: settings.maps,
        colors: args.colors,
        retry_failed: args.batch.retry_failed,
        params: args.batch.params(network.device()).cancel(cancel.clone()),
    };
    work.explain(&crate::pipeline(args, network))
}

/// What is wrong with the options is said once, not for every photo.
fn check(args: &Args, network: &Network) -> Result<(), CommandError> {
    args.layers.resolve(network.layers().len())?;
    let ModelInfo { name, classes, .. } = network.info();
    match args.class_choice(classes) {
        ClassChoice::Name(class) if !classes.contains(&class) => {
            Err(format!("{name} knows no class `{class}`").into())
        }
        ClassChoice::Index(index) if index >= classes.len() => {
            Err(format!("{name} has no class {index}: it has {}, counted from 0", classes.len()).into())
        }
        _ => Ok(()),
    }
}

/// Another look at a run: one drawing, all of them, summary and gallery.
fn again(args: &Args, run: &Path, settings: &Settings, cancel: &CancelToken) -> Result<Ended, CommandError> {
    if let Some(wanted) = &args.batch.draw {
        let folder = draw::draw(args, run, settings, wanted)?;
        // The gallery leads to it from now on.
        gallery::write(run, settings, &mut Summary::new(run, settings))?;
        say!("open {}", folder.join("anv.html").display());
        return Ok(Ended::Complete);
    }
    if let Some(out) = args.out.as_ref().filter(|out| *out != run) {
        let (run, out) = (run.display(), out.display());
        return Err(format!("{run} is a run, it is not explained into {out}: give a folder of photos").into());
    }
    if args.batch.retry_failed {
        let reason = "--retry-failed needs the photos: give it to the command that made the run";
        return Err(format!("{reason}, explain FOLDER --out {}", run.display()).into());
    }
    let shard = args.batch.shard.map(|s| s.index);
    if args.batch.figures && !figures(args, run, settings, shard, cancel)? {
        return Ok(interrupted("figures are left"));
    }
    finish(args, run, settings, None, None)?;
    Ok(Ended::Complete)
}

/// Draws what is missing; whether it came to the end.
fn figures(
    args: &Args,
    run: &Path,
    settings: &Settings,
    shard: Option<u64>,
    cancel: &CancelToken,
) -> Result<bool, CommandError> {
    let mut progress = None;
    draw::missing(args, run, settings, shard, |done, total| {
        let bar = progress.get_or_insert_with(|| Progress::new("drawing", 0, total));
        if done > 0 {
            bar.advance(false);
        }
        !cancel.is_cancelled()
    })?;
    if let Some(progress) = progress {
        progress.finish();
    }
    Ok(!cancel.is_cancelled())
}

/// Summary and gallery over everything in the run.
fn finish(
    args: &Args,
    run: &Path,
    settings: &Settings,
    remarks: Option<Remarks>,
    reached: Option<Reached>,
) -> Result<(), CommandError> {
    let mut summary = Summary::new(run, settings);
    gallery::write(run, settings, &mut summary)?;
    summary.remarks = remarks;
    summary.now = reached.map(|r| Now {
        photos: r.now,
        seconds: r.seconds,
        photos_per_minute: 60.0 * r.now as f64 / r.seconds.max(1e-9),
    });
    if args.json {
        say!("{}", serde_json::to_string_pretty(&summary)?);
        eprintln!("written to {}", run.display());
    } else {
        summary.print(settings.shards);
    }
    Ok(())
}
