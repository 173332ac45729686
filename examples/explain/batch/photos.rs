//! The photos of a run: from a folder or a list, without looking into them.

mod list;
mod walk;

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

use anv_examples::CommandError;
use sha2::{Digest, Sha256};

/// Photos in the order of the run.
#[derive(Debug)]
pub struct Photos {
    /// Folder that the paths start from.
    pub root: PathBuf,
    photos: Vec<Photo>,
    /// Names of classes that photos show.
    classes: Vec<String>,
    /// What was met on the way and is no photo of the run.
    pub remarks: Remarks,
}

#[derive(Debug)]
struct Photo {
    path: PathBuf,
    /// Place among `classes`.
    class: Option<u32>,
}

/// What a user should hear of.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Remarks {
    /// Folders that could not be read, and why.
    pub unreadable_folders: BTreeMap<String, String>,
    /// Files that are no JPEG, PNG or WebP by their names.
    pub other_files: u64,
    /// Names that are not Unicode: bytes that do not fit are written `\xNN`.
    pub names_not_unicode: u64,
    /// True classes that the network does not know, and how many photos show them; they do not count for the accuracy.
    pub unknown_classes: BTreeMap<String, u64>,
}

impl Photos {
    /// The photos below a folder, or those that a list names; `out` is passed over.
    ///
    /// # Errors
    /// When folder or list cannot be read or hold no photo, or the list names a photo twice.
    pub fn read(from: &Path, out: &Path, known: &[String]) -> Result<Self, CommandError> {
        let mut photos = match from.is_dir() {
            true => walk::walk(from, out, known)?,
            false => list::read(from)?,
        };
        let known: BTreeSet<&str> = known.iter().map(String::as_str).collect();
        for photo in &photos.photos {
            if let Some(class) = photo.class.and_then(|c| photos.classes.get(c as usize))
                && !known.contains(&**class)
            {
                *photos.remarks.unknown_classes.entry(class.clone()).or_default() += 1;
            }
            photos.remarks.names_not_unicode += u64::from(photo.path.to_str().is_none());
        }
        if photos.photos.is_empty() {
            let unreadable = match photos.remarks.unreadable_folders.iter().next() {
                Some((folder, why)) => format!("; {folder} cannot be read: {why}"),
                None => String::new(),
            };
            return Err(format!(
                "{} holds no photo: expected files .jpg, .jpeg, .png or .webp{unreadable}",
                from.display()
            )
            .into());
        }
        Ok(photos)
    }

    /// Number of photos.
    pub fn len(&self) -> u64 {
        self.photos.len() as u64
    }

    /// Where a photo lies, its name in tables, and the class that it shows.
    pub fn photo(&self, index: u64) -> Option<(PathBuf, String, Option<String>)> {
        let photo = self.photos.get(usize::try_from(index).ok()?)?;
        let class = photo.class.and_then(|c| self.classes.get(c as usize)).cloned();
        Some((self.root.join(&photo.path), name(&photo.path), class))
    }

    /// A checksum of names, order and true classes.
    pub fn sha256(&self) -> String {
        let mut hash = Sha256::new();
        for photo in &self.photos {
            let class = photo.class.and_then(|c| self.classes.get(c as usize));
            for part in [photo.path.as_os_str().as_encoded_bytes(), class.map_or(b"", |c| c.as_bytes())] {
                hash.update((part.len() as u64).to_le_bytes());
                hash.update(part);
            }
        }
        hex(&hash.finalize())
    }

    fn push(&mut self, path: PathBuf, class: Option<&str>) {
        // Photos of one class mostly follow each other.
        let class = class.map(|name| {
            let place = self.classes.iter().rposition(|c| c == name).unwrap_or_else(|| {
                self.classes.push(name.to_owned());
                self.classes.len() - 1
            });
            place as u32
        });
        self.photos.push(Photo { path, class });
    }

    fn new(root: &Path) -> Self {
        Self { root: root.to_owned(), photos: Vec::new(), classes: Vec::new(), remarks: Remarks::default() }
    }
}

/// Lower-case hexadecimal digits.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A path as text: parts joined by `/`, bytes that are not UTF-8 as `\xNN`.
pub fn name(path: &Path) -> String {
    let text = |part: &OsStr| {
        let mut text = String::new();
        for chunk in part.as_encoded_bytes().utf8_chunks() {
            text.push_str(chunk.valid());
            text.extend(chunk.invalid().iter().map(|byte| format!("\\x{byte:02X}")));
        }
        text
    };
    // An absolute path starts with the separator itself.
    let parts: Vec<_> =
        path.iter().map(text).map(|part| if part == "/" { String::new() } else { part }).collect();
    parts.join("/")
}

/// The path that [`name`] was made of.
pub fn path(root: &Path, name: &str) -> PathBuf {
    let literal = root.join(name);
    if !name.contains("\\x") || literal.exists() {
        return literal;
    }
    root.join(unescaped(name))
}

#[cfg(unix)]
fn unescaped(name: &str) -> PathBuf {
    use std::os::unix::ffi::OsStringExt;
    let (mut bytes, mut rest) = (Vec::new(), name.as_bytes());
    while let Some((&first, after)) = rest.split_first() {
        let digits =
            rest.strip_prefix(b"\\x").and_then(|r| r.get(..2)).and_then(|d| std::str::from_utf8(d).ok());
        match digits.and_then(|d| u8::from_str_radix(d, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = &rest[4..];
            }
            None => {
                bytes.push(first);
                rest = after;
            }
        }
    }
    std::ffi::OsString::from_vec(bytes).into()
}

#[cfg(not(unix))]
fn unescaped(name: &str) -> PathBuf {
    name.into()
}

/// Whether a name is that of a photo.
fn is_photo(path: &Path) -> bool {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    ["jpg", "jpeg", "png", "webp"].iter().any(|known| extension.eq_ignore_ascii_case(known))
}
