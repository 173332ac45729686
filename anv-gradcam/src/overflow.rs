//! Half precision's largest number is 65,504: what a network does that goes beyond.

use candle_core::Tensor;

use crate::Result;

/// Remembers which samples of a batch had a value that is not finite.
///
/// Infinity does not find its way to the output by itself: where two of opposite signs meet they are no number, and a
/// ReLU makes 0 of that, so that the answer would look like any other. Everything stays on the device.
#[derive(Debug, Default)]
pub(crate) struct Overflow {
    /// 0 for each sample, or no number.
    mark: Option<Tensor>,
}

impl Overflow {
    /// Looks at an operation's output, shape (batch, channels, height, width).
    pub fn watch(&mut self, output: &Tensor) -> Result<()> {
        let mark = mark(output)?;
        self.mark = Some(match self.mark.take() {
            Some(before) => (before + mark)?,
            None => mark,
        });
        Ok(())
    }

    /// The network's output, without a number where a sample went beyond.
    pub fn tell(self, output: Tensor) -> Result<Tensor> {
        let Some(mark) = self.mark else { return Ok(output) };
        let mut shape = vec![1; output.rank()];
        shape[0] = mark.elem_count();
        Ok(output.broadcast_add(&mark.to_dtype(output.dtype())?.reshape(shape)?)?)
    }
}

fn mark(output: &Tensor) -> Result<Tensor> {
    #[cfg(feature = "cuda")]
    if crate::cuda::serves(output, crate::Convolution::Half) {
        return crate::cuda::not_finite(output);
    }
    // Row by row first: a reduction to one value runs on a small part of a GPU.
    let largest = output.abs()?.max(3)?.flatten_from(1)?.max(1)?;
    // Infinity times 0 is no number.
    Ok((largest * 0.0)?)
}
