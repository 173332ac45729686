//! The head, read off the tensor names.

use candle_core::{Device, Tensor};

use super::VggHead;
use crate::weights::Weights;
use crate::{Error, NetworkBuilder, Result};

/// Side of the grid that the published head pools to.
const FULL_CELLS: usize = 7;
/// Inputs of the heads whose input size is fixed, in cells of the trunk's output: 8x8 for a 256x256 photo.
const INFERRED: [(usize, usize); 2] = [(64, 256), (49, 224)];
/// Input side where the head leaves it open.
const DEFAULT_SIDE: usize = 256;

/// A head and where its tensors are.
pub(super) struct Head {
    pub kind: VggHead,
    pub classes: usize,
    /// Name (without `.weight`) and shape (outputs, inputs) of each fully connected layer.
    layers: Vec<(String, [usize; 2])>,
    /// Inputs of the first layer for one channel of the trunk.
    cells: usize,
}

const THESIS: [&str; 2] = ["classifier.1", "classifier.4"];
const FULL: [&str; 3] = ["classifier.0", "classifier.3", "classifier.6"];
const TIMM: [&str; 3] = ["pre_logits.fc1", "pre_logits.fc2", "head.fc"];
const LIGHT: [&str; 1] = ["classifier.2"];

impl Head {
    /// Recognises the head that follows `channels` maps.
    pub fn find(weights: &Weights<'_>, channels: usize) -> Result<Self> {
        let has = |name: &str| weights.shape(&format!("{name}.weight")).is_some();
        let known: [&[&str]; 4] = [&THESIS, &FULL, &TIMM, &LIGHT];
        // The head with the largest share of its layers present; what it lacks is then reported by name.
        let share = |names: &&[&str]| names.iter().filter(|n| has(n)).count() * 12 / names.len();
        let names = known.into_iter().max_by_key(share).filter(|names| share(names) > 0);
        let Some(names) = names else {
            let reason = "it has no head: expected `classifier.1` and `.4` (thesis), `classifier.0`, `.3` and `.6` \
                 (published), `classifier.2` (light) or `pre_logits.fc1`, `.fc2` and `head.fc` (timm)";
            return Err(Error::Architecture { file: weights.file.clone(), reason: reason.to_owned() });
        };
        let layers: Vec<_> = names.iter().map(|n| layer(weights, n)).collect::<Result<_>>()?;
        for pair in layers.windows(2) {
            let ((_, [before, _]), (name, [outputs, inputs])) = (&pair[0], &pair[1]);
            if before != inputs {
                return Err(misfit(weights, name, &format!("[{outputs}, {before}]")));
            }
        }
        let (first, inputs) = (&layers[0].0, layers[0].1[1]);
        if inputs % channels != 0 {
            return Err(misfit(weights, first, &format!("a multiple of {channels} inputs")));
        }
        let cells = inputs / channels;
        let kind = match names.len() {
            1 => VggHead::Light { cells: square_root(cells) },
            2 => VggHead::Thesis { hidden: layers[0].1[0] },
            _ => VggHead::Full { hidden: [layers[0].1[0], layers[1].1[0]] },
        };
        let fits = match kind {
            VggHead::Light { cells: side } => side * side == cells && side > 0,
            VggHead::Full { .. } => cells == FULL_CELLS * FULL_CELLS,
            VggHead::Thesis { .. } => cells > 0,
        };
        if !fits {
            let expected = match kind {
                VggHead::Full { .. } => format!("{} inputs", channels * FULL_CELLS * FULL_CELLS),
                _ => format!("{channels} inputs times a square number"),
            };
            return Err(misfit(weights, first, &expected));
        }
        let classes = layers.last().map_or(0, |l| l.1[0]);
        Ok(Self { kind, classes, layers, cells })
    }

    /// Input height and width that the head asks for, behind `pools` halvings.
    pub fn input_side(&self, pools: usize) -> Option<usize> {
        match self.kind {
            VggHead::Light { .. } => Some(DEFAULT_SIDE),
            VggHead::Full { .. } => Some(FULL_CELLS << pools),
            VggHead::Thesis { .. } => INFERRED
                .iter()
                .find(|(cells, _)| pools == 5 && *cells == self.cells)
                .map(|&(_, side)| side)
                .or_else(|| {
                    let side = square_root(self.cells);
                    (side * side == self.cells).then_some(side << pools)
                }),
        }
    }

    /// Whether trunks whose output has this size fit.
    pub fn takes(&self, (height, width): (usize, usize)) -> bool {
        match self.kind {
            VggHead::Thesis { .. } => height * width == self.cells,
            _ => height > 0 && width > 0,
        }
    }

    /// Number of values that the first layer takes a channel.
    pub fn cells(&self) -> usize {
        self.cells
    }

    /// Names of all tensors of the head.
    pub fn tensors(&self) -> impl Iterator<Item = String> {
        self.layers.iter().flat_map(|(n, _)| [format!("{n}.weight"), format!("{n}.bias")])
    }

    /// Adds the head to a network.
    pub fn build(
        &self,
        mut builder: NetworkBuilder,
        weights: &Weights<'_>,
        device: &Device,
    ) -> Result<NetworkBuilder> {
        builder = match self.kind {
            VggHead::Full { .. } => builder.adaptive_avg_pool(FULL_CELLS, FULL_CELLS),
            VggHead::Light { cells } => builder.adaptive_avg_pool(cells, cells),
            VggHead::Thesis { .. } => builder,
        };
        builder = builder.flatten();
        for (index, (name, [outputs, inputs])) in self.layers.iter().enumerate() {
            let weight: Tensor = weights.tensor(&format!("{name}.weight"), None, device)?;
            let bias = weights.tensor(&format!("{name}.bias"), Some(&[*outputs]), device)?;
            builder = builder.linear(weight.reshape((*outputs, *inputs))?, bias);
            if index + 1 < self.layers.len() {
                builder = builder.relu();
            }
        }
        Ok(builder)
    }
}

/// Shape of a fully connected layer; timm stores it as a convolution over all cells.
fn layer(weights: &Weights<'_>, name: &str) -> Result<(String, [usize; 2])> {
    let tensor = format!("{name}.weight");
    let missing = || Error::MissingTensor { file: weights.file.clone(), tensor: tensor.clone() };
    let shape = weights.shape(&tensor).ok_or_else(missing)?;
    match *shape {
        [outputs, inputs] if outputs > 0 && inputs > 0 => Ok((name.to_owned(), [outputs, inputs])),
        [outputs, inputs, h, w] if outputs * inputs * h * w > 0 && name.starts_with("pre_logits") => {
            Ok((name.to_owned(), [outputs, inputs * h * w]))
        }
        _ => Err(misfit(weights, name, "[outputs, inputs]")),
    }
}

fn misfit(weights: &Weights<'_>, name: &str, expected: &str) -> Error {
    let tensor = format!("{name}.weight");
    let found = weights.shape(&tensor).unwrap_or_default().to_vec();
    Error::TensorShape { tensor, found, expected: expected.to_owned() }
}

fn square_root(n: usize) -> usize {
    (1..=n).take_while(|s| s * s <= n).last().unwrap_or(0)
}
