//! The last convolutions, trainable: the second phase (thesis 4.1).

use std::collections::BTreeMap;

use anv_examples::CommandError;
use anv_gradcam::{ConvParams, Network, conv2d, max_pool2d, read_weights};
use candle_core::Tensor;

use super::adam::Parameter;
use super::backbone::Tensors;

/// Convolutions that are trained in the second phase.
pub const TRAINED: usize = 3;

/// The convolutions from one of them on, each with a ReLU, and the max-pools between and behind them.
#[derive(Debug, Clone)]
pub struct Tail {
    /// Name of the first of them.
    pub first: String,
    /// Modules of `features`, and whether a max-pool follows.
    convs: Vec<(usize, bool)>,
    /// Their tensors as the frozen network has them.
    tensors: Tensors,
}

impl Tail {
    /// The last convolutions of `network`, whose file is `file`.
    pub fn new(network: &Network, modules: &[usize], file: &std::path::Path) -> Result<Self, CommandError> {
        let from = modules.len().saturating_sub(TRAINED);
        let layer = network.layers().get(from).ok_or("the backbone has no convolutions")?;
        // Two convolutions of one block are two modules apart: a ReLU lies between them, a max-pool does not.
        let pooled = |i: usize| modules.get(i + 1).is_none_or(|next| next - modules[i] > 2);
        let convs: Vec<_> = (from..modules.len()).map(|i| (modules[i], pooled(i))).collect();
        let mut all = read_weights(file)?.tensors;
        let names = convs.iter().flat_map(|(m, _)| names(*m));
        let tensors: BTreeMap<_, _> = names.filter_map(|n| all.remove_entry(&n)).collect();
        Ok(Self { first: layer.name.clone(), convs, tensors })
    }

    /// Their tensors before the first step.
    pub fn parameters(&self) -> Result<Vec<Parameter>, CommandError> {
        let names = self.convs.iter().flat_map(|(m, _)| names(*m));
        names
            .map(|name| {
                let tensor =
                    self.tensors.get(&name).ok_or_else(|| format!("the backbone has no `{name}`"))?;
                let values = tensor.flatten_all()?.to_vec1()?;
                Ok(Parameter::new(name, tensor.dims(), values))
            })
            .collect()
    }

    /// Number of tensors.
    pub fn len(&self) -> usize {
        2 * self.convs.len()
    }

    /// From the input of the first convolution to the output of the last pool; `weights` in the order of
    /// [`Tail::parameters`].
    pub fn maps(&self, weights: &[Tensor], input: &Tensor) -> Result<Tensor, CommandError> {
        let mut value = input.clone();
        for ((_, pooled), pair) in self.convs.iter().zip(weights.chunks_exact(2)) {
            value = conv2d(&value, &pair[0], Some(&pair[1]), ConvParams::default().padding(1))?.relu()?;
            if *pooled {
                value = max_pool2d(&value)?;
            }
        }
        Ok(value)
    }
}

fn names(module: usize) -> [String; 2] {
    [format!("features.{module}.weight"), format!("features.{module}.bias")]
}
