//! Masked pictures as PNG, line by line while they are painted.

use std::io;

use axum::body::Bytes;
use fdeflate::Compressor;

/// Signature, header with its checksum, and the begin of the one chunk of data, whose length comes last.
const HEAD: usize = 8 + 25 + 8;
/// Filters of a line (PNG 9.2).
const NONE: u8 = 0;
const PAETH: u8 = 4;

/// Compresses lines of RGB, eight bits each.
///
/// The general encoder wants the whole picture, tries every filter at every line and copies the result twice. Here hidden
/// lines are what they are, zeros, and the others take the filter that nearly always wins.
pub(super) struct Encoder {
    compressor: Compressor<Vec<u8>>,
    above: Vec<u8>,
    filtered: Vec<u8>,
}

impl Encoder {
    pub fn new(width: u32, height: u32) -> io::Result<Self> {
        let line = 3 * width as usize;
        let mut bytes = Vec::with_capacity(HEAD + line * height as usize / 4);
        bytes.extend_from_slice(b"\x89PNG\r\n\x1a\n");
        let mut header = *b"IHDR\0\0\0\0\0\0\0\0\x08\x02\0\0\0";
        header[4..8].copy_from_slice(&width.to_be_bytes());
        header[8..12].copy_from_slice(&height.to_be_bytes());
        chunk(&mut bytes, &header);
        bytes.extend_from_slice(b"\0\0\0\0IDAT");
        Ok(Self { compressor: Compressor::new(bytes)?, above: vec![0; line], filtered: vec![0; line + 1] })
    }

    /// The next line.
    pub fn line(&mut self, line: &[u8]) -> io::Result<()> {
        let is_black = |line: &[u8]| line.iter().fold(0, |bits, byte| bits | byte) == 0;
        if is_black(line) {
            self.filtered.fill(NONE);
        } else {
            self.filtered[0] = PAETH;
            paeth(&mut self.filtered[1..], line, &self.above);
        }
        self.above.copy_from_slice(line);
        self.compressor.write_data(&self.filtered)
    }

    /// The picture, when all lines are there.
    pub fn finish(self) -> io::Result<Bytes> {
        let mut bytes = self.compressor.finish()?;
        let length = u32::try_from(bytes.len() - HEAD).map_err(io::Error::other)?;
        bytes[HEAD - 8..HEAD - 4].copy_from_slice(&length.to_be_bytes());
        let sum = crc32fast::hash(&bytes[HEAD - 4..]);
        bytes.extend_from_slice(&sum.to_be_bytes());
        chunk(&mut bytes, b"IEND");
        // It is kept for long: without the room that it grew into.
        Ok(bytes.into_boxed_slice().into())
    }
}

/// Appends a chunk; `content` begins with its kind.
fn chunk(bytes: &mut Vec<u8>, content: &[u8]) {
    bytes.extend_from_slice(&(content.len() as u32 - 4).to_be_bytes());
    bytes.extend_from_slice(content);
    bytes.extend_from_slice(&crc32fast::hash(content).to_be_bytes());
}

/// What is left of a line when each byte is foretold by the neighbour nearest to left + above − corner.
fn paeth(out: &mut [u8], line: &[u8], above: &[u8]) {
    // Nothing is left of the first pixel.
    let first = out.len().min(3);
    for i in 0..first {
        out[i] = line[i].wrapping_sub(above[i]);
    }
    let neighbours = line.iter().zip(&above[first..]).zip(above);
    for ((out, &byte), ((&a, &b), &c)) in out[first..].iter_mut().zip(&line[first..]).zip(neighbours) {
        let [left, up, corner] = [a, b, c].map(i16::from);
        let (to_left, to_up) = ((up - corner).abs(), (left - corner).abs());
        let to_corner = (left + up - 2 * corner).abs();
        let near = if to_up <= to_corner { b } else { c };
        let nearest = if to_left <= to_up && to_left <= to_corner { a } else { near };
        *out = byte.wrapping_sub(nearest);
    }
}

#[cfg(test)]
mod tests {
    use anv_core::image::{self, RgbImage};
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_decoder_finds_the_same_pixels(width in 1u32..40, height in 1u32..30, seed in any::<u32>()) {
            let picture = RgbImage::from_fn(width, height, |x, y| {
                let noise = (x * 31 + y * 17).wrapping_mul(seed | 1);
                // Black lines, black ends of lines, and noise.
                if y % 5 == seed % 5 || x > seed % 50 { [0; 3].into() } else { [noise as u8, (noise >> 9) as u8, x as u8].into() }
            });
            let mut encoder = Encoder::new(width, height).unwrap();
            picture.chunks_exact(3 * width as usize).for_each(|line| encoder.line(line).unwrap());
            let png = encoder.finish().unwrap();
            let found = image::load_from_memory(&png).unwrap();
            prop_assert_eq!(found.into_rgb8(), picture);
        }
    }
}
