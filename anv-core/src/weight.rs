//! Grad-CAM weights as percentages, and which feature maps are heavy enough to keep.

use ndarray::{Array1, ArrayView1};

use crate::{Error, Result};

/// The house constant of [`WeightThreshold::PerChannel`]: it reproduces the thesis' Table 1
/// (64 channels → 1.4 %, 128 → 0.7 %, 256 → 0.35 %, 512 → 0.175 %).
pub const THESIS_THRESHOLD: f64 = 89.6;

/// Weights as percentages of the layer's whole, `p_k = 100 · w_k / Σ w` (thesis 3.3.1, unit normalisation).
///
/// Weights of 0 or less carry no positive evidence and count as 0. `None` when nothing is left: the layer
/// has no positive evidence for the class.
///
/// ```
/// use anv_core::percents;
/// let p = percents(ndarray::array![1.0, 3.0, -2.0].view()).unwrap();
/// assert_eq!(p, ndarray::array![25.0, 75.0, 0.0]);
/// assert!(percents(ndarray::array![0.0, -1.0].view()).is_none());
/// ```
pub fn percents(weights: ArrayView1<'_, f64>) -> Option<Array1<f64>> {
    let positive = weights.mapv(|w| w.max(0.0));
    let largest = positive.iter().copied().fold(0.0, f64::max);
    if largest <= 0.0 {
        return None;
    }
    // Scaled by the largest first, so that neither tiny nor huge weights under- or overflow the sum.
    let scaled = positive / largest;
    let sum = scaled.sum();
    Some(scaled * (100.0 / sum))
}

/// The weight that a feature map must exceed to be clustered (thesis 3.3.1, Table 1).
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum WeightThreshold {
    /// Keep `p_k > constant / channels` percent; the default is [`THESIS_THRESHOLD`].
    PerChannel(f64),
    /// Keep `p_k >` this many percent in every layer.
    Percent(f64),
    /// Keep every map with a positive weight.
    Off,
}

impl Default for WeightThreshold {
    fn default() -> Self {
        Self::PerChannel(THESIS_THRESHOLD)
    }
}

impl WeightThreshold {
    /// The threshold for a layer of `channels` maps, in percent.
    ///
    /// # Errors
    /// [`Error::Parameter`] when the constant is negative or not finite.
    pub fn percent(&self, channels: usize) -> Result<f64> {
        let (value, percent) = match *self {
            Self::PerChannel(c) => (c, c / channels.max(1) as f64),
            Self::Percent(p) => (p, p),
            Self::Off => (0.0, 0.0),
        };
        if !value.is_finite() || value < 0.0 {
            return Err(Error::Parameter {
                name: "weight threshold",
                found: value.to_string(),
                expected: "a finite number of at least 0",
            });
        }
        Ok(percent)
    }

    /// Channels whose percentage lies above the threshold, ascending.
    ///
    /// # Errors
    /// As [`WeightThreshold::percent`].
    pub fn keep(&self, percents: ArrayView1<'_, f64>) -> Result<Vec<usize>> {
        let threshold = self.percent(percents.len())?;
        Ok((0..percents.len()).filter(|&k| percents[k] > threshold).collect())
    }
}
