//! Trust and agreement: published worked examples, and small computations of another kind.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::collections::BTreeMap;

use anv_core::Labeler;
use anv_labels::*;
use common::{cleaner, games};
use proptest::prelude::*;

/// The example of *Computing Krippendorff's Alpha-Reliability*: 12 units, 4 observers, some answers missing.
const FOUR_OBSERVERS: [&str; 4] = ["123321412...", "1233224125.3", ".3332342251.", "12332441251."];

fn units(rows: &[&str]) -> Vec<Vec<u32>> {
    let unit =
        |u: usize| rows.iter().filter_map(|row| row.chars().nth(u).and_then(|c| c.to_digit(10))).collect();
    (0..rows[0].len()).map(unit).collect()
}

#[test]
fn krippendorffs_own_example() {
    let units = units(&FOUR_OBSERVERS);
    // The paper prints three digits.
    let close = |found: Option<f64>, printed: f64| (found.unwrap() - printed).abs() < 5e-4;
    let nominal = krippendorff_alpha(&units, |_, _| 1.0);
    assert!(close(nominal.alpha, 0.743), "{nominal:?}");
    assert_eq!(nominal.answers, 40, "the one answer to unit 12 cannot be paired");
    let interval = krippendorff_alpha(&units, |&a, &b| (f64::from(a) - f64::from(b)).powi(2));
    assert!(close(interval.alpha, 0.849), "{interval:?}");
    let ratio = krippendorff_alpha(&units, |&a, &b| {
        ((f64::from(a) - f64::from(b)) / (f64::from(a) + f64::from(b))).powi(2)
    });
    assert!(close(ratio.alpha, 0.797), "{ratio:?}");
    assert_eq!(nominal.units[11], None);
    let mean: f64 = nominal.units.iter().zip(&units).filter_map(|(a, u)| a.map(|a| a * u.len() as f64)).sum();
    assert!((mean / 40.0 - nominal.alpha.unwrap()).abs() < 1e-12);
}

#[test]
fn alpha_is_undefined_without_pairs_or_without_variety() {
    assert_eq!(krippendorff_alpha(&[vec![1], vec![2]], |_, _| 1.0).alpha, None);
    assert_eq!(krippendorff_alpha(&[vec![1, 1], vec![1, 1]], |_, _| 1.0).alpha, None);
    assert_eq!(krippendorff_alpha(&Vec::<Vec<u8>>::new(), |_, _| 1.0).alpha, None);
}

#[test]
fn masi_distances_of_every_relation_of_two_sets() {
    // Jaccard times 1, 2/3, 1/3 and 0, as defined by Passonneau (2006), section 3.
    let cases: [(&[&str], &[&str], f64); 6] = [
        (&["a", "b"], &["a", "b"], 0.0),
        (&["a"], &["a", "b"], 1.0 - 0.5 * 2.0 / 3.0),
        (&["a", "b", "c"], &["b"], 1.0 - 2.0 / 9.0),
        (&["a", "b"], &["b", "c"], 1.0 - 1.0 / 9.0),
        (&["a", "b"], &["c"], 1.0),
        (&[], &["c"], 1.0),
    ];
    for (a, b, expected) in cases {
        assert!((masi_distance(a, b) - expected).abs() < 1e-15, "{a:?} {b:?}");
        assert_eq!(masi_distance(a, b), masi_distance(b, a));
    }
}

/// Alpha with MASI straight from the definitions: sets as sets, all pairs of answers.
fn direct_alpha(units: &[Vec<Vec<&str>>]) -> Option<f64> {
    use std::collections::BTreeSet;
    let distance = |a: &Vec<&str>, b: &Vec<&str>| {
        let (a, b): (BTreeSet<_>, BTreeSet<_>) = (a.iter().collect(), b.iter().collect());
        let (both, either) = (a.intersection(&b).count() as f64, a.union(&b).count() as f64);
        let m = if a == b {
            1.0
        } else if a.is_subset(&b) || b.is_subset(&a) {
            2.0 / 3.0
        } else if both > 0.0 {
            1.0 / 3.0
        } else {
            0.0
        };
        1.0 - both / either * m
    };
    let units: Vec<_> = units.iter().filter(|u| u.len() > 1).collect();
    let all: Vec<_> = units.iter().copied().flatten().collect();
    let n = all.len() as f64;
    let observed: f64 = units
        .iter()
        .map(|u| {
            u.iter().flat_map(|a| u.iter().map(move |b| distance(a, b))).sum::<f64>() / (u.len() - 1) as f64
        })
        .sum();
    let expected: f64 = all.iter().flat_map(|a| all.iter().map(move |b| distance(a, b))).sum();
    (expected > 0.0).then(|| 1.0 - observed / n / (expected / (n * (n - 1.0))))
}

proptest! {
    #[test]
    fn label_agreement_is_alpha_with_masi(
        answers in prop::collection::vec((0usize..4, prop::collection::btree_set("(tree|log|motor|green)", 0..4)), 1..30),
    ) {
        let rows: String = answers.iter().enumerate().map(|(i, (cluster, labels))| {
            let labels: Vec<_> = labels.iter().map(String::as_str).collect();
            format!("{i},p{i},i,1,{cluster},church,church,0,{}\n", labels.join(";"))
        }).collect();
        let games = games(&rows);
        let cleaned = CleanedGames::new(&games, &cleaner()).unwrap();
        let found = label_agreement(&cleaned);
        let mut units: BTreeMap<usize, Vec<Vec<&str>>> = BTreeMap::new();
        for (cluster, labels) in answers.iter().filter(|(_, labels)| !labels.is_empty()) {
            units.entry(*cluster).or_default().push(labels.iter().map(String::as_str).collect());
        }
        prop_assert_eq!(found.clusters.iter().map(|c| c.cluster).collect::<Vec<_>>(), units.keys().copied().collect::<Vec<_>>());
        match (found.alpha, direct_alpha(&units.into_values().collect::<Vec<_>>())) {
            (Some(found), Some(direct)) => prop_assert!((found - direct).abs() < 1e-9, "{} {}", found, direct),
            (found, direct) => prop_assert_eq!(found, direct),
        }
    }
}

/// Dawid & Skene (1979), Table 1: five anaesthetists, 45 patients; the first judged each patient three times.
const ANAESTHETISTS: &str = "1111111 3334334 1122122 2223121 2223222 2223322 1222111 3333433 2222223 2322223 \
    4444444 2223343 1111111 2223212 1211111 1112111 1111111 1111111 2222221 2221322 2222222 2222221 2223222 2212222 \
    1111111 1111111 2322222 1111111 1111111 1121121 1111111 3333233 1111111 2222222 2223232 4334343 2212232 2323233 \
    3333432 1111111 1111111 1212111 2322222 1211111 2222222";

fn anaesthetists() -> Vec<Answer> {
    let rater = |column: usize| column.saturating_sub(2);
    ANAESTHETISTS
        .split_whitespace()
        .enumerate()
        .flat_map(|(item, row)| {
            row.bytes().enumerate().map(move |(c, b)| Answer {
                item,
                rater: rater(c),
                class: usize::from(b - b'1'),
            })
        })
        .collect()
}

/// The estimator written down a second time: products of probabilities over dense tables, no logarithms.
fn dense(answers: &[Answer], rounds: usize) -> (Vec<Vec<f64>>, Vec<f64>) {
    let (items, raters, classes) = (45, 5, 4);
    let mut counts = vec![vec![vec![0.0f64; classes]; raters]; items];
    answers.iter().for_each(|a| counts[a.item][a.rater][a.class] += 1.0);
    let normalise = |row: &mut Vec<f64>| {
        let sum: f64 = row.iter().sum();
        row.iter_mut().for_each(|v| *v /= sum);
    };
    let mut truth: Vec<Vec<f64>> = counts
        .iter()
        .map(|item| {
            let mut row: Vec<f64> = (0..classes).map(|c| item.iter().map(|r| r[c]).sum()).collect();
            normalise(&mut row);
            row
        })
        .collect();
    let mut prior = vec![0.0; classes];
    for _ in 0..rounds {
        prior = (0..classes).map(|c| truth.iter().map(|t| t[c]).sum::<f64>() / items as f64).collect();
        let rate = |r: usize, j: usize, l: usize| -> f64 {
            let given = |l: usize| -> f64 { (0..items).map(|i| truth[i][j] * counts[i][r][l]).sum() };
            given(l) / (0..classes).map(given).sum::<f64>()
        };
        let rates: Vec<Vec<Vec<f64>>> = (0..raters)
            .map(|r| (0..classes).map(|j| (0..classes).map(|l| rate(r, j, l)).collect()).collect())
            .collect();
        truth = (0..items)
            .map(|i| {
                let likelihood = |j: usize| -> f64 {
                    let one = |(r, l): (usize, usize)| rates[r][j][l].powf(counts[i][r][l]);
                    prior[j]
                        * (0..raters)
                            .flat_map(|r| (0..classes).map(move |l| (r, l)))
                            .map(one)
                            .product::<f64>()
                };
                let mut row: Vec<f64> = (0..classes).map(likelihood).collect();
                normalise(&mut row);
                row
            })
            .collect();
    }
    (truth, prior)
}

#[test]
fn dawid_and_skenes_own_example() {
    let answers = anaesthetists();
    assert_eq!(answers.len(), 45 * 7);
    let model = DawidSkene::estimate(&answers, &DawidSkeneParams::default()).unwrap();
    // Table 2 of the paper: class shares of 0.40, 0.42, 0.11 and 0.07.
    for (found, printed) in model.classes.iter().zip([0.40, 0.42, 0.11, 0.07]) {
        assert!((found - printed).abs() < 5e-3, "{:?}", model.classes);
    }
    let (truth, prior) = dense(&answers, model.rounds);
    let mut largest = 0.0f64;
    for (i, row) in truth.iter().enumerate() {
        for (c, p) in row.iter().enumerate() {
            largest = largest.max((model.items[[i, c]] - p).abs());
        }
    }
    println!("dawid-skene: {} rounds, largest deviation from the dense program {largest:e}", model.rounds);
    assert!(largest < 1e-9);
    // The dense program's shares are one step of maximisation behind; by then they no longer move.
    assert!(model.classes.iter().zip(&prior).all(|(a, b)| (a - b).abs() < 1e-5));
    for rows in model.raters.rows() {
        assert!((rows.sum() - 1.0).abs() < 1e-12);
    }
    let mut shuffled = answers.clone();
    shuffled.sort_by_key(|a| (a.class, a.item * 7919 % 45, a.rater));
    assert_eq!(DawidSkene::estimate(&shuffled, &DawidSkeneParams::default()).unwrap(), model);
}

#[test]
fn guesses_of_games_are_weighed() {
    // Three careful players and one who always says tench.
    let mut rows = String::new();
    let mut id = 0;
    for (image, truth) in ["church", "tench", "church", "tench", "church", "church"].iter().enumerate() {
        for player in ["ann", "bob", "cas", "dan"] {
            id += 1;
            let guess = if player == "dan" { "tench" } else { truth };
            rows += &format!("{id},{player},i{image},1,0,{truth},{guess},0,\n");
        }
        id += 1;
        rows += &format!("{id},eve,i{image},1,0,{truth},,5,\n");
    }
    let found = GuessModel::new(&games(&rows), &DawidSkeneParams::default()).unwrap();
    assert_eq!(found.players, ["ann", "bob", "cas", "dan"], "who only resigned said nothing");
    assert_eq!(found.classes, ["church", "tench"]);
    assert_eq!(found.model.most_probable(), [0, 1, 0, 1, 0, 0]);
    assert!(found.model.raters[[3, 0, 1]] > 0.99 && found.model.raters[[0, 0, 0]] > 0.99);
}

#[test]
fn impossible_estimates_are_errors() {
    let params = DawidSkeneParams::default();
    assert!(DawidSkene::estimate(&[], &params).is_err());
    let huge = [Answer { item: 0, rater: 0, class: usize::MAX }];
    assert!(matches!(DawidSkene::estimate(&huge, &params), Err(Error::TooMany { .. })));
}

#[test]
fn a_failed_control_drops_the_player_whole() {
    let csv = "game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels,control\n\
               1,ann,i,1,0,church,church,0,roof,\n\
               2,ann,c,1,0,tench,tench,0,fin,true\n\
               3,bob,i,1,0,church,church,0,asdf,no\n\
               4,bob,c,1,0,tench,,5,,1\n\
               5,bob,d,1,0,tench,tench,0,fin,\n\
               6,cas,i,1,0,church,church,0,sky,\n\
               7,dan,easy,1,0,cup,tench,0,sky,\n";
    let (all, _) = Games::read(csv.as_bytes(), &ReadOptions::default()).unwrap();
    let mut games = all.clone();
    let report = games.apply_control(&ControlParams::default().image("easy"));
    assert_eq!((report.players, report.checked, report.control_games), (4, 3, 1));
    assert_eq!(report.failed, BTreeMap::from([("bob".to_owned(), 3), ("dan".to_owned(), 1)]));
    assert_eq!(report.dropped_games, 4);
    assert_eq!(games.iter().map(|g| g.game()).collect::<Vec<_>>(), ["1", "6"]);
    // Without named images only marked rows decide; kept control games keep their labels.
    let mut games = all;
    let report = games.apply_control(&ControlParams { keep: true, ..ControlParams::default() });
    assert_eq!(report.failed.keys().collect::<Vec<_>>(), ["bob"]);
    assert_eq!(games.iter().map(|g| g.game()).collect::<Vec<_>>(), ["1", "2", "6", "7"]);
}

#[test]
fn raters_are_compared_with_the_final_labels() {
    let games = games(
        "1,ann,i,1,0,church,church,0,roof\n2,bob,i,1,0,church,church,0,roof\n3,cas,i,1,0,church,tench,0,sky\n\
         4,ann,i,1,1,church,church,0,roof;cross\n5,cas,i,1,1,church,church,0,cross\n6,bob,i,1,1,church,,5,\n",
    );
    let cleaned = CleanedGames::new(&games, &cleaner()).unwrap();
    let scores = Scores::new(&cleaned, &ScoreParams::default()).unwrap();
    assert_eq!(scores.true_class("i").unwrap().as_deref(), Some("church"));
    let layers = [(1, vec![(0, 10.0), (1, 20.0)])];
    let image =
        anv_core::LabeledImage::from_weights("i", "church", layers, &scores, &SharedBestLabel).unwrap();
    let found = rater_agreement(&cleaned, [&image]);
    let row = |r: &RaterAgreement| (r.player.clone(), r.games, r.wins, r.labeled, r.agreement);
    assert_eq!(
        found.iter().map(row).collect::<Vec<_>>(),
        [
            ("ann".into(), 2, 2, 2, Some(1.0)),
            ("bob".into(), 2, 1, 1, Some(1.0)),
            ("cas".into(), 2, 1, 2, Some(0.5)),
        ]
    );
}
