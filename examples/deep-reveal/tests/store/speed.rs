//! How much the store does in a second.

use std::time::Instant;

use anv_labels::{GameRules, Move};

use crate::common::databases;
use crate::made::{begin, campaign, member, play};

/// `cargo test --release -p deep-reveal --test store -- --ignored --nocapture speed`, with `DEEP_REVEAL_TEST_FSYNC=on` so
/// that PostgreSQL waits for the disk as SQLite does.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore = "measures"]
async fn speed() {
    for database in databases().await {
        let store = database.open().await;
        store.import(&campaign("a", 100, 13, 2), 0).await.unwrap();
        let mut players = Vec::new();
        for number in 0..64 {
            players.push(member(&store, &format!("player{number}")).await.id);
        }
        let start = Instant::now();
        let games = 10;
        let playing: Vec<_> = players
            .into_iter()
            .enumerate()
            .map(|(number, id)| {
                let store = store.clone();
                tokio::spawn(async move {
                    let rules = GameRules::default();
                    let (mut reserving, mut moving) = (0.0, 0.0);
                    for game in 0..games {
                        let from = Instant::now();
                        let row = begin(&store, &id, &rules, (number * 1000 + game) as u64, 0).await;
                        reserving += from.elapsed().as_secs_f64();
                        let from = Instant::now();
                        for hints in 1..=3 {
                            play(&store, &row, &rules, Move::ShowMore { hints }, 0).await;
                        }
                        play(&store, &row, &rules, Move::Guess(row.true_class.clone()), 0).await;
                        play(&store, &row, &rules, Move::Describe(vec!["ears".into()]), 0).await;
                        moving += from.elapsed().as_secs_f64();
                    }
                    (reserving, moving)
                })
            })
            .collect();
        let (mut reserving, mut moving) = (0.0, 0.0);
        for player in playing {
            let (r, m) = player.await.unwrap();
            reserving += r;
            moving += m;
        }
        let seconds = start.elapsed().as_secs_f64();
        let rounds = (64 * games) as f64;
        println!(
            "{}: {:.0} rounds given out and {:.0} moves a second by 64 players at once; on average {:.1} ms and {:.1} ms",
            database.kind,
            rounds / seconds,
            5.0 * rounds / seconds,
            1000.0 * reserving / rounds,
            1000.0 * moving / (5.0 * rounds)
        );
        let counts = store.counts(None).await.unwrap();
        assert_eq!((counts.games + counts.controls, counts.open), (64 * games as u64, 0));
    }
}
