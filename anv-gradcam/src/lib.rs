//! Feature maps and guided-ReLU Grad-CAM weights of every convolution in one forward and one backward pass.
//!
//! [`Network`] holds an image classifier as an explicit list of operations, each with its forward pass and its
//! vector-Jacobian product. [`GradCam`] runs it once forward and once backward and gives, for every convolution,
//! the feature maps and the weight of each for a class:
//!
//! ```text
//! w_k = mean over the map of [A_k > 0] · [G_k > 0] · G_k,   G_k = ∂logit/∂A_k
//! ```
//!
//! (thesis 3.3.1: Grad-CAM with a guided ReLU at the target layer; the gate is not propagated). It implements
//! [`anv_core::Attributor`], the first stage of [`anv_core::Pipeline`].
//!
//! # Example
//! ```
//! use anv_core::{Attributor, Target, image::RgbImage};
//! use anv_gradcam::{ConvParams, GradCam, Network, candle_core::{Device, Tensor}};
//!
//! // A network of our own: one convolution that answers to red, another to blue, and who has more of it wins.
//! let kernel = Tensor::new(&[1f32, -0.5, -0.5, -0.5, -0.5, 1.0], &Device::Cpu)?.reshape((2, 3, 1, 1))?;
//! let vote = Tensor::new(&[[1f32, 0.0], [0.0, 1.0]], &Device::Cpu)?;
//! let network = Network::builder("red or blue")
//!     .input_size(8, 8)
//!     .classes(["red", "blue"])
//!     .conv("colour", kernel, None, ConvParams::default())
//!     .relu()
//!     .adaptive_avg_pool(1, 1)
//!     .flatten()
//!     .linear(vote, None)
//!     .build()?;
//!
//! let photo = RgbImage::from_fn(30, 20, |x, _| [if x < 20 { 250 } else { 0 }, 0, 40].into());
//! let attribution = GradCam::new(network).attribute(&photo, &Target::default())?;
//! assert_eq!(attribution.class.name, "red");
//! let weights = attribution.layers[0].weights();
//! assert!(weights[0] > 0.0 && weights[1] == 0.0);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # Networks
//! [`Network::load`] recognises VGG-11, -13, -16 and -19 (and any other VGG without batch normalisation) by the names
//! and shapes of their tensors: torchvision's names with the published, the thesis' or a light head, and timm's;
//! safetensors in f32, f16, bf16 and in the 8 bits of [`Precision::Eight`], or PyTorch's own files.
//! [`Network::builder`] composes others from your tensors, and [`Op`] adds operations. [`conv2d`] and
//! [`max_pool2d`] are the same kernels for training with the tensor library; [`Network::features`] and
//! [`Network::forward_until`] run the frozen part.
//!
//! # Speed and exactness
//! On the CPU, 3x3 convolutions run on Winograd kernels of this crate, others on im2col, in the surrounding rayon
//! pool; results have the same bits for any number of threads on the same kind of processor. See
//! [`Convolution`] for what that does to rounding. On CUDA gates, pooling, sums and what comes back have kernels of this
//! crate, compiled when the first is needed, and `cudnn` gives convolutions to NVIDIA's library; the rest there, and all of
//! Metal, is the tensor library's. Activations stay on the device: weights come back, and of the maps those that
//! [`anv_core::MapSelection`] asks for. [`GradCam`]'s `attribute_many` passes photos in one batch.
//!
//! # Features
//! None by default. `cuda`, `cudnn` (which has `cuda` in it and is what to use on NVIDIA's GPUs), `metal`, `mkl` and
//! `accelerate` are passed on to candle; [`device`] says whether a device can be used.
//!
//! # Source
//! De Santis & Bianchi, *A Human-in-the-Loop Approach for Post-hoc Explainability of CNN-based Image
//! Classification*, Politecnico di Milano, 2023; Selvaraju et al., *Grad-CAM*, ICCV 2017; Lavin & Gray, *Fast
//! Algorithms for Convolutional Neural Networks*, 2015.

// A user's input must never cause a panic.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod builder;
mod conv;
mod cpu;
#[cfg(feature = "cuda")]
mod cuda;
mod device;
mod error;
mod gap;
mod gradcam;
mod kernel;
mod names;
mod network;
mod op;
mod options;
mod overflow;
mod preprocess;
mod trace;
mod vgg;
mod weights;

pub use builder::{NetworkBuilder, Value};
pub use conv::{ConvParams, conv2d};
pub use device::device;
pub use error::{Error, Result};
pub use gradcam::{GradCam, Gradients, LayerGradient};
pub use network::Network;
pub use op::{Op, Role, max_pool2d};
pub use options::{Convolution, LoadOptions, Preset};
pub use vgg::{VggConfig, VggHead};
pub use weights::{Precision, WeightFile, read_weights, write_safetensors};

pub use candle_core;
