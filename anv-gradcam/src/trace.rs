//! A forward pass that remembers what the backward pass needs.

use candle_core::Tensor;

use crate::network::Layer;
use crate::{Error, Network, Result};

/// The values of one forward pass that the gradients of the wanted layers need.
pub(crate) struct Trace<'a> {
    network: &'a Network,
    wanted: &'a [&'a Layer],
    /// Whether the gradient with respect to a value is needed.
    needed: Vec<bool>,
    values: Vec<Option<Tensor>>,
}

impl Network {
    /// Runs forward and keeps what the gradients of the `wanted` layers need.
    pub(crate) fn trace<'a>(&'a self, input: &Tensor, wanted: &'a [&'a Layer]) -> Result<Trace<'a>> {
        let steps = &self.tape().steps;
        let mut needed: Vec<_> = (0..=steps.len()).map(|v| wanted.iter().any(|l| l.value == v)).collect();
        // A step is undone when any of its inputs is needed; its inputs and output are kept for that.
        let mut keep = needed.clone();
        for (index, step) in steps.iter().enumerate() {
            if step.inputs.iter().any(|&v| needed[v]) {
                needed[index + 1] = true;
                keep[index + 1] = true;
                step.inputs.iter().for_each(|&v| keep[v] = true);
            }
        }
        let values = self.run(input, steps.len(), &|v| keep[v])?;
        Ok(Trace { network: self, wanted, needed, values })
    }
}

impl Trace<'_> {
    /// The network's output.
    pub fn output(&self) -> Result<&Tensor> {
        self.values.last().and_then(Option::as_ref).ok_or(Error::OutputNotFinite)
    }

    /// Runs backward from `seed`, the gradient with respect to the output. `visit` gets each wanted layer, deepest
    /// first, with its activation and the gradient with respect to it; values are dropped once used.
    pub fn backward(
        mut self,
        seed: Tensor,
        visit: &mut dyn FnMut(&Layer, &Tensor, &Tensor) -> Result<()>,
    ) -> Result<()> {
        let steps = &self.network.tape().steps;
        let mut gradients: Vec<Option<Tensor>> = vec![None; steps.len() + 1];
        if let Some(last) = gradients.last_mut() {
            *last = Some(seed);
        }
        for (index, step) in steps.iter().enumerate().rev() {
            let value = index + 1;
            let (Some(gradient), Some(output)) = (gradients[value].take(), self.values[value].take()) else {
                continue;
            };
            for layer in self.wanted.iter().filter(|l| l.value == value) {
                visit(layer, &output, &gradient)?;
            }
            if !step.inputs.iter().any(|&v| self.needed[v]) {
                continue;
            }
            let inputs: Vec<_> = step.inputs.iter().filter_map(|&v| self.values[v].as_ref()).collect();
            let parts = step.op.vjp(&inputs, &output, &gradient, self.network.convolution())?;
            for (&v, part) in step.inputs.iter().zip(parts).filter(|(v, _)| self.needed[**v]) {
                gradients[v] = Some(match gradients[v].take() {
                    Some(sum) => (sum + part)?,
                    None => part,
                });
            }
        }
        Ok(())
    }
}
