//! Misspellings: few letters away from a much commoner word.

use std::collections::{BTreeSet, HashMap};

use super::{ProposeParams, Reason, Vocabulary};

/// Longer words are left alone: nobody types them by mistake, and their deletions would fill the memory.
const LONGEST: usize = 32;

/// Letters that may differ in a word of this length. Short words are too close to other words to say.
fn allowed(length: usize) -> usize {
    match length {
        0..=3 => 0,
        4..=7 => 1,
        8..=LONGEST => 2,
        _ => 0,
    }
}

/// Every text that `word` becomes when up to `most` letters are left out, itself included.
///
/// Two words at most `most` edits apart share one of these (the idea of symmetric deletion), so only words that do are
/// ever compared, instead of each with each.
fn deletions(word: &str, most: usize) -> BTreeSet<String> {
    let mut all = BTreeSet::from([word.to_owned()]);
    let mut last = all.clone();
    for _ in 0..most {
        let mut shorter = BTreeSet::new();
        for text in &last {
            for (at, letter) in text.char_indices() {
                shorter.insert([&text[..at], &text[at + letter.len_utf8()..]].concat());
            }
        }
        all.extend(shorter.iter().cloned());
        last = shorter;
    }
    all
}

pub(super) fn find(
    vocabulary: &Vocabulary,
    params: &ProposeParams,
    add: &mut impl FnMut(&str, &str, Reason),
) {
    // A long word may be two letters away from one that is too short to have two letters of its own changed.
    const MOST: usize = 2;
    let mut by_deletion: HashMap<String, Vec<&str>> = HashMap::new();
    let usable = |word: &str| (3..=LONGEST + MOST).contains(&word.chars().count());
    for (word, _) in vocabulary.iter().filter(|(word, _)| usable(word)) {
        for text in deletions(word, MOST) {
            by_deletion.entry(text).or_default().push(word);
        }
    }
    for (word, games) in vocabulary.iter() {
        let most = allowed(word.chars().count());
        if most == 0 {
            continue;
        }
        let enough = games.saturating_mul(params.spelling_ratio.max(1));
        let near: BTreeSet<&str> = deletions(word, most)
            .iter()
            .flat_map(|t| by_deletion.get(t).into_iter().flatten().copied())
            .collect();
        let best = near
            .into_iter()
            .filter(|&other| {
                other != word && vocabulary.games(other) >= enough && vocabulary.commoner(other, word)
            })
            .map(|other| (strsim::osa_distance(word, other), other))
            .filter(|&(distance, _)| distance <= most)
            .min_by(|a, b| {
                a.0.cmp(&b.0).then_with(|| match vocabulary.commoner(a.1, b.1) {
                    true => std::cmp::Ordering::Less,
                    false => std::cmp::Ordering::Greater,
                })
            });
        if let Some((distance, other)) = best {
            add(word, other, Reason::Spelling { distance });
        }
    }
}
