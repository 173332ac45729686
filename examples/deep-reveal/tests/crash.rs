//! The server is killed at random moments while people play: whatever it answered is kept, once.
//!
//! `DEEP_REVEAL_TEST_KILLS=100 cargo test --release -p deep-reveal --test crash -- --nocapture` kills a hundred times on
//! each database; without the variable it is five times.

mod common;
mod players;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::{Duration, Instant};

use common::Database;
use deep_reveal::store::Store;
use players::{
    Client, Reply, Server, Trouble, assert_sound, command, exported, import, loads, query, runtime,
};
use serde_json::{Value, json};
use sqlx::Row;

const PLAYERS: usize = 10;
/// A guest plays so many rounds, the third a control round, and is replaced by a new one.
const ROUNDS: usize = 4;
const PHOTOS: usize = 40;
const MAPS: usize = 3;

fn kills() -> usize {
    std::env::var("DEEP_REVEAL_TEST_KILLS").map_or(5, |n| n.parse().unwrap())
}

/// An answer that the server said it has.
struct Answer {
    word: String,
    guess: String,
    hints: u64,
    total: u64,
}

struct Game {
    /// Where the server is since it was started last.
    base: RwLock<String>,
    over: AtomicBool,
    words: AtomicUsize,
    broken: AtomicUsize,
    answers: Mutex<BTreeMap<String, Answer>>,
}

impl Game {
    /// Tries again until the server answers, as people do who see that the page does not come.
    fn insist<T>(&self, ask: impl Fn(&str) -> Result<T, Trouble>) -> T {
        let started = Instant::now();
        loop {
            let base = self.base.read().unwrap().clone();
            match ask(&base) {
                Ok(answer) => return answer,
                Err(trouble) => {
                    assert!(started.elapsed() < Duration::from_secs(120), "{trouble:?}");
                    self.broken.fetch_add(1, Ordering::SeqCst);
                    std::thread::sleep(Duration::from_millis(rand::random_range(2..20)));
                }
            }
        }
    }

    /// A move, until it is taken. What was answered before must still be so.
    fn play(&self, client: &Client, id: &str, what: &str, body: &Value) -> Value {
        let (status, round) =
            self.insist(|base| client.post(base, &format!("/rounds/{id}/{what}"), body.clone()));
        assert_eq!(status, 200, "{what} {body}: {round}");
        round
    }

    fn keep_playing(&self) {
        while !self.over.load(Ordering::SeqCst) {
            let client = self.insist(Client::guest);
            for _ in 0..ROUNDS {
                if self.over.load(Ordering::SeqCst) {
                    break;
                }
                self.play_round(&client);
                // Some leave in the middle of a round.
                if rand::random_ratio(1, 20) {
                    self.insist(|base| client.post(base, "/rounds", Value::Null));
                    break;
                }
            }
        }
    }

    fn play_round(&self, client: &Client) {
        let (status, mut round): Reply = self.insist(|base| client.post(base, "/rounds", Value::Null));
        assert_eq!((status, &round["step"]), (200, &json!("guessing")), "{round}");
        let id = round["id"].as_str().unwrap().to_owned();
        let mut hints = round["hints"].as_u64().unwrap();
        for _ in 0..rand::random_range(0..=2) {
            hints += 1;
            round = self.play(client, &id, "more", &json!({ "hints": hints }));
            assert_eq!(round["hints"], hints);
        }
        let guess = round["options"][rand::random_range(0..6)].as_str().unwrap().to_owned();
        round = self.play(client, &id, "guess", &json!({ "class": guess }));
        assert_eq!((&round["hints"], &round["guess"]), (&json!(hints), &json!(guess)));
        let word = format!("word{}", self.words.fetch_add(1, Ordering::SeqCst));
        round = self.play(client, &id, "labels", &json!({ "labels": [word] }));
        let outcome = &round["outcome"];
        assert_eq!((&round["hints"], &round["guess"]), (&json!(hints), &json!(guess)));
        assert_eq!(outcome["labels"], json!([word]), "{round}");
        let total = outcome["total"].as_u64().unwrap();
        let before = self.answers.lock().unwrap().insert(id, Answer { word, guess, hints, total });
        assert!(before.is_none(), "a round was played twice");
    }
}

#[test]
fn sqlite_loses_nothing() {
    crash(&Database::sqlite());
}

#[test]
fn postgres_loses_nothing() {
    match runtime().block_on(Database::postgres()) {
        Some(database) => crash(&database),
        None => eprintln!("SKIPPED on PostgreSQL: initdb is neither in PATH nor in /usr/lib/postgresql"),
    }
}

/// Killed while it makes its tables and loads its first campaign, it does so the next time.
#[test]
fn a_first_start_may_be_killed() {
    for _ in 0..kills() {
        let database = Database::sqlite();
        for _ in 0..4 {
            let starting = Server::spawn(&database.url);
            std::thread::sleep(Duration::from_millis(rand::random_range(0..60)));
            starting.kill();
        }
        let server = Server::start(&database.url);
        let photos = runtime().block_on(query(&database.url, "SELECT id FROM photo"));
        assert_eq!(photos.len(), 9);
        assert!(Client::guest(&server.base).unwrap().start(&server.base).is_some());
    }
}

fn crash(database: &Database) {
    let (runtime, url, started) = (runtime(), &*database.url, Instant::now());
    runtime.block_on(import(url, PHOTOS, MAPS, 4));
    let mut server = Server::start(url);
    let game = Arc::new(Game {
        base: RwLock::new(server.base.clone()),
        over: AtomicBool::new(false),
        words: AtomicUsize::new(0),
        broken: AtomicUsize::new(0),
        answers: Mutex::default(),
    });
    let play = |_| {
        let game = game.clone();
        std::thread::spawn(move || game.keep_playing())
    };
    let playing: Vec<_> = (0..PLAYERS).map(play).collect();
    let (kills, mut early) = (kills(), 0);
    for number in 0..kills {
        std::thread::sleep(Duration::from_millis(rand::random_range(20..400)));
        if database.kind == "sqlite" && number == kills / 2 {
            back_up(&runtime, url, &game);
        }
        server.kill();
        // Some never come as far as to listen.
        while rand::random_ratio(1, 4) {
            early += 1;
            let starting = Server::spawn(url);
            std::thread::sleep(Duration::from_millis(rand::random_range(0..80)));
            starting.kill();
        }
        server = Server::start(url);
        game.base.write().unwrap().clone_from(&server.base);
        runtime.block_on(assert_sound(url));
    }
    std::thread::sleep(Duration::from_millis(300));
    game.over.store(true, Ordering::SeqCst);
    playing.into_iter().for_each(|player| player.join().unwrap());
    assert_eq!(server.errors(), [""; 0]);
    server.kill();
    let games = check(&runtime, url, &game);
    let broken = game.broken.load(Ordering::SeqCst);
    assert!(broken >= kills, "{broken} requests broke off");
    eprintln!(
        "{}: killed {kills} times under load and {early} times while it started; {} games acknowledged, {games} \
         exported, {broken} requests broke off; {:.0} s",
        database.kind,
        game.answers.lock().unwrap().len(),
        started.elapsed().as_secs_f64()
    );
}

/// Every acknowledged answer is in the export once, and nothing is twice. Returns the number of games.
fn check(runtime: &tokio::runtime::Runtime, url: &str, game: &Game) -> usize {
    runtime.block_on(assert_sound(url));
    let rows = exported(url);
    let mut by_word = BTreeMap::new();
    for row in &rows {
        assert!(by_word.insert(row["labels"].as_str(), row).is_none(), "twice: {row:?}");
    }
    let kept = runtime.block_on(query(url, "SELECT id, points FROM round WHERE finished IS NOT NULL"));
    let kept: BTreeMap<String, String> = kept.iter().map(|row| (row.get("id"), row.get("points"))).collect();
    assert_eq!(kept.len(), rows.len());
    let answers = game.answers.lock().unwrap();
    for (id, answer) in answers.iter() {
        let row = by_word.get(answer.word.as_str()).expect("an acknowledged answer is in the export");
        let found = (row["guessed_class"].as_str(), row["hints_used"].parse().unwrap());
        assert_eq!(found, (answer.guess.as_str(), answer.hints));
        let points: Value = serde_json::from_str(&kept[id]).unwrap();
        assert_eq!(points["total"], answer.total);
    }
    assert_eq!(answers.len(), rows.len(), "everybody insisted until their answer was taken");
    let spread = runtime.block_on(async {
        let store = Store::open(url).await.unwrap();
        loads(&store).await
    });
    // A map with two games less than another is one that only those could not be given who met its photo.
    let most = *spread.iter().max().unwrap();
    let behind = spread.iter().filter(|load| **load + 1 < most).count();
    assert!(behind <= (ROUNDS - 1) * MAPS, "{behind} maps are behind: {spread:?}");
    rows.len()
}

/// A copy that is taken while everybody plays is a whole database with every answer that was acknowledged before.
fn back_up(runtime: &tokio::runtime::Runtime, url: &str, game: &Game) {
    let folder = tempfile::tempdir().unwrap();
    let copy = folder.path().join("copy.db");
    let copy = copy.to_str().unwrap();
    let before: Vec<String> = game.answers.lock().unwrap().values().map(|a| a.word.clone()).collect();
    command(&["--database", url, "backup", copy]);
    runtime.block_on(assert_sound(copy));
    let rows = exported(copy);
    let count = |word: &String| rows.iter().filter(|row| row["labels"] == *word).count();
    assert!(before.iter().all(|word| count(word) == 1));
    let server = Server::start(copy);
    let client = Client::guest(&server.base).unwrap();
    assert!(client.start(&server.base).is_some(), "the copy can be played on");
}
