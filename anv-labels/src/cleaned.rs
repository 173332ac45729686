//! Cleaned games: every game with its final labels, and the log of all rewrites.

use std::io::Write;

use anv_core::{Label, to_spreadsheet};
use rustc_hash::FxHashMap;
use serde::Serialize;

use crate::clean::{Cleaner, Rule};
use crate::error::Table;
use crate::game::Game;
use crate::games::Games;
use crate::names::Names;
use crate::{Error, Result};

/// One change that cleaning made, with how often.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Rewrite {
    /// The class that the images show.
    pub class: String,
    /// The label as typed.
    pub raw: String,
    /// The word or phrase of it.
    pub word: String,
    /// The label it became; `None` when it was dropped.
    #[serde(rename = "final")]
    pub label: Option<String>,
    /// Why.
    pub rule: Rule,
    /// In how many games.
    pub games: u64,
}

/// Games with final labels; a label counts once a game.
///
/// ```
/// use anv_labels::{CleanedGames, Cleaner, Dictionary, Games, ReadOptions};
/// let csv = "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels\n\
///            1,ann,a.jpg,13,0,church,church,1,the Roof;roof\n";
/// let (games, _) = Games::read(csv.as_bytes(), &ReadOptions::default())?;
/// let cleaned = CleanedGames::new(&games, &Cleaner::new(&Default::default(), &Dictionary::default())?)?;
/// assert_eq!(cleaned.labels_of(0).map(|l| l.to_string()).collect::<Vec<_>>(), ["roof"]);
/// assert_eq!(cleaned.rewrites().len(), 2); // "the" dropped, "Roof" of "the Roof" became "roof"
/// # Ok::<(), anv_labels::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct CleanedGames<'g> {
    games: &'g Games,
    vocabulary: Vec<Label>,
    /// Final labels of all games, one after the other, as places in `vocabulary`.
    labels: Vec<u32>,
    /// Where the labels of each game end.
    ends: Vec<u32>,
    rewrites: Vec<Rewrite>,
}

struct Known {
    labels: Vec<u32>,
    games: u64,
}

impl<'g> CleanedGames<'g> {
    /// Cleans the labels of all games. Each different text is cleaned once a class, so the cost a game is a look-up.
    ///
    /// # Errors
    /// [`Error::TooMany`] beyond 32 bits of labels.
    pub fn new(games: &'g Games, cleaner: &Cleaner) -> Result<Self> {
        let mut finals = Names::default();
        let mut known: FxHashMap<(u32, u32), Known> = FxHashMap::default();
        let mut class_names: FxHashMap<u32, Vec<Vec<String>>> = FxHashMap::default();
        let mut rewrites = Vec::new();
        let mut labels: Vec<u32> = Vec::with_capacity(games.labels.len());
        let mut ends = Vec::with_capacity(games.rows.len());
        for row in &games.rows {
            let start = labels.len();
            for &raw in games.raw_labels(row) {
                let entry = match known.entry((row.truth, raw)) {
                    std::collections::hash_map::Entry::Occupied(e) => e.into_mut(),
                    std::collections::hash_map::Entry::Vacant(e) => {
                        let class = games.names.get(row.truth);
                        let names = class_names.entry(row.truth).or_insert_with(|| cleaner.names_of(class));
                        let cleaned = cleaner.clean_with(names, class, games.names.get(raw));
                        let mut numbers = Vec::with_capacity(cleaned.labels.len());
                        for label in &cleaned.labels {
                            numbers.push(finals.intern(label)?);
                        }
                        rewrites.extend(cleaned.steps.into_iter().map(|step| ((row.truth, raw), step)));
                        e.insert(Known { labels: numbers, games: 0 })
                    }
                };
                entry.games += 1;
                for &label in &entry.labels {
                    if !labels[start..].contains(&label) {
                        labels.push(label);
                    }
                }
            }
            let limit = u64::from(u32::MAX);
            ends.push(u32::try_from(labels.len()).map_err(|_| Error::TooMany { what: "labels", limit })?);
        }
        let mut rewrites: Vec<_> = rewrites
            .into_iter()
            .map(|((class, raw), step)| Rewrite {
                class: games.names.get(class).to_owned(),
                raw: games.names.get(raw).to_owned(),
                word: step.word,
                label: step.label,
                rule: step.rule,
                games: known.get(&(class, raw)).map_or(0, |k| k.games),
            })
            .collect();
        // By class and raw text; the words of a text stay in their order.
        rewrites.sort_by(|a, b| (&a.class, &a.raw).cmp(&(&b.class, &b.raw)));
        let vocabulary = finals.iter().map(Label::from).collect();
        Ok(Self { games, vocabulary, labels, ends, rewrites })
    }

    /// The games as they were played.
    pub fn games(&self) -> &'g Games {
        self.games
    }

    /// Every change, by class and raw label.
    pub fn rewrites(&self) -> &[Rewrite] {
        &self.rewrites
    }

    /// The different final labels, by first appearance.
    pub fn vocabulary(&self) -> &[Label] {
        &self.vocabulary
    }

    /// The final labels of the game at this place, each once; none beyond the last game.
    pub fn labels_of(&self, game: usize) -> impl ExactSizeIterator<Item = &Label> + Clone {
        self.numbers_of(game).iter().map(|&l| &self.vocabulary[l as usize])
    }

    /// Each game with its final labels.
    pub fn iter(&self) -> impl Iterator<Item = (Game<'g>, impl ExactSizeIterator<Item = &Label> + Clone)> {
        self.games.iter().enumerate().map(|(place, game)| (game, self.labels_of(place)))
    }

    pub(crate) fn numbers_of(&self, game: usize) -> &[u32] {
        let start = if game == 0 { 0 } else { self.ends.get(game - 1).map_or(0, |&e| e as usize) };
        self.ends.get(game).map_or(&[], |&end| &self.labels[start..end as usize])
    }

    /// Writes the log as CSV: `class,raw,word,final,rule,games`; `final` is empty for what was dropped. Cells that a
    /// spreadsheet could run start with an apostrophe.
    ///
    /// # Errors
    /// [`Error::Csv`] when the output cannot be written.
    pub fn write_rewrites(&self, output: impl Write) -> Result<()> {
        let write = || {
            let mut writer = csv::Writer::from_writer(output);
            writer.write_record(["class", "raw", "word", "final", "rule", "games"])?;
            for r in &self.rewrites {
                writer.write_record([
                    &*to_spreadsheet(&r.class),
                    &*to_spreadsheet(&r.raw),
                    &*to_spreadsheet(&r.word),
                    &*to_spreadsheet(r.label.as_deref().unwrap_or_default()),
                    r.rule.name(),
                    &r.games.to_string(),
                ])?;
            }
            Ok(writer.flush()?)
        };
        write().map_err(|e: csv::Error| Error::Csv {
            action: "write",
            table: Table::Rewrites,
            source: e.into(),
        })
    }
}
