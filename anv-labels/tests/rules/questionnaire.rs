//! Scores of the questionnaire against hand calculations.

use anv_labels::{sus_score, tlx_score};
use proptest::prelude::*;

#[test]
fn sus_of_worked_examples() {
    // The first by hand: 4 + 1 + 1 + 4 + 1 + 2 + 1 + 1 + 4 + 3 = 22, times 2.5.
    let cases: [([u8; 10], f64); 6] = [
        ([5, 4, 2, 1, 2, 3, 2, 4, 5, 2], 55.0),
        ([5, 1, 5, 1, 5, 1, 5, 1, 5, 1], 100.0),
        ([1, 5, 1, 5, 1, 5, 1, 5, 1, 5], 0.0),
        ([3; 10], 50.0),
        ([5; 10], 50.0),
        ([4, 2, 5, 1, 4, 2, 4, 1, 4, 2], 82.5),
    ];
    for (answers, score) in cases {
        assert_eq!(sus_score(&answers).unwrap(), score, "{answers:?}");
    }
}

#[test]
fn tlx_of_worked_examples() {
    let cases: [([u8; 6], f64); 4] = [
        ([0; 6], 0.0),
        ([10; 6], 100.0),
        ([6, 1, 2, 4, 7, 3], 230.0 / 6.0),
        ([1, 0, 0, 0, 0, 0], 10.0 / 6.0),
    ];
    for (answers, score) in cases {
        assert_eq!(tlx_score(&answers).unwrap(), score, "{answers:?}");
    }
}

#[test]
fn wrong_answers_are_named() {
    let message = |result: anv_labels::Result<f64>| result.unwrap_err().to_string();
    assert_eq!(message(sus_score(&[3; 9])), "number of SUS answers is 9: expected 10");
    assert_eq!(
        message(sus_score(&[3, 3, 6, 3, 3, 3, 3, 3, 3, 3])),
        "SUS answer is 6 to item 3: expected 1 to 5"
    );
    assert_eq!(message(sus_score(&[0; 10])), "SUS answer is 0 to item 1: expected 1 to 5");
    assert_eq!(message(tlx_score(&[3; 7])), "number of NASA-TLX answers is 7: expected 6");
    assert_eq!(message(tlx_score(&[3, 11, 3, 3, 3, 3])), "NASA-TLX answer is 11 to item 2: expected 0 to 10");
}

proptest! {
    #[test]
    fn no_answers_panic(answers in prop::collection::vec(0u8..12, 0..14)) {
        if let Ok(score) = sus_score(&answers) {
            prop_assert!((0.0..=100.0).contains(&score) && score % 2.5 == 0.0);
        }
        if let Ok(score) = tlx_score(&answers) {
            prop_assert!((0.0..=100.0).contains(&score));
        }
    }
}
