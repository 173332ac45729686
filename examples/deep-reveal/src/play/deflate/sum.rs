//! The checksum of streams.

use simd_adler32::Adler32;

/// Zlib's checksum.
pub struct Sum {
    /// Of all bytes, and of this sum after each byte.
    sums: [u64; 2],
    /// So many zeros follow.
    pub zeros: u64,
}

impl Default for Sum {
    fn default() -> Self {
        Self { sums: [1, 0], zeros: 0 }
    }
}

impl Sum {
    const MODULUS: u64 = 65521;

    #[inline(always)]
    pub fn byte(&mut self, byte: u8) {
        let [bytes, sums] = self.with_zeros();
        let bytes = (bytes + u64::from(byte)) % Self::MODULUS;
        *self = Self { sums: [bytes, (sums + bytes) % Self::MODULUS], zeros: 0 };
    }

    #[inline(always)]
    pub fn data(&mut self, data: &[u8]) {
        let mut sum = Adler32::from_checksum(self.value());
        sum.write(data);
        let sum = u64::from(sum.finish());
        *self = Self { sums: [sum & 0xffff, sum >> 16], zeros: 0 };
    }

    pub fn value(&self) -> u32 {
        let [bytes, sums] = self.with_zeros();
        (sums << 16 | bytes) as u32
    }

    /// A zero leaves the first sum as it is.
    fn with_zeros(&self) -> [u64; 2] {
        let [bytes, sums] = self.sums;
        [bytes, (sums + bytes * (self.zeros % Self::MODULUS)) % Self::MODULUS]
    }
}
