//! From feature maps to cluster maps against an independent program (torch, scikit-learn), stage by stage, each fed
//! with that program's numbers of the stage before; the network's own numbers are held against it in `anv-gradcam`.
//! Runs when `ANV_SHARED` says where those numbers are:
//! `ANV_SHARED=DIR cargo test --release -p anv-examples --test conformance -- --nocapture`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing helper fails the test that called it")]

use std::path::{Path, PathBuf};

use anv_cluster::{Pca, Tsne, WardClusterer, min_max_rows};
use anv_core::ndarray::Array2;
use anv_core::{
    Attribution, Attributor, ClusterThreshold, Clusterer, LayerAttribution, Target, merge, percents,
};
use anv_gradcam::{Convolution, GradCam, LoadOptions, Network};
use safetensors::{Dtype, SafeTensors};

const PHOTOS: [&str; 6] = ["astronaut", "elephant", "ketch", "motorbike", "motorcycle", "sunflower"];

/// Explained variances, relative: the golden ones come from the same maps, rounded differently.
const VARIANCE: f64 = 1e-3;
/// Below this share of the largest variance, a variance is a difference of roundings.
const VARIANCE_FLOOR: f64 = 1e-9;
/// Cluster maps and weights, as a share of the largest value.
const CLUSTER: f64 = 1e-3;
/// Median over the layers of our divergence over scikit-learn's; single layers end in another minimum.
const DIVERGENCE: f64 = 1.02;

fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("ANV_SHARED").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: ANV_SHARED is not set");
    }
    path
}

/// Golden numbers of one photo.
struct Golden(Vec<u8>);

impl Golden {
    fn read(folder: &Path, photo: &str) -> Self {
        Self(std::fs::read(folder.join(format!("{photo}.safetensors"))).unwrap())
    }

    fn get(&self, key: &str) -> Option<Vec<f64>> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let tensor = file.tensor(key).ok()?;
        let data = tensor.data();
        Some(match tensor.dtype() {
            Dtype::F32 => data.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b).into()).collect(),
            Dtype::F64 => data.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect(),
            Dtype::I32 => data.as_chunks().0.iter().map(|b| i32::from_le_bytes(*b).into()).collect(),
            other => panic!("{key} is {other:?}"),
        })
    }

    fn layer(&self, layer: &LayerAttribution, name: &str) -> Option<Vec<f64>> {
        self.get(&format!("layer{:02}.{name}", layer.layer().number))
    }

    fn indices(&self, layer: &LayerAttribution, name: &str) -> Option<Vec<usize>> {
        Some(self.layer(layer, name)?.iter().map(|&v| v as usize).collect())
    }
}

/// Every golden photo through the network, with its golden numbers.
fn each_photo(mut check: impl FnMut(&str, &Attribution, &Golden)) -> bool {
    let Some(shared) = shared() else { return false };
    let options = LoadOptions::default().convolution(Convolution::Exact);
    let network = Network::load(shared.join("models/vgg16-caltech10.safetensors"), &options).unwrap();
    let cam = GradCam::new(network);
    let folder = shared.join("golden");
    for photo in PHOTOS {
        let image = anv_core::image::open(folder.join(format!("{photo}.png"))).unwrap().to_rgb8();
        check(photo, &cam.attribute(&image, &Target::default()).unwrap(), &Golden::read(&folder, photo));
    }
    true
}

fn largest(values: impl IntoIterator<Item = f64>) -> f64 {
    values.into_iter().fold(0.0, |a, v| a.max(v.abs()))
}

/// Largest difference as a share of the largest expected magnitude.
fn share(found: &[f64], expected: &[f64]) -> f64 {
    assert_eq!(found.len(), expected.len());
    largest(found.iter().zip(expected).map(|(a, b)| a - b)) / largest(expected.iter().copied())
}

#[test]
fn explained_variance_and_divergence() {
    let (mut worst, mut ratios) = (0.0f64, Vec::new());
    let ran = each_photo(|photo, found, golden| {
        for layer in &found.layers {
            let Some(kept) = golden.indices(layer, "keep") else { continue };
            let rows = min_max_rows(layer.maps_of(&kept).unwrap().view()).unwrap();
            let pca = Pca::default().fit(rows.view()).unwrap();
            let expected = golden.layer(layer, "pca_explained_variance").unwrap();
            assert_eq!(pca.explained_variance.len(), expected.len());
            for (found, expected) in pca.explained_variance.iter().zip(&expected) {
                let size = expected.max(VARIANCE_FLOOR * pca.explained_variance[0]);
                worst = worst.max((found - expected).abs() / size);
            }
            let tsne = Tsne::default().fit(pca.scores.view(), 0).unwrap();
            let ratio = tsne.kl / golden.layer(layer, "tsne_kl").unwrap()[0];
            println!(
                "{photo:10} {} {:3} maps: KL {:.4}, ratio {ratio:.3}",
                layer.layer().name,
                kept.len(),
                tsne.kl
            );
            ratios.push(ratio);
        }
    });
    if !ran {
        return;
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios[ratios.len() / 2];
    let (best, last) = (ratios[0], ratios[ratios.len() - 1]);
    println!("explained variance {worst:.1e}; KL ratio median {median:.4}, from {best:.3} to {last:.3}");
    assert!(worst < VARIANCE, "{worst:e}");
    assert!(median <= DIVERGENCE, "{median}");
}

#[test]
fn cluster_weights_thresholds_and_maps_from_the_golden_embeddings() {
    let (mut weight, mut map, mut maps_seen) = (0.0f64, 0.0f64, 0);
    let ran = each_photo(|photo, found, golden| {
        for layer in &found.layers {
            let Some(points) = golden.layer(layer, "tsne") else { continue };
            let points = Array2::from_shape_vec((points.len() / 2, 2), points).unwrap();
            let name = &layer.layer().name;
            let partition = WardClusterer::default().cluster(points.view()).unwrap().partition;
            let best = golden.indices(layer, "best_k").unwrap()[0];
            assert_eq!(partition.clusters(), best, "{photo} {name}");

            let kept = golden.indices(layer, "keep").unwrap();
            let percents = percents(layer.weights().view()).unwrap();
            let clusters =
                merge(layer.maps_of(&kept).unwrap().view(), percents.view(), &kept, &partition).unwrap();
            let weights: Vec<_> = clusters.iter().map(|c| c.weight_percent).collect();
            let threshold = ClusterThreshold::Thesis.percent(&weights);
            let expected_threshold = golden.layer(layer, "cluster_threshold").unwrap()[0];
            weight = weight.max((threshold - expected_threshold).abs() / expected_threshold);

            let labels = golden.indices(layer, &format!("ward_labels_k{best}")).unwrap();
            let expected_weights = golden.layer(layer, "cluster_weight").unwrap();
            let expected_kept = golden.indices(layer, "cluster_kept").unwrap();
            let expected_maps = golden.layer(layer, "cluster_maps");
            for cluster in &clusters {
                let row = kept.iter().position(|k| *k == cluster.channels[0]).unwrap();
                let label = labels[row];
                weight = weight.max((cluster.weight_percent / expected_weights[label] - 1.0).abs());
                assert_eq!(cluster.weight_percent >= threshold, expected_kept[label] == 1, "{photo} {name}");
                let Some(expected) = &expected_maps else { continue };
                let cells = cluster.map.len();
                let ours: Vec<_> = cluster.map.iter().map(|&v| f64::from(v)).collect();
                map = map.max(share(&ours, &expected[label * cells..(label + 1) * cells]));
                maps_seen += 1;
            }
        }
    });
    println!("cluster weights and thresholds {weight:.1e}, {maps_seen} cluster maps {map:.1e}");
    assert!(!ran || (maps_seen > 50 && weight < CLUSTER && map < CLUSTER), "{weight:e} {map:e}");
}
