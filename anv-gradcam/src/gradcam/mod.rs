//! Grad-CAM for all layers at once.

mod batch;
mod pass;

use anv_core::{
    Attribution, Attributor, ClassChoice, ClassScore, LayerInfo, Target,
    image::RgbImage,
    ndarray::{Array1, Axis},
};
use candle_core::{DType, Device, Tensor};

use crate::gap::{Pooling, gap};
use crate::names::suggestions;
use crate::{Error, Network, Result};

/// Feature maps and their weights for a class, for every convolution, in one forward and one backward pass.
///
/// The weight of map k is `w_k = mean over the map of [A > 0]·[G > 0]·G` with `A` the map and `G` the
/// gradient of the class's logit with respect to it (Grad-CAM with a guided ReLU at the target layer,
/// thesis 3.3.1), accumulated in f64. The gate is not propagated.
#[derive(Debug, Clone)]
pub struct GradCam {
    network: Network,
}

/// One layer of a plain backward pass; its tensors are f64 with [`Convolution::Exact`](crate::Convolution::Exact) on
/// the CPU, else f32.
#[derive(Debug, Clone)]
pub struct LayerGradient {
    /// Which layer, with the size that its maps have for this input.
    pub layer: LayerInfo,
    /// The feature map `A` after its activation, shape (batch, channels, height, width).
    pub activation: Tensor,
    /// `G`, the gradient of the explained logit with respect to `A`, same shape.
    pub gradient: Tensor,
}

impl LayerGradient {
    /// Mean of `[A > 0]·[G > 0]·G` a channel, for the first sample of the batch: the Grad-CAM weight.
    ///
    /// # Errors
    /// When the tensor library fails.
    pub fn guided_gap(&self) -> Result<Array1<f64>> {
        self.gap(Pooling::Guided)
    }

    /// Mean of `G` a channel, for the first sample of the batch: Grad-CAM without the gate.
    ///
    /// # Errors
    /// When the tensor library fails.
    pub fn plain_gap(&self) -> Result<Array1<f64>> {
        self.gap(Pooling::Plain)
    }

    fn gap(&self, pooling: Pooling) -> Result<Array1<f64>> {
        let first = |t: &Tensor| t.narrow(0, 0, 1);
        let means = gap(&first(&self.activation)?, &first(&self.gradient)?, pooling)?;
        Ok(means.remove_axis(Axis(0)))
    }
}

/// Logits and plain gradients of a batch.
#[derive(Debug, Clone)]
pub struct Gradients {
    /// Class scores before the softmax, shape (batch, classes).
    pub logits: Tensor,
    /// The explained class of each sample.
    pub classes: Vec<usize>,
    /// The wanted layers, shallowest first.
    pub layers: Vec<LayerGradient>,
}

impl GradCam {
    /// Explains this network.
    pub fn new(network: Network) -> Self {
        Self { network }
    }

    /// The explained network.
    pub fn network(&self) -> &Network {
        &self.network
    }

    /// Activations and plain gradients `G = ∂logit/∂A` of the wanted layers for inputs
    /// (batch, channels, height, width), each sample for its own predicted class or all for the class asked for.
    ///
    /// # Errors
    /// [`Error::UnknownClass`], [`Error::ClassIndex`], [`Error::InputShape`], [`Error::OutputNotFinite`], and
    /// [`Error::Core`] for layers that the network does not have.
    pub fn gradients(&self, input: &Tensor, target: &Target) -> Result<Gradients> {
        let class = self.class_index(&target.class)?;
        let classes = vec![class; input.dims().first().copied().unwrap_or(0)];
        let mut layers = Vec::new();
        let scores =
            self.pass(input, &classes, &target.layers, &mut |layer, activation, gradient, scale| {
                let (mut activation, mut gradient) = (activation.clone(), gradient.clone());
                if scale != 1.0 {
                    activation = activation.to_dtype(DType::F32)?;
                    gradient = (gradient.to_dtype(DType::F32)? / f64::from(scale))?;
                }
                layers.push(LayerGradient { layer: sized(&layer.info, &activation)?, activation, gradient });
                Ok(())
            })?;
        let classes = (0..classes.len()).map(|sample| scores.class(sample)).collect::<Result<_>>()?;
        layers.reverse();
        Ok(Gradients { logits: Tensor::new(scores.logits, &Device::Cpu)?, classes, layers })
    }

    /// The class asked for; `None` for the predicted one.
    fn class_index(&self, choice: &ClassChoice) -> Result<Option<usize>> {
        let classes = &self.network.info().classes;
        match choice {
            ClassChoice::Predicted => Ok(None),
            &ClassChoice::Index(index) if index < classes.len() => Ok(Some(index)),
            &ClassChoice::Index(index) => Err(Error::ClassIndex { index, classes: classes.len() }),
            ClassChoice::Name(name) => {
                let same = |c: &String| c.eq_ignore_ascii_case(name);
                let found = classes.iter().position(|c| c == name).or_else(|| classes.iter().position(same));
                match found {
                    Some(index) => Ok(Some(index)),
                    None => Err(Error::UnknownClass {
                        name: name.clone(),
                        suggestions: suggestions(name, classes),
                    }),
                }
            }
        }
    }

    fn score(&self, logits: &[f32], index: usize) -> ClassScore {
        let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        let power = |v: f32| f64::from(v - largest).exp();
        let sum: f64 = logits.iter().map(|&v| power(v)).sum();
        ClassScore {
            index,
            name: self.network.info().classes[index].clone(),
            logit: f64::from(logits[index]),
            probability: power(logits[index]) / sum,
        }
    }
}

impl Attributor for GradCam {
    type Error = Error;

    fn attribute(&self, photo: &RgbImage, target: &Target) -> Result<Attribution> {
        self.attribute_many(&[(photo, target)]).pop().unwrap_or(Err(Error::OutputNotFinite))
    }

    /// Photos of which the same layers are wanted go through the network in one batch.
    fn attribute_many(&self, photos: &[(&RgbImage, &Target)]) -> Vec<Result<Attribution>> {
        let mut answers = Vec::with_capacity(photos.len());
        let mut ready = Vec::with_capacity(photos.len());
        for (place, (photo, target)) in photos.iter().enumerate() {
            match self.sample(place, photo, target) {
                Ok(sample) => ready.push(sample),
                Err(error) => answers.push((place, Err(error))),
            }
        }
        let mut waiting: Vec<_> = ready.iter().collect();
        while let Some(layers) = waiting.first().map(|s| &s.target.layers) {
            let (now, later): (Vec<_>, _) = waiting.into_iter().partition(|s| s.target.layers == *layers);
            answers.extend(self.answer(&now));
            waiting = later;
        }
        answers.sort_by_key(|(place, _)| *place);
        answers.into_iter().map(|(_, answer)| answer).collect()
    }
}

/// The layer with the size that its maps really have.
fn sized(info: &LayerInfo, activation: &Tensor) -> Result<LayerInfo> {
    let (_, channels, height, width) = activation.dims4()?;
    Ok(LayerInfo { channels, size: (height, width), ..info.clone() })
}
