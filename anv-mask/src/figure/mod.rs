//! The local explanation as a picture: SVG, PNG, and one self-contained HTML page.

mod data;
mod encode;
mod header;
mod html;
mod raster;
mod svg;
mod text;
mod tiles;
mod words;

use std::sync::OnceLock;

use anv_core::Draft;

use crate::{ColorMap, Error, Result, check};
use svg::Drawn;
use tiles::Tiles;

/// Draws a [`Draft`] as the thesis does (Figures 9 and 19): one column a layer, heatmaps over the photo ordered by
/// weight, the weight under each, and a place for the label that people will give it.
///
/// The three forms share one set of heatmaps, and PNG shares its SVG, computed once. The same draft gives the same bytes, whatever the
/// number of threads. Nothing in them refers to anything outside: no network, no font of the system.
#[derive(Debug)]
pub struct Figure<'a> {
    draft: &'a Draft,
    colors: ColorMap,
    tiles: OnceLock<Tiles>,
    drawn: OnceLock<Drawn>,
}

impl<'a> Figure<'a> {
    /// A figure of `draft` in the default colours.
    pub fn new(draft: &'a Draft) -> Self {
        Self { draft, colors: ColorMap::default(), tiles: OnceLock::new(), drawn: OnceLock::new() }
    }

    /// Sets the colours of the heatmaps.
    pub fn color_map(self, colors: ColorMap) -> Self {
        Self { colors, ..Self::new(self.draft) }
    }

    /// The figure as SVG 1.1 with its photo, heatmaps and font inside.
    ///
    /// The photo is embedded once, at most 320 pixels a side. Names are escaped; characters that XML forbids
    /// become U+FFFD.
    ///
    /// # Errors
    /// [`Error::EmptyImage`] for a photo without pixels, [`Error::Cluster`] for a map that is empty or not finite.
    pub fn svg(&self) -> Result<String> {
        Ok(self.drawn()?.svg.clone())
    }

    /// The figure as PNG, rendered from [`Figure::svg`], about 1400 to 2800 pixels wide (more for networks of more
    /// than 15 layers).
    ///
    /// Text is set in the embedded font (Latin, Greek, Cyrillic); other characters show as a box.
    ///
    /// # Errors
    /// As [`Figure::svg`]; [`Error::Encode`] when the renderer refuses.
    pub fn png(&self) -> Result<Vec<u8>> {
        raster::png(self.drawn()?)
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
        html::draw(self.draft, self.tiles()?, self.colors)
    }

    fn drawn(&self) -> Result<&Drawn> {
        if let Some(drawn) = self.drawn.get() {
            return Ok(drawn);
        }
        let drawn = svg::draw(self.draft, self.tiles()?, self.colors)?;
        Ok(self.drawn.get_or_init(|| drawn))
    }

    fn tiles(&self) -> Result<&Tiles> {
        check::picture(self.draft.photo.width(), self.draft.photo.height())?;
        if let Some(tiles) = self.tiles.get() {
            return Ok(tiles);
        }
        let tiles = Tiles::new(self.draft, self.colors)?;
        Ok(self.tiles.get_or_init(|| tiles))
    }
}

/// Says which cluster an error is about.
fn of_cluster(layer: usize, cluster: usize) -> impl FnOnce(Error) -> Error {
    move |source| Error::Cluster { layer, cluster, source: Box::new(source) }
}
