//! Reveal masks, overlays and figures of cluster maps.
//!
//! A cluster map says how strongly a group of feature maps responded at each place of a photo. This crate makes it
//! visible in three ways:
//!
//! | what | here | source |
//! | --- | --- | --- |
//! | the photo with a heatmap over it | [`overlay`], [`ColorMap`] | thesis 3.4.1, Figure 11a |
//! | the photo hidden except where the map is strongest | [`MaskParams`], [`RevealMask`] | thesis 3.4.1, 4.3, Tables 2 and 3 |
//! | the whole explanation, layer by layer | [`Figure`] | thesis 3.1, Figure 9 |
//! | the same with people's words, and all about one cluster | [`LabeledFigure`], [`Sheet`] | thesis 5.2.1, Figures 19 to 22 |
//! | a class, over many photos | [`GlobalFigure`] | thesis 5.2.2, Figures 23 to 25 |
//! | labels that rise and fade across layers | [`TrendFigure`] | |
//!
//! # Example
//! A map that responds in one corner, over a grey photo four times its size:
//!
//! ```
//! use anv_core::{image::RgbImage, ndarray::Array2};
//! use anv_mask::{ColorMap, MaskParams, overlay};
//!
//! let photo = RgbImage::from_pixel(64, 64, [120, 120, 120].into());
//! let map = Array2::from_shape_fn((16, 16), |(row, column)| (row * column) as f32);
//!
//! let heat = overlay(map.view(), &photo, ColorMap::default())?;
//! assert!(heat.get_pixel(63, 63)[0] > heat.get_pixel(0, 0)[0]);
//!
//! // Six masks; each shows more of the photo than the one before.
//! let masks = MaskParams::default().masks(map.view(), 64, 64)?;
//! assert!(masks.windows(2).all(|pair| pair[0].shown_pixels() < pair[1].shown_pixels()));
//! let shown = masks[0].apply(&photo)?;
//! assert_eq!(shown.get_pixel(0, 0).0, [0, 0, 0]);
//! # Ok::<(), anv_mask::Error>(())
//! ```
//!
//! # Figures
//! From a saved [`Draft`](anv_core::Draft) to files; a saved [`Explanation`](anv_core::Explanation) goes the same way
//! through [`LabeledFigure`], a global one through [`GlobalFigure`]:
//!
//! ```no_run
//! use anv_core::Draft;
//! use anv_mask::{ColorMap, Figure};
//!
//! let draft = Draft::read("explained/coffee")?;
//! let figure = Figure::new(&draft).color_map(ColorMap::Jet);
//! std::fs::write("anv.svg", figure.svg()?)?;
//! std::fs::write("anv.png", figure.png()?)?;
//! std::fs::write("anv.html", figure.html()?)?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # How the masks are fast
//! The definition upscales the map by tiling, takes a percentile of all pixels and filters all pixels. Tiling only
//! repeats values, so the percentile is taken on the map with each cell counted as often as it is shown, and the
//! filter is a few weights a pixel on cells. Both give the numbers of the definition; the tests hold them against it.
//!
//! # Results and threads
//! Everything here gives the same bits whatever the number of threads, and works inside a rayon pool of your own.
//!
//! # Fonts
//! The figures are set in Inter, part of this crate under the SIL Open Font License 1.1 (`assets/OFL.txt`); no font of
//! the system is read.

// A user's input must never cause a panic.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod axis;
mod blur;
mod check;
mod color;
mod error;
pub mod figure;
mod mask;
mod overlay;
mod percentile;
mod plan;
mod reveal;

pub use color::ColorMap;
pub use error::{Error, Result};
pub use figure::{ExamplePicture, Figure, GlobalFigure, LabeledFigure, Sheet, TrendFigure, TrendLine};
pub use mask::RevealMask;
pub use overlay::{normalize, overlay, resize_bilinear, shrink};
pub use plan::MaskPlan;
pub use reveal::{MaskParams, THESIS_LEVELS, THESIS_SIGMAS};
