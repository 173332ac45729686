//! Nobody else's page can make a browser change anything here.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, COOKIE, HOST, ORIGIN};
use axum::http::{Method, Request, StatusCode};
use deep_reveal::http::route_list;
use serde_json::json;

use crate::web::{Game, URL, form_body};

/// Every form of every page, whoever sends it: without the right token or from elsewhere nothing happens.
#[tokio::test]
async fn forged_forms_are_refused() {
    let game = Game::new().await;
    let (ann, eve) = (game.admin("Ann").await, game.member("Eve").await);
    let id = game.program(&ann).await.start().await;
    let before = game.row(&ann.id, &id).await;
    let mut browser = game.browser(&ann).await;
    let good = browser.form_token().await;
    let of_eve = game.browser(&eve).await.form_token().await;
    let of_nobody = game.stranger().form_token().await;
    let posts = route_list().into_iter().filter(|r| r.method == "POST" && !r.path.starts_with("/api/"));
    let mut forms = 0;
    for path in posts.map(|r| r.path) {
        let path = path.replace("{id}", &id).replace("{token}", &"0".repeat(64));
        forms += 1;
        for token in ["", "x", &of_eve, &of_nobody, &"0".repeat(64), &good.to_uppercase()[..63]] {
            let answer = browser.post_with(&path, &[], token).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} with {token:?}");
        }
        let cookie = format!("__Host-anv={}", browser.cookies["__Host-anv"]);
        let headers: [&[(&str, &str)]; 7] = [
            &[],
            &[("origin", "https://evil.example")],
            &[("origin", "null")],
            &[("origin", "http://localhost:9090")],
            &[("origin", URL), ("sec-fetch-site", "cross-site")],
            &[("origin", URL), ("sec-fetch-site", "same-site")],
            &[("sec-fetch-site", "none")],
        ];
        for from in headers {
            let request = Request::builder().method("POST").uri(&path).header(HOST, "localhost:8080");
            let request = from.iter().fold(request.header(COOKIE, &cookie), |r, (k, v)| r.header(*k, *v));
            let answer = game.send(form_body(request, &[("token", &good)])).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{path} from {from:?}");
        }
    }
    assert!(forms > 15, "{forms}");
    assert_eq!(game.row(&ann.id, &id).await, before);
    assert_eq!(browser.get("/account").await.status, StatusCode::OK, "still logged in, not deleted");
}

/// A GET changes nothing, so it needs no token: no form's address can be used as a link.
#[tokio::test]
async fn forms_are_not_links() {
    let game = Game::new().await;
    let ann = game.member("Ann").await;
    let id = game.program(&ann).await.start().await;
    let mut browser = game.browser(&ann).await;
    let token = browser.form_token().await;
    for path in ["/logout", "/rounds"] {
        let answer = browser.get(&format!("{path}?token={token}&sure=1")).await;
        assert_eq!(answer.location(), "/", "{path}");
        assert_eq!(browser.get("/account").await.status, StatusCode::OK, "{path} logs nobody out");
    }
    for path in ["/guest", "/language"] {
        let answer = browser.get(&format!("{path}?token={token}")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{path}");
        assert_eq!(answer.header("allow"), Some("POST"), "{path}");
        assert!(answer.text().contains("<html"), "{path}");
    }
    for what in ["more", "guess", "labels", "giveup"] {
        let answer = browser.get(&format!("/rounds/{id}/{what}?token={token}&hints=1")).await;
        assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED, "{what}");
    }
    // The token belongs into the body: in an address it would end up in logs.
    let request = form_body(browser.request(Method::POST, &format!("/logout?token={token}")), &[]);
    assert_eq!(browser.send(request).await.status, StatusCode::FORBIDDEN);
}

/// The API with a cookie needs the header; with a bearer's token nothing that a page could send is involved.
#[tokio::test]
async fn forged_calls_are_refused() {
    let game = Game::new().await;
    let (ann, eve) = (game.member("Ann").await, game.member("Eve").await);
    let (session, of_eve) = (game.session(&ann).await, game.browser(&eve).await.form_token().await);
    let mut browser = game.browser(&ann).await;
    browser.cookies.insert("__Host-anv".to_owned(), session.as_str().to_owned());
    let good = browser.form_token().await;
    let calls = route_list().into_iter().filter(|r| r.method != "GET" && r.path.starts_with("/api/"));
    let cookie = format!("__Host-anv={}", session.as_str());
    let call = |method: &str, path: &str, headers: &[(&str, &str)]| {
        let request = Request::builder().method(method).uri(path).header(HOST, "localhost:8080");
        let request = request.header(COOKIE, &cookie).header(CONTENT_TYPE, "application/json");
        headers.iter().fold(request, |r, (k, v)| r.header(*k, *v)).body(Body::from("{}")).unwrap()
    };
    for route in calls {
        let path = route.path.replace("{id}", "x").replace("{token}", "x");
        let bad: [&[(&str, &str)]; 5] = [
            &[],
            &[("origin", URL)],
            &[("origin", URL), ("x-csrf-token", &of_eve)],
            &[("origin", "https://evil.example"), ("x-csrf-token", &good)],
            &[("sec-fetch-site", "cross-site"), ("x-csrf-token", &good)],
        ];
        for headers in bad {
            let answer = game.send(call(&route.method, &path, headers)).await;
            assert_eq!(answer.status, StatusCode::FORBIDDEN, "{route:?} {headers:?}");
            assert_eq!(answer.json()["error"]["code"], "forged");
        }
    }
    let fine = [("origin", URL), ("x-csrf-token", good.as_str())];
    let answer = game.send(call("POST", "/api/v1/rounds", &fine)).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    // A login form of somebody else, without any session: no cookie is set that way.
    let request = Request::builder().method("POST").uri("/api/v1/guest").header(HOST, "localhost:8080");
    let request = request.header(ORIGIN, "https://evil.example").header(CONTENT_TYPE, "application/json");
    let answer = game.send(request.body(Body::from(json!({ "cookie": true }).to_string())).unwrap()).await;
    assert_eq!(answer.status, StatusCode::FORBIDDEN);
    assert!(answer.header("set-cookie").is_none());
}

/// What a page sends without leave (a form, `text/plain`) is no call.
#[tokio::test]
async fn calls_have_to_be_json() {
    let game = Game::new().await;
    for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"] {
        let request = Request::builder().method("POST").uri("/api/v1/guest").header(CONTENT_TYPE, kind);
        let answer = game.send(request.body(Body::from("{}")).unwrap()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{kind}");
    }
}
