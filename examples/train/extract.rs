//! What the frozen convolutions say about each picture, computed once.

use std::path::Path;

use anv_core::{PhotoLimits, read_photo};
use anv_examples::CommandError;
use anv_gradcam::Network;
use candle_core::{Device, Tensor};
use rayon::prelude::*;
use serde::Serialize;

use super::adam::Parameter;
use super::args::Args;
use super::augment::{self, altered};
use super::cache::Cache;
use super::dataset::{Dataset, Picture, Role};
use super::head::Head;
use super::progress::Progress;
use super::random::rng;
use super::tail::Tail;

/// Pictures that go through the network together.
pub const TOGETHER: usize = 4;

/// A picture, or an altered copy of it.
#[derive(Debug, Clone, Copy)]
pub struct Sample<'a> {
    /// The picture.
    pub picture: &'a Picture,
    /// 0 is the picture itself.
    pub copy: usize,
}

/// Everything that is trained on or decides when to stop: the pictures first, then their first copies, then the
/// second ones. More copies are thus more rows behind those that are there.
pub fn samples(dataset: &Dataset, copies: usize) -> Vec<Sample<'_>> {
    let used: Vec<_> = dataset.pictures.iter().filter(|p| p.role != Role::HeldOut).collect();
    (0..=copies).flat_map(|copy| used.iter().map(move |&picture| Sample { picture, copy })).collect()
}

/// What the rows of a cache follow from.
#[derive(Debug, Serialize)]
struct Key<'a> {
    convolutions_sha256: &'a str,
    copies: &'a str,
    pictures: Vec<String>,
    seed: u64,
    what: &'a str,
}

/// Runs pictures through frozen convolutions and keeps what comes out, one row a sample.
#[derive(Debug)]
pub struct Extractor<'a> {
    /// What was asked for.
    pub args: &'a Args,
    /// Where caches lie.
    pub folder: &'a Path,
    /// The pictures.
    pub dataset: &'a Dataset,
    /// The frozen convolutions.
    pub network: &'a Network,
}

impl Extractor<'_> {
    /// The head's inputs. Where the inputs of the last convolutions are known already, only these are run.
    pub fn head_inputs(&self, head: &Head, tail: Option<(&Tail, &mut Cache)>) -> Result<Cache, CommandError> {
        let cache = self.cache(head.reads(), head.inputs())?;
        match tail {
            None => self.fill(cache, "Features", |samples, _| {
                head.read(&self.network.features(&self.load(samples)?)?)
            }),
            Some((tail, inputs)) => {
                let weights: Vec<_> =
                    tail.parameters()?.iter().map(Parameter::tensor).collect::<Result<_, _>>()?;
                let (row, shape) = (inputs.row(), self.input_shape(tail)?);
                self.fill(cache, "Head inputs", |samples, first| {
                    let mut values = vec![0f32; samples.len() * row];
                    for (i, values) in values.chunks_exact_mut(row).enumerate() {
                        inputs.read(first + i, values)?;
                    }
                    let shape: Vec<_> = std::iter::once(samples.len()).chain(shape.iter().copied()).collect();
                    let input = Tensor::from_vec(values, shape, &Device::Cpu)?;
                    head.read(&tail.maps(&weights, &input)?)
                })
            }
        }
    }

    /// The inputs of the last convolutions.
    pub fn tail_inputs(&self, tail: &Tail) -> Result<Cache, CommandError> {
        let row = self.input_shape(tail)?.iter().product();
        let cache = self.cache(&format!("input of {}", tail.first), row)?;
        self.fill(cache, "Features", |samples, _| {
            Ok(self.network.forward_until(&self.load(samples)?, &tail.first)?)
        })
    }

    /// Channels, height and width of the last convolutions' input.
    pub fn input_shape(&self, tail: &Tail) -> Result<Vec<usize>, CommandError> {
        let p = &self.network.info().preprocessing;
        let blank = Tensor::zeros((1, 3, p.height, p.width), candle_core::DType::F32, &Device::Cpu)?;
        Ok(self.network.forward_until(&blank, &tail.first)?.dims()[1..].to_vec())
    }

    fn cache(&self, what: &str, row: usize) -> Result<Cache, CommandError> {
        let samples = samples(self.dataset, 0);
        let key = Key {
            convolutions_sha256: &self.network.info().weights_sha256,
            copies: &augment::recipe(!self.args.no_mirror),
            pictures: samples.iter().map(|s| self.dataset.name(s.picture)).collect(),
            seed: self.args.seed,
            what,
        };
        Cache::open(self.folder, "features", &key, row)
    }

    /// Computes the rows that are missing; `rows` gets samples and the index of the first of them.
    fn fill(
        &self,
        mut cache: Cache,
        title: &'static str,
        mut rows: impl FnMut(&[Sample], usize) -> Result<Tensor, CommandError>,
    ) -> Result<Cache, CommandError> {
        let samples = samples(self.dataset, self.args.augment as usize);
        if cache.len() >= samples.len() {
            return Ok(cache);
        }
        let mut progress = Progress::new(title, "pictures", cache.len(), samples.len());
        for samples in samples[cache.len()..].chunks(TOGETHER) {
            let output = rows(samples, cache.len())?;
            cache.append(&output.flatten_all()?.to_vec1()?)?;
            progress.advance(samples.len());
        }
        progress.finish();
        Ok(cache)
    }

    fn load(&self, samples: &[Sample]) -> Result<Tensor, CommandError> {
        let load = |sample: &Sample| -> Result<Tensor, CommandError> {
            let picture = sample.picture;
            let mut photo = read_photo(self.dataset.path(&self.args.data, picture), &PhotoLimits::default())?;
            if sample.copy > 0 {
                let labels = ["copy", &self.dataset.name(picture), &sample.copy.to_string()];
                let mirror = sample.copy % 2 == 1 && !self.args.no_mirror;
                photo = altered(&photo, mirror, &mut rng(self.args.seed, &labels));
            }
            Ok(self.network.preprocess(&photo)?)
        };
        let inputs: Vec<_> = samples.par_iter().map(load).collect::<Result<_, _>>()?;
        Ok(Tensor::cat(&inputs, 0)?)
    }
}
