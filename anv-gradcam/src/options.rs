//! What is left open when a network is loaded.

use anv_core::{ChannelOrder, Preprocessing};
use candle_core::Device;

/// The two customary ways of turning pixels into a VGG's input.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Preset {
    /// RGB, `(value / 255 − mean) / std` with ImageNet's mean and deviation.
    #[default]
    Torchvision,
    /// BGR, `value − mean`: the original Caffe weights, Keras.
    Caffe,
}

impl Preset {
    /// The full description for an input of `height` x `width` pixels.
    pub fn preprocessing(self, height: usize, width: usize) -> Preprocessing {
        match self {
            Self::Torchvision => Preprocessing {
                height,
                width,
                order: ChannelOrder::Rgb,
                scale: 1.0 / 255.0,
                mean: [0.485, 0.456, 0.406],
                std: [0.229, 0.224, 0.225],
            },
            Self::Caffe => Preprocessing {
                height,
                width,
                order: ChannelOrder::Bgr,
                scale: 1.0,
                mean: [103.939, 116.779, 123.68],
                std: [1.0; 3],
            },
        }
    }
}

/// How convolutions are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Convolution {
    /// The fastest way for each shape, Winograd's among them. Forward it uses F(2x2, 3x3), which rounds like a plain
    /// sum, so that ReLU gates open as in exact arithmetic (F(4x4, 3x3) turned some ten of VGG-16's 13 million
    /// gates, and pooled weights moved by up to 1.6 % of the layer's largest); gradients, in which nothing is
    /// decided, use F(4x4, 3x3). On the six golden photos pooled weights stay within 3e-4 of f64 arithmetic, of
    /// the layer's largest; most within 2e-6. On CUDA with the feature `cudnn` the same holds of the division: forward
    /// what rounds like a plain f32 sum, back Winograd's way, never TF32; within 8e-6 of f64 on an H200.
    #[default]
    Fast,
    /// In double precision throughout, by im2col and matrix multiplication, several times as slow and with twice the
    /// memory: every ReLU gate opens as in exact arithmetic, on every processor alike, which no f32 computation
    /// can promise (a neuron within rounding of 0 moves the layers before it by up to 0.4 % of their largest
    /// weight). For the CPU; elsewhere the same as `Fast`.
    Exact,
    /// Half-precision numbers (IEEE binary16): for GPUs, where it halves memory and, with cuDNN, takes a third of the time
    /// in large batches; on the CPU, through the tensor library, slower than anything else here. The gradient is scaled by
    /// a power of two on its way, so that small values do not vanish, and given back in f32. Weights move by up to 1.8 %
    /// of the layer's largest, 0.2 % on average, on an H200, whose tensor cores add in f32; by up to 3.4 %, 0.4 % on
    /// average, on the CPU. A photo whose activations exceed 65,504 gives
    /// [`Error::OutputNotFinite`](crate::Error::OutputNotFinite); those that share its batch have their answers.
    Half,
    /// The tensor library's own operations throughout: what runs on Metal in any case, here on every device, much slower.
    /// On CUDA with cuDNN its convolutions are computed in TF32, whose ten bits turn gates: weights of VGG-16 move by up
    /// to 1.4 % of the layer's largest (measured on an H200).
    Candle,
}

/// What is left open when a network is loaded; the default takes everything from the file and runs on the CPU.
///
/// ```
/// use anv_gradcam::{Convolution, LoadOptions};
/// let options = LoadOptions::default().input_size(224, 224).convolution(Convolution::Exact);
/// assert_eq!(options.input_size, Some((224, 224)));
/// ```
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct LoadOptions {
    /// Where the network runs.
    pub device: Device,
    /// Class names in the order of the outputs; `None`: the file's metadata, else numbers.
    pub classes: Option<Vec<String>>,
    /// Preprocessing; `None`: the file's metadata, else [`Preset::Torchvision`].
    pub preprocessing: Option<Preset>,
    /// Height and width of the input in pixels; `None`: the file's metadata, else what the head asks for.
    pub input_size: Option<(usize, usize)>,
    /// How convolutions are computed.
    pub convolution: Convolution,
}

impl Default for LoadOptions {
    fn default() -> Self {
        Self {
            device: Device::Cpu,
            classes: None,
            preprocessing: None,
            input_size: None,
            convolution: Convolution::default(),
        }
    }
}

impl LoadOptions {
    /// Runs the network on this device.
    #[must_use]
    pub fn device(mut self, device: Device) -> Self {
        self.device = device;
        self
    }

    /// Names the outputs, in their order.
    #[must_use]
    pub fn classes(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.classes = Some(names.into_iter().map(Into::into).collect());
        self
    }

    /// Says how pixels become the input.
    #[must_use]
    pub fn preprocessing(mut self, preset: Preset) -> Self {
        self.preprocessing = Some(preset);
        self
    }

    /// Sets the input's height and width, in pixels.
    #[must_use]
    pub fn input_size(mut self, height: usize, width: usize) -> Self {
        self.input_size = Some((height, width));
        self
    }

    /// Says how convolutions are computed.
    #[must_use]
    pub fn convolution(mut self, convolution: Convolution) -> Self {
        self.convolution = convolution;
        self
    }
}
