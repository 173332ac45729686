//! What the log says, and what it must not.

use std::io;
use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use deep_reveal::http::Limits;
use serde_json::json;
use tracing_subscriber::fmt::MakeWriter;

use crate::web::Game;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl MakeWriter<'_> for Lines {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        self.clone()
    }
}

/// A line for each request, with its route; no address, name, password, token or word of anybody.
#[tokio::test]
async fn the_log_tells_nothing_of_people() {
    let lines = Lines::default();
    let subscriber =
        tracing_subscriber::fmt().with_writer(lines.clone()).with_max_level(tracing::Level::TRACE).finish();
    // For all tests of this program: what others log has to be as clean.
    tracing::subscriber::set_global_default(subscriber).unwrap();
    let game = Game::with(Limits::default(), |config| config.behind_proxy = true).await;
    let mut program = game.unknown_program();
    let zoe = json!({ "name": "Zoe-name", "email": "zoe-mail@example.org", "password": "zoe-password" });
    let begun = program.post("/players", zoe).await.json();
    let token = begun["token"].as_str().unwrap().to_owned();
    program.token = Some(token.clone());
    let id = program.start().await;
    let class = program.get(&format!("/rounds/{id}")).await.json()["options"][0].as_str().unwrap().to_owned();
    let mut request = program.request(
        axum::http::Method::POST,
        &format!("/rounds/{id}/guess"),
        Some(json!({ "class": class })),
    );
    request.headers_mut().insert("x-forwarded-for", "203.0.113.77".parse().unwrap());
    assert_eq!(game.send(request).await.status, StatusCode::OK);
    program.post(&format!("/rounds/{id}/labels"), json!({ "labels": ["zoe-word"] })).await;
    let mut browser = game.stranger();
    browser.get(&format!("/reset/{token}")).await;
    browser.post("/login", &[("name", "Zoe-name"), ("password", "zoe-guess")]).await;
    let log = String::from_utf8(lines.0.lock().unwrap().clone()).unwrap();
    for line in ["POST /api/v1/rounds/{id}/guess 200", "GET /reset/{token} 422", "POST /login 422"] {
        assert!(log.contains(line), "{line} in {log}");
    }
    for secret in
        ["203.0.113.77", "Zoe-name", "zoe-mail", "zoe-password", "zoe-guess", "zoe-word", &token, &id, &class]
    {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
