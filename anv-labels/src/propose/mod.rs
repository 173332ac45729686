//! Proposals for a dictionary: what might be the same word, and why. A person decides.

mod inflection;
mod spelling;
mod synonym;
mod wordnet;

use std::collections::BTreeMap;
use std::fmt;
use std::io::Write;

use anv_core::to_spreadsheet;

use crate::cleaned::CleanedGames;
use crate::dictionary::Entry;
use crate::error::Table;
use crate::{Error, Result};

pub use wordnet::WordNet;

/// Final labels with the number of games that gave them.
///
/// ```
/// use anv_labels::Vocabulary;
/// let vocabulary: Vocabulary = [("tree", 3), ("log", 1)].into_iter().collect();
/// assert_eq!(vocabulary.games("tree"), 3);
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Vocabulary {
    words: BTreeMap<String, u64>,
}

impl Vocabulary {
    /// The labels of all games, or of those on images that show `class`.
    pub fn new(games: &CleanedGames<'_>, class: Option<&str>) -> Self {
        let mut counts = vec![0u64; games.vocabulary().len()];
        for (place, game) in games.games().iter().enumerate() {
            if class.is_none_or(|class| class == game.true_class()) {
                games.numbers_of(place).iter().for_each(|&label| counts[label as usize] += 1);
            }
        }
        let words = games.vocabulary().iter().zip(counts).filter(|(_, games)| *games > 0);
        words.map(|(label, games)| (label.to_string(), games)).collect()
    }

    /// In how many games the word was given.
    pub fn games(&self, word: &str) -> u64 {
        self.words.get(word).copied().unwrap_or_default()
    }

    /// The words and their games, alphabetically.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, u64)> + Clone {
        self.words.iter().map(|(word, &games)| (&**word, games))
    }

    /// Whether `a` is the commoner word: more games, else shorter, else first in the alphabet.
    ///
    /// Proposals only ever lead to a commoner word, so they never lead in a circle.
    fn commoner(&self, a: &str, b: &str) -> bool {
        let rank = |w| (std::cmp::Reverse(self.games(w)), str::len(w), w);
        rank(a) < rank(b)
    }
}

impl<S: Into<String>> FromIterator<(S, u64)> for Vocabulary {
    fn from_iter<I: IntoIterator<Item = (S, u64)>>(words: I) -> Self {
        let mut all = Self::default();
        for (word, games) in words {
            *all.words.entry(word.into()).or_default() += games;
        }
        all
    }
}

/// What is looked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProposeParams {
    /// Languages whose inflections are looked for, as two letters: `en`, `it`, `de`, `es`, `fr`, `nl`, `pt`, …
    pub languages: Vec<String>,
    /// A misspelling must be at least this many times rarer than the word it is taken for.
    pub spelling_ratio: u64,
    /// Senses of a word that are looked at in a word net; common senses come first.
    pub senses: usize,
}

impl Default for ProposeParams {
    fn default() -> Self {
        Self { languages: vec!["en".into(), "it".into()], spelling_ratio: 3, senses: 3 }
    }
}

/// Why two words might be the same.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reason {
    /// They have the same stem.
    Inflection {
        /// The stem.
        stem: String,
        /// The language of the stemmer.
        language: String,
    },
    /// Few letters differ, and the other is much commoner.
    Spelling {
        /// Letters inserted, left out, replaced or swapped.
        distance: usize,
    },
    /// A word net has a meaning that both can have.
    Synonym {
        /// That meaning.
        meaning: String,
    },
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Inflection { stem, language } => write!(f, "inflection: same stem {stem} ({language})"),
            Self::Spelling { distance } => write!(f, "spelling: edit distance {distance}"),
            Self::Synonym { meaning } => write!(f, "synonym: {meaning}"),
        }
    }
}

/// A suggested dictionary entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The word to replace.
    pub raw: String,
    /// The commoner word to use instead.
    pub target: String,
    /// Why.
    pub reason: Reason,
    /// Games that gave `raw`.
    pub raw_games: u64,
    /// Games that gave `target`.
    pub target_games: u64,
}

impl Proposal {
    /// The proposal accepted.
    pub fn accept(&self) -> Entry {
        Entry::new(&self.raw, &self.target)
    }
}

/// Looks for words of `vocabulary` that might be the same: inflections by their stem, misspellings by edit distance
/// and frequency, and, when a word net is given, synonyms. At most one proposal a word, in that order of trust, by
/// falling number of games.
///
/// Nothing is merged here: proposals are suggestions with reasons, for a person to accept.
///
/// ```
/// use anv_labels::{ProposeParams, Vocabulary, propose};
/// let vocabulary: Vocabulary = [("handle", 9), ("handles", 2), ("hanlde", 1), ("log", 4)].into_iter().collect();
/// let proposals = propose(&vocabulary, &ProposeParams::default(), None)?;
/// let found: Vec<_> = proposals.iter().map(|p| format!("{} -> {}, {}", p.raw, p.target, p.reason)).collect();
/// assert_eq!(found, [
///     "handles -> handle, inflection: same stem handl (en)",
///     "hanlde -> handle, spelling: edit distance 1",
/// ]);
/// # Ok::<(), anv_labels::Error>(())
/// ```
///
/// # Errors
/// [`Error::Parameter`] for a language without a stemmer, [`Error::Io`] and [`Error::WordNet`] when a meaning cannot
/// be read.
pub fn propose(
    vocabulary: &Vocabulary,
    params: &ProposeParams,
    word_net: Option<&WordNet>,
) -> Result<Vec<Proposal>> {
    let mut found: BTreeMap<String, Proposal> = BTreeMap::new();
    let mut add = |raw: &str, target: &str, reason: Reason| {
        found.entry(raw.to_owned()).or_insert_with(|| Proposal {
            raw: raw.to_owned(),
            target: target.to_owned(),
            reason,
            raw_games: vocabulary.games(raw),
            target_games: vocabulary.games(target),
        });
    };
    inflection::find(vocabulary, params, &mut add)?;
    spelling::find(vocabulary, params, &mut add);
    if let Some(word_net) = word_net {
        synonym::find(vocabulary, params, word_net, &mut add)?;
    }
    let mut proposals: Vec<_> = found.into_values().collect();
    proposals.sort_by(|a, b| b.raw_games.cmp(&a.raw_games).then_with(|| a.raw.cmp(&b.raw)));
    Ok(proposals)
}

/// Writes proposals as CSV: `raw,final,class,reason,raw_games,final_games`. What a person leaves in the file is a
/// dictionary that [`Dictionary::read`](crate::Dictionary::read) takes.
///
/// # Errors
/// [`Error::Csv`] when the output cannot be written.
pub fn write_proposals(proposals: &[Proposal], class: Option<&str>, output: impl Write) -> Result<()> {
    let write = || {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(["raw", "final", "class", "reason", "raw_games", "final_games"])?;
        for p in proposals {
            writer.write_record([
                &*to_spreadsheet(&p.raw),
                &*to_spreadsheet(&p.target),
                &*to_spreadsheet(class.unwrap_or_default()),
                &*to_spreadsheet(&p.reason.to_string()),
                &p.raw_games.to_string(),
                &p.target_games.to_string(),
            ])?;
        }
        Ok(writer.flush()?)
    };
    write().map_err(|e: csv::Error| Error::Csv { action: "write", table: Table::Proposals, source: e.into() })
}
