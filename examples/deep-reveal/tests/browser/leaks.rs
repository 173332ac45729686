//! What the browser gets to know, and when.

use serde_json::{Value, json};

use crate::browser::Kind;
use crate::player::Visit;
use crate::server::Server;

/// All that came over the network until the round was over, and all that the pages kept.
#[test]
fn nothing_tells_the_answer_before_its_time() {
    let server = Server::start();
    let Some(visit) = Visit::new(&server, Kind { listening: true, ..Kind::default() }) else { return };
    visit.play_as_guest();
    visit.start();
    let (row, player) = (visit.row(), visit.player());
    let image = server.get(server.store.progress(&row.campaign)).into_iter().find(|map| map.id == row.map_id);
    let image = image.unwrap().image;
    let secrets = [row.map_id.as_str(), row.photo_id.as_str(), player.id.as_str(), &image];
    for hints in 0..=5 {
        assert_options_are_alike(&visit, &row.round.options);
        assert_silent(&source(&visit), &secrets);
        for path in ["photo.png".to_owned(), format!("picture/{}.png", hints + 1)] {
            assert_eq!(status(&visit, &format!("{}/{path}", visit.path())), 404, "{path} with {hints} hints");
        }
        assert_eq!(chunks(&visit.fetch(&visit.attribute(".stage img", "src"))), ["IDAT", "IEND", "IHDR"]);
        if hints < 5 {
            visit.show_more();
        }
    }
    // A `windsor_chair` would tell of a `chair` by its own name.
    let wrong = row.round.options.iter().find(|option| !option.contains(&row.true_class)).unwrap();
    visit.choose(wrong);
    assert_silent(&source(&visit), &[&secrets[..], &[row.true_class.as_str()]].concat());
    assert_eq!(status(&visit, &format!("{}/photo.png", visit.path())), 404);
    let kept = visit.run("return [localStorage.length, sessionStorage.length, document.cookie];", json!([]));
    assert_eq!(kept, json!([0, 0, ""]));
    let events = network(&visit);
    assert!(events.len() > 50, "{} events", events.len());
    for event in &events {
        assert_silent(event, &[&secrets[..], &[row.true_class.as_str()]].concat());
    }
    for asked in ["/picture/0.png", "/picture/5.png", "/more", "/guess"] {
        let heard = events.iter().any(|e| e.contains("requestWillBeSent\"") && e.contains(asked));
        assert!(heard, "{asked} was not heard");
    }
    visit.write("#label", "stripes");
    visit.done();
    assert_eq!(status(&visit, &visit.attribute(".stage img", "src")), 200);
}

/// Each option is in the page as often as any other.
fn assert_options_are_alike(visit: &Visit<'_>, options: &[String]) {
    let html = source(visit);
    let times = |option: &String| html.matches(&format!("\"{option}\"")).count();
    assert!(options.iter().all(|option| times(option) == 1), "{html}");
    let script = "return [...document.querySelectorAll('.options button')].map((button) => {
        const { name, value, type, className, disabled, tabIndex } = button;
        const { width, height } = button.getBoundingClientRect();
        const look = ['color', 'backgroundColor', 'borderColor', 'fontWeight'].map((key) => getComputedStyle(button)[key]);
        return [value, JSON.stringify([name, type, className, disabled, tabIndex, width, look, button.attributes.length])];
    });";
    let buttons = visit.run(script, json!([]));
    let buttons = buttons.as_array().unwrap();
    assert!(buttons.iter().all(|button| button[1] == buttons[0][1]), "{buttons:?}");
    let values: Vec<&str> = buttons.iter().map(|button| button[0].as_str().unwrap()).collect();
    assert_eq!(values, options);
}

/// No secret is in a text, as a word of its own.
fn assert_silent(text: &str, secrets: &[&str]) {
    let part_of_word = |c: char| c.is_alphanumeric() || c == '_';
    for secret in secrets {
        let told = text.match_indices(secret).any(|(at, _)| {
            !text[..at].ends_with(part_of_word) && !text[at + secret.len()..].starts_with(part_of_word)
        });
        assert!(!told, "{secret} is told: {text}");
    }
}

fn source(visit: &Visit<'_>) -> String {
    visit.ask("/source").as_str().unwrap().to_owned()
}

fn status(visit: &Visit<'_>, path: &str) -> u64 {
    visit.run_async("return (await fetch(args[0])).status;", json!([path])).as_u64().unwrap()
}

/// What the browser wrote down of the network: addresses, headers, sizes, what it sent.
fn network(visit: &Visit<'_>) -> Vec<String> {
    let log = visit.tell("/se/log", json!({ "type": "performance" }));
    let event = |entry: &Value| entry["message"].as_str().unwrap().to_owned();
    log.as_array().unwrap().iter().map(event).filter(|event| event.contains("\"Network.")).collect()
}

/// The kinds of chunks of a PNG, sorted: no text, no time.
fn chunks(png: &[u8]) -> Vec<String> {
    let mut kinds = Vec::new();
    let mut rest = &png[8..];
    while let [a, b, c, d, kind @ ..] = rest {
        kinds.push(String::from_utf8_lossy(&kind[..4]).into_owned());
        rest = &kind[4 + u32::from_be_bytes([*a, *b, *c, *d]) as usize + 4..];
    }
    kinds.sort();
    kinds.dedup();
    kinds
}
