//! Labels across layers: which features rise towards the output, which fade.

use std::collections::BTreeMap;

use anv_core::{Aggregator, Label, LabeledImage};
use anv_global::{GlobalAggregator, GlobalParams, LayerGroups};
use serde::Serialize;

use crate::CommandError;

/// Scores of one label in every layer.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Trend {
    /// The explained class.
    pub class: String,
    /// The label.
    pub label: Label,
    /// Its global score over all layers.
    pub score: f64,
    /// Least-squares slope of its share of a layer's scores, in percentage points a layer: above 0 it rises towards
    /// the output.
    pub slope: f64,
    /// Layer and global score in it alone, for every layer there is.
    pub layers: Vec<(usize, f64)>,
}

/// The trends of the `top` labels of each class (of `class` only, where it is given), best score first.
///
/// Shares, not scores, make the slope: a layer with more clusters collects more of everything.
///
/// # Errors
/// When an image has a weight or score that is no number.
pub fn trends(images: &[LabeledImage], class: Option<&str>, top: usize) -> Result<Vec<Trend>, CommandError> {
    let params = GlobalParams { resamples: 0, examples: 0, ..GlobalParams::default() };
    let mut aggregator = GlobalAggregator::new(params.groups(LayerGroups::Size(1)).top(None))?;
    for image in images.iter().filter(|i| class.is_none_or(|class| class == i.class)) {
        aggregator.add(image)?;
    }
    let mut trends = Vec::new();
    for explanation in aggregator.finish()? {
        let class_images = images.iter().filter(|i| i.class == explanation.class);
        let mut layers: Vec<usize> = class_images.flat_map(|i| i.layers.iter().map(|l| l.layer)).collect();
        layers.sort_unstable();
        layers.dedup();
        let mut labels: BTreeMap<&Label, BTreeMap<usize, f64>> = BTreeMap::new();
        let mut sums: BTreeMap<usize, f64> = BTreeMap::new();
        for group in &explanation.groups {
            for feature in &group.features {
                labels.entry(&feature.label).or_default().insert(group.layers.0, feature.score);
                *sums.entry(group.layers.0).or_default() += feature.score;
            }
        }
        let share = |layer: &usize, score: f64| {
            let sum = sums.get(layer).copied().unwrap_or_default();
            if sum > 0.0 { 100.0 * score / sum } else { 0.0 }
        };
        let mut found: Vec<_> = labels
            .into_iter()
            .map(|(label, scores)| {
                let score = |l: &usize| scores.get(l).copied().unwrap_or_default();
                let points: Vec<_> = layers.iter().map(|l| (*l as f64, share(l, score(l)))).collect();
                Trend {
                    class: explanation.class.clone(),
                    label: label.clone(),
                    score: scores.values().sum(),
                    slope: slope(&points),
                    layers: layers.iter().map(|l| (*l, score(l))).collect(),
                }
            })
            .collect();
        found.sort_by(|a, b| b.score.total_cmp(&a.score).then_with(|| a.label.cmp(&b.label)));
        found.truncate(top);
        trends.extend(found);
    }
    Ok(trends)
}

/// Slope of the line of least squares; 0 where there is none.
fn slope(points: &[(f64, f64)]) -> f64 {
    let n = points.len() as f64;
    let mean_x = points.iter().map(|p| p.0).sum::<f64>() / n;
    let mean_y = points.iter().map(|p| p.1).sum::<f64>() / n;
    let over: f64 = points.iter().map(|p| (p.0 - mean_x) * (p.1 - mean_y)).sum();
    let under: f64 = points.iter().map(|p| (p.0 - mean_x).powi(2)).sum();
    if under > 0.0 { over / under } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::slope;

    #[test]
    fn a_line_has_its_slope() {
        assert!((slope(&[(5.0, 1.0), (7.0, 5.0), (9.0, 9.0)]) - 2.0).abs() < 1e-12);
        assert_eq!(slope(&[(5.0, 1.0)]), 0.0);
    }
}
