//! The thesis' Table 4: what is left of each layer, on average over the images.

use std::collections::BTreeMap;

use anv_core::LabeledImage;
use serde::Serialize;

use crate::words::{Folder, LayerFacts};
use crate::{number, text_table};

/// What the table is about.
pub const LAYERS_TITLE: &str =
    "Layers (Table 4): averages an image, after the cluster threshold; in brackets before clustering";

/// Averages over the images that have this layer. What only folders know is `None` for clusters without pictures.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct LayerRow {
    /// Number of the layer, from 1.
    pub layer: usize,
    /// Its name.
    pub name: String,
    /// Feature maps there are.
    pub channels: Option<usize>,
    /// Images that have this layer.
    pub images: u64,
    /// Feature maps left after the cluster threshold, as in Table 4.
    pub maps: Option<f64>,
    /// Their weight, in percent of the layer, as in Table 4.
    pub weight_percent: f64,
    /// Clusters left, as in Table 4.
    pub clusters: f64,
    /// Feature maps above the weight threshold, before clustering.
    pub maps_before: Option<f64>,
    /// Their weight, in percent of the layer.
    pub weight_percent_before: Option<f64>,
}

impl LayerRow {
    /// Names of the columns.
    pub const COLUMNS: [&str; 9] = [
        "layer",
        "name",
        "channels",
        "images",
        "maps",
        "weight_percent",
        "clusters",
        "maps_before",
        "weight_percent_before",
    ];

    /// The cells of a row.
    pub fn cells(&self) -> Vec<String> {
        vec![
            self.layer.to_string(),
            self.name.clone(),
            text(self.channels),
            self.images.to_string(),
            text(self.maps),
            self.weight_percent.to_string(),
            self.clusters.to_string(),
            text(self.maps_before),
            text(self.weight_percent_before),
        ]
    }
}

/// The table for the terminal.
pub fn layer_table(rows: &[LayerRow]) -> String {
    let rows: Vec<_> = rows
        .iter()
        .map(|l| {
            vec![
                l.layer.to_string(),
                l.name.clone(),
                l.channels.map_or_else(|| "–".into(), |c| c.to_string()),
                format!("{} ({})", number(l.maps, 2), number(l.maps_before, 2)),
                format!("{:.2} % ({})", l.weight_percent, number(l.weight_percent_before, 2)),
                format!("{:.2}", l.clusters),
            ]
        })
        .collect();
    let header = ["layer", "name", "maps", "maps left", "weight left", "clusters"];
    text_table(&header, &[true, false, true, true, true, true], &rows)
}

/// A row a layer, from folders.
pub fn layers_of_folders(folders: &[Folder]) -> Vec<LayerRow> {
    let mut layers: BTreeMap<usize, Vec<&LayerFacts>> = BTreeMap::new();
    folders.iter().flat_map(|f| &f.layers).for_each(|l| layers.entry(l.number).or_default().push(l));
    layers
        .into_iter()
        .map(|(layer, facts)| {
            let mean = |value: fn(&LayerFacts) -> f64| {
                facts.iter().map(|f| value(f)).sum::<f64>() / facts.len() as f64
            };
            LayerRow {
                layer,
                name: facts.first().map(|f| f.name.clone()).unwrap_or_default(),
                channels: facts.first().map(|f| f.channels),
                images: facts.len() as u64,
                maps: Some(mean(|f| f.clustered_maps as f64)),
                weight_percent: mean(|f| f.weights.iter().sum()),
                clusters: mean(|f| f.weights.len() as f64),
                maps_before: Some(mean(|f| f.kept_maps as f64)),
                weight_percent_before: Some(mean(|f| f.kept_percent)),
            }
        })
        .collect()
}

/// A row a layer, from clusters without pictures.
pub fn layers_of_images(images: &[LabeledImage]) -> Vec<LayerRow> {
    let mut layers: BTreeMap<usize, LayerRow> = BTreeMap::new();
    for layer in images.iter().flat_map(|i| &i.layers) {
        let row = layers.entry(layer.layer).or_default();
        row.images += 1;
        row.weight_percent += layer.clusters.iter().map(|c| c.weight_percent).sum::<f64>();
        row.clusters += layer.clusters.iter().map(|c| c.members.len() as f64).sum::<f64>();
    }
    for (&layer, row) in &mut layers {
        row.layer = layer;
        row.weight_percent /= row.images as f64;
        row.clusters /= row.images as f64;
    }
    layers.into_values().collect()
}

fn text<T: ToString>(value: Option<T>) -> String {
    value.map_or_else(String::new, |v| v.to_string())
}
