//! Names of rows: random, so that nobody can guess another one.

use std::fmt;

use serde::{Deserialize, Serialize};

macro_rules! ids {
    ($($(#[$docs:meta])* $name:ident)*) => { $(
        $(#[$docs])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// The id as it is stored.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            pub(crate) fn random() -> Self {
                Self(random_id())
            }
        }

        /// Any text may be asked for; most names no row. What cannot be an id becomes the empty one, which names none.
        impl<T: Into<String>> From<T> for $name {
            fn from(text: T) -> Self {
                let text = text.into();
                match text.len() <= 64 && text.bytes().all(|b| b.is_ascii_alphanumeric()) {
                    true => Self(text),
                    false => Self(String::new()),
                }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )* };
}

ids! {
    /// A player.
    PlayerId
    /// A round of a player.
    RoundId
    /// A cluster map of a photo.
    MapId
    /// A photo of a campaign.
    PhotoId
    /// A campaign.
    CampaignId
}

/// 128 random bits in 26 letters and digits that are hard to confuse (Crockford's base32).
fn random_id() -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut bits: u128 = rand::random();
    let digit = |_| {
        let digit = DIGITS[(bits & 31) as usize];
        bits >>= 5;
        char::from(digit)
    };
    (0..26).map(digit).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_long_and_different() {
        let (a, b) = (RoundId::random(), RoundId::random());
        assert_eq!(a.as_str().len(), 26);
        assert!(a.as_str().chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
        assert_ne!(a, b);
        assert_eq!(RoundId::from(a.as_str()), a);
        assert_eq!(RoundId::from("../\0").as_str(), "");
    }
}
