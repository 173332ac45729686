//! The codes of all streams.

use std::sync::LazyLock;

use super::code::{Code, LONGEST_RUN};
use super::place::Place;

/// In the order 0, 1, −1, 2, −2 … 128: so many bytes have a code of so many bits. From the frequencies in masked photos
/// of 256 and 512 pixels, half and half, made even about 0 and smooth.
const LITERALS: [(u8, u8); 12] =
    [(2, 2), (1, 3), (2, 4), (2, 5), (3, 6), (5, 7), (5, 8), (7, 9), (12, 10), (12, 11), (16, 12), (189, 13)];
/// Bits of the codes of the end, and of the lengths of runs.
const END_AND_LENGTHS: [u8; 30] = [
    13, 13, 13, 13, 13, 9, 10, 10, 10, 9, 10, 10, 11, 10, 10, 11, 11, 11, 11, 12, 12, 11, 12, 12, 13, 12, 13,
    13, 13, 7,
];
/// No code is longer: two and their number of bits fit 32 bits, four and what is left of a byte 64.
const LONGEST: u8 = 13;
/// The code of the only distance, 1.
const DISTANCE: Code = Code { bits: 0, count: 1 };
/// What is the same in all streams.
pub struct Codes {
    /// Zlib's header and the block's; its last bits are in `place`.
    pub head: Vec<u8>,
    pub place: Place,
    pub literals: [Code; 256],
    /// For each two bytes, the first of which is the lower half of the place: their bits, above five that count them.
    /// A table of 256 KiB, but of the numbers near zero few lines of it, and half as many look-ups.
    pub pairs: Vec<u32>,
    /// For a repetition of the last byte, by its length: with all bits that follow the length's code.
    pub runs: Vec<Code>,
    pub end: Code,
}

pub static CODES: LazyLock<Codes> = LazyLock::new(Codes::new);

impl Codes {
    fn new() -> Self {
        let lengths = lengths();
        let codes = canonical(&lengths);
        let (head, place) = head(&lengths);
        let run = |length: usize| {
            let (symbol, extra) = length_symbol(length);
            codes[symbol].then(extra).then(DISTANCE)
        };
        let runs = (0..=LONGEST_RUN).map(|length| if length < 3 { Code::default() } else { run(length) });
        let pair = |place: usize| {
            let Code { bits, count } = codes[place & 255].then(codes[place >> 8]);
            bits << 5 | count
        };
        Codes {
            head,
            place,
            literals: std::array::from_fn(|byte| codes[byte]),
            pairs: (0..1 << 16).map(pair).collect(),
            runs: runs.collect(),
            end: codes[256],
        }
    }

    /// So many zeros.
    #[inline(always)]
    pub fn put_zeros(&self, place: &mut Place, out: &mut [u8], zeros: usize) {
        let Some(mut more) = zeros.checked_sub(1) else { return };
        place.put(out, self.literals[0]);
        while more >= LONGEST_RUN {
            place.put(out, self.runs[LONGEST_RUN]);
            more -= LONGEST_RUN;
        }
        match more {
            0..3 => (0..more).for_each(|_| place.put(out, self.literals[0])),
            _ => place.put(out, self.runs[more]),
        }
    }
}

/// Zlib's header and the block's, and where the first byte's code goes.
fn head(lengths: &[u8; 286]) -> (Vec<u8>, Place) {
    let (mut head, mut place) = (vec![0; 512], Place::default());
    let mut put = |bits, count| place.put(&mut head, Code { bits, count });
    // Zlib with a window of 32 KiB; one block, the last, with codes of its own: 286 of literals and lengths, one of
    // distances, and all 19 for the lengths of codes.
    put(0x0178, 16);
    put(0b101, 3);
    put(286 - 257, 5);
    put(0, 5);
    put(19 - 4, 4);
    // Their own lengths, in the format's order: 16, which repeats, has one bit, 17 and 18 are not there.
    [1, 0, 0].into_iter().chain([5; 16]).for_each(|bits| put(bits, 3));
    // A length is a one and then four bits, highest first; three to six more of it are a zero and their number.
    let length = |length: u8| 1 | u32::from(length.reverse_bits() >> 4) << 1;
    for same in [&lengths[..], &[DISTANCE.count as u8]].concat().chunk_by(|a, b| a == b) {
        put(length(same[0]), 5);
        for more in same[1..].chunks(6) {
            match more.len() {
                few @ 0..3 => (0..few).for_each(|_| put(length(same[0]), 5)),
                many => put((many as u32 - 3) << 1, 3),
            }
        }
    }
    head.truncate(place.at);
    (head, place)
}

/// Bits of the codes of all symbols.
fn lengths() -> [u8; 286] {
    let mut lengths = [0; 286];
    let by_size = LITERALS.iter().flat_map(|&(count, bits)| std::iter::repeat_n(bits, count.into()));
    for (place, bits) in by_size.enumerate() {
        let byte = if place % 2 == 1 { place.div_ceil(2) } else { (256 - place / 2) % 256 };
        lengths[byte] = bits;
    }
    lengths[256..].copy_from_slice(&END_AND_LENGTHS);
    lengths
}

/// The codes of these lengths as the format numbers them (RFC 1951, 3.2.2), turned to be written lowest bit first.
fn canonical(lengths: &[u8; 286]) -> [Code; 286] {
    let mut codes = [Code::default(); 286];
    let mut next = 0u32;
    for bits in 1..=LONGEST {
        next <<= 1;
        for (code, _) in codes.iter_mut().zip(lengths).filter(|(_, length)| **length == bits) {
            *code = Code { bits: next.reverse_bits() >> (32 - u32::from(bits)), count: bits.into() };
            next += 1;
        }
    }
    codes
}

/// The symbol of a match's length and the bits that follow it (RFC 1951, 3.2.5).
fn length_symbol(length: usize) -> (usize, Code) {
    let over = length - 3;
    match length {
        LONGEST_RUN => (285, Code::default()),
        0..11 => (257 + over, Code::default()),
        _ => {
            let count = over.ilog2() - 2;
            let bits = over as u32 & ((1 << count) - 1);
            (257 + 4 * count as usize + (over >> count), Code { bits, count })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_leave_no_gap() {
        let lengths = lengths();
        assert_eq!(lengths.iter().map(|&bits| 1u32 << (LONGEST - bits)).sum::<u32>(), 1 << LONGEST);
        assert!(lengths[0] <= lengths[1] && lengths[255] <= lengths[2] && lengths[128] == LONGEST);
    }

    #[test]
    fn every_length_of_a_run_has_its_symbol() {
        // RFC 1951, 3.2.5: first length and bits that follow, by symbol from 257.
        let firsts =
            [3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131];
        for (place, &first) in firsts.iter().enumerate() {
            let extra = place.saturating_sub(4) as u32 / 4;
            let (symbol, code) = length_symbol(first);
            assert_eq!((symbol, code.bits, code.count), (257 + place, 0, extra));
            let (symbol, code) = length_symbol(first + (1 << extra) - 1);
            assert_eq!((symbol, code.bits, code.count), (257 + place, (1 << extra) - 1, extra));
        }
        assert_eq!((length_symbol(257).0, length_symbol(258).0), (284, 285));
    }
}
