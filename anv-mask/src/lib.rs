//! Reveal masks, overlays and figures of cluster maps.

mod axis;
mod blur;
mod check;
mod color;
mod error;
pub mod figure;
mod overlay;
mod percentile;
mod reveal;

pub use color::ColorMap;
pub use error::{Error, Result};
pub use figure::Figure;
pub use overlay::{normalize, overlay, resize_bilinear};
pub use reveal::{MaskParams, RevealMask, THESIS_LEVELS, THESIS_SIGMAS};
