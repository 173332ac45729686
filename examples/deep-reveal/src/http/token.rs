//! Tokens of sessions and forms.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use sha2::{Digest, Sha256};

use crate::random::random_bytes;

/// A bearer's secret of 256 bits, written as 64 hexadecimal digits; the database knows only its hash.
#[derive(Clone, PartialEq, Eq)]
pub struct Token(String);

impl Token {
    /// A new one.
    #[must_use]
    pub fn random() -> Self {
        Token(hex(&random_bytes()))
    }

    /// Reads what a cookie, a header or a path holds; `None` for anything but 64 lower-case hexadecimal digits.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let digit = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
        (text.len() == 64 && text.bytes().all(digit)).then(|| Token(text.to_owned()))
    }

    /// The text that its bearer keeps.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// SHA-256 in hexadecimal digits. The token has full entropy: nothing slower is needed.
    #[must_use]
    pub fn hash(&self) -> String {
        hex(&Sha256::digest(self.0.as_bytes()))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Makes and checks the hidden field of forms: an HMAC of the bearer's token.
#[derive(Clone)]
pub(crate) struct FormKey(Hmac<Sha256>);

impl FormKey {
    /// `secret` is shared by all servers of one database.
    pub(crate) fn new(secret: &[u8; 32]) -> Option<Self> {
        let mut mac = Hmac::new_from_slice(secret).ok()?;
        mac.update(b"deep-reveal form\0");
        Some(FormKey(mac))
    }

    /// The field's value for the bearer of `token`.
    pub(crate) fn sign(&self, token: &Token) -> String {
        hex(&self.mac(token).finalize().into_bytes())
    }

    /// Whether `field` is the value for the bearer of `token`, compared in constant time.
    pub(crate) fn verify(&self, token: &Token, field: &str) -> bool {
        unhex(field).is_some_and(|bytes| self.mac(token).verify_slice(&bytes).is_ok())
    }

    fn mac(&self, token: &Token) -> Hmac<Sha256> {
        let mut mac = self.0.clone();
        mac.update(token.0.as_bytes());
        mac
    }
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let digit = |nibble: u8| char::from(DIGITS[usize::from(nibble)]);
    bytes.iter().flat_map(|b| [digit(b >> 4), digit(b & 15)]).collect()
}

fn unhex(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> = text.chars().map(|c| c.to_digit(16).map(|d| d as u8)).collect::<Option<_>>()?;
    let bytes: Vec<u8> = digits.chunks(2).map(|pair| pair.iter().fold(0, |n, d| n << 4 | d)).collect();
    (digits.len() == 64).then(|| bytes.try_into().ok()).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_64_digits_and_its_hash_is_another() {
        let token = Token::random();
        assert_eq!(Token::parse(token.as_str()), Some(token.clone()));
        assert_ne!(token.hash(), token.as_str());
        assert_ne!(Token::random(), token);
        for bad in ["", "a", &"g".repeat(64), &"A".repeat(64), &"a".repeat(65)] {
            assert_eq!(Token::parse(bad), None, "{bad}");
        }
        assert_eq!(format!("{token:?}"), "Token(…)");
    }

    #[test]
    fn hash_is_sha256() {
        // sha256sum of 64 zeros as text.
        let token = Token::parse(&"0".repeat(64)).unwrap();
        assert_eq!(token.hash(), "60e05bd1b195af2f94112fa7197a5c88289058840ce7c6df9693756bc6250f55");
    }

    #[test]
    fn a_field_is_good_for_its_bearer_and_key_only() {
        let (ann, bob) = (Token::random(), Token::random());
        let key = FormKey::new(&[1; 32]).unwrap();
        let field = key.sign(&ann);
        assert!(key.verify(&ann, &field));
        assert!(!key.verify(&bob, &field));
        assert!(!FormKey::new(&[2; 32]).unwrap().verify(&ann, &field));
        assert!(!key.verify(&ann, ""));
        assert!(!key.verify(&ann, &field[..62]));
        assert!(!key.verify(&ann, &format!("{field}00")));
    }
}
