//! Names the file that a query cannot read: the engine's own messages do not.

use std::fs::File;
use std::path::{Path, PathBuf};

use datafusion::arrow::compute::can_cast_types;
use datafusion::arrow::datatypes::Schema;
use datafusion::parquet::arrow::arrow_reader::{ArrowReaderMetadata, ParquetRecordBatchReaderBuilder};

use crate::error::{Error, Result};
use crate::run::Run;
use crate::schema::Table;

/// What goes wrong with a file, in words.
type Failed = Box<dyn std::error::Error + Send + Sync>;

impl Run {
    /// The files of a table.
    pub fn files_of(&self, table: Table) -> &[PathBuf] {
        match table {
            Table::Clusters => &self.files.clusters,
            Table::Photos => &self.files.photos,
            Table::Labels => &self.files.labels,
            Table::Features => &self.files.features,
        }
    }

    /// Looks at the end of every file, where Parquet has its columns.
    ///
    /// # Errors
    /// [`Error::File`] for the first one that is no Parquet file, or not of its table.
    pub fn check(&self) -> Result<()> {
        self.each(|table, path| {
            let metadata = ArrowReaderMetadata::load(&File::open(path)?, Default::default())?;
            has_columns(table, metadata.schema())
        })
    }

    /// Reads every file whole, to find out which one a query failed at.
    ///
    /// # Errors
    /// [`Error::File`] for the first one that cannot be read.
    pub fn read_all(&self) -> Result<()> {
        self.each(|_, path| {
            for batch in ParquetRecordBatchReaderBuilder::try_new(File::open(path)?)?.build()? {
                batch?;
            }
            Ok(())
        })
    }

    fn each(&self, look: impl Fn(Table, &Path) -> Result<(), Failed>) -> Result<()> {
        for table in Table::ALL {
            for path in self.files_of(table) {
                look(table, path).map_err(|e| Error::File { path: path.clone(), reason: e.to_string() })?;
            }
        }
        Ok(())
    }
}

/// Another program may have written the table: more columns, another order, other widths of numbers are fine.
fn has_columns(table: Table, found: &Schema) -> Result<(), Failed> {
    for field in table.schema().fields() {
        let name = field.name();
        let Ok(own) = found.field_with_name(name) else {
            return Err(format!("it has no column `{name}`, so it is no table of {}", table.name()).into());
        };
        if !can_cast_types(own.data_type(), field.data_type()) {
            return Err(
                format!("its column `{name}` is {}, not {}", own.data_type(), field.data_type()).into()
            );
        }
    }
    Ok(())
}
