//! Composing a network from tensors.

use anv_core::{LayerInfo, ModelInfo, Preprocessing};
use candle_core::{DType, Device, Tensor};

use crate::network::{Layer, Step, Tape};
use crate::op::{AdaptiveAvgPool, Conv, Flatten, Linear, MaxPool, Op, Relu, Role};
use crate::{ConvParams, Convolution, Error, Network, Preset, Result, VggConfig};

/// Composes a [`Network`] operation by operation; mistakes come out of [`NetworkBuilder::build`].
///
/// ```
/// use anv_gradcam::{ConvParams, Network, candle_core::{Device, Tensor}};
/// let random = |shape: &[usize]| Tensor::randn(0f32, 0.1, shape, &Device::Cpu);
/// let network = Network::builder("tiny")
///     .input_size(32, 32)
///     .classes(["cat", "dog"])
///     .conv("conv1", random(&[8, 3, 3, 3])?, random(&[8])?, ConvParams::default().padding(1))
///     .relu()
///     .max_pool()
///     .flatten()
///     .linear(random(&[2, 8 * 16 * 16])?, None)
///     .build()?;
/// assert_eq!(network.layers()[0].size, (32, 32));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
#[must_use]
pub struct NetworkBuilder {
    info: ModelInfo,
    device: Option<Device>,
    convolution: Convolution,
    steps: Vec<Step>,
    /// Steps that are layers, and their names.
    layers: Vec<(usize, String)>,
    /// Values that were named to the caller: nothing may be fused into their step.
    pinned: Vec<usize>,
    failure: Option<Error>,
    vgg: Option<VggConfig>,
}

/// A place in a network under construction: the output of the operation added last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Value(usize);

impl NetworkBuilder {
    pub(crate) fn new(name: String) -> Self {
        let preprocessing = Preset::Torchvision.preprocessing(224, 224);
        Self {
            info: ModelInfo { name, weights_sha256: String::new(), classes: Vec::new(), preprocessing },
            device: None,
            convolution: Convolution::default(),
            steps: Vec::new(),
            layers: Vec::new(),
            pinned: Vec::new(),
            failure: None,
            vgg: None,
        }
    }

    /// Replaces name, checksum, classes and preprocessing at once, for a network loaded as a VGG.
    pub(crate) fn loaded(mut self, info: ModelInfo, vgg: VggConfig) -> Self {
        (self.info, self.vgg) = (info, Some(vgg));
        self
    }

    /// Height and width of the input in pixels; 224x224 unless said.
    pub fn input_size(mut self, height: usize, width: usize) -> Self {
        (self.info.preprocessing.height, self.info.preprocessing.width) = (height, width);
        self
    }

    /// How pixels become the input; torchvision's way unless said.
    pub fn preprocessing(mut self, preprocessing: Preprocessing) -> Self {
        self.info.preprocessing = preprocessing;
        self
    }

    /// Names of the outputs in their order; numbers unless said.
    pub fn classes(mut self, names: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.info.classes = names.into_iter().map(Into::into).collect();
        self
    }

    /// Checksum of the file that the tensors came from.
    pub fn weights_sha256(mut self, digits: impl Into<String>) -> Self {
        self.info.weights_sha256 = digits.into();
        self
    }

    /// How convolutions are computed.
    pub fn convolution(mut self, convolution: Convolution) -> Self {
        self.convolution = convolution;
        self
    }

    /// A convolution, which is a layer of the explanation: kernel (outputs, inputs, height, width), bias (outputs).
    pub fn conv(
        self,
        name: impl Into<String>,
        kernel: Tensor,
        bias: impl Into<Option<Tensor>>,
        params: ConvParams,
    ) -> Self {
        let (name, bias) = (name.into(), bias.into());
        let mut this = self.on(&kernel);
        if this.layers.iter().any(|(_, n)| *n == name) {
            this.fail(format!("two layers are called `{name}`"));
        }
        this.layers.push((this.steps.len(), name.clone()));
        this.fallible(|| Conv::new(&name, f32(&kernel)?, bias.as_ref().map(f32).transpose()?, params))
    }

    /// `max(x, 0)`; computed within the convolution when it follows one.
    pub fn relu(mut self) -> Self {
        let pinned = self.pinned.contains(&self.steps.len());
        if !pinned && self.steps.last_mut().is_some_and(|step| step.op.fuse_relu()) {
            return self;
        }
        self.op(Relu)
    }

    /// Largest value of each 2x2 window, stride 2; an odd last row or column is left out.
    pub fn max_pool(self) -> Self {
        self.op(MaxPool)
    }

    /// Average over a grid of `rows` x `columns` cells, for any input size.
    pub fn adaptive_avg_pool(self, rows: usize, columns: usize) -> Self {
        if rows == 0 || columns == 0 {
            let mut this = self;
            this.fail(format!("average pool to {rows}x{columns}: at least one cell is needed"));
            return this;
        }
        self.op(AdaptiveAvgPool::new((rows, columns)))
    }

    /// One row a sample, channels first.
    pub fn flatten(self) -> Self {
        self.op(Flatten)
    }

    /// A fully connected layer: weight (outputs, inputs), bias (outputs).
    pub fn linear(self, weight: Tensor, bias: impl Into<Option<Tensor>>) -> Self {
        let bias = bias.into();
        let name = format!("linear {}", self.steps.len() + 1);
        self.on(&weight).fallible(|| Linear::new(&name, f32(&weight)?, bias.as_ref().map(f32).transpose()?))
    }

    /// An operation of your own, on the output of the one before.
    pub fn op(self, op: impl Op + 'static) -> Self {
        let last = Value(self.steps.len());
        self.op_on(op, &[last])
    }

    /// An operation of your own, on any values so far (see [`NetworkBuilder::here`]): a residual sum, for example.
    pub fn op_on(mut self, op: impl Op + 'static, inputs: &[Value]) -> Self {
        let inputs: Vec<_> = inputs.iter().map(|v| v.0).collect();
        if inputs.is_empty() || inputs.iter().any(|&v| v > self.steps.len()) {
            self.fail(format!("{} reads a value that is not there yet", op.name()));
            return self;
        }
        self.steps.push(Step { op: Box::new(op), inputs });
        self
    }

    /// Names the output of the operation added last (the input, before the first), to be read again later on.
    pub fn here(&mut self) -> Value {
        self.pinned.push(self.steps.len());
        Value(self.steps.len())
    }

    fn on(mut self, tensor: &Tensor) -> Self {
        match &self.device {
            None => self.device = Some(tensor.device().clone()),
            Some(device) if !device.same_device(tensor.device()) => {
                self.fail("its tensors lie on different devices".into());
            }
            Some(_) => {}
        }
        self
    }

    fn fallible<O: Op + 'static>(mut self, op: impl FnOnce() -> Result<O>) -> Self {
        match op() {
            Ok(op) => self.op(op),
            Err(error) => {
                self.failure.get_or_insert(error);
                self
            }
        }
    }

    fn fail(&mut self, reason: String) {
        let network = self.info.name.clone();
        self.failure.get_or_insert(Error::Build { network, reason });
    }

    /// Checks that everything fits together at the input size.
    ///
    /// # Errors
    /// The first mistake: a mis-shaped tensor, an operation that cannot take its input, no convolution, another
    /// number of class names than outputs, weights that are not finite.
    pub fn build(mut self) -> Result<Network> {
        if let Some(error) = self.failure.take() {
            return Err(error);
        }
        let shapes = self.shapes()?;
        let classes = match shapes.last().map(Vec::as_slice) {
            Some(&[_, classes]) if classes > 0 && !self.layers.is_empty() => classes,
            _ => {
                self.fail("it needs at least one convolution and must end with (batch, classes)".into());
                return Err(self.failure.unwrap_or(Error::OutputNotFinite));
            }
        };
        if self.info.classes.is_empty() {
            self.info.classes = (0..classes).map(|c| c.to_string()).collect();
        }
        if self.info.classes.len() != classes {
            return Err(Error::ClassCount { found: self.info.classes.len(), expected: classes });
        }
        let layers = self.located(&shapes);
        let trunk = self.trunk(&layers);
        let tape = Tape {
            info: self.info,
            device: self.device.unwrap_or(Device::Cpu),
            channels: shapes[0][1],
            steps: self.steps,
            vgg: self.vgg,
            layer_infos: layers.iter().map(|l| l.info.clone()).collect(),
            layers,
            trunk,
        };
        Ok(Network::from_tape(tape, self.convolution))
    }

    /// The shape of every value for a batch of one photo.
    fn shapes(&self) -> Result<Vec<Vec<usize>>> {
        let p = &self.info.preprocessing;
        let mut shapes = vec![vec![1, 3, p.height, p.width]];
        for step in &self.steps {
            let inputs: Vec<_> = step.inputs.iter().map(|&v| shapes[v].as_slice()).collect();
            shapes.push(step.op.shape(&inputs)?);
        }
        Ok(shapes)
    }

    /// Each layer with the value that is its feature map: behind the activations that follow the convolution.
    fn located(&self, shapes: &[Vec<usize>]) -> Vec<Layer> {
        let layer = |(index, (step, name)): (usize, &(usize, String))| {
            let conv = |s: usize| self.layers.iter().any(|(c, _)| *c == s);
            let belongs = |s: &usize| {
                let op = &self.steps[*s];
                op.op.role() == Role::Layer && !conv(*s) && op.inputs == [*s]
            };
            let value = step + 1 + (step + 1..self.steps.len()).take_while(belongs).count();
            let (channels, size) = match shapes[value][..] {
                [_, c, h, w] => (c, (h, w)),
                _ => (0, (0, 0)),
            };
            let info = LayerInfo { number: index + 1, name: name.clone(), channels, size };
            Layer { info, step: *step, value }
        };
        self.layers.iter().enumerate().map(layer).collect()
    }

    /// The value behind the last layer and the poolings that follow it.
    fn trunk(&self, layers: &[Layer]) -> usize {
        let last = layers.last().map_or(0, |l| l.value);
        last + self.steps[last..].iter().take_while(|s| s.op.role() == Role::Trunk).count()
    }
}

fn f32(tensor: &Tensor) -> Result<Tensor> {
    Ok(tensor.to_dtype(DType::F32)?.detach())
}
