//! Whether the server can serve.

use axum::http::StatusCode;

use super::app::App;
use super::error::log_failure;

/// For load balancers: 200 while the database answers.
pub(crate) async fn healthz(app: App) -> (StatusCode, &'static str) {
    match app.store().ping().await {
        Ok(()) => (StatusCode::OK, "ok"),
        Err(error) => {
            log_failure(&error);
            (StatusCode::SERVICE_UNAVAILABLE, "database does not answer")
        }
    }
}
