//! The shared reference material, read where it is at hand.
#![allow(dead_code, reason = "every test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::panic, reason = "a failing helper fails the test that called it")]

pub mod draft;
pub mod labeled;

use std::path::PathBuf;

use anv_core::ndarray::{Array2, Array3, Axis};
use safetensors::{Dtype, SafeTensors};

/// The folder of the reference material; says so when there is none.
pub fn shared() -> Option<PathBuf> {
    let path = std::env::var_os("ANV_SHARED").map(PathBuf::from);
    if path.is_none() {
        eprintln!("skipped: ANV_SHARED is not set");
    }
    path
}

/// Numbers of one golden file.
pub struct Golden(Vec<u8>);

impl Golden {
    pub fn read(name: &str) -> Option<Self> {
        let path = shared()?.join("golden").join(name);
        Some(Self(std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))))
    }

    pub fn names(&self) -> Vec<String> {
        let mut names: Vec<_> =
            SafeTensors::deserialize(&self.0).unwrap().names().iter().map(|n| n.to_string()).collect();
        names.sort();
        names
    }

    pub fn has(&self, key: &str) -> bool {
        self.names().iter().any(|n| n == key)
    }

    /// Values as f64, with their shape.
    pub fn values(&self, key: &str) -> (Vec<usize>, Vec<f64>) {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let tensor = file.tensor(key).unwrap_or_else(|e| panic!("{key}: {e}"));
        let data = tensor.data();
        let values = match tensor.dtype() {
            Dtype::F32 => {
                data.chunks_exact(4).map(|b| f32::from_le_bytes(b.try_into().unwrap()).into()).collect()
            }
            Dtype::F64 => data.chunks_exact(8).map(|b| f64::from_le_bytes(b.try_into().unwrap())).collect(),
            Dtype::I32 => {
                data.chunks_exact(4).map(|b| i32::from_le_bytes(b.try_into().unwrap()).into()).collect()
            }
            Dtype::I64 => {
                data.chunks_exact(8).map(|b| i64::from_le_bytes(b.try_into().unwrap()) as f64).collect()
            }
            other => panic!("{key} is {other:?}"),
        };
        (tensor.shape().to_vec(), values)
    }

    pub fn vector(&self, key: &str) -> Vec<f64> {
        self.values(key).1
    }

    pub fn scalar(&self, key: &str) -> f64 {
        self.vector(key)[0]
    }

    pub fn matrix(&self, key: &str) -> Array2<f32> {
        let (shape, values) = self.values(key);
        let values = values.into_iter().map(|v| v as f32).collect();
        Array2::from_shape_vec((shape[0], shape[1]), values).unwrap()
    }

    pub fn maps(&self, key: &str) -> Vec<Array2<f32>> {
        let (shape, values) = self.values(key);
        let values = values.into_iter().map(|v| v as f32).collect();
        let maps = Array3::from_shape_vec((shape[0], shape[1], shape[2]), values).unwrap();
        maps.axis_iter(Axis(0)).map(|m| m.to_owned()).collect()
    }
}
