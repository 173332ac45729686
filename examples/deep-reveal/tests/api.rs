//! The API: whole games, its document, its errors.

mod web;

use std::collections::BTreeSet;

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use deep_reveal::http::{openapi, route_list};
use serde_json::{Value, json};

use web::{CLASSES, Game, Program};

async fn play(program: &Program<'_>, id: &str, what: &str, body: Value) -> Value {
    let answer = program.post(&format!("/rounds/{id}/{what}"), body).await;
    assert_eq!(answer.status, StatusCode::OK, "{what}: {}", answer.text());
    answer.json()
}

/// A whole game from nothing, as another client would play it: guest, round, hints, guess, words, outcome.
#[tokio::test]
async fn a_guest_plays_a_round() {
    let game = Game::new().await;
    let mut program = game.unknown_program();
    let begun = program.post("/guest", json!({ "language": "it" })).await;
    assert_eq!(begun.status, StatusCode::CREATED);
    let begun = begun.json();
    assert_eq!(begun["me"]["language"], "it");
    assert_eq!(begun["me"]["name"], Value::Null);
    program.token = Some(begun["token"].as_str().unwrap().to_owned());

    let id = program.start().await;
    let round = program.get(&format!("/rounds/{id}")).await.json();
    assert_eq!(
        (&round["step"], &round["worth"], &round["hints"]),
        (&json!("guessing"), &json!(300), &json!(0))
    );
    let options: BTreeSet<&str> =
        round["options"].as_array().unwrap().iter().map(|o| o.as_str().unwrap()).collect();
    assert_eq!(options.len(), 6);
    assert!(options.iter().all(|o| CLASSES.contains(o)));
    assert_eq!(program.start().await, id, "an unfinished round is resumed");

    let round = play(&program, &id, "more", json!({ "hints": 1 })).await;
    assert_eq!((&round["hints"], &round["worth"]), (&json!(1), &json!(250)));
    let player = game.store().session(&token_hash(&program), web::NOW).await.unwrap().unwrap();
    let truth = game.row(&player.id, &id).await.true_class;
    let round = play(&program, &id, "guess", json!({ "class": truth })).await;
    assert_eq!((&round["step"], &round["outcome"]), (&json!("describing"), &Value::Null));
    let round =
        play(&program, &id, "labels", json!({ "labels": ["  red   nose ", "ears; tail", "Ears"] })).await;
    let outcome = &round["outcome"];
    assert_eq!(outcome["true_class"], truth.as_str());
    assert_eq!(outcome["ending"], "won");
    assert_eq!(outcome["labels"], json!(["red nose", "ears", "tail"]));
    assert_eq!(outcome["total"], 275);

    let me = program.get("/me").await.json();
    assert_eq!(me["standing"]["score"], 275);
    assert_eq!((&me["standing"]["games"], &me["standing"]["wins"]), (&json!(1), &json!(1)));
    for picture in [&round["picture"], &outcome["photo"]] {
        let path = picture.as_str().unwrap().strip_prefix("/api/v1").unwrap();
        let answer = program.get(path).await;
        assert_eq!(
            (answer.status, answer.header("content-type")),
            (StatusCode::OK, Some("image/png")),
            "{path}"
        );
    }
    assert_ne!(program.start().await, id);
}

fn token_hash(program: &Program<'_>) -> String {
    deep_reveal::http::Token::parse(program.token.as_deref().unwrap()).unwrap().hash()
}

/// A guest who registers keeps games and points; name and address are taken from then on, whatever their case.
#[tokio::test]
async fn a_guest_registers_and_logs_in() {
    let game = Game::new().await;
    let mut program = game.unknown_program();
    let begun = program.post("/guest", json!({})).await.json();
    let guest_token = begun["token"].as_str().unwrap().to_owned();
    program.token = Some(guest_token.clone());
    let id = program.start().await;
    for hints in 1..=5 {
        play(&program, &id, "more", json!({ "hints": hints })).await;
    }
    let finished = program.call(Method::POST, &format!("/rounds/{id}/giveup"), None).await;
    assert_eq!(finished.json()["outcome"]["ending"], "given_up");

    let ann = json!({ "name": "Ann", "email": "ann@example.org", "password": "correct horse" });
    let registered = program.post("/players", ann.clone()).await;
    assert_eq!(registered.status, StatusCode::CREATED, "{}", registered.text());
    let registered = registered.json();
    assert_eq!(registered["me"]["standing"]["games"], 1);
    assert_eq!(program.get("/me").await.status, StatusCode::UNAUTHORIZED, "the guest's token is spent");

    program.token = None;
    let code = async |body: Value| {
        let answer = program.post("/players", body).await;
        (answer.status.as_u16(), answer.json()["error"]["code"].as_str().unwrap().to_owned())
    };
    let other = |key: &str, value: &str| {
        let mut body = json!({ "name": "Bob", "email": "bob@example.org", "password": "correct horse" });
        body[key] = json!(value);
        body
    };
    assert_eq!(code(other("name", "ann")).await, (409, "name_taken".to_owned()));
    assert_eq!(code(other("email", "ANN@example.org")).await, (409, "email_taken".to_owned()));
    assert_eq!(code(other("name", "B")).await, (422, "name_length".to_owned()));
    assert_eq!(code(other("name", "b\u{202e}ob")).await, (422, "name_invisible".to_owned()));
    assert_eq!(code(other("email", "bob")).await, (422, "email_invalid".to_owned()));
    assert_eq!(code(other("password", "short")).await, (422, "password_length".to_owned()));
    assert_eq!(code(other("password", "BOB@example.org")).await, (422, "password_is_name".to_owned()));

    for name in ["ann", "ANN", "ann@example.org"] {
        let answer = program.post("/session", json!({ "name": name, "password": "correct horse" })).await;
        assert_eq!(answer.status, StatusCode::OK, "{name}");
        assert_eq!(answer.json()["me"]["name"], "Ann");
    }
    let leaders = program.get("/leaderboard").await.json();
    assert_eq!(leaders["leaders"][0]["name"], "Ann");
    assert!(!leaders.to_string().contains("example.org"));
}

#[tokio::test]
async fn a_player_changes_and_deletes_everything() {
    let game = Game::new().await;
    let player = game.member("Ann").await;
    let (program, second) = (game.program(&player).await, game.program(&player).await);
    let id = program.start().await;
    let changed =
        program.call(Method::PATCH, "/me", Some(json!({ "language": "it", "listed": false }))).await;
    assert_eq!((&changed.json()["language"], &changed.json()["listed"]), (&json!("it"), &json!(false)));
    assert_eq!(program.call(Method::PATCH, "/me", Some(json!({ "role": "admin" }))).await.status, 400);
    assert_eq!(program.call(Method::DELETE, "/me", None).await.status, StatusCode::NO_CONTENT);
    assert_eq!(second.get("/me").await.status, StatusCode::UNAUTHORIZED, "every session ended");
    assert!(game.store().player(&player.id).await.unwrap().is_none());
    assert!(game.store().round(&player.id, &id.into()).await.unwrap().is_none());
}

#[tokio::test]
async fn the_questionnaire_is_answered_once_and_not_too_early() {
    let game = Game::new().await;
    let player = game.guest().await;
    let program = game.program(&player).await;
    let reply = json!({ "sus": [4, 2, 4, 2, 4, 2, 4, 2, 4, 2], "tlx": [5, 5, 5, 5, 5, 5], "rating": 4 });
    let code = async |body: &Value| {
        let answer = program.post("/questionnaire", body.clone()).await;
        let code = || answer.json()["error"]["code"].as_str().unwrap().to_owned();
        (answer.status.as_u16(), if answer.body.is_empty() { String::new() } else { code() })
    };
    assert_eq!(code(&reply).await, (409, "too_early".to_owned()));
    let id = program.start().await;
    let options = program.get(&format!("/rounds/{id}")).await.json()["options"].clone();
    play(&program, &id, "guess", json!({ "class": options[0] })).await;
    play(&program, &id, "labels", json!({ "labels": [] })).await;
    assert_eq!(program.get("/questionnaire").await.json()["due"], true);
    for (key, value) in [
        ("sus", json!([0, 2, 4, 2, 4, 2, 4, 2, 4, 2])),
        ("tlx", json!([5, 5, 5, 5, 5, 11])),
        ("rating", json!(6)),
        ("comment", json!("x".repeat(2001))),
    ] {
        let mut bad = reply.clone();
        bad[key] = value;
        assert_eq!(code(&bad).await, (422, "answer".to_owned()), "{key}");
    }
    let mut short = reply.clone();
    short["sus"] = json!([1]);
    assert_eq!(code(&short).await, (400, "bad_request".to_owned()));
    assert_eq!(code(&reply).await, (204, String::new()));
    assert_eq!(code(&reply).await, (409, "answered".to_owned()));
    assert_eq!(game.store().questionnaire().await.unwrap().sus, 75.0);
}

/// The document has every route of the API, every operation says what it answers, and every reference leads somewhere.
#[tokio::test]
async fn the_document_is_whole() {
    let game = Game::new().await;
    let served = game.unknown_program().get("/openapi.json").await;
    assert_eq!(served.status, StatusCode::OK);
    let document = served.json();
    assert_eq!(document, serde_json::from_str::<Value>(&openapi()).unwrap());
    let paths = document["paths"].as_object().unwrap();
    let routes: Vec<_> = route_list().into_iter().filter(|r| r.path.starts_with("/api/")).collect();
    assert!(routes.len() > 20, "{routes:?}");
    for route in routes.iter().filter(|r| !r.path.ends_with("openapi.json")) {
        let operation = &paths[&route.path][route.method.to_lowercase()];
        assert!(operation["summary"].is_string(), "{route:?}");
        let responses = operation["responses"].as_object().unwrap();
        assert!(responses.keys().any(|status| status.starts_with('2')), "{route:?}");
        for parameter in route.path.split('{').skip(1).map(|p| p.split('}').next().unwrap()) {
            let parameters = operation["parameters"].as_array().unwrap();
            assert!(parameters.iter().any(|p| p["name"] == parameter), "{route:?}");
        }
    }
    let text = document.to_string();
    let references: BTreeSet<&str> = text
        .split("\"$ref\":\"#/components/schemas/")
        .skip(1)
        .map(|r| r.split('"').next().unwrap())
        .collect();
    assert!(references.len() > 10, "{references:?}");
    for name in references {
        let schema = &document["components"]["schemas"][name];
        assert!(schema.is_object(), "{name}");
        assert!(schema["description"].is_string(), "{name} has no description");
    }
}

/// What the router does not know, what is no JSON, and methods that are not there: always the same form of error.
#[tokio::test]
async fn every_error_has_one_form() {
    let game = Game::new().await;
    let player = game.guest().await;
    let program = game.program(&player).await;
    let id = program.start().await;
    let raw = |path: &str, kind: &str, body: &str| {
        let request = Request::builder().method("POST").uri(format!("/api/v1{path}"));
        let request = request.header("authorization", format!("Bearer {}", program.token.as_ref().unwrap()));
        request.header("content-type", kind).body(Body::from(body.to_owned())).unwrap()
    };
    let guess = format!("/rounds/{id}/guess");
    for (request, status) in [
        (raw("/nothing", "application/json", "{}"), 404),
        (raw("/leaderboard", "application/json", "{}"), 405),
        (raw(&guess, "text/plain", "{\"class\":\"church\"}"), 400),
        (raw(&guess, "application/json", "{"), 400),
        (raw(&guess, "application/json", "{}"), 400),
        (raw(&guess, "application/json", "{\"class\":\"church\",\"more\":1}"), 400),
        (raw(&guess, "application/json", "{\"class\":\"zebra\"}"), 422),
        (raw("/rounds/unknown/guess", "application/json", "{\"class\":\"church\"}"), 404),
        (raw("/rounds/unknown/giveup", "application/json", ""), 404),
    ] {
        let uri = request.uri().clone();
        let answer = game.send(request).await;
        assert_eq!(answer.status.as_u16(), status, "{uri}: {}", answer.text());
        let error = &answer.json()["error"];
        assert!(error["code"].is_string() && error["message"].is_string(), "{uri}: {}", answer.text());
        assert_eq!(answer.header("cache-control"), Some("private, no-store"));
    }
    assert_eq!(program.get(&format!("/rounds/{id}")).await.json()["guess"], Value::Null);
}
