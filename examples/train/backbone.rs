//! The convolutions that training starts from.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anv_examples::CommandError;
use anv_gradcam::{LoadOptions, Network, Precision, WeightFile, read_weights, write_safetensors};
use candle_core::{DType, Device, Tensor};

use super::args::Args;

/// Tensors by name.
pub type Tensors = BTreeMap<String, Tensor>;

/// A VGG without its head, in full precision.
#[derive(Debug)]
pub struct Backbone {
    /// `features.N.weight` and `.bias`, f32.
    pub tensors: Tensors,
    /// Checksum of the file it came from.
    pub sha256: String,
    /// How it wants its pixels, as its file says.
    preprocessing: Option<String>,
}

impl Backbone {
    /// Reads the convolutions of a file and leaves its head.
    pub fn open(path: &Path) -> Result<Self, CommandError> {
        let WeightFile { tensors, metadata, sha256 } = read_weights(path)?;
        let tensors: Tensors =
            tensors.into_iter().filter(|(name, _)| name.starts_with("features.")).collect();
        if tensors.is_empty() {
            return Err(format!("{} has no tensors `features.N.weight`: it is no VGG", path.display()).into());
        }
        Ok(Self { tensors, sha256, preprocessing: metadata.get("preprocessing").cloned() })
    }

    /// Modules of `features` that are convolutions, shallowest first.
    pub fn modules(&self) -> Vec<usize> {
        let module = |name: &String| name.strip_prefix("features.")?.strip_suffix(".weight")?.parse().ok();
        let mut modules: Vec<usize> = self.tensors.keys().filter_map(module).collect();
        modules.sort_unstable();
        modules
    }

    /// Name for a network with these convolutions that was trained on `data`.
    pub fn name(&self, data: &str) -> String {
        match self.modules().len() {
            n @ (8 | 10 | 13 | 16) => format!("vgg{}-{data}", n + 3),
            _ => format!("vgg-{data}"),
        }
    }

    /// Channels that leave the last convolution.
    pub fn channels(&self) -> usize {
        let last = self.modules().last().and_then(|m| self.tensors.get(&format!("features.{m}.bias")));
        last.map_or(0, Tensor::elem_count)
    }

    /// Writes these convolutions, `replaced` where it names them, with a head.
    pub fn write(
        &self,
        path: &Path,
        replaced: &Tensors,
        further: &[(&str, String)],
        args: &Args,
        precision: Precision,
    ) -> Result<(), CommandError> {
        let mut tensors = self.tensors.clone();
        tensors.extend(replaced.clone());
        let size = args.input_size;
        let mut metadata = BTreeMap::from([("input_size".to_owned(), format!("{size}x{size}"))]);
        metadata.extend(self.preprocessing.clone().map(|p| ("preprocessing".to_owned(), p)));
        metadata.extend(further.iter().map(|(k, v)| ((*k).to_owned(), v.clone())));
        Ok(write_safetensors(path, &tensors, &metadata, precision)?)
    }

    /// The convolutions as the exported file will hold them, ready to run, and the file they are in: features are
    /// computed with what is shipped, so that the head learns from the rounded weights.
    pub fn rounded(&self, folder: &Path, args: &Args) -> Result<(Network, PathBuf), CommandError> {
        std::fs::create_dir_all(folder).map_err(|e| format!("cannot create {}: {e}", folder.display()))?;
        // A weight file needs some head to be loaded; this one is never run.
        let head = BTreeMap::from([
            (
                "classifier.2.weight".to_owned(),
                Tensor::zeros((1, self.channels()), DType::F32, &Device::Cpu)?,
            ),
            ("classifier.2.bias".to_owned(), Tensor::zeros(1, DType::F32, &Device::Cpu)?),
        ]);
        let file = folder.join("convolutions.safetensors");
        self.write(&file, &head, &[("name", "convolutions".to_owned())], args, args.bits.precision())?;
        Ok((Network::load(&file, &LoadOptions::default())?, file))
    }
}
