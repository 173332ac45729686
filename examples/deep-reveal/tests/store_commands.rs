//! The commands, as they are typed.

use std::path::Path;
use std::process::{Command, Output};

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

    let campaigns = succeed(at, &["admin", "campaigns"]);
    assert!(campaigns.contains("closed") && campaigns.contains("easing"), "{campaigns}");
    succeed(at, &["admin", "open", "first"]);
    assert!(!succeed(at, &["admin", "campaigns"]).contains("closed"));
    assert!(succeed(at, &["admin", "progress"]).contains("crocodile.jpg"));
    assert!(succeed(at, &["admin", "table", "first"]).contains("Raw labels per map"));
    assert!(succeed(at, &["admin", "trust"]).contains("nobody"));
    assert!(succeed(at, &["admin", "questionnaire"]).contains("nobody"));

    assert_eq!(succeed(at, &["export", "games.csv"]), "0 games written to games.csv\n");
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
