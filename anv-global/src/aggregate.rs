//! The aggregation of labelled images (thesis 5.2.2).

use std::collections::{BTreeMap, HashMap};

use anv_core::{
    Aggregator, GlobalExample, GlobalExplanation, GlobalFeature, GlobalGroup, Label, LabeledImage,
    MergedCluster, SCORE_TOLERANCE, Scope,
};

use crate::bootstrap;
use crate::groups::LayerGroups;
use crate::sum::Sum;
use crate::{Error, Result};

/// What to do with images that the network took for another class than they show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum WrongPredictions {
    /// Count them with the others of the explained class.
    #[default]
    Together,
    /// An explanation of their own for each pair of explained and true class.
    Apart,
    /// Leave them out.
    LeftOut,
}

/// How images are aggregated; the default is the thesis, with an interval for each score.
#[derive(Debug, Clone, PartialEq)]
pub struct GlobalParams {
    /// Which layers are taken together.
    pub groups: LayerGroups,
    /// Features kept a group, best first; `None` keeps all.
    pub top: Option<usize>,
    /// Most examples a feature.
    pub examples: usize,
    /// What to do with wrong predictions.
    pub wrong: WrongPredictions,
    /// Resamples of the bootstrap over images; 0 makes no intervals.
    pub resamples: usize,
    /// Share of the resamples that an interval holds, between 0 and 1.
    pub confidence: f64,
    /// Seed of the bootstrap.
    pub seed: u64,
}

impl Default for GlobalParams {
    fn default() -> Self {
        Self {
            groups: LayerGroups::default(),
            top: Some(6),
            examples: 5,
            wrong: WrongPredictions::default(),
            resamples: 1000,
            confidence: 0.95,
            seed: 0,
        }
    }
}

impl GlobalParams {
    /// Sets the groups of layers.
    #[must_use]
    pub fn groups(mut self, groups: LayerGroups) -> Self {
        self.groups = groups;
        self
    }

    /// Sets the number of features a group; `None` keeps all.
    #[must_use]
    pub fn top(mut self, top: Option<usize>) -> Self {
        self.top = top;
        self
    }

    /// Sets what is done with wrong predictions.
    #[must_use]
    pub fn wrong(mut self, wrong: WrongPredictions) -> Self {
        self.wrong = wrong;
        self
    }
}

/// What is known of one label in one layer.
#[derive(Debug, Clone, Default)]
struct Tally {
    score: Sum,
    weight: Sum,
    clusters: u64,
    resampled: Vec<f64>,
    examples: Vec<GlobalExample>,
}

/// What is known of one class.
#[derive(Debug, Clone, Default)]
struct Class {
    images: u64,
    /// Images in each resample.
    drawn: Vec<f64>,
    labels: HashMap<Label, BTreeMap<usize, Tally>>,
}

/// Each label keeps a sum a resample, and the ends of an interval are exact to three digits long before.
const MOST_RESAMPLES: usize = 1_000_000;

/// Sums up labelled images a class (thesis 5.2.2): an [`Aggregator`].
///
/// Memory grows with the number of different labels, layers and classes, not with the number of images. The result is
/// the same to the last bit in whatever order images are added, and when they are added to several aggregators that
/// are then [joined](GlobalAggregator::absorb). An image that is added twice counts twice.
#[derive(Debug, Clone)]
pub struct GlobalAggregator {
    params: GlobalParams,
    classes: BTreeMap<(String, Scope), Class>,
    layers: Option<(usize, usize)>,
}

impl GlobalAggregator {
    /// An aggregator that has seen nothing.
    ///
    /// # Errors
    /// [`Error::Groups`] for groups that cannot be used, [`Error::Parameter`] for a confidence outside 0 to 1 and for more
    /// than a million resamples.
    pub fn new(params: GlobalParams) -> Result<Self> {
        params.groups.resolve(1, 1)?;
        if !(params.confidence > 0.0 && params.confidence < 1.0) {
            return Err(Error::Parameter {
                name: "confidence",
                found: params.confidence.to_string(),
                expected: "more than 0 and less than 1",
            });
        }
        if params.resamples > MOST_RESAMPLES {
            return Err(Error::Parameter {
                name: "resamples",
                found: params.resamples.to_string(),
                expected: "at most 1000000",
            });
        }
        Ok(Self { params, classes: BTreeMap::new(), layers: None })
    }

    /// Takes in what another aggregator of the same parameters has seen.
    ///
    /// # Errors
    /// [`Error::OtherParameters`] when the parameters differ.
    pub fn absorb(&mut self, other: Self) -> Result<()> {
        if self.params != other.params {
            return Err(Error::OtherParameters);
        }
        if let Some((first, last)) = other.layers {
            self.saw_layers(first, last);
        }
        for (key, theirs) in other.classes {
            let ours = self.classes.entry(key).or_default();
            ours.images += theirs.images;
            absorb(&mut ours.drawn, &theirs.drawn);
            for (label, layers) in theirs.labels {
                let ours = ours.labels.entry(label).or_default();
                for (layer, theirs) in layers {
                    let ours = ours.entry(layer).or_default();
                    ours.score.absorb(theirs.score);
                    ours.weight.absorb(theirs.weight);
                    ours.clusters += theirs.clusters;
                    absorb(&mut ours.resampled, &theirs.resampled);
                    for example in theirs.examples {
                        keep(&mut ours.examples, example, self.params.examples);
                    }
                }
            }
        }
        Ok(())
    }

    fn saw_layers(&mut self, first: usize, last: usize) {
        let (a, b) = self.layers.unwrap_or((first, last));
        self.layers = Some((a.min(first), b.max(last)));
    }

    fn scope(&self, image: &LabeledImage) -> Option<Scope> {
        match (self.params.wrong, image.is_wrong()) {
            (WrongPredictions::Together, _) => Some(Scope::All),
            (_, false) => Some(Scope::Right),
            (WrongPredictions::LeftOut, true) => None,
            (WrongPredictions::Apart, true) => image.truth.clone().map(Scope::Wrong),
        }
    }

    fn features(&self, class: &Class, (first, last): (usize, usize)) -> Vec<GlobalFeature> {
        let params = &self.params;
        let mut features: Vec<_> = class
            .labels
            .iter()
            .filter(|(_, layers)| layers.range(first..=last).next().is_some())
            .map(|(label, layers)| {
                let mut all = Tally::default();
                for (_, tally) in layers.range(first..=last) {
                    all.score.absorb(tally.score);
                    all.weight.absorb(tally.weight);
                    all.clusters += tally.clusters;
                }
                GlobalFeature {
                    label: label.clone(),
                    score: all.score.value(),
                    interval: None,
                    weight_percent: all.weight.value() / all.clusters as f64,
                    clusters: all.clusters,
                    examples: Vec::new(),
                }
            })
            .collect();
        features.sort_unstable_by(|a, b| {
            grid(b.score).total_cmp(&grid(a.score)).then_with(|| a.label.cmp(&b.label))
        });
        features.truncate(params.top.unwrap_or(usize::MAX));
        // Only for what is shown: intervals and examples cost more than sums.
        for feature in &mut features {
            let Some(layers) = class.labels.get(&feature.label) else { continue };
            let mut resampled = Vec::new();
            for (_, tally) in layers.range(first..=last) {
                absorb(&mut resampled, &tally.resampled);
                for example in &tally.examples {
                    keep(&mut feature.examples, example.clone(), params.examples);
                }
            }
            feature.interval = bootstrap::interval(&resampled, &class.drawn, class.images, params.confidence);
        }
        features
    }
}

impl Aggregator for GlobalAggregator {
    type Error = Error;

    fn add(&mut self, image: &LabeledImage) -> Result<()> {
        check(image)?;
        for layer in &image.layers {
            self.saw_layers(layer.layer, layer.layer);
        }
        let Some(scope) = self.scope(image) else { return Ok(()) };
        let draws = bootstrap::draws(self.params.seed, &image.image, self.params.resamples);
        let class = self.classes.entry((image.class.clone(), scope)).or_default();
        class.images += 1;
        absorb(&mut class.drawn, &draws);
        for layer in &image.layers {
            for cluster in &layer.clusters {
                for label in &cluster.best {
                    let score = cluster.summed_score(label);
                    // Looked up first: most labels are known, and their text need not be shared once more.
                    let layers = match class.labels.get_mut(&**label) {
                        Some(layers) => layers,
                        None => class.labels.entry(label.clone()).or_default(),
                    };
                    let tally = layers.entry(layer.layer).or_default();
                    tally.score.add(score);
                    tally.weight.add(cluster.weight_percent);
                    tally.clusters += 1;
                    tally.resampled.resize(draws.len(), 0.0);
                    bootstrap::add(&mut tally.resampled, &draws, score);
                    offer(&mut tally.examples, image, layer.layer, cluster, score, self.params.examples);
                }
            }
        }
        Ok(())
    }

    fn finish(&self) -> Result<Vec<GlobalExplanation>> {
        let Some((first, last)) = self.layers else { return Ok(Vec::new()) };
        let groups = self.params.groups.resolve(first, last)?;
        let explanation = |((class, scope), found): (&(String, Scope), &Class)| GlobalExplanation {
            class: class.clone(),
            scope: scope.clone(),
            images: found.images,
            all_layers: self.params.groups == LayerGroups::All,
            groups: groups
                .iter()
                .map(|&layers| GlobalGroup { layers, features: self.features(found, layers) })
                .filter(|group| !group.features.is_empty())
                .collect(),
        };
        Ok(self.classes.iter().map(explanation).collect())
    }
}

fn check(image: &LabeledImage) -> Result<()> {
    for layer in &image.layers {
        for cluster in &layer.clusters {
            let fail = |what: String, found| {
                Err(Error::NotFinite { image: image.image.clone(), layer: layer.layer, what, found })
            };
            if !cluster.weight_percent.is_finite() {
                return fail("weight".into(), cluster.weight_percent);
            }
            for label in cluster.members.iter().flat_map(|m| &m.labels) {
                if !label.score.is_finite() {
                    return fail(format!("score of `{}`", label.label), label.score);
                }
            }
        }
    }
    Ok(())
}

/// Scores closer than the tolerance are the same place in an order.
fn grid(score: f64) -> f64 {
    (score / SCORE_TOLERANCE).round()
}

fn absorb(ours: &mut Vec<f64>, theirs: &[f64]) {
    ours.resize(ours.len().max(theirs.len()), 0.0);
    ours.iter_mut().zip(theirs).for_each(|(a, b)| *a += b);
}

/// Keeps the cluster as an example if it is good enough; nothing is copied if it is not.
fn offer(
    examples: &mut Vec<GlobalExample>,
    image: &LabeledImage,
    layer: usize,
    cluster: &MergedCluster,
    score: f64,
    most: usize,
) {
    let worst = examples.last().map(|e| grid(e.score));
    if examples.len() >= most && worst.is_none_or(|worst| grid(score) < worst) {
        return;
    }
    let members = cluster.member_numbers().collect();
    keep(examples, GlobalExample { image: image.image.clone(), layer, members, score }, most);
}

/// Highest score first, at most one an image, at most `most`.
fn keep(examples: &mut Vec<GlobalExample>, example: GlobalExample, most: usize) {
    let before = |a: &GlobalExample, b: &GlobalExample| {
        grid(b.score)
            .total_cmp(&grid(a.score))
            .then_with(|| (&a.image, a.layer, &a.members).cmp(&(&b.image, b.layer, &b.members)))
    };
    match examples.iter_mut().find(|e| e.image == example.image) {
        Some(known) if before(&example, known).is_lt() => *known = example,
        Some(_) => {}
        None => examples.push(example),
    }
    examples.sort_by(before);
    examples.truncate(most);
}
