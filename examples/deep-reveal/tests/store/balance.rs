//! Games are spread evenly, whoever comes and goes.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anv_labels::{GameRules, Move};
use deep_reveal::store::*;

use crate::common::databases;
use crate::made::{begin, campaign, member, win};

const PLAYERS: u64 = 200;
const ROUND_MS: i64 = 60_000;

async fn loads(store: &Store) -> Vec<u64> {
    let campaigns = store.campaigns().await.unwrap();
    let progress = store.progress(&campaigns[0].id).await.unwrap();
    progress.into_iter().filter(|map| !map.control).map(|map| map.load).collect()
}

fn spread(loads: &[u64]) -> u64 {
    loads.iter().max().unwrap() - loads.iter().min().unwrap()
}

/// Players at once on two servers; some leave their rounds, and the clock goes on. Every round is on a map that has as few
/// games as any: the spread stays at one, once those left behind are handed on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_players_at_once() {
    for database in databases().await {
        let open = || async { database.open().await.round_hours(ROUND_MS as f64 / 3_600_000.0) };
        let stores = [open().await, open().await];
        stores[0].import(&campaign("a", 60, 4, 2), 0).await.unwrap();
        let clock = Arc::new(AtomicI64::new(0));
        let watching = {
            let (store, clock) = (stores[1].clone(), clock.clone());
            tokio::spawn(async move {
                let mut worst = 0;
                // Until the first reservations expire.
                while clock.load(Ordering::SeqCst) < ROUND_MS {
                    worst = worst.max(spread(&loads(&store).await));
                }
                worst
            })
        };
        let playing: Vec<_> = (0..PLAYERS)
            .map(|number| {
                let (store, clock) = (stores[number as usize % 2].clone(), clock.clone());
                tokio::spawn(async move { visit(&store, number, &clock).await })
            })
            .collect();
        let (mut finished, mut left) = (0, 0);
        for player in playing {
            let (f, l) = player.await.unwrap();
            finished += f;
            left += l;
        }
        clock.fetch_add(ROUND_MS, Ordering::SeqCst);
        assert!(left > 20 && finished > 500, "{finished} finished, {left} left");
        assert!(watching.await.unwrap() <= 1, "{}: while nobody had expired", database.kind);

        // The abandoned ones are released at once, then handed on: the gaps close before anything else grows.
        let late = clock.load(Ordering::SeqCst) + 2 * ROUND_MS;
        let rules = GameRules::default();
        let first = member(&stores[0], "late").await;
        begin(&stores[0], &first.id, &rules, 1, late).await;
        let now = loads(&stores[0]).await;
        let counted: u64 = now.iter().sum();
        let most = *now.iter().max().unwrap();
        let gaps = now.iter().map(|load| (most - 1).saturating_sub(*load)).sum::<u64>();
        let counts = stores[0].counts(None).await.unwrap();
        assert_eq!(counted, counts.games + counts.open, "loads are finished games and rounds in progress");
        for number in 0..gaps {
            let player = member(&stores[number as usize % 2], &format!("late{number}")).await;
            let row = begin(&stores[number as usize % 2], &player.id, &rules, number, late).await;
            win(&stores[0], &row, &rules, late).await;
        }
        let after = loads(&stores[0]).await;
        assert!(spread(&after) <= 1, "{}: {after:?}", database.kind);
        assert_eq!(*after.iter().max().unwrap(), most);
    }
}

/// Four games, of which some are left half-way for good; games finished and left.
async fn visit(store: &Store, number: u64, clock: &AtomicI64) -> (u64, u64) {
    let rules = GameRules::default();
    let player = member(store, &format!("player{number}")).await;
    let mut finished = 0;
    for game in 0..4 {
        let now = clock.fetch_add(7, Ordering::SeqCst);
        let row = begin(store, &player.id, &rules, number * 31 + game * 7, now).await;
        assert_eq!(row.round.options.iter().filter(|o| **o == row.true_class).count(), 1);
        if number.is_multiple_of(5) && game == 3 {
            store.play(&player.id, &row.id, &rules, &Move::ShowMore { hints: 1 }, now).await.unwrap();
            return (finished, 1);
        }
        win(store, &row, &rules, now).await;
        finished += u64::from(!row.control);
    }
    (finished, 0)
}

/// One after the other: at every moment the map given is one of the least loaded that the player may be given.
#[tokio::test]
async fn every_round_is_on_a_least_loaded_map() {
    for database in databases().await {
        let store = database.open().await.round_hours(1.0);
        let rules = GameRules::default().first_control(0).control_rate(0.0);
        let id = store.import(&campaign("a", 7, 3, 0), 0).await.unwrap().campaign;
        let mut now = 0;
        for number in 0..20u64 {
            let player = member(&store, &format!("player{number}")).await;
            let mut met: Vec<String> = Vec::new();
            for game in 0..5u64 {
                now += 400_000;
                let Reserved::Round(row, true) =
                    store.reserve(&player.id, &rules, number * 17 + game, now).await.unwrap()
                else {
                    panic!("no new round")
                };
                // Abandoned rounds were released by the reservation itself, so loads are read after it.
                let maps = store.progress(&id).await.unwrap();
                let given = maps.iter().find(|m| m.id == row.map_id).unwrap();
                assert!(!met.contains(&given.image));
                for other in maps.iter().filter(|m| m.id != given.id && !met.contains(&m.image)) {
                    assert!(other.load >= given.load - 1, "{}: {other:?} before {given:?}", database.kind);
                }
                met.push(given.image.clone());
                if (number + game).is_multiple_of(4) {
                    // Left behind; the player comes back when it has expired.
                    now += 3_600_000;
                    continue;
                }
                win(&store, &row, &rules, now).await;
            }
        }
    }
}
