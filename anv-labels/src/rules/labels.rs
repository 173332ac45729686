//! Labels as players type them.

use std::collections::HashSet;

use unicode_normalization::UnicodeNormalization;

use super::error::RuleError;
use super::params::GameRules;
use crate::error::shorten;
use crate::words::normalize;

impl GameRules {
    /// What a round keeps of the labels typed: composed (NFC), without control characters, characters that turn the
    /// direction of writing and other invisible ones, spaces single and inside only, split at `;` (the separator of
    /// `games.csv`), nothing blank and nothing twice, whatever its case.
    ///
    /// ```
    /// let rules = anv_labels::GameRules::default();
    /// let typed = ["  red \t nose", "Red nose;ears", "\u{202E}\0", "👩\u{200D}🌾"].map(String::from);
    /// assert_eq!(rules.labels(&typed)?, ["red nose", "ears", "👩\u{200D}🌾"]);
    /// # Ok::<(), anv_labels::RuleError>(())
    /// ```
    ///
    /// # Errors
    /// [`RuleError::LongLabel`] and [`RuleError::TooManyLabels`], both by what is left.
    pub fn labels(&self, typed: &[String]) -> Result<Vec<String>, RuleError> {
        let (mut labels, mut seen) = (Vec::new(), HashSet::new());
        for text in typed {
            // Composed before it is split: U+037E becomes a semicolon.
            let text: String = text.chars().filter(|&c| !dropped(c)).nfc().collect();
            for part in text.split(';') {
                let label = part.split_whitespace().collect::<Vec<_>>().join(" ");
                if label.chars().all(blank) {
                    continue;
                }
                let chars = label.chars().count();
                if chars > self.label_chars {
                    let start = shorten(&label);
                    return Err(RuleError::LongLabel { start, found: chars, limit: self.label_chars });
                }
                if seen.insert(normalize(&label)) {
                    labels.push(label);
                }
            }
        }
        match labels.len() {
            found if found > self.most_labels => {
                Err(RuleError::TooManyLabels { found, limit: self.most_labels })
            }
            _ => Ok(labels),
        }
    }
}

/// Characters that are never kept: controls other than spaces, and format characters that hide or turn text.
/// U+200C and U+200D stay: Persian and emoji need them.
fn dropped(c: char) -> bool {
    c.is_control() && !c.is_whitespace()
        || matches!(c, '\u{AD}' | '\u{61C}' | '\u{180E}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{FEFF}'
            | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FFF9}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}')
}

/// Characters that show nothing by themselves.
fn blank(c: char) -> bool {
    c.is_whitespace()
        || matches!(c, '\u{34F}' | '\u{115F}' | '\u{1160}' | '\u{200C}' | '\u{200D}' | '\u{2800}' | '\u{3164}'
            | '\u{FE00}'..='\u{FE0F}' | '\u{FFA0}' | '\u{E0100}'..='\u{E01EF}')
}
