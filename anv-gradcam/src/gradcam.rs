//! Grad-CAM for all layers at once.

use anv_core::{
    Attribution, Attributor, ClassChoice, ClassScore, LayerAttribution, LayerInfo, Target,
    image::RgbImage,
    ndarray::{Array1, Array3},
};
use candle_core::{DType, Device, Tensor};

use crate::gap::{Pooling, gap};
use crate::names::suggestions;
use crate::network::Layer;
use crate::{Error, Network, Result, cpu, kernel};

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
        gap(&self.activation, &self.gradient, Pooling::Guided)
    }

    /// Mean of `G` a channel, for the first sample of the batch: Grad-CAM without the gate.
    ///
    /// # Errors
    /// When the tensor library fails.
    pub fn plain_gap(&self) -> Result<Array1<f64>> {
        gap(&self.activation, &self.gradient, Pooling::Plain)
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
        let mut layers = Vec::new();
        let (logits, classes) = self.explain(input, target, &mut |layer, activation, gradient| {
            let info = sized(&layer.info, activation)?;
            layers.push(LayerGradient {
                layer: info,
                activation: activation.clone(),
                gradient: gradient.clone(),
            });
            Ok(())
        })?;
        layers.reverse();
        Ok(Gradients { logits: Tensor::new(logits, &Device::Cpu)?, classes, layers })
    }

    /// One forward and one backward pass; `visit` gets each wanted layer with activation and gradient, deepest
    /// first.
    fn explain(
        &self,
        input: &Tensor,
        target: &Target,
        visit: &mut dyn FnMut(&Layer, &Tensor, &Tensor) -> Result<()>,
    ) -> Result<(Vec<Vec<f32>>, Vec<usize>)> {
        let tape = self.network.tape();
        let wanted = target.layers.resolve(tape.layers.len())?;
        let wanted: Vec<_> = tape.layers.iter().filter(|l| wanted.contains(&l.info.number)).collect();
        let class = self.class_index(&target.class)?;
        let trace = self.network.trace(input, &wanted)?;
        let output = trace.output()?;
        let logits = output.to_dtype(DType::F32)?.to_vec2::<f32>()?;
        let classes: Vec<_> =
            logits.iter().map(|row| Ok(class.unwrap_or(argmax(row)?))).collect::<Result<_>>()?;
        let scale = cpu::gradient_scale(output.dtype());
        let mut seed = vec![0f32; logits.iter().map(Vec::len).sum()];
        for (row, &class) in classes.iter().enumerate() {
            seed[row * tape.info.classes.len() + class] = scale;
        }
        let shape = (classes.len(), tape.info.classes.len());
        let seed = Tensor::from_vec(seed, shape, self.network.device())?.to_dtype(output.dtype())?;
        if scale == 1.0 {
            trace.backward(seed, visit)?;
        } else {
            trace.backward(seed, &mut |layer, activation, gradient| {
                let gradient = (gradient.to_dtype(DType::F32)? / f64::from(scale))?;
                visit(layer, &activation.to_dtype(DType::F32)?, &gradient)
            })?;
        }
        Ok((logits, classes))
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
        let input = self.network.preprocess(photo)?;
        let mut layers = Vec::new();
        let (logits, classes) = self.explain(&input, target, &mut |layer, activation, gradient| {
            let weights = gap(activation, gradient, Pooling::Guided)?;
            let info = sized(&layer.info, activation)?;
            let shape = (info.channels, info.size.0, info.size.1);
            let activation = activation.to_device(&Device::Cpu)?.to_dtype(DType::F32)?;
            let maps = Array3::from_shape_vec(shape, cpu::with_values(&activation, kernel::relu)?)
                .map_err(|_| Error::OutputNotFinite)?;
            layers.push(LayerAttribution::new(info, maps, weights)?);
            Ok(())
        })?;
        layers.reverse();
        let class = self.score(&logits[0], classes[0]);
        let predicted = self.score(&logits[0], argmax(&logits[0])?);
        Ok(Attribution { model: self.network.info().clone(), class, predicted, layers })
    }
}

/// The layer with the size that its maps really have.
fn sized(info: &LayerInfo, activation: &Tensor) -> Result<LayerInfo> {
    let (_, channels, height, width) = activation.dims4()?;
    Ok(LayerInfo { channels, size: (height, width), ..info.clone() })
}

/// Index of the largest score, the first of equals.
fn argmax(scores: &[f32]) -> Result<usize> {
    if scores.iter().any(|v| !v.is_finite()) {
        return Err(Error::OutputNotFinite);
    }
    let best = (0..scores.len()).reduce(|best, i| if scores[i] > scores[best] { i } else { best });
    best.ok_or(Error::OutputNotFinite)
}
