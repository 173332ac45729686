//! Databases to test with: a file, and PostgreSQL where its programs are installed.
#![allow(dead_code)]

pub mod cluster;
pub mod disk;
mod postgres;

use deep_reveal::store::Store;
use tempfile::TempDir;

/// A new, empty database; gone when it is dropped.
pub struct Database {
    pub kind: &'static str,
    pub url: String,
    _folder: Option<TempDir>,
}

impl Database {
    pub fn sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = folder.path().join("game.db").to_str().unwrap().to_owned();
        Self { kind: "sqlite", url, _folder: Some(folder) }
    }

    pub async fn postgres() -> Option<Self> {
        let url = postgres::database().await?;
        Some(Self { kind: "postgres", url, _folder: None })
    }

    pub async fn open(&self) -> Store {
        Store::open(&self.url).await.unwrap()
    }
}

/// One of each kind.
pub async fn databases() -> Vec<Database> {
    let mut all = vec![Database::sqlite()];
    match Database::postgres().await {
        Some(database) => all.push(database),
        None => eprintln!("SKIPPED on PostgreSQL: initdb is neither in PATH nor in /usr/lib/postgresql"),
    }
    all
}
