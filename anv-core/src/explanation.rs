//! The labelled explanation of one photo, and label sets that come without pictures.

use serde::{Deserialize, Serialize};

use crate::labeling::{ClusterQuery, Labeler, Merger};
use crate::stage::BoxError;
use crate::{Draft, Error, LabeledCluster, MergedCluster, Result, Stage, rank_labels};

/// A labelled Abstract Network Visualization: a [`Draft`] and the words for its clusters.
///
/// A draft without words is a [`Draft`]; that nobody labelled a cluster is an empty list of labels here.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// The clusters as they were computed, unmerged.
    pub draft: Draft,
    /// Their labels, and the clusters merged.
    pub labels: LabeledImage,
}

impl Explanation {
    /// Labels the clusters of `draft` and merges those that are called the same.
    ///
    /// `image` is the name under which `labeler` knows the photo.
    ///
    /// # Errors
    /// [`Error::Stage`] when a stage fails or returns what cannot be merged; it names the layer.
    pub fn new(
        image: impl Into<String>,
        draft: Draft,
        labeler: &impl Labeler,
        merger: &impl Merger,
    ) -> Result<Self> {
        let image = image.into();
        let layers = draft
            .layers
            .iter()
            .map(|layer| {
                let number = layer.layer.number;
                let name = format!("{number} ({})", layer.layer.name);
                let clusters = layer
                    .clusters
                    .iter()
                    .enumerate()
                    .map(|(cluster, c)| {
                        let query = ClusterQuery {
                            image: &image,
                            layer: number,
                            cluster,
                            map: Some(c.map.view()),
                            photo: Some(&draft.photo),
                        };
                        let mut labeled = ask(labeler, &query, c.weight_percent, &name)?;
                        labeled.map = Some(c.map.clone());
                        Ok(labeled)
                    })
                    .collect::<Result<_>>()?;
                LabeledLayer::merged(number, &name, clusters, merger)
            })
            .collect::<Result<_>>()?;
        let truth = truth(labeler, &image)?;
        let labels = LabeledImage { image, class: draft.class.name.clone(), truth, layers };
        Ok(Self { draft, labels })
    }
}

/// The merged, labelled clusters of one image: what global explanations are made of, with or without pictures.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabeledImage {
    /// Name of the image.
    pub image: String,
    /// The explained class.
    pub class: String,
    /// The class that the image really shows, where it is known.
    pub truth: Option<String>,
    /// The layers, shallowest first.
    pub layers: Vec<LabeledLayer>,
}

impl LabeledImage {
    /// Labels and merges clusters that are known by their weights alone.
    ///
    /// `layers`: number of the layer, from 1, and for each cluster its place in the layer and its weight in percent.
    ///
    /// ```
    /// use anv_core::*;
    /// /// Calls every cluster sky.
    /// struct Sky;
    /// impl Labeler for Sky {
    ///     type Error = Error;
    ///     fn label(&self, _: &ClusterQuery<'_>) -> Result<ClusterLabels> {
    ///         Ok(ClusterLabels { labels: vec![LabelScore::new("sky", 1.0)], ..Default::default() })
    ///     }
    /// }
    /// /// Merges all clusters of a layer.
    /// struct AllOfThem;
    /// impl Merger for AllOfThem {
    ///     type Error = Error;
    ///     fn merge(&self, clusters: &[LabeledCluster]) -> Result<Partition> {
    ///         Partition::from_labels(&vec![0; clusters.len()])
    ///     }
    /// }
    /// let image = LabeledImage::from_weights("a.jpg", "parachute", [(13, vec![(0, 30.0), (1, 20.0)])], &Sky, &AllOfThem)?;
    /// assert_eq!(image.layers[0].clusters[0].weight_percent, 50.0);
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// As [`Explanation::new`].
    pub fn from_weights(
        image: impl Into<String>,
        class: impl Into<String>,
        layers: impl IntoIterator<Item = (usize, Vec<(usize, f64)>)>,
        labeler: &impl Labeler,
        merger: &impl Merger,
    ) -> Result<Self> {
        let image = image.into();
        let mut layers = layers
            .into_iter()
            .map(|(layer, weights)| {
                let name = layer.to_string();
                let clusters = weights
                    .into_iter()
                    .map(|(cluster, weight)| {
                        let query = ClusterQuery { image: &image, layer, cluster, map: None, photo: None };
                        ask(labeler, &query, weight, &name)
                    })
                    .collect::<Result<_>>()?;
                LabeledLayer::merged(layer, &name, clusters, merger)
            })
            .collect::<Result<Vec<_>>>()?;
        layers.sort_by_key(|l| l.layer);
        let truth = truth(labeler, &image)?;
        Ok(Self { image, class: class.into(), truth, layers })
    }

    /// Whether the explained class is another one than the image really shows; `false` when that is not known.
    pub fn is_wrong(&self) -> bool {
        self.truth.as_ref().is_some_and(|t| *t != self.class)
    }
}

/// One layer of a [`LabeledImage`].
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LabeledLayer {
    /// Number of the layer, from 1.
    pub layer: usize,
    /// Merged clusters by falling weight, then by their lowest member.
    pub clusters: Vec<MergedCluster>,
}

impl LabeledLayer {
    fn merged(
        layer: usize,
        name: &str,
        mut clusters: Vec<LabeledCluster>,
        merger: &impl Merger,
    ) -> Result<Self> {
        let fail = |source: BoxError| stage(Stage::Merging, name, source);
        if clusters.is_empty() {
            return Ok(Self { layer, clusters: Vec::new() });
        }
        clusters.sort_by_key(|c| c.cluster);
        let partition = merger.merge(&clusters).map_err(|e| fail(e.into()))?;
        if partition.rows() != clusters.len() {
            let error = Error::MergedClusters { found: partition.rows(), expected: clusters.len() };
            return Err(fail(error.into()));
        }
        let mut parts = vec![Vec::new(); partition.clusters()];
        for (cluster, &part) in clusters.into_iter().zip(partition.labels()) {
            parts[part].push(cluster);
        }
        let mut clusters: Vec<_> = parts
            .into_iter()
            .map(|members| MergedCluster::new(members).map_err(|e| fail(e.into())))
            .collect::<Result<_>>()?;
        clusters.sort_by(|a, b| {
            b.weight_percent
                .total_cmp(&a.weight_percent)
                .then_with(|| a.member_numbers().cmp(b.member_numbers()))
        });
        Ok(Self { layer, clusters })
    }
}

fn ask(
    labeler: &impl Labeler,
    query: &ClusterQuery<'_>,
    weight_percent: f64,
    layer: &str,
) -> Result<LabeledCluster> {
    let mut found = labeler.label(query).map_err(|e| stage(Stage::Labeling, layer, e.into()))?;
    rank_labels(&mut found.labels);
    Ok(LabeledCluster {
        cluster: query.cluster,
        weight_percent,
        labels: found.labels,
        counts: found.counts,
        map: None,
    })
}

fn truth(labeler: &impl Labeler, image: &str) -> Result<Option<String>> {
    labeler.true_class(image).map_err(|e| Error::Stage {
        stage: Stage::Labeling,
        layer: None,
        source: e.into(),
    })
}

fn stage(stage: Stage, layer: &str, source: BoxError) -> Error {
    Error::Stage { stage, layer: Some(layer.to_owned()), source }
}
