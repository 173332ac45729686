//! The layers behind the convolutions.

use anv_examples::CommandError;
use anv_gradcam::Network;
use candle_core::{Device, Tensor};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

use super::adam::Parameter;
use super::args::HeadKind;
use super::random::rng;

/// Rows and columns that the light head pools to.
pub const CELLS: usize = 2;
/// Units of the thesis' hidden layer.
pub const HIDDEN: usize = 256;

/// Averaging of (height, width) maps to 2x2 cells, as a matrix: cell i of n covers rows ⌊i·h/n⌋ to ⌈(i+1)·h/n⌉,
/// which is PyTorch's adaptive average pool and the one that the exported network has.
#[derive(Debug, Clone)]
pub struct Pool {
    /// Shape (height · width, cells · cells).
    matrix: Tensor,
}

impl Pool {
    /// For maps of this size.
    pub fn new(height: usize, width: usize) -> Result<Self, CommandError> {
        let range = |cell: usize, size: usize| cell * size / CELLS..((cell + 1) * size).div_ceil(CELLS);
        let mut matrix = vec![0f32; height * width * CELLS * CELLS];
        for (row, column) in (0..CELLS).flat_map(|row| (0..CELLS).map(move |column| (row, column))) {
            let (rows, columns) = (range(row, height), range(column, width));
            let share = 1.0 / (rows.len() * columns.len()) as f32;
            for (y, x) in rows.flat_map(|y| columns.clone().map(move |x| (y, x))) {
                matrix[(y * width + x) * CELLS * CELLS + row * CELLS + column] = share;
            }
        }
        let matrix = Tensor::from_vec(matrix, (height * width, CELLS * CELLS), &Device::Cpu)?;
        Ok(Self { matrix })
    }

    /// (batch, channels, height, width) to (batch, channels · 4).
    pub fn apply(&self, maps: &Tensor) -> Result<Tensor, CommandError> {
        let (batch, channels, height, width) = maps.dims4()?;
        let cells = maps.reshape((batch * channels, height * width))?.matmul(&self.matrix)?;
        Ok(cells.reshape((batch, channels * CELLS * CELLS))?)
    }
}

/// A head: which layers, and what goes into them.
#[derive(Debug, Clone)]
pub struct Head {
    kind: HeadKind,
    /// Number of values that a picture has when it reaches the first trained layer.
    inputs: usize,
    classes: usize,
    /// The pool of the light head.
    pool: Option<Pool>,
}

impl Head {
    /// The head for this network's convolutions.
    pub fn new(kind: HeadKind, network: &Network, classes: usize) -> Result<Self, CommandError> {
        // Behind the last convolution comes a 2x2 max-pool.
        let last = network.layers().last().ok_or("the backbone has no convolutions")?;
        let (channels, height, width) = (last.channels, last.size.0 / 2, last.size.1 / 2);
        Ok(match kind {
            HeadKind::Light => {
                let pool = Some(Pool::new(height, width)?);
                Self { kind, inputs: channels * CELLS * CELLS, classes, pool }
            }
            HeadKind::Thesis => Self { kind, inputs: channels * height * width, classes, pool: None },
        })
    }

    /// What the last convolution gives, (batch, channels, height, width), as the trained layers read it:
    /// (batch, inputs).
    pub fn read(&self, maps: &Tensor) -> Result<Tensor, CommandError> {
        match &self.pool {
            Some(pool) => pool.apply(maps),
            None => Ok(maps.flatten_from(1)?),
        }
    }

    /// What [`Head::read`] does, in words.
    pub fn reads(&self) -> &'static str {
        match self.kind {
            HeadKind::Light => "trunk, pooled to 2x2",
            HeadKind::Thesis => "trunk",
        }
    }

    /// Values a picture that the trained layers read.
    pub fn inputs(&self) -> usize {
        self.inputs
    }

    /// The layers, in words.
    pub fn description(&self) -> String {
        let Self { inputs, classes, .. } = self;
        match self.kind {
            HeadKind::Light => format!("average pool to {CELLS}x{CELLS}, linear {inputs} to {classes}"),
            HeadKind::Thesis => {
                format!("flatten, linear {inputs} to {HIDDEN}, ReLU, linear {HIDDEN} to {classes}")
            }
        }
    }

    /// First weights (Glorot & Bengio 2010, uniform; biases zero), under the names that the loader knows.
    pub fn parameters(&self, seed: u64) -> Vec<Parameter> {
        let layers: &[(&str, usize, usize)] = match self.kind {
            HeadKind::Light => &[("classifier.2", self.inputs, self.classes)],
            HeadKind::Thesis => {
                &[("classifier.1", self.inputs, HIDDEN), ("classifier.4", HIDDEN, self.classes)]
            }
        };
        let mut parameters = Vec::new();
        for &(name, inputs, outputs) in layers {
            let mut random = rng(seed, &["weights", name]);
            let limit = (6.0 / (inputs + outputs) as f32).sqrt();
            let values = (0..inputs * outputs).map(|_| random.random_range(-limit..=limit)).collect();
            parameters.push(Parameter::new(format!("{name}.weight"), &[outputs, inputs], values));
            parameters.push(Parameter::new(format!("{name}.bias"), &[outputs], vec![0.0; outputs]));
        }
        parameters
    }

    /// Class scores of (batch, inputs); `weights` in the order of [`Head::parameters`]. `dropout` applies in front
    /// of the last layer.
    pub fn scores(
        &self,
        weights: &[Tensor],
        input: &Tensor,
        dropout: Option<&mut Dropout>,
    ) -> Result<Tensor, CommandError> {
        let mut value = input.clone();
        let layers = weights.chunks_exact(2);
        let (last, mut dropout) = (layers.len().saturating_sub(1), dropout);
        for (index, layer) in layers.enumerate() {
            if index == last
                && let Some(dropout) = dropout.take()
            {
                value = dropout.apply(&value)?;
            }
            value = value.matmul(&layer[0].t()?)?.broadcast_add(&layer[1])?;
            if index < last {
                value = value.relu()?;
            }
        }
        Ok(value)
    }
}

/// Zeroes a share of the values at random and scales the rest up, so that their mean stays.
#[derive(Debug)]
pub struct Dropout {
    share: f64,
    random: ChaCha8Rng,
}

impl Dropout {
    /// With random numbers of its own.
    pub fn new(share: f64, random: ChaCha8Rng) -> Self {
        Self { share, random }
    }

    fn apply(&mut self, value: &Tensor) -> Result<Tensor, CommandError> {
        let scale = (1.0 / (1.0 - self.share)) as f32;
        let keep = |_| if self.random.random_bool(self.share) { 0.0 } else { scale };
        let mask: Vec<f32> = (0..value.elem_count()).map(keep).collect();
        Ok((value * Tensor::from_vec(mask, value.shape(), value.device())?)?)
    }
}

#[cfg(test)]
mod tests {
    use candle_core::{Device, Tensor};

    use super::super::random::rng;
    use super::{Dropout, Pool};

    #[test]
    fn pool_averages_quarters_and_overlaps_where_sides_are_odd() {
        let maps = Tensor::arange(0f32, 9.0, &Device::Cpu).unwrap().reshape((1, 1, 3, 3)).unwrap();
        let pooled = Pool::new(3, 3).unwrap().apply(&maps).unwrap();
        assert_eq!(pooled.flatten_all().unwrap().to_vec1::<f32>().unwrap(), [2.0, 3.0, 5.0, 6.0]);
    }

    #[test]
    fn dropout_keeps_the_mean() {
        let ones = Tensor::ones(20_000, candle_core::DType::F32, &Device::Cpu).unwrap();
        let dropped = Dropout::new(0.3, rng(5, &["dropout"])).apply(&ones).unwrap();
        let values = dropped.to_vec1::<f32>().unwrap();
        let zeros = values.iter().filter(|v| **v == 0.0).count() as f64 / 20_000.0;
        let mean = values.iter().map(|&v| f64::from(v)).sum::<f64>() / 20_000.0;
        assert!((zeros - 0.3).abs() < 0.02 && (mean - 1.0).abs() < 0.03, "{zeros} {mean}");
    }
}
