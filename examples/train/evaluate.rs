//! How a written network does on pictures that it was not trained on.

use std::path::Path;

use anv_core::{PhotoLimits, read_photo};
use anv_examples::CommandError;
use anv_gradcam::{LoadOptions, Network};
use candle_core::Tensor;
use rayon::prelude::*;
use serde_json::json;

use super::args::Args;
use super::cache::Cache;
use super::dataset::{Dataset, Picture, Role};
use super::extract::TOGETHER;
use super::progress::Progress;

/// True and predicted class of every held-out picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Evaluation {
    /// Pairs (true, predicted) in the order of [`held_out`].
    pub pairs: Vec<(usize, usize)>,
    /// Number of classes.
    pub classes: usize,
    /// Size of the network's file, in bytes.
    pub file_bytes: u64,
    /// Its SHA-256.
    pub sha256: String,
}

/// The pictures that were kept away from training.
pub fn held_out(dataset: &Dataset) -> Vec<&Picture> {
    dataset.pictures.iter().filter(|p| p.role == Role::HeldOut).collect()
}

impl Evaluation {
    /// Reads the network back from its file and shows it every held-out picture. Scores are kept in `folder`, so
    /// that an interruption costs little.
    pub fn run(
        title: &'static str,
        file: &Path,
        args: &Args,
        dataset: &Dataset,
        folder: &Path,
    ) -> Result<Self, CommandError> {
        let network = Network::load(file, &LoadOptions::default())?;
        let pictures = held_out(dataset);
        let names: Vec<_> = pictures.iter().map(|p| dataset.name(p)).collect();
        let sha256 = network.info().weights_sha256.clone();
        let classes = dataset.classes.len();
        let key = json!({ "network_sha256": sha256, "pictures": names });
        let mut scores = Cache::open(folder, "scores", &key, classes)?;
        let mut progress = Progress::new(title, "pictures", scores.len(), pictures.len());
        let load = |picture: &&Picture| -> Result<Tensor, CommandError> {
            let photo = read_photo(dataset.path(&args.data, picture), &PhotoLimits::default())?;
            Ok(network.preprocess(&photo)?)
        };
        for pictures in pictures[scores.len().min(pictures.len())..].chunks(TOGETHER) {
            let inputs: Vec<_> = pictures.par_iter().map(load).collect::<Result<_, _>>()?;
            let output = network.forward(&Tensor::cat(&inputs, 0)?)?;
            scores.append(&output.flatten_all()?.to_vec1()?)?;
            progress.advance(pictures.len());
        }
        progress.finish();
        let mut pairs = Vec::new();
        let mut row = vec![0f32; classes];
        for (index, picture) in pictures.iter().enumerate() {
            scores.read(index, &mut row)?;
            pairs.push((picture.class, largest(&row)));
        }
        let file_bytes =
            std::fs::metadata(file).map_err(|e| format!("cannot read {}: {e}", file.display()))?.len();
        Ok(Self { pairs, classes, file_bytes, sha256 })
    }

    /// Share of the pictures that come out right.
    pub fn accuracy(&self) -> f64 {
        let right = self.pairs.iter().filter(|(class, predicted)| class == predicted).count();
        right as f64 / self.pairs.len().max(1) as f64
    }

    /// Pictures and right ones of each class.
    pub fn per_class(&self) -> Vec<(usize, usize)> {
        let mut counts = vec![(0, 0); self.classes];
        for &(class, predicted) in &self.pairs {
            counts[class].0 += 1;
            counts[class].1 += usize::from(class == predicted);
        }
        counts
    }

    /// Mean over the classes of the share that comes out right.
    pub fn class_mean(&self) -> f64 {
        let shares: Vec<_> =
            self.per_class().iter().filter(|c| c.0 > 0).map(|c| c.1 as f64 / c.0 as f64).collect();
        shares.iter().sum::<f64>() / shares.len().max(1) as f64
    }

    /// Classes by rising share of right answers, those with more pictures first among equals.
    pub fn worst_classes(&self) -> Vec<(usize, usize, usize)> {
        let mut classes: Vec<_> = self
            .per_class()
            .into_iter()
            .enumerate()
            .map(|(class, (all, right))| (class, all, right))
            .collect();
        classes.sort_by(|a, b| {
            let share = |c: &(usize, usize, usize)| c.2 as f64 / c.1.max(1) as f64;
            share(a).total_cmp(&share(b)).then(b.1.cmp(&a.1)).then(a.0.cmp(&b.0))
        });
        classes
    }

    /// Counts, row the true class, column the predicted one.
    pub fn confusion(&self) -> Vec<Vec<usize>> {
        let mut matrix = vec![vec![0; self.classes]; self.classes];
        self.pairs.iter().for_each(|&(class, predicted)| matrix[class][predicted] += 1);
        matrix
    }

    /// Mistakes by falling count: true class, predicted class, count.
    pub fn worst_confusions(&self) -> Vec<(usize, usize, usize)> {
        let rows = self.confusion();
        let cells =
            rows.iter().enumerate().flat_map(|(t, row)| row.iter().enumerate().map(move |(p, &n)| (t, p, n)));
        let mut mistakes: Vec<_> = cells.filter(|(t, p, n)| t != p && *n > 0).collect();
        mistakes.sort_by(|a, b| b.2.cmp(&a.2).then(a.cmp(b)));
        mistakes
    }
}

fn largest(scores: &[f32]) -> usize {
    let best = scores.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1).then(b.0.cmp(&a.0)));
    best.map_or(0, |(index, _)| index)
}

#[cfg(test)]
mod tests {
    use super::Evaluation;

    #[test]
    fn counts_come_out() {
        let pairs = vec![(0, 0), (0, 0), (0, 1), (0, 1), (1, 1), (2, 0)];
        let e = Evaluation { pairs, classes: 3, file_bytes: 0, sha256: String::new() };
        assert_eq!(e.accuracy(), 0.5);
        assert_eq!(e.class_mean(), 0.5);
        assert_eq!(e.worst_classes(), [(2, 1, 0), (0, 4, 2), (1, 1, 1)]);
        assert_eq!(e.worst_confusions(), [(0, 1, 2), (2, 0, 1)]);
    }
}
