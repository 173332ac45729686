//! The reviewed dictionary: what people wrote → the label to use.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::path::Path;

use anv_core::to_spreadsheet;

use crate::error::{RowProblem, Table, shorten};
use crate::games_csv::open;
use crate::table::{Column, ReadOptions, Rows, Skipped, check_length};
use crate::words::{key, words};
use crate::{Error, Result};

/// The last three are those of proposals: an accepted list of proposals is a dictionary.
const COLUMNS: &[Column] = &[
    ("raw", true),
    ("final", true),
    ("class", false),
    ("reason", false),
    ("raw_games", false),
    ("final_games", false),
];

/// One entry of a [`Dictionary`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// What people wrote: a word or several.
    pub raw: String,
    /// The label to use; `None` drops what people wrote. Equal to `raw` it keeps a word that would be dropped.
    pub target: Option<String>,
    /// Only for images that show this class; `None` for all.
    pub class: Option<String>,
}

impl Entry {
    /// `raw` becomes `target` whatever the class.
    pub fn new(raw: impl Into<String>, target: impl Into<String>) -> Self {
        Self { raw: raw.into(), target: Some(target.into()), class: None }
    }

    /// `raw` is dropped.
    pub fn drop(raw: impl Into<String>) -> Self {
        Self { raw: raw.into(), target: None, class: None }
    }

    /// Limits the entry to images that show `class`.
    #[must_use]
    pub fn class(mut self, class: impl Into<String>) -> Self {
        self.class = Some(class.into());
        self
    }
}

/// By the words of the raw text: the label, or `None` to drop it.
type Scope = BTreeMap<String, Option<String>>;

/// A reviewed dictionary raw → final: synonyms, misspellings, translations, irrelevant words (thesis 3.5, 5.1.4).
///
/// An entry for a class comes before one for all classes, the longest phrase before its words, and any entry
/// before the stop-words: with `esso,esso,gas pump` the Italian pronoun "esso" stays where it is a brand.
/// Entries may lead to each other (`columns → column`, `column → pillar`).
///
/// ```
/// use anv_labels::{Cleaner, Dictionary, Entry};
/// let dictionary = Dictionary::new([Entry::new("pilaster", "pillar"), Entry::new("esso", "esso").class("gas pump")])?;
/// let cleaner = Cleaner::new(&Default::default(), &dictionary)?;
/// assert_eq!(cleaner.clean("church", "Pilaster").labels, ["pillar"]);
/// assert_eq!(cleaner.clean("gas pump", "Esso").labels, ["esso"]);
/// assert!(cleaner.clean("church", "Esso").labels.is_empty());
/// # Ok::<(), anv_labels::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Dictionary {
    entries: Vec<Entry>,
    general: Scope,
    classes: BTreeMap<String, Scope>,
    longest: usize,
}

impl Dictionary {
    /// A dictionary of these entries, in any order.
    ///
    /// # Errors
    /// [`Error::Row`] (the line is the place of the entry, from 1) for an entry without a word or one that
    /// contradicts an earlier one, [`Error::DictionaryCircle`] when entries lead back to their start.
    pub fn new(entries: impl IntoIterator<Item = Entry>) -> Result<Self> {
        let mut building = Building::default();
        for (place, entry) in entries.into_iter().enumerate() {
            let line = place as u64 + 1;
            let table = Table::Dictionary;
            building.add(entry, line).map_err(|reason| Error::Row { table, line, reason })?;
        }
        building.finish()
    }

    /// Reads `raw,final` and, where it is there, `class`. An empty `final` drops the word, an empty `class` means all.
    /// The columns that only proposals have are passed over.
    ///
    /// # Errors
    /// As [`Games::read`](crate::Games::read), and [`Error::DictionaryCircle`].
    pub fn read(input: impl Read, options: &ReadOptions) -> Result<(Self, Skipped)> {
        let mut skipped = Skipped::default();
        let mut rows = Rows::new(input, Table::Dictionary, COLUMNS, options, &mut skipped)?;
        let mut building = Building::default();
        while let Some((line, fields)) = rows.next()? {
            let entry = fields.check_width().and_then(|()| {
                let raw = fields.needed(0, options)?;
                let (target, class) = (fields.text(1, options)?, fields.text(2, options)?);
                check_length(raw, "raw", options)?;
                let optional = |text: &str| (!text.is_empty()).then(|| text.to_owned());
                Ok(Entry { raw: raw.to_owned(), target: optional(target), class: optional(class) })
            });
            if let Err(problem) = entry.and_then(|entry| building.add(entry, line)) {
                skipped.note(options, Table::Dictionary, line, problem)?;
            }
        }
        Ok((building.finish()?, skipped))
    }

    /// Reads a file, see [`Dictionary::read`].
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be opened, else as [`Dictionary::read`].
    pub fn read_file(path: impl AsRef<Path>, options: &ReadOptions) -> Result<(Self, Skipped)> {
        Self::read(open(path.as_ref())?, options)
    }

    /// Writes the table that [`Dictionary::read`] reads; cells that a spreadsheet could run start with an apostrophe.
    ///
    /// # Errors
    /// [`Error::Csv`] when the output cannot be written.
    pub fn write(&self, output: impl Write) -> Result<()> {
        let write = || {
            let mut writer = csv::Writer::from_writer(output);
            writer.write_record(["raw", "final", "class"])?;
            for entry in &self.entries {
                let text = |t: &Option<String>| to_spreadsheet(t.as_deref().unwrap_or_default()).into_owned();
                writer.write_record([
                    &*to_spreadsheet(&entry.raw),
                    &text(&entry.target),
                    &text(&entry.class),
                ])?;
            }
            Ok(writer.flush()?)
        };
        write().map_err(|e: csv::Error| Error::Csv {
            action: "write",
            table: Table::Dictionary,
            source: e.into(),
        })
    }

    /// The entries, sorted.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Words of the longest raw text.
    pub(crate) fn longest(&self) -> usize {
        self.longest
    }

    /// What the words of `key` become in `class`: nothing known, dropped, or a label. Chains are followed.
    pub(crate) fn find(&self, class: &str, key: &str) -> Option<Option<&str>> {
        let scope = self.classes.get(class);
        let direct = |key: &str| scope.and_then(|s| s.get(key)).or_else(|| self.general.get(key));
        let mut found = direct(key)?.as_deref();
        // No chain is longer than the dictionary; circles were refused when it was made.
        for _ in 0..=self.general.len() + scope.map_or(0, Scope::len) {
            let Some(label) = found else { return Some(None) };
            match direct(&words(label).join(" ")) {
                Some(next) if next.as_deref() != Some(label) => found = next.as_deref(),
                _ => break,
            }
        }
        Some(found)
    }
}

#[derive(Default)]
struct Building {
    dictionary: Dictionary,
    lines: BTreeMap<(Option<String>, String), u64>,
}

impl Building {
    fn add(&mut self, entry: Entry, line: u64) -> Result<(), RowProblem> {
        let raw = key(&entry.raw);
        if raw.is_empty() {
            return Err(RowProblem::NoWord { column: "raw", found: shorten(&entry.raw) });
        }
        let target = entry.target.as_deref().map(tidy);
        if let Some(label) = target.as_ref().filter(|label| words(label).is_empty()) {
            return Err(RowProblem::NoWord { column: "final", found: shorten(label) });
        }
        let dictionary = &mut self.dictionary;
        let scope = match &entry.class {
            Some(class) => dictionary.classes.entry(class.clone()).or_default(),
            None => &mut dictionary.general,
        };
        let place = (entry.class.clone(), raw.clone());
        match scope.get(&raw) {
            Some(known) if *known == target => return Ok(()),
            Some(_) => {
                let first = self.lines.get(&place).copied().unwrap_or_default();
                return Err(RowProblem::Repeated { what: format!("`{}`", shorten(&entry.raw)), first });
            }
            None => {}
        }
        dictionary.longest = dictionary.longest.max(raw.split(' ').count());
        scope.insert(raw, target);
        self.lines.insert(place, line);
        dictionary.entries.push(entry);
        Ok(())
    }

    fn finish(self) -> Result<Dictionary> {
        let mut dictionary = self.dictionary;
        dictionary.entries.sort();
        check_circles(&dictionary.general, None)?;
        for scope in dictionary.classes.values() {
            check_circles(&dictionary.general, Some(scope))?;
        }
        // A label that came out of the dictionary stays as it is when it is cleaned again.
        let mut longest = dictionary.longest;
        let mut fix = |scope: &mut Scope, below: Option<&Scope>| {
            let labels: Vec<String> = scope.values().flatten().cloned().collect();
            for label in labels {
                let key = key(&label);
                longest = longest.max(key.split(' ').count());
                if !below.is_some_and(|b| b.contains_key(&key)) {
                    scope.entry(key).or_insert(Some(label));
                }
            }
        };
        fix(&mut dictionary.general, None);
        let general = &dictionary.general;
        dictionary.classes.values_mut().for_each(|scope| fix(scope, Some(general)));
        dictionary.longest = longest;
        Ok(dictionary)
    }
}

/// A label as it is shown: normalised, spaces collapsed.
fn tidy(label: &str) -> String {
    crate::words::normalize(label).split_whitespace().collect::<Vec<_>>().join(" ")
}

fn check_circles(general: &Scope, class: Option<&Scope>) -> Result<()> {
    let direct = |key: &str| class.and_then(|s| s.get(key)).or_else(|| general.get(key));
    let limit = general.len() + class.map_or(0, Scope::len);
    for start in general.keys().chain(class.into_iter().flat_map(Scope::keys)) {
        let mut at = start.clone();
        for step in 0.. {
            let Some(Some(label)) = direct(&at) else { break };
            let next = key(label);
            // An entry that leads to itself keeps a word: that is no circle.
            if next == at {
                break;
            }
            if step > limit {
                return Err(Error::DictionaryCircle { raw: start.clone() });
            }
            at = next;
        }
    }
    Ok(())
}
