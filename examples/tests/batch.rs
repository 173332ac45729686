//! `explain` over many photos: tables, maps, summary, gallery, shards, odd names and broken photos.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::fs;
use std::process::Stdio;

use anv_core::{Draft, is_saved_folder};
use anv_global::PhotoRow;
use common::run::{Home, files};
use serde_json::Value;

#[test]
fn a_folder_becomes_a_run() {
    let home = Home::new(6);
    home.write("photos/notes.txt", "no photo");
    home.write("photos/.hidden.jpg", "no photo");
    home.photo("photos/elsewhere/PLUS.PNG", 99);
    let (out, _) = home.works(&["photos", "--out", "run", "--part", "5"]);
    for text in ["Table 4", "accuracy", "slowest", "other files 1", "a minute", "complete: all 13 photos"] {
        assert!(out.contains(text), "`{text}` is missing: {out}");
    }
    assert!(out.trim_end().ends_with("complete: all 13 photos"), "{out}");
    for kind in ["clusters-", "photos-", "maps-"] {
        assert_eq!(files(&home.path("run"), kind).len(), 3, "{kind}");
    }
    assert!(files(&home.path("run"), ".part").is_empty() && files(&home.path("run"), ".photos").is_empty());

    let photos = home.photos("run");
    let names: Vec<_> = photos.iter().map(|p| p.image.as_str()).collect();
    assert_eq!(
        (names[0], names[1], names[7], names[12]),
        ("elsewhere/PLUS.PNG", "minus/000.png", "plus/000.png", "plus/005.png")
    );
    assert!(photos.iter().enumerate().all(|(i, p)| p.photo == i as u64 && p.is_explained()));
    // Only a folder that bears a class's name says what its photos show.
    assert_eq!((photos[0].true_class.as_deref(), photos[1].true_class.as_deref()), (None, Some("minus")));
    let clusters = home.clusters("run");
    for photo in &photos {
        let own = clusters.iter().filter(|c| c.photo == photo.photo);
        assert_eq!(own.count() as u64, photo.cluster_maps);
    }
    let right = photos.iter().filter(|p| p.true_class.is_some() && p.true_class == p.predicted).count();
    assert!(out.contains(&format!("{right} of 12 whose class is known")), "{out}");
}

#[test]
fn results_are_those_of_single_photos() {
    let home = Home::new(3);
    let options =
        ["--seed", "18446744073709551615", "--clusters", "2-4", "--layers", "2-8", "--class", "minus"];
    let all: Vec<_> = ["photos", "--out", "run"].iter().chain(&options).copied().collect();
    home.works(&all);
    let clusters = home.clusters("run");
    for (number, image) in ["minus/000.png", "minus/002.png", "plus/001.png"].into_iter().enumerate() {
        let path = format!("photos/{image}");
        let out = format!("alone{number}");
        let single: Vec<_> = [&*path, "--out", &out].iter().chain(&options).copied().collect();
        home.works(&single);
        let mut alone = Draft::read(home.path(&out)).unwrap();
        home.works(&["run", "--draw", image]);
        let drawn =
            files(&home.path("run/photos"), "").into_iter().find(|p| Draft::read(p).unwrap().source == image);
        let drawn = drawn.unwrap();
        alone.source = image.to_owned();
        assert_eq!(Draft::read(&drawn).unwrap(), alone, "{image}");
        let own: Vec<_> = clusters.iter().filter(|c| c.image == image).collect();
        let expected: Vec<_> =
            alone.layers.iter().flat_map(|l| l.clusters.iter().map(move |c| (l, c))).collect();
        assert!(!own.is_empty() && own.len() == expected.len());
        for (row, (layer, cluster)) in own.iter().zip(expected) {
            assert_eq!((row.layer, row.weight_percent), (layer.layer.number as u64, cluster.weight_percent));
            assert_eq!((row.channels, row.kept), (cluster.channels.len() as u64, layer.kept.len() as u64));
            assert_eq!(row.leftover_percent, layer.leftover_percent);
            assert_eq!(row.silhouette, layer.silhouette.get(&layer.best_k).copied());
            assert_eq!((row.seed, &row.model_sha256), (u64::MAX, &alone.model.weights_sha256));
            assert_eq!((&*row.class, &row.predicted), ("minus", &alone.predicted.name));
        }
    }
}

/// What precedes clustering, as a share of 100 percent: sums in another order.
const BATCHED: f64 = 1e-5;

#[test]
fn photos_that_pass_together_are_explained_as_they_are_alone() {
    let home = Home::new(5);
    home.write("photos/minus/broken.png", "no photo");
    home.works(&["photos", "--out", "alone"]);
    home.works(&["photos", "--out", "together", "--batch-size", "4", "--in-flight", "8"]);
    let (alone, together) = (home.photos("alone"), home.photos("together"));
    assert_eq!((alone.len(), together.len()), (11, 11));
    for (a, b) in alone.iter().zip(&together) {
        assert_eq!((&a.image, &a.predicted, &a.reason), (&b.image, &b.predicted, &b.reason));
    }
    let first = |run: &str| {
        let clusters = home.clusters(run).into_iter().filter(|c| c.cluster == 0);
        clusters.map(|c| (c.photo, c.layer, c.kept, c.leftover_percent)).collect::<Vec<_>>()
    };
    let (alone, together) = (first("alone"), first("together"));
    assert_eq!(alone.len(), together.len());
    for (a, b) in alone.iter().zip(&together) {
        assert_eq!((a.0, a.1, a.2), (b.0, b.1, b.2));
        assert!((a.3 - b.3).abs() < 100.0 * BATCHED, "{a:?} {b:?}");
    }
}

#[test]
fn shards_read_together_are_the_whole() {
    let home = Home::new(7);
    home.works(&["photos", "--out", "whole", "--part", "4"]);
    let (out, _) = home.works(&["photos", "--out", "run", "--part", "4", "--shard", "2/3"]);
    assert!(out.trim_end().ends_with("missing: 10 of 14 photos of the shards 0, 1 of 3"), "{out}");
    let begun = ["0/3", "1/3"]
        .map(|s| home.command(&["photos", "--out", "run", "--part", "4", "--shard", s]))
        .map(|mut command| command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
    for mut process in begun {
        assert!(process.wait().unwrap().success());
    }
    assert_eq!(home.results("run"), home.results("whole"));
    // Once more changes nothing.
    let before = fs::metadata(home.path("run/photos-002-00000.parquet")).unwrap().modified().unwrap();
    let (out, _) = home.works(&["photos", "--out", "run", "--part", "4", "--shard", "2/3"]);
    assert!(out.trim_end().ends_with("complete: all 14 photos"), "{out}");
    assert_eq!(fs::metadata(home.path("run/photos-002-00000.parquet")).unwrap().modified().unwrap(), before);
    home.refused(
        &["photos", "--out", "run", "--part", "4", "--shard", "0/2"],
        "number of shards was 3, now 2",
    );
    let wrong = home.command(&["photos", "--out", "run", "--shard", "3/3"]).output().unwrap();
    assert_eq!(wrong.status.code(), Some(2));
    assert!(String::from_utf8_lossy(&wrong.stderr).contains("is no shard: expected i/n"));
}

#[test]
fn a_command_of_another_run_is_refused() {
    let home = Home::new(2);
    home.works(&["photos", "--out", "run"]);
    let before = home.results("run");
    for (options, expected) in [
        (vec!["--seed", "1"], "--seed was 0, now 1"),
        (vec!["--layers", "1-3"], "--layers was all, now 1-3"),
        (vec!["--class", "plus"], "--class was the predicted one, now plus"),
        (vec!["--threshold", "off"], "--threshold was auto, now off"),
        (vec!["--clusters", "2-3"], "--clusters was 3-8, now 2-3"),
        (vec!["--exact"], "precision was fast, now exact"),
        (vec!["--part", "3"], "--part was 64, now 3"),
        (vec!["--no-maps"], "keeping maps was true, now false"),
        (vec!["--preprocessing", "caffe"], "class names or preprocessing were others"),
    ] {
        let all: Vec<_> = ["photos", "--out", "run"].into_iter().chain(options).collect();
        home.refused(&all, expected);
    }
    home.photo("photos/plus/new.png", 5);
    home.refused(&["photos", "--out", "run"], "the number of photos was 4, now 5");
    fs::remove_file(home.path("photos/plus/000.png")).unwrap();
    home.refused(&["photos", "--out", "run"], "names, order or true classes were others");
    common::tiny::tiny_model(&home.path("m.safetensors"), |_, v| Some(v.iter().map(|x| x * 2.0).collect()));
    home.refused(&["photos", "--out", "run"], "the network was m");
    assert_eq!(home.results("run"), before);

    fs::create_dir_all(home.path("thesis")).unwrap();
    home.write("thesis/chapter.tex", "x");
    home.refused(&["photos", "--out", "thesis"], "is no run: it is left alone");
    home.refused(&["photos", "--out", "m.safetensors"], "is no folder");
    home.refused(&["photos", "--class", "zebra", "--out", "new"], "knows no class `zebra`");
    home.refused(&["photos", "--layers", "5-99", "--out", "new"], "layers 5-99 are not in this network");
    home.refused(&["photos", "--draw", "x"], "--draw needs the folder of a run");
    home.refused(&["run", "--draw", "absent.png"], "no photo `absent.png` in the complete parts");
    home.refused(&["photos/plus/001.png", "--shard", "0/2"], "--shard needs a folder");
    home.write("empty/readme.txt", "x");
    home.refused(&["empty", "--out", "new"], "holds no photo");
    assert!(!home.path("new").exists());
}

#[test]
fn broken_photos_are_rows_with_reasons() {
    let home = Home::new(2);
    home.write("photos/minus/empty.jpg", "");
    home.write("photos/plus/text.png", "no picture");
    home.write("photos/plus/more.webp", "no picture at all");
    fs::create_dir(home.path("photos/plus/folder.jpg")).unwrap();
    fs::copy(home.path("photos/plus/000.png"), home.path("photos/plus/copy of 0.png")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("absent", home.path("photos/gone.png")).unwrap();
    let (out, _) = home.works(&["photos", "--out", "run", "--json"]);
    let summary: Value = serde_json::from_str(&out).unwrap();
    assert_eq!(summary["explained"], 5);
    assert_eq!(summary["duplicates"]["photos"], 1);
    assert_eq!(summary["duplicates"]["first"][0][0], "plus/copy of 0.png");
    let reasons: Vec<_> =
        summary["failures"].as_array().unwrap().iter().map(|f| f["reason"].as_str().unwrap()).collect();
    assert_eq!(reasons[0], "it is neither JPEG nor PNG nor WebP");
    assert_eq!(summary["failures"][0]["first"], serde_json::json!(["plus/more.webp", "plus/text.png"]));
    assert!(reasons.contains(&"it is empty"), "{reasons:?}");
    let photos = home.photos("run");
    let failed: Vec<_> = photos.iter().filter(|p| p.status == PhotoRow::FAILED).collect();
    assert_eq!(failed.len() as u64, summary["failed"].as_u64().unwrap());
    assert_eq!(failed.len(), if cfg!(unix) { 4 } else { 3 });
    assert!(failed.iter().all(|p| p.reason.is_some() && p.class.is_none() && p.cluster_maps == 0));
    home.refused(&["run", "--draw", "minus/empty.jpg"], "was not explained: it is empty");
    home.refused(&["run", "--draw", "absent"], "no photo `absent`");
}

#[cfg(unix)]
#[test]
fn odd_names_are_explained_and_drawn() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let home = Home::new(1);
    let odd = [
        &b"caf\xe9 .jpg"[..],
        b"a\nb.png",
        b"<b onload=x>.png",
        "größe 象.png".as_bytes(),
        b"it's $HOME.png",
    ];
    for (index, name) in odd.iter().enumerate() {
        home.photo("photos/plus/x.png", index as u32 + 40);
        let path = home.path("photos/plus").join(OsStr::from_bytes(name));
        fs::rename(home.path("photos/plus/x.png"), path).unwrap();
    }
    std::os::unix::fs::symlink("..", home.path("photos/plus/circle")).unwrap();
    let (out, _) = home.works(&["photos", "--out", "photos/run"]);
    assert!(out.contains("1 are not Unicode") && out.trim_end().ends_with("complete: all 7 photos"), "{out}");
    let photos = home.photos("photos/run");
    assert!(photos.iter().all(PhotoRow::is_explained), "{photos:?}");
    let latin = photos.iter().find(|p| p.image == "plus/caf\\xE9 .jpg").unwrap();
    home.works(&["photos/run", "--draw", &latin.photo.to_string()]);
    home.works(&["photos/run", "--draw", "plus/größe 象.png"]);
    assert_eq!(files(&home.path("photos/run/photos"), "").len(), 2);
    let page = fs::read_to_string(home.path("photos/run/index.html")).unwrap();
    assert!(!page.contains("<b onload") && page.contains("\\u003cb onload"), "a name became markup");
    // The run lies inside the folder and is not explained itself.
    home.works(&["photos", "--out", "photos/run"]);
    let (out, _) = home.works(&["photos", "--out", "second"]);
    assert!(out.trim_end().ends_with("complete: all 7 photos"), "{out}");
}

#[test]
fn a_list_keeps_its_order_and_classes() {
    let home = Home::new(3);
    let list = "\u{feff}true_class,image\nplus,minus/002.png\n,./plus/001.png\nzebra,minus/000.png\nplus,absent.png\n";
    home.write("photos/some.csv", list);
    let (out, _) = home.works(&["photos/some.csv", "--out", "run"]);
    assert!(out.contains("1 photos show what the network does not know, first zebra"), "{out}");
    assert!(out.contains("it cannot be read") && out.contains("of 1 whose class is known"), "{out}");
    let photos = home.photos("run");
    let seen: Vec<_> = photos.iter().map(|p| (p.image.as_str(), p.true_class.as_deref())).collect();
    let expected = [
        ("minus/002.png", Some("plus")),
        ("plus/001.png", None),
        ("minus/000.png", Some("zebra")),
        ("absent.png", Some("plus")),
    ];
    assert_eq!(seen, expected);
    for (content, expected) in [
        ("image\na.png\n./a.png\n", "line 3: `a.png` stands in line 2 already"),
        ("photo\na.png\n", "it has no column `image`"),
        ("image,true_class\na.png\n", "found record with 1 fields"),
        ("image\n", "holds no photo"),
        ("image,true_class\n,x\n", "line 2: the image has no name"),
    ] {
        home.write("bad.csv", content);
        home.refused(&["bad.csv", "--out", "new"], expected);
    }
    home.refused(&["absent.csv", "--out", "new"], "cannot read absent.csv");
}

#[test]
fn figures_are_the_folders_of_single_photos() {
    let home = Home::new(2);
    home.works(&["photos", "--out", "run"]);
    assert!(!home.path("run/photos").exists());
    home.works(&["photos", "--out", "run", "--figures"]);
    let drawn = files(&home.path("run/photos"), "");
    assert_eq!(drawn.len(), 4);
    assert!(drawn.iter().all(|p| is_saved_folder(p) && p.join("anv.html").is_file()));
    let page = fs::read_to_string(home.path("run/index.html")).unwrap();
    assert!(page.contains("photos/000003-001"), "the gallery does not lead to the figures");
    // Without maps the network draws; the result is the same.
    home.works(&["photos", "--out", "light", "--no-maps", "--part", "3"]);
    assert!(files(&home.path("light"), "maps-").is_empty());
    home.works(&["light", "--draw", "plus/001.png"]);
    let read = |run: &str| Draft::read(home.path(run).join("photos/000003-001")).unwrap();
    assert_eq!(read("light"), read("run"));
    // A photo that has changed is not drawn with maps of the old one.
    home.photo("photos/plus/000.png", 77);
    home.refused(&["light", "--draw", "2"], "has changed since it was explained");
}

#[test]
fn the_summary_is_made_again_from_the_run_alone() {
    let home = Home::new(4);
    let json = |arguments: &[&str]| -> Value { serde_json::from_str(&home.works(arguments).0).unwrap() };
    let first = json(&["photos", "--out", "run", "--part", "3", "--json"]);
    fs::remove_file(home.path("run/index.html")).unwrap();
    let again = json(&["run", "--json"]);
    for part in ["photos", "explained", "layers", "accuracy", "slowest", "failures", "cluster_maps"] {
        assert_eq!(first[part], again[part], "{part}");
    }
    assert!(first["now"]["photos_per_minute"].as_f64().unwrap() > 0.0 && again["now"].is_null());
    // Table 4 by hand.
    let (photos, clusters) = (home.photos("run"), home.clusters("run"));
    for layer in again["layers"].as_array().unwrap() {
        let own: Vec<_> = clusters.iter().filter(|c| Some(c.layer) == layer["layer"].as_u64()).collect();
        let mean = |sum: f64| sum / photos.len() as f64;
        let near = |name: &str, value: f64| {
            let found = layer[name].as_f64().unwrap();
            assert!((found - value).abs() < 1e-9, "{name}: {found}, expected {value}");
        };
        near("clusters", mean(own.len() as f64));
        near("maps", mean(own.iter().map(|c| c.channels as f64).sum()));
        near("weight_percent", mean(own.iter().map(|c| c.weight_percent).sum()));
        near("maps_before", mean(own.iter().filter(|c| c.cluster == 0).map(|c| c.kept as f64).sum()));
    }
    let page = fs::read_to_string(home.path("run/index.html")).unwrap();
    assert!(page.contains("script-src 'sha256-") && !page.contains("http://") && !page.contains("https://"));
    let damaged = home.path("run/photos-000-00001.parquet");
    let bytes = fs::read(&damaged).unwrap();
    fs::write(&damaged, &bytes[..bytes.len() / 2]).unwrap();
    home.refused(&["run"], "photos-000-00001.parquet");
}
