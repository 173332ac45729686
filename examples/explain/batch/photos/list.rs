//! Photos that a list names.

use std::collections::HashMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use anv_examples::CommandError;
use csv::{ByteRecord, ReaderBuilder};

use super::Photos;

/// The photos of a CSV file with the columns `image` and, if it likes, `true_class`; paths start from its folder.
pub fn read(list: &Path) -> Result<Photos, CommandError> {
    let fail = |reason: String| -> CommandError { format!("{}: {reason}", list.display()).into() };
    let file = File::open(list).map_err(|e| format!("cannot read {}: {e}", list.display()))?;
    let mut reader = ReaderBuilder::new().from_reader(file);
    let header = reader.byte_headers().map_err(|e| fail(e.to_string()))?.clone();
    // Spreadsheets put a byte-order mark before the first name.
    let plain = |field: &[u8]| field.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(field).trim_ascii().to_owned();
    let column = |name: &str| header.iter().position(|field| plain(field) == name.as_bytes());
    let image = column("image")
        .ok_or_else(|| fail("it has no column `image`: expected image[,true_class]".into()))?;
    let class = column("true_class");

    let mut photos = Photos::new(list.parent().unwrap_or(Path::new("")));
    let mut lines: HashMap<PathBuf, u64> = HashMap::new();
    let mut record = ByteRecord::new();
    while reader.read_byte_record(&mut record).map_err(|e| fail(e.to_string()))? {
        let line = record.position().map_or(0, csv::Position::line);
        let path = path(record.get(image).unwrap_or_default());
        if path.as_os_str().is_empty() {
            return Err(fail(format!("line {line}: the image has no name")));
        }
        // `./a.jpg` is `a.jpg`.
        let path: PathBuf =
            path.components().filter(|c| !matches!(c, std::path::Component::CurDir)).collect();
        if let Some(first) = lines.insert(path.clone(), line) {
            let name = super::name(&path);
            return Err(fail(format!("line {line}: `{name}` stands in line {first} already")));
        }
        let class = class.and_then(|c| record.get(c)).map(String::from_utf8_lossy);
        photos.push(path, class.as_deref().map(str::trim).filter(|c| !c.is_empty()));
    }
    Ok(photos)
}

#[cfg(unix)]
fn path(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    std::ffi::OsStr::from_bytes(bytes).into()
}

#[cfg(not(unix))]
fn path(bytes: &[u8]) -> PathBuf {
    String::from_utf8_lossy(bytes).into_owned().into()
}
