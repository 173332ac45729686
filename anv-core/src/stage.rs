//! The three stages that turn a photo into cluster maps, each behind a trait of its own.
//!
//! All three are object-safe, take borrowed data and say what went wrong in a type of their own.

use std::collections::BTreeMap;

use image::RgbImage;
use ndarray::{Array2, ArrayView2, ArrayView3};

use crate::{Attribution, Partition, Target};

/// Any error, boxed: what a stage's own error turns into inside a [`Pipeline`](crate::Pipeline).
pub type BoxError = Box<dyn std::error::Error + Send + Sync + 'static>;

/// Computes the feature maps of a photo and the weight of each for a class (thesis 3.3.1).
///
/// `anv-gradcam` implements it with Grad-CAM; any method with one weight a feature map fits.
pub trait Attributor {
    /// What can go wrong.
    type Error: Into<BoxError>;

    /// Maps and weights of the wanted layers, shallowest first.
    ///
    /// # Errors
    /// Whatever keeps the network from answering: an unknown class, a layer that does not exist, …
    fn attribute(&self, photo: &RgbImage, target: &Target) -> Result<Attribution, Self::Error>;

    /// As [`Attributor::attribute`] for several photos, in their order, each with its own target; by default one after
    /// the other. For networks that are faster with several photos at once, as they are on a GPU.
    ///
    /// One answer a photo: a [`Pipeline`](crate::Pipeline) that gets another number of them, or a panic, asks for each
    /// photo alone. Answers may differ from those to single photos by rounding.
    ///
    /// # Errors
    /// Those of a photo are its own: the others are answered all the same.
    fn attribute_many(&self, photos: &[(&RgbImage, &Target)]) -> Vec<Result<Attribution, Self::Error>> {
        photos.iter().map(|(photo, target)| self.attribute(photo, target)).collect()
    }
}

/// Turns feature maps into points that can be clustered (thesis 3.3.2).
pub trait Reducer {
    /// What can go wrong.
    type Error: Into<BoxError>;

    /// One point a map. `maps` has shape (rows, height, width), raw and finite, with at least one row.
    ///
    /// The same `seed` must give the same bits, whatever the number of threads.
    ///
    /// # Errors
    /// Whatever keeps the maps from being reduced.
    fn reduce(&self, maps: ArrayView3<'_, f32>, seed: u64) -> Result<Embedding, Self::Error>;
}

/// Divides points into clusters (thesis 3.3.3).
pub trait Clusterer {
    /// What can go wrong.
    type Error: Into<BoxError>;

    /// A cluster for every point. `points` has shape (rows, coordinates), finite, with at least one row.
    ///
    /// # Errors
    /// Whatever keeps the points from being clustered.
    fn cluster(&self, points: ArrayView2<'_, f64>) -> Result<Clustering, Self::Error>;
}

/// Points that stand for feature maps.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedding {
    /// Shape (rows, coordinates).
    pub points: Array2<f64>,
}

/// A division into clusters and how good it was.
#[derive(Debug, Clone, PartialEq)]
pub struct Clustering {
    /// The division chosen.
    pub partition: Partition,
    /// Mean silhouette of every number of clusters that was tried; empty where none was computed.
    pub silhouette: BTreeMap<usize, f64>,
}

macro_rules! forward_to_reference {
    ($($pointer:ty),*) => {$(
        impl<T: Attributor + ?Sized> Attributor for $pointer {
            type Error = T::Error;
            fn attribute(&self, photo: &RgbImage, target: &Target) -> Result<Attribution, Self::Error> {
                (**self).attribute(photo, target)
            }
            fn attribute_many(&self, photos: &[(&RgbImage, &Target)]) -> Vec<Result<Attribution, Self::Error>> {
                (**self).attribute_many(photos)
            }
        }
        impl<T: Reducer + ?Sized> Reducer for $pointer {
            type Error = T::Error;
            fn reduce(&self, maps: ArrayView3<'_, f32>, seed: u64) -> Result<Embedding, Self::Error> {
                (**self).reduce(maps, seed)
            }
        }
        impl<T: Clusterer + ?Sized> Clusterer for $pointer {
            type Error = T::Error;
            fn cluster(&self, points: ArrayView2<'_, f64>) -> Result<Clustering, Self::Error> {
                (**self).cluster(points)
            }
        }
    )*};
}

forward_to_reference!(&T, Box<T>);
