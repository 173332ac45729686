//! What the three tables have in common: header, fields, limits, and rows that are skipped and counted.

use std::collections::BTreeMap;
use std::io::Read;

use anv_core::from_spreadsheet;
use csv::{ByteRecord, Reader, ReaderBuilder};

use crate::error::{ColumnProblem, RowProblem, Table, shorten};
use crate::{Error, Result};

/// How tables are read; the default stops at the first row that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReadOptions {
    /// Skip rows that cannot be used and columns that are not known, and count them.
    pub lenient: bool,
    /// Hints that a game has: `n_masks − 1`.
    pub most_hints: u8,
    /// Longest name, class or single label, in bytes.
    pub text_bytes: usize,
    /// Most labels a game.
    pub labels_per_game: usize,
}

impl Default for ReadOptions {
    fn default() -> Self {
        Self { lenient: false, most_hints: 5, text_bytes: 400, labels_per_game: 100 }
    }
}

impl ReadOptions {
    /// Sets [`ReadOptions::lenient`].
    #[must_use]
    pub fn lenient(mut self, lenient: bool) -> Self {
        self.lenient = lenient;
        self
    }
}

/// What a lenient reading left out.
#[derive(Debug, Clone, PartialEq, Default, serde::Serialize)]
pub struct Skipped {
    /// Rows left out.
    pub rows: u64,
    /// The reasons, by kind.
    pub reasons: BTreeMap<&'static str, SkippedKind>,
    /// Columns that were not known.
    pub columns: Vec<String>,
}

/// Rows left out for one kind of reason.
#[derive(Debug, Clone, PartialEq, serde::Serialize)]
pub struct SkippedKind {
    /// How many.
    pub rows: u64,
    /// Line of the first.
    pub first_line: u64,
    /// What is wrong with the first.
    pub first: String,
}

impl Skipped {
    /// Passes the problem on as an error, or counts it when reading is lenient.
    pub(crate) fn note(
        &mut self,
        options: &ReadOptions,
        table: Table,
        line: u64,
        reason: RowProblem,
    ) -> Result<()> {
        if !options.lenient {
            return Err(Error::Row { table, line, reason });
        }
        self.rows += 1;
        let kind = self.reasons.entry(reason.kind()).or_insert_with(|| SkippedKind {
            rows: 0,
            first_line: line,
            first: reason.to_string(),
        });
        kind.rows += 1;
        Ok(())
    }

    /// Adds what another reading left out.
    pub fn absorb(&mut self, other: Self) {
        self.rows += other.rows;
        self.columns.extend(other.columns);
        for (kind, found) in other.reasons {
            match self.reasons.entry(kind) {
                std::collections::btree_map::Entry::Occupied(mut e) => e.get_mut().rows += found.rows,
                std::collections::btree_map::Entry::Vacant(e) => {
                    e.insert(found);
                }
            }
        }
    }

    /// Whether nothing was left out.
    pub fn is_empty(&self) -> bool {
        self.rows == 0 && self.columns.is_empty()
    }
}

/// A column: its name and whether it must be there.
pub(crate) type Column = (&'static str, bool);

/// A CSV file whose header has been read.
pub(crate) struct Rows<R> {
    reader: Reader<R>,
    record: ByteRecord,
    table: Table,
    columns: &'static [Column],
    places: Vec<Option<usize>>,
    width: usize,
}

impl<R: Read> Rows<R> {
    pub fn new(
        input: R,
        table: Table,
        columns: &'static [Column],
        options: &ReadOptions,
        skipped: &mut Skipped,
    ) -> Result<Self> {
        let mut reader = ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 18)
            .from_reader(input);
        let mut record = ByteRecord::new();
        let csv = |e: csv::Error| Error::Csv { action: "read", table, source: e.into() };
        let expected = || columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(",");
        if !reader.read_byte_record(&mut record).map_err(csv)? {
            return Err(Error::Empty { table, expected: expected() });
        }
        let fail = |column: &str, problem| {
            Err(Error::Column { table, column: shorten(column), problem, expected: expected() })
        };
        let mut places = vec![None; columns.len()];
        for (place, name) in record.iter().enumerate() {
            let name = String::from_utf8_lossy(name);
            let name = name.trim();
            match columns.iter().position(|(known, _)| *known == name) {
                Some(column) if places[column].is_none() => places[column] = Some(place),
                Some(_) => return fail(name, ColumnProblem::Repeated),
                None if options.lenient => skipped.columns.push(shorten(name)),
                None => return fail(name, ColumnProblem::Unknown),
            }
        }
        for ((name, needed), place) in columns.iter().zip(&places) {
            if *needed && place.is_none() {
                return fail(name, ColumnProblem::Missing);
            }
        }
        let width = record.len();
        Ok(Self { reader, record, table, columns, places, width })
    }

    /// The next row and its line; `None` at the end.
    pub fn next(&mut self) -> Result<Option<(u64, Fields<'_>)>> {
        let csv = |e: csv::Error| Error::Csv { action: "read", table: self.table, source: e.into() };
        if !self.reader.read_byte_record(&mut self.record).map_err(csv)? {
            return Ok(None);
        }
        let line = self.record.position().map_or(0, csv::Position::line);
        let (record, places, columns) = (&self.record, &self.places[..], self.columns);
        Ok(Some((line, Fields { record, places, columns, width: self.width })))
    }
}

/// One row, fields by their place in the list of columns.
pub(crate) struct Fields<'a> {
    record: &'a ByteRecord,
    places: &'a [Option<usize>],
    columns: &'static [Column],
    width: usize,
}

impl<'a> Fields<'a> {
    /// Checks that the row is as wide as the header.
    pub fn check_width(&self) -> Result<(), RowProblem> {
        match self.record.len() == self.width {
            true => Ok(()),
            false => Err(RowProblem::Fields { found: self.record.len(), expected: self.width }),
        }
    }

    pub fn name(&self, column: usize) -> &'static str {
        self.columns[column].0
    }

    /// The trimmed text of a field; empty where the column is not in the table.
    pub fn raw(&self, column: usize) -> Result<&'a str, RowProblem> {
        let bytes = self.places[column].and_then(|place| self.record.get(place)).unwrap_or_default();
        let text = std::str::from_utf8(bytes).map_err(|_| RowProblem::Utf8 { column: self.name(column) })?;
        Ok(text.trim())
    }

    /// A text of limited length without the apostrophe that protects it from spreadsheets.
    pub fn text(&self, column: usize, options: &ReadOptions) -> Result<&'a str, RowProblem> {
        let text = from_spreadsheet(self.raw(column)?);
        check_length(text, self.name(column), options)?;
        Ok(text)
    }

    /// A text that must not be empty.
    pub fn needed(&self, column: usize, options: &ReadOptions) -> Result<&'a str, RowProblem> {
        match self.text(column, options)? {
            "" => Err(RowProblem::Empty { column: self.name(column) }),
            text => Ok(text),
        }
    }

    pub fn parse<T: std::str::FromStr>(
        &self,
        column: usize,
        expected: &'static str,
    ) -> Result<T, RowProblem> {
        let text = self.raw(column)?;
        text.parse().map_err(|_| RowProblem::Value {
            column: self.name(column),
            found: shorten(text),
            expected,
        })
    }
}

pub(crate) fn check_length(
    text: &str,
    column: &'static str,
    options: &ReadOptions,
) -> Result<(), RowProblem> {
    match text.len() <= options.text_bytes {
        true => Ok(()),
        false => Err(RowProblem::TooLong {
            column,
            bytes: text.len(),
            start: shorten(text),
            limit: options.text_bytes,
        }),
    }
}
