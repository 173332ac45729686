//! Words of one stem.

use std::collections::BTreeMap;

use rust_stemmers::{Algorithm, Stemmer};

use super::{ProposeParams, Reason, Vocabulary};
use crate::{Error, Result};

fn algorithm(language: &str) -> Result<Algorithm> {
    Ok(match language {
        "ar" => Algorithm::Arabic,
        "da" => Algorithm::Danish,
        "de" => Algorithm::German,
        "el" => Algorithm::Greek,
        "en" => Algorithm::English,
        "es" => Algorithm::Spanish,
        "fi" => Algorithm::Finnish,
        "fr" => Algorithm::French,
        "hu" => Algorithm::Hungarian,
        "it" => Algorithm::Italian,
        "nl" => Algorithm::Dutch,
        "no" => Algorithm::Norwegian,
        "pt" => Algorithm::Portuguese,
        "ro" => Algorithm::Romanian,
        "ru" => Algorithm::Russian,
        "sv" => Algorithm::Swedish,
        "ta" => Algorithm::Tamil,
        "tr" => Algorithm::Turkish,
        other => {
            return Err(Error::Parameter {
                name: "language",
                found: other.to_owned(),
                expected: "two letters of a language with a stemmer, such as `en` or `it`",
            });
        }
    })
}

/// The commonest form of each stem is the target of the others.
pub(super) fn find(
    vocabulary: &Vocabulary,
    params: &ProposeParams,
    add: &mut impl FnMut(&str, &str, Reason),
) -> Result<()> {
    for language in &params.languages {
        let stemmer = Stemmer::create(algorithm(language)?);
        let mut stems: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        let inflected = |word: &str| !word.contains(' ') && (language != "it" || ends_in_vowel(word));
        for (word, _) in vocabulary.iter().filter(|(word, _)| inflected(word)) {
            stems.entry(stemmer.stem(word).into_owned()).or_default().push(word);
        }
        for (stem, words) in stems {
            let Some(&target) =
                words.iter().reduce(|best, word| if vocabulary.commoner(word, best) { word } else { best })
            else {
                continue;
            };
            for word in words.into_iter().filter(|&word| word != target) {
                add(word, target, Reason::Inflection { stem: stem.clone(), language: language.clone() });
            }
        }
    }
    Ok(())
}

/// Italian nouns, adjectives and verbs end in a vowel, and the stemmer cuts it: to words of another language it does
/// that without reason (`china` would be a form of `chin`).
fn ends_in_vowel(word: &str) -> bool {
    word.ends_with(['a', 'e', 'i', 'o', 'u', 'à', 'è', 'é', 'ì', 'ò', 'ù'])
}
