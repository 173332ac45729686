//! What distinguishes one VGG from another.

use anv_core::Preprocessing;

/// The classifier behind the convolutions.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum VggHead {
    /// Flatten → `hidden` ReLU → classes (thesis 4.1); tensors `classifier.1` and `classifier.4`.
    Thesis {
        /// Width of the hidden layer, 256 in the thesis.
        hidden: usize,
    },
    /// Average pool to 7x7 → two hidden layers → classes, as published; tensors `classifier.0`, `.3` and `.6`, or
    /// timm's `pre_logits.fc1`, `pre_logits.fc2` and `head.fc`.
    Full {
        /// Widths of the hidden layers, 4096 each as published.
        hidden: [usize; 2],
    },
    /// Average pool to `cells` x `cells` → classes; tensor `classifier.2`.
    Light {
        /// Rows and columns of the pooled grid.
        cells: usize,
    },
}

/// A VGG: its convolutions (3x3, padding 1, ReLU), its head and its input.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct VggConfig {
    /// Output channels of each convolution, block by block; every block ends with a 2x2 max-pool.
    pub blocks: Vec<Vec<usize>>,
    /// The classifier.
    pub head: VggHead,
    /// Number of classes.
    pub classes: usize,
    /// Input size and scaling.
    pub preprocessing: Preprocessing,
}

impl VggConfig {
    /// Name of each convolution, shallowest first: `conv1_1`, `conv1_2`, `conv2_1`, …
    pub fn layer_names(&self) -> Vec<String> {
        let names = |(block, widths): (usize, &Vec<usize>)| {
            (1..=widths.len()).map(|conv| format!("conv{}_{conv}", block + 1)).collect::<Vec<_>>()
        };
        self.blocks.iter().enumerate().flat_map(names).collect()
    }

    /// `vgg11`, `vgg13`, `vgg16` or `vgg19` where the widths are the published ones, else `vgg`.
    pub fn name(&self) -> &'static str {
        let depth = |n: [usize; 5]| {
            let widths = [64, 128, 256, 512, 512];
            widths.iter().zip(n).map(|(&w, n)| vec![w; n]).collect::<Vec<_>>()
        };
        [
            ("vgg11", [1, 1, 2, 2, 2]),
            ("vgg13", [2; 5]),
            ("vgg16", [2, 2, 3, 3, 3]),
            ("vgg19", [2, 2, 4, 4, 4]),
        ]
        .into_iter()
        .find(|(_, n)| self.blocks == depth(*n))
        .map_or("vgg", |(name, _)| name)
    }
}
