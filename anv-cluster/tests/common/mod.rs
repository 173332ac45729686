//! Inputs that several tests share.
#![allow(dead_code, reason = "every test file uses its own part")]

use std::path::PathBuf;

use anv_core::ndarray::{Array2, Array3};
use safetensors::{Dtype, SafeTensors};

/// The six photos of the reference material.
pub const PHOTOS: [&str; 6] = ["astronaut", "elephant", "ketch", "motorbike", "motorcycle", "sunflower"];

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
    pub fn read(photo: &str) -> Option<Self> {
        let path = shared()?.join("golden").join(format!("{photo}.safetensors"));
        Some(Self(std::fs::read(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()))))
    }

    /// Values as f64; `None` when the file has no such key.
    pub fn get(&self, key: &str) -> Option<Vec<f64>> {
        let file = SafeTensors::deserialize(&self.0).unwrap();
        let tensor = file.tensor(key).ok()?;
        let data = tensor.data();
        Some(match tensor.dtype() {
            Dtype::F32 => data.as_chunks().0.iter().map(|b| f32::from_le_bytes(*b).into()).collect(),
            Dtype::F64 => data.as_chunks().0.iter().map(|b| f64::from_le_bytes(*b)).collect(),
            Dtype::I32 => data.as_chunks().0.iter().map(|b| i32::from_le_bytes(*b).into()).collect(),
            Dtype::I64 => data.as_chunks().0.iter().map(|b| i64::from_le_bytes(*b) as f64).collect(),
            other => panic!("{key} is {other:?}"),
        })
    }

    pub fn layer(&self, layer: usize, name: &str) -> Option<Vec<f64>> {
        self.get(&format!("layer{layer:02}.{name}"))
    }

    pub fn indices(&self, layer: usize, name: &str) -> Option<Vec<usize>> {
        Some(self.layer(layer, name)?.iter().map(|&v| v as usize).collect())
    }

    pub fn points(&self, layer: usize) -> Option<Array2<f64>> {
        let values = self.layer(layer, "tsne")?;
        Some(Array2::from_shape_vec((values.len() / 2, 2), values).unwrap())
    }
}

/// A repeatable number from 0 to 1 that looks random.
pub fn noise(i: usize) -> f64 {
    let x = (i as u64).wrapping_add(1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    ((x ^ (x >> 29)).wrapping_mul(0xBF58_476D_1CE4_E5B9) >> 11) as f64 / (1u64 << 53) as f64
}

/// Rows in `groups` groups a distance apart, round robin.
pub fn grouped_rows(rows: usize, columns: usize, groups: usize, seed: usize) -> Array2<f64> {
    Array2::from_shape_fn((rows, columns), |(r, c)| {
        let group = seed + r % groups;
        4.0 * noise(group * columns + c + 7_000_000) + noise(seed + 31 + r * columns + c)
    })
}

/// Feature maps with a bright square each, at a place that the group decides; round robin.
pub fn grouped_maps(maps: usize, side: usize, groups: usize, seed: usize) -> Array3<f32> {
    Array3::from_shape_fn((maps, side, side), |(m, y, x)| {
        let group = m % groups;
        let (cy, cx) = (group / 3 * side / 3, group % 3 * side / 3);
        let inside = (cy..cy + side / 3).contains(&y) && (cx..cx + side / 3).contains(&x);
        let grain = 0.3 * noise(seed + (m * side + y) * side + x);
        (f64::from(u8::from(inside)) + grain) as f32
    })
}
