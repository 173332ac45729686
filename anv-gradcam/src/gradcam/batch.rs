//! From photos to attributions, several in one pass.

use anv_core::ndarray::{Array2, Axis};
use anv_core::{Attribution, LayerAttribution, LayerInfo, Target, image::RgbImage};
use candle_core::{DType, Device, Tensor};
use rayon::prelude::*;

use super::{GradCam, sized};
use crate::gap::{Pooling, gap, means, sums};
use crate::preprocess::{fill, values_of};
use crate::{Convolution, Result, cpu, kernel};

/// A photo and what is asked about it.
pub(super) struct Sample<'a> {
    /// Its place among the photos asked about.
    pub place: usize,
    photo: &'a RgbImage,
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
    sums: Tensor,
    scale: f32,
}

/// What is known of each sample so far: its layers, deepest first, or what went wrong.
type Found = Vec<Result<Vec<LayerAttribution>>>;

impl GradCam {
    pub(super) fn sample<'a>(
        &self,
        place: usize,
        photo: &'a RgbImage,
        target: &'a Target,
    ) -> Result<Sample<'a>> {
        // Asked first: the others of a batch must not suffer for layers that do not exist.
        target.layers.resolve(self.network.layers().len())?;
        let class = self.class_index(&target.class)?;
        Ok(Sample { place, photo, class, target })
    }

    /// The photos as the network takes them, (batch, 3, height, width), on the CPU.
    fn input(&self, samples: &[&Sample<'_>]) -> Result<Tensor> {
        let how = &self.network.info().preprocessing;
        let size = values_of(how);
        let mut values = kernel::memory::zeros(samples.len() * size);
        let parts = samples.par_iter().zip(values.par_chunks_exact_mut(size.max(1)));
        parts.try_for_each(|(sample, values)| fill(values, sample.photo, how))?;
        cpu::tensor(values, (samples.len(), 3, how.height, how.width))
    }

    /// Answers samples of which the same layers are wanted, each with its place. When the whole batch fails, for want of
    /// memory or because a photo is empty, its halves are tried.
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
        let input = self.input(samples)?;
        let classes: Vec<_> = samples.iter().map(|s| s.class).collect();
        let mut found: Found = samples.iter().map(|_| Ok(Vec::new())).collect();
        let mut remote = Vec::new();
        let scores =
            self.pass(&input, &classes, &target.layers, &mut |layer, activation, gradient, scale| {
                let info = sized(&layer.info, activation)?;
                if cpu::is_native(activation, Convolution::Fast) {
                    let weights = gap(activation, gradient, Pooling::Guided)?;
                    return collect(samples, &info, activation, &weights, &mut found);
                }
                let sums = sums(activation, gradient, Pooling::Guided)?;
                let layer = Remote { info, activation: activation.clone(), sums, scale };
                if layer.sums.device().is_cpu() {
                    return layer.collect(samples, &mut found);
                }
                remote.push(layer);
                Ok(())
            })?;
        for layer in remote {
            layer.collect(samples, &mut found)?;
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

impl Remote {
    fn collect(self, samples: &[&Sample<'_>], found: &mut Found) -> Result<()> {
        let weights = means(&self.sums, self.info.size.0 * self.info.size.1)? / f64::from(self.scale);
        collect(samples, &self.info, &self.activation, &weights, found)
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
    let weights = || weights.axis_iter(Axis(0));
    let wanted = samples.iter().zip(weights()).zip(&mut *found).map(|((sample, weights), found)| {
        let wanted = found.is_ok().then(|| sample.target.maps.channels(weights)).transpose();
        wanted.unwrap_or_else(|error| {
            *found = Err(error.into());
            None
        })
    });
    let channels: Vec<Vec<usize>> = wanted.map(Option::unwrap_or_default).collect();
    let maps = maps(activation, &channels)?;
    for (index, ((channels, maps), weights)) in channels.into_iter().zip(maps).zip(weights()).enumerate() {
        let Ok(layers) = &mut found[index] else { continue };
        let maps = cpu::array((channels.len(), info.size.0, info.size.1), maps)?;
        match LayerAttribution::of_channels(info.clone(), channels, maps, weights.to_owned()) {
            Ok(layer) => layers.push(layer),
            Err(error) => found[index] = Err(error.into()),
        }
    }
    Ok(())
}

/// The maps of these channels of each sample, without negative values.
fn maps(activation: &Tensor, channels: &[Vec<usize>]) -> Result<Vec<Vec<f32>>> {
    #[cfg(feature = "cuda")]
    if crate::cuda::serves(activation, Convolution::Fast) {
        return crate::cuda::planes(activation, channels);
    }
    let samples = channels.iter().enumerate();
    samples.map(|(sample, channels)| maps_of(&activation.get(sample)?, channels)).collect()
}

/// The maps of these channels from the activation of one sample.
fn maps_of(activation: &Tensor, channels: &[usize]) -> Result<Vec<f32>> {
    let (all, height, width) = activation.dims3()?;
    let plane = height * width;
    if channels.is_empty() {
        return Ok(Vec::new());
    }
    if cpu::is_native(activation, Convolution::Fast) {
        return cpu::with_values(activation, |values| kernel::relu_planes(values, plane, channels));
    }
    let picked = match channels.len() == all {
        true => activation.clone(),
        false => {
            let index: Vec<_> = channels.iter().map(|&c| c as u32).collect();
            activation.index_select(&Tensor::new(index, activation.device())?, 0)?
        }
    };
    let picked = picked.to_device(&Device::Cpu)?.to_dtype(DType::F32)?;
    let every: Vec<_> = (0..channels.len()).collect();
    cpu::with_values(&picked, |values| kernel::relu_planes(values, plane, &every))
}
