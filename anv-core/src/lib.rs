//! Types, stage traits, pipeline and saved folder of Abstract Network Visualizations.
//!
//! An *Abstract Network Visualization* (ANV) shows what a convolutional network looked at, layer by layer.
//! This crate holds what all stages share; it knows no network and no algorithm with a choice in it:
//!
//! ```text
//! photo ─ Attributor ─ maps and weights ─ threshold ─ Reducer ─ points ─ Clusterer ─ merge ─ Draft ─ saved folder
//! ```
//!
//! | step | here | implemented by |
//! | --- | --- | --- |
//! | feature maps and their weights for a class | [`Attributor`], [`Attribution`] | `anv-gradcam` |
//! | percentages, weight threshold (Table 1) | [`percents`], [`WeightThreshold`] | this crate |
//! | maps to points | [`Reducer`] | `anv-cluster` |
//! | points to clusters | [`Clusterer`], [`Partition`] | `anv-cluster` |
//! | weighted merge (eq. 3.1), cluster threshold (eq. 4.1) | [`merge`], [`ClusterThreshold`] | this crate |
//! | the whole way | [`Pipeline`] | this crate |
//! | words for clusters (eq. 3.2) | [`Labeler`], [`LabeledCluster`] | `anv-labels` |
//! | merging what is called the same (Algorithm 1) | [`Merger`], [`MergedCluster`], [`Explanation`] | `anv-labels`, this crate |
//! | from many images to a class (5.2.2) | [`Aggregator`], [`GlobalExplanation`] | `anv-global` |
//! | keeping the result, unlabelled and labelled | [`Draft::write`], [`Draft::read`], [`Explanation::write`], [`Explanation::read`] | this crate |
//! | photos from files | [`read_photo`], [`decode_photo`] | this crate |
//!
//! # Example
//! A pipeline of three stages of our own: a "network" with two maps, one of them bright on the left.
//!
//! ```
//! use anv_core::ndarray::{Array1, Array2, Array3, ArrayView2, ArrayView3};
//! use anv_core::{image::RgbImage, *};
//!
//! struct Halves;
//! impl Attributor for Halves {
//!     type Error = Error;
//!     fn attribute(&self, _: &RgbImage, _: &Target) -> Result<Attribution> {
//!         let layer = LayerInfo { number: 1, name: "conv1_1".into(), channels: 2, size: (2, 2) };
//!         let maps = Array3::from_shape_fn((2, 2, 2), |(c, _, x)| (x == c) as u8 as f32);
//!         let class = ClassScore { index: 0, name: "left".into(), logit: 1.0, probability: 1.0 };
//!         let preprocessing = Preprocessing {
//!             height: 2, width: 2, order: ChannelOrder::Rgb, scale: 1.0, mean: [0.0; 3], std: [1.0; 3],
//!         };
//!         Ok(Attribution {
//!             model: ModelInfo {
//!                 name: "halves".into(), weights_sha256: String::new(), classes: vec!["left".into()], preprocessing,
//!             },
//!             predicted: class.clone(),
//!             class,
//!             layers: vec![LayerAttribution::new(layer, maps, Array1::from(vec![3.0, 1.0]))?],
//!         })
//!     }
//! }
//!
//! struct Flat;
//! impl Reducer for Flat {
//!     type Error = Error;
//!     fn reduce(&self, maps: ArrayView3<'_, f32>, _seed: u64) -> Result<Embedding> {
//!         let (rows, height, width) = maps.dim();
//!         let points = Array2::from_shape_fn((rows, height * width), |(r, i)| {
//!             f64::from(maps[[r, i / width, i % width]])
//!         });
//!         Ok(Embedding { points })
//!     }
//! }
//!
//! struct Alone;
//! impl Clusterer for Alone {
//!     type Error = Error;
//!     fn cluster(&self, points: ArrayView2<'_, f64>) -> Result<Clustering> {
//!         Ok(Clustering { partition: Partition::singletons(points.nrows())?, silhouette: Default::default() })
//!     }
//! }
//!
//! let params = PipelineParams { weight_threshold: WeightThreshold::Off, ..Default::default() };
//! let draft = Pipeline::new(Halves, Flat, Alone)
//!     .params(params)
//!     .analyse(&RgbImage::new(2, 2), &Target::default())?;
//! assert_eq!(draft.layers[0].clusters[0].weight_percent, 75.0);
//! # Ok::<(), Error>(())
//! ```
//!
//! # Features
//! `testing` adds the module `testing`: checks for your own stages.
//!
//! # Source
//! De Santis & Bianchi, *A Human-in-the-Loop Approach for Post-hoc Explainability of CNN-based Image
//! Classification*, Politecnico di Milano, 2023; *Interpretable Network Visualizations*, IJCAI 2024.

// A user's input must never cause a panic.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod attribution;
mod batch;
mod cluster_map;
mod draft;
mod error;
mod explanation;
mod folder;
mod global;
mod label;
mod labeling;
mod layer;
mod partition;
mod photo;
mod pipeline;
mod spreadsheet;
mod stage;
#[cfg(feature = "testing")]
pub mod testing;
mod weight;

pub use attribution::{
    Attribution, ChannelOrder, ClassChoice, ClassScore, LayerAttribution, MapSelection, ModelInfo,
    Preprocessing, Target,
};
pub use batch::{BatchOutcome, BatchParams, BatchReport, CancelToken, PhotoJob};
pub use cluster_map::{ClusterMap, ClusterThreshold, DroppedCluster, merge};
pub use draft::{Draft, LayerDraft};
pub use error::{Error, Result, Stage};
pub use explanation::{Explanation, LabeledImage, LabeledLayer};
pub use folder::{FORMAT, is_saved_folder, write_file, write_file_synced};
pub use global::{GlobalExample, GlobalExplanation, GlobalFeature, GlobalGroup, Interval, Scope};
pub use label::{GameCounts, Label, LabelScore, LabeledCluster, MergedCluster, SCORE_TOLERANCE, rank_labels};
pub use labeling::{Aggregator, ClusterLabels, ClusterQuery, Labeler, Merger};
pub use layer::{LayerInfo, LayerSelection, MOST_LAYERS};
pub use partition::Partition;
pub use photo::{PhotoLimits, decode_photo, read_photo};
pub use pipeline::{Pipeline, PipelineParams};
pub use spreadsheet::{from_spreadsheet, to_spreadsheet};
pub use stage::{Attributor, BoxError, Clusterer, Clustering, Embedding, Reducer};
pub use weight::{THESIS_THRESHOLD, WeightThreshold, percents};

pub use image;
pub use ndarray;
