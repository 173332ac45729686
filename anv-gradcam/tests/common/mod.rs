//! VGG-16 with the thesis' head in f64, through the tensor library alone: none of this crate's code.

use std::collections::BTreeMap;

use anv_gradcam::candle_core::{DType, Device, Result, Tensor};

/// Modules of torchvision's `features` that are convolutions.
const CONVOLUTIONS: [usize; 13] = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21, 24, 26, 28];
/// Convolutions, counted from 0, that a max-pool follows.
const POOLED: [usize; 5] = [1, 3, 6, 9, 12];

/// Mean of the gated and of the plain gradient, one entry a channel, and what the ReLU was given.
pub struct Pooled {
    pub guided: Vec<f64>,
    pub plain: Vec<f64>,
    pub before_relu: Vec<f64>,
}

fn gate(gradient: &Tensor, activation: &Tensor) -> Result<Tensor> {
    gradient * activation.gt(0f64)?.to_dtype(DType::F64)?
}

/// To the first maximum of each 2x2 window.
fn unpool(gradient: &Tensor, input: &Tensor) -> Result<Tensor> {
    let (_, channels, height, width) = input.dims4()?;
    let values = input.flatten_all()?.to_vec1::<f64>()?;
    let gradient = gradient.flatten_all()?.to_vec1::<f64>()?;
    let mut result = vec![0f64; values.len()];
    for (window, g) in gradient.into_iter().enumerate() {
        let (x, y) = (window % (width / 2), window / (width / 2));
        let first = 2 * y * width + 2 * x;
        let places = [first, first + 1, first + width, first + width + 1];
        let best = places.into_iter().reduce(|m, i| if values[i] > values[m] { i } else { m });
        result[best.unwrap()] = g;
    }
    Tensor::from_vec(result, (1, channels, height, width), &Device::Cpu)
}

/// Forward and backward for `class`; the layers' pooled gradients, shallowest first.
pub fn vgg16(tensors: &BTreeMap<String, Tensor>, input: &Tensor, class: usize) -> Result<Vec<Pooled>> {
    let get = |name: &str| tensors[name].to_dtype(DType::F64);
    let mut x = input.to_dtype(DType::F64)?;
    let (mut activations, mut before) = (Vec::new(), Vec::new());
    for (index, module) in CONVOLUTIONS.iter().enumerate() {
        let bias = get(&format!("features.{module}.bias"))?.reshape((1, (), 1, 1))?;
        x = x.conv2d(&get(&format!("features.{module}.weight"))?, 1, 1, 1, 1)?.broadcast_add(&bias)?;
        before.push(x.flatten_all()?.to_vec1::<f64>()?);
        x = x.relu()?;
        activations.push(x.clone());
        if POOLED.contains(&index) {
            x = x.max_pool2d(2)?;
        }
    }
    let hidden = x.flatten_from(1)?.matmul(&get("classifier.1.weight")?.t()?)?;
    let hidden = hidden.broadcast_add(&get("classifier.1.bias")?)?;
    let seed = get("classifier.4.weight")?.get(class)?.unsqueeze(0)?;
    let mut gradient = gate(&seed, &hidden)?.matmul(&get("classifier.1.weight")?)?.reshape(x.shape())?;
    let mut layers = Vec::new();
    for (index, activation) in activations.iter().enumerate().rev() {
        if POOLED.contains(&index) {
            gradient = unpool(&gradient, activation)?;
        }
        let gated = gate(&gradient, activation)?;
        layers.push(Pooled {
            guided: gated.relu()?.mean((0, 2, 3))?.to_vec1()?,
            plain: gradient.mean((0, 2, 3))?.to_vec1()?,
            before_relu: before.pop().unwrap_or_default(),
        });
        let kernel = get(&format!("features.{}.weight", CONVOLUTIONS[index]))?;
        let turned = kernel.transpose(0, 1)?.contiguous()?.flip(&[2, 3])?.contiguous()?;
        gradient = gated.conv2d(&turned, 1, 1, 1, 1)?;
    }
    layers.reverse();
    Ok(layers)
}
