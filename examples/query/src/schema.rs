//! Columns of the tables, as `anv-global` writes them.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, Schema, SchemaRef};

/// A table that lies in Parquet files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Table {
    /// One row a cluster map.
    Clusters,
    /// One row a photo.
    Photos,
    /// One row a label.
    Labels,
    /// One row a feature of a class.
    Features,
}

use DataType::{Boolean, Float64, Int64, UInt64, Utf8View};

/// Name, type, and whether it may be null.
type Column = (&'static str, DataType, bool);

const CLUSTERS: [Column; 17] = [
    ("photo", Int64, false),
    ("image", Utf8View, false),
    ("class", Utf8View, false),
    ("predicted", Utf8View, false),
    ("true_class", Utf8View, true),
    ("layer", Int64, false),
    ("layer_name", Utf8View, false),
    ("maps", Int64, false),
    ("cluster", Int64, false),
    ("weight_percent", Float64, false),
    ("channels", Int64, false),
    ("kept", Int64, false),
    ("leftover_percent", Float64, false),
    ("best_k", Int64, false),
    ("silhouette", Float64, true),
    ("seed", UInt64, false),
    ("model_sha256", Utf8View, false),
];

const PHOTOS: [Column; 13] = [
    ("photo", Int64, false),
    ("image", Utf8View, false),
    ("status", Utf8View, false),
    ("reason", Utf8View, true),
    ("class", Utf8View, true),
    ("predicted", Utf8View, true),
    ("probability", Float64, true),
    ("true_class", Utf8View, true),
    ("width", Int64, true),
    ("height", Int64, true),
    ("cluster_maps", Int64, false),
    ("seconds", Float64, false),
    ("sha256", Utf8View, true),
];

const LABELS: [Column; 10] = [
    ("image", Utf8View, false),
    ("class", Utf8View, false),
    ("true_class", Utf8View, true),
    ("layer", Int64, false),
    ("cluster", Int64, false),
    ("weight", Float64, false),
    ("label", Utf8View, false),
    ("score", Float64, false),
    ("summed_score", Float64, false),
    ("best", Boolean, false),
];

const FEATURES: [Column; 13] = [
    ("class", Utf8View, false),
    ("scope", Utf8View, false),
    ("true_class", Utf8View, true),
    ("images", Int64, false),
    ("first_layer", Int64, false),
    ("last_layer", Int64, false),
    ("rank", Int64, false),
    ("label", Utf8View, false),
    ("score", Float64, false),
    ("low", Float64, true),
    ("high", Float64, true),
    ("weight", Float64, true),
    ("clusters", Int64, false),
];

impl Table {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Clusters, Self::Photos, Self::Labels, Self::Features];

    /// Name in SQL.
    pub fn name(self) -> &'static str {
        match self {
            Self::Clusters => "clusters",
            Self::Photos => "photos",
            Self::Labels => "labels",
            Self::Features => "features",
        }
    }

    /// One sentence.
    pub fn says(self) -> &'static str {
        match self {
            Self::Clusters => "one row a cluster map",
            Self::Photos => "one row a photo, explained or failed",
            Self::Labels => "one row a label of a merged cluster, from people's words",
            Self::Features => "one row a feature of a class, over its photos",
        }
    }

    /// The columns of its files.
    pub fn schema(self) -> SchemaRef {
        let columns: &[Column] = match self {
            Self::Clusters => &CLUSTERS,
            Self::Photos => &PHOTOS,
            Self::Labels => &LABELS,
            Self::Features => &FEATURES,
        };
        let mut fields: Vec<_> =
            columns.iter().map(|(name, kind, nullable)| Field::new(*name, kind.clone(), *nullable)).collect();
        if self == Self::Labels {
            fields.push(Field::new("members", integers(), false));
        }
        Arc::new(Schema::new(fields))
    }
}

fn integers() -> DataType {
    DataType::List(Arc::new(Field::new("element", Int64, false)))
}
