//! Krippendorff's alpha: agreement beyond chance, for any distance between answers.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::cleaned::CleanedGames;
use crate::masi::masi_distance;

/// Agreement of many people about many things.
#[derive(Debug, Clone, PartialEq)]
pub struct Agreement {
    /// `α = 1 − D_o / D_e`: 1 for perfect agreement, 0 for what chance gives, below 0 for systematic disagreement.
    /// `None` when it is not defined: no unit has two answers, or all answers are the same.
    pub alpha: Option<f64>,
    /// `1 − D_u / D_e` of each unit, with the disagreement inside the unit and the chance of the whole; `None` for
    /// units with fewer than two answers. The mean of these, weighted by answers, is `alpha`.
    pub units: Vec<Option<f64>>,
    /// Answers that could be paired.
    pub answers: u64,
}

/// Krippendorff's alpha (*Computing Krippendorff's Alpha-Reliability*, 2011) of `units`: for each thing judged the
/// answers given about it. Units with fewer than two answers say nothing and are passed over.
///
/// `distance` of two different answers, 0 to 1, symmetric; equal answers have distance 0. For nominal data it is 1
/// everywhere; for interval data the squared difference fits, too (any scale cancels out).
///
/// Time grows with the square of the number of *different* answers, not of answers.
///
/// ```
/// use anv_labels::krippendorff_alpha;
/// let units = [vec!["sky", "sky"], vec!["sea", "sea"], vec!["sky", "sea"]];
/// let agreement = krippendorff_alpha(&units, |_, _| 1.0);
/// // D_o = 2/6, D_e = (3 · 3 + 3 · 3) / (6 · 5).
/// assert!((agreement.alpha.unwrap() - (1.0 - (2.0 / 6.0) / (18.0 / 30.0))).abs() < 1e-12);
/// ```
pub fn krippendorff_alpha<T: Ord>(units: &[Vec<T>], distance: impl Fn(&T, &T) -> f64) -> Agreement {
    let mut numbers: BTreeMap<&T, usize> = BTreeMap::new();
    units.iter().flatten().for_each(|answer| {
        numbers.insert(answer, 0);
    });
    numbers.values_mut().enumerate().for_each(|(place, number)| *number = place);
    let values: Vec<&T> = numbers.keys().copied().collect();
    let numbered: Vec<Vec<usize>> =
        units.iter().map(|unit| unit.iter().map(|a| numbers[a]).collect()).collect();
    let all: Vec<usize> = (0..values.len()).collect();
    of_numbers(&numbered, values.len(), |i, j| distance(values[i], values[j]), |_| &all)
}

/// `near(i)` lists every answer whose distance from `i` is below 1; all others are taken to be 1 away.
fn of_numbers<'a>(
    units: &[Vec<usize>],
    values: usize,
    distance: impl Fn(usize, usize) -> f64,
    near: impl Fn(usize) -> &'a [usize],
) -> Agreement {
    let mut counts = vec![0u64; values];
    let paired = || units.iter().filter(|u| u.len() > 1);
    paired().flatten().for_each(|&answer| counts[answer] += 1);
    let answers: u64 = counts.iter().sum();
    let n = answers as f64;
    // Σ over ordered pairs of different answers, all at distance 1, less what the near ones are closer.
    let mut expected = n * n - counts.iter().map(|&c| (c * c) as f64).sum::<f64>();
    for (i, &count) in counts.iter().enumerate().filter(|(_, c)| **c > 0) {
        for &j in near(i).iter().filter(|&&j| j != i && counts[j] > 0) {
            expected -= (count * counts[j]) as f64 * (1.0 - distance(i, j));
        }
    }
    let expected = expected / (n * (n - 1.0));
    let inside = |unit: &Vec<usize>| {
        let mut found: BTreeMap<usize, u64> = BTreeMap::new();
        unit.iter().for_each(|&answer| *found.entry(answer).or_default() += 1);
        let found: Vec<_> = found.into_iter().collect();
        let mut sum = 0.0;
        for (place, &(i, a)) in found.iter().enumerate() {
            sum +=
                found[place + 1..].iter().map(|&(j, b)| 2.0 * (a * b) as f64 * distance(i, j)).sum::<f64>();
        }
        let m = unit.len() as f64;
        sum / (m * (m - 1.0))
    };
    let defined = answers > 1 && expected > 0.0;
    let disagreements: Vec<Option<f64>> = units.iter().map(|u| (u.len() > 1).then(|| inside(u))).collect();
    let observed: f64 =
        units.iter().zip(&disagreements).filter_map(|(u, d)| d.map(|d| d * u.len() as f64)).sum();
    Agreement {
        alpha: defined.then(|| 1.0 - observed / n / expected),
        units: disagreements.iter().map(|d| d.filter(|_| defined).map(|d| 1.0 - d / expected)).collect(),
        answers,
    }
}

/// How far the players of one cluster agree on its labels.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ClusterAgreement {
    /// Name of the image.
    pub image: String,
    /// Number of the layer, from 1.
    pub layer: usize,
    /// Place of the cluster in its layer, from 0.
    pub cluster: usize,
    /// Games with at least one label.
    pub games: u64,
    /// See [`Agreement::units`].
    pub alpha: Option<f64>,
}

/// How far people agree on labels: Krippendorff's alpha with the [MASI distance](masi_distance), per cluster and
/// overall.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LabelAgreement {
    /// Over all clusters; `None` when no cluster has two games with labels or all labels are the same.
    pub alpha: Option<f64>,
    /// By image, layer and cluster.
    pub clusters: Vec<ClusterAgreement>,
}

/// The agreement of all labels of `games`: a unit is a cluster, an answer the set of final labels of one game.
/// Games without a label are missing answers.
pub fn label_agreement(games: &CleanedGames<'_>) -> LabelAgreement {
    let mut sets: FxHashMap<Vec<u32>, usize> = FxHashMap::default();
    let mut clusters: BTreeMap<(&str, usize, usize), Vec<usize>> = BTreeMap::new();
    for (place, game) in games.games().iter().enumerate() {
        let mut set = games.numbers_of(place).to_vec();
        if set.is_empty() {
            continue;
        }
        set.sort_unstable();
        let next = sets.len();
        clusters.entry(game.cluster()).or_default().push(*sets.entry(set).or_insert(next));
    }
    let mut values = vec![Vec::new(); sets.len()];
    sets.into_iter().for_each(|(set, number)| values[number] = set);
    let near = overlapping(&values, games.vocabulary().len());
    let units: Vec<_> = clusters.values().cloned().collect();
    let agreement =
        of_numbers(&units, values.len(), |i, j| masi_distance(&values[i], &values[j]), |i| &near[i]);
    let clusters = clusters
        .into_iter()
        .zip(agreement.units)
        .map(|(((image, layer, cluster), answers), alpha)| ClusterAgreement {
            image: image.to_owned(),
            layer,
            cluster,
            games: answers.len() as u64,
            alpha,
        })
        .collect();
    LabelAgreement { alpha: agreement.alpha, clusters }
}

/// For each set the other sets that share a label with it.
fn overlapping(sets: &[Vec<u32>], labels: usize) -> Vec<Vec<usize>> {
    let mut holders = vec![Vec::new(); labels];
    for (number, set) in sets.iter().enumerate() {
        set.iter().for_each(|&label| holders[label as usize].push(number));
    }
    sets.iter()
        .enumerate()
        .map(|(number, set)| {
            let mut near: Vec<usize> = set
                .iter()
                .flat_map(|&l| holders[l as usize].iter().copied())
                .filter(|&j| j != number)
                .collect();
            near.sort_unstable();
            near.dedup();
            near
        })
        .collect()
}
