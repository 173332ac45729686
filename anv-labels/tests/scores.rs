//! Scores (eq. 3.2): independent of the order of rows, equal to a direct computation, and the rules of games.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod common;

use std::collections::BTreeMap;

use anv_labels::*;
use common::{cleaner, games};
use proptest::prelude::*;

#[derive(Debug, Clone)]
struct Played {
    player: u8,
    image: u8,
    cluster: u8,
    guess: Option<bool>,
    hints: u8,
    labels: Vec<String>,
}

fn played() -> impl Strategy<Value = Vec<Played>> {
    let game = (0u8..5, 0u8..2, 0u8..3, prop::option::weighted(0.9, prop::bool::weighted(0.7)), 0u8..6);
    let game = (game, prop::collection::vec("(tree|log|motor|green)", 0..4));
    prop::collection::vec(game, 1..40).prop_map(|games| {
        let make = |((player, image, cluster, guess, hints), labels)| Played {
            player,
            image,
            cluster,
            guess,
            hints,
            labels,
        };
        games.into_iter().map(make).collect()
    })
}

fn table(games: &[Played], order: impl Iterator<Item = usize>) -> Games {
    let mut table = Games::new();
    for i in order {
        let g = &games[i];
        let labels: Vec<_> = g.labels.iter().map(String::as_str).collect();
        table
            .push(
                &NewGame {
                    game: &i.to_string(),
                    player: &format!("p{}", g.player),
                    image: &format!("img{}", g.image),
                    layer: 13,
                    cluster: g.cluster.into(),
                    true_class: "chainsaw",
                    guessed_class: g.guess.map(|right| if right { "chainsaw" } else { "church" }),
                    hints_used: g.hints,
                    labels: &labels,
                    ..NewGame::default()
                },
                &ReadOptions::default(),
            )
            .unwrap();
    }
    table
}

type Found = Vec<(String, usize, u64, Vec<(String, f64)>)>;

fn scores(games: &Games) -> Found {
    let cleaned = CleanedGames::new(games, &cleaner()).unwrap();
    let scores = Scores::new(&cleaned, &ScoreParams::default()).unwrap();
    scores
        .iter()
        .map(|c| {
            let labels = c.labels.iter().map(|l| (l.label.to_string(), l.score)).collect();
            (c.image.to_owned(), c.cluster, c.counts.hints, labels)
        })
        .collect()
}

/// Eq. 3.2 written down with lists of hints.
fn direct(games: &[Played]) -> BTreeMap<(u8, u8, String), f64> {
    let mut given: BTreeMap<(u8, u8, String), (Vec<f64>, bool)> = BTreeMap::new();
    for g in games {
        let mut labels = g.labels.clone();
        labels.sort();
        labels.dedup();
        for label in labels {
            let entry = given.entry((g.image, g.cluster, label)).or_default();
            entry.0.push(if g.guess.is_none() { 5.0 } else { g.hints.into() });
            entry.1 |= g.guess == Some(true);
        }
    }
    let score = |(hints, right): (Vec<f64>, bool)| {
        let n = hints.len() as f64;
        n * (1.0 - hints.iter().sum::<f64>() / n / 10.0) * if right { 1.0 } else { 0.25 }
    };
    given.into_iter().map(|(key, value)| (key, score(value))).collect()
}

proptest! {
    #[test]
    fn the_order_of_rows_changes_not_a_bit(games in played(), seed in any::<u64>()) {
        let mut order: Vec<_> = (0..games.len()).collect();
        order.sort_by_key(|&i| (i as u64 + 1).wrapping_mul(seed | 1).rotate_left(23));
        prop_assert_eq!(scores(&table(&games, 0..games.len())), scores(&table(&games, order.into_iter())));
    }

    #[test]
    fn scores_are_equation_3_2(games in played()) {
        let mut wanted = direct(&games);
        for (image, cluster, _, labels) in scores(&table(&games, 0..games.len())) {
            for (label, score) in labels {
                let key = (image[3..].parse().unwrap(), cluster as u8, label);
                let want = wanted.remove(&key).unwrap();
                prop_assert!((score - want).abs() < 1e-12);
            }
        }
        prop_assert!(wanted.is_empty());
    }
}

#[test]
fn a_resigned_game_counts_all_hints() {
    let games =
        games("1,a,i,1,0,church,,2,roof\n2,b,i,1,0,church,church,0,roof\n3,c,i,1,0,church,tench,1,sky\n");
    let found = scores(&games);
    assert_eq!(found[0].2, 6, "5 for the resigned game, 0 and 1");
    assert_eq!(found[0].3, [("roof".to_owned(), 2.0 * (1.0 - 2.5 / 10.0)), ("sky".to_owned(), 0.9 / 4.0)]);
}

#[test]
fn too_few_masks_are_an_error() {
    let games = games("1,a,i,1,0,church,church,0,roof\n");
    let cleaned = CleanedGames::new(&games, &cleaner()).unwrap();
    let error = Scores::new(&cleaned, &ScoreParams { n_masks: 1 }).unwrap_err();
    assert_eq!(error.to_string(), "n_masks is 1: expected at least 2");
}

#[test]
fn games_that_were_filtered_away_leave_no_trace() {
    let mut games = games("1,a,i,1,0,church,church,0,roof\n2,b,i,1,1,church,church,0,sky\n");
    assert_eq!(games.retain(|g| g.player() != "a"), 1);
    let found = scores(&games);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].3, [("sky".to_owned(), 1.0)]);
}
