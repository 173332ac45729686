//! Compression of masked pictures: zeros in long runs, and in between them small numbers of either sign.
//!
//! A stream in the format of zlib (RFC 1950, 1951), of one block whose codes are always the same, so that nothing is counted
//! first; the only matches are runs of zeros.

mod code;
mod codes;
mod place;
mod sum;

use code::LONGEST_RUN;
use codes::{CODES, Codes};
use place::Place;
use sum::Sum;

/// Writes a stream behind what `bytes` holds already.
pub(super) struct Deflater {
    bytes: Vec<u8>,
    place: Place,
    codes: &'static Codes,
    sum: Sum,
    /// Zeros yet to be written.
    zeros: usize,
}

impl Deflater {
    pub fn new(mut bytes: Vec<u8>) -> Self {
        let codes: &'static Codes = &CODES;
        bytes.extend_from_slice(&codes.head);
        let mut place = codes.place;
        place.at = bytes.len();
        bytes.resize(bytes.capacity(), 0);
        Self { bytes, place, codes, sum: Sum::default(), zeros: 0 }
    }

    /// So many zeros, in no time.
    pub fn zeros(&mut self, zeros: usize) {
        self.zeros += zeros;
        self.sum.zeros += zeros as u64;
    }

    /// One byte.
    #[inline(always)]
    pub fn byte(&mut self, byte: u8) {
        self.sum.byte(byte);
        self.make_room(0);
        let out = &mut self.bytes[..];
        self.codes.put_zeros(&mut self.place, out, std::mem::take(&mut self.zeros));
        self.place.put(out, self.codes.literals[usize::from(byte)]);
    }

    /// Any bytes.
    #[inline(always)]
    pub fn data(&mut self, data: &[u8]) {
        self.sum.data(data);
        self.make_room(2 * data.len());
        let (codes, out) = (self.codes, &mut self.bytes[..]);
        // Copies: the compiler keeps them in registers.
        let (mut place, mut zeros, mut rest) = (self.place, self.zeros, data);
        while let Some((eight, after)) = rest.split_first_chunk() {
            let eight = u64::from_le_bytes(*eight);
            if eight == 0 {
                zeros += 8;
                rest = after;
            } else if zeros > 0 {
                // The run goes on to the first other byte, and the next eight bytes begin there.
                let more = (eight.trailing_zeros() / 8) as usize;
                codes.put_zeros(&mut place, out, zeros + more);
                (zeros, rest) = (0, &rest[more..]);
            } else {
                place.put_four(out, &codes.pairs, eight as u32);
                place.put_four(out, &codes.pairs, (eight >> 32) as u32);
                rest = after;
            }
        }
        if !rest.is_empty() {
            codes.put_zeros(&mut place, out, std::mem::take(&mut zeros));
            rest.iter().for_each(|&byte| place.put(out, codes.literals[usize::from(byte)]));
        }
        (self.place, self.zeros) = (place, zeros);
    }

    /// All bytes, those before the stream included.
    pub fn finish(mut self) -> Vec<u8> {
        self.make_room(0);
        let out = &mut self.bytes[..];
        self.codes.put_zeros(&mut self.place, out, self.zeros);
        self.place.put(out, self.codes.end);
        self.bytes.truncate(self.place.at + usize::from(self.place.count > 0));
        self.bytes.extend_from_slice(&self.sum.value().to_be_bytes());
        self.bytes
    }

    /// Room for the zeros that wait, for so many bytes more and for what [`Place::put_bits`] writes beyond.
    fn make_room(&mut self, bytes: usize) {
        let needed = self.place.at + bytes + self.zeros / LONGEST_RUN * 2 + 64;
        if self.bytes.len() < needed {
            self.bytes.resize(needed.max(2 * self.bytes.len()), 0);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[derive(Debug, Clone)]
    enum Part {
        Zeros(usize),
        Byte(u8),
        Data(Vec<u8>),
    }

    fn part() -> impl Strategy<Value = Part> {
        let zeros = prop_oneof![0usize..20, 250usize..800, 60_000usize..70_000];
        // Mostly zeros, so that runs begin and end within.
        let data = prop::collection::vec(prop_oneof![8 => Just(0), 1 => any::<u8>()], 0..100);
        let noise = prop::collection::vec(any::<u8>(), 0..100);
        prop_oneof![
            zeros.prop_map(Part::Zeros),
            any::<u8>().prop_map(Part::Byte),
            data.prop_map(Part::Data),
            noise.prop_map(Part::Data)
        ]
    }

    proptest! {
        #[test]
        fn another_decoder_finds_the_same_bytes(parts in prop::collection::vec(part(), 0..20), before in 0usize..50) {
            let (mut deflater, mut expected) = (Deflater::new(vec![7; before]), Vec::new());
            for part in &parts {
                match part {
                    Part::Zeros(zeros) => {
                        deflater.zeros(*zeros);
                        expected.resize(expected.len() + zeros, 0);
                    }
                    Part::Byte(byte) => {
                        deflater.byte(*byte);
                        expected.push(*byte);
                    }
                    Part::Data(data) => {
                        deflater.data(data);
                        expected.extend_from_slice(data);
                    }
                }
            }
            let bytes = deflater.finish();
            prop_assert_eq!(&bytes[..before], vec![7; before]);
            // It looks at the checksum, too.
            prop_assert_eq!(fdeflate::decompress_to_vec(&bytes[before..]).unwrap(), expected);
        }
    }
}
