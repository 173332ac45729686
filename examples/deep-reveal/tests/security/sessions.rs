//! Sessions: they begin anew at a login, end at a logout, and are worth nothing without their token.

use axum::http::StatusCode;
use axum::http::header::SET_COOKIE;
use deep_reveal::http::Token;
use serde_json::json;

use crate::web::{Browser, DAY, Game};

const COOKIE: &str = "__Host-anv";

async fn is_in(game: &Game, token: &str) -> bool {
    let mut browser = game.stranger();
    browser.cookies.insert(COOKIE.to_owned(), token.to_owned());
    browser.get("/account").await.status == StatusCode::OK
}

async fn register(browser: &mut Browser<'_>, name: &str) -> StatusCode {
    let email = format!("{name}@example.org");
    let fields = [("name", name), ("email", email.as_str()), ("password", "correct horse")];
    browser.post("/register", &fields).await.status
}

/// A cookie planted before the login is worth nothing after it, and no old one is.
#[tokio::test]
async fn a_login_begins_a_new_session() {
    let game = Game::new().await;
    let mut browser = game.stranger();
    let planted = Token::random();
    browser.cookies.insert(COOKIE.to_owned(), planted.as_str().to_owned());
    assert_eq!(browser.post("/guest", &[]).await.status, StatusCode::SEE_OTHER);
    let as_guest = browser.cookies[COOKIE].clone();
    assert_ne!(as_guest, planted.as_str());
    assert!(is_in(&game, &as_guest).await);

    assert_eq!(register(&mut browser, "ann").await, StatusCode::SEE_OTHER);
    let as_member = browser.cookies[COOKIE].clone();
    assert_ne!(as_member, as_guest);
    assert!(!is_in(&game, &as_guest).await, "the guest's session ended");

    let login = [("name", "ann"), ("password", "correct horse")];
    assert_eq!(browser.post("/login", &login).await.status, StatusCode::SEE_OTHER);
    let again = browser.cookies[COOKIE].clone();
    assert_ne!(again, as_member);
    assert!(is_in(&game, &again).await);
    for old in [planted.as_str(), &as_guest, &as_member] {
        assert!(!is_in(&game, old).await);
    }
}

#[tokio::test]
async fn cookies_are_out_of_reach() {
    let game = Game::new().await;
    let mut browser = game.stranger();
    let landing = browser.get("/login").await;
    let guest = browser.post("/guest", &[]).await;
    let language = browser.post("/language", &[("language", "it"), ("back", "/")]).await;
    let mut names = Vec::new();
    for answer in [landing, guest, language] {
        for cookie in answer.headers.get_all(SET_COOKIE) {
            let cookie = cookie.to_str().unwrap();
            names.push(cookie.split('=').next().unwrap().to_owned());
            for attribute in ["; Secure", "; HttpOnly", "; SameSite=Lax", "; Path=/"] {
                assert!(cookie.contains(attribute), "{cookie}");
            }
            assert!(cookie.starts_with("__Host-") && !cookie.contains("Domain"), "{cookie}");
        }
    }
    assert_eq!(names, ["__Host-anv-visit", "__Host-anv", "__Host-anv-visit", "__Host-anv-language"]);
}

/// Without TLS browsers refuse secure cookies: a classroom may do without, and says so.
#[tokio::test]
async fn plain_http_has_plain_cookies() {
    let game = Game::with(crate::web::no_limits(), |config| config.plain_http = true).await;
    let mut browser = game.stranger();
    browser.post("/guest", &[]).await;
    assert!(browser.cookies.contains_key("anv"), "{:?}", browser.cookies);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK);
    let token = browser.cookies["anv"].clone();
    let mut secure = game.stranger();
    secure.cookies.insert(COOKIE.to_owned(), token);
    assert_eq!(secure.get("/account").await.status, StatusCode::SEE_OTHER, "one name at a time");
}

#[tokio::test]
async fn a_logout_ends_the_session_and_no_other() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let (mut phone, mut desk) = (game.browser(&ann).await, game.browser(&ann).await);
    let token = phone.cookies[COOKIE].clone();
    assert_eq!(phone.post("/logout", &[]).await.location(), "/");
    assert!(!phone.cookies.contains_key(COOKIE));
    assert!(!is_in(&game, &token).await);
    assert_eq!(desk.get("/account").await.status, StatusCode::OK);
    let program = game.program(&ann).await;
    let ended = program.call(axum::http::Method::DELETE, "/session", None).await;
    assert_eq!(ended.status, StatusCode::NO_CONTENT);
    assert_eq!(program.get("/me").await.status, StatusCode::UNAUTHORIZED);
}

/// Who reads the database has hashes; a hash opens nothing.
#[tokio::test]
async fn a_stolen_hash_is_useless() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let token = game.session(&ann).await;
    assert!(is_in(&game, token.as_str()).await);
    assert!(!is_in(&game, &token.hash()).await);
    let twice = Token::parse(&token.hash()).unwrap().hash();
    assert!(!is_in(&game, &twice).await);
    for odd in
        ["", "x", &token.as_str()[..63], &format!("{}0", token.as_str()), &token.as_str().to_uppercase()]
    {
        assert!(!is_in(&game, odd).await, "{odd}");
    }
}

/// Thirty days without use end a session; use keeps it alive.
#[tokio::test]
async fn sessions_expire_when_they_are_not_used() {
    let game = Game::new().await;
    let guest = game.guest().await;
    let (used, unused) = (game.session(&guest).await, game.session(&guest).await);
    for _ in 0..5 {
        game.clock.advance(20 * DAY);
        assert!(is_in(&game, used.as_str()).await);
    }
    assert!(!is_in(&game, unused.as_str()).await);
    game.clock.advance(30 * DAY - 1);
    assert!(is_in(&game, used.as_str()).await);
    game.clock.advance(30 * DAY);
    assert!(!is_in(&game, used.as_str()).await);
}

/// A page’s script may ask for a cookie; then the token is in no script's reach.
#[tokio::test]
async fn a_call_sets_a_cookie_or_tells_the_token() {
    let game = Game::new().await;
    let program = game.unknown_program();
    let with = program.post("/guest", json!({ "cookie": true })).await;
    assert!(with.json().get("token").is_none());
    let cookie = with.header("set-cookie").unwrap().to_owned();
    let token = cookie.strip_prefix("__Host-anv=").unwrap().split(';').next().unwrap();
    assert!(is_in(&game, token).await && !with.text().contains(token));
    let without = program.post("/guest", json!({})).await;
    assert!(without.header("set-cookie").is_none());
    assert!(is_in(&game, without.json()["token"].as_str().unwrap()).await);
}
