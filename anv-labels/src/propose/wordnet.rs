//! A word net on disk, in the format of the WordNet database.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use crate::{Error, Result};

/// Parts of speech that labels are made of.
const PARTS: [&str; 2] = ["noun", "adj"];

/// A meaning: part of speech and place in its data file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Synset {
    part: usize,
    offset: u64,
}

/// Words and their meanings, from the files `index.noun`, `data.noun`, `index.adj` and `data.adj` that Princeton
/// WordNet and Open English WordNet (its WNDB release) come in. Only nouns and adjectives are read.
///
/// Nothing of it is part of this crate: whoever wants synonyms points at a folder.
#[derive(Debug, Clone)]
pub struct WordNet {
    folder: PathBuf,
    senses: HashMap<String, Vec<Synset>>,
}

impl WordNet {
    /// Reads the index files of `folder`, or of the folder `dict` in it.
    ///
    /// # Errors
    /// [`Error::Io`] when there is no `index.noun`, [`Error::WordNet`] for a line that is not in the format.
    pub fn open(folder: impl AsRef<Path>) -> Result<Self> {
        let mut folder = folder.as_ref().to_owned();
        if folder.join("dict").join("index.noun").is_file() {
            folder.push("dict");
        }
        let mut senses: HashMap<String, Vec<Synset>> = HashMap::new();
        for (part, name) in PARTS.iter().enumerate() {
            let path = folder.join(format!("index.{name}"));
            if part > 0 && !path.exists() {
                continue;
            }
            let file = crate::games_csv::open(&path)?;
            for (number, line) in BufReader::new(file).lines().enumerate() {
                let line = line.map_err(|e| io(&path, e))?;
                // The licence at the top is indented.
                if line.starts_with(' ') || line.is_empty() {
                    continue;
                }
                let (word, offsets) = parse_index(&line).map_err(|reason| Error::WordNet {
                    path: path.clone(),
                    line: number as u64 + 1,
                    reason,
                })?;
                let synsets = offsets.into_iter().map(|offset| Synset { part, offset });
                senses.entry(word.replace('_', " ")).or_default().extend(synsets);
            }
        }
        Ok(Self { folder, senses })
    }

    /// Number of words.
    pub fn len(&self) -> usize {
        self.senses.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.senses.is_empty()
    }

    /// The first `most` senses of a word a part of speech, commonest first.
    pub(super) fn senses(&self, word: &str, most: usize) -> impl Iterator<Item = Synset> + '_ {
        let all = self.senses.get(word).map(Vec::as_slice).unwrap_or_default();
        (0..PARTS.len()).flat_map(move |part| all.iter().filter(move |s| s.part == part).take(most).copied())
    }

    /// What a meaning's entry says, up to the first example.
    pub(super) fn meaning(&self, synset: Synset) -> Result<String> {
        let path = self.folder.join(format!("data.{}", PARTS[synset.part]));
        let mut file: File = crate::games_csv::open(&path)?;
        file.seek(SeekFrom::Start(synset.offset)).map_err(|e| io(&path, e))?;
        let mut line = Vec::new();
        BufReader::new(file).read_until(b'\n', &mut line).map_err(|e| io(&path, e))?;
        let line = String::from_utf8_lossy(&line);
        let starts = line.split(' ').next().and_then(|o| o.parse().ok()) == Some(synset.offset);
        match line.split_once(" | ").filter(|_| starts) {
            Some((_, text)) => Ok(text.split("; \"").next().unwrap_or(text).trim().to_owned()),
            None => Err(Error::WordNet { path, line: 0, reason: "the index points at no entry" }),
        }
    }
}

fn io(path: &Path, source: std::io::Error) -> Error {
    Error::Io { action: "read", path: path.to_owned(), source }
}

/// `lemma pos synsets pointers [pointer…] senses tagged [offset…]`.
fn parse_index(line: &str) -> Result<(&str, Vec<u64>), &'static str> {
    const SHORT: &str = "a field is missing";
    let mut fields = line.split_ascii_whitespace();
    let number = |fields: &mut std::str::SplitAsciiWhitespace<'_>| {
        fields.next().ok_or(SHORT)?.parse::<usize>().map_err(|_| "a count is no number")
    };
    let word = fields.next().ok_or(SHORT)?;
    fields.next().ok_or(SHORT)?;
    let synsets = number(&mut fields)?;
    for _ in 0..number(&mut fields)? {
        fields.next().ok_or(SHORT)?;
    }
    number(&mut fields)?;
    number(&mut fields)?;
    let offsets: Vec<u64> =
        fields.map(str::parse).collect::<Result<_, _>>().map_err(|_| "an offset is no number")?;
    match offsets.len() == synsets {
        true => Ok((word, offsets)),
        false => Err("the number of offsets is not the number of synsets"),
    }
}
