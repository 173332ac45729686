//! Whole games, at a desk and on a phone.

use serde_json::json;

use crate::browser::Kind;
use crate::player::Visit;
use crate::server::Server;
use crate::webdriver::key;

#[test]
fn a_game_at_a_desk() {
    game(Kind::default());
}

#[test]
fn a_game_on_a_phone() {
    game(Kind { phone: true, ..Kind::default() });
}

/// Who is quick need not wait until the next picture has faded in.
#[test]
fn clicks_count_while_a_picture_fades_in() {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, Kind::default()) else { return };
    visit.play_as_guest();
    visit.start();
    // Nothing fades in when a page is opened by its address; what fades after it fades for a minute.
    visit.go(&visit.path());
    let slow = "const sheet = new CSSStyleSheet(), all = ['group', 'old', 'new'].map((part) => `::view-transition-${part}(*)`);
        sheet.replaceSync(`${all} { animation-duration: 60s !important; }`);
        document.adoptedStyleSheets = [sheet];";
    visit.run(slow, json!([]));
    visit.show_more();
    let fades =
        "return document.getAnimations().some(({ effect }) => effect.pseudoElement?.includes('(stage)'));";
    visit.until("the picture", || match visit.run(fades, json!([])) == json!(true) {
        true => Ok(()),
        false => Err("it does not fade in".to_owned()),
    });
    visit.show_more();
    visit.choose(&visit.wrong());
}

fn game(kind: Kind) {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, kind) else { return };
    visit.play_as_guest();
    lose(&visit);
    visit.start();
    give_up(&visit);
    win_twice(&visit);
    visit.click("main a[href='/']");
    visit.wait(".stats");
    let numbers = visit.text(".stats").split_whitespace().collect::<Vec<_>>().join(" ");
    assert_eq!(numbers, "Score 660 Games 4 Won 50 % Streak 2 Best streak 2");
    let standing = visit.player().standing;
    assert_eq!((standing.score, standing.games, standing.wins, standing.streak), (660, 4, 2, 2));
}

/// The first round: everything is looked at, the guess is wrong, words are typed.
fn lose(visit: &Visit<'_>) {
    visit.start();
    assert_eq!(visit.count(".options button"), 6);
    assert_eq!(visit.text(".streak"), "No streak yet");
    assert_fits(visit, ".options button");
    let size = visit.sees_picture();
    for hints in 0..5 {
        assert_eq!((visit.hints(), visit.count("form[action$='/giveup']")), (hints, 0));
        assert_eq!(visit.text(".worth strong"), (300 - 50 * hints).to_string());
        let picture = visit.attribute(".stage img", "src");
        visit.show_more();
        assert_ne!(visit.attribute(".stage img", "src"), picture);
        assert_eq!(visit.sees_picture(), size, "the size of a picture tells nothing");
    }
    assert_eq!((visit.count("form[data-more]"), visit.count("form[action$='/giveup']")), (0, 1));
    assert_eq!(visit.text(".worth strong"), "50");
    assert_fits(visit, ".options button");
    let wrong = visit.wrong();
    visit.choose(&wrong);
    assert_fits(visit, "button[name=skip]");
    type_words(visit);
    visit.done();
    assert!(visit.text(".verdict").starts_with("Not this time"), "{}", visit.text(".verdict"));
    assert_eq!(points(visit), ["0", "25", "25"]);
    assert_eq!(chips(visit), ["a long tail", "wet nose"]);
    assert_eq!(visit.sees_picture(), size, "the whole photo is shown in place of the mask");
}

/// Words become chips and can be taken back; two are left.
fn type_words(visit: &Visit<'_>) {
    visit.write("#label", "a long  tail, ears;");
    assert_eq!(chips(visit), ["a long tail", "ears"]);
    visit.write("#label", key::BACKSPACE);
    assert_eq!(chips(visit), ["a long tail"]);
    assert_eq!(value(visit), "ears", "the last one can be corrected");
    visit.write("#label", &key::BACKSPACE.repeat(4));
    visit.write("#label", &format!("A Long Tail{}", key::ENTER));
    assert!(visit.text("[data-says]").contains("is there already"));
    visit.write("#label", &format!("{},", "long ".repeat(20)));
    assert!(visit.text("[data-says]").contains("keep to 60 characters"), "{}", visit.text("[data-says]"));
    visit.write("#label", &key::BACKSPACE.repeat(99));
    visit.write("#label", "mistake");
    visit.click("[data-add]");
    assert_eq!(chips(visit), ["a long tail", "mistake"]);
    visit.click("[data-chips] li:nth-child(2) button");
    assert_eq!(chips(visit), ["a long tail"]);
    // What is still in the field when the form is sent counts as well.
    visit.write("#label", "wet nose");
}

/// The second round: without a guess.
fn give_up(visit: &Visit<'_>) {
    (0..5).for_each(|_| visit.show_more());
    visit.click("form[action$='/giveup'] button");
    visit.wait(".verdict");
    assert!(visit.text(".verdict").starts_with("You let it go"));
    assert_eq!(points(visit), ["0", "0", "0"]);
}

/// The third round, on a control photo, and the fourth: the second win has a bonus.
fn win_twice(visit: &Visit<'_>) {
    visit.win("stripes");
    assert!(visit.text(".verdict").starts_with("That’s it!"));
    assert_eq!(points(visit), ["300", "25", "325"]);
    assert!(visit.text(".on").contains("Your streak begins"));
    visit.start();
    assert_eq!(visit.text(".streak"), "1 win in a row +10 if you win");
    visit.choose(&visit.row().true_class);
    visit.click("button[name=skip]");
    visit.wait(".verdict");
    assert_eq!(points(visit), ["300", "0", "10", "310"]);
    assert!(visit.text(".on").contains("2 in a row"));
}

fn points(visit: &Visit<'_>) -> Vec<String> {
    texts(visit, ".points dd")
}

fn chips(visit: &Visit<'_>) -> Vec<String> {
    texts(visit, ".chips li > span, .said .chips li")
}

fn value(visit: &Visit<'_>) -> String {
    visit.run("return document.querySelector('#label').value;", json!([])).as_str().unwrap().to_owned()
}

fn texts(visit: &Visit<'_>, css: &str) -> Vec<String> {
    let script = "return [...document.querySelectorAll(arguments[0])].map((e) => e.innerText.trim());";
    let texts = visit.run(script, json!([css]));
    texts.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Elements are in sight without scrolling, and nothing is wider than the screen.
fn assert_fits(visit: &Visit<'_>, css: &str) {
    let script =
        "const boxes = [...document.querySelectorAll(arguments[0])].map((e) => e.getBoundingClientRect());
        const root = document.documentElement;
        return [Math.max(...boxes.map((b) => b.bottom)), innerHeight, root.scrollWidth, root.clientWidth];";
    let sizes = visit.run(script, json!([css]));
    let size = |i: usize| sizes[i].as_f64().unwrap();
    assert!(size(0) <= size(1), "{css} ends at {} of {}", size(0), size(1));
    assert!(size(2) <= size(3), "the page is {} wide on {}", size(2), size(3));
}
