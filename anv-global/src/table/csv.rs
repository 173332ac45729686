//! Tables as CSV.

use std::borrow::Cow;
use std::io::{Read, Write};

use anv_core::{from_spreadsheet, to_spreadsheet};

use super::sealed::Cells;
use super::{Cell, LabelRow, TableRow};
use crate::{Error, Result};

/// Writes a table as CSV with a header. Lists are joined by `;`, what is not known is empty, and cells that a
/// spreadsheet could run as a formula start with an apostrophe.
///
/// # Errors
/// [`Error::Table`] when the output cannot be written.
pub fn write_csv<R: TableRow>(rows: impl IntoIterator<Item = R>, output: impl Write) -> Result<()> {
    let write = || -> std::result::Result<(), csv::Error> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(R::columns().iter().map(|(name, _)| name))?;
        for row in rows {
            for cell in row.cells() {
                writer.write_field(text(cell).as_bytes())?;
            }
            writer.write_record(None::<&[u8]>)?;
        }
        Ok(writer.flush()?)
    };
    write().map_err(Error::table("write", "CSV"))
}

fn text(cell: Cell<'_>) -> Cow<'_, str> {
    match cell {
        Cell::Text(text) | Cell::OptionalText(Some(text)) => to_spreadsheet(text),
        Cell::Integer(n) | Cell::Unsigned(n) | Cell::OptionalInteger(Some(n)) => n.to_string().into(),
        Cell::Float(x) | Cell::OptionalFloat(Some(x)) => x.to_string().into(),
        Cell::OptionalText(None) | Cell::OptionalFloat(None) | Cell::OptionalInteger(None) => "".into(),
        Cell::Boolean(yes) => if yes { "true" } else { "false" }.into(),
        Cell::Integers(list) => list.iter().map(u64::to_string).collect::<Vec<_>>().join(";").into(),
    }
}

/// Reads the table of labels that [`write_csv`] wrote; columns in any order.
///
/// # Errors
/// [`Error::Column`] for a missing column, [`Error::Cell`] for a cell that cannot be understood, [`Error::Table`] when
/// reading fails or a row has another number of fields.
pub fn read_csv(input: impl Read) -> Result<Vec<LabelRow>> {
    let mut reader = csv::Reader::from_reader(input);
    let header = reader.headers().map_err(Error::table("read", "CSV"))?.clone();
    let place = |column: &'static str| {
        header.iter().position(|name| name == column).ok_or_else(|| Error::Column {
            column: column.to_owned(),
            found: "missing".into(),
            expected: "a column of the table of labels",
        })
    };
    let places = LabelRow::columns().iter().map(|(name, _)| place(name)).collect::<Result<Vec<_>>>()?;
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(Error::table("read", "CSV"))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells = Fields { record: &record, places: &places, line };
        rows.push(LabelRow {
            image: cells.text(0),
            class: cells.text(1),
            true_class: Some(cells.text(2)).filter(|t| !t.is_empty()),
            layer: cells.parse(3, "a whole number")?,
            cluster: cells.parse(4, "a whole number")?,
            weight: cells.parse(5, "a number")?,
            label: cells.text(6),
            score: cells.parse(7, "a number")?,
            summed_score: cells.parse(8, "a number")?,
            best: cells.parse(9, "true or false")?,
            members: cells.members()?,
        });
    }
    Ok(rows)
}

struct Fields<'a> {
    record: &'a csv::StringRecord,
    places: &'a [usize],
    line: u64,
}

impl Fields<'_> {
    fn raw(&self, column: usize) -> &str {
        self.record.get(self.places[column]).unwrap_or_default()
    }

    fn text(&self, column: usize) -> String {
        from_spreadsheet(self.raw(column)).to_owned()
    }

    fn fail(&self, column: usize, expected: &'static str) -> Error {
        let found = self.raw(column).to_owned();
        Error::Cell { line: self.line, column: LabelRow::columns()[column].0, found, expected }
    }

    fn parse<T: std::str::FromStr>(&self, column: usize, expected: &'static str) -> Result<T> {
        self.raw(column).parse().map_err(|_| self.fail(column, expected))
    }

    fn members(&self) -> Result<Vec<u64>> {
        const COLUMN: usize = 10;
        let parts = self.raw(COLUMN).split(';').filter(|part| !part.is_empty());
        let parsed: std::result::Result<_, _> = parts.map(str::parse).collect();
        parsed.map_err(|_| self.fail(COLUMN, "whole numbers joined by `;`"))
    }
}
