//! Tables of the commands as files.

use std::path::Path;

use anv_core::{to_spreadsheet, write_file};
use anv_global::{TableRow, write_csv, write_parquet};

use crate::CommandError;

/// Writes rows as `NAME.csv` and `NAME.parquet` into `folder`.
///
/// # Errors
/// When a file cannot be written.
pub fn write_rows<R: TableRow>(
    folder: &Path,
    name: &str,
    rows: impl IntoIterator<Item = R> + Clone,
) -> Result<(), CommandError> {
    let mut csv = Vec::new();
    write_csv(rows.clone(), &mut csv)?;
    write_file(folder.join(format!("{name}.csv")), &csv)?;
    let mut parquet = Vec::new();
    write_parquet(rows, &mut parquet)?;
    Ok(write_file(folder.join(format!("{name}.parquet")), &parquet)?)
}

/// A CSV text of these columns and rows; cells that a spreadsheet could run as a formula start with an apostrophe.
/// Numbers, of which a negative one looks like a formula, stay as they are.
///
/// # Errors
/// When a row has another number of cells than there are columns.
pub fn csv_table(
    columns: &[&str],
    rows: impl IntoIterator<Item = Vec<String>>,
) -> Result<Vec<u8>, CommandError> {
    let mut writer = csv::Writer::from_writer(Vec::new());
    writer.write_record(columns)?;
    for row in rows {
        let cell = |cell: &String| match cell.parse::<f64>() {
            Ok(_) => cell.clone(),
            Err(_) => to_spreadsheet(cell).into_owned(),
        };
        writer.write_record(row.iter().map(cell))?;
    }
    writer.into_inner().map_err(|e| e.into_error().into())
}

#[cfg(test)]
mod tests {
    use super::csv_table;

    #[test]
    fn formulas_are_disarmed_and_numbers_are_not() {
        let rows = [vec!["=cmd".to_owned(), "-0.5".to_owned()]];
        let text = csv_table(&["label", "slope"], rows).unwrap();
        assert_eq!(String::from_utf8(text).unwrap(), "label,slope\n'=cmd,-0.5\n");
    }
}
