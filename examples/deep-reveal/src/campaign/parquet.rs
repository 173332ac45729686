//! Games as Parquet, readable by pandas, DuckDB and DataFusion as they are.

use std::sync::Arc;

use parquet::basic::Compression;
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DataType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::parser::parse_message_type;

use super::table::Table;
use crate::store::GameRow;
use crate::{Error, Result};

const SCHEMA: &str = "message games {
    required binary game (STRING);
    required binary player (STRING);
    required binary image (STRING);
    required int64 layer;
    required int64 cluster;
    required binary true_class (STRING);
    optional binary guessed_class (STRING);
    required int64 hints_used;
    required group labels (LIST) { repeated group list { required binary element (STRING); } }
    required binary language (STRING);
    required boolean control;
}";

/// Rows that are gathered before they are written.
const ROWS_A_GROUP: usize = 1 << 17;

/// Groups of 131,072 rows, Snappy, dictionary encoding.
pub(super) struct Parquet {
    writer: SerializedFileWriter<Vec<u8>>,
    rows: Vec<GameRow>,
}

fn failed(error: ParquetError) -> Error {
    Error::Table { format: "Parquet", source: error.into() }
}

impl Parquet {
    pub(super) fn new() -> Result<Self> {
        let schema = Arc::new(parse_message_type(SCHEMA).map_err(failed)?);
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let writer = SerializedFileWriter::new(Vec::new(), schema, Arc::new(properties)).map_err(failed)?;
        Ok(Self { writer, rows: Vec::new() })
    }

    fn flush(&mut self) -> Result<(), ParquetError> {
        let rows = std::mem::take(&mut self.rows);
        if rows.is_empty() {
            return Ok(());
        }
        let mut group = self.writer.next_row_group()?;
        texts(&mut group, &rows, |row| &row.game)?;
        texts(&mut group, &rows, |row| &row.player)?;
        texts(&mut group, &rows, |row| &row.image)?;
        numbers(&mut group, &rows, |row| row.layer.into())?;
        numbers(&mut group, &rows, |row| row.cluster.into())?;
        texts(&mut group, &rows, |row| &row.true_class)?;
        guesses(&mut group, &rows)?;
        numbers(&mut group, &rows, |row| row.hints_used.into())?;
        labels(&mut group, &rows)?;
        texts(&mut group, &rows, |row| &row.language)?;
        let controls: Vec<bool> = rows.iter().map(|row| row.control).collect();
        column::<BoolType>(&mut group, &controls, None, None)?;
        group.close().map(|_| ())
    }
}

impl Table for Parquet {
    fn add(&mut self, row: GameRow) -> Result<()> {
        self.rows.push(row);
        match self.rows.len() < ROWS_A_GROUP {
            true => Ok(()),
            false => self.flush().map_err(failed),
        }
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<u8>> {
        self.flush().map_err(failed)?;
        self.writer.into_inner().map_err(failed)
    }
}

type Group<'a> = SerializedRowGroupWriter<'a, Vec<u8>>;

/// Writes the next column. `defined` is 1 where there is a value, `repeated` 1 for all values of a list but the first.
fn column<T: DataType>(
    group: &mut Group<'_>,
    values: &[T::T],
    defined: Option<&[i16]>,
    repeated: Option<&[i16]>,
) -> Result<(), ParquetError> {
    let missing = || ParquetError::General("the schema has no further column".into());
    let mut column = group.next_column()?.ok_or_else(missing)?;
    column.typed::<T>().write_batch(values, defined, repeated)?;
    column.close()
}

fn text(text: &str) -> ByteArray {
    text.as_bytes().to_vec().into()
}

fn texts(group: &mut Group<'_>, rows: &[GameRow], of: fn(&GameRow) -> &str) -> Result<(), ParquetError> {
    let values: Vec<ByteArray> = rows.iter().map(|row| text(of(row))).collect();
    column::<ByteArrayType>(group, &values, None, None)
}

fn numbers(group: &mut Group<'_>, rows: &[GameRow], of: fn(&GameRow) -> i64) -> Result<(), ParquetError> {
    let values: Vec<i64> = rows.iter().map(of).collect();
    column::<Int64Type>(group, &values, None, None)
}

fn guesses(group: &mut Group<'_>, rows: &[GameRow]) -> Result<(), ParquetError> {
    let values: Vec<ByteArray> =
        rows.iter().filter_map(|row| row.guessed_class.as_deref()).map(text).collect();
    let defined: Vec<i16> = rows.iter().map(|row| row.guessed_class.is_some().into()).collect();
    column::<ByteArrayType>(group, &values, Some(&defined), None)
}

fn labels(group: &mut Group<'_>, rows: &[GameRow]) -> Result<(), ParquetError> {
    let (mut values, mut defined, mut repeated) = (Vec::new(), Vec::new(), Vec::new());
    for row in rows {
        if row.labels.is_empty() {
            defined.push(0);
            repeated.push(0);
        }
        for (place, label) in row.labels.iter().enumerate() {
            values.push(text(label));
            defined.push(1);
            repeated.push(i16::from(place > 0));
        }
    }
    column::<ByteArrayType>(group, &values, Some(&defined), Some(&repeated))
}
