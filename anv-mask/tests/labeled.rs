//! The figures with people's words: what they show, that words stay text, the same bytes every time.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::path::Path;

use anv_core::ndarray::Array2;
use anv_core::{Explanation, GlobalExplanation, image};
use anv_mask::{Error, ExamplePicture, GlobalFigure, LabeledFigure, TrendFigure, TrendLine};
use common::draft::{empty_layer, golden, made_up, spots};
use common::labeled::{global, labeled};
use proptest::prelude::*;

const WORDS: [&str; 7] =
    ["handle", "cup", "rim", "liquid", "foam", "saucer", "the curve of the bright rim on the table"];
const HOSTILE: [&str; 4] = [
    "</script><script>alert(1)</script>",
    "\" onload='alert(2)' x=\"",
    "]]> &amp; <img src=x onerror='alert(3)'>",
    "\u{0}\u{1b}\u{202e}\u{ffff}",
];

fn cup() -> Explanation {
    labeled(made_up(240, 160, vec![spots(1, 3, 28), empty_layer(2, 6), spots(3, 4, 7)]), &WORDS)
}

fn pictures(global: &GlobalExplanation) -> GlobalFigure<'_> {
    let (photo, map) =
        (made_up(300, 200, vec![]).photo, Array2::from_shape_fn((9, 9), |(y, x)| (x * y) as f32));
    GlobalFigure::new(global).pictures(|_| ExamplePicture::new(&photo, map.view()).ok())
}

fn trend<'a>(words: &'a [&'a str], scores: &'a [(usize, f64)]) -> TrendFigure<'a> {
    let line =
        |(i, label): (usize, &&'a str)| TrendLine { class: words[0], label, slope: i as f64 - 2.0, scores };
    TrendFigure::new(words.iter().enumerate().map(line))
}

/// Every drawing of everything, as text.
fn all_texts(words: &[&str]) -> Vec<String> {
    let mut explanation = labeled(made_up(60, 40, vec![spots(1, 3, 8), spots(2, 4, 8)]), words);
    explanation.labels.image = words[0].into();
    explanation.labels.truth = Some(words[0].into());
    let figure = LabeledFigure::new(&explanation);
    let mut global = global(words, 2, 4);
    global.class = words[0].into();
    global.groups[0].features[0].examples[0].image = words[0].into();
    let mut texts = vec![figure.svg().unwrap(), figure.html().unwrap()];
    texts.extend(figure.sheets().iter().map(|s| s.svg().unwrap()));
    texts.extend([pictures(&global).svg().unwrap(), pictures(&global).html().unwrap()]);
    texts.push(trend(words, &[(1, 0.5), (2, 3.0)]).svg());
    // The renderer parses strictly: a stray tag would be an error.
    assert!(figure.png().is_ok() && pictures(&global).png().is_ok());
    assert!(figure.sheets().iter().all(|s| s.png().is_ok()) && trend(words, &[(1, 0.5)]).png().is_ok());
    texts
}

#[test]
fn hostile_labels_stay_text() {
    for text in all_texts(&HOSTILE) {
        assert!(text.matches("<script").count() == text.matches("</script>").count());
        assert!(text.matches("<script").count() <= 2);
        // Between quotes of JSON the rest of a label may stand as it is, as long as no tag can begin or end.
        let json = text.split_once("id=\"data\">").and_then(|(_, rest)| rest.split_once("</script>"));
        let json = json.map_or("", |(json, _)| json);
        assert!(!json.contains(['<', '>', '&']));
        let text = if json.is_empty() { text.clone() } else { text.replace(json, "") };
        assert!(!text.contains("<img src=x") && !text.contains("onload='") && !text.contains("\" onload"));
        assert!(!text.chars().any(|c| (c.is_control() && c != '\n') || c == '\u{202e}' || c == '\u{ffff}'));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]
    #[test]
    fn any_words_are_drawn(words in proptest::collection::vec("\\PC{0,40}", 1..5)) {
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        all_texts(&words);
    }
}

#[test]
fn best_labels_stand_under_their_cluster() {
    let explanation = cup();
    let figure = LabeledFigure::new(&explanation);
    let (svg, html) = (figure.svg().unwrap(), figure.html().unwrap());
    let clusters: usize = explanation.labels.layers.iter().map(|l| l.clusters.len()).sum();
    assert_eq!(svg.matches("opacity=\"0.5\"").count(), clusters);
    assert_eq!(html.matches("class=\"tile\"").count(), clusters);
    for cluster in explanation.labels.layers.iter().flat_map(|l| &l.clusters) {
        for label in cluster.labels.iter().take(3) {
            assert!(svg.contains(&*label.label), "whole in the text or in its tooltip");
            assert!(html.contains(&format!("<span>{:.2}</span>", label.score)));
        }
    }
    assert!(svg.contains("No label yet") && html.contains("No label yet"));
    assert!(html.contains("No positive evidence"));
}

#[test]
fn sheets_hold_all_labels_and_the_groups_they_come_from() {
    let explanation = cup();
    let figure = LabeledFigure::new(&explanation);
    let sheets = figure.sheets();
    let mut names: Vec<_> = sheets.iter().map(|s| s.name()).collect();
    let clusters: Vec<_> = explanation.labels.layers.iter().flat_map(|l| &l.clusters).collect();
    assert_eq!(sheets.len(), clusters.len());
    for (sheet, cluster) in sheets.iter().zip(clusters) {
        let svg = sheet.svg().unwrap();
        assert_eq!(sheet.cluster(), cluster);
        assert!(cluster.labels.iter().all(|l| svg.contains(&*l.label)));
        let merged = cluster.members.len() > 1;
        assert_eq!(merged, svg.contains("url(#marks1)"), "patterns, not only colours");
        let legends = cluster.members.iter().filter(|m| svg.contains(&format!("Cluster {}:", m.cluster)));
        assert_eq!(legends.count(), if merged { cluster.members.len() } else { 0 });
    }
    assert!(names.contains(&"layer1-0+1".to_owned()), "{names:?}");
    names.dedup();
    assert_eq!(names.len(), sheets.len());
}

#[test]
fn anything_small_or_large_is_drawn() {
    for (width, height, clusters) in [(1, 1, 1), (3, 700, 2), (900, 2, 30), (90, 60, 30)] {
        for words in [&WORDS[..], &[]] {
            let explanation =
                labeled(made_up(width, height, vec![spots(1, clusters, 8), empty_layer(2, 3)]), words);
            let figure = LabeledFigure::new(&explanation);
            figure.png().unwrap();
            figure.html().unwrap();
            assert!(figure.sheets().iter().take(2).all(|s| s.png().is_ok()));
        }
    }
    assert!(LabeledFigure::new(&labeled(made_up(9, 9, vec![]), &WORDS)).png().is_ok());
    assert!(TrendFigure::new([]).png().is_ok() && trend(&WORDS, &[]).png().is_ok());
    for (groups, features) in [(0, 0), (1, 0), (1, 1), (2, 13)] {
        let global = global(&WORDS, groups, features);
        assert!(pictures(&global).png().is_ok() && GlobalFigure::new(&global).html().is_ok());
    }
}

#[test]
fn a_cluster_without_a_map_is_named() {
    let mut explanation = cup();
    explanation.labels.layers[2].clusters[1].map = None;
    let error = LabeledFigure::new(&explanation).svg().unwrap_err();
    assert!(matches!(error, Error::Cluster { layer: 3, cluster: 1, .. }), "{error}");
}

#[test]
fn weights_are_left_out_where_all_layers_are_one_group() {
    let mut global = global(&WORDS, 1, 3);
    assert!(pictures(&global).svg().unwrap().contains("mean weight"));
    assert!(pictures(&global).html().unwrap().contains("mean weight"));
    global.all_layers = true;
    for text in [pictures(&global).svg().unwrap(), pictures(&global).html().unwrap()] {
        assert!(
            !text.contains("mean weight") && text.contains("All layers") && text.contains("4.80 to 15.60")
        );
    }
}

#[test]
fn rising_features_come_first() {
    let svg = trend(&WORDS, &[(5, 1.0), (6, 0.0), (7, 2.5)]).svg();
    let places: Vec<_> =
        ["Rising", "Steady", "Fading"].iter().map(|w| svg.find(&format!(">{w}<")).unwrap()).collect();
    assert!(places.is_sorted());
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| all_texts(&WORDS))
    };
    assert_eq!(run(1), run(5));
}

/// `ANV_LOOK=FOLDER` keeps files for the eye.
#[test]
fn pictures_for_the_eye() {
    let Some(folder) = std::env::var_os("ANV_LOOK") else { return };
    let write = |name: String, bytes: &[u8]| std::fs::write(Path::new(&folder).join(name), bytes).unwrap();
    let layers: Vec<usize> = (5..=13).collect();
    let draft = golden("motorcycle", "Motorbikes", &layers).unwrap();
    let explanation = labeled(draft.clone(), &WORDS);
    let figure = LabeledFigure::new(&explanation);
    write("labeled.png".into(), &figure.png().unwrap());
    write("labeled.html".into(), figure.html().unwrap().as_bytes());
    for sheet in figure.sheets().iter().filter(|s| s.layer() > 11) {
        write(format!("{}.png", sheet.name()), &sheet.png().unwrap());
    }
    let map = explanation.labels.layers[8].clusters[0].map.clone().unwrap();
    let mut global = global(&WORDS, 3, 6);
    for (name, all) in [("global", false), ("global-all", true)] {
        global.all_layers = all;
        global.groups.truncate(if all { 1 } else { 3 });
        let figure =
            GlobalFigure::new(&global).pictures(|_| ExamplePicture::new(&draft.photo, map.view()).ok());
        write(format!("{name}.png"), &figure.png().unwrap());
        write(format!("{name}.html"), figure.html().unwrap().as_bytes());
    }
    let scores: Vec<(usize, f64)> = (5..=13).map(|l| (l, (l * l % 7) as f64 * 0.4)).collect();
    write("trend.png".into(), &trend(&WORDS, &scores).png().unwrap());
    assert!(image::open(Path::new(&folder).join("trend.png")).is_ok());
}
