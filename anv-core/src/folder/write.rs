//! Writing the saved folder.

use std::fs;
use std::io::Cursor;
use std::path::Path;

use image::codecs::png::{CompressionType, FilterType, PngEncoder};
use image::{ExtendedColorType, ImageEncoder, RgbImage};
use safetensors::tensor::{Dtype, TensorView};

use super::atomic::{PartialFolder, io, write_file};
use super::{IMAGE, JSON, MAPS, json, labels, map_key, sha256_hex};
use crate::{Draft, Error, Explanation, Result};

/// Present only while the files of an existing folder are being exchanged.
const EXCHANGE_MARK: &str = ".anv-exchange";

/// Whether `folder` holds a saved explanation.
pub fn is_saved_folder(folder: impl AsRef<Path>) -> bool {
    folder.as_ref().join(JSON).is_file()
}

impl Draft {
    /// Writes the saved folder, with further files (figures) beside the three of the format.
    ///
    /// A new folder appears whole or not at all. In an existing saved folder the files are exchanged one by
    /// one, `anv.json` first taken away and last put back, so that a reader never meets a mixture; other
    /// files in it stay.
    ///
    /// # Errors
    /// [`Error::Occupied`] when `folder` is a file or holds something else than a saved explanation,
    /// [`Error::Io`] when the system refuses.
    pub fn write(&self, folder: impl AsRef<Path>, further: &[(&str, &[u8])]) -> Result<()> {
        write_folder(self, folder.as_ref(), further, |_| Ok(()))
    }
}

impl Explanation {
    /// Writes the labelled folder: that of the draft, and in its `anv.json` the labels of every cluster and the
    /// merged clusters.
    ///
    /// The unmerged clusters stay, so [`Draft::read`] reads the folder too and it can be labelled again. New and
    /// existing folders are treated as by [`Draft::write`].
    ///
    /// # Errors
    /// [`Error::Mismatch`] when labels and draft do not belong together, else as [`Draft::write`].
    pub fn write(&self, folder: impl AsRef<Path>, further: &[(&str, &[u8])]) -> Result<()> {
        write_folder(&self.draft, folder.as_ref(), further, |file| labels::add(self, file))
    }
}

/// `complete` adds to `anv.json` what the draft does not know.
fn write_folder(
    draft: &Draft,
    folder: &Path,
    further: &[(&str, &[u8])],
    complete: impl FnOnce(&mut json::File) -> Result<()>,
) -> Result<()> {
    let exists = refuse_occupied(folder)?;
    if let Some(parent) = folder.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(io("create", parent))?;
    }
    let partial = PartialFolder::beside(folder)?;
    let image = encode_png(&draft.photo, folder)?;
    let maps = encode_maps(draft, folder)?;
    let mut file = json::File::new(draft, sha256_hex(&image), sha256_hex(&maps));
    complete(&mut file)?;
    let json =
        serde_json::to_vec(&file).map_err(|e| io("encode", &folder.join(JSON))(std::io::Error::other(e)))?;
    let ours: [(&str, &[u8]); 3] = [(IMAGE, &image), (MAPS, &maps), (JSON, &json)];
    // `anv.json` last: its presence says that the others are there.
    let names: Vec<_> = further.iter().chain(&ours).copied().collect();
    for (name, bytes) in &names {
        write_file(partial.path().join(name), bytes)?;
    }
    if exists {
        exchange(partial.path(), folder, names.iter().map(|(name, _)| *name))
    } else {
        fs::rename(partial.path(), folder).map_err(io("write", folder))
    }
}

/// Whether the folder exists already; an empty one is taken away so that a rename can put ours there.
fn refuse_occupied(folder: &Path) -> Result<bool> {
    let Ok(meta) = fs::metadata(folder) else { return Ok(false) };
    if !meta.is_dir() {
        return Err(Error::Occupied { path: folder.to_owned() });
    }
    if is_saved_folder(folder) || folder.join(EXCHANGE_MARK).exists() {
        return Ok(true);
    }
    match fs::read_dir(folder).map_err(io("read", folder))?.next() {
        Some(_) => Err(Error::Occupied { path: folder.to_owned() }),
        None => fs::remove_dir(folder).map(|()| false).map_err(io("replace", folder)),
    }
}

fn exchange<'a>(from: &Path, to: &Path, names: impl Iterator<Item = &'a str>) -> Result<()> {
    let mark = to.join(EXCHANGE_MARK);
    fs::write(&mark, []).map_err(io("write", &mark))?;
    match fs::remove_file(to.join(JSON)) {
        Err(e) if e.kind() != std::io::ErrorKind::NotFound => return Err(io("replace", &to.join(JSON))(e)),
        _ => {}
    }
    for name in names {
        let target = to.join(name);
        fs::rename(from.join(name), &target).map_err(io("write", &target))?;
    }
    fs::remove_file(&mark).map_err(io("remove", &mark))
}

/// Losslessly, at a speed that does not dominate an explanation.
fn encode_png(photo: &RgbImage, folder: &Path) -> Result<Vec<u8>> {
    let mut bytes = Cursor::new(Vec::new());
    PngEncoder::new_with_quality(&mut bytes, CompressionType::Fast, FilterType::Sub)
        .write_image(photo, photo.width(), photo.height(), ExtendedColorType::Rgb8)
        .map_err(|e| io("encode", &folder.join(IMAGE))(std::io::Error::other(e)))?;
    Ok(bytes.into_inner())
}

fn encode_maps(draft: &Draft, folder: &Path) -> Result<Vec<u8>> {
    serialize(maps(draft)).map_err(|e| io("encode", &folder.join(MAPS))(std::io::Error::other(e)))
}

/// A tensor that is ready to be written.
pub(super) type Tensor = (String, Dtype, Vec<usize>, Vec<u8>);

/// The maps of all clusters.
pub(super) fn maps(draft: &Draft) -> Vec<Tensor> {
    let mut tensors = Vec::new();
    for layer in &draft.layers {
        for (i, cluster) in layer.clusters.iter().enumerate() {
            let bytes = cluster.map.iter().flat_map(|v| v.to_le_bytes()).collect();
            let shape = cluster.map.shape().to_vec();
            tensors.push((map_key(layer.layer.number, i), Dtype::F32, shape, bytes));
        }
    }
    tensors
}

pub(super) fn serialize(tensors: Vec<Tensor>) -> Result<Vec<u8>, safetensors::SafeTensorError> {
    let views = tensors
        .iter()
        .map(|(key, dtype, shape, bytes)| Ok((key, TensorView::new(*dtype, shape.clone(), bytes)?)))
        .collect::<Result<Vec<_>, safetensors::SafeTensorError>>()?;
    safetensors::serialize(views, None)
}
