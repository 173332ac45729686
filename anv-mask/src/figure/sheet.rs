//! The detail sheet of a labelled cluster (thesis Figure 20).

use anv_core::{Explanation, MergedCluster};

use super::paint::{Drawn, MARGIN, MUTED, SHEET, Text, document, push};
use super::text::{Weight, clean, wrap};
use super::view::{ClusterView, LayerView, View};
use super::{encode, members, of_cluster, raster, seen, sheet_facts, sheet_plot, words};
use crate::overlay::{overlay, shrink};
use crate::{ColorMap, MaskParams, Result};

/// Room for each of the two pictures, and between them.
const PICTURE: (f64, f64) = (280.0, 250.0);
const GAP: f64 = 24.0;
const TOP: f64 = MARGIN + 100.0;
/// Pixels a side of the pictures: the size for which the thesis chose its masks.
const PHOTO: u32 = 512;
/// Members that a name lists.
const NAMED: usize = 8;

/// Everything about one labelled cluster on a page: the part of the photo that players saw on average, the heatmap,
/// weight, feature maps, how the games ended, and all labels by score, split by the clusters that were merged.
#[derive(Debug)]
pub struct Sheet<'a> {
    explanation: &'a Explanation,
    layer: &'a LayerView<'a>,
    cluster: &'a ClusterView<'a>,
    words: &'a MergedCluster,
    colors: ColorMap,
}

impl<'a> Sheet<'a> {
    pub(super) fn all(view: &'a View<'a>, explanation: &'a Explanation, colors: ColorMap) -> Vec<Self> {
        let of_layer = |layer: &'a LayerView<'a>| {
            let sheet = move |cluster: &'a ClusterView<'a>| {
                Some(Self { explanation, layer, cluster, words: cluster.words?, colors })
            };
            layer.clusters.iter().filter_map(sheet)
        };
        view.layers.iter().flat_map(of_layer).collect()
    }

    /// A name for its files: the layer and the numbers of the merged clusters, such as `layer13-0+2`.
    ///
    /// Every sheet of an explanation has another name; of more than eight members the first are named.
    pub fn name(&self) -> String {
        let mut names: Vec<_> = self.words.member_numbers().take(NAMED).map(|n| n.to_string()).collect();
        if self.words.members.len() > NAMED {
            names.push("more".to_owned());
        }
        format!("layer{}-{}", self.layer.draft.layer.number, names.join("+"))
    }

    /// Number of the layer, from 1.
    pub fn layer(&self) -> usize {
        self.layer.draft.layer.number
    }

    /// The cluster it is about.
    pub fn cluster(&self) -> &'a MergedCluster {
        self.words
    }

    /// The sheet as SVG 1.1, 960 units wide, with its pictures and font inside.
    ///
    /// Labels beyond the hundred best are counted, not drawn.
    ///
    /// # Errors
    /// As [`LabeledFigure::svg`](crate::LabeledFigure::svg).
    pub fn svg(&self) -> Result<String> {
        Ok(self.draw()?.svg)
    }

    /// The sheet as PNG, rendered from [`Sheet::svg`], 1920 pixels wide or less where it is very tall.
    ///
    /// # Errors
    /// As [`Sheet::svg`]; [`Error::Encode`](crate::Error::Encode) when the renderer refuses.
    pub fn png(&self) -> Result<Vec<u8>> {
        raster::png(&self.draw()?)
    }

    fn draw(&self) -> Result<Drawn> {
        let mut body = String::new();
        self.title(&mut body);
        let place = self.words.members.first().map_or(0, |m| m.cluster);
        let pictures = self.pictures(&mut body).map_err(of_cluster(self.layer(), place))?;
        let x = MARGIN + 2.0 * PICTURE.0 + GAP + 40.0;
        let facts = sheet_facts::draw(&mut body, self.layer, self.cluster, self.words, (x, TOP));
        let top = pictures.max(facts) + 44.0;
        let bottom = sheet_plot::draw(&mut body, self.layer, self.words, top);
        let title = format!("{}: {}", self.heading(), self.place());
        let defs = members::definitions(self.words.members.len());
        let svg = document(&title, (SHEET, bottom + MARGIN), &defs, &body);
        Ok(Drawn { svg, cuts: Vec::new() })
    }

    fn heading(&self) -> String {
        words::label(self.words).map_or_else(|| words::no_label(&self.words.counts), |l| format!("“{l}”"))
    }

    /// Where in which photo.
    fn place(&self) -> String {
        let info = &self.layer.draft.layer;
        let name = clean(&info.name);
        let place = format!("Layer {} · {name} · {} × {}", info.number, info.size.0, info.size.1);
        match clean(&self.explanation.labels.image) {
            image if image.trim().is_empty() => place,
            image => format!("{place} · {image}"),
        }
    }

    fn title(&self, out: &mut String) {
        let room = SHEET - 2.0 * MARGIN;
        Text::at(MARGIN, MARGIN + 12.0, 13.0).muted().put(out, &self.place(), room);
        Text::at(MARGIN, MARGIN + 50.0, 32.0).bold().put(out, &self.heading(), room);
    }

    /// What players saw, and the heatmap; says where they end.
    fn pictures(&self, out: &mut String) -> Result<f64> {
        let photo = shrink(&self.explanation.draft.photo, PHOTO)?;
        let params = MaskParams::default();
        let share = seen::share(&params, &self.words.counts);
        let masks = params.levels([share]).masks(self.cluster.map(), photo.width(), photo.height())?;
        let masked =
            masks.iter().map(|m| m.apply(&photo)).next().transpose()?.unwrap_or_else(|| photo.clone());
        let heat = overlay(self.cluster.map(), &photo, self.colors)?;
        let share = words::percent(share);
        let seen = match self.words.counts.mean_hints() {
            Some(hints) => format!(
                "The strongest {share} of the photo: as much as {hints:.1} hints reveal, the average of the games."
            ),
            None => format!("The strongest {share} of the photo: what a player would see first."),
        };
        let heated = format!(
            "The whole photo: bright where the group responded, in the colours of {}.",
            self.colors.name()
        );
        let left = picture(out, &masked, (MARGIN, TOP), "What players saw", &seen)?;
        let x = MARGIN + PICTURE.0 + GAP;
        Ok(left.max(picture(out, &heat, (x, TOP), "Where the group responded", &heated)?))
    }
}

/// A picture with heading and caption; says where it ends.
fn picture(
    out: &mut String,
    picture: &anv_core::image::RgbImage,
    (x, y): (f64, f64),
    heading: &str,
    caption: &str,
) -> Result<f64> {
    Text::at(x, y, 15.0).bold().put(out, heading, PICTURE.0);
    let (w, h) = (f64::from(picture.width()), f64::from(picture.height()));
    let scale = (PICTURE.0 / w).min(PICTURE.1 / h);
    // A photo of a single row still shows a strip.
    let (w, h) = ((w * scale).max(8.0), (h * scale).max(8.0));
    let uri = encode::photo(picture)?;
    push(
        out,
        format_args!(
            "<image x=\"{x:.1}\" y=\"{:.1}\" width=\"{w:.2}\" height=\"{h:.2}\" preserveAspectRatio=\"none\" \
             xlink:href=\"{uri}\"/>\n",
            y + 14.0
        ),
    );
    let mut y = y + 14.0 + h + 18.0;
    for line in wrap(caption, 12.0, Weight::Regular, PICTURE.0) {
        Text { fill: MUTED, ..Text::at(x, y, 12.0) }.put(out, &line, PICTURE.0);
        y += 16.0;
    }
    Ok(y)
}
