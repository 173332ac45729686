//! What a request shows of whose it is.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;

use super::error::PageError;
use super::token::Token;
use super::visited::left;

/// What a request brought along to show whose it is.
#[derive(Debug, Clone)]
pub(crate) struct Bearer {
    /// The token that forms are bound to: the session's, or the visit's while there is none.
    pub(crate) token: Token,
    /// Whether it is a session's.
    pub(crate) session: bool,
    /// Whether the visit's cookie is yet to be set.
    pub(crate) new: bool,
}

impl<S: Send + Sync> FromRequestParts<S> for Bearer {
    type Rejection = PageError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, PageError> {
        left(parts)
    }
}
