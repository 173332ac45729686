//! Values out of rows.

use sqlx::Row;
use sqlx::any::AnyRow;

use crate::{Error, Result};

/// Reads columns by name; both databases give the same types.
pub(super) trait Columns {
    fn text(&self, column: &str) -> Result<String>;
    fn maybe_text(&self, column: &str) -> Result<Option<String>>;
    fn time(&self, column: &str) -> Result<i64>;
    fn maybe_time(&self, column: &str) -> Result<Option<i64>>;
    fn float(&self, column: &str) -> Result<f64>;
    fn bytes(&self, column: &str) -> Result<Vec<u8>>;

    /// A number of things; never negative.
    fn count(&self, column: &str) -> Result<u64> {
        let number = self.time(column)?;
        u64::try_from(number)
            .map_err(|_| Error::Damaged { what: "count", reason: format!("{column} is {number}") })
    }

    fn flag(&self, column: &str) -> Result<bool> {
        Ok(self.time(column)? != 0)
    }

    /// A count that is small by its nature.
    fn small(&self, column: &str) -> Result<u32> {
        Ok(u32::try_from(self.count(column)?).unwrap_or(u32::MAX))
    }
}

impl Columns for AnyRow {
    fn text(&self, column: &str) -> Result<String> {
        self.try_get(column).map_err(Error::database("read a text"))
    }

    fn maybe_text(&self, column: &str) -> Result<Option<String>> {
        self.try_get(column).map_err(Error::database("read a text"))
    }

    fn time(&self, column: &str) -> Result<i64> {
        self.try_get(column).map_err(Error::database("read a number"))
    }

    fn maybe_time(&self, column: &str) -> Result<Option<i64>> {
        self.try_get(column).map_err(Error::database("read a number"))
    }

    fn float(&self, column: &str) -> Result<f64> {
        self.try_get(column).map_err(Error::database("read a number"))
    }

    fn bytes(&self, column: &str) -> Result<Vec<u8>> {
        self.try_get(column).map_err(Error::database("read a picture"))
    }
}

/// A value that is stored as JSON.
pub(super) fn from_json<T: serde::de::DeserializeOwned>(what: &'static str, text: &str) -> Result<T> {
    serde_json::from_str(text).map_err(|e| Error::Damaged { what, reason: e.to_string() })
}

/// As JSON; a value of ours always can be.
pub(super) fn to_json<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|e| Error::Damaged { what, reason: e.to_string() })
}
