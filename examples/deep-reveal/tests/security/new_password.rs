//! Another password while logged in: for who knows the old one, and nobody else stays in.

use axum::http::StatusCode;
use deep_reveal::http::Limits;
use serde_json::json;

use crate::web::{Browser, Game, Program};

const ANN: [(&str, &str); 3] = [("name", "Ann"), ("email", "ann@example.org"), ("password", "correct horse")];

fn program<'a>(game: &'a Game, token: &str) -> Program<'a> {
    let mut program = game.unknown_program();
    program.token = Some(token.to_owned());
    program
}

async fn log_in<'a>(game: &'a Game, password: &str) -> (Browser<'a>, StatusCode) {
    let mut browser = game.stranger();
    let status = browser.post("/login", &[("name", "ann"), ("password", password)]).await.status;
    (browser, status)
}

#[tokio::test]
async fn who_knows_the_old_one_sets_a_new_one_and_is_alone() {
    let game = Game::new().await;
    let mut desk = game.stranger();
    desk.post("/register", &ANN).await;
    let (mut phone, _) = log_in(&game, "correct horse").await;
    assert!(desk.get("/account").await.text().contains("href=\"/account/password\""));
    for (old, new, says) in [
        ("wrong horse", "battery staple", "The old password is another one."),
        ("correct horse", "short", "8 to 256"),
        ("correct horse", "ann@example.org", "must not be your user name"),
    ] {
        let answer = desk.post("/account/password", &[("old", old), ("password", new)]).await;
        assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY, "{old} {new}");
        assert!(answer.text().contains(says), "{}", answer.text());
    }
    assert_eq!(phone.get("/account").await.status, StatusCode::OK, "nothing has changed yet");
    let before = desk.cookies["__Host-anv"].clone();
    let change = [("old", "correct horse"), ("password", "battery staple")];
    assert_eq!(desk.post("/account/password", &change).await.location(), "/account?saved=1");
    assert_ne!(desk.cookies["__Host-anv"], before, "the session is a new one");
    assert_eq!(desk.get("/account").await.status, StatusCode::OK);
    assert_eq!(phone.get("/account").await.location(), "/", "all others are over");
    phone.cookies.insert("__Host-anv".to_owned(), before);
    assert_eq!(phone.get("/account").await.location(), "/", "the old one as well");
    assert_eq!(log_in(&game, "correct horse").await.1, StatusCode::UNPROCESSABLE_ENTITY);
    assert_eq!(log_in(&game, "battery staple").await.1, StatusCode::SEE_OTHER);
}

#[tokio::test]
async fn a_link_from_before_is_worth_nothing() {
    let game = Game::new().await;
    let mut desk = game.stranger();
    desk.post("/register", &ANN).await;
    desk.post("/forgot", &[("email", "ann@example.org")]).await;
    let mail = game.mails().await.remove(0);
    let token: String = mail.split("/reset/").nth(1).unwrap().chars().take(64).collect();
    let change = [("old", "correct horse"), ("password", "battery staple")];
    desk.post("/account/password", &change).await;
    let answer = game.stranger().get(&format!("/reset/{token}")).await;
    assert_eq!(answer.status, StatusCode::UNPROCESSABLE_ENTITY);
}

/// The same for programs; of two at once one wins, and the other's old password is another one.
#[tokio::test]
async fn programs_change_it_too() {
    let game = Game::new().await;
    game.stranger().post("/register", &ANN).await;
    let sign_in = json!({ "name": "ann", "password": "correct horse" });
    let token = async || {
        let session = game.unknown_program().post("/session", sign_in.clone()).await.json();
        session["token"].as_str().unwrap().to_owned()
    };
    let programs: [Program<'_>; 2] = [program(&game, &token().await), program(&game, &token().await)];
    let body = |n: u32| json!({ "old": "correct horse", "password": format!("password number {n}") });
    let (a, b) =
        tokio::join!(programs[0].post("/me/password", body(1)), programs[1].post("/me/password", body(2)));
    let mut statuses = [a.status.as_u16(), b.status.as_u16()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 401]);
    let won = if a.status == StatusCode::OK { a } else { b };
    let fresh = program(&game, won.json()["token"].as_str().unwrap());
    assert_eq!(fresh.get("/me").await.status, StatusCode::OK);
    assert_eq!(programs[0].get("/me").await.status, StatusCode::UNAUTHORIZED);
    assert_eq!(programs[1].get("/me").await.status, StatusCode::UNAUTHORIZED);
}

/// Whoever found a session open meets the limit of logins.
#[tokio::test]
async fn a_stolen_session_gives_no_more_tries() {
    let game = Game::with(Limits::default(), |_| ()).await;
    let ann = game.member("ann").await;
    let program = game.program(&ann).await;
    let guess = json!({ "old": "wrong horse", "password": "battery staple" });
    for _ in 0..8 {
        assert_eq!(program.post("/me/password", guess.clone()).await.status, StatusCode::UNAUTHORIZED);
    }
    let refused = program.post("/me/password", guess).await;
    assert_eq!(refused.status, StatusCode::TOO_MANY_REQUESTS);
}
