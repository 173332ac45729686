//! Checks of what callers hand in.

use anv_core::ndarray::ArrayView2;

use crate::{Error, Result};

/// At least one cell, all values finite.
pub(crate) fn map(map: ArrayView2<'_, f32>) -> Result<()> {
    let (height, width) = map.dim();
    if height == 0 || width == 0 {
        return Err(Error::EmptyMap { height, width });
    }
    match map.indexed_iter().find(|(_, v)| !v.is_finite()) {
        Some(((row, column), &value)) => Err(Error::NotFinite { row, column, value }),
        None => Ok(()),
    }
}

/// At least one pixel.
pub(crate) fn picture(width: u32, height: u32) -> Result<()> {
    match width == 0 || height == 0 {
        true => Err(Error::EmptyImage { width, height }),
        false => Ok(()),
    }
}
