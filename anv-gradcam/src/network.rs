//! A network as an explicit list of operations.

use std::path::Path;
use std::sync::Arc;

use anv_core::{LayerInfo, ModelInfo, image::RgbImage};
use candle_core::{DType, Device, Tensor};

use crate::op::{Op, Role};
use crate::overflow::Overflow;
use crate::preprocess::preprocess;
use crate::{Convolution, Error, LoadOptions, NetworkBuilder, Result, VggConfig, cpu};

/// One operation and the values it reads; the value it writes has its own place plus one, value 0 is the input.
#[derive(Debug)]
pub(crate) struct Step {
    pub op: Box<dyn Op>,
    pub inputs: Vec<usize>,
}

/// A convolution that is explained.
#[derive(Debug)]
pub(crate) struct Layer {
    pub info: LayerInfo,
    /// The convolution's step.
    pub step: usize,
    /// The value that is the layer's feature map, after its activation.
    pub value: usize,
}

#[derive(Debug)]
pub(crate) struct Tape {
    pub info: ModelInfo,
    pub device: Device,
    pub channels: usize,
    pub steps: Vec<Step>,
    pub layers: Vec<Layer>,
    pub layer_infos: Vec<LayerInfo>,
    /// Set when the network was recognised as a VGG.
    pub vgg: Option<VggConfig>,
    /// The value that leaves the convolutional trunk.
    pub trunk: usize,
}

/// An image classifier as an explicit list of operations, ready to run forward and backward.
///
/// Load one with [`Network::load`], or compose one from your own tensors with [`Network::builder`]. Cloning is
/// cheap: weights are shared.
#[derive(Debug, Clone)]
pub struct Network {
    tape: Arc<Tape>,
    convolution: Convolution,
}

impl Network {
    /// Reads a VGG from a file: safetensors, or PyTorch's `.pth`/`.pt`/`.bin`.
    ///
    /// # Errors
    /// See [`Error`]: the file cannot be read, is no weight file, or holds no network known here; a tensor is
    /// missing, mis-shaped or not finite; options and file disagree.
    pub fn load(path: impl AsRef<Path>, options: &LoadOptions) -> Result<Self> {
        crate::vgg::load_file(path.as_ref(), options)
    }

    /// Reads a VGG from the bytes of a safetensors file; `name` stands for it in results and messages.
    ///
    /// # Errors
    /// As [`Network::load`].
    pub fn from_bytes(bytes: &[u8], name: &str, options: &LoadOptions) -> Result<Self> {
        crate::vgg::load_bytes(bytes, name, options)
    }

    /// Starts a network of your own tensors.
    pub fn builder(name: impl Into<String>) -> NetworkBuilder {
        NetworkBuilder::new(name.into())
    }

    pub(crate) fn from_tape(tape: Tape, convolution: Convolution) -> Self {
        Self { tape: Arc::new(tape), convolution }
    }

    /// The same network, sharing its weights, with convolutions computed in another way.
    #[must_use]
    pub fn with_convolution(&self, convolution: Convolution) -> Self {
        Self { tape: Arc::clone(&self.tape), convolution }
    }

    /// How convolutions are computed.
    pub fn convolution(&self) -> Convolution {
        self.convolution
    }

    /// Name, checksum, class names and preprocessing.
    pub fn info(&self) -> &ModelInfo {
        &self.tape.info
    }

    /// Where the network runs.
    pub fn device(&self) -> &Device {
        &self.tape.device
    }

    /// The convolutions, shallowest first, with the size that their maps have at the network's own input size.
    pub fn layers(&self) -> &[LayerInfo] {
        &self.tape.layer_infos
    }

    /// Widths, head and input of a network that was loaded as a VGG; `None` for one of your own.
    pub fn vgg(&self) -> Option<&VggConfig> {
        self.tape.vgg.as_ref()
    }

    /// Turns a photo of any size into an input of shape (1, 3, height, width) on the network's device, as
    /// [`ModelInfo::preprocessing`] says. A photo that has the input's size already is not resized.
    ///
    /// # Errors
    /// [`Error::EmptyPhoto`] for a photo without pixels.
    pub fn preprocess(&self, photo: &RgbImage) -> Result<Tensor> {
        Ok(preprocess(photo, &self.tape.info.preprocessing)?.to_device(&self.tape.device)?)
    }

    /// Class scores before the softmax, shape (batch, classes), for inputs (batch, channels, height, width).
    ///
    /// # Errors
    /// [`Error::InputShape`] when the network cannot take an input of this shape.
    pub fn forward(&self, input: &Tensor) -> Result<Tensor> {
        self.run_to(input, self.tape.steps.len())
    }

    /// What the convolutional trunk gives, after its last pooling and before the head:
    /// (batch, channels, height, width).
    ///
    /// # Errors
    /// As [`Network::forward`].
    pub fn features(&self, input: &Tensor) -> Result<Tensor> {
        self.run_to(input, self.tape.trunk)
    }

    /// The input of the convolution called `layer`, for training from there on.
    ///
    /// # Errors
    /// [`Error::UnknownLayer`], else as [`Network::forward`].
    pub fn forward_until(&self, input: &Tensor, layer: &str) -> Result<Tensor> {
        let layer = self.layer(layer)?;
        let value = self.tape.steps[layer.step].inputs.first().copied().unwrap_or(0);
        self.run_to(input, value)
    }

    fn layer(&self, name: &str) -> Result<&Layer> {
        self.tape.layers.iter().find(|l| l.info.name == name).ok_or_else(|| Error::UnknownLayer {
            name: name.to_owned(),
            layers: self.tape.layers.iter().map(|l| l.info.name.clone()).collect(),
        })
    }

    fn run_to(&self, input: &Tensor, value: usize) -> Result<Tensor> {
        let mut values = self.run(input, value, &|v| v == value)?;
        let value = values.swap_remove(value).unwrap_or_else(|| input.clone());
        Ok(value.to_dtype(DType::F32)?)
    }

    /// Runs up to and including `last`; every value that `keep` does not ask for is dropped after its last use.
    pub(crate) fn run(
        &self,
        input: &Tensor,
        last: usize,
        keep: &dyn Fn(usize) -> bool,
    ) -> Result<Vec<Option<Tensor>>> {
        let input = self.check_input(input)?;
        let steps = &self.tape.steps[..last];
        let mut readers = vec![0usize; last + 1];
        steps.iter().flat_map(|s| &s.inputs).for_each(|&v| readers[v] += 1);
        let mut values: Vec<Option<Tensor>> = vec![None; last + 1];
        let half = input.dtype() == DType::F16;
        let mut overflow = Overflow::default();
        values[0] = Some(input);
        for (index, step) in steps.iter().enumerate() {
            if readers[index + 1] == 0 && index + 1 != last && !keep(index + 1) {
                continue;
            }
            let output = {
                let inputs: Vec<_> = step.inputs.iter().filter_map(|&v| values[v].as_ref()).collect();
                step.op.forward(&inputs, self.convolution)?
            };
            if half && step.op.role() == Role::Layer && output.rank() == 4 {
                overflow.watch(&output)?;
            }
            for &v in &step.inputs {
                readers[v] -= 1;
                if readers[v] == 0 && !keep(v) {
                    values[v] = None;
                }
            }
            values[index + 1] = Some(output);
        }
        if let Some(output) = values[last].take() {
            values[last] = Some(overflow.tell(output)?);
        }
        Ok(values)
    }

    fn check_input(&self, input: &Tensor) -> Result<Tensor> {
        let fits =
            matches!(*input.dims(), [b, c, h, w] if b > 0 && c == self.tape.channels && h > 0 && w > 0);
        if !fits {
            return Err(Error::InputShape {
                operation: format!("network `{}`", self.tape.info.name),
                found: input.dims().to_vec(),
                expected: format!("(batch, {}, height, width)", self.tape.channels),
            });
        }
        Ok(input
            .to_device(&self.tape.device)?
            .to_dtype(cpu::dtype(&self.tape.device, self.convolution))?
            .contiguous()?
            .detach())
    }

    pub(crate) fn tape(&self) -> &Tape {
        &self.tape
    }
}
