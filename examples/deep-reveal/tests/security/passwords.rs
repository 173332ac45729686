//! Logins that tell nothing, and new passwords by mail.

use axum::http::StatusCode;
use deep_reveal::http::{Limits, Token};
use serde_json::json;

use crate::web::{Answer, Browser, Game, no_limits};

const HOUR: i64 = 3600 * 1000;

async fn member(game: &Game) -> Browser<'_> {
    let mut browser = game.stranger();
    let ann = [("name", "Ann"), ("email", "ann@example.org"), ("password", "correct horse")];
    assert_eq!(browser.post("/register", &ann).await.status, StatusCode::SEE_OTHER);
    browser
}

/// The page without what differs by browser and by what was typed.
fn same(answer: &Answer, token: &str, typed: &str) -> String {
    answer.text().replace(token, "TOKEN").replace(typed, "TYPED")
}

/// A name that nobody has and a wrong password: one page, one status, one hash.
#[tokio::test]
async fn wrong_names_and_wrong_passwords_are_alike() {
    let game = Game::new().await;
    member(&game).await;
    let mut pages = Vec::new();
    for name in ["Ann", "ann@example.org", "Zoe", "zoe@example.org"] {
        let mut browser = game.stranger();
        let token = browser.form_token().await;
        let before = game.app.passwords().computed();
        let answer = browser.post_with("/login", &[("name", name), ("password", "wrong one")], &token).await;
        assert_eq!(game.app.passwords().computed(), before + 1, "{name}");
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
        assert!(!browser.cookies.contains_key("__Host-anv"));
        let headers: Vec<_> = answer.headers.keys().map(|k| k.as_str().to_owned()).collect();
        pages.push((headers, same(&answer, &token, name)));
    }
    assert!(pages.iter().all(|page| *page == pages[0]), "{pages:#?}");
    let program = game.unknown_program();
    let mut answers = Vec::new();
    for name in ["Ann", "Zoe"] {
        let before = game.app.passwords().computed();
        let answer = program.post("/session", json!({ "name": name, "password": "wrong one" })).await;
        assert_eq!(game.app.passwords().computed(), before + 1, "{name}");
        answers.push((answer.status, answer.text()));
    }
    assert_eq!(answers[0], answers[1]);
    assert_eq!(answers[0].0, StatusCode::UNAUTHORIZED);
}

/// A guest has no password: an empty name, or the word of the database for it, is nobody's.
#[tokio::test]
async fn nobody_logs_in_as_a_guest() {
    let game = Game::new().await;
    let guest = game.guest().await;
    for name in ["", " ", guest.id.as_str(), "null"] {
        let answer = game.unknown_program().post("/session", json!({ "name": name, "password": "" })).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name:?}");
    }
}

/// What is typed does not have to be what a keyboard elsewhere writes.
#[tokio::test]
async fn one_password_may_be_written_two_ways() {
    let game = Game::new().await;
    let program = game.unknown_program();
    let zoe = json!({ "name": "Zo\u{eb}", "email": "zoe@example.org", "password": "caf\u{e9} au lait" });
    assert_eq!(program.post("/players", zoe).await.status, StatusCode::CREATED);
    let apart = json!({ "name": "Zoe\u{308}", "password": "cafe\u{301} au lait" });
    assert_eq!(program.post("/session", apart).await.status, StatusCode::OK);
}

async fn ask(game: &Game, email: &str) -> (StatusCode, String) {
    let mut browser = game.stranger();
    let token = browser.form_token().await;
    let answer = browser.post_with("/forgot", &[("email", email)], &token).await;
    (answer.status, same(&answer, &token, email))
}

/// The token of the link in a mail.
fn token_of(mail: &str) -> String {
    let link =
        mail.split("http://localhost:8080/reset/").nth(1).unwrap_or_else(|| panic!("no link in {mail}"));
    link.chars().take(64).collect()
}

#[tokio::test]
async fn a_link_works_once_and_ends_all_sessions() {
    let game = Game::new().await;
    let mut phone = member(&game).await;
    assert_eq!(ask(&game, "ann@example.org").await, ask(&game, "zoe@example.org").await);
    let mails = game.mails().await;
    assert_eq!(mails.len(), 1, "{mails:?}");
    assert!(mails[0].contains("To: ann@example.org\r\n"), "{}", mails[0]);
    let path = format!("/reset/{}", token_of(&mails[0]));

    let mut desk = game.stranger();
    for _ in 0..2 {
        assert_eq!(desk.get(&path).await.status, StatusCode::OK, "to look is not to use");
    }
    for bad in ["short", "ann@example.org"] {
        let answer = desk.post(&path, &[("password", bad)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{bad}");
    }
    assert_eq!(phone.get("/account").await.status, StatusCode::OK);
    assert_eq!(desk.post(&path, &[("password", "battery staple")]).await.location(), "/");
    assert_eq!(desk.get("/account").await.status, StatusCode::OK, "whoever has the mail is in");
    assert_eq!(phone.get("/account").await.location(), "/", "all earlier sessions ended");

    let mut third = game.stranger();
    assert_eq!(third.get(&path).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let again = third.post(&path, &[("password", "third password")]).await;
    assert_eq!(again.status, StatusCode::UNPROCESSABLE_ENTITY);
    for (password, status) in [("battery staple", 200), ("correct horse", 401), ("third password", 401)] {
        let answer =
            game.unknown_program().post("/session", json!({ "name": "ann", "password": password })).await;
        assert_eq!(answer.status.as_u16(), status, "{password}");
    }
}

/// A guest's games cannot be come back to once the link has begun another session: the page says so before.
#[tokio::test]
async fn a_link_warns_a_guest() {
    let game = Game::new().await;
    member(&game).await;
    ask(&game, "ann@example.org").await;
    let path = format!("/reset/{}", token_of(&game.mails().await[0]));
    let mut guest = game.stranger();
    assert_eq!(guest.post("/guest", &[]).await.location(), "/");
    let page = guest.get(&path).await.text();
    assert!(page.contains("they would be lost to you") && page.contains("href=\"/register\""), "{page}");
    assert!(!game.stranger().get(&path).await.text().contains("lost to you"));
}

#[tokio::test]
async fn a_link_lives_for_an_hour_and_the_newest_counts() {
    let game = Game::new().await;
    member(&game).await;
    let program = game.unknown_program();
    let ask = async || {
        let before = game.mails().await;
        let answer = program.post("/resets", json!({ "email": "ann@example.org" })).await;
        assert_eq!(answer.status, StatusCode::ACCEPTED);
        let mut mails = game.mails().await;
        mails.retain(|mail| !before.contains(mail));
        assert_eq!(mails.len(), 1);
        token_of(&mails[0])
    };
    let first = ask().await;
    let second = ask().await;
    let mut browser = game.stranger();
    assert_eq!(browser.get(&format!("/reset/{first}")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    game.clock.advance(HOUR - 1);
    assert_eq!(browser.get(&format!("/reset/{second}")).await.status, StatusCode::OK);
    game.clock.advance(1);
    assert_eq!(browser.get(&format!("/reset/{second}")).await.status, StatusCode::UNPROCESSABLE_ENTITY);
    let late = program.post(&format!("/resets/{second}"), json!({ "password": "too late now" })).await;
    assert_eq!(
        (late.status, late.json()["error"]["code"].clone()),
        (StatusCode::NOT_FOUND, json!("dead_link"))
    );
    for guess in [Token::random().hash(), "x".to_owned(), Token::parse(&second).unwrap().hash()] {
        let answer = program.post(&format!("/resets/{guess}"), json!({ "password": "guessed it" })).await;
        assert_eq!(answer.status, StatusCode::NOT_FOUND);
    }
}

/// Two people with one link at the same moment: one of them sets the password.
#[tokio::test]
async fn a_link_is_used_by_one() {
    let game = Game::new().await;
    member(&game).await;
    ask(&game, "ann@example.org").await;
    let path = format!("/resets/{}", token_of(&game.mails().await[0]));
    let program = game.unknown_program();
    let body = |n: u32| json!({ "password": format!("password number {n}") });
    let (a, b) = tokio::join!(program.post(&path, body(1)), program.post(&path, body(2)));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 404]);
}

/// The link leads to the configured address, whatever the request says of itself.
#[tokio::test]
async fn a_link_does_not_follow_the_host_header() {
    let game = Game::with(no_limits(), |config| config.url = "https://game.example".to_owned()).await;
    let program = game.unknown_program();
    let ann = json!({ "name": "Ann", "email": "ann@example.org", "password": "correct horse" });
    program.post("/players", ann).await;
    let mut request =
        program.request(axum::http::Method::POST, "/resets", Some(json!({ "email": "ann@example.org" })));
    request.headers_mut().insert("host", "evil.example".parse().unwrap());
    request.headers_mut().insert("x-forwarded-host", "evil.example".parse().unwrap());
    assert_eq!(game.send(request).await.status, StatusCode::ACCEPTED);
    let mail = game.mails().await.remove(0);
    assert!(mail.contains("https://game.example/reset/") && !mail.contains("evil"), "{mail}");
}

/// Guessing is slow, from one address and under one name from many; somebody else's guesses lock nobody out soon.
#[tokio::test]
async fn guessing_is_slow() {
    let game = Game::with(Limits::default(), |config| config.behind_proxy = true).await;
    let login = async |name: &str, from: &str| {
        let program = game.unknown_program();
        let body = json!({ "name": name, "password": "wrong one" });
        let mut request = program.request(axum::http::Method::POST, "/session", Some(body));
        request.headers_mut().insert("x-forwarded-for", from.parse().unwrap());
        game.send(request).await
    };
    for _ in 0..8 {
        assert_eq!(login("Ann", "10.0.0.1").await.status, StatusCode::UNAUTHORIZED);
    }
    for name in ["Ann", "ANN", " ann "] {
        let refused = login(name, "10.0.0.1").await;
        assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS, "{name}");
        assert_eq!(refused.header("retry-after"), Some("60"));
    }
    let before = game.app.passwords().computed();
    login("Ann", "10.0.0.1").await;
    assert_eq!(game.app.passwords().computed(), before, "a refused try costs no hash");
    assert_eq!(login("Bob", "10.0.0.1").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(login("Ann", "10.0.0.2").await.status, StatusCode::UNAUTHORIZED);
    game.clock.advance(60_000);
    assert_eq!(login("Ann", "10.0.0.1").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(login("Ann", "10.0.0.1").await.status, StatusCode::TOO_MANY_REQUESTS);
}

/// Nobody's mailbox is filled.
#[tokio::test]
async fn few_mails_to_one_address() {
    let game = Game::with(Limits::default(), |_| {}).await;
    let program = game.unknown_program();
    let ann = json!({ "name": "Ann", "email": "ann@example.org", "password": "correct horse" });
    program.post("/players", ann).await;
    for (n, email) in
        ["ann@example.org", "ANN@example.org", " ann@example.org", "ann@example.org"].iter().enumerate()
    {
        let status = program.post("/resets", json!({ "email": email })).await.status;
        assert_eq!(status.as_u16(), if n < 3 { 202 } else { 429 }, "{n}");
    }
    assert_eq!(game.mails().await.len(), 3);
}
