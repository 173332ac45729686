//! The local explanation, unlabelled and labelled.

use std::sync::OnceLock;

use anv_core::{Draft, Explanation};

use super::paint::Drawn;
use super::sheet::Sheet;
use super::tiles::Tiles;
use super::view::View;
use super::{html, raster, svg};
use crate::{ColorMap, Result, check};

/// Draws a [`Draft`] as the thesis does (Figures 9 and 19): one column a layer, heatmaps over the photo ordered by
/// weight, the weight under each, and a place for the label that people will give it.
///
/// The three forms share one set of heatmaps, and PNG shares its SVG, computed once. The same draft gives the same bytes, whatever the
/// number of threads. Nothing in them refers to anything outside: no network, no font of the system.
#[derive(Debug)]
pub struct Figure<'a>(Local<'a>);

/// Draws a labelled [`Explanation`] as the thesis does (Figures 19 to 22): as [`Figure`], with the clusters that
/// people call the same merged, and the best labels under each as ranked bars.
///
/// Clusters without a label say so. Labels are text of strangers: they are escaped everywhere, cut with an ellipsis
/// where they are longer than their place, and then kept whole in a tooltip. Sharing and determinism as in [`Figure`].
#[derive(Debug)]
pub struct LabeledFigure<'a> {
    explanation: &'a Explanation,
    local: Local<'a>,
}

impl<'a> Figure<'a> {
    /// A figure of `draft` in the default colours.
    pub fn new(draft: &'a Draft) -> Self {
        Self(Local::new(View::draft(draft)))
    }

    /// Sets the colours of the heatmaps.
    pub fn color_map(self, colors: ColorMap) -> Self {
        Self(self.0.color_map(colors))
    }

    /// The figure as SVG 1.1 with its photo, heatmaps and font inside.
    ///
    /// The photo is embedded once, at most 320 pixels a side. Names are escaped; characters that XML forbids
    /// become U+FFFD.
    ///
    /// # Errors
    /// [`Error::EmptyImage`](crate::Error::EmptyImage) for a photo without pixels,
    /// [`Error::Cluster`](crate::Error::Cluster) for a map that is empty or not finite.
    pub fn svg(&self) -> Result<String> {
        self.0.svg()
    }

    /// The figure as PNG, rendered from [`Figure::svg`], about 1400 to 2800 pixels wide (more for networks of more
    /// than 15 layers).
    ///
    /// Text is set in the embedded font (Latin, Greek, Cyrillic); other characters show as a box.
    ///
    /// # Errors
    /// As [`Figure::svg`]; [`Error::Encode`](crate::Error::Encode) when the renderer refuses.
    pub fn png(&self) -> Result<Vec<u8>> {
        self.0.png()
    }

    /// The figure as one HTML page: a click on a cluster opens its detail (overlay, reveal masks, feature maps,
    /// silhouettes, embedding).
    ///
    /// The page loads nothing, and forbids itself to by its content security policy. Photos are embedded with at
    /// most 512 pixels a side; the reveal masks in the page are those of [`MaskParams`](crate::MaskParams) for the
    /// photo at that size: which cells each level shows is computed here, the blur is repeated in the page.
    ///
    /// # Errors
    /// As [`Figure::svg`].
    pub fn html(&self) -> Result<String> {
        self.0.html()
    }
}

impl<'a> LabeledFigure<'a> {
    /// A figure of `explanation` in the default colours.
    pub fn new(explanation: &'a Explanation) -> Self {
        Self { explanation, local: Local::new(View::labeled(explanation)) }
    }

    /// Sets the colours of the heatmaps.
    pub fn color_map(self, colors: ColorMap) -> Self {
        Self { local: self.local.color_map(colors), ..self }
    }

    /// The figure as SVG 1.1, as [`Figure::svg`].
    ///
    /// # Errors
    /// As [`Figure::svg`]; a merged cluster without a map counts as one with an empty map.
    pub fn svg(&self) -> Result<String> {
        self.local.svg()
    }

    /// The figure as PNG, as [`Figure::png`].
    ///
    /// # Errors
    /// As [`LabeledFigure::svg`]; [`Error::Encode`](crate::Error::Encode) when the renderer refuses.
    pub fn png(&self) -> Result<Vec<u8>> {
        self.local.png()
    }

    /// The figure as one HTML page, as [`Figure::html`]; the detail of a cluster holds what its [`Sheet`] holds.
    ///
    /// # Errors
    /// As [`LabeledFigure::svg`].
    pub fn html(&self) -> Result<String> {
        self.local.html()
    }

    /// A detail sheet (thesis Figure 20) for every merged cluster, layer by layer, in the order of the figure.
    pub fn sheets(&self) -> Vec<Sheet<'_>> {
        Sheet::all(&self.local.view, self.explanation, self.local.colors)
    }
}

/// What both figures are: a view and what was already made of it.
#[derive(Debug)]
struct Local<'a> {
    view: View<'a>,
    colors: ColorMap,
    tiles: OnceLock<Tiles>,
    drawn: OnceLock<Drawn>,
}

impl<'a> Local<'a> {
    fn new(view: View<'a>) -> Self {
        Self { view, colors: ColorMap::default(), tiles: OnceLock::new(), drawn: OnceLock::new() }
    }

    fn color_map(self, colors: ColorMap) -> Self {
        Self { colors, ..Self::new(self.view) }
    }

    fn svg(&self) -> Result<String> {
        Ok(self.drawn()?.svg.clone())
    }

    fn png(&self) -> Result<Vec<u8>> {
        raster::png(self.drawn()?)
    }

    fn html(&self) -> Result<String> {
        html::draw(&self.view, self.tiles()?, self.colors)
    }

    fn drawn(&self) -> Result<&Drawn> {
        if let Some(drawn) = self.drawn.get() {
            return Ok(drawn);
        }
        let drawn = svg::draw(&self.view, self.tiles()?, self.colors)?;
        Ok(self.drawn.get_or_init(|| drawn))
    }

    fn tiles(&self) -> Result<&Tiles> {
        check::picture(self.view.draft.photo.width(), self.view.draft.photo.height())?;
        if let Some(tiles) = self.tiles.get() {
            return Ok(tiles);
        }
        let tiles = Tiles::new(&self.view, self.colors)?;
        Ok(self.tiles.get_or_init(|| tiles))
    }
}
