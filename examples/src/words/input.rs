//! Clusters and games, read, checked and ready to be cleaned.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anv_core::LabeledImage;
use anv_labels::{
    CleanedGames, Cleaner, ClusterTable, Dictionary, Games, ReadOptions, Scores, SharedBestLabel, Skipped,
    TrustReport,
};

use super::{Folder, WordArgs};
use crate::{CommandError, demo};

/// Where the clusters are known from.
#[derive(Debug, Clone)]
pub enum Clusters {
    /// Saved folders.
    Folders(Vec<Folder>),
    /// A table of weights, without pictures.
    Table(ClusterTable),
}

/// Everything that a command about words reads.
#[derive(Debug)]
pub struct Input {
    /// The clusters.
    pub clusters: Clusters,
    /// The games that count: trusted players, clusters that are there.
    pub games: Games,
    /// What the control games decided.
    pub trust: TrustReport,
    /// What lenient reading left out, by table.
    pub skipped: BTreeMap<&'static str, Skipped>,
    /// Games on images that none of the folders is about.
    pub other_images: u64,
    /// What was named on the command line and is in no game, and an empty table.
    pub unheard_of: Vec<String>,
    cleaner: Cleaner,
}

impl Input {
    /// Reads what the arguments name; the demonstration when they name nothing.
    ///
    /// # Errors
    /// What is wrong with the first file, folder or row that cannot be used.
    pub fn read(args: &WordArgs) -> Result<Self, CommandError> {
        if args.is_empty() {
            return Self::read(&demo::word_args(args)?);
        }
        let options = args.options();
        let mut skipped = BTreeMap::new();
        let Some(games_path) = &args.games else {
            return Err("no games: give people's answers with --games games.csv".into());
        };
        // Folders last: they take longest, and a slip in a table is found at once.
        let mut games = table(&mut skipped, "games", games_path, Games::read_file(games_path, &options))?;
        let dictionary = match &args.dictionary {
            Some(path) => table(&mut skipped, "dictionary", path, Dictionary::read_file(path, &options))?,
            None => Dictionary::default(),
        };
        let cleaner = Cleaner::new(&args.clean_params(), &dictionary)?;
        let clusters = match &args.clusters {
            Some(path) => Clusters::Table(table(
                &mut skipped,
                "clusters",
                path,
                ClusterTable::read_file(path, &options),
            )?),
            None if args.folders.is_empty() => {
                return Err(
                    "no clusters: name folders that `explain` wrote, or give --clusters clusters.csv".into(),
                );
            }
            None => Clusters::Folders(Folder::read_all(&args.folders)?),
        };
        let unheard_of = unheard_of(args, &games);
        // Trust first: control games are often played on an image of their own.
        let trust = games.apply_control(&args.control_params());
        let other_images = match &clusters {
            Clusters::Folders(folders) => leave_out_others(&mut games, folders, games_path)?,
            Clusters::Table(_) => 0,
        };
        let unknown = clusters.check(&mut games, &options).map_err(|e| named(games_path, &e))?;
        skipped.entry("games").or_default().absorb(unknown);
        skipped.retain(|_, s: &mut Skipped| !s.is_empty());
        Ok(Self { clusters, games, trust, skipped, other_images, unheard_of, cleaner })
    }

    /// Cleans all labels.
    ///
    /// # Errors
    /// When there are more labels than 32 bits can number.
    pub fn clean(&self) -> Result<CleanedGames<'_>, CommandError> {
        Ok(CleanedGames::new(&self.games, &self.cleaner)?)
    }

    /// Labels and merges image after image, by name, and hands each to `take`; none is kept.
    ///
    /// # Errors
    /// When an image cannot be merged, and those of `take`.
    pub fn each_image(
        &self,
        scores: &Scores<'_>,
        mut take: impl FnMut(LabeledImage) -> Result<(), CommandError>,
    ) -> Result<(), CommandError> {
        match &self.clusters {
            Clusters::Table(table) => {
                for image in table.labeled("", scores, &SharedBestLabel) {
                    take(image?)?;
                }
            }
            Clusters::Folders(folders) => {
                for f in folders {
                    let merger = &SharedBestLabel;
                    take(LabeledImage::from_weights(&f.image, &f.class, f.weights(), scores, merger)?)?;
                }
            }
        }
        Ok(())
    }

    /// All images, labelled and merged.
    ///
    /// # Errors
    /// As [`Input::each_image`].
    pub fn images(&self, scores: &Scores<'_>) -> Result<Vec<LabeledImage>, CommandError> {
        let mut images = Vec::new();
        self.each_image(scores, |image| {
            images.push(image);
            Ok(())
        })?;
        Ok(images)
    }

    /// What was left out, a line each, for stderr.
    pub fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        for (table, skipped) in &self.skipped {
            notes.extend(skipped_notes(table, skipped));
        }
        notes.extend(self.unheard_of.iter().cloned());
        if self.other_images > 0 {
            notes.push(format!("{} games are on images of no folder named: left out", self.other_images));
        }
        let trust = &self.trust;
        if !trust.failed.is_empty() {
            notes.push(format!(
                "{} of {} players failed a control game: left out with all their {} games",
                trust.failed.len(),
                trust.players,
                trust.dropped_games
            ));
        }
        notes
    }
}

/// A misspelt name changes nothing and would pass in silence.
fn unheard_of(args: &WordArgs, games: &Games) -> Vec<String> {
    if games.is_empty() {
        return vec!["games: the table has no rows, so there are no labels".into()];
    }
    let images: BTreeSet<_> = games.iter().map(|g| g.cluster().0).collect();
    let classes: BTreeSet<_> = games.iter().map(|g| g.true_class()).collect();
    let controls = args.control.iter().filter(|image| !images.contains(&***image));
    let named = args.class_names.iter().filter(|(class, _)| !classes.contains(&**class));
    controls
        .map(|image| format!("--control {image}: no game is on this image"))
        .chain(named.map(|(class, name)| format!("--class-name {class}={name}: no image shows this class")))
        .collect()
}

impl Clusters {
    fn check(&self, games: &mut Games, options: &ReadOptions) -> anv_labels::Result<Skipped> {
        match self {
            Self::Table(t) => games.check_clusters(|i, l, c| t.contains(i, l, c), options),
            Self::Folders(folders) => {
                let by_name: BTreeMap<_, _> = folders.iter().map(|f| (&*f.image, f)).collect();
                let known = |i: &str, l, c| by_name.get(i).is_some_and(|f| f.contains(l, c));
                games.check_clusters(known, options)
            }
        }
    }

    /// Number of cluster maps.
    pub fn maps(&self) -> usize {
        match self {
            Self::Table(table) => table.len(),
            Self::Folders(folders) => folders.iter().map(Folder::cluster_maps).sum(),
        }
    }
}

/// What lenient reading left out of one table, a line each.
pub fn skipped_notes(table: &str, skipped: &Skipped) -> Vec<String> {
    let mut notes = Vec::new();
    if !skipped.columns.is_empty() {
        notes.push(format!("{table}: unknown columns passed over: {}", skipped.columns.join(", ")));
    }
    for (kind, found) in &skipped.reasons {
        notes.push(format!(
            "{table}: {} {} skipped ({kind}), the first in line {}: {}",
            found.rows,
            if found.rows == 1 { "row" } else { "rows" },
            found.first_line,
            found.first
        ));
    }
    notes
}

/// An error of a table with the file it is about.
pub fn named(path: &Path, error: &anv_labels::Error) -> CommandError {
    let text = crate::with_causes(error);
    let path = path.display().to_string();
    match text.contains(&path) {
        true => text.into(),
        false => format!("{path}: {text}").into(),
    }
}

fn table<T>(
    all: &mut BTreeMap<&'static str, Skipped>,
    name: &'static str,
    path: &Path,
    read: anv_labels::Result<(T, Skipped)>,
) -> Result<T, CommandError> {
    let (value, skipped) = read.map_err(|e| named(path, &e))?;
    all.entry(name).or_default().absorb(skipped);
    Ok(value)
}

/// One table of games often covers many photos of which a few folders are named: the others' games are no mistake.
fn leave_out_others(games: &mut Games, folders: &[Folder], path: &Path) -> Result<u64, CommandError> {
    let named: BTreeSet<&str> = folders.iter().map(|f| &*f.image).collect();
    let example = games.iter().next().map(|g| g.cluster().0.to_owned());
    let left_out = games.retain(|game| named.contains(game.cluster().0));
    match example {
        Some(example) if games.is_empty() && left_out > 0 => {
            let folders: Vec<_> = named.into_iter().collect();
            Err(format!(
                "{}: no game is on an image of the folders named: they are about {}, the first game is on `{example}`",
                path.display(),
                folders.join(", ")
            )
            .into())
        }
        _ => Ok(left_out as u64),
    }
}
