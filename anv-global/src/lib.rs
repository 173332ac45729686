//! From many labelled images to a statement about a class.

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
    FeatureRow, LabelRow, TableRow, feature_rows, label_rows, read_csv, read_json, write_csv, write_json,
};
#[cfg(feature = "parquet")]
pub use table::{read_parquet, write_parquet};
