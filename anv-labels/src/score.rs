//! Scores of labels (eq. 3.2) for every cluster that was played.

use std::ops::Range;

use anv_core::{ClusterLabels, ClusterQuery, GameCounts, Label, LabelScore, Labeler, rank_labels};
use rustc_hash::FxHashMap;

use crate::cleaned::CleanedGames;
use crate::games::{Games, NONE};
use crate::{Error, Result};

/// What a label that only wrong guessers gave is worth, as a share of a normal score (thesis 3.5).
pub const WRONG_GUESS_SHARE: f64 = 0.25;

/// How scores are made; the default is the thesis.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScoreParams {
    /// Reveal levels of the game: one more than there are hints.
    pub n_masks: u32,
}

impl Default for ScoreParams {
    fn default() -> Self {
        Self { n_masks: 6 }
    }
}

/// Sums over the games of one cluster in which one label was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Tally {
    games: u64,
    hints: u64,
    wins: u64,
}

impl ScoreParams {
    /// `score(C, l) = frequency · (1 − mean hints / (2 · (n_masks − 1)))` (eq. 3.2), a quarter of it when nobody
    /// who gave the label guessed the class.
    ///
    /// `games`: how many games gave the label, `hints`: hints used in them together, `wins`: those that were won.
    /// 0 games score 0.
    ///
    /// ```
    /// use anv_labels::ScoreParams;
    /// let params = ScoreParams::default();
    /// // Three people, 0 + 1 + 2 hints: 3 · (1 − 1 / 10).
    /// assert_eq!(params.score(3, 3, 2), 2.7);
    /// assert_eq!(params.score(3, 3, 0), 2.7 / 4.0);
    /// ```
    pub fn score(&self, games: u64, hints: u64, wins: u64) -> f64 {
        if games == 0 {
            return 0.0;
        }
        let frequency = games as f64;
        let mean_hints = hints as f64 / frequency;
        let share = if wins > 0 { 1.0 } else { WRONG_GUESS_SHARE };
        frequency * (1.0 - mean_hints / (2.0 * f64::from(self.n_masks.max(2) - 1))) * share
    }
}

/// The labels of one cluster.
#[derive(Debug, Clone, PartialEq)]
pub struct ClusterScores<'a> {
    /// Name of the image.
    pub image: &'a str,
    /// Number of the layer, from 1.
    pub layer: usize,
    /// Place of the cluster in its layer, from 0.
    pub cluster: usize,
    /// How its games ended.
    pub counts: GameCounts,
    /// Labels with their scores, ranked.
    pub labels: Vec<LabelScore>,
}

/// Label scores of every cluster that was played (thesis 3.5): a [`Labeler`].
///
/// ```
/// use anv_labels::{CleanedGames, Cleaner, Dictionary, Games, ReadOptions, Scores};
/// let csv = "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels\n\
///            1,ann,a.jpg,13,0,church,church,0,roof\n\
///            2,bob,a.jpg,13,0,church,church,2,roof;tower\n\
///            3,cas,a.jpg,13,0,church,,5,\n";
/// let (games, _) = Games::read(csv.as_bytes(), &ReadOptions::default())?;
/// let cleaned = CleanedGames::new(&games, &Cleaner::new(&Default::default(), &Dictionary::default())?)?;
/// let scores = Scores::new(&cleaned, &Default::default())?;
/// let cluster = scores.iter().next().unwrap();
/// assert_eq!(&*cluster.labels[0].label, "roof");
/// assert_eq!(cluster.labels[0].score, 1.8); // 2 · (1 − 1 / 10)
/// assert_eq!(cluster.counts.resigns, 1);
/// # Ok::<(), anv_labels::Error>(())
/// ```
#[derive(Debug, Clone)]
pub struct Scores<'g> {
    cleaned: &'g CleanedGames<'g>,
    /// Clusters by image, layer, cluster: place among the games' clusters.
    order: Vec<u32>,
    counts: Vec<GameCounts>,
    /// Label and score of all clusters, one after the other; `ends` by the cluster's place.
    scores: Vec<(u32, f64)>,
    ends: Vec<u32>,
    /// Where the clusters of each image lie in `order`.
    images: FxHashMap<u32, Range<u32>>,
}

impl<'g> Scores<'g> {
    /// Scores all clusters; time and memory grow with the number of games and labels, in any order of games.
    ///
    /// # Errors
    /// [`Error::Parameter`] when there are fewer than 2 masks.
    pub fn new(cleaned: &'g CleanedGames<'g>, params: &ScoreParams) -> Result<Self> {
        if params.n_masks < 2 {
            return Err(Error::Parameter {
                name: "n_masks",
                found: params.n_masks.to_string(),
                expected: "at least 2",
            });
        }
        let games = cleaned.games();
        let by_cluster = Grouped::new(games.rows.iter().map(|r| r.cluster), games.clusters.len());
        let mut tallies: Vec<Tally> = vec![Tally::default(); cleaned.vocabulary().len()];
        let mut touched: Vec<u32> = Vec::new();
        let mut scores = Vec::new();
        let mut ends = Vec::with_capacity(games.clusters.len());
        let mut counts = vec![GameCounts::default(); games.clusters.len()];
        for (cluster, counts) in counts.iter_mut().enumerate() {
            for &place in by_cluster.members(cluster) {
                let row = &games.rows[place as usize];
                let (win, resign) = (row.guess == row.truth, row.guess == NONE);
                let hints = if resign { u64::from(params.n_masks - 1) } else { row.hints.into() };
                counts.wins += u64::from(win);
                counts.resigns += u64::from(resign);
                counts.losses += u64::from(!win && !resign);
                counts.hints += hints;
                for &label in cleaned.numbers_of(place as usize) {
                    let tally = &mut tallies[label as usize];
                    if tally.games == 0 {
                        touched.push(label);
                    }
                    tally.games += 1;
                    tally.hints += hints;
                    tally.wins += u64::from(win);
                }
            }
            touched.sort_unstable();
            for label in touched.drain(..) {
                let tally = std::mem::take(&mut tallies[label as usize]);
                scores.push((label, params.score(tally.games, tally.hints, tally.wins)));
            }
            let limit = u64::from(u32::MAX);
            let end = u32::try_from(scores.len());
            ends.push(end.map_err(|_| Error::TooMany { what: "labels of clusters", limit })?);
        }
        let (order, images) = in_order(games, &counts);
        Ok(Self { cleaned, order, counts, scores, ends, images })
    }

    /// The clusters by image, layer and cluster.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = ClusterScores<'_>> {
        let games = self.cleaned.games();
        self.order.iter().map(move |&place| {
            let key = games.clusters[place as usize];
            ClusterScores {
                image: games.names.get(key.image),
                layer: key.layer as usize,
                cluster: key.cluster as usize,
                counts: self.counts[place as usize],
                labels: self.labels(place),
            }
        })
    }

    /// Number of clusters that were played.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Whether none was.
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    fn labels(&self, place: u32) -> Vec<LabelScore> {
        let place = place as usize;
        let start = if place == 0 { 0 } else { self.ends[place - 1] as usize };
        let label = |l: u32| -> Label { self.cleaned.vocabulary()[l as usize].clone() };
        let mut labels: Vec<_> = self.scores[start..self.ends[place] as usize]
            .iter()
            .map(|&(l, score)| LabelScore { label: label(l), score })
            .collect();
        rank_labels(&mut labels);
        labels
    }

    fn find(&self, image: &str, layer: usize, cluster: usize) -> Option<u32> {
        let games = self.cleaned.games();
        let range = self.images.get(&games.names.find(image)?)?;
        let order = self.order.get(range.start as usize..range.end as usize)?;
        let key = |&place: &u32| {
            let key = games.clusters[place as usize];
            (key.layer as usize, key.cluster as usize)
        };
        order.binary_search_by_key(&(layer, cluster), key).ok().map(|found| order[found])
    }
}

/// The clusters with games by image, layer and cluster, and where each image's lie. Clusters whose games were all
/// filtered away have no scores and are not listed.
fn in_order(games: &Games, counts: &[GameCounts]) -> (Vec<u32>, FxHashMap<u32, Range<u32>>) {
    let mut images: FxHashMap<u32, Range<u32>> = FxHashMap::default();
    let mut order: Vec<u32> = (0..games.clusters.len() as u32).collect();
    order.retain(|&c| counts[c as usize].games() > 0);
    for &place in &order {
        images.entry(games.clusters[place as usize].image).or_default().end += 1;
    }
    // Names are compared once an image, not once a cluster.
    let mut by_name: Vec<u32> = images.keys().copied().collect();
    by_name.sort_unstable_by_key(|&image| games.names.get(image));
    let mut start = 0;
    for image in by_name {
        let range = images.entry(image).or_default();
        *range = start..start + range.end;
        start = range.end;
    }
    let start_of = |image: u32| images.get(&image).map_or(0, |range| range.start);
    order.sort_by_cached_key(|&place| {
        let key = games.clusters[place as usize];
        (start_of(key.image), key.layer, key.cluster)
    });
    (order, images)
}

impl Labeler for Scores<'_> {
    type Error = Error;

    fn label(&self, query: &ClusterQuery<'_>) -> Result<ClusterLabels> {
        Ok(match self.find(query.image, query.layer, query.cluster) {
            Some(place) => ClusterLabels { labels: self.labels(place), counts: self.counts[place as usize] },
            None => ClusterLabels::default(),
        })
    }

    fn true_class(&self, image: &str) -> Result<Option<String>> {
        Ok(self.cleaned.games().true_class(image).map(str::to_owned))
    }
}

/// Places sorted by group, by counting: linear in time.
struct Grouped {
    places: Vec<u32>,
    starts: Vec<u32>,
}

impl Grouped {
    fn new(groups: impl Iterator<Item = u32> + Clone, count: usize) -> Self {
        let mut starts = vec![0u32; count + 1];
        for group in groups.clone() {
            starts[group as usize + 1] += 1;
        }
        for i in 0..count {
            starts[i + 1] += starts[i];
        }
        let mut next = starts.clone();
        let mut places = vec![0u32; starts[count] as usize];
        for (place, group) in groups.enumerate() {
            places[next[group as usize] as usize] = place as u32;
            next[group as usize] += 1;
        }
        Self { places, starts }
    }

    fn members(&self, group: usize) -> &[u32] {
        &self.places[self.starts[group] as usize..self.starts[group + 1] as usize]
    }
}
