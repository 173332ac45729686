//! Headers of every answer.

use std::collections::BTreeMap;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use deep_reveal::http::route_list;

use crate::web::{Game, no_limits};

const POLICY: &str = "default-src 'none'; img-src 'self'; font-src 'self'; style-src 'self'; script-src 'self'; form-action 'self'; \
                      manifest-src 'self'; connect-src 'self'; base-uri 'none'; frame-ancestors 'none'";

/// Every route, whatever it answers, has the headers; what is personal is in no cache.
#[tokio::test]
async fn every_answer_is_guarded() {
    let game = Game::new().await;
    let ann = game.admin("Ann").await;
    let mut browser = game.browser(&ann).await;
    let id = game.program(&ann).await.start().await;
    let mut cached = BTreeMap::new();
    for route in route_list() {
        let path = route.path.replace("{id}", &id).replace("{level}", "0.png").replace("{token}", "x");
        let request =
            Request::builder().method(route.method.as_str()).uri(path.replace("{name}", "style.css"));
        let cookie = format!("__Host-anv={}", browser.cookies["__Host-anv"]);
        let answer = game.send(request.header("cookie", cookie).body(Body::empty()).unwrap()).await;
        for (name, value) in [
            ("content-security-policy", POLICY),
            ("x-content-type-options", "nosniff"),
            ("referrer-policy", "same-origin"),
            ("cross-origin-opener-policy", "same-origin"),
            ("cross-origin-resource-policy", "same-origin"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{route:?}");
        }
        assert!(answer.header("permissions-policy").is_some() && answer.header("server").is_none());
        assert!(answer.header("strict-transport-security").is_none(), "not over TLS");
        let control = answer.header("cache-control").unwrap().to_owned();
        if control != "private, no-store" {
            cached.insert(route.path, control);
        }
    }
    let public: Vec<&str> = cached.keys().map(String::as_str).collect();
    assert_eq!(public, ["/api/v1/openapi.json", "/manifest.webmanifest", "/static/{name}"]);
    assert_eq!(browser.get("/nothing").await.header("content-security-policy"), Some(POLICY));
}

#[tokio::test]
async fn transport_security_is_asked_for_over_tls() {
    let game = Game::with(no_limits(), |config| config.url = "https://game.example".to_owned()).await;
    let answer = game.stranger().get("/").await;
    assert_eq!(answer.header("strict-transport-security"), Some("max-age=31536000"));
}

/// Pages have nothing that the policy would stop: no script or style inside, nothing from elsewhere.
#[tokio::test]
async fn pages_keep_to_the_policy() {
    let game = Game::new().await;
    let ann = game.admin("Ann").await;
    let mut browser = game.browser(&ann).await;
    let path = browser.post("/rounds", &[]).await.location().to_owned();
    let pages = route_list().into_iter().filter(|r| r.method == "GET" && !r.path.contains('{'));
    let mut paths: Vec<String> = pages.map(|r| r.path).filter(|p| !p.starts_with("/api")).collect();
    paths.push(path);
    let mut html = 0;
    for path in paths {
        let answer = browser.get(&path).await;
        if answer.header("content-type").is_none_or(|t| !t.starts_with("text/html")) {
            continue;
        }
        html += 1;
        let text = answer.text();
        assert_eq!(text.matches("<script").count(), text.matches("<script src=\"/static/").count(), "{path}");
        for stopped in
            ["<style", " style=", " onclick", " onload", "javascript:", "src=\"http", "href=\"http"]
        {
            assert!(!text.contains(stopped), "{stopped} in {path}");
        }
    }
    assert!(html >= 8, "{html}");
}

/// Whoever is asked for by health checks says nothing else.
#[tokio::test]
async fn health_is_short() {
    let game = Game::new().await;
    let answer = game.stranger().get("/healthz").await;
    assert_eq!((answer.status, answer.text().as_str()), (StatusCode::OK, "ok"));
}
