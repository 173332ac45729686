//! Labels as people and attackers type them.

use anv_labels::{GameRules, RuleError};
use proptest::prelude::*;

fn labels(typed: &[&str]) -> Result<Vec<String>, RuleError> {
    GameRules::default().labels(&typed.iter().map(|&t| t.into()).collect::<Vec<_>>())
}

#[test]
fn labels_are_normalised() {
    let cases: &[(&[&str], &[&str])] = &[
        (&["  long \t\r\n ears\u{A0}\u{3000}x "], &["long ears x"]),
        (&["cafe\u{301}", "café"], &["café"]),
        (&["roof;tower ; ;roof"], &["roof", "tower"]),
        // The Greek question mark is a semicolon once composed.
        (&["a\u{37E}b"], &["a", "b"]),
        (&["Roof", "roof", "ROOF"], &["Roof"]),
        (&["evil\u{202E}gnp.exe\u{2066}", "\u{0}nul\u{7F}\u{9B}"], &["evilgnp.exe", "nul"]),
        (&["", " ", "\u{200B}", "\u{200D}\u{FE0F}", "\u{3164}", "\u{2800}", ";;"], &[]),
        (&["🐕‍🦺", "❤\u{FE0F}", "🇮🇹"], &["🐕‍🦺", "❤\u{FE0F}", "🇮🇹"]),
        // What stood apart only by an invisible character composes.
        (&["e\u{200B}\u{301}"], &["é"]),
        (&["می\u{200C}خواهم", "<b>", "=1+1"], &["می\u{200C}خواهم", "<b>", "=1+1"]),
    ];
    for (typed, expected) in cases {
        assert_eq!(labels(typed).unwrap(), *expected, "{typed:?}");
    }
}

#[test]
fn limits_count_what_is_left() {
    let long = "à".repeat(60);
    let padded = format!("  {long}\u{200B}\u{202E} ");
    assert_eq!(labels(&[&padded]).unwrap(), [long.as_str()]);
    assert_eq!(labels(&["a\u{300}".repeat(60).as_str()]).unwrap(), [long.as_str()]);
    let error = labels(&[&format!("{long}b")]).unwrap_err();
    assert!(matches!(error, RuleError::LongLabel { found: 61, limit: 60, .. }), "{error:?}");

    let twelve: Vec<String> = (0..12).map(|i| format!("l{i}")).collect();
    let joined = twelve.join(";");
    assert_eq!(labels(&[&joined, "L0", " ", &joined]).unwrap(), twelve);
    assert_eq!(labels(&[&joined, "x"]), Err(RuleError::TooManyLabels { found: 13, limit: 12 }));
}

proptest! {
    #[test]
    fn normalising_twice_is_normalising_once(
        typed in prop::collection::vec(prop_oneof![any::<String>(), "[a-c; \u{300}\u{301}\u{200B}-\u{200F}\u{37E}\u{1100}-\u{1112}\u{1161}-\u{1175}]{0,12}"], 0..8),
    ) {
        let rules = GameRules::default().label_chars(1000).most_labels(1000);
        let once = rules.labels(&typed).unwrap();
        prop_assert_eq!(rules.labels(&once).unwrap(), once.clone());
        for label in &once {
            prop_assert!(!label.is_empty() && label.trim() == label && !label.contains("  "));
            prop_assert!(!label.contains(';') && !label.chars().any(char::is_control));
        }
        // games.csv joins them by semicolons and gives the same back.
        prop_assert_eq!(rules.labels(&[once.join(";")]).unwrap(), once);
    }
}
