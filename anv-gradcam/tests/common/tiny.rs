//! A narrow VGG and its weight files.

use std::collections::BTreeMap;
use std::path::Path;

use anv_core::image::RgbImage;
use anv_gradcam::candle_core::{Device, Tensor};
use anv_gradcam::{Error, LoadOptions, Network, Precision, write_safetensors};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub type Tensors = BTreeMap<String, Tensor>;

pub fn random(rng: &mut ChaCha8Rng, shape: &[usize]) -> Tensor {
    let count: usize = shape.iter().product();
    let scale = (3.0 / shape[1..].iter().product::<usize>().max(1) as f32).sqrt();
    let values: Vec<f32> = (0..count).map(|_| rng.random_range(-scale..scale)).collect();
    Tensor::from_vec(values, shape, &Device::Cpu).unwrap()
}

/// A narrow VGG: two blocks of `[8, 8]` and `[16]` channels under torchvision's numbers.
pub fn trunk(rng: &mut ChaCha8Rng) -> Tensors {
    let mut tensors = Tensors::new();
    for (module, outputs, inputs) in [(0, 8, 3), (2, 8, 8), (5, 16, 8)] {
        tensors.insert(format!("features.{module}.weight"), random(rng, &[outputs, inputs, 3, 3]));
        tensors.insert(format!("features.{module}.bias"), random(rng, &[outputs]));
    }
    tensors
}

pub fn with_layers(layers: &[(&str, &[usize])]) -> Tensors {
    let mut rng = ChaCha8Rng::seed_from_u64(1);
    let mut tensors = trunk(&mut rng);
    for (name, shape) in layers {
        tensors.insert(format!("{name}.weight"), random(&mut rng, shape));
        tensors.insert(format!("{name}.bias"), random(&mut rng, &shape[..1]));
    }
    tensors
}

pub fn light() -> Tensors {
    with_layers(&[("classifier.2", &[3, 64])])
}

pub fn metadata(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect()
}

pub fn write(path: &Path, tensors: &Tensors, pairs: &[(&str, &str)]) {
    write_safetensors(path, tensors, &metadata(pairs), Precision::F32).unwrap();
}

pub fn load_with(tensors: &Tensors, pairs: &[(&str, &str)], options: &LoadOptions) -> Result<Network, Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    write(&path, tensors, pairs);
    Network::load(&path, options)
}

pub fn logits(network: &Network) -> Vec<f32> {
    let photo = RgbImage::from_fn(40, 40, |x, y| [(x * 6) as u8, (y * 6) as u8, 90].into());
    let input = network.preprocess(&photo).unwrap();
    network.forward(&input).unwrap().get(0).unwrap().to_vec1().unwrap()
}
