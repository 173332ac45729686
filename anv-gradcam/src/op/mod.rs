//! The operations of a network's tape: each knows its forward pass and its vector-Jacobian product.

mod adaptive_avg_pool;
mod conv;
mod flatten;
mod linear;
mod max_pool;
mod relu;

pub(crate) use adaptive_avg_pool::AdaptiveAvgPool;
pub(crate) use conv::Conv;
pub(crate) use flatten::Flatten;
pub(crate) use linear::Linear;
pub(crate) use max_pool::MaxPool;
pub use max_pool::max_pool2d;
pub(crate) use relu::Relu;

use candle_core::Tensor;

use crate::{Convolution, Error, Result};

/// Where in the network an operation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Role {
    /// Belongs to the convolution before it (an activation, a normalisation): the layer's feature map is the
    /// output of the last such operation.
    Layer,
    /// Between layers: pooling.
    Trunk,
    /// Behind the convolutional trunk.
    Head,
}

/// An operation of a [`Network`](crate::Network): a forward pass and its vector-Jacobian product.
///
/// Implement it for an operation that this crate lacks and add it with
/// [`NetworkBuilder::op`](crate::NetworkBuilder::op). Tensors are batch first and f32, or f64 where
/// [`Convolution::Exact`] asks for it.
pub trait Op: std::fmt::Debug + Send + Sync {
    /// What it is, for messages: `relu`, `max-pool 2x2`, …
    fn name(&self) -> String;

    /// Where it stands.
    fn role(&self) -> Role;

    /// Shape of the output for inputs of these shapes.
    ///
    /// # Errors
    /// [`Error::InputShape`] when the inputs do not fit.
    fn shape(&self, inputs: &[&[usize]]) -> Result<Vec<usize>>;

    /// The output, in the way that `convolution` asks for.
    ///
    /// # Errors
    /// When the inputs do not fit or the tensor library fails.
    fn forward(&self, inputs: &[&Tensor], convolution: Convolution) -> Result<Tensor>;

    /// The gradient with respect to each input, given the one with respect to the output:
    /// `gradientᵀ · ∂output/∂input`.
    ///
    /// # Errors
    /// When the tensor library fails.
    fn vjp(
        &self,
        inputs: &[&Tensor],
        output: &Tensor,
        gradient: &Tensor,
        convolution: Convolution,
    ) -> Result<Vec<Tensor>>;

    /// Takes a ReLU on its output into itself; `false` when it cannot.
    fn fuse_relu(&mut self) -> bool {
        false
    }
}

/// The only input of a unary operation.
pub(crate) fn only<'a, T: ?Sized>(name: &dyn Fn() -> String, inputs: &[&'a T]) -> Result<&'a T> {
    match inputs {
        [input] => Ok(input),
        _ => Err(Error::InputShape {
            operation: name(),
            found: vec![inputs.len()],
            expected: "one input".into(),
        }),
    }
}

/// Batch, channels, height and width of the only input.
pub(crate) fn planes(name: &dyn Fn() -> String, inputs: &[&[usize]]) -> Result<[usize; 4]> {
    match *only(name, inputs)? {
        [b, c, h, w] => Ok([b, c, h, w]),
        ref found => Err(Error::InputShape {
            operation: name(),
            found: found.to_vec(),
            expected: "(batch, channels, height, width)".into(),
        }),
    }
}
