//! Answers for programs: CSV, JSON, Parquet.

use std::io::Write;

use datafusion::arrow::csv;
use datafusion::arrow::datatypes::{DataType, Schema, SchemaRef};
use datafusion::arrow::error::ArrowError;
use datafusion::arrow::json::ArrayWriter;
use datafusion::arrow::record_batch::RecordBatch;
use datafusion::parquet::arrow::ArrowWriter;
use datafusion::parquet::basic::Compression;
use datafusion::parquet::errors::ParquetError;
use datafusion::parquet::file::properties::WriterProperties;

use super::output;
use crate::args::Format;
use crate::error::{Error, Result};

type Output<'a> = &'a mut (dyn Write + Send);

/// Writes batch by batch.
pub enum Sink<'a> {
    Csv(Box<csv::Writer<Output<'a>>>),
    Json(ArrayWriter<Output<'a>>),
    Parquet(Box<ArrowWriter<Output<'a>>>),
}

impl<'a> Sink<'a> {
    /// Begins a file of this format.
    pub fn new(format: Format, schema: &SchemaRef, target: Output<'a>) -> Result<Self> {
        match format {
            Format::Parquet => {
                let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
                let writer = ArrowWriter::try_new(target, schema.clone(), Some(properties));
                Ok(Self::Parquet(Box::new(writer.map_err(parquet)?)))
            }
            Format::Json => Ok(Self::Json(ArrayWriter::new(target))),
            Format::Csv | Format::Table => {
                flat(schema)?;
                let mut writer = csv::WriterBuilder::new().with_header(true).build(target);
                // The names of the columns stand there even when no row follows.
                writer.write(&RecordBatch::new_empty(schema.clone())).map_err(arrow)?;
                Ok(Self::Csv(Box::new(writer)))
            }
        }
    }

    /// Writes rows.
    pub fn add(&mut self, batch: &RecordBatch) -> Result<()> {
        match self {
            Self::Csv(writer) => writer.write(batch).map_err(arrow),
            Self::Json(writer) => writer.write(batch).map_err(arrow),
            Self::Parquet(writer) => writer.write(batch).map_err(parquet),
        }
    }

    /// Ends the file.
    pub fn finish(self) -> Result<()> {
        match self {
            Self::Csv(writer) => writer.into_inner().flush().map_err(output),
            Self::Json(mut writer) => {
                writer.finish().map_err(arrow)?;
                let target = writer.into_inner();
                target.write_all(b"\n").and_then(|()| target.flush()).map_err(output)
            }
            Self::Parquet(writer) => writer.into_inner().map_err(parquet)?.flush().map_err(output),
        }
    }
}

fn flat(schema: &Schema) -> Result<()> {
    let list = |kind: &DataType| matches!(kind, DataType::Binary) || kind.is_nested();
    match schema.fields().iter().find(|f| list(f.data_type())) {
        Some(field) => Err(Error::Output(format!(
            "column `{}` holds {}, which CSV has no place for: take --format json or parquet",
            field.name(),
            if field.data_type().is_nested() { "lists" } else { "bytes" }
        ))),
        None => Ok(()),
    }
}

fn arrow(error: ArrowError) -> Error {
    match error {
        ArrowError::IoError(_, source) => output(source),
        other => Error::Output(other.to_string()),
    }
}

fn parquet(error: ParquetError) -> Error {
    Error::Output(error.to_string())
}
