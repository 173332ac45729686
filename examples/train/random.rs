//! Independent streams of random numbers from one seed.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// A generator for the purpose that `labels` name: the same seed and labels give the same numbers, whatever was
/// drawn elsewhere before. That is what makes an interrupted run go on as if nothing had happened.
pub fn rng(seed: u64, labels: &[&str]) -> ChaCha8Rng {
    let mut hash = Fnv::new();
    hash.write(&seed.to_le_bytes());
    for label in labels {
        hash.write(label.as_bytes());
        hash.write(&[0xff]);
    }
    ChaCha8Rng::seed_from_u64(hash.0)
}

/// 64-bit FNV-1a: a short, fixed hash (the standard library's may change between versions).
#[derive(Debug, Clone, Copy)]
pub struct Fnv(pub u64);

impl Fnv {
    /// The hash of nothing.
    pub fn new() -> Self {
        Self(0xcbf2_9ce4_8422_2325)
    }

    /// Adds bytes.
    pub fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = (self.0 ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3);
        }
    }

    /// The hash of these bytes.
    pub fn of(bytes: &[u8]) -> u64 {
        let mut hash = Self::new();
        hash.write(bytes);
        hash.0
    }
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::{Fnv, rng};

    #[test]
    fn streams_repeat_and_differ() {
        let draw = |seed, labels: &[&str]| rng(seed, labels).random::<u64>();
        assert_eq!(draw(1, &["a", "b"]), draw(1, &["a", "b"]));
        assert_ne!(draw(1, &["a", "b"]), draw(2, &["a", "b"]));
        assert_ne!(draw(1, &["a", "b"]), draw(1, &["ab"]));
    }

    #[test]
    fn hash_is_the_published_one() {
        assert_eq!(Fnv::of(b"a"), 0xaf63_dc4c_8601_ec8c);
    }
}
