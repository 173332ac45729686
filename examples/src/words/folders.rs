//! Saved folders as far as words need them: names, weights and counts, without the pictures.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anv_core::{Draft, Explanation, LabeledImage, LayerDraft, is_saved_folder};

use crate::CommandError;

/// What is remembered of a saved folder: some hundred bytes, so that thousands can be looked at together.
#[derive(Debug, Clone, PartialEq)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// The name under which games know its photo: the file name that was explained.
    pub image: String,
    /// The explained class.
    pub class: String,
    /// Its layers, shallowest first.
    pub layers: Vec<LayerFacts>,
}

/// Counts and weights of one layer of a folder.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerFacts {
    /// Number of the layer, from 1.
    pub number: usize,
    /// Its name.
    pub name: String,
    /// Feature maps there are.
    pub channels: usize,
    /// Feature maps above the weight threshold.
    pub kept_maps: usize,
    /// Their weight, in percent of the layer.
    pub kept_percent: f64,
    /// Feature maps in the clusters above the cluster threshold (eq. 4.1).
    pub clustered_maps: usize,
    /// Weights of these clusters, in percent of the layer.
    pub weights: Vec<f64>,
}

impl Folder {
    /// Reads the folders named, and those inside folders that are no saved folders themselves, by image name.
    ///
    /// # Errors
    /// When a folder is damaged or holds no explanation, or two are about images of one name.
    pub fn read_all(paths: &[PathBuf]) -> Result<Vec<Self>, CommandError> {
        let mut found: BTreeMap<String, Self> = BTreeMap::new();
        for path in expand(paths)? {
            let folder = Self::new(&path, &Draft::read(&path)?);
            if let Some(other) = found.get(&folder.image) {
                return Err(format!(
                    "{} and {} are both about the image `{}`: games could not tell them apart",
                    other.path.display(),
                    path.display(),
                    folder.image
                )
                .into());
            }
            found.insert(folder.image.clone(), folder);
        }
        Ok(found.into_values().collect())
    }

    fn new(path: &Path, draft: &Draft) -> Self {
        Self {
            path: path.to_owned(),
            image: image_name(path, draft),
            class: draft.class.name.clone(),
            layers: draft.layers.iter().map(LayerFacts::new).collect(),
        }
    }

    /// Number of cluster maps in all layers.
    pub fn cluster_maps(&self) -> usize {
        self.layers.iter().map(|l| l.weights.len()).sum()
    }

    /// Whether this cluster is in the folder.
    pub fn contains(&self, layer: usize, cluster: usize) -> bool {
        self.layers.iter().any(|l| l.number == layer && cluster < l.weights.len())
    }

    /// Layer numbers with the place and weight of each cluster.
    pub fn weights(&self) -> impl Iterator<Item = (usize, Vec<(usize, f64)>)> + '_ {
        self.layers.iter().map(|l| (l.number, l.weights.iter().copied().enumerate().collect()))
    }

    /// The labels that `label` left in the folder.
    ///
    /// # Errors
    /// When there are none, or they cannot be read.
    pub fn labels(&self) -> Result<LabeledImage, CommandError> {
        let labels = match Explanation::read(&self.path) {
            Ok(explanation) => explanation.labels,
            Err(anv_core::Error::NotLabeled { path }) => {
                let path = path.display();
                return Err(
                    format!("{path} is not labelled: give --games, or a folder that `label` wrote").into()
                );
            }
            Err(error) => return Err(error.into()),
        };
        match labels.image == self.image && labels.class == self.class {
            true => Ok(labels),
            false => Err(format!(
                "the labels in {} are about the image `{}`, class `{}`: the folder is about `{}`, class `{}`",
                self.path.display(),
                labels.image,
                labels.class,
                self.image,
                self.class
            )
            .into()),
        }
    }
}

impl LayerFacts {
    fn new(layer: &LayerDraft) -> Self {
        Self {
            number: layer.layer.number,
            name: layer.layer.name.clone(),
            channels: layer.layer.channels,
            kept_maps: layer.kept.len(),
            kept_percent: layer.leftover_percent,
            clustered_maps: layer.clusters.iter().map(|c| c.channels.len()).sum(),
            weights: layer.clusters.iter().map(|c| c.weight_percent).collect(),
        }
    }
}

fn image_name(path: &Path, draft: &Draft) -> String {
    match draft.source.is_empty() {
        false => draft.source.clone(),
        true => path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned(),
    }
}

fn expand(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CommandError> {
    let mut all = Vec::new();
    for path in paths {
        if is_saved_folder(path) {
            all.push(path.clone());
            continue;
        }
        let entries = std::fs::read_dir(path).map_err(|e| format!("cannot read {}: {e}", path.display()))?;
        let mut inside = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|e| format!("cannot read {}: {e}", path.display()))?.path();
            // Names that start with a dot are half-written folders of a run that was broken off.
            let hidden = entry.file_name().is_some_and(|n| n.to_string_lossy().starts_with('.'));
            if !hidden && is_saved_folder(&entry) {
                inside.push(entry);
            }
        }
        if inside.is_empty() {
            return Err(format!(
                "{} holds no explanation: expected a folder that `explain` wrote (anv.json), or one of such folders",
                path.display()
            )
            .into());
        }
        inside.sort();
        all.extend(inside);
    }
    Ok(all)
}
