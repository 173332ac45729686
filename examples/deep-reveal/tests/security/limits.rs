//! Limits: of bodies, words and requests.

use axum::body::Body;
use axum::http::{Method, Request, StatusCode};
use deep_reveal::http::{Limits, Rate};
use serde_json::json;

use crate::web::{Game, form_body, no_limits};

#[tokio::test]
async fn bodies_have_an_end() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let (mut browser, program) = (game.browser(&ann).await, game.program(&ann).await);
    let id = program.start().await;
    let long = "x".repeat(64 * 1024);
    let answer = browser.post(&format!("/rounds/{id}/labels"), &[("label", &long)]).await;
    assert_eq!(answer.status, StatusCode::PAYLOAD_TOO_LARGE);
    assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    let answer = program.post(&format!("/rounds/{id}/labels"), json!({ "labels": [long] })).await;
    assert_eq!(
        (answer.status, answer.json()["error"]["code"].clone()),
        (StatusCode::PAYLOAD_TOO_LARGE, json!("too_large"))
    );
}

#[tokio::test]
async fn words_have_limits() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let program = game.program(&ann).await;
    let id = program.start().await;
    let truth = game.row(&ann.id, &id).await.true_class;
    program.post(&format!("/rounds/{id}/guess"), json!({ "class": truth })).await;
    let many: Vec<String> = (0..13).map(|i| format!("word {i}")).collect();
    for (labels, code) in [(json!(many), "too_many_labels"), (json!(["x".repeat(61)]), "long_label")] {
        let answer = program.post(&format!("/rounds/{id}/labels"), json!({ "labels": labels })).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert_eq!(answer.json()["error"]["code"], code);
    }
    let mut fine: Vec<String> = many[..11].to_vec();
    fine.push("é".repeat(60));
    fine.extend(["  ".to_owned(), "WORD 1".to_owned(), "\u{0}".to_owned()]);
    let answer = program.post(&format!("/rounds/{id}/labels"), json!({ "labels": fine })).await;
    assert_eq!(answer.json()["outcome"]["labels"].as_array().unwrap().len(), 12);
}

/// What players type is text on every page that shows it.
#[tokio::test]
async fn what_is_typed_stays_text() {
    let game = Game::new().await;
    let attack = "<script>alert(1)</script>\"'&<img src=x>";
    let name = "<b>\"'&x</b>";
    let ann = game.member(name).await;
    let mut browser = game.browser(&ann).await;
    let path = browser.post("/rounds", &[]).await.location().to_owned();
    let row = game.row(&ann.id, path.rsplit('/').next().unwrap()).await;
    browser.post(&format!("{path}/guess"), &[("class", &row.true_class)]).await;
    browser.post(&format!("{path}/labels"), &[("label", attack)]).await;
    let mut seen = 0;
    for page in [path.as_str(), "/", "/leaderboard", "/account"] {
        let text = browser.get(page).await.text();
        assert!(
            !text.contains("<script>alert") && !text.contains("<img src=x") && !text.contains("<b>\""),
            "{page}: {text}"
        );
        seen += usize::from(text.contains("alert(1)"))
            + usize::from(text.contains("x&#60;/b&#62;") || text.contains("x&lt;/b&gt;"));
    }
    assert!(seen >= 3, "the words and the name are shown somewhere");
    let bad = game.stranger().post("/login", &[("name", attack), ("password", "x")]).await.text();
    assert!(!bad.contains("<script>alert"), "{bad}");
    let admin = game.admin("admin").await;
    let csv = game.browser(&admin).await.get("/admin/games.csv").await.text();
    assert!(csv.contains("alert(1)") && !csv.contains(name) && !csv.contains("example.org"), "{csv}");
}

#[tokio::test]
async fn too_many_requests_are_told_to_wait() {
    let mut limits = no_limits();
    limits.session = Rate { burst: 5, every: 2_000 };
    let game = Game::with(limits, |_| {}).await;
    let ann = game.member("Ann").await;
    let (mut browser, program) = (game.browser(&ann).await, game.program(&ann).await);
    for _ in 0..5 {
        assert_eq!(browser.get("/account").await.status, StatusCode::OK);
        assert_eq!(program.get("/me").await.status, StatusCode::OK);
    }
    let page = browser.get("/account").await;
    assert_eq!((page.status, page.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, Some("2")));
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let call = program.get("/me").await;
    assert_eq!((call.status, call.header("retry-after")), (StatusCode::TOO_MANY_REQUESTS, Some("2")));
    assert_eq!(call.json()["error"]["code"], "too_often");
    game.clock.advance(2_000);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    assert_eq!(program.get("/me").await.status, StatusCode::OK);
}

/// Without a proxy nobody gets a new address by claiming one.
#[tokio::test]
async fn addresses_cannot_be_claimed() {
    let mut limits = no_limits();
    limits.address = Rate { burst: 3, every: 10_000 };
    let from = |address: String| {
        Request::builder().uri("/leaderboard").header("x-forwarded-for", address).body(Body::empty()).unwrap()
    };
    let direct = Game::with(limits, |_| {}).await;
    let behind = Game::with(limits, |config| config.behind_proxy = true).await;
    for n in 0..10 {
        let answer = direct.send(from(format!("10.0.0.{n}"))).await;
        assert_eq!(answer.status.as_u16(), if n < 3 { 200 } else { 429 }, "{n}");
        assert_eq!(behind.send(from(format!("10.0.0.{n}"))).await.status, StatusCode::OK);
        let answer = behind.send(from(format!("10.0.0.{n}, 10.1.1.1"))).await;
        assert_eq!(answer.status.as_u16(), if n < 3 { 200 } else { 429 }, "the client's own claim");
    }
    // Load balancers that ask after the server's health have no share in it.
    assert_eq!(direct.unknown_program().get("/leaderboard").await.status, StatusCode::TOO_MANY_REQUESTS);
    let health = Request::builder().uri("/healthz").body(Body::empty()).unwrap();
    assert_eq!(direct.send(health).await.status, StatusCode::OK);
}

/// Thirty people behind one address sign up, play and look around, a step each second, with the limits as they are.
#[tokio::test]
async fn a_classroom_plays() {
    let game = Game::with(Limits::default(), |_| {}).await;
    let mut people = Vec::new();
    for _ in 0..30 {
        let mut browser = game.stranger();
        assert_eq!(browser.get("/").await.status, StatusCode::OK);
        assert_eq!(browser.post("/guest", &[]).await.status, StatusCode::SEE_OTHER);
        people.push(browser);
    }
    for _ in 0..2 {
        for browser in &mut people {
            let path = browser.post("/rounds", &[]).await.location().to_owned();
            assert_eq!(browser.get(&path).await.status, StatusCode::OK);
            for hints in ["1", "2", "3", "4", "5"] {
                let more = browser.post(&format!("{path}/more"), &[("hints", hints)]).await;
                assert_eq!(more.status, StatusCode::SEE_OTHER);
                assert_eq!(browser.get(&format!("{path}/picture/{hints}.png")).await.status, StatusCode::OK);
            }
            assert_eq!(browser.post(&format!("{path}/giveup"), &[]).await.status, StatusCode::SEE_OTHER);
        }
        game.clock.advance(10_000);
    }
}

/// A form that is no form, or lacks fields, is refused with a page.
#[tokio::test]
async fn broken_forms_are_told() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let mut browser = game.browser(&ann).await;
    let path = browser.post("/rounds", &[]).await.location().to_owned();
    let token = browser.form_token().await;
    for fields in [&[][..], &[("hints", "x")], &[("hints", "256")], &[("hints", "-1")]] {
        let answer = browser.post_with(&format!("{path}/more"), fields, &token).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{fields:?}");
        assert_eq!(answer.header("content-type"), Some("text/html; charset=utf-8"));
    }
    let json =
        browser.request(Method::POST, &format!("{path}/more")).header("content-type", "application/json");
    let body = Body::from(json!({ "token": token, "hints": 1 }).to_string());
    assert_eq!(game.send(json.body(body).unwrap()).await.status, StatusCode::BAD_REQUEST);
    let twice = form_body(browser.request(Method::POST, "/logout"), &[("token", "x"), ("token", &token)]);
    assert_eq!(game.send(twice).await.status, StatusCode::FORBIDDEN, "the first field of a name counts");
}
