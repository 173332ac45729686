//! Tables as Parquet, readable by pandas, DuckDB and DataFusion as they are.

use std::fs::File;
use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::reader::{FileReader, SerializedFileReader};
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::record::{Field, Row};
use parquet::schema::types::{PrimitiveTypeBuilder, Type, TypePtr};

use super::sealed::Cells;
use super::{Cell, Kind, LabelRow, TableRow};
use crate::{Error, Result};

/// Rows that are gathered before they are written: enough for good compression, little memory.
const ROWS_A_GROUP: usize = 1 << 17;

/// Writes a table as Parquet (Snappy, dictionary encoding), in groups of 131,072 rows, so that any number of rows can
/// be streamed through. `members` is a list of 64-bit integers, texts are UTF-8, what is not known is null.
///
/// # Errors
/// [`Error::Table`] when the output cannot be written.
pub fn write_parquet<R: TableRow>(
    rows: impl IntoIterator<Item = R>,
    output: impl Write + Send,
) -> Result<()> {
    let write = || -> std::result::Result<(), ParquetError> {
        let properties = WriterProperties::builder().set_compression(Compression::SNAPPY).build();
        let schema = schema(R::NAME, R::columns())?;
        let mut writer = SerializedFileWriter::new(output, schema, Arc::new(properties))?;
        let mut buffers = vec![Buffer::default(); R::columns().len()];
        let mut rows = rows.into_iter().peekable();
        while rows.peek().is_some() {
            for row in rows.by_ref().take(ROWS_A_GROUP) {
                row.cells().into_iter().zip(&mut buffers).for_each(|(cell, buffer)| buffer.push(cell));
            }
            let mut group = writer.next_row_group()?;
            for (buffer, (_, kind)) in buffers.iter_mut().zip(R::columns()) {
                buffer.write(&mut group, *kind)?;
            }
            group.close()?;
        }
        writer.close().map(|_| ())
    };
    write().map_err(Error::table("write", "Parquet"))
}

fn primitive(name: &str, physical: Physical, repetition: Repetition) -> PrimitiveTypeBuilder<'_> {
    Type::primitive_type_builder(name, physical).with_repetition(repetition)
}

fn schema(name: &str, columns: &[(&'static str, Kind)]) -> std::result::Result<TypePtr, ParquetError> {
    let field = |&(name, kind): &(&str, Kind)| -> std::result::Result<TypePtr, ParquetError> {
        const OPTIONAL: Repetition = Repetition::OPTIONAL;
        const REQUIRED: Repetition = Repetition::REQUIRED;
        let text = |repetition| {
            primitive(name, Physical::BYTE_ARRAY, repetition)
                .with_logical_type(Some(LogicalType::String))
                .build()
        };
        Ok(Arc::new(match kind {
            Kind::Text => text(REQUIRED)?,
            Kind::OptionalText => text(OPTIONAL)?,
            Kind::Integer => primitive(name, Physical::INT64, REQUIRED).build()?,
            Kind::Float => primitive(name, Physical::DOUBLE, REQUIRED).build()?,
            Kind::OptionalFloat => primitive(name, Physical::DOUBLE, OPTIONAL).build()?,
            Kind::Boolean => primitive(name, Physical::BOOLEAN, REQUIRED).build()?,
            Kind::Integers => {
                let element = Arc::new(primitive("element", Physical::INT64, REQUIRED).build()?);
                let list = Type::group_type_builder("list")
                    .with_repetition(Repetition::REPEATED)
                    .with_fields(vec![element]);
                Type::group_type_builder(name)
                    .with_repetition(REQUIRED)
                    .with_logical_type(Some(LogicalType::List))
                    .with_fields(vec![Arc::new(list.build()?)])
                    .build()?
            }
        }))
    };
    let fields = columns.iter().map(field).collect::<std::result::Result<_, _>>()?;
    Ok(Arc::new(Type::group_type_builder(name).with_fields(fields).build()?))
}

/// The values of one column. Of the vectors only those of the column's kind are used.
#[derive(Clone, Default)]
struct Buffer {
    texts: Vec<ByteArray>,
    integers: Vec<i64>,
    floats: Vec<f64>,
    booleans: Vec<bool>,
    /// 1 where there is a value.
    defined: Vec<i16>,
    /// 1 for all values of a list but the first.
    repeated: Vec<i16>,
}

impl Buffer {
    fn push(&mut self, cell: Cell<'_>) {
        match cell {
            Cell::Text(text) => self.texts.push(text.as_bytes().to_vec().into()),
            Cell::OptionalText(text) => {
                self.defined.push(text.is_some().into());
                self.texts.extend(text.map(|t| ByteArray::from(t.as_bytes().to_vec())));
            }
            Cell::Integer(n) => self.integers.push(n as i64),
            Cell::Float(x) => self.floats.push(x),
            Cell::OptionalFloat(x) => {
                self.defined.push(x.is_some().into());
                self.floats.extend(x);
            }
            Cell::Boolean(yes) => self.booleans.push(yes),
            Cell::Integers([]) => {
                self.defined.push(0);
                self.repeated.push(0);
            }
            Cell::Integers(list) => {
                for (place, &n) in list.iter().enumerate() {
                    self.integers.push(n as i64);
                    self.defined.push(1);
                    self.repeated.push(i16::from(place > 0));
                }
            }
        }
    }

    fn write<W: Write + Send>(
        &mut self,
        group: &mut SerializedRowGroupWriter<'_, W>,
        kind: Kind,
    ) -> std::result::Result<(), ParquetError> {
        let Some(mut column) = group.next_column()? else { return Ok(()) };
        let defined = matches!(kind, Kind::OptionalText | Kind::OptionalFloat | Kind::Integers);
        let defined = defined.then_some(&*self.defined);
        let repeated = (kind == Kind::Integers).then_some(&*self.repeated);
        match kind {
            Kind::Text | Kind::OptionalText => {
                column.typed::<ByteArrayType>().write_batch(&self.texts, defined, repeated)?
            }
            Kind::Integer | Kind::Integers => {
                column.typed::<Int64Type>().write_batch(&self.integers, defined, repeated)?
            }
            Kind::Float | Kind::OptionalFloat => {
                column.typed::<DoubleType>().write_batch(&self.floats, defined, repeated)?
            }
            Kind::Boolean => column.typed::<BoolType>().write_batch(&self.booleans, defined, repeated)?,
        };
        column.close()?;
        let Self { texts, integers, floats, booleans, defined, repeated } = self;
        texts.clear();
        integers.clear();
        floats.clear();
        booleans.clear();
        defined.clear();
        repeated.clear();
        Ok(())
    }
}

/// Reads a table of labels, also when another program wrote it: columns in any order, integers of any width, more
/// columns than needed.
///
/// # Errors
/// [`Error::Table`] when the file is no Parquet file, [`Error::Column`] for a column that is missing or of another type.
pub fn read_parquet(file: File) -> Result<Vec<LabelRow>> {
    // The library asserts some of what a damaged file can break; that must not take the caller down.
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| read_rows(file)))
        .unwrap_or_else(|_| Err(damaged()))
}

fn read_rows(file: File) -> Result<Vec<LabelRow>> {
    let length = file.metadata().map_err(Error::table("read", "Parquet"))?.len();
    let reader = SerializedFileReader::new(file).map_err(Error::table("read", "Parquet"))?;
    check_places(&reader, length)?;
    let schema = reader.metadata().file_metadata().schema();
    let place = |(name, _): &(&'static str, Kind)| {
        schema.get_fields().iter().position(|field| field.name() == *name).ok_or_else(|| Error::Column {
            column: (*name).into(),
            found: "missing".into(),
            expected: "a column of the table of labels",
        })
    };
    let places = LabelRow::columns().iter().map(place).collect::<Result<Vec<_>>>()?;
    let rows = reader.get_row_iter(None).map_err(Error::table("read", "Parquet"))?;
    let mut read = Vec::new();
    for row in rows {
        let row = row.map_err(Error::table("read", "Parquet"))?;
        read.push(label_row(&row, &places)?);
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

/// `places` of the columns of [`LabelRow`] among those of the file.
fn label_row(row: &Row, places: &[usize]) -> Result<LabelRow> {
    let columns = LabelRow::columns();
    let fields: Vec<&Field> = row.get_column_iter().map(|(_, field)| field).collect();
    let cell = |column: usize| fields.get(places[column]).copied().unwrap_or(&Field::Null);
    let fail = |column: usize, field: &Field, expected| Error::Column {
        column: columns[column].0.into(),
        found: format!("`{field}`"),
        expected,
    };
    let text = |column: usize| match cell(column) {
        Field::Str(text) => Ok(Some(text.clone())),
        Field::Null => Ok(None),
        other => Err(fail(column, other, "text")),
    };
    let needed = |column: usize| text(column)?.ok_or_else(|| fail(column, &Field::Null, "text"));
    let whole = |column: usize| {
        let field = cell(column);
        integer(field).ok_or_else(|| fail(column, field, "a whole number of at least 0"))
    };
    let float = |column: usize| match cell(column) {
        Field::Double(x) => Ok(*x),
        Field::Float(x) => Ok(f64::from(*x)),
        other => Err(fail(column, other, "a number")),
    };
    let best = match cell(9) {
        Field::Bool(yes) => *yes,
        other => return Err(fail(9, other, "true or false")),
    };
    let members = match cell(10) {
        Field::ListInternal(list) => list.elements().iter().map(integer).collect::<Option<Vec<_>>>(),
        _ => None,
    };
    Ok(LabelRow {
        image: needed(0)?,
        class: needed(1)?,
        true_class: text(2)?,
        layer: whole(3)?,
        cluster: whole(4)?,
        weight: float(5)?,
        label: needed(6)?,
        score: float(7)?,
        summed_score: float(8)?,
        best,
        members: match members {
            Some(members) => members,
            None => return Err(fail(10, cell(10), "a list of whole numbers")),
        },
    })
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
