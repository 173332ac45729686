//! The table of who may what, for every route that the routers themselves list.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Method, StatusCode};
use deep_reveal::http::{RouteInfo, route_list};
use deep_reveal::store::Player;
use serde_json::{Value, json};

use crate::web::{Answer, Browser, Game, Program};

/// Who walks: nobody, a guest, a member whose round it is, another member, an administrator whose round it is not.
const WALKERS: [&str; 5] = ["nobody", "guest", "owner", "other", "admin"];

/// What each of them gets from a route; `{id}` is the owner's round, which waits for a guess at hint 0.
///
/// `ok` a page, picture or JSON; `done` a redirect after a form; `front` sent to the front page for want of a session;
/// `401`, `404`, `409`, `422` the status.
const TABLE: &[(&str, &str, [&str; 5])] = &[
    // Pages that everybody may see.
    ("GET", "/", ["ok"; 5]),
    ("GET", "/forgot", ["ok"; 5]),
    ("GET", "/healthz", ["ok"; 5]),
    ("GET", "/instructions", ["ok"; 5]),
    ("GET", "/leaderboard", ["ok"; 5]),
    ("GET", "/manifest.webmanifest", ["ok"; 5]),
    ("GET", "/privacy", ["ok"; 5]),
    ("GET", "/static/{name}", ["ok"; 5]),
    // Sessions: a member has no business there.
    ("GET", "/login", ["ok", "ok", "front", "front", "front"]),
    ("GET", "/logout", ["front", "ok", "front", "front", "front"]),
    ("GET", "/register", ["ok", "ok", "front", "front", "front"]),
    ("GET", "/reset/{token}", ["422"; 5]),
    ("POST", "/forgot", ["ok"; 5]),
    ("POST", "/guest", ["front"; 5]),
    ("POST", "/language", ["done"; 5]),
    ("POST", "/login", ["422"; 5]),
    // A guest is asked first.
    ("POST", "/logout", ["front", "done", "front", "front", "front"]),
    ("POST", "/register", ["422", "422", "front", "front", "front"]),
    ("POST", "/reset/{token}", ["422"; 5]),
    // One's own.
    ("GET", "/account", ["front", "ok", "ok", "ok", "ok"]),
    // A guest has no password; the others type a wrong one.
    ("GET", "/account/password", ["front", "done", "ok", "ok", "ok"]),
    ("POST", "/account/password", ["front", "done", "422", "422", "422"]),
    ("GET", "/questionnaire", ["front", "ok", "ok", "ok", "ok"]),
    ("POST", "/account", ["front", "done", "done", "done", "done"]),
    ("POST", "/questionnaire", ["front", "ok", "ok", "ok", "ok"]),
    ("GET", "/rounds", ["front"; 5]),
    ("POST", "/rounds", ["front", "done", "done", "done", "done"]),
    // A round: for its owner alone.
    ("GET", "/rounds/{id}", ["front", "404", "ok", "404", "404"]),
    ("GET", "/rounds/{id}/photo.png", ["front", "404", "404", "404", "404"]),
    ("GET", "/rounds/{id}/picture/{level}", ["front", "404", "ok", "404", "404"]),
    ("POST", "/rounds/{id}/giveup", ["front", "404", "done", "404", "404"]),
    ("POST", "/rounds/{id}/guess", ["front", "404", "done", "404", "404"]),
    ("POST", "/rounds/{id}/labels", ["front", "404", "done", "404", "404"]),
    ("POST", "/rounds/{id}/more", ["front", "404", "done", "404", "404"]),
    // Administration: it does not exist for anybody else.
    ("GET", "/admin", ["404", "404", "404", "404", "ok"]),
    ("GET", "/admin/games.csv", ["404", "404", "404", "404", "ok"]),
    ("POST", "/admin/campaigns/{id}/close", ["404", "404", "404", "404", "done"]),
    ("POST", "/admin/campaigns/{id}/open", ["404", "404", "404", "404", "done"]),
    // The same as JSON.
    ("GET", "/api/v1/openapi.json", ["ok"; 5]),
    ("GET", "/api/v1/leaderboard", ["ok"; 5]),
    ("POST", "/api/v1/guest", ["ok", "409", "409", "409", "409"]),
    ("POST", "/api/v1/players", ["422", "422", "409", "409", "409"]),
    ("POST", "/api/v1/resets", ["ok"; 5]),
    ("POST", "/api/v1/resets/{token}", ["404"; 5]),
    ("POST", "/api/v1/session", ["401"; 5]),
    ("DELETE", "/api/v1/session", ["401", "ok", "ok", "ok", "ok"]),
    ("GET", "/api/v1/me", ["401", "ok", "ok", "ok", "ok"]),
    ("POST", "/api/v1/me/password", ["401", "404", "401", "401", "401"]),
    ("PATCH", "/api/v1/me", ["401", "ok", "ok", "ok", "ok"]),
    ("DELETE", "/api/v1/me", ["401", "ok", "ok", "ok", "ok"]),
    ("GET", "/api/v1/questionnaire", ["401", "ok", "ok", "ok", "ok"]),
    ("POST", "/api/v1/questionnaire", ["401", "409", "409", "409", "409"]),
    ("POST", "/api/v1/rounds", ["401", "ok", "ok", "ok", "ok"]),
    ("GET", "/api/v1/rounds/{id}", ["401", "404", "ok", "404", "404"]),
    ("GET", "/api/v1/rounds/{id}/photo.png", ["401", "404", "404", "404", "404"]),
    ("GET", "/api/v1/rounds/{id}/picture/{level}", ["401", "404", "ok", "404", "404"]),
    ("POST", "/api/v1/rounds/{id}/giveup", ["401", "404", "409", "404", "404"]),
    ("POST", "/api/v1/rounds/{id}/guess", ["401", "404", "ok", "404", "404"]),
    ("POST", "/api/v1/rounds/{id}/labels", ["401", "404", "409", "404", "404"]),
    ("POST", "/api/v1/rounds/{id}/more", ["401", "404", "ok", "404", "404"]),
];

/// A new route is not forgotten: the table has exactly the routers' own list.
#[test]
fn the_table_has_every_route() {
    let mut table: Vec<_> = TABLE
        .iter()
        .map(|(method, path, _)| RouteInfo { method: (*method).to_owned(), path: (*path).to_owned() })
        .collect();
    table.sort();
    assert_eq!(table, route_list());
}

#[tokio::test]
async fn everybody_gets_what_the_table_says() {
    let game = Game::new().await;
    let mut wrong = Vec::new();
    for (number, (method, path, expected)) in TABLE.iter().enumerate() {
        for (walker, expected) in WALKERS.iter().zip(expected) {
            // All people are new each time: some routes change or delete them.
            let owner = game.member(&format!("owner {number} {walker}")).await;
            let round = game.program(&owner).await.start().await;
            let player = match *walker {
                "nobody" => None,
                "guest" => Some(game.guest().await),
                "owner" => Some(owner.clone()),
                "other" => Some(game.member(&format!("other {number}")).await),
                _ => Some(game.admin(&format!("admin {number}")).await),
            };
            let route = Walk { game: &game, method, path, round: &round, owner: &owner };
            let answer = route.walk(player.as_ref()).await;
            let got = outcome(&answer);
            // One of the routes closes it.
            let campaign = &game.store().campaigns().await.unwrap()[0].id;
            game.store().set_open(campaign, true).await.unwrap();
            if got != *expected {
                wrong.push(format!(
                    "{method} {path} as {walker}: {got} instead of {expected}\n{}",
                    answer.text()
                ));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(game.store().questionnaire().await.unwrap().players, 0, "too early for answers");
}

struct Walk<'a> {
    game: &'a Game,
    method: &'a str,
    path: &'a str,
    round: &'a str,
    owner: &'a Player,
}

impl Walk<'_> {
    async fn walk(&self, player: Option<&Player>) -> Answer {
        let path = self.address().await;
        match path.strip_prefix("/api/v1") {
            Some(path) => {
                let program = match player {
                    Some(player) => self.game.program(player).await,
                    None => self.game.unknown_program(),
                };
                self.call(&program, path).await
            }
            None => {
                let mut browser = match player {
                    Some(player) => self.game.browser(player).await,
                    None => self.game.stranger(),
                };
                self.browse(&mut browser, &path).await
            }
        }
    }

    async fn address(&self) -> String {
        let campaign = self.game.store().campaigns().await.unwrap()[0].id.to_string();
        let id = if self.path.starts_with("/admin") { &campaign } else { self.round };
        let token = "0".repeat(64);
        let parts = [("{id}", id), ("{level}", "0.png"), ("{token}", &token), ("{name}", "style.css")];
        parts.iter().fold(self.path.to_owned(), |path, (part, value)| path.replace(part, value))
    }

    async fn browse(&self, browser: &mut Browser<'_>, path: &str) -> Answer {
        if self.method == "GET" {
            return browser.get(path).await;
        }
        let guess = self.guess().await;
        let fields: &[(&str, &str)] = match self.path {
            "/login" => &[("name", "nobody"), ("password", "wrong password")],
            "/register" => &[("name", "x"), ("email", "x"), ("password", "x")],
            "/forgot" => &[("email", "nobody@example.org")],
            "/reset/{token}" => &[("password", "a new password")],
            "/account/password" => &[("old", "wrong password"), ("password", "a new password")],
            "/language" => &[("language", "it"), ("back", "/privacy")],
            "/account" => &[("do", "save"), ("language", "en")],
            "/rounds/{id}/more" => &[("hints", "1")],
            "/rounds/{id}/guess" => &[("class", &guess)],
            "/rounds/{id}/labels" => &[("label", "ears")],
            _ => &[],
        };
        browser.post(path, fields).await
    }

    async fn call(&self, program: &Program<'_>, path: &str) -> Answer {
        let sus = [1; 10];
        let body = match self.path.strip_prefix("/api/v1").unwrap() {
            "/session" => json!({ "name": "nobody", "password": "wrong password" }),
            "/guest" | "/me" => json!({}),
            "/players" => json!({ "name": "x", "email": "x", "password": "x" }),
            "/resets" => json!({ "email": "nobody@example.org" }),
            "/resets/{token}" => json!({ "password": "a new password" }),
            "/me/password" => json!({ "old": "wrong password", "password": "a new password" }),
            "/questionnaire" => json!({ "sus": sus, "tlx": [1, 1, 1, 1, 1, 1], "rating": 1 }),
            "/rounds/{id}/more" => json!({ "hints": 1 }),
            "/rounds/{id}/guess" => json!({ "class": self.guess().await }),
            "/rounds/{id}/labels" => json!({ "labels": ["ears"] }),
            _ => Value::Null,
        };
        let method = Method::from_bytes(self.method.as_bytes()).unwrap();
        let body = Some(body).filter(|body| !body.is_null() && matches!(self.method, "POST" | "PATCH"));
        program.call(method, path, body).await
    }

    async fn guess(&self) -> String {
        self.game.row(&self.owner.id, self.round).await.round.options[0].clone()
    }
}

fn outcome(answer: &Answer) -> String {
    let page = answer.header("content-type").is_some_and(|t| t.starts_with("text/html"));
    match answer.status {
        StatusCode::SEE_OTHER if answer.location() == "/" => "front".to_owned(),
        StatusCode::SEE_OTHER => "done".to_owned(),
        status if status.is_success() => "ok".to_owned(),
        status => {
            let api = answer.header("content-type") == Some("application/json");
            assert!(page || api, "{status} without a page or JSON: {}", answer.text());
            status.as_str().to_owned()
        }
    }
}

/// What is not in the table is nowhere, whatever the method.
#[tokio::test]
async fn there_is_nothing_else() {
    let game = Game::new().await;
    let admin = game.admin("admin").await;
    let mut browser = game.browser(&admin).await;
    for path in ["/admin/", "/admin/campaigns", "/static/", "/static/../Cargo.toml", "/.git/config", "//"] {
        assert_eq!(browser.get(path).await.status, StatusCode::NOT_FOUND, "{path}");
    }
    let known: BTreeMap<&str, Vec<&str>> =
        TABLE.iter().fold(BTreeMap::new(), |mut known, (method, path, _)| {
            known.entry(*path).or_insert_with(Vec::new).push(*method);
            known
        });
    for (path, methods) in known {
        for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "OPTIONS"] {
            if methods.contains(&method) {
                continue;
            }
            let path = path.replace("{id}", "x").replace("{level}", "0.png").replace("{token}", "x");
            let request =
                browser.request(Method::from_bytes(method.as_bytes()).unwrap(), &path.replace("{name}", "x"));
            let answer = browser.send(request.body(Body::empty()).unwrap()).await;
            assert!(answer.status.is_client_error(), "{method} {path}: {}", answer.status);
        }
    }
}
