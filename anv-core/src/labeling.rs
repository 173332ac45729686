//! The stages after people (or a machine) gave words: labeller, merger, aggregator, each behind a trait.

use ndarray::ArrayView2;

use crate::stage::BoxError;
use crate::{GameCounts, GlobalExplanation, LabelScore, LabeledCluster, LabeledImage, Partition};

/// The cluster that a [`Labeler`] is asked about.
#[derive(Debug, Clone, Copy)]
pub struct ClusterQuery<'a> {
    /// The image, by the name that the labels were collected under.
    pub image: &'a str,
    /// Number of the layer, from 1.
    pub layer: usize,
    /// Place of the cluster in its layer, from 0.
    pub cluster: usize,
    /// Its cluster map, shape (height, width), where there is one.
    pub map: Option<ArrayView2<'a, f32>>,
    /// The photo, where there is one.
    pub photo: Option<&'a image::RgbImage>,
}

/// What a [`Labeler`] knows about a cluster.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct ClusterLabels {
    /// Each label once, in any order.
    pub labels: Vec<LabelScore>,
    /// How the games on it ended; all zero when the labels do not come from games.
    pub counts: GameCounts,
}

/// A source of labels (thesis 3.5): games that people played, or a machine that describes pictures.
///
/// `anv-labels` implements it for cleaned games.
pub trait Labeler {
    /// What can go wrong.
    type Error: Into<BoxError>;

    /// The labels of one cluster; an unknown cluster has none.
    ///
    /// # Errors
    /// Whatever keeps the labeller from answering.
    fn label(&self, query: &ClusterQuery<'_>) -> Result<ClusterLabels, Self::Error>;

    /// The class that `image` really shows, where the source knows it: it tells right predictions from wrong ones.
    ///
    /// # Errors
    /// Whatever keeps the labeller from answering.
    fn true_class(&self, _image: &str) -> Result<Option<String>, Self::Error> {
        Ok(None)
    }
}

/// Decides which clusters of a layer are the same feature (thesis 3.5, Algorithm 1).
pub trait Merger {
    /// What can go wrong.
    type Error: Into<BoxError>;

    /// A division of `clusters` (never empty): those of one part are merged.
    ///
    /// # Errors
    /// Whatever keeps the clusters from being compared.
    fn merge(&self, clusters: &[LabeledCluster]) -> Result<Partition, Self::Error>;
}

/// Collects labelled images one by one and makes statements about classes of them (thesis 5.2.2).
///
/// Images are only looked at while they are added, so any number of them can be streamed through.
pub trait Aggregator {
    /// What can go wrong.
    type Error: Into<BoxError>;

    /// Takes one more image in.
    ///
    /// # Errors
    /// Whatever keeps the image from being counted.
    fn add(&mut self, image: &LabeledImage) -> Result<(), Self::Error>;

    /// The explanation of every class seen so far, ordered by class.
    ///
    /// # Errors
    /// Whatever keeps the explanations from being made.
    fn finish(&self) -> Result<Vec<GlobalExplanation>, Self::Error>;
}

macro_rules! forward_to_reference {
    ($($pointer:ty),*) => {$(
        impl<T: Labeler + ?Sized> Labeler for $pointer {
            type Error = T::Error;
            fn label(&self, query: &ClusterQuery<'_>) -> Result<ClusterLabels, Self::Error> {
                (**self).label(query)
            }
            fn true_class(&self, image: &str) -> Result<Option<String>, Self::Error> {
                (**self).true_class(image)
            }
        }
        impl<T: Merger + ?Sized> Merger for $pointer {
            type Error = T::Error;
            fn merge(&self, clusters: &[LabeledCluster]) -> Result<Partition, Self::Error> {
                (**self).merge(clusters)
            }
        }
    )*};
}

forward_to_reference!(&T, Box<T>);

impl<T: Aggregator + ?Sized> Aggregator for Box<T> {
    type Error = T::Error;
    fn add(&mut self, image: &LabeledImage) -> Result<(), Self::Error> {
        (**self).add(image)
    }
    fn finish(&self) -> Result<Vec<GlobalExplanation>, Self::Error> {
        (**self).finish()
    }
}
