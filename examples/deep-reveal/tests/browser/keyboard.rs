//! Without a pointer.

use serde_json::json;

use crate::browser::Kind;
use crate::player::Visit;
use crate::server::Server;
use crate::webdriver::key;

#[test]
fn a_round_by_keyboard_alone() {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, Kind::default()) else { return };
    assert_eq!(tab_to(&visit, ".skip"), 0, "it is the first stop");
    visit.press([key::ENTER]);
    // The way past the header: the next stop is in the main part.
    assert_eq!(tab_to(&visit, "form[action='/guest'] button"), 0);
    visit.press([key::ENTER]);
    visit.wait("form[action='/rounds']");
    tab_to(&visit, "form[action='/rounds'] button");
    visit.press([key::SPACE]);
    visit.wait("main[data-live]");
    tab_to(&visit, "form[data-more] button");
    for hints in 1..=5 {
        // The focus stays where it was, though the part around it is new.
        visit.press([key::ENTER]);
        visit.shows(hints);
        assert_focus(&visit, "button.more");
    }
    let class = visit.row().true_class;
    tab_to(&visit, &format!(".options button[value='{class}']"));
    visit.press([key::SPACE]);
    visit.wait("form.words");
    describe(&visit);
    // The outcome: on to the next round.
    tab_to(&visit, ".next button");
    visit.press([key::ENTER]);
    visit.wait("main[data-live]");
    let rounds = server.export();
    assert_eq!(rounds.len(), 1);
    assert_eq!(crate::server::field(&rounds[0], "labels"), "stripes;black");
}

/// The field has the focus from the start; Enter puts a word down and, on an empty field, ends it.
fn describe(visit: &Visit<'_>) {
    assert_focus(visit, "#label");
    visit.press("ears".split("").filter(|key| !key.is_empty()));
    visit.press([key::ENTER]);
    visit.press("stripes,".split("").filter(|key| !key.is_empty()));
    assert_eq!(visit.count("[data-chips] li"), 2);
    tab_to(visit, "[data-chips] li:first-child button");
    visit.press([key::SPACE]);
    assert_eq!(visit.count("[data-chips] li"), 1);
    assert_focus(visit, "#label");
    visit.press("black".split("").filter(|key| !key.is_empty()));
    visit.press([key::ENTER]);
    assert_eq!(visit.count("[data-chips] li"), 2);
    visit.press([key::ENTER]);
    visit.wait(".verdict");
}

#[test]
fn settings_and_questionnaire_by_keyboard_alone() {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, Kind::default()) else { return };
    visit.play_as_guest();
    visit.win("stripes");
    visit.go("/account");
    tab_to(&visit, "input[name=language]");
    visit.press([key::DOWN]);
    assert_focus(&visit, "input[value=it]");
    tab_to(&visit, "form.card button");
    visit.press([key::ENTER]);
    visit.wait("html[lang=it] .done");
    visit.go("/questionnaire");
    tab_to(&visit, "input[name=sus-1]");
    for _ in 0..17 {
        // Space chooses the first mark of a scale, an arrow the next.
        visit.press([key::SPACE, key::DOWN, key::TAB]);
    }
    assert_focus(&visit, "#comment");
    visit.press(["b", "e", "l", "l", "o", key::TAB, key::ENTER]);
    visit.until("thanks", || match visit.text("h1").as_str() {
        "Grazie!" => Ok(()),
        other => Err(other.to_owned()),
    });
    let answers = server.get(server.store.questionnaire());
    assert_eq!((answers.players, answers.sus, answers.tlx, answers.rating), (1, 50.0, 10.0, 2.0));
    assert_eq!(answers.comments, ["bello"]);
}

/// Presses Tab until an element has the focus; wherever it comes by, one can see where it is. How many other stops
/// there were on the way.
fn tab_to(visit: &Visit<'_>, css: &str) -> usize {
    visit.wait(css);
    let mut stops = 0;
    for _ in 0..40 {
        if has_focus(visit, css) {
            assert_focus(visit, css);
            return stops;
        }
        visit.press([key::TAB]);
        // Between the last element of a page and the first there is none.
        if has_focus(visit, ":focus") && !has_focus(visit, css) {
            assert_focus(visit, ":focus");
            stops += 1;
        }
    }
    panic!("forty times Tab do not lead to {css}");
}

fn has_focus(visit: &Visit<'_>, css: &str) -> bool {
    visit.run("return document.activeElement.matches(arguments[0]);", json!([css])).as_bool().unwrap()
}

/// An element has the focus, and a thick outline shows it, around it or what stands for it.
fn assert_focus(visit: &Visit<'_>, css: &str) {
    let script = "const here = document.activeElement;
        const shown = getComputedStyle(here).opacity === '0' ? here.nextElementSibling : here;
        const { outlineStyle, outlineWidth } = getComputedStyle(shown), box = shown.getBoundingClientRect();
        return [here.matches(arguments[0]), outlineStyle !== 'none' && parseFloat(outlineWidth) >= 2,
            box.top >= 0 && box.bottom <= innerHeight && box.width > 1, here.outerHTML.slice(0, 200)];";
    visit.until("the focus", || {
        let found = visit.run(script, json!([css]));
        let wrong = |what: &str| Err(format!("{what}: {}", found[3]));
        match [0, 1, 2].map(|i| found[i] == json!(true)) {
            [true, true, true] => Ok(()),
            [false, ..] => wrong(&format!("the focus is not on {css}")),
            [_, false, _] => wrong("the focus cannot be seen"),
            _ => wrong("what has the focus is out of sight"),
        }
    });
}
