//! `clusters.csv`: clusters that are known by their weights alone, without pictures.

use std::collections::BTreeMap;
use std::io::Read;
use std::path::Path;

use anv_core::{LabeledImage, Labeler, MOST_LAYERS, Merger};

use crate::Result;
use crate::error::{RowProblem, Table, shorten};
use crate::games_csv::open;
use crate::table::{Column, Fields, ReadOptions, Rows, Skipped};

const COLUMNS: &[Column] =
    &[("image", true), ("layer", true), ("cluster", true), ("weight_percent", true), ("class", false)];

#[derive(Debug, Clone, Default, PartialEq)]
struct Image {
    class: Option<String>,
    /// By layer and cluster: weight in percent and line.
    clusters: BTreeMap<(usize, usize), (f64, u64)>,
}

/// The clusters of images, with their weights: the content of `clusters.csv`.
///
/// ```
/// use anv_labels::{ClusterTable, ReadOptions};
/// let csv = "image,layer,cluster,weight_percent\na.jpg,13,0,40.5\na.jpg,13,1,12\n";
/// let (clusters, _) = ClusterTable::read(csv.as_bytes(), &ReadOptions::default())?;
/// assert!(clusters.contains("a.jpg", 13, 1));
/// # Ok::<(), anv_labels::Error>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClusterTable {
    images: BTreeMap<String, Image>,
}

impl ClusterTable {
    /// Reads `image,layer,cluster,weight_percent` and, where it is there, `class` (the explained class).
    ///
    /// # Errors
    /// As [`Games::read`](crate::Games::read).
    pub fn read(input: impl Read, options: &ReadOptions) -> Result<(Self, Skipped)> {
        let mut skipped = Skipped::default();
        let mut rows = Rows::new(input, Table::Clusters, COLUMNS, options, &mut skipped)?;
        let mut table = Self::default();
        while let Some((line, fields)) = rows.next()? {
            if let Err(problem) = table.add(&fields, line, options) {
                skipped.note(options, Table::Clusters, line, problem)?;
            }
        }
        Ok((table, skipped))
    }

    /// Reads a file, see [`ClusterTable::read`].
    ///
    /// # Errors
    /// [`Error::Io`](crate::Error::Io) when it cannot be opened, else as [`ClusterTable::read`].
    pub fn read_file(path: impl AsRef<Path>, options: &ReadOptions) -> Result<(Self, Skipped)> {
        Self::read(open(path.as_ref())?, options)
    }

    fn add(
        &mut self,
        fields: &Fields<'_>,
        line: u64,
        options: &ReadOptions,
    ) -> std::result::Result<(), RowProblem> {
        const LAYER: &str = "a whole number from 1 to 10000";
        const WEIGHT: &str = "a number from 0 to 100";
        fields.check_width()?;
        let name = fields.needed(0, options)?;
        let layer: usize = fields.parse(1, LAYER)?;
        let cluster: usize = fields.parse(2, "a whole number")?;
        let weight: f64 = fields.parse(3, WEIGHT)?;
        let class = fields.text(4, options)?;
        let value = |column: usize, expected| {
            let found = shorten(fields.raw(column).unwrap_or_default());
            Err(RowProblem::Value { column: fields.name(column), found, expected })
        };
        if layer == 0 || layer > MOST_LAYERS {
            return value(1, LAYER);
        }
        // Percentages of a layer: rounding may carry a whole layer's sum a little over 100.
        if !(0.0..=100.0 + 1e-6).contains(&weight) {
            return value(3, WEIGHT);
        }
        let image = self.images.entry(name.to_owned()).or_default();
        if let Some(&(_, first)) = image.clusters.get(&(layer, cluster)) {
            let what = format!("cluster {cluster} of layer {layer} of image `{}`", shorten(name));
            return Err(RowProblem::Repeated { what, first });
        }
        if !class.is_empty() {
            if image.class.as_deref().is_some_and(|known| known != class) {
                return value(4, "the same class in all rows of an image");
            }
            image.class = Some(class.to_owned());
        }
        image.clusters.insert((layer, cluster), (weight, line));
        Ok(())
    }

    /// Whether this cluster is in the table.
    pub fn contains(&self, image: &str, layer: usize, cluster: usize) -> bool {
        self.images.get(image).is_some_and(|i| i.clusters.contains_key(&(layer, cluster)))
    }

    /// Number of clusters.
    pub fn len(&self) -> usize {
        self.images.values().map(|i| i.clusters.len()).sum()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.images.is_empty()
    }

    /// The images one by one, by name, labelled and merged.
    ///
    /// The explained class is the one of the table, else the true class that `labeler` knows, else `class`.
    ///
    /// # Errors
    /// Each image on its own: what [`LabeledImage::from_weights`] returns.
    pub fn labeled<'a>(
        &'a self,
        class: &'a str,
        labeler: &'a impl Labeler,
        merger: &'a impl Merger,
    ) -> impl Iterator<Item = anv_core::Result<LabeledImage>> + 'a {
        self.images.iter().map(move |(name, image)| {
            let mut layers: BTreeMap<usize, Vec<(usize, f64)>> = BTreeMap::new();
            for (&(layer, cluster), &(weight, _)) in &image.clusters {
                layers.entry(layer).or_default().push((cluster, weight));
            }
            let mut labeled = LabeledImage::from_weights(name, class, layers, labeler, merger)?;
            if let Some(known) = image.class.as_ref().or(labeled.truth.as_ref()) {
                labeled.class = known.clone();
            }
            Ok(labeled)
        })
    }
}
