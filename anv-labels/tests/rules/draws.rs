//! What chance decides, by seeds.

use std::collections::BTreeSet;

use anv_labels::{GameRules, RuleError};
use proptest::prelude::*;

const CLASSES: [&str; 10] =
    ["tench", "spaniel", "cassette", "chainsaw", "church", "horn", "truck", "pump", "ball", "parachute"];

#[test]
fn options_need_two_classes() {
    let rules = GameRules::default();
    let none: [&str; 0] = [];
    for classes in [&none[..], &["church"], &["church", "church"]] {
        let error = rules.options("church", classes, 1).unwrap_err();
        assert_eq!(error, RuleError::TooFewClasses { found: 1, expected: 2 });
    }
    let mut two = rules.options("church", &["tench", "tench"], 1).unwrap();
    two.sort();
    assert_eq!(two, ["church", "tench"]);
    assert_eq!(rules.clone().n_options(0).options("church", &CLASSES, 1).unwrap().len(), 2);
    assert_eq!(rules.n_options(usize::MAX).options("church", &CLASSES, 1).unwrap().len(), 10);
}

/// Pearson's χ² of counts that should be equal.
fn chi_squared(counts: &[u32]) -> f64 {
    let mean = f64::from(counts.iter().sum::<u32>()) / counts.len() as f64;
    counts.iter().map(|&n| (f64::from(n) - mean).powi(2) / mean).sum()
}

#[test]
fn every_place_and_every_other_class_is_equally_likely() {
    let rules = GameRules::default();
    let (mut places, mut others) = ([0; 6], [0; 10]);
    for seed in 0..12_000 {
        let options = rules.options("church", &CLASSES, seed).unwrap();
        places[options.iter().position(|o| o == "church").unwrap()] += 1;
        for option in &options {
            others[CLASSES.iter().position(|c| c == option).unwrap()] += 1;
        }
    }
    assert_eq!(others[4], 12_000);
    others.swap(4, 9);
    // The 99.9 % quantiles for 5 and 8 degrees of freedom.
    assert!(chi_squared(&places) < 20.5, "{places:?}");
    assert!(chi_squared(&others[..9]) < 26.1, "{others:?}");
}

#[test]
fn the_third_game_is_a_control_game_and_some_later_ones_are() {
    let rules = GameRules::default();
    for seed in 0..1000 {
        let first: Vec<bool> = (0..3).map(|before| rules.control_is_due(before, seed)).collect();
        assert_eq!(first, [false, false, true]);
    }
    let later = (0..20_000).filter(|&seed| rules.control_is_due(3 + seed % 50, seed)).count();
    // 1400 expected, standard deviation 36.
    assert!((1290..1510).contains(&later), "{later}");
    assert!(!rules.clone().control_rate(0.0).control_is_due(u64::MAX, 1));
    assert!(rules.clone().control_rate(1.0).control_is_due(3, 1));
    let none = rules.control_rate(0.0).first_control(0);
    assert!((0..100).all(|before| !none.control_is_due(before, before)));
}

#[test]
fn lighter_maps_begin_one_level_further() {
    let rules = GameRules::default();
    let levels = [(9.9, true), (10.0, true), (10.1, true), (f64::NAN, true), (1.0, false)];
    assert_eq!(levels.map(|(weight, easing)| rules.first_hint(weight, 10.0, easing)), [1, 0, 0, 0, 0]);
    assert_eq!(rules.most_hints(0).first_hint(1.0, 10.0, true), 0);
}

#[test]
fn ties_are_spread() {
    let rules = GameRules::default();
    let mut counts = [0; 5];
    for seed in 0..9_000 {
        counts[rules.fairest(&[3, 7, 3, 4, 3], seed).unwrap()] += 1;
    }
    assert_eq!((counts[1], counts[3]), (0, 0));
    // The 99.9 % quantile for 2 degrees of freedom.
    assert!(chi_squared(&[counts[0], counts[2], counts[4]]) < 13.8, "{counts:?}");
}

#[test]
fn numbers_of_the_game_are_checked() {
    let rules = GameRules::default();
    assert!(rules.check().is_ok());
    let wrong = [
        rules.clone().n_options(1),
        rules.clone().control_rate(f64::NAN),
        rules.clone().control_rate(1.1),
        rules.label_chars(0),
    ];
    for rules in wrong {
        assert!(rules.check().unwrap_err().to_string().contains("expected"));
    }
}

proptest! {
    #[test]
    fn options_hold_the_truth_once(
        truth in "[a-h]", classes in prop::collection::vec("[a-h]", 0..20), n in 0usize..10, seed in any::<u64>(),
    ) {
        let rules = GameRules::default().n_options(n);
        let different: BTreeSet<&str> = classes.iter().map(String::as_str).chain([&*truth]).collect();
        let Ok(options) = rules.options(&truth, &classes, seed) else {
            prop_assert_eq!(different.len(), 1);
            return Ok(());
        };
        prop_assert_eq!(options.len(), n.clamp(2, 10).min(different.len()));
        prop_assert_eq!(options.iter().filter(|o| **o == truth).count(), 1);
        let shown: BTreeSet<&str> = options.iter().map(String::as_str).collect();
        prop_assert_eq!(shown.len(), options.len(), "no repeats");
        prop_assert!(shown.is_subset(&different));
        prop_assert_eq!(rules.options(&truth, &classes, seed).unwrap(), options);
    }

    /// A list of classes sorted by a model's confidences, photo by photo, says nothing about the options.
    #[test]
    fn options_do_not_depend_on_the_order_of_classes(
        order in Just(CLASSES.to_vec()).prop_shuffle(), truth in 0usize..10, seed in any::<u64>(),
    ) {
        let rules = GameRules::default();
        let truth = CLASSES[truth];
        prop_assert_eq!(rules.options(truth, &order, seed), rules.options(truth, &CLASSES, seed));
    }

    #[test]
    fn the_fairest_is_a_least_loaded(loads in prop::collection::vec(0u64..6, 0..30), seed in any::<u64>()) {
        let rules = GameRules::default();
        let place = rules.fairest(&loads, seed);
        prop_assert_eq!(place.map(|p| &loads[p]), loads.iter().min());
        prop_assert_eq!(rules.fairest(&loads, seed), place);
    }
}
