//! How long everything took.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

/// What was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Page,
    Form,
    Call,
    Mask,
    Photo,
    Asset,
}

impl Kind {
    pub fn title(self) -> &'static str {
        match self {
            Kind::Page => "pages",
            Kind::Form => "forms (moves)",
            Kind::Call => "API calls",
            Kind::Mask => "mask images",
            Kind::Photo => "whole photos",
            Kind::Asset => "style, script, fonts",
        }
    }
}

/// What a player did not expect.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Trouble(pub String);

impl Trouble {
    pub fn new(text: impl Into<String>) -> Self {
        Trouble(text.into())
    }
}

impl From<std::io::Error> for Trouble {
    fn from(error: std::io::Error) -> Self {
        Trouble(format!("connection: {error}"))
    }
}

/// All that happened.
pub struct Log {
    start: Instant,
    notes: Mutex<Notes>,
}

#[derive(Default)]
struct Notes {
    took: BTreeMap<Kind, Vec<Duration>>,
    bytes: BTreeMap<Kind, u64>,
    troubles: BTreeMap<String, u32>,
    /// When a round was finished, since the start.
    rounds: Vec<Duration>,
    visitors: u32,
}

impl Log {
    pub fn new(start: Instant) -> Self {
        Self { start, notes: Mutex::default() }
    }

    pub fn answer(&self, kind: Kind, took: Duration, bytes: usize) {
        self.with(|notes| {
            notes.took.entry(kind).or_default().push(took);
            *notes.bytes.entry(kind).or_default() += bytes as u64;
        });
    }

    pub fn trouble(&self, trouble: Trouble) {
        self.with(|notes| *notes.troubles.entry(trouble.0).or_default() += 1);
    }

    pub fn round(&self) {
        let at = self.start.elapsed();
        self.with(|notes| notes.rounds.push(at));
    }

    pub fn visitor(&self) -> u32 {
        self.with(|notes| {
            notes.visitors += 1;
            notes.visitors
        })
    }

    /// Times of each kind from short to long, and bytes of all answers.
    pub fn kinds(&self) -> Vec<(Kind, Vec<Duration>, u64)> {
        self.with(|notes| {
            let sorted = |(kind, took): (&Kind, &Vec<Duration>)| {
                let mut took = took.clone();
                took.sort_unstable();
                (*kind, took, notes.bytes.get(kind).copied().unwrap_or_default())
            };
            notes.took.iter().map(sorted).collect()
        })
    }

    pub fn troubles(&self) -> Vec<(String, u32)> {
        self.with(|notes| notes.troubles.clone().into_iter().collect())
    }

    /// Rounds finished, and how many of them after a moment.
    pub fn rounds(&self, after: Duration) -> (usize, usize) {
        self.with(|notes| (notes.rounds.len(), notes.rounds.iter().filter(|at| **at >= after).count()))
    }

    fn with<T>(&self, change: impl FnOnce(&mut Notes) -> T) -> T {
        change(&mut self.notes.lock().unwrap_or_else(PoisonError::into_inner))
    }
}
