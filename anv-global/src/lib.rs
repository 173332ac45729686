//! From many labelled images to a statement about a class.
//!
//! A labelled image says what the network looked at in *it*; many of one class say what the network looks for (thesis
//! 5.2.2). For each group of layers, three by three or any other, [`GlobalAggregator`] counts every best label of every
//! merged cluster:
//!
//! | number | definition |
//! | --- | --- |
//! | global score of a label | `Σ score(C, l)` (eq. 3.2) over the members `C` of the merged clusters that have `l` as a best label: about how many people said it |
//! | weight | mean of those merged clusters' weights, in percent of their layer; without meaning when all layers are one group |
//! | examples | for each image the merged cluster with the highest sum, best images first |
//! | order | falling score, draws alphabetically; six features a group |
//! | interval | the middle 95 % of the score over resampled images (bootstrap): five images are few |
//!
//! Images are streamed: memory grows with the number of different labels. The result is the same to the last bit in
//! whatever order they come, also when parts are counted apart and [joined](GlobalAggregator::absorb).
//!
//! # A worked example
//! ```
//! use anv_core::{Aggregator, GameCounts, LabelScore, LabeledCluster, LabeledImage, LabeledLayer, MergedCluster};
//! use anv_global::{GlobalAggregator, GlobalParams};
//!
//! let cluster = |cluster, weight_percent, label: &str, score| LabeledCluster {
//!     cluster,
//!     weight_percent,
//!     labels: vec![LabelScore::new(label, score)],
//!     counts: GameCounts::default(),
//!     map: None,
//! };
//! let image = |name: &str, clusters| LabeledImage {
//!     image: name.into(),
//!     class: "tench".into(),
//!     truth: Some("tench".into()),
//!     layers: vec![LabeledLayer { layer: 13, clusters }],
//! };
//! // Two clusters called "gills", merged, and a hand; then a photo with gills only.
//! let gills = MergedCluster::new(vec![cluster(0, 30.0, "gills", 4.0), cluster(2, 10.0, "gills", 2.0)])?;
//! let hand = MergedCluster::new(vec![cluster(1, 15.0, "hand", 2.7)])?;
//! let more_gills = MergedCluster::new(vec![cluster(0, 20.0, "gills", 3.0)])?;
//!
//! let mut aggregator = GlobalAggregator::new(GlobalParams::default())?;
//! aggregator.add(&image("a.jpg", vec![gills, hand]))?;
//! aggregator.add(&image("b.jpg", vec![more_gills]))?;
//! let tench = &aggregator.finish()?[0];
//!
//! let best = &tench.groups[0].features[0];
//! assert_eq!((&*best.label, best.score, best.weight_percent), ("gills", 4.0 + 2.0 + 3.0, (40.0 + 20.0) / 2.0));
//! assert_eq!((&*best.examples[0].image, &best.examples[0].members[..]), ("a.jpg", &[0, 2][..]));
//! let interval = best.interval.unwrap();
//! assert_eq!((interval.low, interval.high), (6.0, 12.0)); // as if both photos were like b, or like a
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Tables
//! [`label_rows`] turns labelled images into rows (image, class, layer, cluster, weight, label, score, best, members, …),
//! [`feature_rows`] global explanations; [`cluster_rows`] turns photos that nobody labelled yet into a row a cluster map,
//! [`PhotoRow`] is a row a photo. All go to CSV, JSON and Parquet; rows of labels come back from all three, those of
//! clusters and photos from Parquet.
//! Any SQL engine over the Parquet file gives the same global scores:
//!
//! ```sql
//! SELECT class, label, sum(summed_score) AS score, avg(weight) AS weight
//! FROM 'labels.parquet' WHERE best AND layer BETWEEN 11 AND 13
//! GROUP BY class, label ORDER BY class, score DESC, label
//! ```
//!
//! # Features
//! `parquet` (on by default): Parquet files, through the `parquet` crate without Arrow.
//!
//! # Source
//! De Santis & Bianchi, *A Human-in-the-Loop Approach for Post-hoc Explainability of CNN-based Image
//! Classification*, Politecnico di Milano, 2023, section 5.2.2 and Appendix C.

// A user's input must never cause a panic.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod aggregate;
mod bootstrap;
mod error;
mod groups;
mod sum;
mod table;

pub use aggregate::{GlobalAggregator, GlobalParams, WrongPredictions};
pub use error::{Error, Result};
pub use groups::LayerGroups;
pub use table::{
    ClusterRow, FeatureRow, LabelRow, PhotoRow, TableRow, cluster_rows, feature_rows, label_rows, read_csv,
    read_json, write_csv, write_json,
};
#[cfg(feature = "parquet")]
pub use table::{ReadableRow, read_parquet, write_parquet};
