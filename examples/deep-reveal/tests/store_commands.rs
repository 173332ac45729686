//! The commands, as they are typed.

use std::path::Path;
use std::process::{Command, Output};

use deep_reveal::store::Store;
use tempfile::TempDir;

const DEMO: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../assets/demo/explained");

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_deep-reveal")).args(arguments).current_dir(folder).output().unwrap()
}

fn succeed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn fail(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    assert_eq!(output.status.code(), Some(2), "{arguments:?}");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("error: "), "{text}");
    text
}

/// A folder with a database that has the packaged photos as a campaign.
async fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let database = folder.path().join("deep-reveal.db");
    let store = deep_reveal::store::Store::open(database.to_str().unwrap()).await.unwrap();
    store.close().await;
    folder
}

#[tokio::test]
async fn import_to_export() {
    let folder = folder().await;
    let at = folder.path();
    assert!(succeed(at, &["admin", "campaigns"]).contains("there are no campaigns"));
    let text =
        succeed(at, &["import", DEMO, "--name", "first", "--control", "panda", "--closed", "--easing"]);
    assert!(text.contains("8 photos added to `first`") && text.contains("1 control photo"), "{text}");
    assert!(text.contains("it is closed"), "{text}");
    let again = succeed(at, &["import", DEMO, "--name", "first", "--control", "panda"]);
    assert!(again.contains("0 photos added") && again.contains("left as they are: astronaut.jpg"), "{again}");

    succeed(at, &["import", DEMO, "--name", "first", "--closed", "--easing"]);
    let refused = fail(at, &["import", DEMO, "--name", "first", "--control", "chair"]);
    assert!(refused.contains("`chair.jpg` is there already and is no control photo"), "{refused}");

    let campaigns = succeed(at, &["admin", "campaigns"]);
    assert!(campaigns.contains("closed") && campaigns.contains("easing"), "{campaigns}");
    succeed(at, &["admin", "open", "first"]);
    assert!(!succeed(at, &["admin", "campaigns"]).contains("closed"));
    assert!(fail(at, &["import", DEMO, "--name", "first", "--closed"]).contains("--closed"));
    succeed(at, &["import", DEMO, "--name", "plain"]);
    assert!(fail(at, &["import", DEMO, "--name", "plain", "--easing"]).contains("--easing"));
    for name in ["n".repeat(101), "back\u{202e}wards".into()] {
        assert!(fail(at, &["import", DEMO, "--name", &name]).contains("100"));
    }
    assert!(succeed(at, &["admin", "progress"]).contains("crocodile.jpg"));
    assert!(succeed(at, &["admin", "table", "first"]).contains("Raw labels per map"));
    assert!(succeed(at, &["admin", "trust"]).contains("nobody"));
    assert!(succeed(at, &["admin", "questionnaire"]).contains("nobody"));

    assert_eq!(
        succeed(at, &["export", "games.csv", "--campaign", "first"]),
        "0 games written to games.csv\n"
    );
    assert!(std::fs::read_to_string(at.join("games.csv")).unwrap().starts_with("game,player,image"));
    succeed(at, &["backup", "copy.db"]);
    let copy = succeed(at, &["--database", "copy.db", "admin", "campaigns"]);
    assert!(copy.contains("first"), "{copy}");
}

#[tokio::test]
async fn roles_are_granted_by_name() {
    let folder = folder().await;
    let database = folder.path().join("deep-reveal.db");
    let store = deep_reveal::store::Store::open(database.to_str().unwrap()).await.unwrap();
    let member = deep_reveal::store::NewMember {
        name: "Ann".into(),
        email: "ann@example.org".into(),
        password_hash: "hash".into(),
        language: "en".into(),
    };
    let player = store.register(None, &member, 0).await.unwrap();
    assert!(succeed(folder.path(), &["admin", "grant", "ann"]).contains("Ann can"));
    assert!(store.player(&player.id).await.unwrap().unwrap().is_admin());
    succeed(folder.path(), &["admin", "revoke", "ANN@example.org"]);
    assert!(!store.player(&player.id).await.unwrap().unwrap().is_admin());
    assert!(fail(folder.path(), &["admin", "grant", "bob"]).contains("no player `bob`"));
}

#[test]
fn import_makes_the_database() {
    let folder = tempfile::tempdir().unwrap();
    let at = folder.path();
    fail(at, &["import", "missing", "--name", "spring"]);
    assert!(!at.join("deep-reveal.db").exists(), "nothing is made for folders that are not there");
    let text = succeed(at, &["import", DEMO, "--name", "spring"]);
    assert!(text.contains("the database deep-reveal.db was made"), "{text}");
    assert!(!succeed(at, &["import", DEMO, "--name", "spring"]).contains("was made"));
}

fn open(folder: &Path, name: &str) -> impl Future<Output = Store> {
    let url = folder.join(name).to_str().unwrap().to_owned();
    async move { Store::open(&url).await.unwrap() }
}

#[tokio::test]
async fn a_backup_is_restored_and_what_it_replaced_is_kept() {
    let folder = folder().await;
    let at = folder.path();
    let store = open(at, "deep-reveal.db").await;
    let before = store.add_guest("en", 0).await.unwrap().id;
    assert!(succeed(at, &["backup", "saved.db"]).contains("deep-reveal restore saved.db"));
    let after = store.add_guest("en", 0).await.unwrap().id;
    assert!(fail(at, &["restore", "saved.db"]).contains("deep-reveal.db is in use"));
    assert!(store.player(&after).await.unwrap().is_some(), "a refusal changes nothing");

    // As after a crash: what was answered last is only in the log.
    let crashed = at.join("crashed");
    std::fs::create_dir(&crashed).unwrap();
    for name in ["deep-reveal.db", "deep-reveal.db-wal", "saved.db"] {
        std::fs::copy(at.join(name), crashed.join(name)).unwrap();
    }
    let text = succeed(&crashed, &["restore", "saved.db"]);
    assert!(text.contains("kept as deep-reveal.db.before-restore-1"), "{text}");
    let restored = open(&crashed, "deep-reveal.db").await;
    assert!(restored.player(&before).await.unwrap().is_some());
    assert!(
        restored.player(&after).await.unwrap().is_none(),
        "the log of the old one was not taken for its own"
    );
    restored.close().await;
    let old = open(&crashed, "deep-reveal.db.before-restore-1").await;
    assert!(old.player(&after).await.unwrap().is_some(), "the old one is whole");
    old.close().await;
    assert!(succeed(&crashed, &["restore", "saved.db"]).contains("before-restore-2"));
    store.close().await;
}

/// Whoever comes while a copy is put in place is told to wait: a server that opened the old one just before the exchange
/// would go on with a database that has no name any more.
#[tokio::test]
async fn nobody_opens_a_database_that_is_being_restored() {
    let folder = folder().await;
    let at = folder.path();
    let lock = std::fs::File::open(at.join("deep-reveal.db-lock")).unwrap();
    lock.lock().unwrap();
    assert!(fail(at, &["admin", "campaigns"]).contains("is just being restored"));
    assert!(fail(at, &["--listen", "127.0.0.1:0"]).contains("is just being restored"));
    lock.unlock().unwrap();
    succeed(at, &["admin", "campaigns"]);
    // A server that only looks, and has no transaction open, is in the way as well.
    let store = open(at, "deep-reveal.db").await;
    succeed(at, &["backup", "saved.db"]);
    assert!(fail(at, &["restore", "saved.db"]).contains("deep-reveal.db is in use"));
    store.close().await;
    succeed(at, &["restore", "saved.db"]);
}

#[tokio::test]
async fn only_a_sound_copy_is_restored() {
    let folder = folder().await;
    let at = folder.path();
    succeed(at, &["import", DEMO, "--name", "first"]);
    succeed(at, &["backup", "saved.db"]);
    let whole = std::fs::read(at.join("saved.db")).unwrap();
    std::fs::write(at.join("short.db"), &whole[..whole.len() / 2]).unwrap();
    let mut overwritten = whole.clone();
    overwritten[8192..16384].fill(7);
    std::fs::write(at.join("overwritten.db"), overwritten).unwrap();
    std::fs::write(at.join("games.csv"), "game,player\n".repeat(100)).unwrap();
    std::fs::write(at.join("empty.db"), "").unwrap();
    let kept = std::fs::read(at.join("deep-reveal.db")).unwrap();
    for (name, reason) in [
        ("short.db", "is damaged"),
        ("overwritten.db", "is damaged"),
        ("games.csv", "games.csv is not a SQLite database"),
        ("empty.db", "not a database of Deep Reveal"),
        ("missing.db", "there is no file missing.db"),
        ("deep-reveal.db", "in use"),
    ] {
        let text = fail(at, &["restore", name]);
        assert!(text.contains(reason) && text.contains(name), "{name}: {text}");
    }
    assert_eq!(std::fs::read(at.join("deep-reveal.db")).unwrap(), kept);
    let left: Vec<_> = std::fs::read_dir(at).unwrap().map(|e| e.unwrap().file_name()).collect();
    assert!(!left.iter().any(|name| name.to_string_lossy().contains("half")), "{left:?}");

    // A damaged database does not stand in the way, and one that is gone neither.
    std::fs::write(at.join("deep-reveal.db"), &whole[..whole.len() / 2]).unwrap();
    assert!(succeed(at, &["restore", "saved.db"]).contains("before-restore-1"));
    std::fs::remove_file(at.join("deep-reveal.db")).unwrap();
    assert!(!succeed(at, &["restore", "saved.db"]).contains("before-restore"));
    assert!(succeed(at, &["admin", "campaigns"]).contains("first"));
}

#[cfg(unix)]
#[tokio::test]
async fn a_restored_database_keeps_its_permissions() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder().await;
    let at = folder.path();
    let database = at.join("deep-reveal.db");
    succeed(at, &["backup", "saved.db"]);
    std::fs::set_permissions(at.join("saved.db"), PermissionsExt::from_mode(0o644)).unwrap();
    for mode in [0o600, 0o640] {
        std::fs::set_permissions(&database, PermissionsExt::from_mode(mode)).unwrap();
        succeed(at, &["restore", "saved.db"]);
        assert_eq!(std::fs::metadata(&database).unwrap().permissions().mode() & 0o777, mode);
    }
}

#[tokio::test]
async fn a_database_that_cannot_be_used_is_named_at_once() {
    let folder = folder().await;
    let at = folder.path();
    succeed(at, &["import", DEMO, "--name", "first"]);
    succeed(at, &["backup", "saved.db"]);
    let whole = std::fs::read(at.join("saved.db")).unwrap();
    std::fs::write(at.join("short.db"), &whole[..whole.len() / 2]).unwrap();
    std::fs::write(at.join("games.csv"), "game,player\n".repeat(100)).unwrap();
    let options = format!("sqlite:{}?mode=rwc", at.join("other.db").display());
    let pool = sqlx::AnyPool::connect(&options).await.unwrap();
    sqlx::raw_sql("CREATE TABLE invoice (id INTEGER)").execute(&pool).await.unwrap();
    pool.close().await;
    let other = std::fs::read(at.join("other.db")).unwrap();
    let started = std::time::Instant::now();
    for (database, reason) in [
        ("games.csv", "games.csv is not a SQLite database"),
        ("short.db", "short.db is damaged"),
        ("other.db", "other.db is not a database of Deep Reveal, it has a table `invoice`"),
        ("postgres://game@127.0.0.1:1/game", "efused"),
    ] {
        for command in [&["serve", "--listen", "127.0.0.1:0"][..], &["admin", "campaigns"]] {
            let text = fail(at, &[&["--database", database], command].concat());
            assert!(text.contains(reason) && text.lines().count() == 1, "{database}: {text}");
        }
    }
    assert!(started.elapsed().as_secs() < 10, "{:?}", started.elapsed());
    assert_eq!(std::fs::read(at.join("other.db")).unwrap(), other, "it was not changed");
}

#[tokio::test]
async fn mistakes_are_named() {
    let empty = tempfile::tempdir().unwrap();
    let text = fail(empty.path(), &["admin", "campaigns"]);
    assert!(text.contains("deep-reveal.db"), "{text}");
    assert!(!empty.path().join("deep-reveal.db").exists(), "no database is made by looking");

    let folder = folder().await;
    let at = folder.path();
    assert!(fail(at, &["export", "games.xlsx"]).contains(".parquet"));
    assert!(fail(at, &["export", "games.csv", "--campaign", "none"]).contains("no campaign `none`"));
    std::fs::write(at.join("games.csv"), "mine").unwrap();
    assert!(fail(at, &["export", "games.csv"]).contains("--overwrite"));
    assert_eq!(std::fs::read(at.join("games.csv")).unwrap(), b"mine");
    succeed(at, &["export", "games.csv", "--overwrite"]);
    for command in ["export", "backup"] {
        assert!(fail(at, &[command, "nowhere/games.csv"]).contains("there is no folder nowhere"));
    }
    assert!(fail(at, &["import", DEMO, DEMO, "--name", "a"]).contains("given twice"));
    assert!(fail(at, &["import", "missing", "--name", "a"]).contains("missing"));
    assert!(fail(at, &["import", DEMO, "--name", "a", "--control", "dog"]).contains("dog"));
    assert!(fail(at, &["admin", "open", "none"]).contains("none"));
    succeed(at, &["backup", "copy.db"]);
    assert!(fail(at, &["backup", "copy.db"]).contains("copy.db"));
    assert!(fail(at, &["--listen", "0.0.0.0:0"]).contains("overheard"));
    assert!(fail(at, &["--control-rate", "2"]).contains("control rate"));
    assert!(fail(at, &["--listen", "nowhere"]).contains("nowhere"));
}

#[test]
fn help_tells_the_commands() {
    let text = succeed(Path::new("."), &["--help"]);
    for word in ["serve", "import", "export", "admin", "backup", "--database", "DEEP_REVEAL_LISTEN"] {
        assert!(text.contains(word), "{word} is not in the help");
    }
}
