//! Without scripts.

use crate::browser::Kind;
use crate::player::Visit;
use crate::server::{Server, field};

#[test]
fn a_round_without_scripts() {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, Kind { no_scripts: true, ..Kind::default() }) else { return };
    assert_eq!(visit.count("html.js"), 0, "scripts run");
    visit.play_as_guest();
    visit.start();
    for hints in 1..=5 {
        show_more(&visit);
        assert!(visit.attribute(".stage img", "src").ends_with(&format!("/{hints}.png")));
    }
    visit.choose(&visit.wrong());
    assert!(visit.text("#lead").contains("Put commas between several"));
    assert_eq!(visit.count("[data-add]:not([hidden])"), 0, "buttons that do nothing are not there");
    // One word is too long: what was typed is still there, with a reason.
    let long = "x".repeat(61);
    visit.write("#label", &format!("wet nose, {long}"));
    visit.click("button[name=done]");
    visit.wait("#problem");
    assert_eq!(visit.attribute("#label", "value"), format!("wet nose, {long}"));
    visit.clear("#label");
    visit.write("#label", "wet nose, long  ears; Wet Nose");
    visit.done();
    assert!(visit.text(".points").contains("25"));
    visit.start();
    (0..5).for_each(|_| show_more(&visit));
    visit.click("form[action$='/giveup'] button");
    visit.wait(".verdict");
    visit.click("main a[href='/']");
    visit.click("form[action='/language'] button[value=it]");
    visit.wait("html[lang=it]");
    let rows = server.export();
    assert_eq!(field(&rows[0], "labels"), "wet nose;long ears");
    assert_eq!((field(&rows[0], "hints_used"), field(&rows[1], "guessed_class")), ("5", ""));
}

/// Without a script it is another page.
fn show_more(visit: &Visit<'_>) {
    let before = visit.hints();
    visit.click("form[data-more] button");
    visit.until("the next picture", || match visit.hints() {
        shown if shown == before + 1 => Ok(()),
        shown => Err(format!("{shown} hints are shown")),
    });
}
