//! Words that share a meaning in a word net.

use std::collections::{BTreeMap, BTreeSet};

use super::wordnet::Synset;
use super::{ProposeParams, Reason, Vocabulary, WordNet};
use crate::Result;

pub(super) fn find(
    vocabulary: &Vocabulary,
    params: &ProposeParams,
    word_net: &WordNet,
    add: &mut impl FnMut(&str, &str, Reason),
) -> Result<()> {
    let mut words_of: BTreeMap<Synset, Vec<&str>> = BTreeMap::new();
    for (word, _) in vocabulary.iter() {
        for synset in word_net.senses(word, params.senses) {
            words_of.entry(synset).or_default().push(word);
        }
    }
    for (word, _) in vocabulary.iter() {
        // The word's own order of senses: the commonest shared meaning comes first.
        let senses: Vec<_> = word_net.senses(word, params.senses).collect();
        let mut seen = BTreeSet::new();
        let target = senses
            .iter()
            .flat_map(|s| words_of[s].iter().map(move |&other| (*s, other)))
            .filter(|&(_, other)| vocabulary.commoner(other, word) && seen.insert(other))
            .reduce(|best, next| if vocabulary.commoner(next.1, best.1) { next } else { best });
        if let Some((synset, other)) = target {
            add(word, other, Reason::Synonym { meaning: word_net.meaning(synset)? });
        }
    }
    Ok(())
}
