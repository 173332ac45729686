//! What can go wrong here, as data.

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Text that names no groups of layers.
    #[error(
        "`{found}` names no groups of layers: expected `all`, a size such as 3, or ranges such as 5-7,8-10"
    )]
    GroupSyntax {
        /// The text.
        found: String,
    },
    /// Groups that are empty or share a layer.
    #[error("the groups of layers {found} are not usable: {reason}")]
    Groups {
        /// The groups.
        found: String,
        /// What is wrong with them.
        reason: &'static str,
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
    /// A weight or score that is no finite number.
    #[error("layer {layer} of image `{image}` has the {what} {found}: expected a finite number")]
    NotFinite {
        /// The image.
        image: String,
        /// Number of the layer.
        layer: usize,
        /// Which number: `weight`, or `score` of a label.
        what: String,
        /// Its value.
        found: f64,
    },
    /// Two aggregators of different parameters cannot be joined.
    #[error("the other aggregator has other parameters: both must have the same")]
    OtherParameters,
    /// A table could not be read or written.
    #[error("cannot {action} the table as {format}: {source}")]
    Table {
        /// What was tried: `read` or `write`.
        action: &'static str,
        /// `CSV`, `JSON` or `Parquet`.
        format: &'static str,
        /// What the reader or writer said.
        source: Box<dyn std::error::Error + Send + Sync + 'static>,
    },
    /// A table without a column that is needed, or with another type in it.
    #[error("column `{column}` is {found}: expected {expected}")]
    Column {
        /// Name of the column.
        column: String,
        /// What it is: `missing` or its type.
        found: String,
        /// The type expected.
        expected: &'static str,
    },
    /// A cell that cannot be understood.
    #[error("line {line}: column `{column}` is `{found}`: expected {expected}")]
    Cell {
        /// Line in the file, from 1.
        line: u64,
        /// Name of the column.
        column: &'static str,
        /// What is there.
        found: String,
        /// What may be there.
        expected: &'static str,
    },
}

impl Error {
    pub(crate) fn table<E>(action: &'static str, format: &'static str) -> impl Fn(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    {
        move |source| Self::Table { action, format, source: source.into() }
    }
}
