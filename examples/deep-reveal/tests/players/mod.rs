//! The real server as a process of its own, and players who use it over HTTP.
#![allow(dead_code, unused_imports)] // Each test file uses its own part.

mod campaign;
mod client;
mod counts;
mod server;

pub use campaign::campaign;
pub use client::{Client, Reply, Trouble};
pub use counts::{assert_sound, query};
pub use server::{Server, command};

use std::collections::BTreeMap;

use deep_reveal::store::Store;

/// A runtime for the store; the players have threads of their own.
pub fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap()
}

/// Puts a campaign into an empty database, before the server would load its own.
pub async fn import(url: &str, photos: usize, maps: usize, controls: usize) {
    let store = Store::open(url).await.unwrap();
    store.import(&campaign(photos, maps, controls), 0).await.unwrap();
    store.close().await;
}

/// Games on each ordinary map, those in progress included.
pub async fn loads(store: &Store) -> Vec<u64> {
    let campaigns = store.campaigns().await.unwrap();
    let progress = store.progress(&campaigns[0].id).await.unwrap();
    progress.into_iter().filter(|map| !map.control).map(|map| map.load).collect()
}

/// What the command `export` writes: its rows, each by the names of the columns.
pub fn exported(database: &str) -> Vec<BTreeMap<String, String>> {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("games.csv");
    command(&["--database", database, "export", "--overwrite", file.to_str().unwrap()]);
    let mut reader = csv::Reader::from_path(file).unwrap();
    reader.deserialize().map(Result::unwrap).collect()
}
