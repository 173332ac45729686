//! Pages that begin and end sessions.

mod guest;
mod language;
mod login;
mod password;
mod register;
mod reset;

use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect, Response};

use super::accounts::AccountError;
use super::error::{PageError, PageResult};
use super::problem::Problem;

pub(crate) use guest::play_as_guest;
pub(crate) use language::choose_language;
pub(crate) use login::{log_in, log_out, show_log_out, show_login};
pub(crate) use password::{change_password, show_password};
pub(crate) use register::{register, show_register};
pub(crate) use reset::{ask_for_reset, reset, show_forgot, show_reset};

/// The front page; the browser asks for it with GET.
fn home() -> Response {
    Redirect::to("/").into_response()
}

/// A form that is shown again because of what was typed into it.
fn again(page: PageResult) -> PageResult {
    page.map(|page| (StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
}

impl From<AccountError> for PageError {
    /// What a form cannot explain at its fields.
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::TooOften(error) => error.into(),
            AccountError::Busy => Problem::Busy.into(),
            AccountError::Password(error) => error.into(),
            AccountError::Store(error) => error.into(),
            AccountError::Wrong | AccountError::DeadLink | AccountError::Field(_) => Problem::BadForm.into(),
        }
    }
}
