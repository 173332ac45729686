//! Finished games as a table.

use std::ffi::OsStr;
use std::path::Path;

use super::csv::Csv;
use super::json::Json;
use super::parquet::Parquet;
use super::table::Table;
use crate::store::{CampaignId, Store};
use crate::{Error, Result};

/// What a table of games is written as.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Comma-separated values, as [`anv_labels::Games`] reads them.
    Csv,
    /// An array of objects.
    Json,
    /// Parquet, labels as a list.
    Parquet,
}

impl Format {
    /// The format that a file's name asks for.
    ///
    /// ```
    /// use deep_reveal::campaign::Format;
    /// assert_eq!(Format::of("games.csv")?, Format::Csv);
    /// assert!(Format::of("games.xlsx").is_err());
    /// # Ok::<(), deep_reveal::Error>(())
    /// ```
    ///
    /// # Errors
    /// [`Error::Parameter`] for another ending.
    pub fn of(path: impl AsRef<Path>) -> Result<Self> {
        let path = path.as_ref();
        match path.extension().and_then(OsStr::to_str).map(str::to_ascii_lowercase).as_deref() {
            Some("csv") => Ok(Self::Csv),
            Some("json") => Ok(Self::Json),
            Some("parquet") => Ok(Self::Parquet),
            _ => Err(Error::Parameter {
                name: "the file to export to",
                found: format!("`{}`", path.display()),
                expected: "a name that ends in .csv, .json or .parquet",
            }),
        }
    }
}

/// Every finished game of one campaign or all, oldest first, and how many they are. Players have pseudonyms; nothing
/// personal is in it but what they typed as labels.
///
/// # Errors
/// As [`Store::export`].
pub async fn export(
    store: &Store,
    campaign: Option<&CampaignId>,
    format: Format,
) -> Result<(Vec<u8>, usize)> {
    let mut table: Box<dyn Table> = match format {
        Format::Csv => Box::new(Csv::new()?),
        Format::Json => Box::new(Json::default()),
        Format::Parquet => Box::new(Parquet::new()?),
    };
    let mut games = 0;
    store
        .export(campaign, |row| {
            games += 1;
            table.add(row)
        })
        .await?;
    Ok((table.finish()?, games))
}
