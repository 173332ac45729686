//! What the page's script needs to draw details, as JSON.

use rayon::prelude::*;
use serde::Serialize;

use super::html_labels::Words;
use super::view::{ClusterView, LayerView, View};
use super::{encode, of_cluster, words};
use crate::{Error, MaskParams, Result};

#[derive(Serialize)]
struct Page {
    class: String,
    /// Width and height of the embedded photo.
    photo: (u32, u32),
    levels: Vec<f64>,
    truncate: f64,
    /// Grey step between two levels in `Cluster::first`.
    step: u8,
    layers: Vec<Layer>,
}

#[derive(Serialize)]
struct Layer {
    number: usize,
    name: String,
    channels: usize,
    size: (usize, usize),
    /// Channels over the weight threshold, their percent and place in the embedding.
    kept: Vec<(usize, f64, f32, f32)>,
    silhouette: Vec<(usize, f64)>,
    best_k: usize,
    threshold: f64,
    clusters: Vec<Cluster>,
    dropped: Vec<Dropped>,
}

#[derive(Serialize)]
struct Cluster {
    weight: f64,
    channels: Vec<usize>,
    /// A grey PNG: for each cell the first level that shows it, times `step`.
    first: String,
    /// σ across and along the rows, in pixels of the embedded photo.
    sigma: [f64; 2],
    /// What people said; nothing in a draft.
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<Words>,
}

#[derive(Serialize)]
struct Dropped {
    weight: f64,
    channels: Vec<usize>,
}

/// JSON that can stand inside a script element: no `<`, `>`, `&` and no line separators.
pub(super) fn json(view: &View<'_>, photo: (u32, u32)) -> Result<String> {
    let params = MaskParams::default();
    let step = (255 / params.levels.len().max(1)) as u8;
    let layers = view.layers.par_iter().map(|l| layer(l, &params, photo, step)).collect::<Result<_>>()?;
    let page = Page {
        class: words::class(view.draft),
        photo,
        levels: params.levels.clone(),
        truncate: params.truncate,
        step,
        layers,
    };
    let json = serde_json::to_string(&page).map_err(Error::encode("page"))?;
    let mut safe = String::with_capacity(json.len());
    for c in json.chars() {
        match c {
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => safe.push_str(&format!("\\u{:04x}", c as u32)),
            c => safe.push(c),
        }
    }
    Ok(safe)
}

fn layer(view: &LayerView<'_>, params: &MaskParams, photo: (u32, u32), step: u8) -> Result<Layer> {
    let layer = view.draft;
    let cluster = |(i, cluster): (usize, &ClusterView<'_>)| {
        let levels = params.first_levels(cluster.map(), photo.0, photo.1);
        let (first, sigma) = levels.map_err(of_cluster(layer.layer.number, i))?;
        let grey: Vec<u8> = first.iter().map(|&level| level * step).collect();
        Ok(Cluster {
            weight: encode::round(cluster.weight),
            channels: cluster.channels.to_vec(),
            first: encode::grey(first.ncols() as u32, first.nrows() as u32, &grey)?,
            sigma,
            words: Words::new(view, cluster, params, photo).map_err(of_cluster(layer.layer.number, i))?,
        })
    };
    let percent = |channel: usize| layer.weights_percent.get(channel).copied().unwrap_or(0.0);
    Ok(Layer {
        number: layer.layer.number,
        name: super::text::clean(&layer.layer.name),
        channels: layer.layer.channels,
        size: layer.layer.size,
        kept: layer
            .kept
            .iter()
            .zip(&layer.embedding)
            .map(|(&c, &[x, y])| (c, encode::round(percent(c)), x, y))
            .collect(),
        silhouette: layer.silhouette.iter().map(|(&k, &s)| (k, encode::round(s))).collect(),
        best_k: layer.best_k,
        threshold: encode::round(layer.threshold_percent),
        clusters: view.clusters.par_iter().enumerate().map(cluster).collect::<Result<_>>()?,
        dropped: layer
            .dropped_clusters
            .iter()
            .map(|d| Dropped { weight: encode::round(d.weight_percent), channels: d.channels.clone() })
            .collect(),
    })
}
