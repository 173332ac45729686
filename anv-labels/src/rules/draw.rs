//! What is left to chance, by seeds: options, control games, the next map.

use std::collections::BTreeSet;

use rand::seq::SliceRandom;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::error::RuleError;
use super::params::GameRules;

/// What is drawn; each has random numbers of its own, so that one seed may serve all.
enum Draw {
    Options,
    Control,
    Map,
}

impl Draw {
    fn random(self, seed: u64) -> ChaCha8Rng {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(self as u64);
        random
    }
}

impl GameRules {
    /// The classes to choose among: the true one and others drawn with equal chances, in random order.
    ///
    /// The order of `classes` has no influence: classes sorted by a model's confidence give the same options. Where
    /// there are fewer classes than options, all are taken; repeats in `classes` do not count, and the true class
    /// need not be among them.
    ///
    /// ```
    /// let rules = anv_labels::GameRules::default();
    /// let classes = ["tench", "church", "horn", "truck", "pump", "ball", "parachute", "chainsaw"];
    /// let options = rules.options("church", &classes, 7)?;
    /// assert_eq!(options.len(), 6);
    /// assert_eq!(options.iter().filter(|o| *o == "church").count(), 1);
    /// # Ok::<(), anv_labels::RuleError>(())
    /// ```
    ///
    /// # Errors
    /// [`RuleError::TooFewClasses`] when there would be fewer than two options.
    pub fn options(
        &self,
        true_class: &str,
        classes: &[impl AsRef<str>],
        seed: u64,
    ) -> Result<Vec<String>, RuleError> {
        let others: BTreeSet<&str> = classes.iter().map(AsRef::as_ref).filter(|&c| c != true_class).collect();
        let mut others: Vec<&str> = others.into_iter().collect();
        let n_others = self.options.saturating_sub(1).max(1).min(others.len());
        if n_others == 0 {
            return Err(RuleError::TooFewClasses { found: others.len() + 1, expected: 2 });
        }
        let mut random = Draw::Options.random(seed);
        let (drawn, _) = others.partial_shuffle(&mut random, n_others);
        let mut options: Vec<String> = drawn.iter().map(|&c| c.to_owned()).collect();
        options.push(true_class.to_owned());
        options.shuffle(&mut random);
        Ok(options)
    }

    /// Whether the next game of a player with `games_before` games is a control game: the third always (thesis
    /// 4.4.1), later ones at the control rate.
    pub fn control_is_due(&self, games_before: u64, seed: u64) -> bool {
        let game = games_before.saturating_add(1);
        game == self.first_control
            || game > self.first_control && Draw::Control.random(seed).random::<f64>() < self.control_rate
    }

    /// The hint level that a round begins with: with `easing`, maps that are lighter than the average begin one
    /// level further (thesis 5.2.3).
    pub fn first_hint(&self, weight_percent: f64, mean_weight_percent: f64, easing: bool) -> u8 {
        u8::from(easing && weight_percent < mean_weight_percent).min(self.most_hints)
    }

    /// The place of a least load; among several all have equal chances. `None` when there are no loads.
    ///
    /// ```
    /// let rules = anv_labels::GameRules::default();
    /// assert_eq!(rules.fairest(&[4, 2, 3], 0), Some(1));
    /// assert_eq!(rules.fairest(&[], 0), None);
    /// ```
    pub fn fairest(&self, loads: &[u64], seed: u64) -> Option<usize> {
        let least = loads.iter().min()?;
        let ties = || loads.iter().enumerate().filter(|(_, load)| *load == least).map(|(place, _)| place);
        let place = Draw::Map.random(seed).random_range(0..ties().count());
        ties().nth(place)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn draws_from_one_seed_have_nothing_in_common() {
        let numbers = |draw: Draw| draw.random(7).random::<[u32; 32]>();
        let all = [Draw::Options, Draw::Control, Draw::Map].map(numbers);
        let different: BTreeSet<u32> = all.iter().flatten().copied().collect();
        assert_eq!(different.len(), 96);
        assert_eq!(numbers(Draw::Map), all[2]);
    }
}
