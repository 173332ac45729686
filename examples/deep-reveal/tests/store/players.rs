//! Players, sessions, questionnaire.

use anv_labels::{GameRules, Move};
use deep_reveal::Error;
use deep_reveal::store::*;

use crate::common::databases;
use crate::made::{begin, campaign, exported, finish, member, play, win};

fn ann() -> NewMember {
    NewMember {
        name: "Ann".into(),
        email: "Ann@Example.org".into(),
        password_hash: "secret".into(),
        language: "it".into(),
    }
}

#[tokio::test]
async fn a_guest_who_registers_keeps_the_history() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default());
        store.import(&campaign("a", 3, 1, 0), 0).await.unwrap();
        let guest = store.add_guest("en", 5).await.unwrap();
        assert!(guest.is_guest() && !guest.listed && guest.created == 5);
        let row = begin(&store, &guest.id, &rules, 1, 10).await;
        win(&store, &row, &rules, 20).await;

        let player = store.register(Some(&guest.id), &ann(), 30).await.unwrap();
        assert_eq!((&player.id, player.name.as_deref(), player.listed), (&guest.id, Some("Ann"), true));
        let standing = Standing { score: 325, games: 1, wins: 1, streak: 1, best_streak: 1 };
        assert_eq!((player.standing, player.created), (standing, 5));
        assert_eq!(store.standing(&guest.id).await.unwrap(), standing);
        for seed in 0..2 {
            let next = begin(&store, &guest.id, &rules, seed, 40).await;
            assert_ne!(next.photo_id, row.photo_id);
            win(&store, &next, &rules, 50).await;
        }
        assert_eq!(store.reserve(&guest.id, &rules, 9, 60).await.unwrap(), Reserved::NothingLeft);
        // Once only.
        let other = NewMember { name: "b".into(), email: "b@b".into(), ..ann() };
        let again = store.register(Some(&guest.id), &other, 70).await;
        assert!(matches!(again, Err(Error::NoPlayer { .. })));
    }
}

#[tokio::test]
async fn names_and_addresses_are_unique_whatever_their_case() {
    for database in databases().await {
        let store = database.open().await;
        let first = store.register(None, &ann(), 0).await.unwrap();
        let same_name = NewMember { name: "aNN ".into(), email: "b@example.org".into(), ..ann() };
        let same_email = NewMember { name: "bob".into(), email: "ANN@EXAMPLE.ORG".into(), ..ann() };
        assert!(matches!(store.register(None, &same_name, 1).await, Err(Error::NameTaken)));
        assert!(matches!(store.register(None, &same_email, 1).await, Err(Error::EmailTaken)));
        let guest = store.add_guest("en", 1).await.unwrap();
        assert!(matches!(store.register(Some(&guest.id), &same_name, 1).await, Err(Error::NameTaken)));
        for name in ["", "a@b", "a\0b"] {
            let odd = NewMember { name: name.into(), email: "c@example.org".into(), ..ann() };
            assert!(matches!(store.register(None, &odd, 1).await, Err(Error::Parameter { .. })), "{name:?}");
        }

        let expected = Some((first.id.clone(), "secret".to_owned()));
        for login in ["Ann", "ANN", "ann@example.org", " Ann@Example.ORG"] {
            assert_eq!(store.credentials(login).await.unwrap(), expected, "{login}");
        }
        for login in ["an", "", "ann@", "\0"] {
            assert_eq!(store.credentials(login).await.unwrap(), None, "{login:?}");
        }
        assert_eq!(store.find_member("ann").await.unwrap(), Some(first.clone()));

        store.set_password(&first.id, "other").await.unwrap();
        store.set_language(&first.id, "en").await.unwrap();
        store.set_listed(&first.id, false).await.unwrap();
        store.set_role(&first.id, Role::Admin).await.unwrap();
        let player = store.player(&first.id).await.unwrap().unwrap();
        assert_eq!((&*player.language, player.listed, player.is_admin()), ("en", false, true));
        assert_eq!(store.credentials("ann").await.unwrap().unwrap().1, "other");
        assert!(matches!(store.set_role(&guest.id, Role::Admin).await, Err(Error::NoPlayer { .. })));
    }
}

#[tokio::test]
async fn sessions_and_tokens_end() {
    for database in databases().await {
        let store = database.open().await;
        let player = member(&store, "ann").await;
        store.add_session("a", &player.id, 0, 100).await.unwrap();
        store.add_session("b", &player.id, 0, 200).await.unwrap();
        assert_eq!(store.session("a", 99).await.unwrap(), Some(player.clone()));
        assert_eq!(store.session("a", 100).await.unwrap(), None);
        assert_eq!(store.session("c", 0).await.unwrap(), None);
        store.end_session("a").await.unwrap();
        assert_eq!(store.session("a", 0).await.unwrap(), None);
        store.end_sessions(&player.id).await.unwrap();
        assert_eq!(store.session("b", 0).await.unwrap(), None);

        store.add_reset("first", &player.id, 0, 100).await.unwrap();
        store.add_reset("token", &player.id, 0, 100).await.unwrap();
        assert_eq!(store.use_reset("first", 0).await.unwrap(), None);
        assert_eq!(store.find_reset("token", 100).await.unwrap(), None);
        assert_eq!(store.find_reset("token", 99).await.unwrap(), Some(player.id.clone()));
        // Several come with it at once.
        let (a, b) = tokio::join!(store.use_reset("token", 99), store.use_reset("token", 99));
        let got = [a.unwrap(), b.unwrap()].into_iter().flatten().collect::<Vec<_>>();
        assert_eq!(got, std::slice::from_ref(&player.id), "{}", database.kind);
        store.add_reset("late", &player.id, 0, 100).await.unwrap();
        assert_eq!(store.use_reset("late", 100).await.unwrap(), None);
    }
}

#[tokio::test]
async fn the_leaderboard_shows_who_agreed_and_played() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default());
        store.import(&campaign("a", 3, 5, 0), 0).await.unwrap();
        let mut names = Vec::new();
        for (name, games) in [("ann", 1), ("bob", 2), ("cas", 3), ("dan", 0)] {
            let player = member(&store, name).await;
            for _ in 0..games {
                let row = begin(&store, &player.id, &rules, 1, 0).await;
                win(&store, &row, &rules, 0).await;
            }
            names.push(player.id);
        }
        let guest = store.add_guest("en", 0).await.unwrap();
        let row = begin(&store, &guest.id, &rules, 1, 0).await;
        win(&store, &row, &rules, 0).await;
        store.set_listed(&names[1], false).await.unwrap();
        let leaders = store.leaderboard(50).await.unwrap();
        let shown: Vec<_> =
            leaders.iter().map(|l| (&*l.name, l.standing.score, l.standing.best_streak)).collect();
        // 325, with 10 and 20 for the second and third win in a row.
        assert_eq!(shown, [("cas", 3 * 325 + 30, 3), ("ann", 325, 1)]);
        assert_eq!(store.leaderboard(1).await.unwrap().len(), 1);
    }
}

#[tokio::test]
async fn answers_are_scored_by_the_standard() {
    for database in databases().await {
        let store = database.open().await;
        assert_eq!(store.questionnaire().await.unwrap(), QuestionnaireResult::default());
        let (ann, bob) = (member(&store, "ann").await, member(&store, "bob").await);
        let best =
            Answers { sus: [5, 1, 5, 1, 5, 1, 5, 1, 5, 1], tlx: [0; 6], rating: 5, comment: "fun".into() };
        let worst =
            Answers { sus: [1, 5, 1, 5, 1, 5, 1, 5, 1, 5], tlx: [10; 6], rating: 2, comment: " ".into() };
        assert!(!store.has_answered(&ann.id).await.unwrap());
        store.answer(&ann.id, &worst, 1).await.unwrap();
        store.answer(&ann.id, &best, 2).await.unwrap();
        store.answer(&bob.id, &worst, 3).await.unwrap();
        assert!(store.has_answered(&ann.id).await.unwrap());
        let expected = QuestionnaireResult {
            players: 2,
            sus: 50.0,
            tlx: 50.0,
            rating: 3.5,
            comments: vec!["fun".into()],
        };
        assert_eq!(store.questionnaire().await.unwrap(), expected);
        for wrong in [
            Answers { rating: 6, ..best.clone() },
            Answers { sus: [0; 10], ..best.clone() },
            Answers { tlx: [11; 6], ..best.clone() },
        ] {
            assert!(store.answer(&ann.id, &wrong, 4).await.is_err(), "{wrong:?}");
        }
    }
}

#[tokio::test]
async fn who_is_deleted_leaves_nothing_behind() {
    for database in databases().await {
        let (store, rules) = (database.open().await, GameRules::default().first_control(0).control_rate(0.0));
        let id = store.import(&campaign("a", 4, 1, 0), 0).await.unwrap().campaign;
        let (ann, bob) = (member(&store, "ann").await, member(&store, "bob").await);
        let row = begin(&store, &bob.id, &rules, 1, 0).await;
        finish(&store, &row, &rules, &row.true_class, &["bobs"], 0).await;
        // Finished, expired, in progress.
        let row = begin(&store, &ann.id, &rules, 1, 0).await;
        win(&store, &row, &rules, 0).await;
        begin(&store, &ann.id, &rules, 2, 0).await;
        let late = 25 * 3_600_000;
        let row = begin(&store, &ann.id, &rules, 3, late).await;
        play(&store, &row, &rules, Move::ShowMore { hints: 1 }, late).await;
        store.add_session("s", &ann.id, 0, late * 2).await.unwrap();
        store.add_reset("r", &ann.id, 0, late * 2).await.unwrap();
        let answers = Answers { sus: [3; 10], tlx: [5; 6], rating: 3, comment: "mine".into() };
        store.answer(&ann.id, &answers, 0).await.unwrap();

        store.delete_player(&ann.id).await.unwrap();
        assert_eq!(store.player(&ann.id).await.unwrap(), None);
        assert_eq!(store.session("s", 1).await.unwrap(), None);
        assert_eq!(store.find_reset("r", 1).await.unwrap(), None);
        assert_eq!(store.round(&ann.id, &row.id).await.unwrap(), None);
        assert_eq!(store.questionnaire().await.unwrap().players, 0);
        assert!(matches!(store.reserve(&ann.id, &rules, 1, late).await, Err(Error::NoPlayer { .. })));
        let games = exported(&store).await;
        assert_eq!(games.iter().map(|g| &*g.labels[0]).collect::<Vec<_>>(), ["bobs"]);
        let loads: u64 = store.progress(&id).await.unwrap().iter().map(|map| map.load).sum();
        assert_eq!(loads, 1, "{}", database.kind);
        // The name is free again.
        member(&store, "ann").await;
    }
}
