//! Games in memory: a column store in which every text is kept once.

use rustc_hash::FxHashMap;

use crate::error::{RowProblem, Table, shorten};
use crate::names::Names;
use crate::table::{ReadOptions, Skipped};
use crate::{Error, Result};

/// No such name.
pub(crate) const NONE: u32 = u32::MAX;

/// One game to add to [`Games`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct NewGame<'a> {
    /// Unique name or number of the game.
    pub game: &'a str,
    /// Who played it.
    pub player: &'a str,
    /// Name of the image.
    pub image: &'a str,
    /// Number of the layer, from 1.
    pub layer: usize,
    /// Place of the cluster in its layer, from 0.
    pub cluster: usize,
    /// The class that the image shows.
    pub true_class: &'a str,
    /// The class that the player chose; `None` when the game was given up.
    pub guessed_class: Option<&'a str>,
    /// Hints used, from 0.
    pub hints_used: u8,
    /// What the player recognised, as typed.
    pub labels: &'a [&'a str],
    /// Whether this was a control game.
    pub control: bool,
    /// The player's language, empty when not known.
    pub language: &'a str,
}

#[derive(Clone, Copy)]
pub(crate) struct Row {
    /// A number, or with the highest bit set a name's number.
    pub id: u64,
    pub line: u32,
    pub player: u32,
    pub cluster: u32,
    pub truth: u32,
    pub guess: u32,
    pub language: u32,
    pub labels_start: u32,
    pub labels_len: u16,
    pub hints: u8,
    pub control: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct ClusterKey {
    pub image: u32,
    pub layer: u32,
    pub cluster: u32,
}

/// People's games, as they were played: the content of `games.csv`.
///
/// ```
/// use anv_labels::{Games, ReadOptions};
/// let csv = "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels\n\
///            1,ann,a.jpg,13,0,church,church,1,bell tower;roof\n\
///            2,bob,a.jpg,13,0,church,,5,\n";
/// let (games, skipped) = Games::read(csv.as_bytes(), &ReadOptions::default())?;
/// assert_eq!(games.len(), 2);
/// assert_eq!(games.iter().next().unwrap().labels().collect::<Vec<_>>(), ["bell tower", "roof"]);
/// assert!(skipped.is_empty());
/// # Ok::<(), anv_labels::Error>(())
/// ```
#[derive(Clone, Default)]
pub struct Games {
    pub(crate) names: Names,
    pub(crate) rows: Vec<Row>,
    pub(crate) labels: Vec<u32>,
    pub(crate) clusters: Vec<ClusterKey>,
    cluster_ids: FxHashMap<ClusterKey, u32>,
    /// For each image its true class and the line that said so.
    pub(crate) truths: FxHashMap<u32, (u32, u32)>,
    last_cluster: u32,
    /// Largest number among the ids so far while they only rise; no need to remember each as long as they do.
    rising: Option<u64>,
    seen: FxHashMap<u64, u32>,
}

impl Games {
    /// No games yet.
    pub fn new() -> Self {
        Self { rising: Some(0), ..Self::default() }
    }

    /// Adds a game; its line is its place, from 1.
    ///
    /// # Errors
    /// [`Error::Row`] when the game's name is taken, its image has another true class elsewhere, a name is empty or
    /// too long, or more hints were used than there are; [`Error::TooMany`] beyond 32 bits.
    pub fn push(&mut self, game: &NewGame<'_>, options: &ReadOptions) -> Result<()> {
        let line = self.rows.len() as u64 + 1;
        self.add(game, line, options)?.map_err(|reason| Error::Row { table: Table::Games, line, reason })
    }

    pub(crate) fn add(
        &mut self,
        game: &NewGame<'_>,
        line: u64,
        options: &ReadOptions,
    ) -> Result<std::result::Result<(), RowProblem>> {
        if let Err(problem) = check(game, options) {
            return Ok(Err(problem));
        }
        let line = u32::try_from(line).unwrap_or(u32::MAX);
        let last = self.rows.last().copied();
        let image = self.clusters.get(self.last_cluster as usize).map(|k| k.image);
        let image = self.names.intern_near(image, game.image)?;
        let truth = self.names.intern_near(last.map(|r| r.truth), game.true_class)?;
        if let Some(problem) = self.conflict(image, truth, line) {
            return Ok(Err(problem));
        }
        let id = self.id(game.game)?;
        if let Some(first) = self.taken(id, line) {
            let what = format!("game `{}`", shorten(game.game));
            return Ok(Err(RowProblem::Repeated { what, first: first.into() }));
        }
        let cluster = self.cluster(image, game.layer, game.cluster)?;
        let player = self.names.intern(game.player)?;
        let guess = match game.guessed_class {
            Some(class) => self.names.intern_near(Some(truth), class)?,
            None => NONE,
        };
        let language = match game.language {
            "" => NONE,
            text => self.names.intern_near(last.map(|r| r.language).filter(|&l| l != NONE), text)?,
        };
        let labels_start = self.labels.len();
        for label in game.labels {
            let label = self.names.intern(label)?;
            if !self.labels[labels_start..].contains(&label) {
                self.labels.push(label);
            }
        }
        let limit = u64::from(u32::MAX);
        let labels_start =
            u32::try_from(labels_start).map_err(|_| Error::TooMany { what: "labels", limit })?;
        self.rows.push(Row {
            id,
            line,
            player,
            cluster,
            truth,
            guess,
            language,
            labels_start,
            labels_len: (self.labels.len() - labels_start as usize) as u16,
            hints: game.hints_used,
            control: game.control,
        });
        Ok(Ok(()))
    }

    fn conflict(&mut self, image: u32, truth: u32, line: u32) -> Option<RowProblem> {
        if self.rows.last().is_some_and(|r| r.truth == truth)
            && self.clusters.get(self.last_cluster as usize).is_some_and(|k| k.image == image)
        {
            return None;
        }
        let &mut (expected, first) = self.truths.entry(image).or_insert((truth, line));
        (expected != truth).then(|| RowProblem::TrueClass {
            image: shorten(self.names.get(image)),
            found: shorten(self.names.get(truth)),
            expected: shorten(self.names.get(expected)),
            first: first.into(),
        })
    }

    fn id(&mut self, game: &str) -> Result<u64> {
        const NAMED: u64 = 1 << 63;
        let plain = game.len() < 19 && game.bytes().all(|b| b.is_ascii_digit());
        match game.parse::<u64>() {
            Ok(number)
                if plain && (number == 0) == (game == "0") && !(game.len() > 1 && game.starts_with('0')) =>
            {
                Ok(number)
            }
            _ => Ok(NAMED | u64::from(self.names.intern(game)?)),
        }
    }

    /// The line of an earlier game of this id.
    fn taken(&mut self, id: u64, line: u32) -> Option<u32> {
        if let Some(largest) = self.rising {
            if self.rows.is_empty() || id > largest {
                self.rising = Some(id);
                return None;
            }
            self.rising = None;
            self.seen = self.rows.iter().map(|r| (r.id, r.line)).collect();
        }
        match self.seen.entry(id) {
            std::collections::hash_map::Entry::Occupied(e) => Some(*e.get()),
            std::collections::hash_map::Entry::Vacant(e) => {
                e.insert(line);
                None
            }
        }
    }

    fn cluster(&mut self, image: u32, layer: usize, cluster: usize) -> Result<u32> {
        let narrow = |n: usize| u32::try_from(n).map_err(|_| too_many_clusters());
        let key = ClusterKey { image, layer: narrow(layer)?, cluster: narrow(cluster)? };
        if self.clusters.get(self.last_cluster as usize) != Some(&key) {
            let next = narrow(self.clusters.len())?;
            let id = *self.cluster_ids.entry(key).or_insert(next);
            if id == next {
                self.clusters.push(key);
            }
            self.last_cluster = id;
        }
        Ok(self.last_cluster)
    }

    /// Number of games.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// Checks every game's cluster (image, layer, cluster); games on unknown clusters are an error, or are
    /// dropped and counted when `options` are lenient.
    ///
    /// # Errors
    /// [`Error::Row`] with [`RowProblem::UnknownCluster`], for the first such game.
    pub fn check_clusters(
        &mut self,
        known: impl Fn(&str, usize, usize) -> bool,
        options: &ReadOptions,
    ) -> Result<Skipped> {
        let mut skipped = Skipped::default();
        let known: Vec<_> = self
            .clusters
            .iter()
            .map(|k| known(self.names.get(k.image), k.layer as usize, k.cluster as usize))
            .collect();
        let unknown = |row: &&Row| !known.get(row.cluster as usize).is_some_and(|&k| k);
        for row in self.rows.iter().filter(unknown) {
            let ClusterKey { image, layer, cluster } = self.clusters[row.cluster as usize];
            let image = shorten(self.names.get(image));
            let reason =
                RowProblem::UnknownCluster { image, layer: layer as usize, cluster: cluster as usize };
            skipped.note(options, Table::Games, row.line.into(), reason)?;
        }
        if skipped.rows > 0 {
            self.rows.retain(|row| !unknown(&row));
        }
        Ok(skipped)
    }

    /// The class that `image` shows, if a game was played on it.
    pub fn true_class(&self, image: &str) -> Option<&str> {
        let image = self.names.find(image)?;
        self.truths.get(&image).map(|&(class, _)| self.names.get(class))
    }

    pub(crate) fn raw_labels(&self, row: &Row) -> &[u32] {
        let start = row.labels_start as usize;
        &self.labels[start..start + usize::from(row.labels_len)]
    }
}

fn too_many_clusters() -> Error {
    Error::TooMany { what: "layers or clusters", limit: u64::from(u32::MAX) }
}

fn check(game: &NewGame<'_>, options: &ReadOptions) -> Result<(), RowProblem> {
    let names = [
        ("game", game.game),
        ("player", game.player),
        ("image", game.image),
        ("true_class", game.true_class),
        ("guessed_class", game.guessed_class.unwrap_or("-")),
    ];
    if let Some(&(column, _)) = names.iter().find(|(_, text)| text.is_empty()) {
        return Err(RowProblem::Empty { column });
    }
    let labels = game.labels.iter().map(|&label| ("labels", label));
    for (column, text) in names.into_iter().chain([("language", game.language)]).chain(labels) {
        crate::table::check_length(text, column, options)?;
    }
    if game.layer == 0 {
        return Err(RowProblem::Value { column: "layer", found: "0".into(), expected: "1 or more" });
    }
    let most = options.most_hints;
    if game.hints_used > most {
        return Err(RowProblem::Hints { found: game.hints_used.into(), most });
    }
    // The number of labels is kept in 16 bits.
    let limit = options.labels_per_game.min(usize::from(u16::MAX));
    match game.labels.len() > limit {
        true => Err(RowProblem::TooManyLabels { found: game.labels.len(), limit }),
        false => Ok(()),
    }
}
