//! A clusterer of your own in the pipeline: `cargo run --release --example embed_clusterer`
//!
//! Leader clustering on the PCA coordinates: a point joins the first leader within a radius, or becomes one.

use anv_cluster::PcaReducer;
use anv_core::ndarray::ArrayView2;
use anv_core::{Clusterer, Clustering, Error, Partition, PhotoLimits, Pipeline, Target, decode_photo};
use anv_examples::{CommandError, packaged_network, packaged_photo};
use anv_gradcam::{GradCam, LoadOptions, Network};

/// Radius as a share of the largest distance from the first point.
struct Leader {
    radius: f64,
}

impl Clusterer for Leader {
    type Error = Error;

    fn cluster(&self, points: ArrayView2<'_, f64>) -> Result<Clustering, Error> {
        let distance = |a: usize, b: usize| (&points.row(a) - &points.row(b)).mapv(|d| d * d).sum().sqrt();
        let spread = (0..points.nrows()).map(|row| distance(0, row)).fold(0.0, f64::max);
        let mut leaders: Vec<usize> = Vec::new();
        let labels: Vec<usize> = (0..points.nrows())
            .map(|row| {
                let near = leaders.iter().position(|&l| distance(l, row) <= self.radius * spread);
                near.unwrap_or_else(|| {
                    leaders.push(row);
                    leaders.len() - 1
                })
            })
            .collect();
        Ok(Clustering { partition: Partition::from_labels(&labels)?, silhouette: Default::default() })
    }
}

fn main() -> Result<(), CommandError> {
    let (name, bytes) = packaged_photo();
    let photo = decode_photo(bytes, name, &PhotoLimits::default())?;
    let (name, bytes) = packaged_network();
    let network = Network::from_bytes(bytes, name, &LoadOptions::default())?;

    let pipeline = Pipeline::new(GradCam::new(network), PcaReducer::default(), Leader { radius: 0.9 });
    let draft = pipeline.analyse(&photo, &Target::default())?;
    for layer in &draft.layers {
        let weights: Vec<_> = layer.clusters.iter().map(|c| format!("{:.1}", c.weight_percent)).collect();
        println!("{}: {} clusters, shown: {} %", layer.layer.name, layer.best_k, weights.join(" "));
    }
    Ok(())
}
