//! Text for figures: made safe, measured, cut and wrapped.

/// Widths of the characters U+0020 to U+007E of the embedded font, in thousandths of the font size.
#[rustfmt::skip]
const REGULAR: [u16; 95] = [
    281, 278, 403, 631, 638, 812, 639, 222, 362, 362, 500, 659, 280, 460, 276, 357, 625, 464, 605, 636, 642,
    608, 624, 571, 616, 624, 276, 280, 659, 659, 659, 507, 936, 676, 651, 727, 719, 598, 587, 743, 740, 264,
    543, 652, 562, 889, 753, 761, 635, 761, 639, 638, 642, 741, 676, 949, 642, 665, 625, 362, 357, 362, 469,
    452, 497, 564, 621, 558, 621, 582, 361, 609, 591, 237, 237, 544, 237, 869, 585, 597, 609, 609, 372, 523,
    364, 581, 557, 812, 540, 557, 541, 362, 327, 362, 659,
];
#[rustfmt::skip]
const SEMI_BOLD: [u16; 95] = [
    248, 309, 396, 643, 649, 844, 663, 213, 393, 393, 543, 673, 295, 466, 290, 379, 667, 481, 621, 652, 666,
    632, 648, 587, 646, 648, 290, 295, 673, 673, 673, 544, 999, 724, 657, 744, 724, 608, 586, 755, 744, 275,
    561, 677, 566, 906, 741, 775, 643, 776, 651, 649, 660, 734, 724, 1007, 690, 705, 653, 393, 379, 393, 481,
    468, 497, 575, 630, 577, 630, 593, 377, 625, 613, 261, 261, 569, 261, 898, 610, 608, 625, 625, 397, 549,
    380, 608, 576, 837, 562, 576, 562, 393, 358, 393, 673,
];
/// Every other character counts as this wide: as wide as most letters with accents, a little more.
const OTHER: u16 = 690;
/// … but for those that fill a square: Chinese, Japanese, Korean, emoji.
const WIDE: u16 = 1050;
/// Characters of a name that are shown at most.
const LONGEST_NAME: usize = 160;

/// Weight of the font.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Weight {
    Regular,
    SemiBold,
}

/// Text without what no viewer should obey: control characters, characters that XML forbids and marks that turn the
/// direction of writing become U+FFFD; line breaks and tabs become spaces; what is longer than any name is cut.
pub(super) fn clean(text: &str) -> String {
    let safe = |c: char| match c {
        '\n' | '\r' | '\t' => ' ',
        '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{FFFE}' | '\u{FFFF}' => '\u{FFFD}',
        c if c.is_control() => '\u{FFFD}',
        c => c,
    };
    let mut out: String = text.chars().take(LONGEST_NAME).map(safe).collect();
    if text.chars().nth(LONGEST_NAME).is_some() {
        out.push('…');
    }
    out
}

/// Cleaned text, ready for the content and the quoted attributes of XML and HTML.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Width of `text` at `size`, in the same unit.
pub(super) fn width(text: &str, size: f64, weight: Weight) -> f64 {
    let table = match weight {
        Weight::Regular => &REGULAR,
        Weight::SemiBold => &SEMI_BOLD,
    };
    let char_width = |c: char| {
        let c = if c == '\u{a0}' { ' ' } else { c };
        match c {
            '\u{300}'..='\u{36F}' | '\u{200B}'..='\u{200F}' | '\u{FE00}'..='\u{FE0F}' => 0,
            _ if is_wide(c) => WIDE,
            _ => (c as usize).checked_sub(32).and_then(|i| table.get(i)).copied().unwrap_or(OTHER),
        }
    };
    text.chars().map(|c| f64::from(char_width(c))).sum::<f64>() * size / 1000.0
}

fn is_wide(c: char) -> bool {
    matches!(c, '\u{1100}'..='\u{115F}' | '\u{2E80}'..='\u{A4CF}' | '\u{AC00}'..='\u{D7A3}'
        | '\u{F900}'..='\u{FAFF}' | '\u{FE30}'..='\u{FE6F}' | '\u{FF00}'..='\u{FF60}'
        | '\u{FFE0}'..='\u{FFE6}' | '\u{1F000}'..='\u{1FAFF}' | '\u{20000}'..='\u{3FFFD}')
}

/// `text`, cut with an ellipsis where it is wider than `room`.
pub(super) fn fit(text: &str, size: f64, weight: Weight, room: f64) -> String {
    if width(text, size, weight) <= room {
        return text.to_owned();
    }
    let mut kept: Vec<char> = text.chars().collect();
    loop {
        kept.pop();
        let cut = format!("{}…", kept.iter().collect::<String>().trim_end());
        if kept.is_empty() || width(&cut, size, weight) <= room {
            return cut;
        }
    }
}

/// Lines of at most `room`, broken between words; a word that is wider is cut.
pub(super) fn wrap(text: &str, size: f64, weight: Weight, room: f64) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let word = fit(word, size, weight, room);
        match lines.last_mut() {
            Some(line) if width(&format!("{line} {word}"), size, weight) <= room => {
                line.push(' ');
                line.push_str(&word);
            }
            _ => lines.push(word),
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_active_survives() {
        let text = escape(&clean("<script>alert('x')</script> & \"q\" \u{0}\u{8}\u{202E}\u{FFFF}\n\t"));
        assert_eq!(
            text,
            "&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt; &amp; &quot;q&quot; \u{FFFD}\u{FFFD}\u{FFFD}\u{FFFD}  "
        );
    }

    #[test]
    fn long_text_is_cut_and_wrapped() {
        let long = "a word after another and then some more of them";
        let cut = fit(long, 10.0, Weight::Regular, 80.0);
        assert!(cut.ends_with('…') && width(&cut, 10.0, Weight::Regular) <= 80.0);
        assert_eq!(fit("short", 10.0, Weight::Regular, 80.0), "short");
        let lines = wrap(long, 10.0, Weight::SemiBold, 80.0);
        assert!(lines.len() > 2 && lines.iter().all(|l| width(l, 10.0, Weight::SemiBold) <= 80.0));
        assert_eq!(lines.join(" "), long);
        assert!(wrap("", 10.0, Weight::Regular, 80.0).is_empty());
        assert_eq!(fit("x", 10.0, Weight::Regular, 0.0), "…");
    }
}
