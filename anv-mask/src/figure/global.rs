//! The global explanation of a class as a picture (thesis Figures 23 to 25).

use std::sync::OnceLock;

use anv_core::image::RgbImage;
use anv_core::ndarray::{Array2, ArrayView2};
use anv_core::{GlobalExample, GlobalExplanation, GlobalFeature};

use super::global_overlays::{Overlay, Overlays};
use super::paint::Drawn;
use super::{encode, global_html, global_svg, raster};
use crate::overlay::{overlay, resize_bilinear, shrink};
use crate::{ColorMap, Result};

/// Pixels a side of an example: twice of what is drawn.
const SIDE: u32 = 360;
/// Cells a side of a kept map: as much as an example shows.
const CELLS: usize = 128;
/// Examples a feature.
const MOST: usize = 3;

/// Draws a [`GlobalExplanation`]: one row a group of layers, its features in order, each with examples, label, score
/// with its interval and mean weight; without weights where all layers are one group.
///
/// The same explanation and pictures give the same bytes. Labels are escaped everywhere and cut with an ellipsis where
/// they are longer than their place; nothing refers to anything outside.
#[derive(Debug)]
pub struct GlobalFigure<'a> {
    explanation: &'a GlobalExplanation,
    colors: ColorMap,
    /// By group, feature and example.
    pictures: Vec<Vec<Vec<ExamplePicture>>>,
    /// Drawn and encoded once for all forms.
    overlays: OnceLock<Overlays>,
}

/// A photo and a cluster map to show as an example, both kept only as large as they are drawn.
#[derive(Debug, Clone)]
pub struct ExamplePicture {
    photo: RgbImage,
    map: Array2<f32>,
}

impl ExamplePicture {
    /// An example of `map`, shape (rows, columns), over `photo`.
    ///
    /// # Errors
    /// [`Error::EmptyMap`](crate::Error::EmptyMap), [`Error::NotFinite`](crate::Error::NotFinite),
    /// [`Error::EmptyImage`](crate::Error::EmptyImage).
    pub fn new(photo: &RgbImage, map: ArrayView2<'_, f32>) -> Result<Self> {
        crate::check::map(map)?;
        let side = |cells: usize| cells.min(CELLS) as u32;
        let map = resize_bilinear(map, side(map.ncols()), side(map.nrows()))?;
        Ok(Self { photo: shrink(photo, SIDE)?, map })
    }
}

impl<'a> GlobalFigure<'a> {
    /// A figure of `explanation` in the default colours, without examples.
    pub fn new(explanation: &'a GlobalExplanation) -> Self {
        Self { explanation, colors: ColorMap::default(), pictures: Vec::new(), overlays: OnceLock::new() }
    }

    /// Sets the colours of the heatmaps.
    pub fn color_map(self, colors: ColorMap) -> Self {
        Self { colors, overlays: OnceLock::new(), ..self }
    }

    /// Asks `find` for the pictures of the examples, best first; up to three a feature are drawn, and those for which
    /// it has none are left out.
    pub fn pictures(self, mut find: impl FnMut(&GlobalExample) -> Option<ExamplePicture>) -> Self {
        let mut of_feature =
            |f: &GlobalFeature| f.examples.iter().filter_map(&mut find).take(MOST).collect::<Vec<_>>();
        let mut pictures = Vec::new();
        for group in &self.explanation.groups {
            pictures.push(group.features.iter().map(&mut of_feature).collect());
        }
        Self { pictures, overlays: OnceLock::new(), ..self }
    }

    /// The figure as SVG 1.1 with its pictures and font inside.
    ///
    /// # Errors
    /// [`Error::Encode`](crate::Error::Encode) when a picture cannot be encoded.
    pub fn svg(&self) -> Result<String> {
        Ok(self.draw()?.svg)
    }

    /// The figure as PNG, rendered from [`GlobalFigure::svg`], up to twice as large.
    ///
    /// # Errors
    /// As [`GlobalFigure::svg`], or when the renderer refuses.
    pub fn png(&self) -> Result<Vec<u8>> {
        raster::png(&self.draw()?)
    }

    /// The figure as one HTML page that loads nothing and runs nothing.
    ///
    /// # Errors
    /// As [`GlobalFigure::svg`].
    pub fn html(&self) -> Result<String> {
        global_html::draw(self.explanation, self.overlays()?)
    }

    fn draw(&self) -> Result<Drawn> {
        Ok(global_svg::draw(self.explanation, self.overlays()?))
    }

    fn overlays(&self) -> Result<&Overlays> {
        if let Some(overlays) = self.overlays.get() {
            return Ok(overlays);
        }
        let one = |p: &ExamplePicture| -> Result<Overlay> {
            let picture = overlay(p.map.view(), &p.photo, self.colors)?;
            let ratio = f64::from(picture.width()) / f64::from(picture.height());
            Ok(Overlay { uri: encode::photo(&picture)?, ratio })
        };
        let feature = |f: &Vec<ExamplePicture>| f.iter().map(one).collect::<Result<Vec<_>>>();
        let group = |g: &Vec<Vec<ExamplePicture>>| g.iter().map(feature).collect::<Result<Vec<_>>>();
        let overlays = self.pictures.iter().map(group).collect::<Result<_>>().map(Overlays::new)?;
        Ok(self.overlays.get_or_init(|| overlays))
    }
}
