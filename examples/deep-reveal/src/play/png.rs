//! Masked pictures as PNG, line by line while they are painted.

use std::io;
use std::ops::Range;

use axum::body::Bytes;
use pulp::{Arch, Simd, WithSimd};

use super::deflate::Deflater;

/// Signature, header with its checksum, and the begin of the one chunk of data, whose length comes last.
const HEAD: usize = 8 + 25 + 8;
/// A filter of lines (PNG 9.2); that of black ones is none, which is a zero like all of the line.
const PAETH: u8 = 4;
/// Bytes a pixel.
const PIXEL: usize = 3;

/// Compresses lines of RGB, eight bits each.
///
/// The general encoder wants the whole picture, tries every filter at every line and copies the result twice. Here hidden
/// lines are what they are, zeros, and the others take the filter that nearly always wins, where they differ from zeros.
pub(super) struct Encoder {
    deflater: Deflater,
    /// The line before, and outside of which range it is black.
    above: Vec<u8>,
    lit_above: Range<usize>,
    filtered: Vec<u8>,
    arch: Arch,
}

impl Encoder {
    pub fn new(width: u32, height: u32) -> Self {
        let line = PIXEL * width as usize;
        let mut bytes = Vec::with_capacity(HEAD + 512 + line * height as usize / 4);
        bytes.extend_from_slice(b"\x89PNG\r\n\x1a\n");
        let mut header = *b"IHDR\0\0\0\0\0\0\0\0\x08\x02\0\0\0";
        header[4..8].copy_from_slice(&width.to_be_bytes());
        header[8..12].copy_from_slice(&height.to_be_bytes());
        chunk(&mut bytes, &header);
        bytes.extend_from_slice(b"\0\0\0\0IDAT");
        let (above, filtered) = (vec![0; line], vec![0; line]);
        Self { deflater: Deflater::new(bytes), above, lit_above: 0..0, filtered, arch: Arch::new() }
    }

    /// The next line, which is black outside of `lit`.
    pub fn line(&mut self, line: &[u8], lit: Range<usize>) {
        // With the widest vectors that the processor has.
        self.arch.dispatch(Line { encoder: self, line, lit });
    }

    #[inline(always)]
    fn compress(&mut self, line: &[u8], lit: Range<usize>) {
        let changed = either(&lit, &self.lit_above);
        if lit.is_empty() {
            self.deflater.zeros(1 + line.len());
        } else {
            // A pixel is foretold from those to its left and above it, so that the first black one may differ from it.
            let reach = changed.start..(changed.end + PIXEL).min(line.len());
            paeth(&mut self.filtered, line, &self.above, reach.clone());
            self.deflater.byte(PAETH);
            self.deflater.zeros(reach.start);
            self.deflater.data(&self.filtered[reach.clone()]);
            self.deflater.zeros(line.len() - reach.end);
        }
        self.above[changed.clone()].copy_from_slice(&line[changed]);
        self.lit_above = lit;
    }

    /// The picture, when all lines are there.
    pub fn finish(self) -> io::Result<Bytes> {
        let mut bytes = self.deflater.finish();
        let length = u32::try_from(bytes.len() - HEAD).map_err(io::Error::other)?;
        bytes[HEAD - 8..HEAD - 4].copy_from_slice(&length.to_be_bytes());
        let sum = crc32fast::hash(&bytes[HEAD - 4..]);
        bytes.extend_from_slice(&sum.to_be_bytes());
        chunk(&mut bytes, b"IEND");
        // It is kept for long: without the room that it grew into.
        Ok(bytes.into_boxed_slice().into())
    }
}

/// A line to be compressed.
struct Line<'a> {
    encoder: &'a mut Encoder,
    line: &'a [u8],
    lit: Range<usize>,
}

impl WithSimd for Line<'_> {
    type Output = ();

    #[inline(always)]
    fn with_simd<S: Simd>(self, _: S) {
        self.encoder.compress(self.line, self.lit);
    }
}

/// The smallest range with both in it; one that is empty does not count.
fn either(a: &Range<usize>, b: &Range<usize>) -> Range<usize> {
    match (a.is_empty(), b.is_empty()) {
        (true, _) => b.clone(),
        (_, true) => a.clone(),
        _ => a.start.min(b.start)..a.end.max(b.end),
    }
}

/// Appends a chunk; `content` begins with its kind.
fn chunk(bytes: &mut Vec<u8>, content: &[u8]) {
    bytes.extend_from_slice(&(content.len() as u32 - 4).to_be_bytes());
    bytes.extend_from_slice(content);
    bytes.extend_from_slice(&crc32fast::hash(content).to_be_bytes());
}

/// What is left of a part of a line when each byte is foretold by the neighbour nearest to left + above − corner.
#[inline(always)]
fn paeth(out: &mut [u8], line: &[u8], above: &[u8], part: Range<usize>) {
    // The first pixel has neighbours above only.
    for i in part.start..part.end.min(PIXEL) {
        out[i] = line[i].wrapping_sub(above[i]);
    }
    let part = part.start.max(PIXEL)..part.end.max(PIXEL);
    let before = part.start - PIXEL..part.end - PIXEL;
    let neighbours = line[before.clone()].iter().zip(&above[part.clone()]).zip(&above[before]);
    let bytes = out[part.clone()].iter_mut().zip(&line[part]);
    for ((out, &byte), ((&left, &up), &corner)) in bytes.zip(neighbours) {
        *out = byte.wrapping_sub(nearest(left, up, corner));
    }
}

/// In bytes alone, of which a vector holds more than of numbers with a sign.
#[inline(always)]
fn nearest(left: u8, up: u8, corner: u8) -> u8 {
    // Of the standard library's own function the compiler makes one of numbers four times as wide.
    let distance = |a: u8, b: u8| a.max(b) - a.min(b);
    let (to_left, to_up) = (distance(up, corner), distance(left, corner));
    // With the corner between the others the two distances have different signs, else none is farther than it.
    let between = (left < corner) == (corner < up);
    let to_corner = if between { distance(to_left, to_up) } else { u8::MAX };
    let near = if to_up <= to_corner { up } else { corner };
    if to_left <= to_up && to_left <= to_corner { left } else { near }
}

#[cfg(test)]
mod tests {
    use anv_core::image::{self, RgbImage};
    use proptest::prelude::*;

    use super::*;

    fn lit(line: &[u8]) -> Range<usize> {
        let is_lit = |byte: &u8| *byte != 0;
        let first = line.iter().position(is_lit).unwrap_or(0);
        first..line.iter().rposition(is_lit).map_or(first, |last| last + 1)
    }

    proptest! {
        #[test]
        fn a_decoder_finds_the_same_pixels(
            width in 1u32..40, height in 1u32..30, seed in any::<u32>(), from in 0u32..40, wide in 0usize..9,
        ) {
            let picture = RgbImage::from_fn(width, height, |x, y| {
                let noise = (x * 31 + y * 17).wrapping_mul(seed | 1);
                // Black lines, black ends of lines, and noise.
                let black = y % 5 == seed % 5 || x < from || x > seed % 50;
                if black { [0; 3].into() } else { [noise as u8, (noise >> 9) as u8, x as u8].into() }
            });
            let mut encoder = Encoder::new(width, height);
            for line in picture.chunks_exact(PIXEL * width as usize) {
                // A range that is wider than need be is as good.
                let lit = lit(line);
                encoder.line(line, lit.start.saturating_sub(wide)..(lit.end + wide).min(line.len()));
            }
            let png = encoder.finish().unwrap();
            let found = image::load_from_memory(&png).unwrap();
            prop_assert_eq!(found.into_rgb8(), picture);
        }
    }

    #[test]
    fn the_nearest_is_the_one_of_the_standard() {
        for (left, up, corner) in
            (0..=255).flat_map(|a| (0..=255).map(move |b| (a, b, (a * 7 + b * 3) % 256)))
        {
            let all = [corner, (corner + 1) % 256, left, up, (left + up) / 2];
            for corner in all {
                let target = left + up - corner;
                let far = |value: i32| (target - value).abs();
                let mut expected = if far(up) <= far(corner) { up } else { corner };
                if far(left) <= far(up) && far(left) <= far(corner) {
                    expected = left;
                }
                assert_eq!(
                    i32::from(nearest(left as u8, up as u8, corner as u8)),
                    expected,
                    "{left} {up} {corner}"
                );
            }
        }
    }
}
