//! The convolutional trunk, read off the tensor names.
//!
//! torchvision numbers the modules of `features` one by one: convolution, ReLU, convolution, ReLU, pool, … So
//! from one convolution to the next it is two steps within a block and three across a pool, and the numbers
//! alone say where the blocks end.

use crate::weights::Weights;
use crate::{Error, Result};

/// Convolutions of the published variants, for naming what is missing.
const PUBLISHED: [&[usize]; 4] = [
    &[0, 3, 6, 8, 11, 13, 16, 18],
    &[0, 2, 5, 7, 10, 12, 15, 17, 20, 22],
    &[0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28],
    &[0, 2, 5, 7, 10, 12, 14, 16, 19, 21, 23, 25, 28, 30, 32, 34],
];

/// One convolution of the trunk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct TrunkConv {
    /// Number of its module within `features`.
    pub module: usize,
    /// Output channels.
    pub width: usize,
    /// Shape that its kernel must have.
    pub kernel: [usize; 4],
}

/// The convolutions, block by block.
pub(super) fn blocks(weights: &Weights<'_>) -> Result<Vec<Vec<TrunkConv>>> {
    let mut modules = modules(weights);
    modules.sort_unstable();
    modules.dedup();
    refuse_batch_norm(weights)?;
    if modules.is_empty() {
        let reason = "it has no tensors `features.N.weight`".to_owned();
        return Err(Error::Architecture { file: weights.file.clone(), reason });
    }
    if let Some(missing) = first_missing(&modules) {
        return Err(missing_conv(weights, missing));
    }
    let mut blocks: Vec<Vec<TrunkConv>> = Vec::new();
    let (mut channels, mut previous) = (3, None);
    for module in modules {
        let name = format!("features.{module}.weight");
        let shape = weights.shape(&name).ok_or_else(|| missing_conv(weights, module))?;
        let width = match *shape {
            [width, ..] if width > 0 => width,
            _ => 0,
        };
        let kernel = [width, channels, 3, 3];
        if width == 0 || shape != kernel {
            let expected = format!("[outputs, {channels}, 3, 3]");
            return Err(Error::TensorShape { tensor: name, found: shape.to_vec(), expected });
        }
        let conv = TrunkConv { module, width, kernel };
        match blocks.last_mut() {
            Some(block) if previous == Some(module - 2) => block.push(conv),
            _ => blocks.push(vec![conv]),
        }
        (channels, previous) = (width, Some(module));
    }
    Ok(blocks)
}

/// Every module of `features` that has a weight or a bias: one without the other is reported when it is loaded.
fn modules(weights: &Weights<'_>) -> Vec<usize> {
    weights
        .names()
        .filter_map(|name| {
            let rest = name.strip_prefix("features.")?;
            let module = rest.strip_suffix(".weight").or_else(|| rest.strip_suffix(".bias"))?;
            module.parse().ok()
        })
        .collect()
}

fn refuse_batch_norm(weights: &Weights<'_>) -> Result<()> {
    match weights.names().find(|n| n.starts_with("features.") && n.ends_with(".running_mean")) {
        Some(name) => {
            let reason = format!("`{name}` belongs to batch normalisation, which is not read yet");
            Err(Error::Architecture { file: weights.file.clone(), reason })
        }
        None => Ok(()),
    }
}

/// The first convolution that the numbering lacks.
fn first_missing(modules: &[usize]) -> Option<usize> {
    if modules[0] == 0 && modules.windows(2).all(|w| matches!(w[1] - w[0], 2 | 3)) {
        return None;
    }
    // The published variant that explains the numbers with the fewest gaps; else the gap itself.
    let variant = PUBLISHED
        .iter()
        .filter(|variant| modules.iter().all(|m| variant.contains(m)))
        .min_by_key(|variant| variant.len() - modules.len());
    match variant {
        Some(variant) => variant.iter().copied().find(|m| !modules.contains(m)),
        None if modules[0] != 0 => Some(0),
        None => modules.windows(2).find(|w| !matches!(w[1] - w[0], 2 | 3)).map(|w| w[0] + 2),
    }
}

fn missing_conv(weights: &Weights<'_>, module: usize) -> Error {
    Error::MissingTensor { file: weights.file.clone(), tensor: format!("features.{module}.weight") }
}

#[cfg(test)]
mod tests {
    use super::first_missing;

    #[test]
    fn names_what_is_missing() {
        let vgg16 = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
        assert_eq!(first_missing(&vgg16), None);
        for gone in [0, 2, 12, 14, 21] {
            let rest: Vec<_> = vgg16.iter().copied().filter(|&m| m != gone).collect();
            assert_eq!(first_missing(&rest), Some(gone));
        }
        assert_eq!(first_missing(&[0, 2, 9]), Some(4));
        assert_eq!(first_missing(&[1, 3]), Some(0));
    }
}
