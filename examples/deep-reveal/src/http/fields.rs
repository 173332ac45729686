//! What names, addresses and passwords may look like.

use unicode_normalization::UnicodeNormalization;

use crate::mail::is_address;

/// What is wrong with a field; the key names its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FieldProblem {
    /// A name that is too short or too long.
    #[error(
        "user name has another length: expected 2 to 30 characters, or one that is a letter of no Latin script"
    )]
    NameLength,
    /// A name with characters that belong to addresses, or without a letter or digit.
    #[error("user name has characters that it may not have: expected a letter or digit, no `@`")]
    NameCharacters,
    /// A name with characters that nobody can see.
    #[error("user name has invisible characters: expected none")]
    NameInvisible,
    /// A name that somebody has.
    #[error("user name is taken: expected another one")]
    NameTaken,
    /// Not an e-mail address.
    #[error("e-mail address cannot be one: expected user@host")]
    EmailInvalid,
    /// An address that somebody has.
    #[error("e-mail address is taken: expected another one")]
    EmailTaken,
    /// A password that is too short or too long.
    #[error("password has another length: expected 8 to 256 characters")]
    PasswordLength,
    /// A password that is the name or the address.
    #[error("password is the user name or the e-mail address: expected another one")]
    PasswordIsName,
}

impl FieldProblem {
    /// The name of its text.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            FieldProblem::NameLength => "register-name-length",
            FieldProblem::NameCharacters => "register-name-characters",
            FieldProblem::NameInvisible => "register-name-invisible",
            FieldProblem::NameTaken => "register-name-taken",
            FieldProblem::EmailInvalid => "register-email-invalid",
            FieldProblem::EmailTaken => "register-email-taken",
            FieldProblem::PasswordLength => "register-password-length",
            FieldProblem::PasswordIsName => "register-password-is-name",
        }
    }
}

/// A user name as it is kept: NFC, no space around it, single ones inside.
pub(crate) fn name(typed: &str) -> Result<String, FieldProblem> {
    // The longest name has 30 characters; nothing longer is worth normalising.
    if typed.len() > 1_000 {
        return Err(FieldProblem::NameLength);
    }
    let name = tidy(typed);
    if name.chars().any(is_invisible) {
        return Err(FieldProblem::NameInvisible);
    }
    if name.contains('@') || !name.chars().any(char::is_alphanumeric) {
        return Err(FieldProblem::NameCharacters);
    }
    // A single character is a whole name in some scripts.
    let shortest = if name.chars().all(is_other_letter) { 1 } else { 2 };
    if !(shortest..=30).contains(&name.chars().count()) {
        return Err(FieldProblem::NameLength);
    }
    Ok(name)
}

/// NFC and single spaces.
pub(crate) fn tidy(typed: &str) -> String {
    let nfc: String = typed.nfc().collect();
    nfc.split(' ').filter(|word| !word.is_empty()).collect::<Vec<_>>().join(" ")
}

/// An e-mail address, without space around it.
pub(crate) fn email(typed: &str) -> Result<String, FieldProblem> {
    let email: String = typed.trim().nfc().collect();
    let visible = !email.chars().any(|c| is_invisible(c) || c.is_whitespace());
    (visible && email.len() <= 254 && is_address(&email)).then_some(email).ok_or(FieldProblem::EmailInvalid)
}

/// A password as it is hashed: NFC, since keyboards differ in how they write one letter.
pub(crate) fn password(typed: &str, name: &str, email: &str) -> Result<String, FieldProblem> {
    if typed.len() > 4 * 256 || !(8..=256).contains(&typed.chars().count()) {
        return Err(FieldProblem::PasswordLength);
    }
    let password: String = typed.nfc().collect();
    let same = |other: &str| password.to_lowercase() == other.to_lowercase();
    if same(name) || same(email) { Err(FieldProblem::PasswordIsName) } else { Ok(password) }
}

/// A letter of a script other than Latin.
fn is_other_letter(c: char) -> bool {
    let latin = matches!(c,
        '\0'..='\u{36f}' | '\u{1d00}'..='\u{1dbf}' | '\u{1e00}'..='\u{1eff}' | '\u{2071}'..='\u{209c}'
        | '\u{2100}'..='\u{218f}' | '\u{24b6}'..='\u{24e9}' | '\u{2c60}'..='\u{2c7f}' | '\u{a720}'..='\u{a7ff}'
        | '\u{ab30}'..='\u{ab6f}' | '\u{fb00}'..='\u{fb06}' | '\u{ff21}'..='\u{ff5a}' | '\u{1d400}'..='\u{1d7ff}'
        | '\u{1f130}'..='\u{1f189}');
    c.is_alphabetic() && !latin
}

/// Control and format characters, fillers, private ones: a name with one could look like another name.
fn is_invisible(c: char) -> bool {
    let other_space = c.is_whitespace() && c != ' ';
    let format = matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}'
        | '\u{fe00}'..='\u{fe0f}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffd}' | '\u{1bca0}'..='\u{1bca3}'
        | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}');
    let private = matches!(c, '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}');
    c.is_control() || other_space || format || private
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_people_from_anywhere() {
        for good in
            ["ann", "Zoë", "李小龙", "O'Neil", "हिन्दी", "Ng", "anna_3", "Mary  Ann ", "李", "ひ", "김"]
        {
            assert!(name(good).is_ok(), "{good}");
        }
        assert_eq!(name("  Mary   Ann ").unwrap(), "Mary Ann");
        assert_eq!(name("Zoe\u{308}").unwrap(), "Zo\u{eb}");
        assert_eq!(name(&"é".repeat(30)).unwrap().chars().count(), 30);
    }

    #[test]
    fn names_that_could_be_mistaken_for_others() {
        for (bad, why) in [
            ("a", FieldProblem::NameLength),
            ("é", FieldProblem::NameLength),
            ("ａ", FieldProblem::NameLength),
            ("7", FieldProblem::NameLength),
            (&"李".repeat(31), FieldProblem::NameLength),
            (&"a".repeat(31), FieldProblem::NameLength),
            (&"a".repeat(2_000), FieldProblem::NameLength),
            ("", FieldProblem::NameCharacters),
            ("--", FieldProblem::NameCharacters),
            ("ann@example.org", FieldProblem::NameCharacters),
            ("an\u{200b}n", FieldProblem::NameInvisible),
            ("ann\u{202e}", FieldProblem::NameInvisible),
            ("an\nn", FieldProblem::NameInvisible),
            ("an\u{a0}n", FieldProblem::NameInvisible),
            ("an\0n", FieldProblem::NameInvisible),
            ("ann\u{e0041}", FieldProblem::NameInvisible),
        ] {
            assert_eq!(name(bad), Err(why), "{bad:?}");
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(email(" ann@example.org ").unwrap(), "ann@example.org");
        let long = format!("{}@example.org", "a".repeat(250));
        for bad in
            ["", "ann", "ann@", "@example.org", "a b@example.org", "ann@exam ple.org", "a@b@c.org", &long]
        {
            assert_eq!(email(bad), Err(FieldProblem::EmailInvalid), "{bad}");
        }
        assert_eq!(email("ann@example.org\r\nBcc: x@y.z"), Err(FieldProblem::EmailInvalid));
    }

    #[test]
    fn passwords() {
        let check = |typed: &str| password(typed, "Annabella", "ann@example.org");
        assert_eq!(check("pass word"), Ok("pass word".to_owned()));
        assert_eq!(check(" 8 chars "), Ok(" 8 chars ".to_owned()));
        assert_eq!(check("e\u{301}e\u{301}e\u{301}e\u{301}"), Ok("éééé".to_owned()));
        assert_eq!(check("seven 7"), Err(FieldProblem::PasswordLength));
        assert!(check(&"ß".repeat(256)).is_ok());
        assert_eq!(check(&"ß".repeat(257)), Err(FieldProblem::PasswordLength));
        assert_eq!(check("annabella"), Err(FieldProblem::PasswordIsName));
        assert_eq!(check("ANN@example.org"), Err(FieldProblem::PasswordIsName));
    }
}
