//! Opening, migrations, keys.

use deep_reveal::store::Store;

use crate::common::databases;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn migrations_run_once_whoever_comes_first() {
    for database in databases().await {
        let opening: Vec<_> = (0..4)
            .map(|_| {
                let url = database.url.clone();
                tokio::spawn(async move { Store::open(&url).await.map(drop).map_err(|e| e.to_string()) })
            })
            .collect();
        for opened in opening {
            assert_eq!(opened.await.unwrap(), Ok(()), "{}", database.kind);
        }
        // Again, on tables that are there.
        database.open().await.ping().await.unwrap();
    }
}

#[tokio::test]
async fn all_servers_share_the_secret() {
    for database in databases().await {
        let (one, other) = (database.open().await, database.open().await);
        let (a, b) = tokio::join!(one.secret(), other.secret());
        let secret = a.unwrap();
        assert_eq!(secret, b.unwrap());
        assert_eq!(secret, database.open().await.secret().await.unwrap());
        assert_ne!(secret, [0; 32]);
    }
}

#[tokio::test]
async fn a_database_of_a_later_version_is_left_alone() {
    for database in databases().await {
        database.open().await.close().await;
        let options: sqlx::any::AnyConnectOptions = match database.kind {
            "sqlite" => format!("sqlite:{}", database.url).parse().unwrap(),
            _ => database.url.parse().unwrap(),
        };
        let pool = sqlx::AnyPool::connect_with(options).await.unwrap();
        sqlx::query("INSERT INTO migration (version, text) VALUES (99, '')").execute(&pool).await.unwrap();
        let error = Store::open(&database.url).await.unwrap_err().to_string();
        assert!(error.contains("version 99"), "{error}");
    }
}

#[tokio::test]
async fn an_address_of_another_kind_is_refused() {
    let error = Store::open("mysql://ann:secret@localhost/game").await.unwrap_err().to_string();
    assert!(error.contains("mysql://ann@localhost/game") && !error.contains("secret"), "{error}");
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("missing/game.db");
    assert!(Store::open(inside.to_str().unwrap()).await.is_err());
}
