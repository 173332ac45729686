//! Bits one after another.

use super::code::Code;

/// Where the next bit goes.
#[derive(Debug, Clone, Copy, Default)]
pub struct Place {
    pub at: usize,
    /// Fewer than eight, those that do not fill a byte yet.
    bits: u64,
    pub count: u32,
}

impl Place {
    /// Up to 57 bits; `out` has eight bytes more than it needs.
    #[inline(always)]
    fn put_bits(&mut self, out: &mut [u8], bits: u64, count: u32) {
        self.bits |= bits << self.count;
        self.count += count;
        // All eight bytes, whatever follows overwrites those that are not full: no branch.
        out[self.at..self.at + 8].copy_from_slice(&self.bits.to_le_bytes());
        self.at += (self.count / 8) as usize;
        self.bits >>= self.count & !7;
        self.count &= 7;
    }

    #[inline(always)]
    pub fn put(&mut self, out: &mut [u8], code: Code) {
        self.put_bits(out, code.bits.into(), code.count);
    }

    /// Four bytes, the first of which is the lowest.
    #[inline(always)]
    pub fn put_four(&mut self, out: &mut [u8], pairs: &[u32], four: u32) {
        let (first, second) = (pairs[(four & 0xffff) as usize], pairs[(four >> 16) as usize]);
        let bits = u64::from(first >> 5) | u64::from(second >> 5) << (first & 31);
        self.put_bits(out, bits, (first & 31) + (second & 31));
    }
}
