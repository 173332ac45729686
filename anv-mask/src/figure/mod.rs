//! Explanations as pictures: SVG, PNG, and self-contained HTML pages.

mod data;
mod encode;
mod global;
mod global_html;
mod global_overlays;
mod global_svg;
mod global_words;
mod header;
mod html;
mod html_labels;
mod label_rows;
mod local;
mod members;
mod paint;
mod raster;
mod seen;
mod sheet;
mod sheet_facts;
mod sheet_plot;
mod svg;
mod text;
mod tiles;
mod trend;
mod view;
mod words;

pub use global::{ExamplePicture, GlobalFigure};
pub use local::{Figure, LabeledFigure};
pub use paint::font_face;
pub use sheet::Sheet;
pub use trend::{TrendFigure, TrendLine};

use crate::Error;

/// Says which cluster an error is about.
fn of_cluster(layer: usize, cluster: usize) -> impl FnOnce(Error) -> Error {
    move |source| Error::Cluster { layer, cluster, source: Box::new(source) }
}
