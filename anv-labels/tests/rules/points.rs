//! Points of every path.

use anv_labels::{Ending, GameRules, Phase};
use proptest::prelude::*;

use crate::{begun, describe, guess, played, shows};

#[test]
fn every_path_has_its_points() {
    use Ending::{Lost, Won};
    let won_by_hints = [300, 250, 200, 150, 100, 50];
    let eased = [300, 300, 250, 200, 150, 100];
    let streaks = [(0, 0), (1, 10), (2, 20), (4, 40), (5, 50), (6, 50), (u32::MAX, 50)];
    let rules = GameRules::default();
    for (first, by_hints) in [(0, won_by_hints), (1, eased)] {
        for hints in first..=5 {
            for (class, ending) in [("a", Won), ("b", Lost)] {
                for (labels, bonus) in
                    [(&[][..], 0), (&["x"][..], 25), (&["x", "y"][..], 25), (&[" ;"][..], 0)]
                {
                    for (before, streak) in streaks {
                        let round = played(begun(first), shows(first + 1..=hints));
                        let worth = by_hints[usize::from(hints)];
                        assert_eq!(rules.worth(&round), worth);
                        let round = played(round, [guess(class), describe(labels)]);
                        assert_eq!(round.phase(), Phase::Finished);
                        let points = rules.points(&round, "a", before);
                        let expected = if ending == Won { [worth, bonus, streak] } else { [0, bonus, 0] };
                        assert_eq!([points.guess, points.labels, points.streak], expected);
                        assert_eq!((points.total, points.ending), (expected.iter().sum(), ending));
                    }
                }
            }
        }
    }
}

#[test]
fn giving_up_brings_nothing() {
    let round = played(begun(0), shows(1..=5).chain([anv_labels::Move::GiveUp]));
    let points = GameRules::default().points(&round, "a", 4);
    assert_eq!((points.total, points.ending, points.ending.streak(4)), (0, Ending::GivenUp, 0));
    // A round that ends without a guess, because its time is over, counts the same.
    assert_eq!(GameRules::default().points(&begun(0), "a", 4), points);
    assert_eq!(begun(0).ending("a"), None);
}

#[test]
fn a_streak_grows_by_wins_and_ends_with_anything_else() {
    let endings = [Ending::Won, Ending::Won, Ending::Lost, Ending::Won, Ending::GivenUp];
    let streaks: Vec<_> = endings
        .iter()
        .scan(0, |streak, ending| {
            *streak = ending.streak(*streak);
            Some(*streak)
        })
        .collect();
    assert_eq!(streaks, [1, 2, 0, 1, 0]);
    assert_eq!(Ending::Won.streak(u32::MAX), u32::MAX);
}

proptest! {
    #[test]
    fn hints_never_raise_points_and_no_number_overflows(
        numbers in any::<[u32; 5]>(), small in 0u32..1000, first in 0u8..=8, before in any::<u32>(),
    ) {
        let [start, cost, bonus, streak, longest] = numbers;
        for (start, cost) in [(start, cost), (small, small / 3), (small, u32::MAX)] {
            let rules = GameRules::default().start_points(start).hint_cost(cost).most_hints(8);
            let rules = rules.label_bonus(bonus).streak_bonus(streak).longest_streak(longest);
            let mut round = rules.begin(first, vec!["a".into(), "b".into()]);
            (round.guess, round.labels) = (Some("a".into()), Some(vec!["x".into()]));
            prop_assert_eq!(rules.worth(&round), start);
            let mut last = rules.points(&round, "a", before);
            for hints in first + 1..=8 {
                round.hints = hints;
                let points = rules.points(&round, "a", before);
                prop_assert!(points.guess <= last.guess && points.total <= last.total);
                prop_assert_eq!((points.labels, points.streak), (last.labels, last.streak));
                last = points;
            }
        }
    }
}
