//! The database's own server goes away while people play: it is killed, or its disk runs full. Players hear that they
//! have to wait, the game's server goes on by itself once the database is back, and what it answered is kept, once.
//!
//! `DEEP_REVEAL_TEST_KILLS` says how often it is killed; three times without it.

mod common;
mod players;

use std::collections::BTreeMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use common::cluster::Cluster;
use common::disk::SmallDisk;
use players::{Client, Server, assert_sound, exported, import, runtime};
use serde_json::{Value, json};

const PLAYERS: usize = 12;
const PHOTOS: usize = 200;

/// People who try again whatever happens.
struct Table<'a> {
    base: &'a str,
    over: AtomicBool,
    refused: AtomicUsize,
    words: AtomicUsize,
    /// The guess of each word that was acknowledged.
    answers: Mutex<BTreeMap<String, String>>,
}

impl<'a> Table<'a> {
    fn new(base: &'a str) -> Self {
        let (refused, words) = (AtomicUsize::new(0), AtomicUsize::new(0));
        Self { base, over: AtomicBool::new(false), refused, words, answers: Mutex::default() }
    }

    /// Until the server takes it; `None` when no photo is left. It may refuse only in words that say what to do.
    fn insist(&self, client: &Client, path: &str, body: &Value) -> Option<Value> {
        let begun = Instant::now();
        loop {
            let (status, answer) = client.post(self.base, path, body.clone()).unwrap();
            match (status, answer["error"]["code"].as_str()) {
                (200, _) => return Some(answer),
                (409, Some("nothing_left")) => return None,
                (503, Some("busy" | "no_space")) => drop(self.refused.fetch_add(1, Ordering::SeqCst)),
                // A session has its pace.
                (429, _) => {}
                _ => panic!("{path}: {status} {answer}"),
            }
            assert!(begun.elapsed() < Duration::from_secs(120), "{path}: still {status} {answer}");
            thread::sleep(Duration::from_millis(50));
        }
    }

    fn keep_playing(&self, client: &Client) {
        while !self.over.load(Ordering::SeqCst) {
            let Some(round) = self.insist(client, "/rounds", &Value::Null) else { return };
            let id = round["id"].as_str().unwrap();
            let guess = round["options"][rand::random_range(0..6)].as_str().unwrap();
            self.insist(client, &format!("/rounds/{id}/guess"), &json!({ "class": guess }));
            let word = format!("word{}", self.words.fetch_add(1, Ordering::SeqCst));
            let end =
                self.insist(client, &format!("/rounds/{id}/labels"), &json!({ "labels": [word] })).unwrap();
            assert_eq!(end["outcome"]["labels"], json!([word]));
            self.answers.lock().unwrap().insert(word, guess.to_owned());
        }
    }

    /// Everybody plays while `trouble` goes on.
    fn play_through(&self, trouble: impl FnOnce()) {
        let clients: Vec<Client> = (0..PLAYERS).map(|_| Client::guest(self.base).unwrap()).collect();
        thread::scope(|scope| {
            clients.iter().for_each(|client| drop(scope.spawn(|| self.keep_playing(client))));
            trouble();
            thread::sleep(Duration::from_millis(500));
            self.over.store(true, Ordering::SeqCst);
        });
    }

    /// Every acknowledged answer is in the export, and nothing is twice or made up.
    fn check(&self, url: &str) -> usize {
        runtime().block_on(assert_sound(url));
        let rows = exported(url);
        let kept: BTreeMap<_, _> =
            rows.iter().map(|row| (row["labels"].clone(), row["guessed_class"].clone())).collect();
        assert_eq!(kept.len(), rows.len(), "none twice");
        assert_eq!(kept, *self.answers.lock().unwrap());
        rows.len()
    }
}

fn skipped() {
    eprintln!("SKIPPED: initdb is neither in PATH nor in /usr/lib/postgresql");
}

#[test]
fn postgres_is_killed_and_comes_back() {
    let folder = tempfile::tempdir().unwrap();
    let Some(cluster) = Cluster::start(folder.path()) else { return skipped() };
    let url = cluster.url();
    runtime().block_on(import(&url, PHOTOS, 1, 4));
    let server = Server::start(&url);
    let table = Table::new(&server.base);
    let kills = std::env::var("DEEP_REVEAL_TEST_KILLS").map_or(3, |n| n.parse().unwrap());
    table.play_through(|| {
        for _ in 0..kills {
            thread::sleep(Duration::from_millis(rand::random_range(100..600)));
            cluster.kill();
            // Long enough that some are refused.
            thread::sleep(Duration::from_millis(rand::random_range(0..300)));
            cluster.start_again();
        }
    });
    let games = table.check(&url);
    let refused = table.refused.load(Ordering::SeqCst);
    assert!(refused > 0, "nobody noticed");
    eprintln!("killed {kills} times: {games} games acknowledged and exported, {refused} calls refused");
}

#[test]
fn the_disk_of_postgres_runs_full() {
    let Some(disk) = SmallDisk::mount(90) else {
        return eprintln!("SKIPPED: a small disk cannot be mounted here, which takes root");
    };
    let Some(cluster) = Cluster::start(disk.folder()) else { return skipped() };
    let url = cluster.url();
    runtime().block_on(import(&url, PHOTOS, 1, 4));
    let server = Server::start(&url);
    let table = Table::new(&server.base);
    table.play_through(|| {
        thread::sleep(Duration::from_millis(300));
        disk.fill();
        let begun = Instant::now();
        while table.refused.load(Ordering::SeqCst) < PLAYERS {
            assert!(begun.elapsed() < Duration::from_secs(60), "the disk is not full");
            thread::sleep(Duration::from_millis(20));
        }
        disk.make_room();
        // Without room for its log PostgreSQL ends itself; whoever watches over it starts it again.
        if !cluster.is_ready() {
            cluster.start_again();
        }
    });
    let games = table.check(&url);
    let refused = table.refused.load(Ordering::SeqCst);
    eprintln!("disk full: {games} games acknowledged and exported, {refused} calls refused");
}
