//! Formats, files, and what is shown without a query.

use std::fs;

use anv_global::{ClusterRow, read_parquet};

use super::common::HOME;

const CLUSTERS: &str = "select * from clusters order by photo, layer, cluster";

#[test]
fn tables_are_for_people() {
    let text = HOME.works(&[
        "a run",
        "select layer, weight_percent, image from clusters order by photo, layer, cluster",
        "--rows",
        "3",
    ]);
    let lines: Vec<_> = text.lines().collect();
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["layer", "weight_percent", "image"]);
    let count = HOME.clusters("a run").len();
    assert_eq!(lines.len(), 5, "{text}");
    assert_eq!(lines[4], format!("3 of {count} rows; --rows 0 shows all, --out FILE keeps them"));
    let all = HOME.works(&["a run", CLUSTERS, "--rows", "0"]);
    assert!(all.trim_end().ends_with(&format!("{count} rows")) && all.lines().count() == count + 2);
    let none = HOME.works(&["a run", "select image from photos where photo = 99"]);
    assert_eq!(none, "image\n0 rows\n");
    // A name cannot steer the terminal.
    let text = HOME.works(&["a run", "select chr(27) || '[2J' as x"]);
    assert!(!text.contains('\u{1b}') && text.contains("[2J"), "{text:?}");
}

#[test]
fn formats_agree() {
    let json: Vec<ClusterRow> = HOME.read("a run", CLUSTERS);
    HOME.works(&["a run", CLUSTERS, "--out", "x/clusters.parquet"]);
    let parquet: Vec<ClusterRow> =
        read_parquet(fs::File::open(HOME.path("x/clusters.parquet")).unwrap()).unwrap();
    assert_eq!(parquet, json);
    HOME.works(&["a run", CLUSTERS, "--out", "x/clusters.csv"]);
    let csv = fs::read_to_string(HOME.path("x/clusters.csv")).unwrap();
    assert_eq!(csv.lines().count(), json.len() + 1);
    assert!(csv.starts_with("run,photo,image,class,"), "{csv}");
    HOME.works(&["a run", CLUSTERS, "--out", "x/clusters.json"]);
    let text = fs::read_to_string(HOME.path("x/clusters.json")).unwrap();
    assert_eq!(serde_json::from_str::<Vec<ClusterRow>>(&text).unwrap(), json);
    // The name may say one thing and --format another; a file's table is whole.
    HOME.works(&["a run", CLUSTERS, "--out", "x/table.csv", "--format", "table", "--rows", "2"]);
    let table = fs::read_to_string(HOME.path("x/table.csv")).unwrap();
    assert_eq!(table.lines().count(), json.len() + 2);
    let empty = "select image from photos where photo = 99";
    assert_eq!(HOME.works(&["a run", empty, "--format", "csv"]), "image\n");
    assert_eq!(HOME.works(&["a run", empty, "--format", "json"]), "[]\n");
}

#[test]
fn a_file_appears_whole_or_not_at_all() {
    let failing = "select 1 / (photo - 5) as x from photos";
    HOME.refused(&["a run", failing, "--out", "y/never.csv"], &["query failed", "Divide by zero"]);
    let left: Vec<_> = fs::read_dir(HOME.path("y")).map(|e| e.count()).into_iter().collect();
    assert!(left.is_empty() || left == [0], "something was left behind");
    HOME.refused(&["a run", "select map from maps", "--out", "y/map.csv"], &["column `map` holds lists"]);
    HOME.refused(&["a run", "select 1", "--out", "y/x.dat"], &["does not say a format"]);
    fs::write(HOME.path("occupied"), "").unwrap();
    HOME.refused(&["a run", "select 1", "--out", "occupied/x.csv"], &["cannot write the answer", "occupied"]);
}

#[test]
fn a_reader_may_leave() {
    let mut command = HOME.command(&["a run", "select a.* from clusters a, clusters b", "--format", "csv"]);
    let mut process = command.stdout(std::process::Stdio::piped()).spawn().unwrap();
    let mut line = String::new();
    std::io::BufRead::read_line(&mut std::io::BufReader::new(process.stdout.take().unwrap()), &mut line)
        .unwrap();
    assert!(line.starts_with("run,photo,"));
    assert!(process.wait().unwrap().success());
}

#[test]
fn what_can_be_asked_is_shown() {
    let text = HOME.works(&["a run"]);
    for part in [
        "clusters: one row a cluster map",
        "weight_percent",
        "similar_maps (view)",
        "classes",
        "overlap(mask, mask)",
    ] {
        assert!(text.contains(part), "`{part}` is missing: {text}");
    }
    assert!(!text.contains("class_words"), "{text}");
    // The example of the last line works.
    let example = text.lines().last().unwrap().split('"').nth(1).unwrap();
    assert!(HOME.works(&["a run", example]).contains("weight_percent"));
    let text = HOME.works(&["global"]);
    assert!(text.contains("class_words (view)") && !text.contains("wrong_maps"), "{text}");
    let example = text.lines().last().unwrap().split('"').nth(1).unwrap();
    HOME.works(&["global", example]);
    let views = HOME.works(&["--views"]);
    for part in [
        "layers: What is left of each layer",
        "Needs photos and classes.",
        "    from labels",
        "overlap(a.mask, b.mask)",
    ] {
        assert!(views.contains(part), "`{part}` is missing: {views}");
    }
}

#[test]
fn a_query_may_come_from_standard_input() {
    let mut command = HOME.command(&["a run", "-", "--format", "csv"]);
    let input = tempfile::NamedTempFile::new().unwrap();
    fs::write(input.path(), "select count(*) as n\nfrom photos -- all of them\n").unwrap();
    let output = command.stdin(fs::File::open(input.path()).unwrap()).output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "n\n10\n");
}

#[test]
fn mistakes_are_told_with_their_place() {
    HOME.refused(&["a run", "select layer frm clusters group bye layer"], &["Line: 1, Column: "]);
    HOME.refused(&["a run", "select layer, weight from clusters"], &["weight", "(line 1, column 15)"]);
    HOME.refused(&["a run", "select * from nothing"], &["nothing"]);
    HOME.refused(&["a run", "select * from class_words"], &["class_words"]);
    HOME.refused(&["a run", "select mask(image, 20) from maps"], &["mask"]);
    HOME.refused(&["a run", "select mask(map, 200) from maps"], &["200 is no percentage"]);
    for change in [
        "drop view layers",
        "create table x as select 1",
        "copy photos to 'x.csv'",
        "set datafusion.execution.batch_size = 1",
    ] {
        HOME.refused(&["a run", change], &["not supported"]);
    }
    HOME.refused(&["absent", "select 1"], &["cannot read the folder absent"]);
    HOME.refused(&["the photos/list.csv", "select 1"], &["cannot read the folder the photos/list.csv"]);
    HOME.refused(&["the photos", "select 1"], &["the photos holds no tables"]);
    HOME.refused(&["a run", "select 1", "--also", "the photos/../a run"], &["is given twice"]);
    HOME.refused(
        &["a run", "select 1", "--scheduler", "127.0.0.1:1"],
        &["no scheduler answers at 127.0.0.1:1"],
    );
}
