//! The same questions to DataFusion in one process and to a Ballista cluster of two executors.

use std::fs;
use std::net::TcpListener;

use serde_json::Value;

use super::common::{HOME, near};
use super::processes::Cluster;

/// Questions beside the views, of every kind that people ask.
const QUESTIONS: [&str; 12] = [
    "select class, layer, avg(weight_percent) from clusters group by class, layer",
    "select count(*) as n, count(distinct image) as images, max(seed) as seed from clusters",
    "select * from photos order by photo",
    "select image, reason from photos where status = 'failed'",
    "select image, layer, weight_percent, rank() over (partition by image order by weight_percent desc) as place
        from clusters where layer > 10",
    "select c.image, c.layer, p.seconds from clusters c join photos p on p.photo = c.photo where c.cluster = 0",
    "select predicted, true_class, count(*) as n from photos group by predicted, true_class having count(*) > 0",
    "select image from photos where photo not in (select photo from clusters)",
    "select layer, median(weight_percent) as middle, stddev(weight_percent) as spread from clusters group by layer",
    "select layer, cluster, encode(mask(map, 8), 'hex') as cells, map[1] as first from maps where image = 'panda.jpg'",
    "select layer, max(overlap(mask(map, 10), mask(map, 20))) as nested from maps group by layer",
    "select image, layer, label, best, members from labels where score > 0.1",
];

/// Rows in an order that the engines agree on: sums may differ in their last digit, so texts and whole numbers decide.
fn sorted(text: &str) -> Vec<Value> {
    let mut rows: Vec<Value> = serde_json::from_str(text).unwrap();
    let key = |row: &Value| {
        let cells = row.as_object().unwrap().iter();
        let exact = cells.filter(|(_, v)| !v.is_f64()).map(|(k, v)| format!("{k}{v}"));
        let rough = row.as_object().unwrap().values().filter_map(Value::as_f64).map(|x| format!("{x:.6}"));
        exact.chain(rough).collect::<Vec<_>>()
    };
    rows.sort_by_cached_key(key);
    rows
}

fn are_equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(x), Value::Number(y)) if x.is_f64() || y.is_f64() => {
            near(x.as_f64().unwrap(), y.as_f64().unwrap())
        }
        (Value::Object(x), Value::Object(y)) => {
            x.len() == y.len() && x.iter().all(|(k, v)| y.get(k).is_some_and(|w| are_equal(v, w)))
        }
        _ => a == b,
    }
}

fn views() -> Vec<String> {
    let all = fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/src/views")).unwrap();
    let mut names: Vec<_> =
        all.map(|e| e.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn two_executors_answer_as_one_process() {
    let cluster = Cluster::start();
    let views = views();
    assert_eq!(views.len(), 6);
    let of_views = views.iter().map(|view| match view.as_str() {
        "similar_maps" => "select * from similar_maps where layer >= 12".to_owned(),
        view => format!("select * from {view}"),
    });
    let all = QUESTIONS.iter().map(|q| (*q).to_owned()).chain(of_views);
    for sql in all {
        let arguments = ["a run", &sql, "--also", "other", "--also", "global", "--format", "json"];
        let alone = sorted(&HOME.works(&arguments));
        let together = [&arguments[..], &["--scheduler", &cluster.scheduler]].concat();
        let together = sorted(&HOME.works(&together));
        assert!(!alone.is_empty(), "{sql}: no rows");
        assert_eq!(alone.len(), together.len(), "{sql}");
        for (a, b) in alone.iter().zip(&together) {
            assert!(are_equal(a, b), "{sql}: {a} and {b}");
        }
    }
    // What orders its rows, keeps the order; what goes wrong, is told.
    let ordered = "select image, weight_percent from wrong_maps order by weight_percent desc, image limit 5";
    let with = |more: &[&str]| {
        let all: Vec<_> = ["a run", ordered, "--format", "csv"].iter().chain(more).copied().collect();
        HOME.works(&all)
    };
    assert_eq!(with(&[]), with(&["--scheduler", &cluster.scheduler]));
    let failing = "select 1 / (photo - 5) as x from photos";
    HOME.refused(
        &["a run", failing, "--scheduler", &cluster.scheduler],
        &["the query failed", "DivideByZero"],
    );
    HOME.refused(&["a run", "select frm", "--scheduler", &cluster.scheduler], &["frm"]);
    HOME.works(&["a run", "--scheduler", &cluster.scheduler]);
}

#[test]
fn parts_of_a_cluster_that_cannot_run_say_why() {
    let occupied = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = occupied.local_addr().unwrap().to_string();
    HOME.refused(&["scheduler", "--bind", &address], &["scheduler: cannot listen at", "in use"]);
    HOME.refused(&["executor", "--bind", "127.0.0.1:65535"], &["there is no port after 65535"]);
}
