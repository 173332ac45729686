//! Texts numbered by first appearance: each is stored once, in one block of memory.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::FxHasher;

use crate::{Error, Result};

/// A set of texts; a text is known by its number.
#[derive(Clone, Default)]
pub(crate) struct Names {
    bytes: String,
    ends: Vec<usize>,
    table: HashTable<Entry>,
}

/// A text's number beside half of its hash: another text in the same place of the table is told apart, and the table
/// grows, without fetching texts from all over the memory.
#[derive(Clone, Copy)]
struct Entry {
    half: u32,
    id: u32,
}

/// FxHash mixes upwards, so the high half differs most; spread over 64 bits for the table's own use.
fn spread(half: u32) -> u64 {
    u64::from(half).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

fn half_hash(text: &str) -> u32 {
    (hash(text) >> 32) as u32
}

fn hash(text: &str) -> u64 {
    let mut hasher = FxHasher::default();
    hasher.write(text.as_bytes());
    hasher.finish()
}

fn text<'a>(bytes: &'a str, ends: &[usize], id: u32) -> &'a str {
    let id = id as usize;
    let start = if id == 0 { 0 } else { ends[id - 1] };
    &bytes[start..ends[id]]
}

impl Names {
    /// The number of `name`, a new one when it was not seen before.
    pub fn intern(&mut self, name: &str) -> Result<u32> {
        let half = half_hash(name);
        if let Some(id) = self.look_up(half, name) {
            return Ok(id);
        }
        let id = u32::try_from(self.ends.len()).ok().filter(|&id| id < u32::MAX);
        let id = id.ok_or(Error::TooMany { what: "different names", limit: u64::from(u32::MAX) })?;
        self.bytes.push_str(name);
        self.ends.push(self.bytes.len());
        self.table.insert_unique(spread(half), Entry { half, id }, |e| spread(e.half));
        Ok(id)
    }

    fn look_up(&self, half: u32, name: &str) -> Option<u32> {
        let same = |e: &Entry| e.half == half && text(&self.bytes, &self.ends, e.id) == name;
        self.table.find(spread(half), same).map(|e| e.id)
    }

    /// As [`Names::intern`], at no cost when `name` is the text of `guess`.
    pub fn intern_near(&mut self, guess: Option<u32>, name: &str) -> Result<u32> {
        match guess {
            Some(id) if self.get(id) == name => Ok(id),
            _ => self.intern(name),
        }
    }

    /// The number of `name`, if it was seen.
    pub fn find(&self, name: &str) -> Option<u32> {
        self.look_up(half_hash(name), name)
    }

    /// The text of a number that [`Names::intern`] gave.
    pub fn get(&self, id: u32) -> &str {
        text(&self.bytes, &self.ends, id)
    }

    pub fn len(&self) -> usize {
        self.ends.len()
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|id| text(&self.bytes, &self.ends, id as u32))
    }
}

impl std::fmt::Debug for Names {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}
