//! Labels and features as tables, for other programs.

mod csv;
mod explained;
mod json;
#[cfg(feature = "parquet")]
mod parquet;
mod rows;

pub use self::csv::{read_csv, write_csv};
pub use self::explained::{ClusterRow, PhotoRow, cluster_rows};
pub use self::json::{read_json, write_json};
#[cfg(feature = "parquet")]
pub use self::parquet::{read_parquet, write_parquet};
pub use self::rows::{FeatureRow, LabelRow, feature_rows, label_rows};

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    OptionalText,
    Integer,
    OptionalInteger,
    Unsigned,
    Float,
    OptionalFloat,
    Boolean,
    Integers,
}

/// One value of a row.
pub enum Cell<'a> {
    Text(&'a str),
    OptionalText(Option<&'a str>),
    Integer(u64),
    OptionalInteger(Option<u64>),
    /// The whole range, where an integer ends at half of it.
    Unsigned(u64),
    Float(f64),
    OptionalFloat(Option<f64>),
    Boolean(bool),
    Integers(&'a [u64]),
}

pub(crate) mod sealed {
    /// How a row is taken apart; each cell is of the kind of its column.
    pub trait Cells {
        #[doc(hidden)]
        const NAME: &'static str;
        #[doc(hidden)]
        fn columns() -> &'static [(&'static str, super::Kind)]
        where
            Self: Sized;
        #[doc(hidden)]
        fn cells(&self) -> Vec<super::Cell<'_>>;
    }
}

/// A row of one of this crate's tables: [`LabelRow`], [`FeatureRow`], [`ClusterRow`] or [`PhotoRow`].
pub trait TableRow: sealed::Cells + serde::Serialize {}

impl TableRow for LabelRow {}
impl TableRow for FeatureRow {}
impl TableRow for ClusterRow {}
impl TableRow for PhotoRow {}

/// A row that comes back from Parquet: [`LabelRow`], [`ClusterRow`] or [`PhotoRow`].
#[cfg(feature = "parquet")]
pub trait ReadableRow: TableRow + parquet::FromFields {}

#[cfg(feature = "parquet")]
impl ReadableRow for LabelRow {}
#[cfg(feature = "parquet")]
impl ReadableRow for ClusterRow {}
#[cfg(feature = "parquet")]
impl ReadableRow for PhotoRow {}
