//! Answers for people: one line a row, as wide as the terminal.

use std::io::{self, IsTerminal, Write};
use std::sync::Arc;

use comfy_table::{Cell, CellAlignment, ContentArrangement, Row, presets};
use datafusion::arrow::array::{Array, AsArray, RecordBatch};
use datafusion::arrow::datatypes::{DataType, Field, Float64Type, Schema};
use datafusion::arrow::util::display::{ArrayFormatter, FormatOptions};

use super::{output, printable};
use crate::error::{Error, Result};

/// Characters of a cell that are looked at: a map has thousands of numbers.
const LONGEST: usize = 400;

/// The first rows, and how many there are.
pub struct Table {
    table: comfy_table::Table,
    /// Columns that are shown.
    columns: usize,
    /// Names of the others.
    hidden: Vec<String>,
    most: usize,
    rows: usize,
}

impl Table {
    /// A table that shows so many rows.
    pub fn new(schema: &Schema, most: usize) -> Self {
        let mut table = comfy_table::Table::new();
        table.load_preset(presets::NOTHING).set_truncation_indicator("…");
        let mut columns = schema.fields().len();
        if let Some(width) = width() {
            columns = fitting(schema, width.into());
            table.set_content_arrangement(ContentArrangement::Dynamic).set_width(width);
        }
        let name = |f: &Arc<Field>| printable(f.name());
        table.set_header(schema.fields().iter().take(columns).map(|f| Cell::new(name(f))));
        let hidden = schema.fields().iter().skip(columns).map(name).collect();
        for (column, field) in table.column_iter_mut().zip(schema.fields()) {
            column.set_padding((0, 2));
            if field.data_type().is_numeric() {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self { table, columns, hidden, most, rows: 0 }
    }

    /// Counts rows, and keeps those that are shown.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        let shown = batch.slice(0, batch.num_rows().min(self.most.saturating_sub(self.rows)));
        self.rows += batch.num_rows();
        if shown.num_rows() == 0 {
            return Ok(());
        }
        let options = FormatOptions::default().with_display_error(true);
        let columns = shown.columns().iter().take(self.columns).map(|column| {
            let format =
                ArrayFormatter::try_new(column, &options).map_err(|e| Error::Output(e.to_string()))?;
            Ok((column, format))
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        for row in 0..shown.num_rows() {
            let cells = columns.iter().map(|(column, format)| match column.data_type() {
                DataType::Float64 if column.is_valid(row) => {
                    number(column.as_primitive::<Float64Type>().value(row))
                }
                _ => printable(&format.value(row).to_string().chars().take(LONGEST).collect::<String>()),
            });
            let mut cells = Row::from(cells.collect::<Vec<_>>());
            cells.max_height(1);
            self.table.add_row(cells);
        }
        Ok(())
    }

    /// Prints it; the last line says how many rows there are.
    pub fn print(&self, target: &mut (dyn Write + Send)) -> Result<()> {
        let mut text = String::new();
        // Without columns there are no lines.
        if self.columns > 0 {
            text.extend(self.table.lines().map(|line| format!("{}\n", line.trim_end())));
        }
        if !self.hidden.is_empty() {
            text += &format!("not shown, for want of room: {}\n", self.hidden.join(", "));
        }
        text += &match self.rows {
            1 => "1 row".to_owned(),
            rows if rows <= self.most => format!("{rows} rows"),
            rows => format!("{} of {rows} rows; --rows 0 shows all, --out FILE keeps them", self.most),
        };
        writeln!(target, "{text}").and_then(|()| target.flush()).map_err(output)
    }
}

/// Columns, from the first, that have room for most of their names; at least one.
fn fitting(schema: &Schema, width: usize) -> usize {
    let mut taken = 0;
    let fits = schema.fields().iter().take_while(|field| {
        taken += field.name().chars().count().clamp(5, 12) + 2;
        taken <= width
    });
    fits.count().max(1)
}

/// Four decimals are enough to look at; what they cannot show is told as it is.
fn number(value: f64) -> String {
    let rounded = format!("{value:.4}");
    let vanishes = value != 0.0 && rounded.trim_start_matches('-').trim_matches(['0', '.']).is_empty();
    if vanishes || !value.is_finite() || value.abs() >= 1e15 {
        return format!("{value:e}");
    }
    rounded.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Of the terminal; what is not for one is as wide as it needs.
fn width() -> Option<u16> {
    let terminal = io::stdout().is_terminal();
    let told = || std::env::var("COLUMNS").ok()?.parse().ok();
    let asked = || console::Term::stdout().size_checked().map(|(_, columns)| columns);
    terminal.then(|| told().or_else(asked)).flatten()
}

#[cfg(test)]
mod tests {
    use datafusion::arrow::datatypes::{DataType, Field, Schema};

    use super::{fitting, number};

    #[test]
    fn a_narrow_terminal_shows_the_first_columns() {
        let names = ["run", "weight_percent", "silhouette"];
        let schema = Schema::new(names.map(|n| Field::new(n, DataType::Int64, true)).to_vec());
        // 7, 14 and 12 characters.
        assert_eq!([1, 7, 21, 32, 33].map(|width| fitting(&schema, width)), [1, 1, 2, 2, 3]);
    }

    #[test]
    fn numbers_are_short_and_never_wrong_by_much() {
        for (value, expected) in [
            (2.0, "2"),
            (33.333333333, "33.3333"),
            (0.1, "0.1"),
            (-0.00001, "-1e-5"),
            (0.0, "0"),
            (100.0, "100"),
            (1e20, "1e20"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(number(value), expected);
        }
    }
}
