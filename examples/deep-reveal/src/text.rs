//! What may be in text that people chose.

/// Whether a character is invisible and turns the direction of what is around it: in a name it would turn the rest of a
/// line, on a terminal as on a page.
pub(crate) fn turns_text(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
