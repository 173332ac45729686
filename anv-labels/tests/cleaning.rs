//! Cleaning: what each rule does, and that a clean label stays as it is.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use anv_labels::*;
use common::{cleaner, games};
use proptest::prelude::*;

fn with(entries: &[Entry]) -> Cleaner {
    let dictionary = Dictionary::new(entries.to_vec()).unwrap();
    Cleaner::new(&CleanParams::default().class_name("chainsaw", "motosega"), &dictionary).unwrap()
}

fn steps(cleaner: &Cleaner, class: &str, raw: &str) -> Vec<(String, Option<String>, Rule)> {
    cleaner.clean(class, raw).steps.into_iter().map(|s| (s.word, s.label, s.rule)).collect()
}

#[test]
fn each_rule_in_turn() {
    let cleaner = with(&[Entry::new("colonna", "pillar"), Entry::drop("grigio")]);
    let cases: &[(&str, &str, &[&str], Rule)] = &[
        ("chainsaw", "Tree ", &["tree"], Rule::Normalized),
        ("chainsaw", "tree!", &["tree"], Rule::Normalized),
        ("chainsaw", "cafe\u{301}", &["caf\u{e9}"], Rule::Normalized),
        ("chainsaw", "green tree", &["green", "tree"], Rule::Split),
        ("chainsaw", "tree_bark", &["tree", "bark"], Rule::Split),
        ("chainsaw", "colonna", &["pillar"], Rule::Dictionary),
        ("chainsaw", "grigio", &[], Rule::DictionaryDrop),
        ("chainsaw", "the", &[], Rule::StopWord),
        ("chainsaw", "dell'", &[], Rule::StopWord),
        ("chainsaw", "Looks", &[], Rule::ExtraWord),
        ("chainsaw", "sembra", &[], Rule::ExtraWord),
        ("chainsaw", "chainsaws", &[], Rule::ClassName),
        ("chainsaw", "Motosega", &[], Rule::ClassName),
        ("gas pump", "gas pump", &[], Rule::ClassName),
        ("grand_piano", "Grand piano", &[], Rule::ClassName),
        ("tench, Tinca tinca", "tinca tinca", &[], Rule::ClassName),
        ("chainsaw", "42", &[], Rule::Number),
        ("chainsaw", "x", &[], Rule::SingleLetter),
        ("chainsaw", "?!", &[], Rule::NoWord),
        ("chainsaw", "", &[], Rule::NoWord),
    ];
    for (class, raw, labels, rule) in cases {
        let cleaned = cleaner.clean(class, raw);
        assert_eq!(cleaned.labels, *labels, "{raw:?}");
        assert!(
            !cleaned.steps.is_empty() && cleaned.steps.iter().all(|s| s.rule == *rule),
            "{raw:?} {cleaned:?}"
        );
    }
}

#[test]
fn only_the_whole_class_name_is_dropped_and_only_in_its_context() {
    let cleaner = cleaner();
    assert_eq!(cleaner.clean("gas pump", "pump").labels, ["pump"]);
    assert_eq!(cleaner.clean("gas pump", "old gas pump station").labels, ["old", "station"]);
    assert_eq!(cleaner.clean("church", "gas pump").labels, ["gas", "pump"]);
    assert_eq!(cleaner.clean("cougar_face", "face").labels, ["face"]);
}

#[test]
fn apostrophes_join_articles_and_not_words() {
    let cleaner = cleaner();
    assert_eq!(cleaner.clean("church", "l'albero dell'orto").labels, ["albero", "orto"]);
    assert_eq!(cleaner.clean("church", "driver’s seat, isn't it").labels, ["driver", "seat"]);
}

#[test]
fn other_scripts_are_words_too() {
    let cleaner = cleaner();
    assert_eq!(cleaner.clean("church", "КОЛОКОЛ и крест").labels, ["колокол", "крест"]);
    assert_eq!(cleaner.clean("church", "塔").labels, ["塔"]);
    assert_eq!(cleaner.clean("gas pump", "the Q8 logo 3").labels, ["q8", "logo"]);
}

#[test]
fn dictionary_phrases_chains_classes_and_stop_words() {
    let cleaner = with(&[
        Entry::new("sega a catena", "sawchain"),
        Entry::new("columns", "column"),
        Entry::new("column", "pillar"),
        Entry::new("campanile", "bell tower"),
        Entry::new("esso", "esso").class("gas pump"),
        Entry::new("logo", "brand"),
        Entry::new("logo", "logo").class("gas pump"),
        Entry::new("2", "two"),
    ]);
    assert_eq!(cleaner.clean("church", "la Sega a Catena nuova").labels, ["sawchain", "nuova"]);
    assert_eq!(cleaner.clean("church", "columns").labels, ["pillar"]);
    assert_eq!(cleaner.clean("church", "2 columns").labels, ["two", "pillar"]);
    assert_eq!(cleaner.clean("church", "campanile").labels, ["bell tower"]);
    assert_eq!(cleaner.clean("church", "bell tower").labels, ["bell tower"]);
    assert!(cleaner.clean("church", "bell tower").steps.is_empty());
    assert_eq!(cleaner.clean("gas pump", "Esso logo").labels, ["esso", "logo"]);
    assert_eq!(cleaner.clean("church", "Esso logo").labels, ["brand"]);
    assert_eq!(
        steps(&cleaner, "church", "Esso logo"),
        [("esso".into(), None, Rule::ExtraWord), ("logo".into(), Some("brand".into()), Rule::Dictionary)]
    );
}

#[test]
fn a_dictionary_that_contradicts_itself_is_refused() {
    let errors = [
        vec![Entry::new("a b", "c"), Entry::new("A  B!", "d")],
        vec![Entry::new("aa", "bb"), Entry::new("bb", "cc"), Entry::new("cc", "aa")],
        vec![Entry::new("aa", "bb"), Entry::new("bb", "aa").class("church")],
        vec![Entry::new("?", "aa")],
        vec![Entry::new("aa", "?")],
    ];
    let texts: Vec<_> = errors.map(|e| Dictionary::new(e).unwrap_err().to_string()).into();
    assert_eq!(
        texts,
        [
            "line 2 of dictionary: `A  B!` is already in line 1",
            "the dictionary sends `aa` in a circle",
            "the dictionary sends `aa` in a circle",
            "line 1 of dictionary: column `raw` is `?`: expected at least one letter or digit",
            "line 1 of dictionary: column `final` is `?`: expected at least one letter or digit",
        ]
    );
    // The same entry twice, or a word that stays as it is, contradicts nothing.
    Dictionary::new([Entry::new("a b", "c"), Entry::new("a b", "c"), Entry::new("dd", "dd")]).unwrap();
}

#[test]
fn an_unknown_language_is_an_error() {
    let params = CleanParams { languages: vec!["xx".into()], ..CleanParams::default() };
    let error = Cleaner::new(&params, &Dictionary::default()).unwrap_err().to_string();
    assert_eq!(
        error,
        "language is xx: expected two letters of a language with stop-words, such as `en` or `it`"
    );
}

#[test]
fn every_rewrite_is_counted_and_a_label_counts_once_a_game() {
    let games = games(
        "1,a,i,1,0,church,church,0,The Roof;roof\n2,b,i,1,0,church,church,0,the roof\n3,c,i,1,0,church,church,0,The Roof\n",
    );
    let cleaned = CleanedGames::new(&games, &cleaner()).unwrap();
    for game in 0..3 {
        assert_eq!(cleaned.labels_of(game).map(|l| l.to_string()).collect::<Vec<_>>(), ["roof"]);
    }
    let mut csv = Vec::new();
    cleaned.write_rewrites(&mut csv).unwrap();
    assert_eq!(
        String::from_utf8(csv).unwrap(),
        "class,raw,word,final,rule,games\n\
         church,The Roof,the,,stop_word,2\nchurch,The Roof,roof,roof,split,2\n\
         church,the roof,the,,stop_word,1\nchurch,the roof,roof,roof,split,1\n"
    );
}

#[test]
fn a_written_dictionary_reads_back_equal() {
    let dictionary = Dictionary::new([
        Entry::new("=cmd()", "cmd"),
        Entry::drop("@home"),
        Entry::new("esso", "esso").class("gas pump"),
    ])
    .unwrap();
    let mut csv = Vec::new();
    dictionary.write(&mut csv).unwrap();
    assert!(String::from_utf8_lossy(&csv).contains("\n'=cmd(),cmd,"));
    assert_eq!(Dictionary::read(&*csv, &ReadOptions::default()).unwrap().0, dictionary);
}

fn entries() -> impl Strategy<Value = Vec<Entry>> {
    let text = "[a-c]{1,2}( [a-c]{1,2}){0,2}";
    let entry = (text, prop::option::of(text), prop::option::of("(church|a b)"));
    prop::collection::vec(entry.prop_map(|(raw, target, class)| Entry { raw, target, class }), 0..8)
}

fn check_idempotent(cleaner: &Cleaner, class: &str, raw: &str) -> Result<(), TestCaseError> {
    for label in cleaner.clean(class, raw).labels {
        let again = cleaner.clean(class, &label);
        prop_assert_eq!(&again.labels, &vec![label.clone()]);
        prop_assert!(again.steps.is_empty(), "{:?}", again.steps);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn cleaning_twice_changes_nothing(raw in any::<String>()) {
        check_idempotent(&cleaner(), "church", &raw)?;
    }

    #[test]
    fn nor_with_letters_marks_and_signs_that_combine(raw in "[a-dİIıßΣσς\u{301}\u{308}\u{345}가각\u{1100}\u{1161}'’_. \u{200d}\u{ad}\u{e000}ก็日の한𝐀]{0,12}") {
        check_idempotent(&cleaner(), "church", &raw)?;
    }

    #[test]
    fn nor_with_a_dictionary(entries in entries(), raw in "[a-c]{1,2}( [a-c]{1,2}){0,4}", class in "(church|a b|c)") {
        // Circles and contradictions are refused; everything else must be stable.
        if let Ok(dictionary) = Dictionary::new(entries) {
            let params = CleanParams { languages: vec![], extra_words: vec!["ab".into()], ..CleanParams::default() };
            check_idempotent(&Cleaner::new(&params, &dictionary).unwrap(), &class, &raw)?;
        }
    }
}
