//! Adam (Kingma & Ba 2015) with decoupled weight decay (Loshchilov & Hutter 2019), its state in the open so that a
//! checkpoint can hold it.

use anv_examples::CommandError;
use candle_core::{Device, Tensor};

/// Decay of the two moments and the guard against division by zero, as published.
const BETA: [f64; 2] = [0.9, 0.999];
const EPSILON: f64 = 1e-8;

/// A trained tensor: its values, row-major, and what Adam remembers of their gradients.
#[derive(Debug, Clone, PartialEq)]
pub struct Parameter {
    /// Name of the tensor in the weight file.
    pub name: String,
    /// Its shape.
    pub shape: Vec<usize>,
    /// Its values.
    pub values: Vec<f32>,
    /// Running mean of the gradient.
    pub mean: Vec<f32>,
    /// Running mean of the squared gradient.
    pub square: Vec<f32>,
}

impl Parameter {
    /// A tensor before its first step.
    pub fn new(name: impl Into<String>, shape: &[usize], values: Vec<f32>) -> Self {
        let zeros = vec![0.0; values.len()];
        Self { name: name.into(), shape: shape.to_vec(), values, mean: zeros.clone(), square: zeros }
    }

    /// Its values as a tensor.
    pub fn tensor(&self) -> Result<Tensor, CommandError> {
        Ok(Tensor::from_slice(&self.values, self.shape.as_slice(), &Device::Cpu)?)
    }
}

/// Learning rate and weight decay.
#[derive(Debug, Clone, Copy)]
pub struct Adam {
    /// Size of a step.
    pub rate: f64,
    /// Pull towards zero, times the rate; biases are spared.
    pub decay: f64,
}

impl Adam {
    /// Takes step number `step`, counted from 1 over the whole phase.
    pub fn step(&self, parameter: &mut Parameter, gradient: &[f32], step: u64) {
        let exponent = step.min(i32::MAX as u64) as i32;
        let correction = BETA.map(|beta| 1.0 - beta.powi(exponent));
        let decay = if parameter.shape.len() > 1 { self.rate * self.decay } else { 0.0 };
        let moments = parameter.mean.iter_mut().zip(&mut parameter.square);
        for ((value, (mean, square)), &g) in parameter.values.iter_mut().zip(moments).zip(gradient) {
            let g = f64::from(g);
            let m = BETA[0] * f64::from(*mean) + (1.0 - BETA[0]) * g;
            let s = BETA[1] * f64::from(*square) + (1.0 - BETA[1]) * g * g;
            let change = self.rate * (m / correction[0]) / ((s / correction[1]).sqrt() + EPSILON);
            *value = (f64::from(*value) * (1.0 - decay) - change) as f32;
            (*mean, *square) = (m as f32, s as f32);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Adam, Parameter};

    #[test]
    fn first_step_has_the_length_of_the_rate() {
        let mut parameter = Parameter::new("w", &[2], vec![1.0, 1.0]);
        Adam { rate: 0.1, decay: 0.5 }.step(&mut parameter, &[3.0, -0.001], 1);
        let miss = |i: usize, expected: f32| (parameter.values[i] - expected).abs();
        assert!(miss(0, 0.9) < 1e-5 && miss(1, 1.1) < 1e-5, "{:?}", parameter.values);
    }

    #[test]
    fn finds_the_bottom_of_a_bowl() {
        let mut parameter = Parameter::new("w", &[1, 2], vec![4.0, -3.0]);
        let adam = Adam { rate: 0.05, decay: 0.0 };
        for step in 1..=2000 {
            let gradient: Vec<f32> = parameter.values.iter().map(|v| 2.0 * (v - 1.0)).collect();
            adam.step(&mut parameter, &gradient, step);
        }
        assert!(parameter.values.iter().all(|v| (v - 1.0).abs() < 1e-2), "{:?}", parameter.values);
    }
}
