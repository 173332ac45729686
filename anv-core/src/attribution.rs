//! What a network computed for a photo: feature maps and the weight of each for a class.

use ndarray::{Array1, Array3, ArrayView1, Axis, CowArray, Ix3};
use rayon::prelude::*;

use crate::{Error, LayerInfo, LayerSelection, Result, WeightThreshold, percents};

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

/// The feature maps that come back with the weights.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub enum MapSelection {
    /// Every map.
    #[default]
    All,
    /// Those above the threshold, as clustering needs them: about half of VGG-16's. What stays behind need not be copied,
    /// from another device least of all.
    Kept(WeightThreshold),
}

impl MapSelection {
    /// The channels whose maps come back, ascending, for these weights of a layer.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a threshold that is negative or not finite.
    pub fn channels(&self, weights: ArrayView1<'_, f64>) -> Result<Vec<usize>> {
        match self {
            Self::All => Ok((0..weights.len()).collect()),
            Self::Kept(threshold) => match percents(weights) {
                Some(percents) => threshold.keep(percents.view()),
                None => Ok(Vec::new()),
            },
        }
    }
}

/// What is asked of an [`Attributor`](crate::Attributor): which class, which layers, which maps.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Target {
    /// The class to explain.
    pub class: ClassChoice,
    /// The layers wanted.
    pub layers: LayerSelection,
    /// The maps wanted. An attributor may give more: a [`Pipeline`](crate::Pipeline) takes what it needs.
    pub maps: MapSelection,
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

/// The weight of every feature map of one layer for the explained class, and the maps, all or some of them.
#[derive(Debug, Clone, PartialEq)]
pub struct LayerAttribution {
    layer: LayerInfo,
    channels: Vec<usize>,
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
        let channels = (0..layer.channels).collect();
        Self::of_channels(layer, channels, maps, weights)
    }

    /// Joins the maps of some channels, shape (`channels.len()`, height, width), with the weights of all.
    ///
    /// # Errors
    /// As [`LayerAttribution::new`]; [`Error::Channel`] unless the channels rise and are the layer's.
    pub fn of_channels(
        layer: LayerInfo,
        channels: Vec<usize>,
        maps: Array3<f32>,
        weights: Array1<f64>,
    ) -> Result<Self> {
        let expected = (channels.len(), layer.size.0, layer.size.1);
        if maps.dim() != expected || weights.len() != layer.channels {
            return Err(Error::AttributionShape {
                layer: layer.number,
                expected,
                maps: maps.dim(),
                channels: layer.channels,
                weights: weights.len(),
            });
        }
        let falls = channels.windows(2).find(|w| w[0] >= w[1]).map(|w| w[1]);
        let beyond = channels.last().copied().filter(|&c| c >= layer.channels);
        if let Some(channel) = falls.or(beyond) {
            return Err(Error::Channel { channel, channels: layer.channels });
        }
        // Without an early end several values are looked at at a time; only those of broken networks are not finite.
        let broken = |row: &usize| maps.index_axis(Axis(0), *row).fold(false, |bad, v| bad | !v.is_finite());
        let rows = (0..channels.len()).into_par_iter().with_min_len(16);
        let bad_map = rows.find_first(broken).map(|row| channels[row]);
        if let Some(channel) = weights.iter().position(|w| !w.is_finite()).or(bad_map) {
            return Err(Error::NotFinite { layer: layer.number, name: layer.name, channel });
        }
        Ok(Self { layer, channels, maps, weights })
    }

    /// Which layer this is.
    pub fn layer(&self) -> &LayerInfo {
        &self.layer
    }

    /// The channels whose maps are here, ascending, counted from 0.
    pub fn channels(&self) -> &[usize] {
        &self.channels
    }

    /// Feature maps after the activation function, shape ([`LayerAttribution::channels`], height, width).
    pub fn maps(&self) -> &Array3<f32> {
        &self.maps
    }

    /// The maps of these channels, shape (`channels.len()`, height, width).
    ///
    /// # Errors
    /// [`Error::MapMissing`] when a map is not here.
    pub fn maps_of(&self, channels: &[usize]) -> Result<CowArray<'_, f32, Ix3>> {
        if channels == self.channels {
            return Ok(self.maps.view().into());
        }
        let row = |channel: &usize| {
            let missing = Error::MapMissing { layer: self.layer.number, channel: *channel };
            self.channels.binary_search(channel).map_err(|_| missing)
        };
        let rows = channels.iter().map(row).collect::<Result<Vec<_>>>()?;
        Ok(self.maps.select(Axis(0), &rows).into())
    }

    /// Weight of each feature map for the class, in units of the logit a map value, one for every channel of the layer;
    /// ≤ 0 counts as none.
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
