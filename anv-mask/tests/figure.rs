//! The figures: what they show, that nothing in a name gets out of hand, the same bytes every time.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::path::Path;

use anv_core::Draft;
use anv_core::image::imageops::{FilterType, resize};
use anv_core::image::{self, RgbImage};
use anv_mask::{ColorMap, Error, Figure};
use common::draft::{class, empty_layer, golden, made_up, spots};

const HOSTILE: &str =
    "</script><script>alert(1)</script><img src=x onerror='alert(2)'>\" & ' ]]> \u{0}\u{1b}\u{202e}";

fn png(draft: &Draft) -> RgbImage {
    let bytes = Figure::new(draft).png().unwrap();
    image::load_from_memory(&bytes).unwrap().to_rgb8()
}

fn hostile() -> Draft {
    let mut draft = made_up(60, 40, vec![spots(1, 2, 8), empty_layer(2, 3)]);
    draft.class.name = HOSTILE.into();
    draft.predicted = class(4, HOSTILE, 0.7);
    draft.model.name = HOSTILE.into();
    draft.model.weights_sha256 = HOSTILE.into();
    draft.source = HOSTILE.into();
    draft.layers.iter_mut().for_each(|l| l.layer.name = HOSTILE.into());
    draft
}

/// Everything that stands between `start` and the next `end`.
fn between<'a>(text: &'a str, start: &str, end: &str) -> Vec<&'a str> {
    text.split(start).skip(1).map(|rest| rest.split(end).next().unwrap()).collect()
}

#[test]
fn hostile_names_stay_text() {
    let draft = hostile();
    let figure = Figure::new(&draft);
    let html = figure.html().unwrap();
    // The data and the page's own script, and no other.
    assert_eq!(html.matches("<script").count(), 2);
    assert_eq!(html.matches("</script>").count(), 2);
    // Between quotes of JSON the rest of a name may stand as it is, as long as no tag can begin or end.
    let json = between(&html, "id=\"data\">", "</script>")[0];
    assert!(!json.contains(['<', '>', '&']));
    for text in [&html.replace(json, ""), &figure.svg().unwrap()] {
        assert!(!text.contains("<img src=x"));
        assert!(!text.contains("onerror='"));
        assert!(!text.chars().any(|c| c.is_control() && c != '\n'));
        assert!(text.contains("&lt;/script&gt;"));
        // Attributes made from names do not end early.
        assert!(between(text, "aria-label=\"", "\"").iter().all(|a| !a.contains(['<', '>'])));
    }
    // The renderer parses strictly: a stray tag would be an error.
    assert!(figure.png().is_ok());
}

#[test]
fn the_data_in_the_page_is_json_and_complete() {
    let draft = hostile();
    let html = Figure::new(&draft).html().unwrap();
    let json = between(&html, "<script type=\"application/json\" id=\"data\">", "</script>");
    let data: serde_json::Value = serde_json::from_str(json[0]).unwrap();
    let clean: String =
        HOSTILE.chars().map(|c| if c.is_control() || c == '\u{202e}' { '\u{fffd}' } else { c }).collect();
    assert_eq!(data["class"], clean);
    assert_eq!(data["photo"], serde_json::json!([60, 40]));
    let layer = &data["layers"][0];
    assert_eq!(layer["kept"].as_array().unwrap().len(), draft.layers[0].kept.len());
    assert_eq!(layer["clusters"][1]["channels"], serde_json::json!([3, 4, 5]));
    assert_eq!(layer["best_k"], 2);
    assert_eq!(data["layers"][1]["clusters"], serde_json::json!([]));
}

#[test]
fn nothing_is_loaded_from_anywhere() {
    let draft = made_up(60, 40, vec![spots(1, 2, 8)]);
    let figure = Figure::new(&draft);
    for text in [figure.html().unwrap(), figure.svg().unwrap()] {
        let namespaces = ["http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink"];
        let rest = namespaces.iter().fold(text.clone(), |t, n| t.replace(n, ""));
        assert!(!rest.contains("http:") && !rest.contains("https:") && !rest.contains("@import"));
        for start in [" src=\"", "href=\""] {
            assert!(between(&text, start, "\"").iter().all(|v| v.starts_with("data:") || v.starts_with('#')));
        }
        assert!(between(&text, "url(", ")").iter().all(|v| v.starts_with("data:") || v.starts_with('#')));
    }
    let html = figure.html().unwrap();
    assert!(html.contains("default-src 'none'"));
    assert!(["fetch(", "XMLHttpRequest", "import("].iter().all(|call| !html.contains(call)));
}

#[test]
fn every_cluster_is_there_in_order() {
    let draft = made_up(60, 40, vec![spots(1, 3, 8), empty_layer(2, 4), spots(3, 8, 5)]);
    let figure = Figure::new(&draft);
    let (svg, html) = (figure.svg().unwrap(), figure.html().unwrap());
    assert_eq!(svg.matches("opacity=\"0.5\"").count(), 11);
    assert_eq!(svg.matches("<image id=\"photo\"").count(), 1);
    let links = between(&html, "href=\"#", "\"");
    let expected: Vec<_> = [(1, 3), (3, 8)]
        .iter()
        .flat_map(|&(layer, n)| (0..n).map(move |c| format!("layer{layer}.cluster{c}")))
        .collect();
    assert_eq!(links, expected);
    assert!(svg.contains("No positive") && html.contains("No positive evidence for “cup” in this layer"));
    for cluster in &draft.layers[0].clusters {
        let percent = format!("{:.1}\u{a0}%", cluster.weight_percent);
        assert!(svg.contains(&percent) && html.contains(&percent));
    }
}

#[test]
fn any_shape_of_photo_and_network() {
    let shapes = [(1, 1), (3, 700), (900, 2), (200, 600), (2000, 900)];
    for (width, height) in shapes {
        let draft = made_up(width, height, vec![spots(1, 2, 16), spots(2, 1, 1)]);
        let picture = png(&draft);
        assert!(picture.width() >= 960 && picture.height() < 6000, "{width}x{height}");
        assert!(Figure::new(&draft).html().unwrap().len() < 1 << 20);
    }
    for layers in [0, 1, 13, 19] {
        let draft = made_up(90, 60, (1..=layers).map(|n| spots(n, 1 + n % 3, 8)).collect());
        let picture = png(&draft);
        assert!((960..4000).contains(&picture.width()), "{layers} layers: {}", picture.width());
    }
}

#[test]
fn heatmaps_are_drawn_half_and_half_over_the_photo() {
    // A grey photo, so that the picture shows the colours themselves; a constant map has the lowest colour.
    let mut layer = spots(1, 1, 8);
    layer.clusters[0].map.fill(0.25);
    for colors in ColorMap::ALL {
        let mut draft = made_up(40, 40, vec![layer.clone()]);
        draft.photo = RgbImage::from_pixel(40, 40, [200, 200, 200].into());
        let figure = Figure::new(&draft).color_map(colors);
        let picture = image::load_from_memory(&figure.png().unwrap()).unwrap().to_rgb8();
        let expected = colors.color(0.0).map(|c| (i16::from(c) + 200) / 2);
        let near = |p: &image::Rgb<u8>| (0..3).all(|i| (i16::from(p.0[i]) - expected[i]).abs() <= 2);
        // One tile of at least 150 by 150.
        assert!(picture.pixels().filter(|p| near(p)).count() > 150 * 150, "{colors:?}");
    }
}

/// The place of the label: a dotted line as wide as the column, below the percentage.
#[test]
fn the_label_has_its_place_in_the_picture() {
    let picture = png(&made_up(30, 30, vec![spots(1, 1, 8)]));
    // The ink of the dots at half a pixel and more; two of six pixels are dots.
    let dotted = picture.rows().map(|row| row.filter(|p| p.0 == [0x65, 0x6d, 0x76]).count());
    assert!(dotted.filter(|count| (100..250).contains(count)).count() >= 1);
}

#[test]
fn the_same_bytes_for_any_number_of_threads() {
    let draft = made_up(300, 200, (1..=7).map(|n| spots(n, 1 + n % 4, 14)).collect());
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let figure = Figure::new(&draft);
            (figure.svg().unwrap(), figure.png().unwrap(), figure.html().unwrap())
        })
    };
    let one = run(1);
    assert!([2, 7].iter().all(|&threads| run(threads) == one));
}

#[test]
fn what_cannot_be_drawn_is_named() {
    let mut draft = made_up(30, 20, vec![spots(1, 1, 4), spots(2, 3, 4)]);
    draft.layers[1].clusters[2].map[[1, 3]] = f32::NAN;
    let error = Figure::new(&draft).html().unwrap_err();
    assert!(matches!(error, Error::Cluster { layer: 2, cluster: 2, .. }), "{error}");
    assert!(error.to_string().contains("row 1, column 3"), "{error}");
    draft.photo = RgbImage::new(0, 5);
    assert!(matches!(Figure::new(&draft).svg(), Err(Error::EmptyImage { width: 0, height: 5 })));
}

/// Font rendering may differ a little between versions of the renderer: this much on average, of 255.
const MEAN_TOLERANCE: f64 = 1.0;
/// … and this share of the pixels by more than a few shades.
const OUTLIER_TOLERANCE: f64 = 0.004;

/// `ANV_BLESS=1 cargo test …` draws the reference picture anew.
#[test]
fn the_figure_looks_as_it_did() {
    let draft = made_up(240, 160, vec![spots(1, 3, 28), empty_layer(2, 6), spots(3, 2, 7)]);
    let full = png(&draft);
    let found = resize(&full, full.width() / 3, full.height() / 3, FilterType::Triangle);
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference/figure.png");
    if std::env::var_os("ANV_BLESS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        found.save(&path).unwrap();
    }
    let expected = image::open(&path).unwrap().to_rgb8();
    assert_eq!(found.dimensions(), expected.dimensions());
    let differences: Vec<_> =
        found.as_raw().iter().zip(expected.as_raw()).map(|(a, b)| f64::from(a.abs_diff(*b))).collect();
    let mean = differences.iter().sum::<f64>() / differences.len() as f64;
    let outliers = differences.iter().filter(|d| **d > 24.0).count() as f64 / differences.len() as f64;
    println!("figure: mean difference {mean:.3}, outliers {outliers:.5}");
    assert!(mean <= MEAN_TOLERANCE && outliers <= OUTLIER_TOLERANCE);
}

/// Thirteen layers of real numbers stay small; `ANV_LOOK=FOLDER` keeps the files for the eye.
#[test]
fn a_real_explanation_is_a_small_page() {
    let layers: Vec<usize> = (1..=13).collect();
    let Some(draft) = golden("motorcycle", "Motorbikes", &layers) else { return };
    let figure = Figure::new(&draft);
    let (svg, png, html) = (figure.svg().unwrap(), figure.png().unwrap(), figure.html().unwrap());
    println!("svg {} KB, png {} KB, html {} KB", svg.len() >> 10, png.len() >> 10, html.len() >> 10);
    assert!(html.len() < 2 << 20 && svg.len() < 2 << 20);
    if let Some(folder) = std::env::var_os("ANV_LOOK") {
        let mut other = golden("elephant", "elephant", &[7, 10, 13]).unwrap();
        other.predicted = class(3, "cup", 0.6);
        let more = [
            ("real", draft.clone()),
            ("other-class", other),
            ("one-layer", made_up(300, 200, vec![spots(5, 8, 14)])),
            ("portrait", made_up(200, 600, vec![spots(1, 2, 28), empty_layer(2, 8), spots(3, 1, 7)])),
            ("pixel", made_up(1, 1, vec![spots(1, 2, 28)])),
            ("nineteen", made_up(4000, 1000, (1..=19).map(|n| spots(n, 1 + n % 5, 14)).collect())),
        ];
        for (name, draft) in more {
            let figure = Figure::new(&draft);
            let path = |end| Path::new(&folder).join(format!("{name}.{end}"));
            std::fs::write(path("svg"), figure.svg().unwrap()).unwrap();
            std::fs::write(path("png"), figure.png().unwrap()).unwrap();
            std::fs::write(path("html"), figure.html().unwrap()).unwrap();
        }
    }
}
