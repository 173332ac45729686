//! The stages composed: photo in, [`Draft`] out.

use image::RgbImage;
use ndarray::ArrayView2;
use rayon::prelude::*;

use crate::stage::{Attributor, BoxError, Clusterer, Reducer};
use crate::{
    Attribution, ClusterThreshold, Draft, DroppedCluster, Error, LayerAttribution, LayerDraft, MapSelection,
    Result, Stage, Target, WeightThreshold, cluster_map, percents,
};

/// What a [`Pipeline`] leaves open; the default is the thesis, section 4.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct PipelineParams {
    /// Which feature maps are clustered.
    pub weight_threshold: WeightThreshold,
    /// Which clusters are shown.
    pub cluster_threshold: ClusterThreshold,
    /// Seed of everything random.
    pub seed: u64,
}

/// Attribution, reduction, clustering and merging in one call.
///
/// The stages are any types behind the traits; layers run in parallel in the surrounding rayon pool, and the
/// result does not depend on the number of threads.
///
/// ```no_run
/// # use anv_core::*;
/// # fn demo(a: impl Attributor + Sync, r: impl Reducer + Sync, c: impl Clusterer + Sync, photo: image::RgbImage) -> Result<()> {
/// let pipeline = Pipeline::new(a, r, c);
/// let draft = pipeline.analyse(&photo, &Target::default())?;
/// for layer in &draft.layers {
///     println!("{}: {} cluster maps", layer.layer.name, layer.clusters.len());
/// }
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Pipeline<A, R, C> {
    attributor: A,
    reducer: R,
    clusterer: C,
    params: PipelineParams,
}

impl<A, R, C> Pipeline<A, R, C>
where
    A: Attributor + Sync,
    R: Reducer + Sync,
    C: Clusterer + Sync,
{
    /// A pipeline with the thesis' parameters and seed 0.
    pub fn new(attributor: A, reducer: R, clusterer: C) -> Self {
        Self { attributor, reducer, clusterer, params: PipelineParams::default() }
    }

    /// Replaces the parameters; they are checked at use.
    #[must_use]
    pub fn params(mut self, params: PipelineParams) -> Self {
        self.params = params;
        self
    }

    /// The whole way from a photo to its unlabelled explanation.
    ///
    /// # Errors
    /// [`Error::Stage`] names the stage, the layer and what went wrong there.
    pub fn analyse(&self, photo: &RgbImage, target: &Target) -> Result<Draft> {
        let attribution = self.attribute(photo, &self.needed(target))?;
        self.cluster(attribution, photo)
    }

    /// The target with no more maps than clustering needs.
    pub(crate) fn needed(&self, target: &Target) -> Target {
        Target { maps: MapSelection::Kept(self.params.weight_threshold), ..target.clone() }
    }

    /// The first half alone: one pass of the network, with the maps that `target` asks for.
    ///
    /// # Errors
    /// As [`Pipeline::analyse`].
    pub fn attribute(&self, photo: &RgbImage, target: &Target) -> Result<Attribution> {
        self.attributor
            .attribute(photo, target)
            .map_err(|source| Error::stage(Stage::Attribution, None, source.into()))
    }

    /// As [`Pipeline::attribute`] for several photos in one pass of the network, where the attributor has one.
    pub(crate) fn attribute_many(&self, photos: &[(&RgbImage, &Target)]) -> Vec<Result<Attribution>> {
        let attributions = self.attributor.attribute_many(photos).into_iter();
        let fail = |source: A::Error| Error::stage(Stage::Attribution, None, source.into());
        attributions.map(|result| result.map_err(fail)).collect()
    }

    /// The second half alone: from maps and weights to cluster maps.
    ///
    /// # Errors
    /// As [`Pipeline::analyse`]; [`Error::MapMissing`] in it when a map above the weight threshold is not there.
    pub fn cluster(&self, attribution: Attribution, photo: &RgbImage) -> Result<Draft> {
        let Attribution { model, class, predicted, layers } = attribution;
        // A layer's maps are freed as soon as its clusters are merged. `with_max_len(1)` lets an idle
        // thread take a single layer: their costs differ tenfold.
        let layers: Vec<_> =
            layers.into_par_iter().with_max_len(1).map(|layer| self.cluster_layer(&layer)).collect();
        // Of several errors always that of the shallowest layer.
        let layers = layers.into_iter().collect::<Result<_>>()?;
        Ok(Draft {
            photo: photo.clone(),
            source: String::new(),
            seed: self.params.seed,
            model,
            class,
            predicted,
            layers,
        })
    }

    fn cluster_layer(&self, input: &LayerAttribution) -> Result<LayerDraft> {
        let mut draft = self.weigh(input)?;
        if draft.kept.is_empty() {
            return Ok(draft);
        }
        let fail = |stage, source: BoxError| Error::stage(stage, Some(input.layer()), source);
        let rows = input.maps_of(&draft.kept).map_err(|e| fail(Stage::Threshold, e.into()))?;
        let points = self
            .reducer
            .reduce(rows.view(), self.params.seed)
            .map_err(|e| fail(Stage::Reduction, e.into()))?
            .points;
        if points.nrows() != draft.kept.len() {
            let error = Error::PartitionRows { found: points.nrows(), expected: draft.kept.len() };
            return Err(fail(Stage::Reduction, error.into()));
        }
        let clustering =
            self.clusterer.cluster(points.view()).map_err(|e| fail(Stage::Clustering, e.into()))?;
        let percents = ndarray::aview1(&draft.weights_percent);
        let clusters = cluster_map::merge(rows.view(), percents, &draft.kept, &clustering.partition)
            .map_err(|e| fail(Stage::Clustering, e.into()))?;

        let weights: Vec<_> = clusters.iter().map(|c| c.weight_percent).collect();
        let threshold = self.params.cluster_threshold.percent(&weights);
        let (heavy, light) = clusters.into_iter().partition(|c| c.weight_percent >= threshold);
        draft.clusters = heavy;
        draft.dropped_clusters = Vec::into_iter(light)
            .map(|c| DroppedCluster { weight_percent: c.weight_percent, channels: c.channels })
            .collect();
        draft.threshold_percent = threshold;
        draft.best_k = clustering.partition.clusters();
        draft.silhouette = clustering.silhouette;
        draft.embedding = first_two(points.view());
        Ok(draft)
    }

    /// Percentages and kept channels; everything that clustering adds is still empty.
    fn weigh(&self, input: &LayerAttribution) -> Result<LayerDraft> {
        let percents = percents(input.weights().view());
        let threshold = &self.params.weight_threshold;
        let kept = match &percents {
            Some(p) => threshold
                .keep(p.view())
                .map_err(|e| Error::stage(Stage::Threshold, Some(input.layer()), e.into()))?,
            None => Vec::new(),
        };
        let weights_percent = match percents {
            Some(p) => p.to_vec(),
            None => vec![0.0; input.layer().channels],
        };
        Ok(LayerDraft {
            layer: input.layer().clone(),
            leftover_percent: kept.iter().map(|&k| weights_percent[k]).sum(),
            weights_percent,
            kept,
            embedding: Vec::new(),
            silhouette: Default::default(),
            best_k: 0,
            threshold_percent: 0.0,
            clusters: Vec::new(),
            dropped_clusters: Vec::new(),
        })
    }
}

fn first_two(points: ArrayView2<'_, f64>) -> Vec<[f32; 2]> {
    let at = |row: ndarray::ArrayView1<'_, f64>, i: usize| row.get(i).map_or(0.0, |&v| v as f32);
    points.outer_iter().map(|row| [at(row, 0), at(row, 1)]).collect()
}
