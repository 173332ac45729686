//! Files and folders that appear whole or not at all.

use std::fs;
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

use crate::{Error, Result};

pub(super) fn io(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Error {
    let path = path.to_owned();
    move |source| Error::Io { action, path, source }
}

/// A name beside `path` that nobody else uses: same folder, so that a rename stays on one file system.
pub(super) fn sibling(path: &Path) -> PathBuf {
    static COUNT: AtomicU64 = AtomicU64::new(0);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let unique = COUNT.fetch_add(1, Ordering::Relaxed);
    path.with_file_name(format!(".{name}.{}.{unique}.partial", std::process::id()))
}

/// Writes a file so that at no moment a half-written one bears its name: to a temporary name, then renamed.
///
/// Missing parent folders are made. An existing file is replaced.
///
/// # Errors
/// [`Error::Io`] with the path; the temporary file is removed again.
pub fn write_file(path: impl AsRef<Path>, bytes: &[u8]) -> Result<()> {
    write(path.as_ref(), |mut file| file.write_all(bytes))
}

/// As [`write_file`], for content that comes piece by piece, and on the disk before it bears its name: a computer that
/// loses power leaves the whole file or none.
///
/// ```no_run
/// anv_core::write_file_synced("numbers.txt", |file| {
///     use std::io::{BufWriter, Write};
///     (0..1_000_000).try_for_each(|n| writeln!(file, "{n}"))
/// })?;
/// # Ok::<(), anv_core::Error>(())
/// ```
///
/// # Errors
/// As [`write_file`]; what `content` returns is the source.
pub fn write_file_synced(
    path: impl AsRef<Path>,
    content: impl FnOnce(&mut BufWriter<fs::File>) -> std::io::Result<()>,
) -> Result<()> {
    write(path.as_ref(), |file| {
        let mut writer = BufWriter::with_capacity(1 << 18, file);
        content(&mut writer)?;
        writer.into_inner().map_err(std::io::IntoInnerError::into_error)?.sync_all()
    })
}

fn write(path: &Path, content: impl FnOnce(fs::File) -> std::io::Result<()>) -> Result<()> {
    if let Some(parent) = path.parent().filter(|p| !p.as_os_str().is_empty()) {
        fs::create_dir_all(parent).map_err(io("create", parent))?;
    }
    let partial = sibling(path);
    let written = fs::File::create_new(&partial).and_then(content).and_then(|()| fs::rename(&partial, path));
    written.map_err(|source| {
        let _ = fs::remove_file(&partial);
        io("write", path)(source)
    })
}

/// A folder under a temporary name, removed on drop unless it was moved to its place.
pub(super) struct PartialFolder(PathBuf);

impl PartialFolder {
    pub(super) fn beside(target: &Path) -> Result<Self> {
        let path = sibling(target);
        fs::create_dir_all(&path).map_err(io("create", &path))?;
        Ok(Self(path))
    }

    pub(super) fn path(&self) -> &Path {
        &self.0
    }
}

impl Drop for PartialFolder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}
