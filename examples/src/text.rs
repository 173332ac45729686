//! Tables and numbers for the terminal.

use std::io::Write;

/// Text without control characters: a terminal would act on them.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// Rows under a header, columns as wide as they need; those of numbers to the right.
///
/// ```
/// use anv_examples::text_table;
/// let rows = [vec!["tree".to_owned(), "12.5".to_owned()]];
/// assert_eq!(text_table(&["label", "score"], &[false, true], &rows), "label  score\ntree    12.5\n");
/// ```
pub fn text_table(header: &[&str], right: &[bool], rows: &[Vec<String>]) -> String {
    let header: Vec<String> = header.iter().map(|&h| h.to_owned()).collect();
    let all: Vec<Vec<String>> = std::iter::once(&header)
        .chain(rows)
        .map(|row| row.iter().map(|cell| printable(cell)).collect())
        .collect();
    let width = |column: usize| {
        all.iter().filter_map(|row| row.get(column)).map(|c| c.chars().count()).max().unwrap_or(0)
    };
    let widths: Vec<_> = (0..header.len()).map(width).collect();
    let mut text = String::new();
    for row in &all {
        let cells: Vec<_> = row
            .iter()
            .enumerate()
            .map(|(column, cell)| {
                let width = widths.get(column).copied().unwrap_or(0);
                match right.get(column) {
                    Some(true) => format!("{cell:>width$}"),
                    _ => format!("{cell:width$}"),
                }
            })
            .collect();
        text.push_str(cells.join("  ").trim_end());
        text.push('\n');
    }
    text
}

/// Prints a line on stdout, as `println!` does; see [`line()`].
#[macro_export]
macro_rules! say {
    () => { $crate::line(format_args!("")) };
    ($($text:tt)+) => { $crate::line(format_args!($($text)+)) };
}

/// Prints a line on stdout. A reader that went away ends the program in silence; any other failure, such as a full disk,
/// ends it with a message and exit code 2, where `println!` would panic.
pub fn line(text: std::fmt::Arguments<'_>) {
    if let Err(error) = writeln!(std::io::stdout().lock(), "{text}") {
        if error.kind() == std::io::ErrorKind::BrokenPipe {
            std::process::exit(0);
        }
        eprintln!("error: cannot print: {error}");
        std::process::exit(2);
    }
}

/// A number with `digits` decimals, or a dash.
pub fn number(value: Option<f64>, digits: usize) -> String {
    value.map_or_else(|| "–".into(), |v| format!("{v:.digits$}"))
}

/// A line of blocks as high as the values, the largest full.
pub fn sparkline(values: impl IntoIterator<Item = f64> + Clone) -> String {
    const BLOCKS: [char; 9] = [' ', '▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let most = values.clone().into_iter().fold(0.0, f64::max);
    let block = |v: f64| if most > 0.0 { BLOCKS[((8.0 * v / most).ceil() as usize).min(8)] } else { ' ' };
    values.into_iter().map(block).collect()
}
