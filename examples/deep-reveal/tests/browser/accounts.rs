//! Accounts from their beginning to their end.

use serde_json::json;

use crate::browser::Kind;
use crate::player::Visit;
use crate::server::{Server, field};

#[test]
fn an_account_from_beginning_to_end() {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, Kind::default()) else { return };
    visit.play_as_guest();
    visit.win("stripes");
    register(&visit);
    leaderboard(&visit);
    log_out_and_in(&visit);
    forget_the_password(&visit);
    delete(&visit);
}

/// A guest becomes a member and keeps score, round and history.
fn register(visit: &Visit<'_>) {
    visit.start();
    visit.show_more();
    let (guest, path, session) = (visit.player().id, visit.path(), visit.cookie());
    visit.go("/");
    visit.click("main a[href='/register']");
    visit.wait("main form[action='/register']");
    fill(visit, &[("name", "Ann"), ("email", "ann@example.org"), ("password", "ann@example.org")]);
    visit.wait("#problem");
    assert_eq!(visit.attribute("#password", "aria-invalid"), "true");
    assert_eq!(visit.attribute("#email", "value"), "ann@example.org", "what was right is still there");
    visit.write("#password", "correct horse");
    visit.click("main form button");
    visit.wait(".play");
    assert_eq!(visit.text("h1"), "Hello, Ann");
    assert_eq!((visit.player().id, visit.player().standing.score), (guest, 325));
    assert!(visit.cookie() != session, "the session is a new one");
    visit.start();
    assert_eq!((visit.path(), visit.hints()), (path, 1));
}

fn leaderboard(visit: &Visit<'_>) {
    visit.go("/leaderboard");
    let row = visit.text(".leaders .own").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(row, "1 Ann (you) 325 1 100 % 1");
    visit.go("/account");
    visit.click("input[name=listed]");
    visit.click("form.card:not(.danger) button");
    visit.wait(".done");
    visit.go("/leaderboard");
    assert_eq!(visit.count(".leaders"), 0);
    assert!(visit.text("main").contains("You chose not to appear here"));
}

fn log_out_and_in(visit: &Visit<'_>) {
    let path = {
        visit.go("/");
        visit.start();
        visit.path()
    };
    visit.go("/");
    visit.click("main form[action='/logout'] button");
    visit.wait("form[action='/guest']");
    // Neither the page nor the way back shows anything of the game.
    visit.go(&path);
    visit.arrive("/");
    visit.wait("form[action='/guest']");
    visit.click("main a[href='/login']");
    fill(visit, &[("name", "ann"), ("password", "wrong horse")]);
    visit.wait("#problem");
    assert_eq!(visit.text("#problem"), "User name and password do not match.");
    visit.write("#password", "correct horse");
    visit.click("main form button");
    visit.wait(".play");
    visit.start();
    assert_eq!(visit.path(), path);
}

fn forget_the_password(visit: &Visit<'_>) {
    visit.go("/account");
    visit.click("main form[action='/logout'] button");
    visit.click("main a[href='/login']");
    visit.click("main a[href='/forgot']");
    visit.wait("form[action='/forgot']");
    fill(visit, &[("email", "Ann@example.org")]);
    visit.until("sent", || match visit.text("h1").as_str() {
        "Look into your mail" => Ok(()),
        other => Err(other.to_owned()),
    });
    let mail = visit.server.mail();
    let start = mail.find(&visit.server.url("/reset/")).unwrap_or_else(|| panic!("no link in {mail}"));
    let link = mail[start..].split_whitespace().next().unwrap();
    visit.open(link);
    fill(visit, &[("password", "battery staple")]);
    visit.wait(".play");
    assert_eq!(visit.text("h1"), "Hello, Ann");
    // The link works once, and the old password no more.
    visit.open(link);
    assert_eq!(visit.text("h1"), "This link no longer works");
    visit.go("/account");
    visit.click("main form[action='/logout'] button");
    visit.click("main a[href='/login']");
    fill(visit, &[("name", "ann@example.org"), ("password", "correct horse")]);
    visit.wait("#problem");
    visit.write("#password", "battery staple");
    visit.click("main form button");
    visit.wait(".play");
}

fn delete(visit: &Visit<'_>) {
    let player = visit.player().id;
    assert_eq!(visit.server.export().iter().map(|row| field(row, "labels")).collect::<Vec<_>>(), ["stripes"]);
    visit.go("/privacy");
    visit.click("main a[href='/account#delete']");
    visit.wait("#delete");
    // Unless the box is ticked, the browser sends nothing.
    visit.click("#delete button");
    assert_eq!(visit.path(), "/account#delete");
    visit.click("#delete input[name=sure]");
    visit.click("#delete button");
    visit.until("deleted", || match visit.text("main") {
        text if text.contains("Everything about you is deleted") => Ok(()),
        text => Err(text),
    });
    assert_eq!(visit.server.get(visit.server.store.player(&player)), None);
    assert!(visit.server.export().is_empty());
    visit.go("/account");
    visit.arrive("/");
    assert_eq!(
        visit.ask("/cookie").as_array().map(|all| all.iter().filter(|c| c["name"] == json!("anv")).count()),
        Some(0)
    );
}

fn fill(visit: &Visit<'_>, fields: &[(&str, &str)]) {
    for (id, text) in fields {
        visit.clear(&format!("#{id}"));
        visit.write(&format!("#{id}"), text);
    }
    visit.click("main form button");
}
