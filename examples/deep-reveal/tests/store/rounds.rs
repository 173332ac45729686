//! Rounds: one at a time, no photo twice, every move once.

use std::collections::BTreeSet;

use anv_labels::{Ending, GameRules, Move, Phase, RuleError};
use deep_reveal::store::*;

use crate::common::databases;
use crate::made::{begin, campaign, exported, finish, member, play, win, wrong};

const HOUR: i64 = 3_600_000;

#[tokio::test]
async fn nobody_meets_a_photo_twice() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default());
        store.import(&campaign("a", 6, 3, 1), 0).await.unwrap();
        // The same photos in another campaign, under other names.
        let mut again = campaign("a", 6, 2, 1);
        again.name = "b".into();
        store.import(&again, 0).await.unwrap();
        let player = member(&store, "ann").await;
        let mut photos = BTreeSet::new();
        let mut seed = 0;
        while let Reserved::Round(row, new) = store.reserve(&player.id, &rules, seed, 0).await.unwrap() {
            assert!(new);
            let source = store.mask_source(&row.map_id).await.unwrap().unwrap();
            let photo = store.photo(&row.photo_id).await.unwrap().unwrap();
            assert!(photos.insert(photo), "{}: the photo came twice", database.kind);
            assert_eq!((source.rows, source.columns, source.values.len()), (2, 3, 6));
            assert_eq!(source.control, row.control);
            win(&store, &row, &rules, 0).await;
            seed += 1;
        }
        // The control photo comes third and never as an ordinary one.
        assert_eq!(photos.len(), 7);
    }
}

#[tokio::test]
async fn the_third_game_is_a_control_game() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default().control_rate(0.0));
        store.import(&campaign("a", 6, 2, 2), 0).await.unwrap();
        let player = member(&store, "ann").await;
        let mut controls = Vec::new();
        for game in 1..=6 {
            let row = begin(&store, &player.id, &rules, game, 0).await;
            controls.push(row.control);
            finish(&store, &row, &rules, &wrong(&row), &[], 0).await;
        }
        assert_eq!(controls, [false, false, true, false, false, false]);
        // Every later game at rate 1, until none is left.
        let always = rules.clone().control_rate(1.0);
        let row = begin(&store, &player.id, &always, 7, 0).await;
        assert!(row.control);
        win(&store, &row, &always, 0).await;
        let row = begin(&store, &player.id, &always, 8, 0).await;
        assert!(!row.control);

        let trust = store.trust().await.unwrap();
        let found: Vec<_> =
            trust.iter().map(|t| (t.name.as_deref(), t.games, t.controls, t.failed)).collect();
        assert_eq!(found, [(Some("ann"), 7, 2, 1)]);
    }
}

/// Control rounds come by chance. Who has met every other photo gets none, however often the player asks.
#[tokio::test]
async fn asking_again_brings_no_control_rounds() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default().control_rate(0.5));
        store.import(&campaign("a", 3, 1, 8), 0).await.unwrap();
        let player = member(&store, "ann").await;
        let (mut left, mut game, mut controls) = (3, 0, 0);
        while left > 0 {
            let row = begin(&store, &player.id, &rules, game, 0).await;
            if row.control {
                controls += 1
            } else {
                left -= 1
            };
            win(&store, &row, &rules, 0).await;
            game += 1;
        }
        assert!(controls < 8, "some are left");
        for seed in 0..50 {
            let reserved = store.reserve(&player.id, &rules, seed, 0).await.unwrap();
            assert_eq!(reserved, Reserved::NothingLeft, "{}", database.kind);
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn requests_at_once_get_one_round() {
    for database in databases().await {
        let stores = [database.open().await, database.open().await];
        stores[0].import(&campaign("a", 6, 3, 0), 0).await.unwrap();
        for number in 0..5 {
            let player = member(&stores[0], &format!("player{number}")).await;
            let requests: Vec<_> = (0..12)
                .map(|i| {
                    let (store, id) = (stores[i % 2].clone(), player.id.clone());
                    tokio::spawn(async move { store.reserve(&id, &GameRules::default(), i as u64, 0).await })
                })
                .collect();
            let (mut ids, mut begun) = (BTreeSet::new(), 0);
            for request in requests {
                let Reserved::Round(row, new) = request.await.unwrap().unwrap() else { panic!("no round") };
                ids.insert(row.id);
                begun += u32::from(new);
            }
            assert_eq!((ids.len(), begun), (1, 1), "{}", database.kind);
        }
        let campaigns = stores[1].campaigns().await.unwrap();
        let loads: u64 = stores[1].progress(&campaigns[0].id).await.unwrap().iter().map(|m| m.load).sum();
        assert_eq!(loads, 5);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_move_at_once_counts_once() {
    for database in databases().await {
        let stores = [database.open().await, database.open().await];
        let rules = GameRules::default();
        stores[0].import(&campaign("a", 3, 1, 0), 0).await.unwrap();
        let player = member(&stores[0], "ann").await;
        let row = begin(&stores[0], &player.id, &rules, 1, 0).await;
        let moves = [
            Move::ShowMore { hints: 1 },
            Move::Guess(row.true_class.clone()),
            Move::Describe(vec!["ears".into(), "a nose".into()]),
        ];
        for mv in moves {
            let requests: Vec<_> = (0..10)
                .map(|i| {
                    let (store, row, mv) = (stores[i % 2].clone(), row.clone(), mv.clone());
                    tokio::spawn(async move {
                        store.play(&row.player, &row.id, &GameRules::default(), &mv, 5).await.unwrap()
                    })
                })
                .collect();
            let mut changed = 0;
            for request in requests {
                match request.await.unwrap() {
                    PlayOutcome::Changed(_) => changed += 1,
                    PlayOutcome::Unchanged(_) => {}
                    other => panic!("{mv:?} gave {other:?}"),
                }
            }
            assert_eq!(changed, 1, "{}: {mv:?}", database.kind);
        }
        let row = stores[1].round(&player.id, &row.id).await.unwrap().unwrap();
        assert_eq!(row.points.map(|p| (p.total, p.ending)), Some((275, Ending::Won)));
        let standing = Standing { score: 275, games: 1, wins: 1, streak: 1, best_streak: 1 };
        assert_eq!(stores[1].standing(&player.id).await.unwrap(), standing);
    }
}

#[tokio::test]
async fn refused_moves_change_nothing() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default());
        store.import(&campaign("a", 3, 1, 0), 0).await.unwrap();
        let (ann, bob) = (member(&store, "ann").await, member(&store, "bob").await);
        let row = begin(&store, &ann.id, &rules, 1, 0).await;
        let skip = store.play(&ann.id, &row.id, &rules, &Move::ShowMore { hints: 5 }, 1).await.unwrap();
        assert_eq!(skip, PlayOutcome::Refused(row.clone(), RuleError::StaleHint { found: 5, expected: 1 }));
        for (player, round) in [(&bob.id, &row.id), (&ann.id, &"nothing".into()), (&ann.id, &"\0".into())] {
            let outcome = store.play(player, round, &rules, &Move::ShowMore { hints: 1 }, 1).await.unwrap();
            assert_eq!(outcome, PlayOutcome::Missing);
            assert_eq!(store.round(player, round).await.unwrap(), None);
        }
        assert_eq!(store.round(&ann.id, &row.id).await.unwrap(), Some(row.clone()));
        assert_eq!(store.open_round(&ann.id).await.unwrap(), Some(row));
        assert_eq!(store.open_round(&bob.id).await.unwrap(), None);
    }
}

#[tokio::test]
async fn streaks_grow_and_break() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default());
        store.import(&campaign("a", 9, 1, 0), 0).await.unwrap();
        let player = member(&store, "ann").await;
        let mut totals = Vec::new();
        for (seed, won) in [true, true, false, true].into_iter().enumerate() {
            let row = begin(&store, &player.id, &rules, seed as u64, 0).await;
            let class = if won { row.true_class.clone() } else { wrong(&row) };
            let row = finish(&store, &row, &rules, &class, &[], 0).await;
            totals.push(row.points.unwrap().total);
        }
        assert_eq!(totals, [300, 310, 0, 300]);
        // Given up after the last hint.
        let mut row = begin(&store, &player.id, &rules, 9, 0).await;
        for hints in 1..=5 {
            row = play(&store, &row, &rules, Move::ShowMore { hints }, 0).await;
        }
        let row = play(&store, &row, &rules, Move::GiveUp, 7).await;
        assert_eq!((row.points.unwrap().ending, row.finished), (Ending::GivenUp, Some(7)));
        let expected = Standing { score: 910, games: 5, wins: 3, streak: 0, best_streak: 2 };
        assert_eq!(store.standing(&player.id).await.unwrap(), expected);
    }
}

#[tokio::test]
async fn abandoned_rounds_make_room_and_guesses_are_kept() {
    for database in databases().await {
        let store = database.open().await.round_hours(2.0);
        let rules = GameRules::default();
        let id = store.import(&campaign("a", 2, 1, 0), 0).await.unwrap().campaign;
        let (ann, bob, cas) =
            (member(&store, "ann").await, member(&store, "bob").await, member(&store, "cas").await);
        let left = begin(&store, &ann.id, &rules, 1, 0).await;
        let guessed = begin(&store, &bob.id, &rules, 1, 0).await;
        play(&store, &guessed, &rules, Move::Guess(guessed.true_class.clone()), 0).await;
        assert_ne!(left.map_id, guessed.map_id, "two maps, two players");
        // Looking again after more than half the time gives all of it back.
        let resumed = begin(&store, &ann.id, &rules, 1, HOUR + 1).await;
        assert_eq!((&resumed.id, resumed.expires), (&left.id, 3 * HOUR + 1));

        let late = 3 * HOUR + 1;
        let row = begin(&store, &cas.id, &rules, 1, late).await;
        assert_eq!(
            row.map_id, left.map_id,
            "{}: the abandoned map is the one with least games",
            database.kind
        );
        let closed = store.round(&ann.id, &left.id).await.unwrap().unwrap();
        assert!(closed.expired && !closed.is_open());
        let outcome =
            store.play(&ann.id, &left.id, &rules, &Move::ShowMore { hints: 1 }, late).await.unwrap();
        assert_eq!(outcome, PlayOutcome::Expired(closed));
        let kept = store.round(&bob.id, &guessed.id).await.unwrap().unwrap();
        assert_eq!((kept.round.phase(), kept.points.map(|p| p.total)), (Phase::Finished, Some(300)));
        let loads: Vec<_> = store.progress(&id).await.unwrap().iter().map(|m| m.load).collect();
        assert_eq!(loads, [1, 1]);
        // The photo counts as met.
        let other = begin(&store, &ann.id, &rules, 5, late).await;
        assert_ne!(other.photo_id, left.photo_id);
    }
}

#[tokio::test]
async fn labels_have_the_language_of_their_player() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default());
        store.import(&campaign("a", 2, 1, 0), 0).await.unwrap();
        let player = member(&store, "ann").await;
        let row = begin(&store, &player.id, &rules, 1, 0).await;
        assert_eq!(row.language, "en");
        store.set_language(&player.id, "it").await.unwrap();
        assert_eq!(win(&store, &row, &rules, 0).await.language, "it");
    }
}

#[tokio::test]
async fn lighter_maps_start_one_hint_further() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default());
        store.import(&NewCampaign { easing: true, ..campaign("a", 4, 2, 1) }, 0).await.unwrap();
        for number in 0..6 {
            let player = member(&store, &format!("player{number}")).await;
            for game in 0..3 {
                let row = begin(&store, &player.id, &rules, number + game * 100, 0).await;
                let campaign = store.campaigns().await.unwrap()[0].id.clone();
                let heavy = store.progress(&campaign).await.unwrap();
                let light = heavy.iter().any(|m| m.weight_percent < 10.5);
                assert!(light);
                let row = win(&store, &row, &rules, 0).await;
                assert!(row.round.first_hint <= 1);
                assert!(!(row.control && row.round.first_hint > 0));
            }
        }
        // Half of the ordinary maps are lighter than the average.
        let games = exported(&store).await;
        for game in games.iter().filter(|g| !g.control) {
            assert_eq!(game.hints_used, if game.cluster == 0 { 1 } else { 0 });
        }
        assert_eq!(games.len(), 18);
    }
}
