//! What can go wrong here, as data.

use std::path::{Path, PathBuf};

/// The result of everything in this crate.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Every error of this crate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A file could not be read or written.
    #[error("cannot {action} {}: {source}", .path.display())]
    Io {
        /// What was tried: `read` or `write`.
        action: &'static str,
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// A file that holds no weights: foreign, truncated or damaged.
    #[error("{file} is not a readable weight file: {reason}")]
    WeightFile {
        /// Which file.
        file: String,
        /// What is wrong with it.
        reason: String,
    },
    /// A tensor that the network needs is not in the file.
    #[error("{file} has no tensor `{tensor}`")]
    MissingTensor {
        /// Which file.
        file: String,
        /// The tensor's name.
        tensor: String,
    },
    /// A tensor that no part of the recognised network uses.
    #[error("{file} holds the tensor `{tensor}`, which is no part of a {architecture}")]
    UnexpectedTensor {
        /// Which file.
        file: String,
        /// The tensor's name.
        tensor: String,
        /// What the file was taken for.
        architecture: &'static str,
    },
    /// A tensor of the wrong shape.
    #[error("`{tensor}` has shape {found:?}: expected {expected}")]
    TensorShape {
        /// The tensor's name, or the operation it was given to.
        tensor: String,
        /// Its shape.
        found: Vec<usize>,
        /// The shape needed.
        expected: String,
    },
    /// A tensor of a number type that is not read here.
    #[error("`{tensor}` is stored as {found}: expected f32, f16, bf16, or i8 with a scale")]
    TensorType {
        /// The tensor's name.
        tensor: String,
        /// The type found.
        found: String,
    },
    /// NaN or infinity among the weights.
    #[error("`{tensor}` holds a value that is not finite")]
    NotFinite {
        /// The tensor's name.
        tensor: String,
    },
    /// Tensor names that describe no network known here.
    #[error("{file} holds no network known here: {reason}")]
    Architecture {
        /// Which file.
        file: String,
        /// What did not fit.
        reason: String,
    },
    /// An operation of the tape got an input that it cannot take.
    #[error("{operation} cannot take an input of shape {found:?}: expected {expected}")]
    InputShape {
        /// The operation, with the layer's name where it has one.
        operation: String,
        /// The input's shape.
        found: Vec<usize>,
        /// What fits.
        expected: String,
    },
    /// An input size that the network cannot take.
    #[error("input size {height}x{width} does not fit this network: {reason}")]
    InputSize {
        /// Height, in pixels.
        height: usize,
        /// Width, in pixels.
        width: usize,
        /// What does not fit.
        reason: String,
    },
    /// A value in the file's metadata, or an option, that cannot be understood.
    #[error("{name} is `{found}`: expected {expected}")]
    Parameter {
        /// Which metadata key or option.
        name: &'static str,
        /// Its value.
        found: String,
        /// What it may be.
        expected: &'static str,
    },
    /// Another number of class names than the network has outputs.
    #[error("{found} class names were given: the network has {expected} outputs")]
    ClassCount {
        /// Names given.
        found: usize,
        /// Outputs of the network.
        expected: usize,
    },
    /// A class that the network does not know.
    #[error("the network knows no class `{name}`{}", .suggestions.as_slice().suggest())]
    UnknownClass {
        /// The class asked for.
        name: String,
        /// Names that look alike, nearest first; may be empty.
        suggestions: Vec<String>,
    },
    /// A class index that the network does not have.
    #[error("there is no class {index}: the network has {classes} classes, counted from 0")]
    ClassIndex {
        /// The index asked for.
        index: usize,
        /// Number of classes.
        classes: usize,
    },
    /// A layer that the network does not have.
    #[error("the network has no layer `{name}`: it has {}", .layers.join(", "))]
    UnknownLayer {
        /// The layer asked for.
        name: String,
        /// The layers there are.
        layers: Vec<String>,
    },
    /// A device that cannot be used.
    #[error("device {device} cannot be used: {reason}")]
    Device {
        /// The device asked for, for example `cuda:0`.
        device: String,
        /// Why not.
        reason: String,
    },
    /// A network that cannot be built as described.
    #[error("the network `{network}` cannot be built: {reason}")]
    Build {
        /// Name of the network.
        network: String,
        /// What is missing or wrong.
        reason: String,
    },
    /// A photo without pixels.
    #[error("the photo has no pixels: it is {width}x{height}")]
    EmptyPhoto {
        /// Width, in pixels.
        width: u32,
        /// Height, in pixels.
        height: u32,
    },
    /// The network answered with NaN or infinity.
    #[error("the network's output for this input is not finite")]
    OutputNotFinite,
    /// A layer selection or result that the shared types refuse.
    #[error(transparent)]
    Core(#[from] anv_core::Error),
    /// The tensor library failed.
    #[error("tensor operation failed: {0}")]
    Tensor(#[from] candle_core::Error),
}

impl Error {
    pub(crate) fn io(action: &'static str, path: &Path, source: std::io::Error) -> Self {
        Self::Io { action, path: path.to_owned(), source }
    }
}

trait Suggest {
    fn suggest(&self) -> String;
}

impl Suggest for [String] {
    fn suggest(&self) -> String {
        match self {
            [] => String::new(),
            names => format!(": did you mean {}?", names.join(", ")),
        }
    }
}
