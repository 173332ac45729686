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

#[cfg(test)]
mod tests {
    use anv_core::{ClassChoice, Target};
    use candle_core::{DType, Device, Tensor};
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    use crate::{ConvParams, Convolution, GradCam, Network};

    /// Central differences in f32 with a step of 1/64: rounding of the logit divided by the step, as a share of the
    /// layer's largest gradient. The network is piecewise linear, so there is no other error away from kinks.
    const TOLERANCE: f64 = 2e-3;
    /// The same in f64.
    const TOLERANCE_F64: f64 = 1e-11;
    const STEP: f32 = 1.0 / 64.0;

    fn random(rng: &mut ChaCha8Rng, shape: &[usize], scale: f32) -> Tensor {
        let count = shape.iter().product();
        let values: Vec<f32> = (0..count).map(|_| rng.random_range(-scale..scale)).collect();
        Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
    }

    /// Every operation, an odd size, a kernel that is not 3x3, a stride of two, channels for Winograd's way.
    fn network(rng: &mut ChaCha8Rng, convolution: Convolution) -> Network {
        let same = ConvParams::default().padding(1);
        Network::builder("random")
            .input_size(21, 19)
            .convolution(convolution)
            .conv("conv1_1", random(rng, &[16, 3, 3, 3], 0.4), random(rng, &[16], 0.2), same)
            .relu()
            .conv("conv1_2", random(rng, &[17, 16, 3, 3], 0.2), random(rng, &[17], 0.2), same)
            .relu()
            .max_pool()
            .conv("conv2_1", random(rng, &[16, 17, 3, 3], 0.2), None, same)
            .relu()
            .conv("strided", random(rng, &[6, 16, 2, 3], 0.2), random(rng, &[6], 0.2), same.stride(2))
            .relu()
            .max_pool()
            .adaptive_avg_pool(2, 2)
            .flatten()
            .linear(random(rng, &[7, 24], 0.5), random(rng, &[7], 0.2))
            .relu()
            .linear(random(rng, &[3, 7], 0.5), None)
            .build()
            .unwrap()
    }

    /// The logit of `class` when the tape is run from `value` on.
    fn logit_from(network: &Network, value: usize, tensor: &Tensor, class: usize) -> f64 {
        let mut tensor = tensor.clone();
        for step in &network.tape().steps[value..] {
            tensor = step.op.forward(&[&tensor], network.convolution()).unwrap();
        }
        tensor.to_dtype(DType::F64).unwrap().to_vec2::<f64>().unwrap()[0][class]
    }

    fn values(tensor: &Tensor) -> Vec<f64> {
        tensor.flatten_all().unwrap().to_dtype(DType::F64).unwrap().to_vec1().unwrap()
    }

    fn perturbed(tensor: &Tensor, index: usize, by: f32) -> Tensor {
        let mut values = values(tensor);
        values[index] += f64::from(by);
        let perturbed = Tensor::from_vec(values, tensor.shape(), &Device::Cpu).unwrap();
        perturbed.to_dtype(tensor.dtype()).unwrap()
    }

    fn check(convolution: Convolution, tolerance: f64) {
        let mut worst = 0f64;
        let mut checked = 0;
        for seed in 0..6 {
            let mut rng = ChaCha8Rng::seed_from_u64(seed);
            let cam = GradCam::new(network(&mut rng, convolution));
            let input = random(&mut rng, &[1, 3, 21, 19], 1.0);
            let target = Target { class: ClassChoice::Index(1), ..Target::default() };
            let result = cam.gradients(&input, &target).unwrap();
            let layers = cam.network().tape().layers.iter().zip(&result.layers);
            for (layer, result) in layers {
                let gradient = values(&result.gradient);
                let largest = gradient.iter().fold(0f64, |m, v| m.max(v.abs()));
                for _ in 0..40 {
                    let index = rng.random_range(0..gradient.len());
                    let at = |by: f32| {
                        let tensor = perturbed(&result.activation, index, by);
                        logit_from(cam.network(), layer.value, &tensor, 1)
                    };
                    let (low, middle, high) = (at(-STEP), at(0.0), at(STEP));
                    let step = f64::from(STEP);
                    let (before, behind) = ((middle - low) / step, (high - middle) / step);
                    let tolerance = tolerance * largest;
                    if (before - behind).abs() > tolerance {
                        continue; // A ReLU or a maximum changes sides within the step.
                    }
                    let off = ((high - low) / (2.0 * step) - gradient[index]).abs();
                    assert!(off <= 2.0 * tolerance, "{} {index}: off by {off}", result.layer.name);
                    worst = worst.max(off / largest);
                    checked += 1;
                }
            }
        }
        eprintln!(
            "{convolution:?}: {checked} differences, largest deviation {worst:.1e} of the layer's largest"
        );
        assert!(checked > 600, "most places are no kinks");
    }

    #[test]
    fn gradients_equal_finite_differences() {
        check(Convolution::Fast, TOLERANCE);
        check(Convolution::Exact, TOLERANCE_F64);
        check(Convolution::Candle, TOLERANCE);
    }
}
