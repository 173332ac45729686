//! Random numbers: tokens nobody can guess and seeds for the pure rules.

use rand::Rng;

/// 256 random bits from the operating system's generator, stretched by a cryptographic one.
#[must_use]
pub fn random_bytes() -> [u8; 32] {
    rand::rng().random()
}

/// A seed for a decision of the rules.
#[must_use]
pub fn random_seed() -> u64 {
    rand::rng().random()
}
