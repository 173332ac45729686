//! All routes.

use std::time::Duration;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::{from_fn, from_fn_with_state};
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::timeout::TimeoutLayer;

use super::api::{api, call};
use super::app::App;
use super::error::PageError;
use super::headers::secure;
use super::log::log;
use super::problem::Problem;
use super::routes::{page_routes, public_routes};
use super::visitor::visit;

/// No form of the game comes near it.
const LONGEST_BODY: usize = 64 * 1024;
/// Longest time for an answer; the slowest, a password under load, takes three seconds.
const TIMEOUT: Duration = Duration::from_secs(10);

/// The game's routes with everything around them.
pub fn router(app: &App) -> Router {
    let pages = page_routes().into_router().fallback(|| async { PageError::not_found() });
    let pages = careful(pages, TIMEOUT).layer(from_fn_with_state(app.clone(), visit));
    let api = careful(api().0, TIMEOUT).layer(from_fn_with_state(app.clone(), call));
    Router::new()
        .merge(pages)
        .merge(api)
        .merge(public_routes().into_router())
        .layer(CatchPanicLayer::custom(panicked))
        // What finds out who asks comes before those above, and may have to wait for the database as long.
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT * 2))
        .layer(from_fn_with_state(app.clone(), secure))
        .layer(from_fn(log))
        .with_state(app.clone())
}

/// Handlers end in time and with an answer, whatever happens in them, and read no endless bodies.
fn careful(routes: Router<App>, timeout: Duration) -> Router<App> {
    routes
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, timeout))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
}

/// The panic's own message went to the log by its hook.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!("handler panicked: {text}");
    Problem::Internal.bare()
}

#[cfg(test)]
mod tests {
    use axum::body::{Body, to_bytes};
    use axum::http::Request;
    use axum::http::header::CONTENT_TYPE;
    use axum::routing::get;
    use tower::ServiceExt;

    use super::*;
    use crate::config::{Config, Mailing};
    use crate::store::Store;

    async fn app(folder: &std::path::Path) -> App {
        let config = Config {
            listen: ([127, 0, 0, 1], 0).into(),
            url: "http://localhost".to_owned(),
            plain_http: false,
            behind_proxy: false,
            mail: Mailing::Folder(folder.to_owned()),
            mail_from: "game@example.org".to_owned(),
            secret: None,
            rules: Default::default(),
            round_hours: 24.0,
            questionnaire_after: None,
        };
        let store = Store::open(&folder.join("game.db").display().to_string()).await.unwrap();
        App::new(store, config).await.unwrap()
    }

    async fn ask(routes: Router<App>, app: &App) -> (StatusCode, String, String) {
        let request = Request::builder().uri("/boom").body(Body::empty()).unwrap();
        let answer = routes.with_state(app.clone()).oneshot(request).await.unwrap();
        let kind = answer.headers()[CONTENT_TYPE].to_str().unwrap().to_owned();
        let status = answer.status();
        let body = to_bytes(answer.into_body(), usize::MAX).await.unwrap();
        (status, kind, String::from_utf8(body.to_vec()).unwrap())
    }

    async fn boom() -> &'static str {
        panic!("secret of the handler")
    }

    async fn sleep() -> &'static str {
        tokio::time::sleep(TIMEOUT).await;
        "late"
    }

    /// A panic and an answer that takes too long are a page and a body of JSON like other errors, and say nothing of
    /// their cause.
    #[tokio::test]
    async fn panics_and_delays_are_answered() {
        let folder = tempfile::tempdir().unwrap();
        let app = app(folder.path()).await;
        let pages = |routes| {
            careful(routes, Duration::from_millis(300)).layer(from_fn_with_state(app.clone(), visit))
        };
        let calls =
            |routes| careful(routes, Duration::from_millis(300)).layer(from_fn_with_state(app.clone(), call));
        let (status, kind, text) = ask(pages(Router::new().route("/boom", get(boom))), &app).await;
        assert_eq!((status, kind.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "text/html; charset=utf-8"));
        assert!(text.contains("<html") && !text.contains("secret"), "{text}");
        let (status, kind, text) = ask(calls(Router::new().route("/boom", get(boom))), &app).await;
        assert_eq!((status, kind.as_str()), (StatusCode::INTERNAL_SERVER_ERROR, "application/json"));
        assert!(text.contains("\"internal\"") && !text.contains("secret"), "{text}");
        let (status, _, text) = ask(pages(Router::new().route("/boom", get(sleep))), &app).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(text.contains("<html"), "{text}");
        let (status, _, text) = ask(calls(Router::new().route("/boom", get(sleep))), &app).await;
        assert_eq!(status, StatusCode::SERVICE_UNAVAILABLE);
        assert!(text.contains("\"busy\""), "{text}");
    }
}
