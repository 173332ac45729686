//! What went wrong, for the person who sees it.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, HeaderValue, RETRY_AFTER};
use axum::http::{Response, StatusCode};

/// The reason of an error page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Problem {
    /// There is no such page, or it is not this visitor's.
    NotFound,
    /// The request did not come from a page of ours, or from one that is out of date.
    StalePage,
    /// The form is of another session: somebody logged in or out since its page was loaded.
    SessionChanged,
    /// The address takes other methods.
    WrongMethod,
    /// The form could not be read.
    BadForm,
    /// The request is longer than anything that the game asks for.
    TooLarge,
    /// Too many requests.
    TooOften {
        /// Seconds until the next is welcome.
        seconds: u32,
    },
    /// So much is going on that this has to wait.
    Busy,
    /// Nothing can be stored: the disk is full or broken.
    NoSpace,
    /// A mistake of ours.
    Internal,
}

impl Problem {
    /// Its name, for programs.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Problem::NotFound => "not-found",
            Problem::StalePage => "stale-page",
            Problem::SessionChanged => "session-changed",
            Problem::WrongMethod => "wrong-method",
            Problem::BadForm => "bad-form",
            Problem::TooLarge => "too-large",
            Problem::TooOften { .. } => "too-often",
            Problem::Busy => "busy",
            Problem::NoSpace => "no-space",
            Problem::Internal => "internal",
        }
    }

    /// The status of the answer.
    #[must_use]
    pub fn status(self) -> StatusCode {
        match self {
            Problem::NotFound => StatusCode::NOT_FOUND,
            Problem::StalePage | Problem::SessionChanged => StatusCode::FORBIDDEN,
            Problem::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            Problem::BadForm => StatusCode::BAD_REQUEST,
            Problem::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Problem::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            Problem::Busy | Problem::NoSpace => StatusCode::SERVICE_UNAVAILABLE,
            Problem::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// When to come again, in seconds.
    #[must_use]
    pub fn retry_after(self) -> Option<u32> {
        match self {
            Problem::TooOften { seconds } => Some(seconds),
            Problem::Busy => Some(3),
            Problem::NoSpace => Some(60),
            _ => None,
        }
    }

    /// The reason behind a status that the framework itself answered with.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Problem::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Problem::WrongMethod,
            StatusCode::PAYLOAD_TOO_LARGE => Problem::TooLarge,
            StatusCode::REQUEST_TIMEOUT | StatusCode::SERVICE_UNAVAILABLE => Problem::Busy,
            status if status.is_server_error() => Problem::Internal,
            _ => Problem::BadForm,
        }
    }

    /// Adds the headers that belong to it.
    pub(crate) fn mark(self, response: &mut Response<Body>) {
        *response.status_mut() = self.status();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
    }

    /// An answer without a page: the page is put in where the visitor's language is known.
    pub(crate) fn bare(self) -> Response<Body> {
        let mut response = Response::new(Body::from(self.key()));
        response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
        self.mark(&mut response);
        response.extensions_mut().insert(self);
        response
    }
}
