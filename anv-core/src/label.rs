//! Labelled clusters: people's words with their scores, and clusters merged because people call them the same.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;
use std::sync::Arc;

use ndarray::{Array2, Zip};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::{Error, Result};

/// Two scores closer than this are a draw: both labels are best labels (reference, section 4).
pub const SCORE_TOLERANCE: f64 = 1e-9;

/// A final label: shared text, so that the same word of a thousand clusters is stored once.
///
/// ```
/// use anv_core::Label;
/// let label = Label::from("tree");
/// assert_eq!(&*label, "tree");
/// assert_eq!(label.clone().to_string(), "tree");
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label(Arc<str>);

impl Deref for Label {
    type Target = str;
    fn deref(&self) -> &str {
        &self.0
    }
}

impl Borrow<str> for Label {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl From<&str> for Label {
    fn from(text: &str) -> Self {
        Self(text.into())
    }
}

impl From<String> for Label {
    fn from(text: String) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self)
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

impl Serialize for Label {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.serialize_str(self)
    }
}

impl<'de> Deserialize<'de> for Label {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::from)
    }
}

/// A label and how well it describes a cluster.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabelScore {
    /// The label.
    pub label: Label,
    /// Score of eq. 3.2, or of any other labeller; larger is better.
    pub score: f64,
}

impl LabelScore {
    /// A label with its score.
    pub fn new(label: impl Into<Label>, score: f64) -> Self {
        Self { label: label.into(), score }
    }
}

/// Sorts by falling score, draws alphabetically: the first is the label that is shown.
///
/// Scores are compared on a grid of [`SCORE_TOLERANCE`], so that the last bits of a sum decide nothing.
///
/// ```
/// use anv_core::{LabelScore, rank_labels};
/// let mut labels = vec![LabelScore::new("tree", 0.1 + 0.2), LabelScore::new("log", 0.3)];
/// rank_labels(&mut labels);
/// assert_eq!(&*labels[0].label, "log");
/// ```
pub fn rank_labels(labels: &mut [LabelScore]) {
    let grid = |l: &LabelScore| (l.score / SCORE_TOLERANCE).round();
    labels.sort_by(|a, b| grid(b).total_cmp(&grid(a)).then_with(|| a.label.cmp(&b.label)));
}

/// How the games on a cluster ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct GameCounts {
    /// Games in which the class was guessed.
    pub wins: u64,
    /// Games in which another class was guessed.
    pub losses: u64,
    /// Games that were given up.
    pub resigns: u64,
    /// Hints used in all games together; a resigned game counts all hints there are.
    pub hints: u64,
}

impl GameCounts {
    /// Number of games.
    pub fn games(&self) -> u64 {
        self.wins.saturating_add(self.losses).saturating_add(self.resigns)
    }

    /// Mean number of hints a game, from 0; `None` without a game.
    pub fn mean_hints(&self) -> Option<f64> {
        (self.games() > 0).then(|| self.hints as f64 / self.games() as f64)
    }
}

impl std::ops::AddAssign for GameCounts {
    fn add_assign(&mut self, other: Self) {
        self.wins = self.wins.saturating_add(other.wins);
        self.losses = self.losses.saturating_add(other.losses);
        self.resigns = self.resigns.saturating_add(other.resigns);
        self.hints = self.hints.saturating_add(other.hints);
    }
}

/// One cluster of a layer with its labels, not yet merged.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabeledCluster {
    /// Place of the cluster in its layer, from 0.
    pub cluster: usize,
    /// `w_C`, percent of the layer's weight.
    pub weight_percent: f64,
    /// Labels in the order of [`rank_labels`]; empty when nobody gave one.
    pub labels: Vec<LabelScore>,
    /// How the games on it ended.
    pub counts: GameCounts,
    /// The cluster map (eq. 3.1), shape (height, width); `None` for label sets that come without pictures.
    #[serde(skip)]
    pub map: Option<Array2<f32>>,
}

impl LabeledCluster {
    /// All labels at the highest score (draws within [`SCORE_TOLERANCE`]), in alphabetical order.
    pub fn best_labels(&self) -> Vec<Label> {
        let highest = self.labels.iter().map(|l| l.score).fold(f64::NEG_INFINITY, f64::max);
        let mut best: Vec<_> = self
            .labels
            .iter()
            .filter(|l| highest - l.score < SCORE_TOLERANCE)
            .map(|l| l.label.clone())
            .collect();
        best.sort_unstable();
        best
    }

    /// The score of `label` here, 0 when nobody gave it.
    pub fn score(&self, label: &str) -> f64 {
        self.labels.iter().find(|l| &*l.label == label).map_or(0.0, |l| l.score)
    }
}

/// One or more clusters of a layer that people call the same (thesis 3.5, Algorithm 1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MergedCluster {
    /// `Σ w_C` over the members, percent of the layer's weight.
    pub weight_percent: f64,
    /// Union of the members' best labels, in alphabetical order.
    pub best: Vec<Label>,
    /// `Σ w_C score(C, l) / Σ w_C`: the members' scores averaged by weight, ranked.
    pub labels: Vec<LabelScore>,
    /// Sum of the members' games.
    pub counts: GameCounts,
    /// The clusters that were merged, by ascending number, with their own scores and maps.
    pub members: Vec<LabeledCluster>,
    /// `Σ w_C A_C / Σ w_C`, shape (height, width); `None` when a member has no map.
    #[serde(skip)]
    pub map: Option<Array2<f32>>,
}

impl MergedCluster {
    /// Merges clusters of one layer: weights and games are summed, maps and scores averaged by weight.
    ///
    /// The order of `members` does not matter, to the last bit. Without any weight all members count the same.
    ///
    /// # Errors
    /// [`Error::EmptyMerge`] without a member, [`Error::ClusterNumber`] when one appears twice,
    /// [`Error::ClusterValue`] for a weight or score that is no finite number (weights: at least 0),
    /// [`Error::MapShape`] when maps differ in shape.
    pub fn new(mut members: Vec<LabeledCluster>) -> Result<Self> {
        members.sort_by_key(|m| m.cluster);
        check(&members)?;
        let weight_percent: f64 = members.iter().map(|m| m.weight_percent).sum();
        let equal = 1.0 / members.len() as f64;
        let shares: Vec<f64> = members
            .iter()
            .map(|m| if weight_percent > 0.0 { m.weight_percent / weight_percent } else { equal })
            .collect();
        let mut best: Vec<_> = members.iter().flat_map(LabeledCluster::best_labels).collect();
        best.sort_unstable();
        best.dedup();
        let mut counts = GameCounts::default();
        members.iter().for_each(|m| counts += m.counts);
        Ok(Self {
            weight_percent,
            best,
            labels: merge_scores(&members, &shares),
            counts,
            map: merge_maps(&members, &shares)?,
            members,
        })
    }

    /// The label to show: the one of the highest merged score, draws alphabetically; `None` without a label.
    pub fn shown(&self) -> Option<&str> {
        self.labels.first().map(|l| &*l.label)
    }

    /// `Σ score(C, l)` of the members' own scores: what this cluster adds to the global score of `label`
    /// (thesis 5.2.2).
    pub fn summed_score(&self, label: &str) -> f64 {
        self.members.iter().map(|m| m.score(label)).sum()
    }

    /// What each member contributes to the merged score of `label`, in the order of `members`; they sum to the
    /// merged score.
    pub fn contributions(&self, label: &str) -> Vec<f64> {
        let equal = 1.0 / self.members.len().max(1) as f64;
        let share = |m: &LabeledCluster| match self.weight_percent > 0.0 {
            true => m.weight_percent / self.weight_percent,
            false => equal,
        };
        self.members.iter().map(|m| share(m) * m.score(label)).collect()
    }

    /// The numbers of the members, ascending.
    pub fn member_numbers(&self) -> impl Iterator<Item = usize> + '_ {
        self.members.iter().map(|m| m.cluster)
    }
}

fn check(members: &[LabeledCluster]) -> Result<()> {
    if members.is_empty() {
        return Err(Error::EmptyMerge);
    }
    if let Some(pair) = members.windows(2).find(|p| p[0].cluster == p[1].cluster) {
        return Err(Error::ClusterNumber { cluster: pair[0].cluster });
    }
    for m in members {
        let fail = |what, found| Err(Error::ClusterValue { cluster: m.cluster, what, found });
        if !(m.weight_percent.is_finite() && m.weight_percent >= 0.0) {
            return fail("weight".to_owned(), m.weight_percent);
        }
        if let Some(bad) = m.labels.iter().find(|l| !l.score.is_finite()) {
            return fail(format!("score of `{}`", bad.label), bad.score);
        }
    }
    Ok(())
}

fn merge_scores(members: &[LabeledCluster], shares: &[f64]) -> Vec<LabelScore> {
    if let [only] = members {
        let mut labels = only.labels.clone();
        rank_labels(&mut labels);
        return labels;
    }
    let mut all: Vec<(Label, f64)> = Vec::new();
    for (member, share) in members.iter().zip(shares) {
        all.extend(member.labels.iter().map(|l| (l.label.clone(), share * l.score)));
    }
    // Stable: equal labels stay in the order of their members, so sums are the same to the last bit.
    all.sort_by(|a, b| a.0.cmp(&b.0));
    let mut labels: Vec<LabelScore> = Vec::with_capacity(all.len());
    for (label, score) in all {
        match labels.last_mut() {
            Some(last) if last.label == label => last.score += score,
            _ => labels.push(LabelScore { label, score }),
        }
    }
    rank_labels(&mut labels);
    labels
}

fn merge_maps(members: &[LabeledCluster], shares: &[f64]) -> Result<Option<Array2<f32>>> {
    let Some(maps) = members.iter().map(|m| m.map.as_ref()).collect::<Option<Vec<_>>>() else {
        return Ok(None);
    };
    let Some(expected) = maps.first().map(|m| m.dim()) else { return Ok(None) };
    let mut sum = Array2::<f64>::zeros(expected);
    for ((map, share), member) in maps.iter().zip(shares).zip(members) {
        if map.dim() != expected {
            return Err(Error::MapShape { cluster: member.cluster, found: map.dim(), expected });
        }
        Zip::from(&mut sum).and(*map).for_each(|s, &a| *s += share * f64::from(a));
    }
    Ok(Some(sum.mapv(|v| v as f32)))
}
