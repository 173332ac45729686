//! From a text to its words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Characters that are not seen: they would make two equal words different.
fn invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}' | '\u{FE0E}' | '\u{FE0F}')
}

/// Pictures that people type instead of words: 🐶 says what was recognised as well as `dog` does.
fn is_pictograph(c: char) -> bool {
    matches!(c, '\u{2600}'..='\u{27BF}' | '\u{2B50}' | '\u{2B55}' | '\u{1F000}'..='\u{1FAFF}')
}

/// Letters of scripts that are written without spaces, Chinese, Japanese, Thai and their neighbours: Unicode sees a
/// boundary at each of them, which is not one between words.
fn is_unspaced(c: char) -> bool {
    matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}' | '\u{3005}'..='\u{3007}'
        | '\u{3040}'..='\u{30FF}' | '\u{3400}'..='\u{4DBF}' | '\u{4E00}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
        | '\u{20000}'..='\u{3FFFF}')
}

/// Lower case, composed (NFC), without invisible characters.
pub(crate) fn normalize(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let lower: String = text.chars().filter(|&c| !invisible(c)).nfc().collect::<String>().to_lowercase();
    lower.nfc().collect()
}

/// The words of a text: runs of letters, digits and marks, split where Unicode (UAX 29) sees a boundary,
/// normalised. Apostrophes, hyphens and underscores separate words; a pictograph is a word; text in a script without
/// spaces stays together, for only a dictionary could divide it.
pub(crate) fn words(text: &str) -> Vec<String> {
    let text = normalize(text);
    let part_of_word = |c: char| c.is_alphanumeric() || is_combining_mark(c) || is_pictograph(c);
    let separated: String = text.chars().map(|c| if part_of_word(c) { c } else { ' ' }).collect();
    let mut words: Vec<String> = Vec::new();
    // Where the last word ended, if it can go on.
    let mut open_end = None;
    for (start, part) in separated.split_word_bound_indices() {
        if !part.contains(|c: char| c.is_alphanumeric() || is_pictograph(c)) {
            continue;
        }
        let unspaced = part.chars().all(|c| is_unspaced(c) || is_combining_mark(c));
        match words.last_mut() {
            Some(last) if unspaced && open_end == Some(start) => last.push_str(part),
            _ => words.push(part.to_owned()),
        }
        open_end = unspaced.then_some(start + part.len());
    }
    words
}

/// Words joined by one space: the key under which a text is looked up.
pub(crate) fn key(text: &str) -> String {
    words(text).join(" ")
}

/// Whether a word is a number: digits, and neither letter nor pictograph.
pub(crate) fn is_number(word: &str) -> bool {
    !word.chars().any(|c| c.is_alphabetic() || is_pictograph(c))
}

/// Whether a word is a single letter of an alphabet (a Chinese character is a word).
pub(crate) fn is_single_letter(word: &str) -> bool {
    let mut chars = word.chars().filter(|&c| !is_combining_mark(c));
    // Latin, Greek, Cyrillic and Armenian lie below U+0590.
    matches!((chars.next(), chars.next()), (Some(c), None) if c < '\u{590}')
}

/// Whether one is the other with a plural's `s` or `es`.
pub(crate) fn same_noun(a: &str, b: &str) -> bool {
    let (short, long) = if a.len() <= b.len() { (a, b) } else { (b, a) };
    match long.strip_prefix(short) {
        Some(rest) => matches!(rest, "" | "s" | "es"),
        None => short.strip_suffix('y').is_some_and(|stem| long.strip_prefix(stem) == Some("ies")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_many_scripts() {
        for (text, expected) in [
            ("The Bell-tower", &["the", "bell", "tower"][..]),
            ("l\u{2019}occhio d'un cane", &["l", "occhio", "d", "un", "cane"]),
            ("\u{1F436}", &["\u{1F436}"]),
            ("dog \u{1F436}\u{1F431}!", &["dog", "\u{1F436}", "\u{1F431}"]),
            ("\u{2764}\u{FE0F}", &["\u{2764}"]),
            ("\u{8D64}\u{3044}\u{8ECA}", &["\u{8D64}\u{3044}\u{8ECA}"]),
            ("\u{8D64}\u{3044}\u{3001}\u{8ECA}", &["\u{8D64}\u{3044}", "\u{8ECA}"]),
            (
                "\u{05DB}\u{05DC}\u{05D1} \u{0643}\u{0644}\u{0628}",
                &["\u{05DB}\u{05DC}\u{05D1}", "\u{0643}\u{0644}\u{0628}"],
            ),
            ("\u{0E2B}\u{0E21}\u{0E32}", &["\u{0E2B}\u{0E21}\u{0E32}"]),
            (" - _ ...", &[]),
        ] {
            assert_eq!(words(text), expected, "{text}");
            assert_eq!(words(&key(text)), expected, "{text}");
        }
    }

    #[test]
    fn pictographs_are_no_numbers() {
        assert!(is_number("42") && !is_number("\u{1F436}") && !is_number("4x4"));
    }
}
