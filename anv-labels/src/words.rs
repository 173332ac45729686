//! From a text to its words.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;
use unicode_segmentation::UnicodeSegmentation;

/// Characters that are not seen: they would make two equal words different.
fn invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{FEFF}')
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
/// normalised. Apostrophes, hyphens and underscores separate words.
pub(crate) fn words(text: &str) -> Vec<String> {
    let text = normalize(text);
    let separated: String =
        text.chars().map(|c| if c.is_alphanumeric() || is_combining_mark(c) { c } else { ' ' }).collect();
    separated.unicode_words().map(str::to_owned).collect()
}

/// Words joined by one space: the key under which a text is looked up.
pub(crate) fn key(text: &str) -> String {
    words(text).join(" ")
}

/// Whether a word is a number: no letter in it.
pub(crate) fn is_number(word: &str) -> bool {
    !word.chars().any(char::is_alphabetic)
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
