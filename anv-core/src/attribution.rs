//! What a network computed for a photo: feature maps and the weight of each for a class.

use ndarray::{Array1, Array3};

use crate::{Error, LayerInfo, LayerSelection, Result};

/// The class to explain.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ClassChoice {
    /// The class that the network predicts.
    #[default]
    Predicted,
    /// The class at this place of the network's output, from 0.
    Index(usize),
    /// The class of this name.
    Name(String),
}

/// What is asked of an [`Attributor`](crate::Attributor): which class, which layers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Target {
    /// The class to explain.
    pub class: ClassChoice,
    /// The layers wanted.
    pub layers: LayerSelection,
}

/// The explained class as the network scored it.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassScore {
    /// Place in the network's output, from 0.
    pub index: usize,
    /// Name, or the index as text when the network has no names.
    pub name: String,
    /// Output before the softmax: the number whose gradient weighs the feature maps.
    pub logit: f64,
    /// Softmax probability, 0 to 1.
    pub probability: f64,
}

/// Order of the colour planes that a network expects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ChannelOrder {
    /// Red, green, blue: torchvision.
    Rgb,
    /// Blue, green, red: the original Caffe weights, Keras.
    Bgr,
}

/// How pixels become the network's input: resized to `height` x `width`, planes in `order`, then
/// `(value · scale − mean) / std` a plane, with `value` from 0 to 255.
#[derive(Debug, Clone, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Preprocessing {
    /// Input height, in pixels.
    pub height: usize,
    /// Input width, in pixels.
    pub width: usize,
    /// Order of the planes.
    pub order: ChannelOrder,
    /// Factor on the 0 to 255 value.
    pub scale: f32,
    /// Subtracted from each plane, in `order`.
    pub mean: [f32; 3],
    /// Divisor of each plane, in `order`.
    pub std: [f32; 3],
}

/// The explained model: enough to say later what was explained.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelInfo {
    /// Name of the model or of its file.
    pub name: String,
    /// SHA-256 of the weight file, in lower-case hexadecimal digits.
    pub weights_sha256: String,
    /// Class names in the order of the outputs.
    pub classes: Vec<String>,
    /// How photos are turned into inputs.
    pub preprocessing: Preprocessing,
}

/// The feature maps of one layer and the weight of each for the explained class.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerAttribution {
    layer: LayerInfo,
    maps: Array3<f32>,
    weights: Array1<f64>,
}

impl LayerAttribution {
    /// Joins maps of shape (channels, height, width) with one weight a channel.
    ///
    /// # Errors
    /// [`Error::AttributionShape`] when shapes disagree with `layer`, [`Error::NotFinite`] when a weight
    /// or a map value is NaN or infinite.
    pub fn new(layer: LayerInfo, maps: Array3<f32>, weights: Array1<f64>) -> Result<Self> {
        let expected = (layer.channels, layer.size.0, layer.size.1);
        if maps.dim() != expected || weights.len() != layer.channels {
            return Err(Error::AttributionShape {
                layer: layer.number,
                expected,
                maps: maps.dim(),
                weights: weights.len(),
            });
        }
        let bad_map = maps.outer_iter().position(|m| m.iter().any(|v| !v.is_finite()));
        if let Some(channel) = weights.iter().position(|w| !w.is_finite()).or(bad_map) {
            return Err(Error::NotFinite { layer: layer.number, name: layer.name, channel });
        }
        Ok(Self { layer, maps, weights })
    }

    /// Which layer this is.
    pub fn layer(&self) -> &LayerInfo {
        &self.layer
    }

    /// Feature maps after the activation function, shape (channels, height, width).
    pub fn maps(&self) -> &Array3<f32> {
        &self.maps
    }

    /// Weight of each feature map for the class, in units of the logit a map value; ≤ 0 counts as none.
    pub fn weights(&self) -> &Array1<f64> {
        &self.weights
    }
}

/// One photo, one class: all wanted layers, shallowest first.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribution {
    /// The explained model.
    pub model: ModelInfo,
    /// The explained class.
    pub class: ClassScore,
    /// The class that the network predicts; it differs from `class` when another one was asked for.
    pub predicted: ClassScore,
    /// Maps and weights a layer.
    pub layers: Vec<LayerAttribution>,
}
