//! An answer, on its way to a terminal, a program or a file.

mod sink;
mod table;

use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use datafusion::execution::SendableRecordBatchStream;
use futures::StreamExt;
use tokio::runtime::Runtime;

use self::sink::Sink;
use self::table::Table;
use crate::args::{Ask, Format};
use crate::error::{Error, Result};

/// Rows as they come.
pub struct Answer<'a> {
    /// The rows.
    pub rows: SendableRecordBatchStream,
    /// What drives them.
    pub runtime: &'a Runtime,
}

/// Where an answer goes, and how.
#[derive(Debug)]
pub struct Target {
    format: Format,
    file: Option<PathBuf>,
    rows: usize,
}

impl Target {
    /// As the arguments say.
    ///
    /// # Errors
    /// [`Error::Arguments`] for a file whose name says no format, and Parquet for a terminal.
    pub fn new(ask: &Ask) -> Result<Self> {
        let format = match (ask.format, &ask.out) {
            (Some(format), _) => format,
            (None, None) => Format::Table,
            (None, Some(path)) => by_name(path)?,
        };
        if format == Format::Parquet && ask.out.is_none() && io::stdout().is_terminal() {
            return Err(Error::Arguments("Parquet is nothing for a terminal: give --out FILE".into()));
        }
        let rows = if ask.rows == 0 { usize::MAX } else { ask.rows };
        Ok(Self { format, file: ask.out.clone(), rows })
    }

    /// Writes an answer, row by row.
    ///
    /// # Errors
    /// [`Error::Query`] when it breaks off, [`Error::Output`] when it cannot be written.
    pub fn write(&self, answer: Answer<'_>) -> Result<()> {
        let Some(path) = &self.file else {
            let closed = AtomicBool::new(false);
            let pipe = Pipe { inner: io::stdout(), closed: &closed };
            // Whoever reads only the beginning of it, as `head` does, has seen enough.
            return match self.write_to(answer, &mut BufWriter::new(pipe)) {
                Err(_) if closed.load(Ordering::Relaxed) => Ok(()),
                ended => ended,
            };
        };
        // The file takes an error of the operating system only; ours is kept beside.
        let mut failed = None;
        let written = anv_core::write_file_synced(path, |file| {
            self.write_to(answer, file).map_err(|error| {
                failed = Some(error);
                io::Error::other("the answer broke off")
            })
        });
        match failed {
            Some(error) => Err(error),
            None => written.map_err(|e| Error::Output(with_causes(&e))),
        }
    }

    fn write_to(&self, answer: Answer<'_>, output: &mut (dyn Write + Send)) -> Result<()> {
        let Answer { mut rows, runtime } = answer;
        let schema = rows.schema();
        let mut next = || runtime.block_on(rows.next()).transpose().map_err(Error::query);
        if self.format == Format::Table {
            // In a file the table is whole.
            let most = if self.file.is_some() { usize::MAX } else { self.rows };
            let mut table = Table::new(&schema, most);
            while let Some(batch) = next()? {
                table.add(&batch)?;
            }
            return table.print(output);
        }
        let mut sink = Sink::new(self.format, &schema, output)?;
        while let Some(batch) = next()? {
            sink.add(&batch)?;
        }
        sink.finish()
    }
}

fn by_name(path: &Path) -> Result<Format> {
    let extension = path.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    match extension.as_deref() {
        Some("csv") => Ok(Format::Csv),
        Some("json") => Ok(Format::Json),
        Some("parquet") => Ok(Format::Parquet),
        Some("txt") => Ok(Format::Table),
        _ => Err(Error::Arguments(format!(
            "{} does not say a format: name it .csv, .json, .parquet or .txt, or give --format",
            path.display()
        ))),
    }
}

/// Text without control characters: a terminal would act on them.
pub fn printable(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{FFFD}' } else { c }).collect()
}

/// Prints a text and ends its line.
///
/// # Errors
/// [`Error::Output`].
pub fn print(text: &str) -> Result<()> {
    match writeln!(io::stdout().lock(), "{text}") {
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        ended => ended.map_err(output),
    }
}

fn output(error: io::Error) -> Error {
    Error::Output(error.to_string())
}

/// Remembers that its reader has gone: not every writer of a format hands that on as it was.
struct Pipe<'a> {
    inner: io::Stdout,
    closed: &'a AtomicBool,
}

impl Pipe<'_> {
    fn watch<T>(&self, result: io::Result<T>) -> io::Result<T> {
        let gone = result.as_ref().is_err_and(|e| e.kind() == io::ErrorKind::BrokenPipe);
        self.closed.fetch_or(gone, Ordering::Relaxed);
        result
    }
}

impl Write for Pipe<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes);
        self.watch(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        let flushed = self.inner.flush();
        self.watch(flushed)
    }
}

fn with_causes(error: &dyn std::error::Error) -> String {
    match error.source() {
        Some(cause) if !error.to_string().contains(&cause.to_string()) => {
            format!("{error}: {}", with_causes(cause))
        }
        _ => error.to_string(),
    }
}
