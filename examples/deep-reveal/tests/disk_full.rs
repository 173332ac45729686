//! The disk runs full while people play, in earnest: the database lies on a small disk of its own.

mod common;
mod players;

use std::path::Path;

use common::disk::SmallDisk;
use players::{Client, Server, assert_sound, exported, import, query, runtime};
use serde_json::{Value, json};
use sqlx::Row;

/// Who plays hears that nothing can be stored, what was acknowledged stays, and with room again the same moves are taken.
#[test]
fn a_full_disk_takes_nothing_away() {
    let Some(disk) = SmallDisk::mount(6) else {
        return eprintln!("SKIPPED: a small disk cannot be mounted here, which takes root");
    };
    let (runtime, database) = (runtime(), disk.folder().join("game.db"));
    let database = database.to_str().unwrap();
    runtime.block_on(import(database, 20, 2, 2));
    let server = Server::start(database);
    let base = &*server.base;
    let clients: Vec<Client> = (0..8).map(|_| Client::guest(base).unwrap()).collect();
    let mut games = 0;
    for round in 0..3 {
        let refused = std::thread::scope(|scope| {
            let play = |client| scope.spawn(move || play_on(base, client, round));
            let playing: Vec<_> = clients.iter().map(play).collect();
            // Somewhere in the middle of it.
            std::thread::sleep(std::time::Duration::from_millis(20));
            disk.fill();
            playing.into_iter().map(|player| player.join().unwrap()).collect::<Vec<_>>()
        });
        let open: Vec<_> = refused.into_iter().enumerate().filter_map(|(n, r)| Some((n, r?))).collect();
        assert!(!open.is_empty(), "the disk was not full in time");
        for (number, (path, body)) in &open {
            assert_eq!(clients[*number].post(base, path, body.clone()).unwrap().0, 503, "{path} {body}");
        }
        // Everybody can look at what there is.
        assert_eq!(clients[0].get(base, "/me").unwrap().0, 200);
        assert_eq!(clients[0].get(base, "/leaderboard").unwrap().0, 200);
        assert_intact(&runtime, database);
        disk.make_room();
        for (number, (path, body)) in open {
            let (status, answer) = clients[number].post(base, &path, body).unwrap();
            assert_eq!(status, 200, "{path}: {answer}");
            finish(base, &clients[number], round);
        }
        games += clients.len();
        assert_intact(&runtime, database);
    }
    server.kill();
    let server = Server::start(database);
    assert_intact(&runtime, database);
    let rows = exported(database);
    assert_eq!(rows.len(), games);
    let words: std::collections::BTreeSet<_> =
        rows.iter().map(|row| (&row["player"], &row["labels"])).collect();
    assert_eq!(words.len(), games, "none twice");
    assert!(clients[0].start(&server.base).is_some());
}

/// A move that was refused: its path and body.
type Refused = (String, Value);

/// Plays a round until the disk is full or the round is finished.
fn play_on(base: &str, client: &Client, round: usize) -> Option<Refused> {
    let mut moves = vec![("/rounds".to_owned(), Value::Null)];
    while let Some((path, body)) = moves.pop() {
        let (status, answer) = client.post(base, &path, body.clone()).unwrap();
        match status {
            200 => moves.extend(next(&answer, round)),
            503 => {
                let error = &answer["error"];
                assert_eq!(error["code"], "no_space");
                assert_eq!(error["message"], "server cannot store anything");
                return Some((path, body));
            }
            _ => panic!("{path}: {status} {answer}"),
        }
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    None
}

/// Five hints, a guess and a word.
fn next(round: &Value, number: usize) -> Option<(String, Value)> {
    let id = round["id"].as_str().unwrap();
    let (what, body) = match (round["step"].as_str().unwrap(), round["hints"].as_u64().unwrap()) {
        ("guessing", 5) => ("guess", json!({ "class": round["options"][0] })),
        ("guessing", hints) => ("more", json!({ "hints": hints + 1 })),
        ("describing", _) => ("labels", json!({ "labels": [format!("word{number}")] })),
        _ => return None,
    };
    Some((format!("/rounds/{id}/{what}"), body))
}

/// Plays the open round to its end; if there is none, it is finished already.
fn finish(base: &str, client: &Client, number: usize) {
    let me = client.get(base, "/me").unwrap().1;
    if me["standing"]["games"] == number + 1 {
        return;
    }
    assert!(play_on(base, client, number).is_none(), "there is room again");
}

fn assert_intact(runtime: &tokio::runtime::Runtime, database: &str) {
    let rows = runtime.block_on(query(database, "PRAGMA integrity_check"));
    assert_eq!(rows[0].get::<String, _>(0), "ok", "{}", Path::new(database).display());
    runtime.block_on(assert_sound(database));
}
