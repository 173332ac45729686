//! A server that dies, and two pages of one round.

use serde_json::json;

use crate::browser::Kind;
use crate::player::Visit;
use crate::server::Server;

#[test]
fn a_round_goes_on_after_the_server_was_killed() {
    let mut server = Server::start();
    let Some(browser) = crate::browser::Browser::new(Kind::default()) else { return };
    let visit = Visit::with(&server, browser);
    visit.go("/");
    visit.play_as_guest();
    visit.start();
    visit.show_more();
    visit.show_more();
    let picture = visit.attribute(".stage img", "src");
    let before = (visit.path(), visit.row().round, visit.fetch(&picture));
    let browser = visit.leave();
    server.kill();
    server.again();
    let visit = Visit::with(&server, browser);
    visit.tell("/refresh", json!({}));
    visit.shows(2);
    assert_eq!(visit.attribute(".stage img", "src"), picture);
    assert_eq!((visit.path(), visit.row().round, visit.fetch(&picture)), before);
    // It can be played to its end, with a word typed before and sent after another death.
    visit.choose(&visit.row().true_class);
    visit.write("#label", "stripes,");
    let browser = visit.leave();
    server.kill();
    server.again();
    let visit = Visit::with(&server, browser);
    visit.done();
    assert_eq!(visit.text(".points .total dd"), "225");
    assert_eq!(visit.player().standing.score, 225);
    // From the front page one comes back to the next one.
    visit.start();
    visit.show_more();
    let path = visit.path();
    visit.go("/");
    assert!(visit.text(".play button").contains("Back to your round"));
    visit.start();
    assert_eq!((visit.path(), visit.hints()), (path, 1));
}

#[test]
fn two_pages_of_one_round_count_once() {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, Kind::default()) else { return };
    visit.play_as_guest();
    visit.start();
    let tabs = Tabs::new(&visit);
    tabs.first();
    visit.show_more();
    // The second page asks for the same hint: it is shown, and paid once.
    tabs.second();
    assert_eq!(visit.hints(), 0);
    visit.show_more();
    assert_eq!((visit.row().round.hints, visit.text(".worth strong").as_str()), (1, "250"));
    // A guess on the first page; the second one still offers a hint, then shows what there is to do now.
    tabs.first();
    let row = visit.row();
    visit.choose(&row.true_class);
    tabs.second();
    visit.click("form[data-more] button");
    visit.wait("form.words");
    assert_eq!((visit.row().round.hints, visit.text(".guess b").as_str()), (1, tabs.guess(&visit).as_str()));
    // Words on the first page; those of the second come too late.
    tabs.first();
    visit.write("#label", "stripes");
    visit.done();
    tabs.second();
    visit.write("#label", "something else");
    visit.done();
    assert_eq!(visit.text(".said .chips"), "stripes");
    // Next on both: one new round.
    visit.start();
    let path = visit.path();
    tabs.first();
    visit.start();
    assert_eq!(visit.path(), path);
    // Another guess from a page that is behind: the first one stands.
    let wrong = visit.wrong();
    let right = visit.row().true_class;
    visit.choose(&wrong);
    tabs.second();
    visit.choose(&right);
    assert_eq!(visit.row().round.guess, Some(wrong));
    visit.click("button[name=skip]");
    visit.wait(".verdict");
    assert!(visit.text(".verdict").starts_with("Not this time"));
    let standing = visit.player().standing;
    assert_eq!((standing.score, standing.games, standing.wins, standing.streak), (275, 2, 1, 0));
    assert_eq!(server.export().len(), 2);
}

/// A click that comes twice at once is one.
#[test]
fn double_clicks_count_once() {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, Kind::default()) else { return };
    visit.play_as_guest();
    visit.start();
    let twice = "const button = document.querySelector(arguments[0]); button.click(); button.click();";
    visit.run(twice, json!(["form[data-more] button"]));
    visit.shows(1);
    assert_eq!(visit.row().round.hints, 1);
    visit.run(twice, json!([format!(".options button[value='{}']", visit.row().true_class)]));
    visit.wait("form.words");
    visit.write("#label", "stripes");
    visit.run(twice, json!(["button[name=done]"]));
    visit.wait(".verdict");
    assert_eq!(visit.text(".points .total dd"), "275");
    assert_eq!(visit.player().standing.score, 275);
}

/// Two windows at the same page.
struct Tabs<'a> {
    visit: &'a Visit<'a>,
    handles: [String; 2],
}

impl<'a> Tabs<'a> {
    fn new(visit: &'a Visit<'a>) -> Self {
        let path = visit.path();
        let handle = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
        let first = handle(&visit.ask("/window"));
        let second = handle(&visit.tell("/window/new", json!({ "type": "tab" }))["handle"]);
        let tabs = Tabs { visit, handles: [first, second] };
        tabs.second();
        visit.go(&path);
        visit.wait("main[data-live]");
        tabs
    }

    fn first(&self) {
        self.visit.tell("/window", json!({ "handle": self.handles[0] }));
    }

    fn second(&self) {
        self.visit.tell("/window", json!({ "handle": self.handles[1] }));
    }

    /// What the first page says that was guessed.
    fn guess(&self, visit: &Visit<'_>) -> String {
        self.first();
        let guess = visit.text(".guess b");
        self.second();
        guess
    }
}
