//! Feature maps and guided-ReLU Grad-CAM weights of every convolution in one forward and one backward pass.

mod builder;
mod conv;
mod cpu;
mod error;
mod gap;
mod gradcam;
mod kernel;
mod names;
mod network;
mod op;
mod options;
mod preprocess;
mod trace;
mod vgg;
mod weights;

pub use builder::{NetworkBuilder, Value};
pub use conv::{ConvParams, conv2d};
pub use error::{Error, Result};
pub use gradcam::{GradCam, Gradients, LayerGradient};
pub use network::Network;
pub use op::{Op, Role, max_pool2d};
pub use options::{Convolution, LoadOptions, Preset};
pub use vgg::{VggConfig, VggHead};
pub use weights::{Precision, WeightFile, read_weights, write_safetensors};

pub use candle_core;
