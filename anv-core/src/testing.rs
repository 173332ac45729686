//! Checks for stages of your own (feature `testing`).
//!
//! Call them from a test; each says what it expected of the stage and what it found.
//!
//! ```
//! use anv_core::ndarray::ArrayView2;
//! use anv_core::{Clusterer, Clustering, Error, Partition, testing};
//!
//! /// Splits at the mean of the first coordinate.
//! struct Split;
//! impl Clusterer for Split {
//!     type Error = Error;
//!     fn cluster(&self, points: ArrayView2<'_, f64>) -> Result<Clustering, Error> {
//!         let mean = points.column(0).mean().unwrap_or_default();
//!         let labels: Vec<_> = points.column(0).iter().map(|&x| usize::from(x > mean)).collect();
//!         Ok(Clustering { partition: Partition::from_labels(&labels)?, silhouette: Default::default() })
//!     }
//! }
//! testing::check_clusterer(&Split).unwrap();
//! ```

use image::RgbImage;
use ndarray::{Array2, Array3};

use crate::stage::{Attributor, BoxError, Clusterer, Reducer};
use crate::{Attribution, LayerSelection, MapSelection, Target, WeightThreshold};

/// Row counts that stages get wrong most often.
const ROWS: [usize; 7] = [1, 2, 3, 4, 5, 9, 40];

fn fail<T>(text: String) -> Result<T, BoxError> {
    Err(text.into())
}

/// A repeatable number from 0 to 1 that looks random.
fn noise(i: usize) -> f64 {
    let x = (i as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / (1u64 << 53) as f64
}

/// Checks a [`Reducer`]: a finite row a map for few and many maps, constant maps and 1x1 maps included; the same
/// seed gives the same bits.
///
/// # Errors
/// Text that says what was expected and found.
pub fn check_reducer(reducer: &impl Reducer) -> Result<(), BoxError> {
    for rows in ROWS {
        for size in [1, 6] {
            let maps = Array3::from_shape_fn((rows, size, size), |(r, y, x)| match r % 4 {
                3 => 0.5,
                _ => noise((r * size + y) * size + x) as f32,
            });
            let run = || reducer.reduce(maps.view(), 7).map_err(Into::into);
            let (first, second) = (run()?.points, run()?.points);
            if first.nrows() != rows {
                return fail(format!("{rows} maps gave {} points", first.nrows()));
            }
            if first.iter().any(|v| !v.is_finite()) {
                return fail(format!("{rows} maps of {size}x{size} gave a point that is not finite"));
            }
            if first != second {
                return fail(format!("{rows} maps gave other points the second time, with the same seed"));
            }
        }
    }
    Ok(())
}

/// Checks a [`Clusterer`]: a cluster for every point for few and many points, equal points included, and two far
/// groups are not mixed.
///
/// # Errors
/// Text that says what was expected and found.
pub fn check_clusterer(clusterer: &impl Clusterer) -> Result<(), BoxError> {
    for rows in ROWS {
        let scattered = Array2::from_shape_fn((rows, 2), |(r, c)| noise(2 * r + c));
        for points in [scattered, Array2::zeros((rows, 2))] {
            let found = clusterer.cluster(points.view()).map_err(Into::into)?.partition.rows();
            if found != rows {
                return fail(format!("{rows} points gave a partition of {found}"));
            }
        }
    }
    let far = Array2::from_shape_fn((40, 2), |(r, c)| noise(2 * r + c) + 1000.0 * (r % 2) as f64);
    let partition = clusterer.cluster(far.view()).map_err(Into::into)?.partition;
    let mixed = partition.members().iter().any(|m| m.iter().any(|r| r % 2 != m[0] % 2));
    match mixed {
        true => fail("two groups a thousand spreads apart were mixed".into()),
        false => Ok(()),
    }
}

/// Checks an [`Attributor`] on `photo`: layers in order, a single layer asked for equals the same layer of all,
/// a layer that does not exist is an error; the maps that a threshold keeps come with it; photos that are passed
/// together, one of them with a wrong target, are answered each for itself.
///
/// # Errors
/// Text that says what was expected and found.
pub fn check_attributor(attributor: &impl Attributor, photo: &RgbImage) -> Result<(), BoxError> {
    let of = |layers| Target { layers, ..Target::default() };
    let run = |layers| attributor.attribute(photo, &of(layers)).map_err(Into::into);
    let all = run(LayerSelection::All)?;
    let Some(last) = all.layers.last() else { return fail("no layer came back".into()) };
    if !all.layers.windows(2).all(|w| w[0].layer().number < w[1].layer().number) {
        return fail("the layers are not in rising order".into());
    }
    let number = last.layer().number;
    let alone = run(LayerSelection::Range(number..=number))?;
    if alone.layers.len() != 1 || alone.layers[0] != *last {
        return fail(format!("layer {number} alone differs from layer {number} among all"));
    }
    let beyond = LayerSelection::Range(number + 1..=number + 1);
    if run(beyond.clone()).is_ok() {
        return fail(format!("layer {} does not exist, but no error came back", number + 1));
    }
    check_kept(attributor, photo)?;
    let targets = [Target::default(), of(beyond), of(LayerSelection::Range(number..=number))];
    let photos: Vec<_> = targets.iter().map(|target| (photo, target)).collect();
    let layers = |r: Result<Attribution, _>| r.map(|a| a.layers.len()).ok();
    let found: Vec<_> = attributor.attribute_many(&photos).into_iter().map(layers).collect();
    match found == [Some(all.layers.len()), None, Some(1)] {
        true => Ok(()),
        false => fail(format!(
            "three photos together gave layers {found:?}: expected all, an error for the second and one"
        )),
    }
}

fn check_kept(attributor: &impl Attributor, photo: &RgbImage) -> Result<(), BoxError> {
    let maps = MapSelection::Kept(WeightThreshold::default());
    let target = Target { maps, ..Target::default() };
    for layer in attributor.attribute(photo, &target).map_err(Into::into)?.layers {
        layer.maps_of(&maps.channels(layer.weights().view())?)?;
    }
    Ok(())
}
