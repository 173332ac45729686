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
    let pages = careful(pages).layer(from_fn_with_state(app.clone(), visit));
    let api = careful(api().0).layer(from_fn_with_state(app.clone(), call));
    Router::new()
        .merge(pages)
        .merge(api)
        .merge(public_routes().into_router())
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT * 3 / 2))
        .layer(from_fn_with_state(app.clone(), secure))
        .layer(from_fn(log))
        .with_state(app.clone())
}

/// Handlers end in time and with an answer, whatever happens in them, and read no endless bodies.
fn careful(routes: Router<App>) -> Router<App> {
    routes
        .layer(CatchPanicLayer::custom(panicked))
        .layer(TimeoutLayer::with_status_code(StatusCode::SERVICE_UNAVAILABLE, TIMEOUT))
        .layer(DefaultBodyLimit::max(LONGEST_BODY))
}

/// For load balancers: 200 while the database answers.
pub(crate) async fn healthz(app: App) -> (StatusCode, &'static str) {
    match app.store().ping().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(error) => {
            super::error::log_failure(&error);
            (StatusCode::SERVICE_UNAVAILABLE, "database does not answer")
        }
    }
}

/// The panic's own message went to the log by its hook.
fn panicked(panic: Box<dyn std::any::Any + Send>) -> axum::response::Response {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let text = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("no message");
    tracing::error!("handler panicked: {text}");
    Problem::Internal.bare()
}
