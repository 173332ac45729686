//! Tables back from Parquet.

use std::fs::File;

use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::record::{Field, Row};

use super::super::{ClusterRow, Kind, LabelRow, PhotoRow, ReadableRow};
use crate::{Error, Result};

/// How a row is put together again.
pub trait FromFields: super::Cells + Sized {
    #[doc(hidden)]
    const TABLE: &'static str;
    #[doc(hidden)]
    fn from_fields(fields: &Fields<'_>) -> Result<Self>;
}

/// Reads a table, also when another program wrote it: columns in any order, integers of any width, more columns than
/// needed.
///
/// # Errors
/// [`Error::Table`] when the file is no Parquet file, [`Error::Column`] for a column that is missing or of another type.
pub fn read_parquet<R: ReadableRow>(file: File) -> Result<Vec<R>> {
    // The library asserts some of what a damaged file can break; that must not take the caller down.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read_rows(file)))
        .unwrap_or_else(|_| Err(damaged()))
}

fn read_rows<R: ReadableRow>(file: File) -> Result<Vec<R>> {
    let length = file.metadata().map_err(Error::table("read", "Parquet"))?.len();
    let reader = SerializedFileReader::new(file).map_err(Error::table("read", "Parquet"))?;
    check_places(&reader, length)?;
    let schema = reader.metadata().file_metadata().schema();
    let place = |(name, _): &(&'static str, Kind)| {
        schema.get_fields().iter().position(|field| field.name() == *name).ok_or_else(|| Error::Column {
            column: (*name).into(),
            found: "missing".into(),
            expected: R::TABLE,
        })
    };
    let places = R::columns().iter().map(place).collect::<Result<Vec<_>>>()?;
    let rows = reader.get_row_iter(None).map_err(Error::table("read", "Parquet"))?;
    let mut read = Vec::new();
    for row in rows {
        let row = row.map_err(Error::table("read", "Parquet"))?;
        read.push(R::from_fields(&Fields::new(&row, R::columns(), &places))?);
    }
    Ok(read)
}

/// Checks that every column lies inside the file.
fn check_places(reader: &SerializedFileReader<File>, length: u64) -> Result<()> {
    for column in reader.metadata().row_groups().iter().flat_map(|group| group.columns()) {
        let start = column.dictionary_page_offset().unwrap_or_else(|| column.data_page_offset());
        let end = start.checked_add(column.compressed_size()).and_then(|end| u64::try_from(end).ok());
        if start < 0 || column.compressed_size() < 0 || end.is_none_or(|end| end > length) {
            return Err(damaged());
        }
    }
    Ok(())
}

fn damaged() -> Error {
    let source = std::io::Error::new(std::io::ErrorKind::InvalidData, "the file is damaged");
    Error::table("read", "Parquet")(source)
}

/// The values of a row, by the place of their column in the table.
pub struct Fields<'a> {
    fields: Vec<&'a Field>,
    columns: &'static [(&'static str, Kind)],
    /// Of the table's columns among those of the file.
    places: &'a [usize],
}

impl<'a> Fields<'a> {
    fn new(row: &'a Row, columns: &'static [(&'static str, Kind)], places: &'a [usize]) -> Self {
        Self { fields: row.get_column_iter().map(|(_, field)| field).collect(), columns, places }
    }

    fn at(&self, column: usize) -> &'a Field {
        self.fields.get(self.places[column]).copied().unwrap_or(&Field::Null)
    }

    fn fail(&self, column: usize, expected: &'static str) -> Error {
        let found = format!("`{}`", self.at(column));
        Error::Column { column: self.columns[column].0.into(), found, expected }
    }

    fn optional_text(&self, column: usize) -> Result<Option<String>> {
        match self.at(column) {
            Field::Str(text) => Ok(Some(text.clone())),
            Field::Null => Ok(None),
            _ => Err(self.fail(column, "text")),
        }
    }

    fn text(&self, column: usize) -> Result<String> {
        self.optional_text(column)?.ok_or_else(|| self.fail(column, "text"))
    }

    fn integer(&self, column: usize) -> Result<u64> {
        integer(self.at(column)).ok_or_else(|| self.fail(column, "a whole number of at least 0"))
    }

    fn optional_integer(&self, column: usize) -> Result<Option<u64>> {
        match self.at(column) {
            Field::Null => Ok(None),
            _ => self.integer(column).map(Some),
        }
    }

    fn float(&self, column: usize) -> Result<f64> {
        match *self.at(column) {
            Field::Double(x) => Ok(x),
            Field::Float(x) => Ok(x.into()),
            _ => Err(self.fail(column, "a number")),
        }
    }

    fn optional_float(&self, column: usize) -> Result<Option<f64>> {
        match self.at(column) {
            Field::Null => Ok(None),
            _ => self.float(column).map(Some),
        }
    }

    fn boolean(&self, column: usize) -> Result<bool> {
        match *self.at(column) {
            Field::Bool(yes) => Ok(yes),
            _ => Err(self.fail(column, "true or false")),
        }
    }

    fn integers(&self, column: usize) -> Result<Vec<u64>> {
        let list = match self.at(column) {
            Field::ListInternal(list) => list.elements().iter().map(integer).collect::<Option<Vec<_>>>(),
            _ => None,
        };
        list.ok_or_else(|| self.fail(column, "a list of whole numbers"))
    }
}

fn integer(field: &Field) -> Option<u64> {
    match *field {
        Field::Long(n) => u64::try_from(n).ok(),
        Field::Int(n) => u64::try_from(n).ok(),
        Field::Short(n) => u64::try_from(n).ok(),
        Field::UInt(n) => Some(n.into()),
        Field::ULong(n) => Some(n),
        _ => None,
    }
}

impl FromFields for LabelRow {
    const TABLE: &'static str = "a column of the table of labels";

    fn from_fields(fields: &Fields<'_>) -> Result<Self> {
        Ok(Self {
            image: fields.text(0)?,
            class: fields.text(1)?,
            true_class: fields.optional_text(2)?,
            layer: fields.integer(3)?,
            cluster: fields.integer(4)?,
            weight: fields.float(5)?,
            label: fields.text(6)?,
            score: fields.float(7)?,
            summed_score: fields.float(8)?,
            best: fields.boolean(9)?,
            members: fields.integers(10)?,
        })
    }
}

impl FromFields for ClusterRow {
    const TABLE: &'static str = "a column of the table of clusters";

    fn from_fields(fields: &Fields<'_>) -> Result<Self> {
        Ok(Self {
            photo: fields.integer(0)?,
            image: fields.text(1)?,
            class: fields.text(2)?,
            predicted: fields.text(3)?,
            true_class: fields.optional_text(4)?,
            layer: fields.integer(5)?,
            layer_name: fields.text(6)?,
            maps: fields.integer(7)?,
            cluster: fields.integer(8)?,
            weight_percent: fields.float(9)?,
            channels: fields.integer(10)?,
            kept: fields.integer(11)?,
            leftover_percent: fields.float(12)?,
            best_k: fields.integer(13)?,
            silhouette: fields.optional_float(14)?,
            seed: fields.integer(15)?,
            model_sha256: fields.text(16)?,
        })
    }
}

impl FromFields for PhotoRow {
    const TABLE: &'static str = "a column of the table of photos";

    fn from_fields(fields: &Fields<'_>) -> Result<Self> {
        Ok(Self {
            photo: fields.integer(0)?,
            image: fields.text(1)?,
            status: fields.text(2)?,
            reason: fields.optional_text(3)?,
            class: fields.optional_text(4)?,
            predicted: fields.optional_text(5)?,
            probability: fields.optional_float(6)?,
            true_class: fields.optional_text(7)?,
            width: fields.optional_integer(8)?,
            height: fields.optional_integer(9)?,
            cluster_maps: fields.integer(10)?,
            seconds: fields.float(11)?,
            sha256: fields.optional_text(12)?,
        })
    }
}
