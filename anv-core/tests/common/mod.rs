//! A small explanation to save and to break.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]
#![allow(dead_code, reason = "every test file uses its own part")]

use anv_core::ndarray::{Array1, Array2, Array3, ArrayView2, ArrayView3};
use anv_core::*;

/// Three layers of six maps; the last has no evidence.
pub struct ThreeLayers;

impl Attributor for ThreeLayers {
    type Error = Error;
    fn attribute(&self, _: &image::RgbImage, target: &Target) -> Result<Attribution> {
        let range = target.layers.resolve(3)?;
        let layers = range
            .map(|number| {
                let layer = LayerInfo { number, name: format!("conv{number}"), channels: 6, size: (3, 4) };
                let maps = Array3::from_shape_fn((6, 3, 4), |(c, y, x)| {
                    ((c * 7 + y * 3 + x * 5 + number) % 11) as f32 / 3.0
                });
                let weights = Array1::from_shape_fn(6, |c| match number {
                    3 => 0.0,
                    _ => (c + 1) as f64 / 7.0,
                });
                LayerAttribution::new(layer, maps, weights)
            })
            .collect::<Result<_>>()?;
        let class = ClassScore { index: 1, name: "b".into(), logit: 0.1 + 0.2, probability: 0.75 };
        Ok(Attribution {
            model: ModelInfo {
                name: "six maps".into(),
                weights_sha256: "00".into(),
                classes: vec!["a".into(), "b".into()],
                preprocessing: Preprocessing {
                    height: 3,
                    width: 4,
                    order: ChannelOrder::Bgr,
                    scale: 1.0 / 255.0,
                    mean: [0.1, 0.2, 0.3],
                    std: [1.0; 3],
                },
            },
            predicted: class.clone(),
            class,
            layers,
        })
    }
}

/// The maps themselves, flattened.
pub struct Flat;

impl Reducer for Flat {
    type Error = Error;
    fn reduce(&self, maps: ArrayView3<'_, f32>, _: u64) -> Result<Embedding> {
        let (rows, height, width) = maps.dim();
        let points = Array2::from_shape_fn((rows, height * width), |(r, i)| {
            f64::from(maps[[r, i / width, i % width]])
        });
        Ok(Embedding { points })
    }
}

/// Row r into cluster r mod 3.
pub struct ModuloThree;

impl Clusterer for ModuloThree {
    type Error = Error;
    fn cluster(&self, points: ArrayView2<'_, f64>) -> Result<Clustering> {
        let labels: Vec<_> = (0..points.nrows()).map(|r| r % 3).collect();
        let silhouette = [(3, 0.1 + 0.2), (4, -0.5)].into();
        Ok(Clustering { partition: Partition::from_labels(&labels)?, silhouette })
    }
}

pub fn photo() -> image::RgbImage {
    image::RgbImage::from_fn(9, 5, |x, y| image::Rgb([x as u8 * 20, y as u8 * 40, 7]))
}

pub fn draft() -> Draft {
    let params = PipelineParams { weight_threshold: WeightThreshold::Off, seed: 5, ..Default::default() };
    let mut draft = Pipeline::new(ThreeLayers, Flat, ModuloThree)
        .params(params)
        .analyse(&photo(), &Target::default())
        .unwrap();
    draft.source = "holiday <b>.jpg".into();
    draft
}
