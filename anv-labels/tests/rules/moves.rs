//! Moves in any order: each counts once, none goes back.

use anv_labels::{GameRules, Move, Phase, Played, Round, RuleError};
use proptest::prelude::*;

use crate::{begun, describe, guess, played, refused, shows};

fn unchanged(round: &Round, mv: &Move) {
    assert_eq!(GameRules::default().play(round, mv), Ok(Played::Unchanged), "{mv:?}");
}

#[test]
fn the_same_move_again_changes_nothing() {
    let seen = played(begun(0), shows(1..=2));
    unchanged(&seen, &Move::ShowMore { hints: 2 });
    unchanged(&begun(1), &Move::ShowMore { hints: 1 });
    let guessed = played(seen, [guess("b")]);
    unchanged(&guessed, &guess("b"));
    unchanged(&guessed, &Move::ShowMore { hints: 2 });
    let finished = played(guessed, [describe(&["Roof", "a;b"])]);
    for replay in [describe(&["Roof", "a;b"]), describe(&[" Roof\u{200B}", "", "a", "b", "ROOF"]), guess("b")]
    {
        unchanged(&finished, &replay);
    }
    let given_up = played(begun(0), shows(1..=5).chain([Move::GiveUp]));
    unchanged(&given_up, &Move::GiveUp);
}

#[test]
fn stale_and_early_moves_say_why() {
    let now = |phase| RuleError::NotNow { phase };
    let seen = played(begun(0), shows(1..=2));
    for found in [0, 1, 4, 5, 255] {
        let error = refused(&seen, &Move::ShowMore { hints: found });
        assert_eq!(error, RuleError::StaleHint { found, expected: 3 });
    }
    assert_eq!(refused(&seen, &Move::GiveUp), RuleError::HintsLeft { left: 3 });
    assert_eq!(refused(&seen, &describe(&["x"])), now(Phase::Guessing));
    let found = "z".repeat(200);
    let error = refused(&seen, &guess(&found));
    assert!(matches!(&error, RuleError::NotAnOption { found, options: 3 } if found.chars().count() == 41));
    assert!(!error.to_string().contains('\n'));

    let all = played(seen.clone(), shows(3..=5));
    assert_eq!(refused(&all, &Move::ShowMore { hints: 6 }), RuleError::NoHintsLeft { most: 5 });
    assert_eq!(refused(&all, &Move::ShowMore { hints: 4 }), RuleError::StaleHint { found: 4, expected: 5 });

    let guessed = played(seen, [guess("b")]);
    assert_eq!(refused(&guessed, &guess("a")), RuleError::AlreadyGuessed);
    for mv in [Move::ShowMore { hints: 3 }, Move::GiveUp] {
        assert_eq!(refused(&guessed, &mv), now(Phase::Describing));
    }
    let finished = played(guessed, [describe(&["x"])]);
    assert_eq!(refused(&finished, &guess("a")), RuleError::AlreadyGuessed);
    let long = "y".repeat(61);
    for mv in [describe(&["y"]), describe(&[]), describe(&[&long]), Move::GiveUp, Move::ShowMore { hints: 3 }]
    {
        assert_eq!(refused(&finished, &mv), now(Phase::Finished));
    }

    let given_up = played(all, [Move::GiveUp]);
    assert_eq!(given_up.phase(), Phase::Finished);
    for mv in [describe(&["x"]), describe(&[]), guess("a"), Move::ShowMore { hints: 6 }] {
        assert_eq!(refused(&given_up, &mv), now(Phase::Finished));
    }
}

#[test]
fn a_round_may_be_described_by_nothing() {
    let finished = played(begun(0), [guess("a"), describe(&[])]);
    assert_eq!((finished.phase(), &finished.labels), (Phase::Finished, &Some(vec![])));
    unchanged(&finished, &describe(&[" ", ";"]));
}

#[test]
fn a_round_begins_within_its_hints() {
    assert_eq!((begun(0).hints, begun(1).first_hint, begun(200).hints), (0, 1, 5));
    let rules = GameRules::default().most_hints(0);
    let round = rules.begin(3, vec!["a".into(), "b".into()]);
    assert_eq!(round.hints, 0);
    assert!(matches!(rules.play(&round, &Move::GiveUp), Ok(Played::Changed(_))));
}

#[test]
fn rounds_and_moves_survive_json() {
    let round = played(begun(1), shows(2..=3).chain([guess("b"), describe(&["roof"])]));
    let json = serde_json::to_string(&round).unwrap();
    assert_eq!(serde_json::from_str::<Round>(&json).unwrap(), round);
    let moves = [Move::ShowMore { hints: 2 }, guess("a"), describe(&["x"]), Move::GiveUp];
    let json = r#"[{"show_more":{"hints":2}},{"guess":"a"},{"describe":["x"]},"give_up"]"#;
    assert_eq!(serde_json::to_string(&moves).unwrap(), json);
    assert_eq!(serde_json::from_str::<[Move; 4]>(json).unwrap(), moves);
    let rules: GameRules = serde_json::from_str(r#"{"hint_cost":20}"#).unwrap();
    assert_eq!(rules, GameRules::default().hint_cost(20));
}

fn any_move() -> impl Strategy<Value = Move> {
    let class = prop_oneof![4 => "[abc]", 1 => any::<String>()];
    let label = prop_oneof![2 => "[xyXY; ]{0,4}", 1 => any::<String>()];
    prop_oneof![
        6 => (0u8..8).prop_map(|hints| Move::ShowMore { hints }),
        1 => any::<u8>().prop_map(|hints| Move::ShowMore { hints }),
        2 => class.prop_map(Move::Guess),
        2 => prop::collection::vec(label, 0..4).prop_map(Move::Describe),
        1 => Just(Move::GiveUp),
    ]
}

/// Moves of a person at a page with late, repeated and lost requests in between.
fn session() -> impl Strategy<Value = Vec<Move>> {
    let plan = (0u8..=5, any::<bool>(), "[abc]", prop::collection::vec("[xy]{1,3}", 0..3));
    let plan = plan.prop_map(|(hints, gives_up, class, labels)| {
        let ends = if gives_up { vec![Move::GiveUp] } else { vec![guess(&class), Move::Describe(labels)] };
        shows(1..=hints).chain(ends).collect::<Vec<_>>()
    });
    (
        plan,
        prop::collection::vec(
            (any::<prop::sample::Index>(), any::<prop::sample::Index>(), any_move()),
            0..12,
        ),
    )
        .prop_map(|(mut moves, noise)| {
            for (from, to, other) in noise {
                let again = moves[from.index(moves.len())].clone();
                moves.insert(to.index(moves.len() + 1), again);
                moves.insert(from.index(moves.len() + 1), other);
            }
            moves
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn no_sequence_of_moves_scores_twice_or_goes_back(
        moves in prop_oneof![prop::collection::vec(any_move(), 0..40), session()],
        first in 0u8..=1,
        before in 0u32..9,
    ) {
        let rules = GameRules::default();
        let mut round = begun(first);
        let mut scored = 0;
        for mv in &moves {
            let after = match rules.play(&round, mv) {
                Ok(Played::Changed(after)) => after,
                Ok(Played::Unchanged) | Err(_) => continue,
            };
            prop_assert!(round != after, "a change that changes nothing");
            prop_assert!(round.phase() <= after.phase());
            prop_assert!(round.phase() != Phase::Finished, "finished rounds stay");
            prop_assert!(after.hints == round.hints || after.hints == round.hints + 1);
            prop_assert!(rules.worth(&after) <= rules.worth(&round));
            prop_assert!(after.hints <= rules.most_hints);
            prop_assert!(round.guess.is_none() || after.guess == round.guess);
            prop_assert!(after.guess.as_ref().is_none_or(|g| after.options.contains(g)));
            prop_assert!(!after.given_up || (after.hints == rules.most_hints && after.guess.is_none()));
            prop_assert_eq!((&after.options, after.first_hint), (&round.options, round.first_hint));
            scored += u32::from(after.phase() == Phase::Finished);
            // The same move again is known as such.
            prop_assert_eq!(rules.play(&after, mv), Ok(Played::Unchanged));
            round = after;
        }
        prop_assert_eq!(scored, u32::from(round.phase() == Phase::Finished));
        prop_assert!(rules.points(&round, "a", before).total <= 300 + 25 + 50);
    }

    #[test]
    fn a_round_from_anywhere_never_panics(
        hints in any::<(u8, u8)>(), guessed in prop::option::of("[ab]"), given_up in any::<bool>(),
        labels in prop::option::of(prop::collection::vec(any::<String>(), 0..3)), mv in any_move(),
    ) {
        let options = vec!["a".into(), "b".into()];
        let round = Round { first_hint: hints.0, hints: hints.1, options, guess: guessed, given_up, labels };
        let rules = GameRules::default();
        let (phase, again) = (round.phase(), round.clone());
        if let Ok(Played::Changed(after)) = rules.play(&round, &mv) {
            prop_assert!(after.phase() >= phase);
        }
        prop_assert_eq!(&round, &again);
        let points = rules.points(&round, "a", 3);
        prop_assert!(points.guess <= rules.worth(&round));
        prop_assert!(points.total == 0 || !given_up);
    }
}
