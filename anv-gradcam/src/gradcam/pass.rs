//! One forward and one backward pass for a batch.

use anv_core::LayerSelection;
use candle_core::{DType, Tensor};

use super::GradCam;
use crate::network::Layer;
use crate::{Error, Result, cpu};

/// What the network answered.
pub(super) struct Scores {
    /// Before the softmax, a row a sample.
    pub logits: Vec<Vec<f32>>,
    /// The explained class of each sample; `None` where the scores are not finite.
    pub classes: Vec<Option<usize>>,
}

/// Gets a wanted layer with its activation and gradient, both as the pass computed them, and the factor that the
/// gradient still bears.
pub(super) type Visit<'a> = &'a mut dyn FnMut(&Layer, &Tensor, &Tensor, f32) -> Result<()>;

impl GradCam {
    /// Passes `input` through the network and back; `classes` holds the class asked for of each sample, `None` for the
    /// predicted one. `visit` gets the wanted layers, deepest first.
    pub(super) fn pass(
        &self,
        input: &Tensor,
        classes: &[Option<usize>],
        layers: &LayerSelection,
        visit: Visit<'_>,
    ) -> Result<Scores> {
        let tape = self.network.tape();
        let wanted = layers.resolve(tape.layers.len())?;
        let wanted: Vec<_> = tape.layers.iter().filter(|l| wanted.contains(&l.info.number)).collect();
        let trace = self.network.trace(input, &wanted)?;
        let output = trace.output()?;
        let logits = output.to_dtype(DType::F32)?.to_vec2::<f32>()?;
        let explained =
            |(row, class): (&Vec<f32>, &Option<usize>)| argmax(row).map(|best| class.unwrap_or(best));
        let classes: Vec<_> = logits.iter().zip(classes).map(explained).collect();
        if classes.iter().any(Option::is_some) {
            let scale = cpu::gradient_scale(output.dtype());
            // A sample without finite scores gets no gradient; those beside it do not notice.
            let mut seed = vec![0f32; logits.iter().map(Vec::len).sum()];
            for (row, class) in classes.iter().enumerate() {
                if let Some(class) = class {
                    seed[row * tape.info.classes.len() + class] = scale;
                }
            }
            let shape = (classes.len(), tape.info.classes.len());
            let seed = Tensor::from_vec(seed, shape, self.network.device())?.to_dtype(output.dtype())?;
            trace.backward(seed, &mut |layer, activation, gradient| {
                visit(layer, activation, gradient, scale)
            })?;
        }
        Ok(Scores { logits, classes })
    }
}

impl Scores {
    /// The explained class of a sample.
    pub fn class(&self, sample: usize) -> Result<usize> {
        self.classes[sample].ok_or(Error::OutputNotFinite)
    }

    /// The class with the highest score, the first of equals.
    pub fn predicted(&self, sample: usize) -> Result<usize> {
        argmax(&self.logits[sample]).ok_or(Error::OutputNotFinite)
    }
}

/// Index of the largest score, the first of equals; `None` where a score is not finite.
fn argmax(scores: &[f32]) -> Option<usize> {
    if scores.iter().any(|v| !v.is_finite()) {
        return None;
    }
    (0..scores.len()).reduce(|best, i| if scores[i] > scores[best] { i } else { best })
}
