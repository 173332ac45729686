//! Makes the material of the demonstration: small explanations of the packaged photos, and sheets of their masked
//! pictures to look at while answering. `assets/demo/README.md` says how the answers came to be.
//!
//! ```text
//! cargo run --release --example demo -- --out examples/assets/demo/explained --sheets sheets
//! ```

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anv_cluster::{TsneReducer, WardClusterer};
use anv_core::image::imageops::{FilterType, overlay, resize};
use anv_core::image::{ImageFormat, RgbImage};
use anv_core::{Draft, LayerSelection, PhotoLimits, Pipeline, Target, read_photo, write_file};
use anv_examples::{CommandError, exit_code, packaged_network};
use anv_gradcam::{GradCam, LoadOptions, Network};
use anv_mask::MaskParams;
use clap::Parser;

/// Longest side of a photo of the demonstration, in pixels: all nine folders stay below a mebibyte and a half.
const SIDE: u32 = 256;
/// Black between the pictures of a sheet, in pixels.
const GAP: u32 = 6;

/// Make the demonstration's explanations and the sheets of masked pictures that its answers were given from.
#[derive(Debug, Parser)]
#[command(name = "demo", version)]
struct Args {
    /// The photos
    #[arg(long, default_value = "examples/assets/photos", value_name = "FOLDER")]
    photos: PathBuf,

    /// The layers to explain
    #[arg(long, default_value = "11-13")]
    layers: LayerSelection,

    /// Where the explanations go, a folder a photo
    #[arg(long, default_value = "demo/explained", value_name = "FOLDER")]
    out: PathBuf,

    /// Where the sheets go: one a photo and number of hints, a row a layer, a column a cluster
    #[arg(long, value_name = "FOLDER")]
    sheets: Option<PathBuf>,
}

fn main() -> ExitCode {
    exit_code(run(&Args::parse()))
}

fn run(args: &Args) -> Result<(), CommandError> {
    let (name, bytes) = packaged_network();
    let network = Network::from_bytes(bytes, name, &LoadOptions::default())?;
    let pipeline = Pipeline::new(GradCam::new(network), TsneReducer::default(), WardClusterer::default());
    let target = Target { layers: args.layers.clone(), ..Target::default() };
    for path in photos(&args.photos)? {
        let photo = small(&read_photo(&path, &PhotoLimits::default())?);
        let mut draft = pipeline.analyse(&photo, &target)?;
        draft.source = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        draft.write(args.out.join(&stem), &[])?;
        let clusters: Vec<_> = draft.layers.iter().map(|l| l.clusters.len().to_string()).collect();
        anv_examples::say!("{stem}: {}, {} clusters", draft.class.name, clusters.join(" + "));
        if let Some(folder) = &args.sheets {
            write_sheets(&draft, &stem, folder)?;
        }
    }
    anv_examples::say!("written to {}", args.out.display());
    Ok(())
}

fn photos(folder: &Path) -> Result<Vec<PathBuf>, CommandError> {
    let entries = std::fs::read_dir(folder).map_err(|e| format!("cannot read {}: {e}", folder.display()))?;
    let mut photos = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.extension().is_some_and(|e| e == "jpg" || e == "png") {
            photos.push(path);
        }
    }
    photos.sort();
    Ok(photos)
}

fn small(photo: &RgbImage) -> RgbImage {
    let (width, height) = photo.dimensions();
    let longest = width.max(height);
    if longest <= SIDE {
        return photo.clone();
    }
    let scaled = |side: u32| ((side * SIDE + longest / 2) / longest).max(1);
    resize(photo, scaled(width), scaled(height), FilterType::Lanczos3)
}

fn write_sheets(draft: &Draft, name: &str, folder: &Path) -> Result<(), CommandError> {
    let (width, height) = draft.photo.dimensions();
    let columns = draft.layers.iter().map(|l| l.clusters.len()).max().unwrap_or(0) as u32;
    let params = MaskParams::default();
    for hints in 0..params.levels.len() {
        let rows = draft.layers.len() as u32;
        // White where there is no cluster: a masked picture may be black.
        let mut sheet =
            RgbImage::from_pixel(columns * (width + GAP), rows * (height + GAP), [255, 255, 255].into());
        for (row, layer) in (0i64..).zip(&draft.layers) {
            for (column, cluster) in (0i64..).zip(&layer.clusters) {
                let masks = params.masks(cluster.map.view(), width, height)?;
                let picture = masks[hints].apply(&draft.photo)?;
                overlay(&mut sheet, &picture, column * i64::from(width + GAP), row * i64::from(height + GAP));
            }
        }
        let mut png = Cursor::new(Vec::new());
        sheet.write_to(&mut png, ImageFormat::Png)?;
        write_file(folder.join(format!("hints{hints}/{name}.png")), &png.into_inner())?;
    }
    Ok(())
}
