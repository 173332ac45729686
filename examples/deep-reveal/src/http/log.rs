//! One line per request: method, route, status, time. No addresses, no bodies, and of paths only their pattern, for
//! they may hold tokens.

use std::time::Instant;

use axum::extract::{MatchedPath, Request};
use axum::middleware::Next;
use axum::response::Response;

/// Logs a request when it is answered.
pub(crate) async fn log(request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let started = Instant::now();
    let response = next.run(request).await;
    let route = route.as_ref().map_or("(none)", MatchedPath::as_str);
    let (status, ms) = (response.status().as_u16(), started.elapsed().as_millis());
    tracing::info!("{method} {route} {status} {ms} ms");
    response
}
