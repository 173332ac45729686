//! Two servers behind one database: players go from one to the other, and nothing is counted twice.

mod common;
mod players;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use common::Database;
use deep_reveal::store::Store;
use players::{Client, Server, assert_sound, exported, import, loads, query, runtime};
use serde_json::{Value, json};

/// Two servers on a database that both reach: PostgreSQL, or a file where they are on one machine.
struct Pair {
    database: Database,
    servers: [Server; 2],
}

impl Pair {
    fn start(database: Database, photos: usize, maps: usize, controls: usize) -> Self {
        runtime().block_on(import(&database.url, photos, maps, controls));
        let servers = [Server::start(&database.url), Server::start(&database.url)];
        Self { database, servers }
    }

    fn base(&self, number: usize) -> &str {
        &self.servers[number % 2].base
    }

    fn assert_sound(&self) {
        runtime().block_on(assert_sound(&self.database.url));
        for server in &self.servers {
            assert_eq!(server.errors(), [""; 0], "{}", self.database.kind);
        }
    }

    /// The same call `times` on each server at once.
    fn at_once(&self, times: usize, call: impl Fn(&str, usize) -> (u16, Value) + Sync) -> Vec<(u16, Value)> {
        let barrier = Barrier::new(2 * times);
        thread::scope(|scope| {
            let ask = |number| {
                let (barrier, call) = (&barrier, &call);
                scope.spawn(move || {
                    barrier.wait();
                    call(self.base(number), number)
                })
            };
            let asked: Vec<_> = (0..2 * times).map(ask).collect();
            asked.into_iter().map(|thread| thread.join().unwrap()).collect()
        })
    }
}

fn on_both(test: impl Fn(Database)) {
    test(Database::sqlite());
    match runtime().block_on(Database::postgres()) {
        Some(database) => test(database),
        None => eprintln!("SKIPPED on PostgreSQL: initdb is neither in PATH nor in /usr/lib/postgresql"),
    }
}

/// Two servers that are started together on an empty database load the first campaign once.
#[test]
fn they_start_together() {
    on_both(|database| {
        let mut servers = [Server::spawn(&database.url), Server::spawn(&database.url)];
        servers.iter_mut().for_each(Server::wait_until_ready);
        let photos = runtime().block_on(query(&database.url, "SELECT id FROM photo"));
        assert_eq!(photos.len(), 9, "{}", database.kind);
        let client = Client::guest(&servers[0].base).unwrap();
        assert!(client.start(&servers[1].base).is_some());
    });
}

/// A round begun on one server goes on on the other, wherever the player's next click arrives.
#[test]
fn a_round_goes_on_on_the_other_server() {
    on_both(|database| {
        let pair = Pair::start(database, 12, 2, 2);
        let client = Client::guest(pair.base(0)).unwrap();
        let mut score = 0;
        for number in 0..10 {
            let (here, there) = (pair.base(number), pair.base(number + 1));
            let begun = client.start(here).unwrap();
            let id = begun["id"].as_str().unwrap();
            assert_eq!(client.start(there).unwrap(), begun, "it is resumed as it is");
            let seen = client.play(here, id, "more", json!({ "hints": 1 }));
            assert_eq!(client.get(there, &format!("/rounds/{id}")).unwrap(), (200, seen.clone()));
            let guess = json!({ "class": begun["options"][number % 6] });
            client.play(there, id, "guess", guess.clone());
            client.play(here, id, "guess", guess);
            let picture = format!("/rounds/{id}/picture/1.png");
            assert_eq!(client.get(here, &picture).unwrap().0, 200);
            assert_eq!(client.get(there, &format!("/rounds/{id}/picture/2.png")).unwrap().0, 404);
            let labels = json!({ "labels": ["ears"] });
            let outcome = client.play(here, id, "labels", labels.clone())["outcome"].clone();
            assert_eq!(client.play(there, id, "labels", labels)["outcome"], outcome);
            score += outcome["total"].as_u64().unwrap();
            for base in [here, there] {
                let me = client.get(base, "/me").unwrap().1;
                let standing = (&me["standing"]["games"], &me["standing"]["score"]);
                assert_eq!(standing, (&json!(number + 1), &json!(score)));
            }
        }
        pair.assert_sound();
    });
}

/// Double clicks that reach both servers at the same time: one round, one guess, one score.
#[test]
fn moves_on_both_servers_at_once_score_once() {
    on_both(|database| {
        let pair = Pair::start(database, 30, 2, 4);
        // No player double-clicks for long without being asked to wait.
        let clients: Vec<_> = (0..4).map(|_| Client::guest(pair.base(0)).unwrap()).collect();
        let mut scores = [0; 4];
        for number in 0..12 {
            let client = &clients[number % 4];
            let post = |base: &str, path: &str, body: Value| client.post(base, path, body).unwrap();
            let begun = pair.at_once(2, |base, _| post(base, "/rounds", Value::Null));
            let ids: BTreeSet<_> =
                begun.iter().map(|(status, round)| (*status, round["id"].as_str())).collect();
            assert_eq!(ids.len(), 1, "{}: {ids:?}", pair.database.kind);
            let id = begun[0].1["id"].as_str().unwrap();
            let more =
                pair.at_once(2, |base, _| post(base, &format!("/rounds/{id}/more"), json!({ "hints": 1 })));
            assert!(
                more.iter().all(|(status, round)| (*status, &round["hints"]) == (200, &json!(1))),
                "{more:?}"
            );
            // Different guesses: the first that arrives counts, the others are told so.
            let options = begun[0].1["options"].as_array().unwrap();
            let guess = |who: usize| if number % 2 == 0 { &options[who] } else { &options[0] };
            let path = format!("/rounds/{id}/guess");
            let guessed = pair.at_once(2, |base, who| post(base, &path, json!({ "class": guess(who) })));
            let (_, round) = client.get(pair.base(number), &format!("/rounds/{id}")).unwrap();
            for (who, (status, body)) in guessed.iter().enumerate() {
                let taken = *guess(who) == round["guess"];
                assert_eq!(*status, if taken { 200 } else { 409 }, "{body}");
            }
            let path = format!("/rounds/{id}/labels");
            let told = pair.at_once(3, |base, _| post(base, &path, json!({ "labels": ["ears"] })));
            assert!(told.iter().all(|answer| *answer == told[0] && answer.0 == 200), "{told:?}");
            scores[number % 4] += told[0].1["outcome"]["total"].as_u64().unwrap();
        }
        for (client, score) in clients.iter().zip(scores) {
            let me = client.get(pair.base(1), "/me").unwrap().1;
            assert_eq!((&me["standing"]["games"], &me["standing"]["score"]), (&json!(3), &json!(score)));
        }
        pair.assert_sound();
        assert_eq!(exported(&pair.database.url).len(), 12);
    });
}

/// Guests who play one round each could be given every map: at any moment none has two games more than another.
#[test]
fn games_are_spread_over_both_servers() {
    const GUESTS: usize = 120;
    on_both(|database| {
        let pair = Pair::start(database, 8, 3, 2);
        let over = AtomicBool::new(false);
        let spread = |loads: Vec<u64>| loads.iter().max().unwrap() - loads.iter().min().unwrap();
        thread::scope(|scope| {
            let watching = scope.spawn(|| {
                runtime().block_on(async {
                    let store = Store::open(&pair.database.url).await.unwrap();
                    let mut looked = 0;
                    while !over.load(Ordering::SeqCst) {
                        let loads = loads(&store).await;
                        assert!(spread(loads.clone()) <= 1, "{loads:?}");
                        looked += 1;
                    }
                    assert_eq!(loads(&store).await.iter().sum::<u64>(), GUESTS as u64);
                    looked
                })
            });
            let playing: Vec<_> = (0..8)
                .map(|thread| {
                    let pair = &pair;
                    scope.spawn(move || (0..GUESTS / 8).for_each(|n| play_one(pair, thread * 100 + n)))
                })
                .collect();
            playing.into_iter().for_each(|player| player.join().unwrap());
            over.store(true, Ordering::SeqCst);
            assert!(watching.join().unwrap() > 3);
        });
        pair.assert_sound();
        let games = exported(&pair.database.url);
        // Every fourth left theirs.
        assert_eq!(
            games.len(),
            (0..8).flat_map(|t| (0..GUESTS / 8).map(move |n| t * 100 + n)).filter(finishes).count()
        );
        let counts = runtime().block_on(query(&pair.database.url, "SELECT id FROM round"));
        assert_eq!(counts.len(), GUESTS);
    });
}

fn finishes(number: &usize) -> bool {
    number % 4 != 3
}

fn play_one(pair: &Pair, number: usize) {
    let client = Client::guest(pair.base(number)).unwrap();
    let round = client.start(pair.base(number + 1)).unwrap();
    let id = round["id"].as_str().unwrap();
    if finishes(&number) {
        client.play(pair.base(number), id, "guess", json!({ "class": round["options"][0] }));
        client.play(pair.base(number + 1), id, "labels", json!({ "labels": [] }));
    }
}

/// One server is lost: who played on it goes on on the other, where they were.
#[test]
fn the_other_server_takes_over() {
    on_both(|database| {
        let Pair { database, servers: [lost, left] } = Pair::start(database, 12, 2, 2);
        let clients: Vec<Client> = (0..6).map(|_| Client::guest(&lost.base).unwrap()).collect();
        let before: BTreeMap<usize, Value> = clients
            .iter()
            .enumerate()
            .map(|(number, client)| {
                let round = client.start(&lost.base).unwrap();
                let id = round["id"].as_str().unwrap();
                (number, client.play(&lost.base, id, "more", json!({ "hints": 1 })))
            })
            .collect();
        lost.kill();
        for (number, client) in clients.iter().enumerate() {
            assert_eq!(client.start(&left.base).unwrap(), before[&number]);
            let id = before[&number]["id"].as_str().unwrap();
            client.play(&left.base, id, "guess", json!({ "class": before[&number]["options"][0] }));
            client.play(&left.base, id, "labels", json!({ "labels": ["ears"] }));
        }
        runtime().block_on(assert_sound(&database.url));
        assert_eq!(exported(&database.url).len(), clients.len());
    });
}
