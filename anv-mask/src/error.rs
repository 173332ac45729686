//! What can go wrong here, as data.

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A map without a cell.
    #[error("a map of {height}x{width} cells shows nothing: expected at least 1x1")]
    EmptyMap {
        /// Rows of the map.
        height: usize,
        /// Columns of the map.
        width: usize,
    },
    /// A map with NaN or infinity in it.
    #[error("the map is {value} at row {row}, column {column}: expected finite values")]
    NotFinite {
        /// Row of the first such value, from 0.
        row: usize,
        /// Its column, from 0.
        column: usize,
        /// The value.
        value: f32,
    },
    /// A picture without a pixel.
    #[error("a picture of {width}x{height} pixels is empty: expected at least 1x1")]
    EmptyImage {
        /// Width in pixels.
        width: u32,
        /// Height in pixels.
        height: u32,
    },
    /// A mask and a picture of different sizes.
    #[error("the picture has {found:?} pixels, width and height: expected {expected:?} as the mask has")]
    SizeMismatch {
        /// Width and height of the picture.
        found: (u32, u32),
        /// Width and height of the mask.
        expected: (u32, u32),
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
    /// A cluster map that cannot be drawn.
    #[error("cannot draw cluster {cluster} of layer {layer}: {source}")]
    Cluster {
        /// Number of the layer, from 1.
        layer: usize,
        /// Place of the cluster in its layer, from 0.
        cluster: usize,
        /// What is wrong with its map.
        source: Box<Error>,
    },
    /// A picture that an encoder or the renderer refused.
    #[error("cannot encode the {what}: {source}")]
    Encode {
        /// What was to be encoded.
        what: &'static str,
        /// What the encoder said.
        source: Box<dyn std::error::Error + Send + Sync + 'static>,
    },
}

impl Error {
    pub(crate) fn encode<E>(what: &'static str) -> impl FnOnce(E) -> Self
    where
        E: Into<Box<dyn std::error::Error + Send + Sync + 'static>>,
    {
        move |source| Self::Encode { what, source: source.into() }
    }
}
