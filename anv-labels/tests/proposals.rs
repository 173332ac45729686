//! Proposals for a dictionary: found, explained, and never applied.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

use std::fs;

use anv_labels::*;
use proptest::prelude::*;

fn vocabulary(words: &[(&str, u64)]) -> Vocabulary {
    words.iter().copied().collect()
}

fn found(words: &[(&str, u64)], word_net: Option<&WordNet>) -> Vec<String> {
    let proposals = propose(&vocabulary(words), &ProposeParams::default(), word_net).unwrap();
    proposals.iter().map(|p| format!("{} -> {} ({})", p.raw, p.target, p.reason)).collect()
}

#[test]
fn inflections_lead_to_the_commonest_form() {
    assert_eq!(
        found(&[("leaf", 1), ("branches", 4), ("branch", 2), ("alberi", 1), ("albero", 3)], None),
        [
            "branch -> branches (inflection: same stem branch (en))",
            "alberi -> albero (inflection: same stem alber (it))",
        ]
    );
}

#[test]
fn only_words_that_could_be_italian_are_stemmed_as_such() {
    assert_eq!(
        found(&[("chin", 3), ("china", 4), ("cane", 4), ("cani", 1)], None),
        ["cani -> cane (inflection: same stem can (it))"]
    );
}

#[test]
fn misspellings_lead_to_a_much_commoner_word() {
    assert_eq!(
        found(&[("tree", 9), ("tere", 1), ("free", 5)], None),
        ["tere -> tree (spelling: edit distance 1)"]
    );
    assert_eq!(
        found(&[("parachute", 20), ("parachtue", 2), ("parashutte", 1)], None),
        [
            "parachtue -> parachute (spelling: edit distance 1)",
            "parashutte -> parachute (spelling: edit distance 2)",
        ]
    );
    // Short words are too close to each other, equally common words are both meant.
    assert!(found(&[("log", 9), ("leg", 1), ("wood", 5), ("hood", 4)], None).is_empty());
}

/// Entries in the format of the WordNet database; offsets count bytes, so they are filled in here.
fn small_word_net(folder: &std::path::Path) {
    let header = "  1 a licence, indented\n";
    let mut data = header.to_owned();
    let mut offsets = Vec::new();
    let entries = [
        "06 n 03 pillar 0 column 0 pilaster 0 000 | a tall vertical structure that supports; \"a row of columns\"",
        "04 n 02 tower 0 column 0 000 | a high structure",
        "18 n 01 column 0 000 | an article in a newspaper",
    ];
    for entry in entries {
        offsets.push(data.len());
        data += &format!("{:08} {entry}  \n", data.len());
    }
    let [a, b, c] = [offsets[0], offsets[1], offsets[2]];
    let index = format!(
        "{header}column n 3 1 @ 3 1 {c:08} {a:08} {b:08}  \npilaster n 1 1 @ 1 0 {a:08}  \n\
         pillar n 1 2 @ ~ 1 1 {a:08}  \ntower n 1 0 1 1 {b:08}  \n"
    );
    fs::write(folder.join("data.noun"), data).unwrap();
    fs::write(folder.join("index.noun"), index).unwrap();
}

#[test]
fn synonyms_share_one_of_their_first_senses() {
    let folder = tempfile::tempdir().unwrap();
    small_word_net(folder.path());
    let word_net = WordNet::open(folder.path()).unwrap();
    assert_eq!(word_net.len(), 4);
    // "column" has "tower" as its third sense only, which is not looked at here.
    let params = ProposeParams { senses: 2, ..ProposeParams::default() };
    let words = vocabulary(&[("pillar", 5), ("column", 3), ("pilaster", 1), ("tower", 9)]);
    let proposals = propose(&words, &params, Some(&word_net)).unwrap();
    let found: Vec<_> =
        proposals.iter().map(|p| format!("{} -> {} ({})", p.raw, p.target, p.reason)).collect();
    assert_eq!(
        found,
        [
            "column -> pillar (synonym: a tall vertical structure that supports)",
            "pilaster -> pillar (synonym: a tall vertical structure that supports)",
        ]
    );
}

#[test]
fn a_broken_word_net_names_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(WordNet::open(folder.path()), Err(Error::Io { .. })));
    for line in ["column", "column n x 0 1 1 5", "column n 2 0 1 1 5", "column n 1 0 1 1 x"] {
        fs::write(folder.path().join("index.noun"), format!("  licence\n{line}\n")).unwrap();
        let error = WordNet::open(folder.path()).unwrap_err().to_string();
        assert!(error.starts_with("line 2 of ") && error.contains("index.noun: "), "{error}");
    }
    fs::write(folder.path().join("index.noun"), "a n 1 0 1 1 5\nb n 1 0 1 1 5\n").unwrap();
    fs::write(folder.path().join("data.noun"), "nothing here\n").unwrap();
    let word_net = WordNet::open(folder.path()).unwrap();
    let words = vocabulary(&[("a", 1), ("b", 2)]);
    let error = propose(&words, &ProposeParams::default(), Some(&word_net)).unwrap_err().to_string();
    assert!(error.ends_with("the index points at no entry"), "{error}");
}

#[test]
fn accepted_proposals_are_a_dictionary() {
    let proposals =
        propose(&vocabulary(&[("handle", 9), ("handles", 2)]), &ProposeParams::default(), None).unwrap();
    let mut csv = Vec::new();
    write_proposals(&proposals, Some("chainsaw"), &mut csv).unwrap();
    assert_eq!(
        String::from_utf8(csv.clone()).unwrap(),
        "raw,final,class,reason,raw_games,final_games\n\
         handles,handle,chainsaw,inflection: same stem handl (en),2,9\n"
    );
    let (dictionary, _) = Dictionary::read(&*csv, &ReadOptions::default()).unwrap();
    assert_eq!(dictionary.entries(), [proposals[0].accept().class("chainsaw")]);
}

#[test]
fn nothing_is_applied_by_itself() {
    let games = "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels\n\
                 1,a,i,1,0,church,church,0,tree\n2,b,i,1,0,church,church,0,trees\n";
    let (games, _) = Games::read(games.as_bytes(), &ReadOptions::default()).unwrap();
    let cleaner = Cleaner::new(&CleanParams::default(), &Dictionary::default()).unwrap();
    let cleaned = CleanedGames::new(&games, &cleaner).unwrap();
    let vocabulary = Vocabulary::new(&cleaned, Some("church"));
    assert_eq!(vocabulary.iter().collect::<Vec<_>>(), [("tree", 1), ("trees", 1)]);
    assert!(Vocabulary::new(&cleaned, Some("tench")).iter().next().is_none());
    let proposals = propose(&vocabulary, &ProposeParams::default(), None).unwrap();
    assert_eq!(proposals.len(), 1);
    let dictionary = Dictionary::new(proposals.iter().map(Proposal::accept)).unwrap();
    let accepted =
        CleanedGames::new(&games, &Cleaner::new(&CleanParams::default(), &dictionary).unwrap()).unwrap();
    assert_eq!(cleaned.vocabulary().len(), 2);
    assert_eq!(accepted.vocabulary().len(), 1);
}

proptest! {
    /// Comparing each word with each, without the index of deletions.
    #[test]
    fn the_deletion_index_misses_no_misspelling(words in prop::collection::btree_map("[ab]{3,9}", 1u64..40, 1..30)) {
        let vocabulary: Vocabulary = words.clone().into_iter().collect();
        let params = ProposeParams { languages: vec![], ..ProposeParams::default() };
        let proposals = propose(&vocabulary, &params, None).unwrap();
        for (word, &games) in &words {
            let most = match word.len() { 0..=3 => 0, 4..=7 => 1, _ => 2 };
            let nearest = words.iter()
                .filter(|(other, common)| *other != word && **common >= games * 3)
                .map(|(other, _)| strsim::osa_distance(word, other))
                .min()
                .filter(|&d| d <= most);
            let found = proposals.iter().find(|p| p.raw == *word);
            prop_assert_eq!(found.map(|p| strsim::osa_distance(&p.raw, &p.target)), nearest);
        }
        // The accepted proposals are never a circle.
        Dictionary::new(proposals.iter().map(Proposal::accept)).unwrap();
    }
}
