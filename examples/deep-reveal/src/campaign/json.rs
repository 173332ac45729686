//! Games as JSON.

use super::table::Table;
use crate::store::GameRow;
use crate::{Error, Result};

/// An array of objects, one a line.
#[derive(Default)]
pub(super) struct Json(Vec<u8>);

impl Table for Json {
    fn add(&mut self, row: GameRow) -> Result<()> {
        self.0.extend(if self.0.is_empty() { &b"[\n"[..] } else { b",\n" });
        let failed = |error: serde_json::Error| Error::Table { format: "JSON", source: error.into() };
        serde_json::to_writer(&mut self.0, &row).map_err(failed)
    }

    fn finish(mut self: Box<Self>) -> Result<Vec<u8>> {
        self.0.extend(if self.0.is_empty() { &b"[]\n"[..] } else { b"\n]\n" });
        Ok(self.0)
    }
}
