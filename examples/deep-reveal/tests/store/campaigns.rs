//! Import, progress, export, backup.

use std::sync::Arc;

use anv_labels::{GameRules, Move};
use deep_reveal::Error;
use deep_reveal::store::*;
use tokio::sync::Semaphore;

use crate::common::{Database, databases};
use crate::made::{begin, campaign, finish, member, play, win, wrong};

#[tokio::test]
async fn an_import_is_all_or_nothing() {
    for database in databases().await {
        let store = database.open().await;
        let first = campaign("a", 3, 2, 1);
        let imported = store.import(&first, 0).await.unwrap();
        assert_eq!((imported.photos, imported.controls, imported.maps, imported.known.len()), (4, 1, 6, 0));
        // The same photos again: nothing is added.
        let again = store.import(&first, 1).await.unwrap();
        assert_eq!((&again.campaign, again.photos, again.maps), (&imported.campaign, 0, 0));
        assert_eq!(again.known.len(), 4);
        // More photos, one of which has the name of another one: none is added.
        let mut more = campaign("b", 2, 2, 0);
        more.name = "a".into();
        let mut clash = more.clone();
        clash.photos[1].name = "a-0.png".into();
        let error = store.import(&clash, 2).await.unwrap_err().to_string();
        assert!(error.contains("two different photos are called `a-0.png`"), "{error}");
        assert_eq!(store.campaigns().await.unwrap()[0].photos, 3);
        assert_eq!(store.import(&more, 3).await.unwrap().photos, 2);
        let row = &store.campaigns().await.unwrap()[0];
        assert_eq!((row.photos, row.controls, row.maps, row.games, row.load), (5, 1, 10, 0, (0, 0)));

        let with = |change: &dyn Fn(&mut NewCampaign)| {
            let mut bad = campaign("c", 2, 1, 0);
            change(&mut bad);
            bad
        };
        for (bad, reason) in [
            (with(&|c| c.name = " ".into()), "no name"),
            (with(&|c| c.classes.truncate(1)), "at least two"),
            (with(&|c| c.classes[1] = c.classes[0].clone()), "at least two, each once"),
            (with(&|c| c.photos.clear()), "no photos"),
            (with(&|c| c.photos[0].true_class = "other".into()), "shows a `other`"),
            (with(&|c| c.photos[0].maps.clear()), "no cluster map"),
            (with(&|c| c.photos[0].maps[0].rows = 7), "another number of cells"),
            (with(&|c| c.photos[1].name = c.photos[0].name.clone()), "two photos are called"),
            (
                with(&|c| (c.name, c.classes) = ("a".into(), vec!["class 0".into(), "class 1".into()])),
                "its classes",
            ),
        ] {
            let error = store.import(&bad, 4).await.unwrap_err().to_string();
            assert!(error.contains(reason), "{error}");
        }
        assert_eq!(store.campaigns().await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn a_closed_campaign_gives_no_rounds_but_ends_them() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default());
        let id = store.import(&campaign("a", 3, 1, 0), 0).await.unwrap().campaign;
        let (ann, bob) = (member(&store, "ann").await, member(&store, "bob").await);
        let row = begin(&store, &ann.id, &rules, 1, 0).await;
        store.set_open(&id, false).await.unwrap();
        assert_eq!(store.reserve(&bob.id, &rules, 1, 0).await.unwrap(), Reserved::NothingLeft);
        assert_eq!(begin(&store, &ann.id, &rules, 1, 0).await.id, row.id);
        win(&store, &row, &rules, 0).await;
        store.set_open(&id, true).await.unwrap();
        begin(&store, &bob.id, &rules, 1, 0).await;
        assert!(matches!(store.set_open(&"none".into(), true).await, Err(Error::NoCampaign { .. })));
    }
}

#[tokio::test]
async fn counts_are_those_of_table_5() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default().first_control(4).control_rate(0.0));
        let id = store.import(&campaign("a", 5, 2, 1), 0).await.unwrap().campaign;
        assert_eq!(store.counts(None).await.unwrap(), Counts { maps: 10, ..Counts::default() });
        let player = member(&store, "ann").await;
        let row = begin(&store, &player.id, &rules, 1, 0).await;
        let row = play(&store, &row, &rules, Move::ShowMore { hints: 1 }, 0).await;
        finish(&store, &row, &rules, &row.true_class, &["ears", "a nose"], 0).await;
        let row = begin(&store, &player.id, &rules, 2, 0).await;
        finish(&store, &row, &rules, &wrong(&row), &["fur"], 0).await;
        let mut row = begin(&store, &player.id, &rules, 3, 0).await;
        for hints in 1..=5 {
            row = play(&store, &row, &rules, Move::ShowMore { hints }, 0).await;
        }
        play(&store, &row, &rules, Move::GiveUp, 0).await;
        let row = begin(&store, &player.id, &rules, 4, 0).await;
        assert!(row.control);
        win(&store, &row, &rules, 0).await;
        begin(&store, &player.id, &rules, 5, 0).await;
        let counts = store.counts(Some(&id)).await.unwrap();
        let expected = Counts {
            players: 1,
            games: 3,
            wins: 1,
            losses: 1,
            resigns: 1,
            labels: 3,
            hints: 6,
            maps: 10,
            controls: 1,
            open: 1,
        };
        assert_eq!(counts, expected);
        assert_eq!((counts.labels_per_map(), counts.hints_per_game()), (0.3, 2.0));
        assert_eq!(store.counts(None).await.unwrap(), expected);
        assert_eq!(store.counts(Some(&"none".into())).await.unwrap(), Counts::default());

        let progress = store.progress(&id).await.unwrap();
        assert_eq!(progress.len(), 11);
        let sum = |of: fn(&MapProgress) -> u64| progress.iter().map(of).sum::<u64>();
        assert_eq!((sum(|m| m.games), sum(|m| m.wins), sum(|m| m.labels), sum(|m| m.load)), (4, 2, 4, 5));
        let row = &store.campaigns().await.unwrap()[0];
        assert_eq!((row.games, row.load), (3, (0, 1)));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_under_load_is_a_whole_database() {
    let database = Database::sqlite();
    let store = database.open().await;
    let rules = GameRules::default();
    store.import(&campaign("a", 40, 3, 1), 0).await.unwrap();
    // Games are let go in four batches, three of them as a backup begins: on a fast machine all would else be over.
    let allowed = Arc::new(Semaphore::new(0));
    let playing: Vec<_> = (0..8)
        .map(|number| {
            let (store, rules, allowed) = (store.clone(), rules.clone(), Arc::clone(&allowed));
            tokio::spawn(async move {
                let player = member(&store, &format!("player{number}")).await;
                for game in 0..20 {
                    allowed.acquire().await.unwrap().forget();
                    let row = begin(&store, &player.id, &rules, number * 100 + game, 0).await;
                    win(&store, &row, &rules, 0).await;
                }
            })
        })
        .collect();
    let folder = tempfile::tempdir().unwrap();
    // Another process makes it: a handle of its own.
    let other = database.open().await;
    let mut games = Vec::new();
    for number in 0..3 {
        allowed.add_permits(40);
        let path = folder.path().join(format!("backup{number}.db"));
        other.backup(&path).await.unwrap();
        assert!(matches!(other.backup(&path).await, Err(Error::FileExists { .. })), "nothing is overwritten");
        let copy = Store::open(path.to_str().unwrap()).await.unwrap();
        let (counts, campaigns) = (copy.counts(None).await.unwrap(), copy.campaigns().await.unwrap());
        let progress = copy.progress(&campaigns[0].id).await.unwrap();
        assert_eq!(progress.iter().map(|m| m.games).sum::<u64>(), counts.games + counts.controls);
        let loads: u64 = progress.iter().map(|m| m.load).sum();
        assert_eq!(loads, counts.games + counts.controls + counts.open);
        let standings = copy.leaderboard(50).await.unwrap();
        let finished: u64 = standings.iter().map(|l| l.standing.games).sum();
        assert_eq!(finished, counts.games + counts.controls, "points and games belong together");
        assert_eq!(copy.secret().await.unwrap(), store.secret().await.unwrap());
        // It goes on as a database of its own.
        let player = member(&copy, "later").await;
        win(&copy, &begin(&copy, &player.id, &rules, 1, 0).await, &rules, 0).await;
        games.push(finished);
    }
    allowed.add_permits(40);
    for player in playing {
        player.await.unwrap();
    }
    assert!(games.is_sorted() && games[2] < 160, "{games:?}: all were made while others played");
    assert_eq!(store.counts(None).await.map(|c| c.games + c.controls).unwrap(), 160);
    assert_eq!(store.counts(None).await.unwrap().players, 8);
    let left: Vec<_> = std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(left.iter().all(|name| !name.to_string_lossy().ends_with(".half")), "{left:?}");
}

#[tokio::test]
async fn postgres_has_tools_of_its_own_for_backups() {
    let Some(database) = Database::postgres().await else { return };
    let folder = tempfile::tempdir().unwrap();
    let error = database.open().await.backup(&folder.path().join("a")).await.unwrap_err().to_string();
    assert!(error.contains("pg_dump"), "{error}");
}
