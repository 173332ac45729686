//! A network that is small enough for many runs.

use std::collections::BTreeMap;
use std::path::Path;

use anv_gradcam::candle_core::{Device, Tensor};
use anv_gradcam::{Precision, write_safetensors};

/// A VGG-11 of ones and small widths for 32x32 photos and two classes, changed by `change`.
pub fn tiny_model(path: &Path, change: impl Fn(&str, Vec<f32>) -> Option<Vec<f32>>) {
    let mut tensors = BTreeMap::new();
    let mut inputs = 3;
    for index in [0, 3, 6, 8, 11, 13, 16, 18] {
        for (name, shape) in [("weight", vec![4, inputs, 3, 3]), ("bias", vec![4])] {
            let name = format!("features.{index}.{name}");
            let count = shape.iter().product::<usize>();
            let values = (0..count).map(|i| ((i * 7 + index) % 11) as f32 / 50.0 - 0.05).collect();
            if let Some(values) = change(&name, values) {
                let shape = if values.len() == count { shape } else { vec![values.len()] };
                tensors.insert(name, Tensor::from_vec(values, shape, &Device::Cpu).unwrap());
            }
        }
        inputs = 4;
    }
    for (name, shape) in [("classifier.2.weight", vec![2, 4]), ("classifier.2.bias", vec![2])] {
        let count = shape.iter().product::<usize>();
        let values = change(name, (0..count).map(|i| i as f32 / 3.0 - 0.5).collect()).unwrap();
        tensors.insert(name.to_owned(), Tensor::from_vec(values, shape, &Device::Cpu).unwrap());
    }
    let metadata = [("classes", "plus\nminus"), ("input_size", "32x32")];
    let metadata = metadata.map(|(k, v)| (k.to_owned(), v.to_owned())).into();
    write_safetensors(path, &tensors, &metadata, Precision::F32).unwrap();
}
