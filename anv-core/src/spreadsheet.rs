//! Cells that a spreadsheet does not run.

use std::borrow::Cow;

/// Whether a spreadsheet could take `text` for a formula: it starts with `=`, `+`, `-`, `@`, tab or carriage return.
fn formula_like(text: &str) -> bool {
    text.starts_with(['=', '+', '-', '@', '\t', '\r'])
}

/// Text as it goes into a CSV cell: an apostrophe is put before what a spreadsheet would run as a formula
/// (OWASP, "CSV injection"). [`from_spreadsheet`] takes it away again.
///
/// ```
/// use anv_core::{from_spreadsheet, to_spreadsheet};
/// assert_eq!(to_spreadsheet("=cmd"), "'=cmd");
/// assert_eq!(to_spreadsheet("tree"), "tree");
/// assert_eq!(from_spreadsheet(&to_spreadsheet("'=cmd")), "'=cmd");
/// ```
pub fn to_spreadsheet(text: &str) -> Cow<'_, str> {
    // Text that already looks protected gets one more apostrophe, else reading it back would lose its own.
    match formula_like(text.trim_start_matches('\'')) {
        true => Cow::Owned(format!("'{text}")),
        false => Cow::Borrowed(text),
    }
}

/// The text of a cell that [`to_spreadsheet`] wrote.
pub fn from_spreadsheet(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if formula_like(rest.trim_start_matches('\'')) => rest,
        _ => cell,
    }
}
