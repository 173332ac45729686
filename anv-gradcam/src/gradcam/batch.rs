//! From photos to attributions, several in one pass.

use anv_core::ndarray::{Array2, Array3, Axis};
use anv_core::{Attribution, LayerAttribution, LayerInfo, Target, image::RgbImage};
use candle_core::{DType, Device, Tensor};
use rayon::prelude::*;

use super::{GradCam, sized};
use crate::gap::{Pooling, gap, means, row_sums};
use crate::preprocess::preprocess;
use crate::{Convolution, Result, cpu, kernel};

/// A photo that is ready for the network.
pub(super) struct Sample<'a> {
    /// Its place among the photos asked about.
    pub place: usize,
    /// Shape (1, channels, height, width), not yet on the network's device.
    input: Tensor,
    /// The class asked for; `None` for the predicted one.
    class: Option<usize>,
    pub target: &'a Target,
}

/// A layer of a batch as the pass left it on another device: while weights and maps are fetched the device would
/// wait, so that is done when everything is computed. On the CPU, where memory is short rather than time, a layer is
/// dealt with at once and dropped.
struct Remote {
    info: LayerInfo,
    activation: Tensor,
    row_sums: Tensor,
    scale: f32,
}

/// What is known of each sample so far: its layers, deepest first, or what went wrong.
type Found = Vec<Result<Vec<LayerAttribution>>>;

impl GradCam {
    pub(super) fn sample<'a>(
        &self,
        place: usize,
        photo: &RgbImage,
        target: &'a Target,
    ) -> Result<Sample<'a>> {
        // Asked first: the others of a batch must not suffer for layers that do not exist.
        target.layers.resolve(self.network.layers().len())?;
        let class = self.class_index(&target.class)?;
        let input = preprocess(photo, &self.network.info().preprocessing)?;
        Ok(Sample { place, input, class, target })
    }

    /// Answers samples of which the same layers are wanted, each with its place. When the whole batch fails, for want of
    /// memory for example, its halves are tried.
    pub(super) fn answer(&self, samples: &[&Sample<'_>]) -> Vec<(usize, Result<Attribution>)> {
        let places = samples.iter().map(|s| s.place);
        match self.together(samples) {
            Ok(answers) => places.zip(answers).collect(),
            Err(error) if samples.len() == 1 => places.zip([Err(error)]).collect(),
            Err(_) => {
                let (first, second) = samples.split_at(samples.len() / 2);
                let mut answers = self.answer(first);
                answers.extend(self.answer(second));
                answers
            }
        }
    }

    fn together(&self, samples: &[&Sample<'_>]) -> Result<Vec<Result<Attribution>>> {
        let Some(target) = samples.first().map(|s| s.target) else { return Ok(Vec::new()) };
        let inputs: Vec<_> = samples.iter().map(|s| &s.input).collect();
        let input = Tensor::cat(&inputs, 0)?;
        let classes: Vec<_> = samples.iter().map(|s| s.class).collect();
        let mut found: Found = samples.iter().map(|_| Ok(Vec::new())).collect();
        let mut remote = Vec::new();
        let scores =
            self.pass(&input, &classes, &target.layers, &mut |layer, activation, gradient, scale| {
                let info = sized(&layer.info, activation)?;
                if cpu::is_native(activation, Convolution::Fast) {
                    // Kept no longer than needed: on the CPU memory is short rather than time.
                    let weights = gap(activation, gradient, Pooling::Guided)?;
                    return collect(samples, &info, activation, &weights, &mut found);
                }
                let row_sums = row_sums(activation, gradient, Pooling::Guided)?;
                remote.push(Remote { info, activation: activation.clone(), row_sums, scale });
                Ok(())
            })?;
        for Remote { info, activation, row_sums, scale } in remote {
            let weights = means(&row_sums, info.size.1)? / f64::from(scale);
            collect(samples, &info, &activation, &weights, &mut found)?;
        }
        let found = found.into_iter().enumerate();
        Ok(found
            .map(|(sample, layers)| {
                let class = self.score(&scores.logits[sample], scores.class(sample)?);
                let predicted = self.score(&scores.logits[sample], scores.predicted(sample)?);
                let mut layers = layers?;
                layers.reverse();
                Ok(Attribution { model: self.network.info().clone(), class, predicted, layers })
            })
            .collect())
    }
}

/// Adds a layer to what is known of each sample: its weights and the maps that are asked for.
fn collect(
    samples: &[&Sample<'_>],
    info: &LayerInfo,
    activation: &Tensor,
    weights: &Array2<f64>,
    found: &mut Found,
) -> Result<()> {
    for (index, (sample, weights)) in samples.iter().zip(weights.axis_iter(Axis(0))).enumerate() {
        let Ok(layers) = &mut found[index] else { continue };
        let channels = match sample.target.maps.channels(weights) {
            Ok(channels) => channels,
            Err(error) => {
                found[index] = Err(error.into());
                continue;
            }
        };
        let maps = maps(&activation.get(index)?, &channels)?;
        match LayerAttribution::of_channels(info.clone(), channels, maps, weights.to_owned()) {
            Ok(layer) => layers.push(layer),
            Err(error) => found[index] = Err(error.into()),
        }
    }
    Ok(())
}

/// The maps of `channels` from the activation of one sample, shape (channels, height, width), without negative values.
fn maps(activation: &Tensor, channels: &[usize]) -> Result<Array3<f32>> {
    let (all, height, width) = activation.dims3()?;
    let shape = (channels.len(), height, width);
    let values = if channels.is_empty() {
        Vec::new()
    } else if cpu::is_native(activation, Convolution::Fast) {
        cpu::with_values(activation, |values| kernel::relu_planes(values, height * width, channels))?
    } else {
        let picked = match channels.len() == all {
            true => activation.clone(),
            false => {
                let index: Vec<_> = channels.iter().map(|&c| c as u32).collect();
                activation.index_select(&Tensor::new(index, activation.device())?, 0)?
            }
        };
        let picked = picked.to_device(&Device::Cpu)?.to_dtype(DType::F32)?;
        let every: Vec<_> = (0..channels.len()).collect();
        cpu::with_values(&picked, |values| kernel::relu_planes(values, height * width, &every))?
    };
    cpu::array(shape, values)
}

/// Prepares photos side by side.
pub(super) fn samples<'a>(
    cam: &GradCam,
    photos: &[(&RgbImage, &'a Target)],
) -> Vec<(usize, Result<Sample<'a>>)> {
    let photos = photos.par_iter().enumerate();
    photos.map(|(place, (photo, target))| (place, cam.sample(place, photo, target))).collect()
}
