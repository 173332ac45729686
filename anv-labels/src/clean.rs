//! Cleaning: from what people typed to labels, with a reason for every change.

use std::collections::{BTreeMap, HashSet};

use serde::Serialize;

use crate::dictionary::Dictionary;
use crate::words::{is_number, is_single_letter, same_noun, words};
use crate::{Error, Result};

/// Words that describe the act of looking and not what is seen, English and Italian (thesis 5.1.4).
#[rustfmt::skip]
pub const DOMAIN_WORDS: &[&str] = &[
    // English
    "appears", "guess", "idk", "image", "left", "like", "look", "looking", "looks", "maybe", "perhaps", "photo",
    "picture", "probably", "recognise", "recognised", "recognize", "recognized", "right", "see", "seem", "seems",
    "seen", "something", "sort", "stuff", "thing", "things", "think", "visible",
    // Italian; "esso" and "essa" are pronouns that the list of stop-words lacks
    "boh", "cosa", "cose", "credo", "destra", "essa", "esso", "forse", "foto", "immagine", "pare", "penso",
    "probabilmente", "qualche", "qualcosa", "riconosco", "sembra", "sembrano", "sinistra", "tipo", "vede", "vedo",
    "visto",
];

/// How labels are cleaned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CleanParams {
    /// Languages whose stop-words are dropped, as two letters (`en`, `it`, … of the NLTK lists).
    pub languages: Vec<String>,
    /// More words to drop; by default [`DOMAIN_WORDS`].
    pub extra_words: Vec<String>,
    /// Further names of classes, for example translations; the class's own name is always dropped in its context.
    pub class_names: BTreeMap<String, Vec<String>>,
    /// Keep words that are numbers.
    pub keep_numbers: bool,
}

impl Default for CleanParams {
    fn default() -> Self {
        Self {
            languages: vec!["en".into(), "it".into()],
            extra_words: DOMAIN_WORDS.iter().map(|&w| w.to_owned()).collect(),
            class_names: BTreeMap::new(),
            keep_numbers: false,
        }
    }
}

impl CleanParams {
    /// Adds a further name of a class, for example its translation.
    #[must_use]
    pub fn class_name(mut self, class: impl Into<String>, name: impl Into<String>) -> Self {
        self.class_names.entry(class.into()).or_default().push(name.into());
        self
    }
}

/// Why a word became what it became.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rule {
    /// Only case, punctuation, spaces or the form of its Unicode characters changed.
    Normalized,
    /// It was one of several words.
    Split,
    /// The reviewed dictionary gave it another form, or kept what would have been dropped.
    Dictionary,
    /// The reviewed dictionary dropped it.
    DictionaryDrop,
    /// Dropped: a stop-word.
    StopWord,
    /// Dropped: one of [`CleanParams::extra_words`].
    ExtraWord,
    /// Dropped: a name of the class that the image shows.
    ClassName,
    /// Dropped: a number.
    Number,
    /// Dropped: a single letter.
    SingleLetter,
    /// Dropped: the text has no word.
    NoWord,
}

impl Rule {
    /// The rule's name in tables.
    pub fn name(self) -> &'static str {
        match self {
            Self::Normalized => "normalized",
            Self::Split => "split",
            Self::Dictionary => "dictionary",
            Self::DictionaryDrop => "dictionary_drop",
            Self::StopWord => "stop_word",
            Self::ExtraWord => "extra_word",
            Self::ClassName => "class_name",
            Self::Number => "number",
            Self::SingleLetter => "single_letter",
            Self::NoWord => "no_word",
        }
    }
}

/// What became of one word or phrase.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The word or phrase, normalised.
    pub word: String,
    /// The label it became; `None` when it was dropped.
    pub label: Option<String>,
    /// Why.
    pub rule: Rule,
}

/// What became of one raw label.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Cleaned {
    /// The labels, each once, in the order of the text.
    pub labels: Vec<String>,
    /// Every change; empty when the text was a clean label already.
    pub steps: Vec<Step>,
}

/// Turns raw labels into labels (thesis 3.5): words are split, stop-words, the class's own name, numbers and
/// single letters dropped, the rest looked up in the reviewed [`Dictionary`].
///
/// Cleaning a clean label changes nothing.
///
/// ```
/// use anv_labels::{CleanParams, Cleaner, Dictionary, Rule};
/// let params = CleanParams::default().class_name("chainsaw", "motosega");
/// let cleaner = Cleaner::new(&params, &Dictionary::default())?;
/// let cleaned = cleaner.clean("chainsaw", "it looks like a Motosega's orange MOTOR");
/// assert_eq!(cleaned.labels, ["orange", "motor"]);
/// assert!(cleaned.steps.iter().any(|s| s.word == "motosega" && s.rule == Rule::ClassName));
/// # Ok::<(), anv_labels::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Cleaner {
    dictionary: Dictionary,
    stop_words: HashSet<String>,
    extra_words: HashSet<String>,
    class_names: BTreeMap<String, Vec<String>>,
    keep_numbers: bool,
}

impl Cleaner {
    /// A cleaner with these settings.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a language without a list of stop-words.
    pub fn new(params: &CleanParams, dictionary: &Dictionary) -> Result<Self> {
        let mut stop_words = HashSet::new();
        for language in &params.languages {
            let list = stop_words::lookup(language).ok_or_else(|| Error::Parameter {
                name: "language",
                found: language.clone(),
                expected: "two letters of a language with stop-words, such as `en` or `it`",
            })?;
            // Lists have entries such as "don't": their pieces are words here.
            stop_words.extend(list.iter().flat_map(|word| words(word)));
        }
        Ok(Self {
            dictionary: dictionary.clone(),
            stop_words,
            extra_words: params.extra_words.iter().flat_map(|word| words(word)).collect(),
            class_names: params.class_names.clone(),
            keep_numbers: params.keep_numbers,
        })
    }

    /// Cleans one raw label of an image that shows `class`.
    pub fn clean(&self, class: &str, raw: &str) -> Cleaned {
        self.clean_with(&self.names_of(class), class, raw)
    }

    /// The names of a class as words: its own, comma-separated alternatives of it, and those of the parameters.
    pub(crate) fn names_of(&self, class: &str) -> Vec<Vec<String>> {
        let more = self.class_names.get(class).into_iter().flatten();
        let names = class.split(',').chain(more.map(String::as_str));
        names.map(words).filter(|name| !name.is_empty()).collect()
    }

    pub(crate) fn clean_with(&self, names: &[Vec<String>], class: &str, raw: &str) -> Cleaned {
        let words = words(raw);
        let mut cleaned = Cleaned::default();
        if words.is_empty() {
            let step = Step { word: raw.to_owned(), label: None, rule: Rule::NoWord };
            return Cleaned { steps: vec![step], ..cleaned };
        }
        let mut at = 0;
        while at < words.len() {
            let (step, taken) = self.step(names, class, &words[at..]);
            at += taken;
            if let Some(label) = &step.label
                && !cleaned.labels.contains(label)
            {
                cleaned.labels.push(label.clone());
            }
            cleaned.steps.push(step);
        }
        for step in &mut cleaned.steps {
            // Looking a label up in the dictionary and finding itself is no rewrite by the dictionary.
            let kept = step.label.as_deref() == Some(&*step.word) && step.rule == Rule::Dictionary;
            if kept && !self.dropped_without_dictionary(&step.word) {
                step.rule = Rule::Split;
            }
            if step.rule == Rule::Split && words.len() == step.word.split(' ').count() {
                step.rule = Rule::Normalized;
            }
        }
        if cleaned.labels.len() == 1 && cleaned.labels[0] == raw {
            cleaned.steps.clear();
        }
        cleaned
    }

    /// What becomes of the first word or phrase of `words`, and how many words it has.
    fn step(&self, names: &[Vec<String>], class: &str, words: &[String]) -> (Step, usize) {
        let named = names.iter().map(|name| name_at(name, words)).max().unwrap_or(0);
        let longest = self.dictionary.longest().min(words.len());
        for taken in (1..=longest).rev().take_while(|&taken| taken >= named) {
            let phrase = words[..taken].join(" ");
            if let Some(found) = self.dictionary.find(class, &phrase) {
                let rule = if found.is_some() { Rule::Dictionary } else { Rule::DictionaryDrop };
                return (Step { word: phrase, label: found.map(str::to_owned), rule }, taken);
            }
        }
        if named > 0 {
            return (Step { word: words[..named].join(" "), label: None, rule: Rule::ClassName }, named);
        }
        let word = words[0].clone();
        let step = match self.drop_rule(&word) {
            Some(rule) => Step { word, label: None, rule },
            None => Step { label: Some(word.clone()), word, rule: Rule::Split },
        };
        (step, 1)
    }

    fn drop_rule(&self, word: &str) -> Option<Rule> {
        if self.stop_words.contains(word) {
            Some(Rule::StopWord)
        } else if self.extra_words.contains(word) {
            Some(Rule::ExtraWord)
        } else if is_number(word) {
            (!self.keep_numbers).then_some(Rule::Number)
        } else {
            is_single_letter(word).then_some(Rule::SingleLetter)
        }
    }

    fn dropped_without_dictionary(&self, phrase: &str) -> bool {
        !phrase.contains(' ') && self.drop_rule(phrase).is_some()
    }
}

/// Words of `name` at the start of `words` (singular or plural), 0 when it is not there.
fn name_at(name: &[String], words: &[String]) -> usize {
    let there = words.len() >= name.len() && name.iter().zip(words).all(|(n, w)| same_noun(n, w));
    if there { name.len() } else { 0 }
}
