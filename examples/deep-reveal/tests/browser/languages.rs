//! English and Italian.

use crate::browser::Kind;
use crate::player::Visit;
use crate::server::{Server, field};

#[test]
fn a_game_in_both_languages() {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, Kind { italian: true, ..Kind::default() }) else { return };
    // The browser asks for Italian.
    assert_says(&visit, "it", "h1", "Una foto si nasconde nel buio");
    visit.click("form[action='/language'] button[value=en]");
    visit.wait("html[lang=en]");
    assert_says(&visit, "en", "h1", "A photo hides in the dark");
    // Where one is when one changes the language is where one stays.
    visit.click(".foot a[href='/instructions']");
    visit.arrive("/instructions");
    visit.click("form[action='/language'] button[value=it]");
    visit.wait("html[lang=it]");
    assert_says(&visit, "it", "h1", "Come si gioca");
    assert_eq!(visit.path(), "/instructions");
    visit.go("/");
    visit.play_as_guest();
    round(&visit, "it", ["Che cos’è?", "Che cosa hai riconosciuto?", "Esatto!"], "orecchie nere, naso");
    visit.click("main a[href='/']");
    visit.click("form[action='/language'] button[value=en]");
    visit.wait("html[lang=en]");
    round(&visit, "en", ["What is it?", "What did you recognise?", "That’s it!"], "black ears");
    let told = |row: &Vec<_>| format!("{}: {}", field(row, "language"), field(row, "labels"));
    let rows: Vec<_> = server.export().iter().map(told).collect();
    assert_eq!(rows, ["it: orecchie nere;naso", "en: black ears"]);
}

fn round(visit: &Visit<'_>, language: &str, texts: [&str; 3], words: &str) {
    visit.start();
    assert_says(visit, language, "h1", texts[0]);
    let class = visit.row().true_class;
    let name = visit.text(&format!(".options button[value='{class}']"));
    visit.show_more();
    visit.choose(&class);
    assert_says(visit, language, "h1", texts[1]);
    assert_eq!(visit.text(".guess b"), name, "the class is told in the player's language");
    visit.write("#label", words);
    visit.done();
    assert_says(visit, language, ".verdict .how", texts[2]);
    assert_eq!(visit.text(".verdict .class").to_lowercase(), name.to_lowercase());
}

fn assert_says(visit: &Visit<'_>, language: &str, css: &str, text: &str) {
    assert_eq!((visit.attribute("html", "lang").as_str(), visit.text(css).as_str()), (language, text));
}
