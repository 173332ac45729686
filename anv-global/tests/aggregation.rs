//! Aggregation: order, joining, groups, wrong predictions, examples, intervals.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use anv_core::*;
use anv_global::*;
use common::{image, images, merged};
use proptest::prelude::*;

fn explain(images: &[LabeledImage], params: &GlobalParams) -> Vec<GlobalExplanation> {
    let mut aggregator = GlobalAggregator::new(params.clone()).unwrap();
    images.iter().for_each(|i| aggregator.add(i).unwrap());
    aggregator.finish().unwrap()
}

fn features(found: &GlobalExplanation, group: usize) -> Vec<(&str, f64, f64)> {
    found.groups[group].features.iter().map(|f| (&*f.label, f.score, f.weight_percent)).collect()
}

#[test]
fn a_worked_example() {
    let both = merged(&vec![
        (0, 30.0, vec![("motor".into(), 4.0), ("tree".into(), 1.0)]),
        (2, 10.0, vec![("motor".into(), 2.0)]),
    ]);
    let layer = LabeledLayer { layer: 5, clusters: vec![both] };
    let first =
        LabeledImage { image: "a".into(), class: "chainsaw".into(), truth: None, layers: vec![layer] };
    let second = image(
        "b",
        "chainsaw",
        &[(5, 0, 20.0, "motor", 3.0), (5, 1, 8.0, "log", 9.0), (7, 0, 30.0, "motor", 1.0)],
    );
    let found = explain(&[first, second], &GlobalParams::default());
    // motor: 4 + 2 as the members' own scores, 3 and 1; weights 40, 20 and 30. "tree" is no best label.
    assert_eq!(features(&found[0], 0), [("motor", 10.0, 30.0), ("log", 9.0, 8.0)]);
    assert_eq!(found[0].groups[0].layers, (5, 7));
    let motor = &found[0].groups[0].features[0];
    assert_eq!(motor.clusters, 3);
    let examples: Vec<_> =
        motor.examples.iter().map(|e| (&*e.image, e.layer, e.members.clone(), e.score)).collect();
    assert_eq!(examples, [("a", 5, vec![0, 2], 6.0), ("b", 5, vec![0], 3.0)], "one an image, the best");
}

#[test]
fn top_examples_and_draws() {
    let images: Vec<_> = (0..9)
        .map(|i| {
            image(
                &format!("i{i}"),
                "c",
                &[(1, 0, 10.0, "b", f64::from(i % 3)), (1, 1, 10.0, "a", f64::from(i % 3))],
            )
        })
        .collect();
    let params = GlobalParams { top: Some(1), examples: 2, ..GlobalParams::default() };
    let found = explain(&images, &params);
    assert_eq!(features(&found[0], 0), [("a", 9.0, 10.0)], "draws go by the alphabet");
    let names: Vec<_> = found[0].groups[0].features[0].examples.iter().map(|e| &*e.image).collect();
    assert_eq!(names, ["i2", "i5"]);
}

#[test]
fn wrong_predictions() {
    let mut images: Vec<_> =
        (0..4).map(|i| image(&format!("i{i}"), "church", &[(1, 0, 10.0, "roof", 1.0)])).collect();
    images[1].truth = Some("castle".into());
    images[2].truth = None;
    let scopes = |wrong| -> Vec<_> {
        let params = GlobalParams::default().wrong(wrong);
        explain(&images, &params).into_iter().map(|e| (e.scope, e.images)).collect()
    };
    assert_eq!(scopes(WrongPredictions::Together), [(Scope::All, 4)]);
    assert_eq!(scopes(WrongPredictions::Apart), [(Scope::Right, 3), (Scope::Wrong("castle".into()), 1)]);
    assert_eq!(scopes(WrongPredictions::LeftOut), [(Scope::Right, 3)]);
}

#[test]
fn groups_are_read_and_checked() {
    for (text, expected) in [("3", "3"), (" all ", "all"), ("5-7, 8-10,13", "5-7,8-10,13-13")] {
        assert_eq!(text.parse::<LayerGroups>().unwrap().to_string(), expected);
    }
    assert_eq!(LayerGroups::Size(4).resolve(5, 13).unwrap(), [(5, 8), (9, 12), (13, 13)]);
    let error = |text: &str| text.parse::<LayerGroups>().unwrap_err().to_string();
    assert!(error("three").contains("`three` names no groups of layers"));
    assert_eq!(error("0"), "the groups of layers 0 are not usable: a group needs at least one layer");
    assert!(error("5-7,7-9").contains("a layer is in two of them"));
    assert!(error("7-5").contains("a last one not before it"));
    assert!(error("0-5").contains("a first layer of at least 1"));
    let params = GlobalParams { confidence: 1.0, ..GlobalParams::default() };
    assert!(GlobalAggregator::new(params).is_err());
}

#[test]
fn numbers_that_are_none_are_refused() {
    let mut bad = image("i", "c", &[(3, 0, 10.0, "a", 1.0)]);
    bad.layers[0].clusters[0].members[0].labels[0].score = f64::NAN;
    let mut aggregator = GlobalAggregator::new(GlobalParams::default()).unwrap();
    let error = aggregator.add(&bad).unwrap_err().to_string();
    assert_eq!(error, "layer 3 of image `i` has the score of `a` NaN: expected a finite number");
    assert!(aggregator.finish().unwrap().is_empty());
}

/// The classical bootstrap: draw as many images as there are, with repetition, from a generator of its own.
fn classical(scores: &[f64], resamples: usize) -> Interval {
    let mut state = 12345u64;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize
    };
    let mut sums: Vec<f64> =
        (0..resamples).map(|_| (0..scores.len()).map(|_| scores[next() % scores.len()]).sum()).collect();
    sums.sort_unstable_by(f64::total_cmp);
    Interval { low: sums[resamples * 25 / 1000], high: sums[resamples * 975 / 1000] }
}

#[test]
fn intervals_are_those_of_the_classical_bootstrap() {
    // Resampling noise of an end of the interval is about 3 % of its width with 4,000 resamples; Poisson draws are
    // wider by the spread of the number of images, 2 % with 40.
    const SHARE_OF_WIDTH: f64 = 0.1;
    let scores: Vec<f64> = (0..40).map(|i| f64::from(i * i % 17) / 3.0).collect();
    let images: Vec<_> = scores
        .iter()
        .enumerate()
        .map(|(i, &s)| image(&format!("i{i}"), "c", &[(1, 0, 10.0, "a", s)]))
        .collect();
    let params = GlobalParams { resamples: 4000, ..GlobalParams::default() };
    let found = explain(&images, &params)[0].groups[0].features[0].interval.unwrap();
    let expected = classical(&scores, 4000);
    let width = expected.high - expected.low;
    println!("found {found:?}, classical {expected:?}");
    assert!((found.low - expected.low).abs() < SHARE_OF_WIDTH * width);
    assert!((found.high - expected.high).abs() < SHARE_OF_WIDTH * width);
    let sum: f64 = scores.iter().sum();
    assert!(found.low < sum && sum < found.high);
}

#[test]
fn intervals_need_two_images_and_a_seed() {
    let one = [image("i", "c", &[(1, 0, 10.0, "a", 2.0)])];
    assert_eq!(explain(&one, &GlobalParams::default())[0].groups[0].features[0].interval, None);
    let same: Vec<_> = (0..5).map(|i| image(&format!("i{i}"), "c", &[(1, 0, 10.0, "a", 2.0)])).collect();
    let found = explain(&same, &GlobalParams::default())[0].groups[0].features[0].interval.unwrap();
    assert!(
        (found.low - 10.0).abs() < 1e-9 && (found.high - 10.0).abs() < 1e-9,
        "equal images have no spread"
    );
    let other: Vec<_> =
        (0..5).map(|i| image(&format!("i{i}"), "c", &[(1, 0, 10.0, "a", f64::from(i))])).collect();
    let seeded = |seed| explain(&other, &GlobalParams { seed, ..GlobalParams::default() });
    assert_eq!(seeded(1), seeded(1));
    assert_ne!(seeded(1), seeded(2));
    assert_eq!(
        explain(&other, &GlobalParams { resamples: 0, ..GlobalParams::default() })[0].groups[0].features[0]
            .interval,
        None
    );
}

proptest! {
    #[test]
    fn the_order_of_images_changes_not_a_bit(images in images(), seed in any::<u64>(), size in 1usize..5) {
        let params = GlobalParams { resamples: 50, ..GlobalParams::default() }
            .groups(LayerGroups::Size(size))
            .wrong(WrongPredictions::Apart);
        let mut shuffled = images.clone();
        shuffled.sort_by_key(|i| i.image.bytes().fold(seed, |h, b| (h ^ u64::from(b)).wrapping_mul(0x0100_0000_01B3)));
        prop_assert_eq!(explain(&images, &params), explain(&shuffled, &params));
        // Halves, joined, are the whole.
        let (a, b) = images.split_at(images.len() / 2);
        let half = |part: &[LabeledImage]| {
            let mut aggregator = GlobalAggregator::new(params.clone()).unwrap();
            part.iter().for_each(|i| aggregator.add(i).unwrap());
            aggregator
        };
        let mut joined = half(b);
        joined.absorb(half(a)).unwrap();
        prop_assert_eq!(joined.finish().unwrap(), explain(&images, &params));
    }

    #[test]
    fn one_group_is_the_sum_of_many(images in images()) {
        let params = |groups| GlobalParams { top: None, resamples: 0, ..GlobalParams::default() }.groups(groups);
        let all = explain(&images, &params(LayerGroups::All));
        let single = explain(&images, &params(LayerGroups::Size(1)));
        for (all, single) in all.iter().zip(&single) {
            let sum = |e: &GlobalExplanation| e.groups.iter().flat_map(|g| &g.features).map(|f| f.score).sum::<f64>();
            prop_assert!((sum(all) - sum(single)).abs() < 1e-9);
            let clusters = |e: &GlobalExplanation| e.groups.iter().flat_map(|g| &g.features).map(|f| f.clusters).sum::<u64>();
            prop_assert_eq!(clusters(all), clusters(single));
        }
        prop_assert!(GlobalAggregator::new(params(LayerGroups::All)).unwrap()
            .absorb(GlobalAggregator::new(params(LayerGroups::Size(1))).unwrap()).is_err());
    }
}
