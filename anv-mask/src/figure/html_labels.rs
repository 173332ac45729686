//! People's words in the HTML page: under each picture, and the data of its detail.

use anv_core::MergedCluster;
use anv_core::ndarray::ArrayView2;
use serde::Serialize;

use super::label_rows::MOST;
use super::paint::push;
use super::text::{clean, escape};
use super::view::{ClusterView, LayerView};
use super::{encode, members, seen, words};
use crate::{MaskParams, Result};

/// The best labels as bars; `most` is the score of a full one.
pub(super) fn rows(out: &mut String, cluster: &MergedCluster, most: f64) {
    out.push_str("<span class=\"words\">");
    if cluster.labels.is_empty() {
        push(out, format_args!("<span class=\"none\">{}</span>", words::no_label(&cluster.counts)));
    }
    for label in cluster.labels.iter().take(MOST) {
        let text = escape(&clean(&label.label));
        push(
            out,
            format_args!(
                "<span class=\"word\" title=\"{text}\"><span>{text}</span><span>{}</span>\
                 <i style=\"width:{:.2}%\"></i></span>",
                words::score(label.score),
                if most > 0.0 { (100.0 * label.score / most).clamp(0.0, 100.0) } else { 0.0 },
            ),
        );
    }
    if let Some(more) = cluster.labels.len().checked_sub(MOST + 1) {
        push(out, format_args!("<span class=\"none\">and {} more</span>", more + 1));
    }
    out.push_str("</span>");
}

/// What people said, for the page's script.
#[derive(Serialize)]
pub(super) struct Words {
    title: String,
    labels: Vec<Word>,
    /// Games won, lost and given up.
    games: [u64; 3],
    hints: Option<f64>,
    members: Vec<Member>,
    /// Share of the photo seen on average, in percent.
    share: f64,
    /// A grey PNG: 0 for the cells seen.
    seen: String,
}

#[derive(Serialize)]
struct Word {
    label: String,
    score: String,
    best: bool,
    /// What each member adds, in percent of the largest score.
    parts: Vec<f64>,
}

#[derive(Serialize)]
struct Member {
    name: String,
    color: &'static str,
    mark: usize,
}

impl Words {
    pub(super) fn new(
        layer: &LayerView<'_>,
        cluster: &ClusterView<'_>,
        params: &MaskParams,
        photo: (u32, u32),
    ) -> Result<Option<Self>> {
        let Some(found) = cluster.words else { return Ok(None) };
        let share = seen::share(params, &found.counts);
        Ok(Some(Self {
            title: words::label(found).unwrap_or_else(|| words::no_label(&found.counts)),
            labels: labels(found),
            games: [found.counts.wins, found.counts.losses, found.counts.resigns],
            hints: found.counts.mean_hints().map(encode::round),
            members: legend(layer, found),
            share: encode::round(share),
            seen: cells(cluster.map(), params.clone().levels([share]), photo)?,
        }))
    }
}

fn labels(cluster: &MergedCluster) -> Vec<Word> {
    let most = cluster.labels.iter().map(|l| l.score).fold(0.0, f64::max);
    let percent =
        |part: f64| if most > 0.0 { encode::round((100.0 * part / most).clamp(0.0, 100.0)) } else { 0.0 };
    let word = |l: &anv_core::LabelScore| Word {
        label: clean(&l.label),
        score: words::score(l.score),
        best: cluster.best.contains(&l.label),
        parts: cluster.contributions(&l.label).into_iter().map(percent).collect(),
    };
    cluster.labels.iter().map(word).collect()
}

fn legend(layer: &LayerView<'_>, cluster: &MergedCluster) -> Vec<Member> {
    let member = |(place, m): (usize, &anv_core::LabeledCluster)| Member {
        name: words::member(layer, m),
        color: members::color(place),
        mark: members::mark(place),
    };
    cluster.members.iter().enumerate().map(member).collect()
}

fn cells(map: ArrayView2<'_, f32>, params: MaskParams, photo: (u32, u32)) -> Result<String> {
    let (first, _) = params.first_levels(map, photo.0, photo.1)?;
    let grey: Vec<u8> = first.iter().map(|&level| if level == 0 { 0 } else { 255 }).collect();
    encode::grey(first.ncols() as u32, first.nrows() as u32, &grey)
}
