//! What was found out about a request before its page.

use axum::http::request::Parts;

use super::error::PageError;

/// What was left in the request; a route outside of it is a mistake of ours.
pub(crate) fn left<T: Clone + Send + Sync + 'static>(parts: &Parts) -> Result<T, PageError> {
    parts.extensions.get::<T>().cloned().ok_or_else(|| PageError::internal(NotVisited))
}

#[derive(Debug, thiserror::Error)]
#[error("route is not inside of the layer that finds out who asks")]
struct NotVisited;
