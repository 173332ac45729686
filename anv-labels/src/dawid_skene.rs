//! Dawid-Skene: true answers and everybody's error rates from answers alone.

use anv_core::ndarray::{Array1, Array2, Array3, Axis};
use rustc_hash::FxHashMap;

use crate::games::{Games, NONE};
use crate::{Error, Result};

/// How long the estimation goes on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct DawidSkeneParams {
    /// Most rounds of expectation and maximisation.
    pub rounds: usize,
    /// Stop when no probability moves by more than this.
    pub tolerance: f64,
}

impl Default for DawidSkeneParams {
    fn default() -> Self {
        Self { rounds: 200, tolerance: 1e-6 }
    }
}

/// One answer: who said what about which thing, all numbered from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Answer {
    /// The thing judged.
    pub item: usize,
    /// Who judged it; may judge it several times.
    pub rater: usize,
    /// What was said.
    pub class: usize,
}

/// Maximum-likelihood estimates of Dawid & Skene (1979).
#[derive(Debug, Clone, PartialEq)]
pub struct DawidSkene {
    /// How common each class is: shape (classes), sums to 1.
    pub classes: Array1<f64>,
    /// Probability of each class for each item: shape (items, classes), rows sum to 1.
    pub items: Array2<f64>,
    /// Error rates, shape (raters, true class, class said); a row sums to 1, or is 0 when the rater never saw the class.
    pub raters: Array3<f64>,
    /// Rounds until nothing moved, or the most allowed.
    pub rounds: usize,
}

/// Largest number of error rates that are estimated: 400 MB of numbers.
const MOST_RATES: usize = 50_000_000;

impl DawidSkene {
    /// Estimates from answers by expectation maximisation (Dawid & Skene 1979, *Maximum Likelihood Estimation of
    /// Observer Error-Rates Using the EM Algorithm*, eqs. 2.3 to 2.5), started from each item's shares of answers.
    ///
    /// Items, raters and classes are counted from 0 to the largest one that appears. An item without an answer gets
    /// the class shares. The order of answers does not matter.
    ///
    /// # Errors
    /// [`Error::Parameter`] without an answer, [`Error::TooMany`] when raters times classes squared passes 50 million.
    pub fn estimate(answers: &[Answer], params: &DawidSkeneParams) -> Result<Self> {
        let most = |f: fn(&Answer) -> usize| answers.iter().map(f).max().map_or(0, |m| m.saturating_add(1));
        let (items, raters, classes) = (most(|a| a.item), most(|a| a.rater), most(|a| a.class));
        if answers.is_empty() {
            return Err(Error::Parameter {
                name: "answers",
                found: "an empty list".into(),
                expected: "at least one answer",
            });
        }
        let too_many = |size: Option<usize>| size.is_none_or(|size| size > MOST_RATES);
        if too_many(classes.checked_pow(2).and_then(|c| c.checked_mul(raters)))
            || too_many(classes.checked_mul(items))
        {
            return Err(Error::TooMany { what: "error rates", limit: MOST_RATES as u64 });
        }
        let mut answers = answers.to_vec();
        answers.sort_unstable_by_key(|a| (a.item, a.rater, a.class));
        let mut model = Self {
            classes: Array1::zeros(classes),
            items: Array2::zeros((items, classes)),
            raters: Array3::zeros((raters, classes, classes)),
            rounds: 0,
        };
        answers.iter().for_each(|a| model.items[[a.item, a.class]] += 1.0);
        for mut row in model.items.outer_iter_mut() {
            let sum = row.sum();
            row.mapv_inplace(|v| if sum > 0.0 { v / sum } else { 1.0 / classes as f64 });
        }
        for round in 1..=params.rounds {
            model.rounds = round;
            model.maximise(&answers);
            let before = model.items.clone();
            model.expect(&answers);
            let moved = before.iter().zip(&model.items).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            if moved <= params.tolerance {
                break;
            }
        }
        model.maximise(&answers);
        Ok(model)
    }

    /// Class shares and error rates from the items' probabilities (eqs. 2.3 and 2.4).
    fn maximise(&mut self, answers: &[Answer]) {
        self.classes = self.items.sum_axis(Axis(0)) / self.items.nrows() as f64;
        self.raters.fill(0.0);
        for a in answers {
            for (truth, &p) in self.items.row(a.item).iter().enumerate() {
                self.raters[[a.rater, truth, a.class]] += p;
            }
        }
        for mut row in self.raters.rows_mut() {
            let sum = row.sum();
            if sum > 0.0 {
                row /= sum;
            }
        }
    }

    /// The items' probabilities from class shares and error rates (eq. 2.5), in logarithms.
    fn expect(&mut self, answers: &[Answer]) {
        let prior = self.classes.mapv(f64::ln);
        self.items.outer_iter_mut().for_each(|mut row| row.assign(&prior));
        for a in answers {
            for truth in 0..self.classes.len() {
                self.items[[a.item, truth]] += self.raters[[a.rater, truth, a.class]].ln();
            }
        }
        for mut row in self.items.outer_iter_mut() {
            let largest = row.fold(f64::NEG_INFINITY, |a, &b| a.max(b));
            // Rates can underflow to 0 for every class; then nothing is known about the item.
            row.mapv_inplace(|v| if largest.is_finite() { (v - largest).exp() } else { 1.0 });
            let sum = row.sum();
            row /= sum;
        }
    }

    /// The most probable class of each item; draws go to the lower number.
    pub fn most_probable(&self) -> Vec<usize> {
        let best = |row: anv_core::ndarray::ArrayView1<'_, f64>| {
            row.iter().enumerate().fold(0, |best, (i, &p)| if p > row[best] { i } else { best })
        };
        self.items.outer_iter().map(best).collect()
    }
}

/// What players say the images show, taken together.
#[derive(Debug, Clone, PartialEq)]
pub struct GuessModel {
    /// Image names, the rows of [`DawidSkene::items`].
    pub images: Vec<String>,
    /// Players, the first axis of [`DawidSkene::raters`].
    pub players: Vec<String>,
    /// Class names.
    pub classes: Vec<String>,
    /// The estimates.
    pub model: DawidSkene,
}

impl GuessModel {
    /// Dawid-Skene over the guesses of all games: an item is an image, resigned games are missing answers.
    ///
    /// Images, players and classes are sorted by name.
    ///
    /// # Errors
    /// As [`DawidSkene::estimate`].
    pub fn new(games: &Games, params: &DawidSkeneParams) -> Result<Self> {
        let guesses = || games.rows.iter().filter(|r| r.guess != NONE);
        let image = |cluster: u32| games.clusters[cluster as usize].image;
        let sorted = |numbers: Vec<u32>| -> (Vec<String>, FxHashMap<u32, usize>) {
            let mut numbers = numbers;
            numbers.sort_unstable_by_key(|&n| games.names.get(n));
            numbers.dedup();
            let names = numbers.iter().map(|&n| games.names.get(n).to_owned()).collect();
            (names, numbers.into_iter().enumerate().map(|(place, n)| (n, place)).collect())
        };
        let (images, image_of) = sorted(guesses().map(|r| image(r.cluster)).collect());
        let (players, player_of) = sorted(guesses().map(|r| r.player).collect());
        let (classes, class_of) = sorted(guesses().map(|r| r.guess).collect());
        let answers: Vec<_> = guesses()
            .map(|r| Answer {
                item: image_of[&image(r.cluster)],
                rater: player_of[&r.player],
                class: class_of[&r.guess],
            })
            .collect();
        Ok(Self { images, players, classes, model: DawidSkene::estimate(&answers, params)? })
    }
}
