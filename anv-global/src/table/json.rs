//! Tables as JSON: one array of objects.

use std::io::{Read, Write};

use serde::Serializer;
use serde::ser::SerializeSeq;

use super::{LabelRow, TableRow};
use crate::{Error, Result};

/// Writes a table as one JSON array with an object a row, without holding it in memory.
///
/// # Errors
/// [`Error::Table`] when the output cannot be written.
pub fn write_json<R: TableRow>(rows: impl IntoIterator<Item = R>, mut output: impl Write) -> Result<()> {
    let write = || -> std::result::Result<(), serde_json::Error> {
        let mut serializer = serde_json::Serializer::new(&mut output);
        let mut array = serializer.serialize_seq(None)?;
        for row in rows {
            array.serialize_element(&row)?;
        }
        array.end()
    };
    write().map_err(Error::table("write", "JSON"))?;
    output.flush().map_err(Error::table("write", "JSON"))
}

/// Reads the table of labels that [`write_json`] wrote.
///
/// # Errors
/// [`Error::Table`] when the text is not such a table.
pub fn read_json(input: impl Read) -> Result<Vec<LabelRow>> {
    serde_json::from_reader(input).map_err(Error::table("read", "JSON"))
}
