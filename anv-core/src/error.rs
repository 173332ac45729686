//! What can go wrong here, as data.

use std::fmt;
use std::path::PathBuf;

use crate::LayerInfo;
use crate::stage::BoxError;

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A step of the [`Pipeline`](crate::Pipeline).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Stage {
    /// Reading the photo.
    Photo,
    /// Feature maps and weights.
    Attribution,
    /// The weight threshold.
    Threshold,
    /// From maps to points.
    Reduction,
    /// From points to clusters.
    Clustering,
    /// From clusters to labels.
    Labeling,
    /// Merging of clusters that are called the same.
    Merging,
}

impl fmt::Display for Stage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Photo => "photo",
            Self::Attribution => "attribution",
            Self::Threshold => "weight threshold",
            Self::Reduction => "reduction",
            Self::Clustering => "clustering",
            Self::Labeling => "labelling",
            Self::Merging => "merging",
        })
    }
}

/// Every error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A stage failed.
    #[error("{stage}{} failed: {source}", .layer.as_ref().map(|l| format!(" of layer {l}")).unwrap_or_default())]
    Stage {
        /// The stage.
        stage: Stage,
        /// Number and name of the layer, where one is concerned.
        layer: Option<String>,
        /// What the stage said.
        source: BoxError,
    },
    /// Something panicked while a photo was worked on.
    #[error("panicked: {message}")]
    Panic {
        /// What it said.
        message: String,
    },
    /// A range of layers that the network does not have.
    #[error("layers {first}-{last} are not in this network: it has 1-{count}")]
    LayerRange {
        /// First layer asked for.
        first: usize,
        /// Last layer asked for.
        last: usize,
        /// Layers there are.
        count: usize,
    },
    /// Text that names no layers.
    #[error("`{found}` names no layers: expected `all`, a number from 1 or a rising range such as 5-13")]
    LayerSyntax {
        /// The text.
        found: String,
    },
    /// Maps, weights and layer disagree about their shape.
    #[error(
        "layer {layer} should have maps of shape {expected:?} and {channels} weights: found maps {maps:?}, {weights} weights"
    )]
    AttributionShape {
        /// Number of the layer.
        layer: usize,
        /// Maps, height, width.
        expected: (usize, usize, usize),
        /// Shape of the maps given.
        maps: (usize, usize, usize),
        /// Number of channels of the layer.
        channels: usize,
        /// Number of weights given.
        weights: usize,
    },
    /// A map that was not brought along.
    #[error("the map of channel {channel} of layer {layer} is needed and was not brought along")]
    MapMissing {
        /// Number of the layer.
        layer: usize,
        /// The channel, counted from 0.
        channel: usize,
    },
    /// NaN or infinity where a number is needed.
    #[error("layer {layer} ({name}) has a map or weight that is not finite, first in channel {channel}")]
    NotFinite {
        /// Number of the layer.
        layer: usize,
        /// Its name.
        name: String,
        /// First such channel.
        channel: usize,
    },
    /// A parameter outside its range.
    #[error("{name} is {found}: expected {expected}")]
    Parameter {
        /// Which parameter.
        name: &'static str,
        /// Its value.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// A partition of nothing.
    #[error("a partition needs at least one row")]
    EmptyPartition,
    /// A stage returned another number of rows than it was given.
    #[error("{found} rows came back: expected {expected}, one a kept feature map")]
    PartitionRows {
        /// Rows returned.
        found: usize,
        /// Rows given.
        expected: usize,
    },
    /// A channel that the layer does not have.
    #[error("channel {channel} does not exist: the layer has {channels}")]
    Channel {
        /// The channel asked for.
        channel: usize,
        /// How many there are.
        channels: usize,
    },
    /// A merge of no clusters.
    #[error("a merged cluster needs at least one member")]
    EmptyMerge,
    /// A merger divided another number of clusters than it was given.
    #[error("a division of {found} clusters came back: expected {expected}")]
    MergedClusters {
        /// Clusters divided.
        found: usize,
        /// Clusters given.
        expected: usize,
    },
    /// The same cluster twice in a layer.
    #[error("cluster {cluster} appears twice in its layer")]
    ClusterNumber {
        /// Place of the cluster in its layer.
        cluster: usize,
    },
    /// A weight or a score that is no usable number.
    #[error("the {what} of cluster {cluster} is {found}: expected a finite number, for a weight at least 0")]
    ClusterValue {
        /// Place of the cluster in its layer.
        cluster: usize,
        /// Which value.
        what: String,
        /// The value.
        found: f64,
    },
    /// Maps of one layer that differ in shape.
    #[error(
        "the map of cluster {cluster} has shape {found:?}: expected {expected:?} as the others of its layer"
    )]
    MapShape {
        /// Place of the cluster in its layer.
        cluster: usize,
        /// Height and width of its map.
        found: (usize, usize),
        /// Height and width of the others.
        expected: (usize, usize),
    },
    /// A file or folder could not be read or written.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried: `read`, `write`, …
        action: &'static str,
        /// Where.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A photo that cannot be read.
    #[error("cannot read the photo {name}: {reason}")]
    Photo {
        /// File name or what the caller called it.
        name: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A saved folder whose content is not what the format says.
    #[error("{} is damaged: {reason}", .path.display())]
    Damaged {
        /// Which file.
        path: PathBuf,
        /// What is wrong with it, found and expected.
        reason: String,
    },
    /// A saved folder of a format that this version does not read.
    #[error("{} has format {found}: this version reads format {expected}", .path.display())]
    Format {
        /// Which file.
        path: PathBuf,
        /// The format found.
        found: u64,
        /// The format read here.
        expected: u64,
    },
    /// The folder of a draft where that of a labelled explanation is needed.
    #[error("{} has no labels: it is the folder of a draft", .path.display())]
    NotLabeled {
        /// Which file.
        path: PathBuf,
    },
    /// Labels that do not belong to the draft they are saved with.
    #[error("labels and draft do not belong together: {reason}")]
    Mismatch {
        /// What does not fit.
        reason: String,
    },
    /// The place to write to holds something that is not ours to replace.
    #[error("{} exists and is not a saved explanation: it is left alone", .path.display())]
    Occupied {
        /// The folder.
        path: PathBuf,
    },
}

impl Error {
    pub(crate) fn stage(stage: Stage, layer: Option<&LayerInfo>, source: BoxError) -> Self {
        Self::Stage { stage, layer: layer.map(|l| format!("{} ({})", l.number, l.name)), source }
    }
}
