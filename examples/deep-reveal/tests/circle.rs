//! The circle closes: players give words to the maps of the packaged photos, the games are exported, and the project's own
//! `label` and `global` find those words.

mod players;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

use deep_reveal::http::Token;
use deep_reveal::store::{MapProgress, PlayerId, RoundRow, Store};
use players::{Client, Server, command, exported, runtime};
use serde_json::{Value, json};

/// As many as the photo of most maps has maps, and some more.
const TRUSTED: usize = 22;
const DRAFTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/demo/explained");
const CONTROLS: [&str; 2] = ["panda", "great-pyramid"];
const TOLERANCE: f64 = 1e-9;

/// Image, layer and cluster.
type Cluster = (String, u32, u32);

/// What people did with a word on a cluster.
#[derive(Default)]
struct Word {
    games: u32,
    hints: u32,
    won: bool,
}

/// Score of the thesis' equation 3.2.
fn score(word: &Word) -> f64 {
    let (games, hints) = (f64::from(word.games), f64::from(word.hints));
    games * (1.0 - hints / games / 10.0) * if word.won { 1.0 } else { 0.25 }
}

#[test]
fn the_words_of_the_players_come_out_at_the_end() {
    let home = tempfile::tempdir().unwrap();
    let database = home.path().join("game.db");
    let database = database.to_str().unwrap();
    let server = Server::start(database);
    let school = School::new(database);
    let mut words: BTreeMap<(Cluster, String), Word> = BTreeMap::new();
    for number in 0..TRUSTED {
        // Two of them miss every fourth photo.
        let miss = move |game: usize, control: bool| number < 2 && !control && game % 4 == 1;
        for (cluster, word, hints, won) in school.attend(&server, number, miss, "") {
            let word = words.entry((cluster, word)).or_default();
            (word.games, word.hints, word.won) = (word.games + 1, word.hints + hints, word.won || won);
        }
    }
    // Who misses the control photos, and says something of their own.
    assert!(!school.attend(&server, 0, |_, control| control, "qq").is_empty());
    server.kill();

    let rows = exported(database);
    let controls = rows.iter().filter(|row| row["control"] == "true").count();
    assert!(controls > TRUSTED, "everybody met one");
    assert_eq!(rows.len(), (TRUSTED + 1) * 7 + controls);
    command(&["--database", database, "export", home.path().join("games.csv").to_str().unwrap()]);
    let mapped: BTreeSet<_> = words.keys().map(|(cluster, _)| cluster).collect();
    assert_eq!(mapped.len(), school.maps.values().filter(|map| !map.control).count(), "every map has a word");

    let folders = folders();
    let arguments = [folders.iter().map(String::as_str).collect(), vec!["--games", "games.csv", "--json"]];
    let found: Value = serde_json::from_str(&run(home.path(), "label", &arguments.concat())).unwrap();
    assert_scores(&found["scores"], &words);
    assert_eq!(
        found["report"]["trust"]["failed"].as_object().map(|failed| failed.len()),
        Some(1),
        "{}",
        found["report"]
    );
    assert_features(home.path(), &school, &words);
}

/// Exactly the words of the trusted players, with the scores that their games give.
fn assert_scores(found: &Value, words: &BTreeMap<(Cluster, String), Word>) {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap().to_owned();
    let number = |row: &Value, name: &str| row[name].as_u64().unwrap() as u32;
    let found: BTreeMap<_, f64> = found
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            let cluster = (text(row, "image"), number(row, "layer"), number(row, "cluster"));
            ((cluster, text(row, "label")), row["score"].as_f64().unwrap())
        })
        .collect();
    assert_eq!(found.keys().collect::<Vec<_>>(), words.keys().collect::<Vec<_>>());
    for (key, word) in words {
        assert!((found[key] - score(word)).abs() < TOLERANCE, "{key:?}: {} {}", found[key], score(word));
    }
}

/// The features of each class are the best words of its clusters.
fn assert_features(home: &Path, school: &School, words: &BTreeMap<(Cluster, String), Word>) {
    let mut classes: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for map in school.maps.values().filter(|map| !map.control) {
        let cluster = (map.image.clone(), map.layer, map.cluster);
        let here = || words.iter().filter(|((c, _), _)| *c == cluster);
        let most = here().map(|(_, word)| score(word)).fold(0.0, f64::max);
        let best =
            here().filter(|(_, word)| most - score(word) < TOLERANCE).map(|((_, label), _)| label.clone());
        classes.entry(&map.true_class).or_default().extend(best);
    }
    assert!(classes.len() > 3);
    for (class, expected) in classes {
        let arguments =
            ["labelled", "--class", class, "--group", "all", "--top", "1000", "--resamples", "0", "--json"];
        let found: Value = serde_json::from_str(&run(home, "global", &arguments)).unwrap();
        let groups = found["groups"].as_array().unwrap();
        assert_eq!(groups.len(), 1, "{found}");
        let found =
            groups[0].as_array().unwrap().iter().map(|feature| feature[0].as_str().unwrap().to_owned());
        assert_eq!(found.collect::<BTreeSet<_>>(), expected, "{class}");
    }
}

/// Knows what the players cannot: the true class of each round.
struct School {
    runtime: tokio::runtime::Runtime,
    store: Store,
    maps: BTreeMap<String, MapProgress>,
}

impl School {
    fn new(database: &str) -> Self {
        let runtime = runtime();
        let store = runtime.block_on(Store::open(database)).unwrap();
        let maps = runtime.block_on(async {
            let campaign = store.campaigns().await.unwrap().remove(0);
            store.progress(&campaign.id).await.unwrap()
        });
        let maps = maps.into_iter().map(|map| (map.id.to_string(), map)).collect();
        Self { runtime, store, maps }
    }

    /// Plays every photo there is, with a number of hints that depends on the player; loses the games of `miss`. What
    /// they said of ordinary maps, and with how many hints.
    fn attend(
        &self,
        server: &Server,
        number: usize,
        miss: impl Fn(usize, bool) -> bool,
        prefix: &str,
    ) -> Vec<(Cluster, String, u32, bool)> {
        let client = Client::guest(&server.base).unwrap();
        let mut said = Vec::new();
        for game in 0.. {
            let Some(round) = client.start(&server.base) else { break };
            let row = self.row(&client, round["id"].as_str().unwrap());
            assert!(game != 2 || row.control, "the third game is a control game");
            let (won, hints) = (!miss(game, row.control), (number + game) % 6);
            let word = format!("{prefix}{}", self.word(&row, won));
            play(&client, &server.base, &row, hints, won, &word);
            let map = &self.maps[row.map_id.as_str()];
            if !row.control {
                said.push(((map.image.clone(), map.layer, map.cluster), word, hints as u32, won));
            }
        }
        assert_eq!(said.len(), 7);
        said
    }

    /// What the database has of a round.
    fn row(&self, client: &Client, id: &str) -> RoundRow {
        let hash = Token::parse(&client.token).unwrap().hash();
        self.runtime.block_on(async {
            let player: PlayerId = self.store.session(&hash, 0).await.unwrap().unwrap().id;
            self.store.round(&player, &id.to_owned().into()).await.unwrap().unwrap()
        })
    }

    /// Who recognises the photo says a word that stands for its class, the layer and every other cluster of it, so that
    /// some clusters share one; who does not, one that stands for the image.
    fn word(&self, row: &RoundRow, won: bool) -> String {
        let map = &self.maps[row.map_id.as_str()];
        let stem = |text: &str| text.chars().filter(char::is_ascii_lowercase).rev().collect::<String>();
        let letter = |number: u32| char::from(b'a' + number as u8);
        match won {
            true => format!("xy{}{}{}", stem(&map.true_class), letter(map.layer), letter(map.cluster % 2)),
            false => format!("zz{}", stem(&map.image)),
        }
    }
}

fn play(client: &Client, base: &str, row: &RoundRow, hints: usize, won: bool, word: &str) {
    let id = row.id.as_str();
    for hints in 1..=hints {
        client.play(base, id, "more", json!({ "hints": hints }));
    }
    let class = row.round.options.iter().find(|option| (**option == row.true_class) == won).unwrap();
    client.play(base, id, "guess", json!({ "class": class }));
    let round = client.play(base, id, "labels", json!({ "labels": [word] }));
    assert_eq!(round["outcome"]["ending"], if won { "won" } else { "lost" });
}

/// The explanations that the packaged campaign is made from, without the control photos.
fn folders() -> Vec<String> {
    let entries = std::fs::read_dir(DRAFTS).unwrap().map(|entry| entry.unwrap());
    let ordinary = entries.filter(|entry| CONTROLS.iter().all(|control| entry.file_name() != *control));
    let mut folders: Vec<_> = ordinary.map(|entry| entry.path().to_str().unwrap().to_owned()).collect();
    folders.sort();
    assert_eq!(folders.len(), 7);
    folders
}

/// Runs an example, which `cargo test --workspace` has built before.
fn run(home: &Path, name: &str, arguments: &[&str]) -> String {
    let output = Command::new(program(name)).current_dir(home).args(arguments).output().unwrap();
    assert!(output.status.success(), "{name}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn program(name: &str) -> PathBuf {
    let tests = std::env::current_exe().unwrap();
    let profile = tests.parent().and_then(Path::parent).unwrap();
    let program = profile.join("examples").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    if !program.exists() {
        let mut build = Command::new(env!("CARGO"));
        build.args(["build", "--package", "anv-examples", "--example", name]);
        if profile.ends_with("release") {
            build.arg("--release");
        }
        assert!(build.status().unwrap().success());
    }
    program
}
