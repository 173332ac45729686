//! Reading the saved folder back, with nothing taken on trust.

use std::fs;
use std::path::{Path, PathBuf};

use image::RgbImage;
use ndarray::Array2;
use safetensors::SafeTensors;
use safetensors::tensor::Dtype;

use super::atomic::io;
use super::labels::Words;
use super::{FORMAT, IMAGE, JSON, MAPS, json, map_key, sha256_hex};
use crate::{
    ClusterMap, Draft, DroppedCluster, Error, Explanation, LayerDraft, LayerInfo, MOST_LAYERS, Result,
};

impl Draft {
    /// Reads a saved folder: the value is equal to the one that was written. Of a labelled folder, its draft.
    ///
    /// # Errors
    /// [`Error::Io`] when a file is missing, [`Error::Format`] for another version, [`Error::Damaged`] when
    /// checksums, shapes or numbers do not fit together.
    pub fn read(folder: impl AsRef<Path>) -> Result<Self> {
        read_folder(folder.as_ref()).map(|(draft, _)| draft)
    }
}

impl Explanation {
    /// Reads a labelled folder: the value is equal to the one that was written.
    ///
    /// The maps of merged clusters are merged again from those of their members.
    ///
    /// # Errors
    /// [`Error::NotLabeled`] for the folder of a [`Draft`], [`Error::Damaged`] when labels and clusters do not fit
    /// together, else as [`Draft::read`].
    pub fn read(folder: impl AsRef<Path>) -> Result<Self> {
        let folder = folder.as_ref();
        let path = folder.join(JSON);
        let (draft, words) = read_folder(folder)?;
        let Some(words) = words else { return Err(Error::NotLabeled { path }) };
        let labels = words.read(&draft).map_err(|reason| damaged(&path, reason))?;
        Ok(Self { draft, labels })
    }
}

fn read_folder(folder: &Path) -> Result<(Draft, Option<Words>)> {
    let path = folder.join(JSON);
    let bytes = fs::read(&path).map_err(io("read", &path))?;
    let mut file = parse_json(&path, &bytes)?;
    let words = Words::take(&mut file).map_err(|reason| damaged(&path, reason))?;
    let photo = read_photo(&folder.join(IMAGE), &file.image)?;
    let maps_path = folder.join(MAPS);
    let bytes = fs::read(&maps_path).map_err(io("read", &maps_path))?;
    check_sha256(&maps_path, &bytes, &file.maps.sha256)?;
    let maps = SafeTensors::deserialize(&bytes).map_err(|e| damaged(&maps_path, e.to_string()))?;
    Ok((draft(file, photo, &maps, &path, &maps_path)?, words))
}

/// The draft that `file` and `maps` describe, with the names of both for errors.
pub(super) fn draft(
    file: json::File,
    photo: RgbImage,
    maps: &SafeTensors<'_>,
    path: &Path,
    maps_path: &Path,
) -> Result<Draft> {
    check_numbers(&file.layers).map_err(|reason| damaged(path, reason))?;
    let layers = file
        .layers
        .into_iter()
        .map(|layer| read_layer(layer, maps, path, maps_path))
        .collect::<Result<_>>()?;
    Ok(Draft {
        photo,
        source: file.image.source,
        seed: file.seed,
        model: file.model.into(),
        class: file.class.into(),
        predicted: file.predicted.into(),
        layers,
    })
}

pub(super) fn damaged(path: &Path, reason: impl Into<String>) -> Error {
    Error::Damaged { path: path.to_owned(), reason: reason.into() }
}

/// Layers are listed shallowest first, each once.
fn check_numbers(layers: &[json::Layer]) -> std::result::Result<(), String> {
    let mut last = 0;
    for number in layers.iter().map(|l| l.layer) {
        if number <= last || number > MOST_LAYERS {
            return Err(format!(
                "layer {number} follows layer {last}: expected rising numbers from 1 to {MOST_LAYERS}"
            ));
        }
        last = number;
    }
    Ok(())
}

/// The format is looked at first: a later one may have other fields.
pub(super) fn parse_json(path: &Path, bytes: &[u8]) -> Result<json::File> {
    #[derive(serde::Deserialize)]
    struct Version {
        format: u64,
    }
    let version: Version = serde_json::from_slice(bytes).map_err(|e| damaged(path, e.to_string()))?;
    if version.format != FORMAT {
        return Err(Error::Format { path: path.to_owned(), found: version.format, expected: FORMAT });
    }
    serde_json::from_slice(bytes).map_err(|e| damaged(path, e.to_string()))
}

fn check_sha256(path: &Path, bytes: &[u8], expected: &str) -> Result<()> {
    let found = sha256_hex(bytes);
    match found == expected {
        true => Ok(()),
        false => Err(damaged(path, format!("its sha256 is {found}, anv.json says {expected}"))),
    }
}

fn read_photo(path: &PathBuf, image: &json::Image) -> Result<RgbImage> {
    let bytes = fs::read(path).map_err(io("read", path))?;
    check_sha256(path, &bytes, &image.sha256)?;
    let photo = image::load_from_memory_with_format(&bytes, image::ImageFormat::Png)
        .map_err(|e| damaged(path, e.to_string()))?
        .into_rgb8();
    match photo.dimensions() == (image.width, image.height) {
        true => Ok(photo),
        false => Err(damaged(
            path,
            format!("it measures {:?}, anv.json says {:?}", photo.dimensions(), (image.width, image.height)),
        )),
    }
}

fn read_layer(
    layer: json::Layer,
    maps: &SafeTensors<'_>,
    path: &Path,
    maps_path: &Path,
) -> Result<LayerDraft> {
    let number = layer.layer;
    let info = LayerInfo {
        number,
        name: layer.name,
        channels: layer.channels,
        size: (layer.size[0], layer.size[1]),
    };
    if layer.weights_percent.len() != info.channels {
        let found = layer.weights_percent.len();
        return Err(damaged(path, format!("layer {number} has {found} weights, expected {}", info.channels)));
    }
    let lists = [&layer.kept].into_iter().chain(layer.clusters.iter().map(|c| &c.channels));
    for channel in lists.chain(layer.dropped_clusters.iter().map(|c| &c.channels)).flatten() {
        if *channel >= info.channels {
            return Err(damaged(
                path,
                format!("layer {number} names channel {channel} of {}", info.channels),
            ));
        }
    }
    let clusters = layer.clusters.into_iter().enumerate().map(|(i, cluster)| {
        let key = map_key(number, i);
        if cluster.map != key || cluster.cluster != i {
            return Err(damaged(path, format!("layer {number} lists map {}, expected {key}", cluster.map)));
        }
        let map = read_map(maps, &key, info.size, maps_path)?;
        Ok(ClusterMap { map, weight_percent: cluster.weight_percent, channels: cluster.channels })
    });
    Ok(LayerDraft {
        clusters: clusters.collect::<Result<_>>()?,
        layer: info,
        weights_percent: layer.weights_percent,
        kept: layer.kept,
        leftover_percent: layer.leftover_percent,
        embedding: layer.embedding,
        silhouette: layer.silhouette,
        best_k: layer.best_k,
        threshold_percent: layer.threshold_percent,
        dropped_clusters: layer
            .dropped_clusters
            .into_iter()
            .map(|d| DroppedCluster { weight_percent: d.weight_percent, channels: d.channels })
            .collect(),
    })
}

fn read_map(maps: &SafeTensors<'_>, key: &str, size: (usize, usize), path: &Path) -> Result<Array2<f32>> {
    let tensor = maps.tensor(key).map_err(|e| damaged(path, format!("{key}: {e}")))?;
    if tensor.dtype() != Dtype::F32 || tensor.shape() != [size.0, size.1] {
        let (dtype, shape) = (tensor.dtype(), tensor.shape());
        return Err(damaged(
            path,
            format!("{key} is {dtype:?} {shape:?}, expected F32 [{}, {}]", size.0, size.1),
        ));
    }
    let values = tensor
        .data()
        .chunks_exact(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect::<Vec<_>>();
    if values.iter().any(|v| !v.is_finite()) {
        return Err(damaged(path, format!("{key} holds a value that is not finite")));
    }
    Array2::from_shape_vec(size, values).map_err(|e| damaged(path, format!("{key}: {e}")))
}
