//! Errors of pages.

use std::error::Error as StdError;

use axum::extract::rejection::FormRejection;
use axum::response::{IntoResponse, Redirect, Response};

use super::limits::TooOften;
use super::problem::Problem;
use crate::Error;
use crate::mail::MailError;
use crate::password::PasswordError;

/// Why a page could not be served.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PageError {
    /// The visitor has to sign in, or to play as a guest, first.
    #[error("the page is for players")]
    SignIn,
    /// Anything that the visitor sees an error page for.
    #[error("{}", .0.key())]
    Problem(Problem),
    /// A mistake of ours or of the database; the log has it, the page does not.
    #[error("page failed")]
    Internal(#[source] Box<dyn StdError + Send + Sync>),
}

/// What page handlers return.
pub type PageResult = Result<Response, PageError>;

impl PageError {
    /// A mistake of ours.
    pub fn internal(error: impl StdError + Send + Sync + 'static) -> Self {
        PageError::Internal(Box::new(error))
    }

    /// There is no such page, or it is not this visitor's.
    #[must_use]
    pub fn not_found() -> Self {
        PageError::Problem(Problem::NotFound)
    }
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        match self {
            PageError::SignIn => Redirect::to("/").into_response(),
            PageError::Problem(problem) => problem.bare(),
            PageError::Internal(error) => {
                log_failure(error.as_ref());
                Problem::Internal.bare()
            }
        }
    }
}

/// Logs an error with its causes.
pub(crate) fn log_failure(error: &dyn StdError) {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(next) = cause {
        text.push_str(": ");
        text.push_str(&next.to_string());
        cause = next.source();
    }
    tracing::error!("request failed: {text}");
}

impl From<Problem> for PageError {
    fn from(problem: Problem) -> Self {
        PageError::Problem(problem)
    }
}

impl From<TooOften> for PageError {
    fn from(TooOften { seconds }: TooOften) -> Self {
        PageError::Problem(Problem::TooOften { seconds })
    }
}

impl From<Error> for PageError {
    fn from(error: Error) -> Self {
        match error {
            Error::DiskFull | Error::DiskFailed => {
                log_failure(&error);
                Problem::NoSpace.into()
            }
            other if other.is_passing() => {
                log_failure(&other);
                Problem::Busy.into()
            }
            other => PageError::internal(other),
        }
    }
}

impl From<askama::Error> for PageError {
    fn from(error: askama::Error) -> Self {
        PageError::internal(error)
    }
}

impl From<MailError> for PageError {
    fn from(error: MailError) -> Self {
        PageError::internal(error)
    }
}

impl From<PasswordError> for PageError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy { .. } => PageError::Problem(Problem::Busy),
            other => PageError::internal(other),
        }
    }
}

impl From<FormRejection> for PageError {
    fn from(rejection: FormRejection) -> Self {
        PageError::Problem(Problem::of_status(rejection.status()))
    }
}
