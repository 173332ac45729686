//! Games as comma-separated values.

use anv_core::to_spreadsheet;
use csv::Writer;

use super::table::Table;
use crate::store::GameRow;
use crate::{Error, Result};

const HEADER: [&str; 11] = [
    "game",
    "player",
    "image",
    "layer",
    "cluster",
    "true_class",
    "guessed_class",
    "hints_used",
    "labels",
    "language",
    "control",
];

/// Cells that a spreadsheet could run start with an apostrophe, which [`anv_labels::Games`] takes away.
pub(super) struct Csv(Writer<Vec<u8>>);

fn failed(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Table { format: "CSV", source: error.into() }
}

impl Csv {
    pub(super) fn new() -> Result<Self> {
        let mut writer = Writer::from_writer(Vec::new());
        writer.write_record(HEADER).map_err(failed)?;
        Ok(Self(writer))
    }
}

impl Table for Csv {
    fn add(&mut self, row: GameRow) -> Result<()> {
        let labels = row.labels.join(";");
        self.0
            .write_record([
                &*row.game,
                &*row.player,
                &*to_spreadsheet(&row.image),
                &row.layer.to_string(),
                &row.cluster.to_string(),
                &*to_spreadsheet(&row.true_class),
                &*to_spreadsheet(row.guessed_class.as_deref().unwrap_or_default()),
                &row.hints_used.to_string(),
                &*to_spreadsheet(&labels),
                &*to_spreadsheet(&row.language),
                if row.control { "true" } else { "false" },
            ])
            .map_err(failed)
    }

    fn finish(self: Box<Self>) -> Result<Vec<u8>> {
        self.0.into_inner().map_err(|e| failed(e.into_error()))
    }
}
