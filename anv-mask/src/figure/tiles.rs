//! The heatmaps of a figure, each a small coloured picture.

use anv_core::ndarray::ArrayView2;
use rayon::prelude::*;

use super::view::{ClusterView, View};
use super::{encode, of_cluster};
use crate::overlay::{normalize, resize_bilinear, table_index};
use crate::{ColorMap, Result};

/// Smaller maps are upscaled to this many pixels a side before they are coloured, so that viewers, which
/// interpolate colours instead of values, have little left to interpolate.
const SMALLEST: usize = 96;
/// Larger maps are reduced to this many pixels a side: as much as a tile shows.
const LARGEST: usize = 128;

/// One data URI a cluster, in the order of the view.
#[derive(Debug)]
pub(super) struct Tiles(Vec<Vec<String>>);

impl Tiles {
    pub(super) fn new(view: &View<'_>, colors: ColorMap) -> Result<Self> {
        let table = colors.table();
        let layers = view.layers.par_iter().map(|layer| {
            let tile = |(i, cluster): (usize, &ClusterView<'_>)| {
                tile(cluster.map(), &table).map_err(of_cluster(layer.draft.layer.number, i))
            };
            layer.clusters.par_iter().enumerate().map(tile).collect::<Result<Vec<_>>>()
        });
        layers.collect::<Result<_>>().map(Self)
    }

    /// The heatmap of a cluster as a data URI.
    pub(super) fn uri(&self, layer: usize, cluster: usize) -> &str {
        &self.0[layer][cluster]
    }
}

fn tile(map: ArrayView2<'_, f32>, table: &[[u8; 3]; 256]) -> Result<String> {
    let side = |cells: usize| cells.clamp(SMALLEST, LARGEST) as u32;
    let (height, width) = (side(map.nrows()), side(map.ncols()));
    let heat = resize_bilinear(normalize(map)?.view(), width, height)?;
    let places: Vec<u8> = heat.iter().map(|&v| table_index(v) as u8).collect();
    encode::indexed(width, height, &places, table)
}
