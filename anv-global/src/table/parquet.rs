//! Tables as Parquet, readable by pandas, DuckDB and DataFusion as they are.

mod read;

pub use self::read::{FromFields, read_parquet};

use std::io::Write;
use std::sync::Arc;

use parquet::basic::{Compression, LogicalType, Repetition, Type as Physical};
use parquet::data_type::{BoolType, ByteArray, ByteArrayType, DoubleType, Int64Type};
use parquet::errors::ParquetError;
use parquet::file::properties::WriterProperties;
use parquet::file::writer::{SerializedFileWriter, SerializedRowGroupWriter};
use parquet::schema::types::{PrimitiveTypeBuilder, Type, TypePtr};

use super::sealed::Cells;
use super::{Cell, Kind, TableRow};
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
            Kind::OptionalInteger => primitive(name, Physical::INT64, OPTIONAL).build()?,
            Kind::Unsigned => primitive(name, Physical::INT64, REQUIRED)
                .with_logical_type(Some(LogicalType::integer(64, false)))
                .build()?,
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
            Cell::Integer(n) | Cell::Unsigned(n) => self.integers.push(n as i64),
            Cell::OptionalInteger(n) => {
                self.defined.push(n.is_some().into());
                self.integers.extend(n.map(|n| n as i64));
            }
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
        let defined =
            matches!(kind, Kind::OptionalText | Kind::OptionalInteger | Kind::OptionalFloat | Kind::Integers);
        let defined = defined.then_some(&*self.defined);
        let repeated = (kind == Kind::Integers).then_some(&*self.repeated);
        match kind {
            Kind::Text | Kind::OptionalText => {
                column.typed::<ByteArrayType>().write_batch(&self.texts, defined, repeated)?
            }
            Kind::Integer | Kind::OptionalInteger | Kind::Unsigned | Kind::Integers => {
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
