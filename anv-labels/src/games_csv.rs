//! `games.csv`: reading and writing.

use std::fs::File;
use std::io::{Read, Write};
use std::path::Path;

use anv_core::to_spreadsheet;

use crate::error::{RowProblem, Table, shorten};
use crate::games::{Games, NewGame};
use crate::table::{Column, Fields, ReadOptions, Rows, Skipped};
use crate::{Error, Result};

const COLUMNS: &[Column] = &[
    ("game", true),
    ("player", true),
    ("image", true),
    ("layer", true),
    ("cluster", true),
    ("true_class", true),
    ("guessed_class", true),
    ("hints_used", true),
    ("labels", true),
    ("control", false),
    ("language", false),
];

impl Games {
    /// Reads `game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels` and, where they are there,
    /// `control` (`true` or `false`) and `language`; columns in any order.
    ///
    /// `guessed_class` is empty for a game that was given up, `labels` are joined by `;`.
    ///
    /// # Errors
    /// [`Error::Empty`], [`Error::Column`] and [`Error::Row`] name what cannot be used; with lenient options rows
    /// and unknown columns are left out and counted instead. [`Error::Csv`] when reading itself fails.
    pub fn read(input: impl Read, options: &ReadOptions) -> Result<(Self, Skipped)> {
        let mut skipped = Skipped::default();
        let mut rows = Rows::new(input, Table::Games, COLUMNS, options, &mut skipped)?;
        let mut games = Self::new();
        let mut space: Vec<&'static str> = Vec::new();
        while let Some((line, fields)) = rows.next()? {
            let mut labels: Vec<&str> = space;
            let result = match parse(&fields, &mut labels, options) {
                Ok(game) => games.add(&NewGame { labels: &labels, ..game }, line, options)?,
                Err(problem) => Err(problem),
            };
            // The texts of this row end here; the space for the next row's is kept.
            space = recycle(labels);
            if let Err(problem) = result {
                skipped.note(options, Table::Games, line, problem)?;
            }
        }
        Ok((games, skipped))
    }

    /// Reads a file, see [`Games::read`].
    ///
    /// # Errors
    /// [`Error::Io`] when it cannot be opened, else as [`Games::read`].
    pub fn read_file(path: impl AsRef<Path>, options: &ReadOptions) -> Result<(Self, Skipped)> {
        Self::read(open(path.as_ref())?, options)
    }

    /// Writes the table that [`Games::read`] reads; cells that a spreadsheet could run start with an apostrophe.
    ///
    /// # Errors
    /// [`Error::Csv`] when the output cannot be written.
    pub fn write(&self, output: impl Write) -> Result<()> {
        self.write_all(output).map_err(|e| Error::Csv {
            action: "write",
            table: Table::Games,
            source: e.into(),
        })
    }

    fn write_all(&self, output: impl Write) -> std::result::Result<(), csv::Error> {
        let mut writer = csv::Writer::from_writer(output);
        writer.write_record(COLUMNS.iter().map(|(name, _)| name))?;
        let mut labels = String::new();
        for game in self.iter() {
            labels.clear();
            for label in game.labels() {
                if !labels.is_empty() {
                    labels.push(';');
                }
                labels.push_str(label);
            }
            let (image, layer, cluster) = game.cluster();
            writer.write_record([
                &*to_spreadsheet(&game.game()),
                &*to_spreadsheet(game.player()),
                &*to_spreadsheet(image),
                &layer.to_string(),
                &cluster.to_string(),
                &*to_spreadsheet(game.true_class()),
                &*to_spreadsheet(game.guessed_class().unwrap_or_default()),
                &game.hints_used().to_string(),
                &*to_spreadsheet(&labels),
                if game.is_control() { "true" } else { "false" },
                &*to_spreadsheet(game.language()),
            ])?;
        }
        Ok(writer.flush()?)
    }
}

pub(crate) fn open(path: &Path) -> Result<File> {
    File::open(path).map_err(|source| Error::Io { action: "read", path: path.to_owned(), source })
}

/// An empty list in the memory of another one.
fn recycle(mut labels: Vec<&str>) -> Vec<&'static str> {
    labels.clear();
    labels.into_iter().map(|_| "").collect()
}

/// The game without its labels, which go into `labels`.
fn parse<'a>(
    fields: &Fields<'a>,
    labels: &mut Vec<&'a str>,
    options: &ReadOptions,
) -> std::result::Result<NewGame<'a>, RowProblem> {
    fields.check_width()?;
    let guess = fields.text(6, options)?;
    let hints: u64 = fields.parse(7, "a whole number")?;
    let joined = anv_core::from_spreadsheet(fields.raw(8)?);
    labels.extend(joined.split(';').map(str::trim).filter(|l| !l.is_empty()));
    let control = match fields.raw(9)? {
        "" | "false" | "0" | "no" => false,
        "true" | "1" | "yes" => true,
        other => {
            let found = shorten(other);
            return Err(RowProblem::Value { column: fields.name(9), found, expected: "true or false" });
        }
    };
    let most = options.most_hints;
    Ok(NewGame {
        game: fields.needed(0, options)?,
        player: fields.needed(1, options)?,
        image: fields.needed(2, options)?,
        layer: fields.parse(3, "a whole number of at least 1")?,
        cluster: fields.parse(4, "a whole number")?,
        true_class: fields.needed(5, options)?,
        guessed_class: (!guess.is_empty()).then_some(guess),
        hints_used: u8::try_from(hints).map_err(|_| RowProblem::Hints { found: hints, most })?,
        labels: &[],
        control,
        language: fields.text(10, options)?,
    })
}
