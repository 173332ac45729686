//! Errors of the API: a status, a code for programs, a sentence for people.

use anv_labels::RuleError;
use axum::Json;
use axum::extract::rejection::JsonRejection;
use axum::http::StatusCode;
use axum::http::header::{HeaderValue, RETRY_AFTER};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use utoipa::ToSchema;

use crate::Error;
use crate::http::accounts::AccountError;
use crate::http::error::log_failure;
use crate::http::fields::FieldProblem;
use crate::http::limits::TooOften;
use crate::http::problem::Problem;
use crate::password::PasswordError;

/// Every way in which a call may fail.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ApiError {
    #[error("call needs a session: expected a session cookie or `Authorization: Bearer <token>`")]
    NotSignedIn,
    #[error("call comes with a session: expected none")]
    SignedIn,
    #[error("user name and password do not match")]
    WrongCredentials,
    #[error("call did not come from a page of this server or lacks a valid `x-csrf-token`")]
    Forged,
    /// The address takes other methods.
    #[error("address does not take this method: expected one of the header `allow`")]
    WrongMethod,
    #[error("there is no such thing, or it is not yours")]
    NotFound,
    #[error("link for a new password was used, is too old or never was")]
    DeadLink,
    #[error("request cannot be read: {0}")]
    BadRequest(String),
    #[error(transparent)]
    Field(#[from] FieldProblem),
    #[error(transparent)]
    Rule(#[from] RuleError),
    #[error("no photo is left that you have not met: expected to come back when there are more")]
    NothingLeft,
    #[error("round was left alone for too long")]
    Expired,
    #[error("answer is out of range: {0}")]
    Answer(&'static str),
    #[error("questionnaire was answered already")]
    Answered,
    #[error("questionnaire comes later: expected {games} games first")]
    TooEarly { games: u64 },
    #[error("request is longer than 65536 bytes")]
    TooLarge,
    #[error("too many requests: expected {seconds} seconds of waiting")]
    TooOften { seconds: u32 },
    #[error("server is busy: expected a few seconds of waiting")]
    Busy,
    #[error("server cannot store anything")]
    NoSpace,
    #[error("server failed")]
    Internal,
}

/// What handlers of the API return.
pub(crate) type ApiResult<T> = Result<T, ApiError>;

/// The body of every failed call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ErrorBody {
    error: ErrorText,
}

/// What failed.
#[derive(Debug, Serialize, ToSchema)]
struct ErrorText {
    /// For programs; does not change.
    #[schema(example = "not_signed_in")]
    code: &'static str,
    /// For people.
    message: String,
}

impl ApiError {
    pub(crate) fn internal(error: &dyn std::error::Error) -> Self {
        log_failure(error);
        ApiError::Internal
    }

    fn code(&self) -> &'static str {
        match self {
            ApiError::NotSignedIn => "not_signed_in",
            ApiError::SignedIn => "signed_in",
            ApiError::WrongCredentials => "wrong_credentials",
            ApiError::Forged => "forged",
            ApiError::NotFound => "not_found",
            ApiError::DeadLink => "dead_link",
            ApiError::BadRequest(_) => "bad_request",
            ApiError::Field(problem) => field_code(*problem),
            ApiError::Rule(error) => rule_code(error),
            ApiError::NothingLeft => "nothing_left",
            ApiError::Expired => "expired",
            ApiError::Answer(_) => "answer",
            ApiError::Answered => "answered",
            ApiError::TooEarly { .. } => "too_early",
            ApiError::WrongMethod => "wrong_method",
            ApiError::TooLarge => "too_large",
            ApiError::TooOften { .. } => "too_often",
            ApiError::Busy => "busy",
            ApiError::NoSpace => "no_space",
            ApiError::Internal => "internal",
        }
    }

    fn status(&self) -> StatusCode {
        match self {
            ApiError::NotSignedIn | ApiError::WrongCredentials => StatusCode::UNAUTHORIZED,
            ApiError::Forged => StatusCode::FORBIDDEN,
            ApiError::WrongMethod => StatusCode::METHOD_NOT_ALLOWED,
            ApiError::NotFound | ApiError::DeadLink => StatusCode::NOT_FOUND,
            ApiError::BadRequest(_) => StatusCode::BAD_REQUEST,
            ApiError::Field(FieldProblem::NameTaken | FieldProblem::EmailTaken) => StatusCode::CONFLICT,
            ApiError::Field(_) | ApiError::Answer(_) => StatusCode::UNPROCESSABLE_ENTITY,
            ApiError::Rule(error) => rule_status(error),
            ApiError::SignedIn
            | ApiError::NothingLeft
            | ApiError::Expired
            | ApiError::Answered
            | ApiError::TooEarly { .. } => StatusCode::CONFLICT,
            ApiError::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            ApiError::TooOften { .. } => StatusCode::TOO_MANY_REQUESTS,
            ApiError::Busy | ApiError::NoSpace => StatusCode::SERVICE_UNAVAILABLE,
            ApiError::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn retry_after(&self) -> Option<u32> {
        match self {
            ApiError::TooOften { seconds } => Some(*seconds),
            ApiError::Busy => Problem::Busy.retry_after(),
            ApiError::NoSpace => Problem::NoSpace.retry_after(),
            _ => None,
        }
    }
}

fn field_code(problem: FieldProblem) -> &'static str {
    match problem {
        FieldProblem::NameLength => "name_length",
        FieldProblem::NameCharacters => "name_characters",
        FieldProblem::NameInvisible => "name_invisible",
        FieldProblem::NameTaken => "name_taken",
        FieldProblem::EmailInvalid => "email_invalid",
        FieldProblem::EmailTaken => "email_taken",
        FieldProblem::PasswordLength => "password_length",
        FieldProblem::PasswordIsName => "password_is_name",
    }
}

fn rule_code(error: &RuleError) -> &'static str {
    match error {
        RuleError::NotNow { .. } => "not_now",
        RuleError::StaleHint { .. } => "stale_hint",
        RuleError::NoHintsLeft { .. } => "no_hints_left",
        RuleError::HintsLeft { .. } => "hints_left",
        RuleError::NotAnOption { .. } => "not_an_option",
        RuleError::AlreadyGuessed => "already_guessed",
        RuleError::TooManyLabels { .. } => "too_many_labels",
        RuleError::LongLabel { .. } => "long_label",
        _ => "refused",
    }
}

/// What no player could send at any time is unprocessable; what comes at the wrong time is a conflict.
fn rule_status(error: &RuleError) -> StatusCode {
    match error {
        RuleError::NotAnOption { .. } | RuleError::TooManyLabels { .. } | RuleError::LongLabel { .. } => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        _ => StatusCode::CONFLICT,
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = ErrorBody { error: ErrorText { code: self.code(), message: self.to_string() } };
        let mut response = (self.status(), Json(body)).into_response();
        if let Some(seconds) = self.retry_after() {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        match error {
            Error::DiskFull | Error::DiskFailed => {
                log_failure(&error);
                ApiError::NoSpace
            }
            other if other.is_passing() => {
                log_failure(&other);
                ApiError::Busy
            }
            other => ApiError::internal(&other),
        }
    }
}

impl From<TooOften> for ApiError {
    fn from(TooOften { seconds }: TooOften) -> Self {
        ApiError::TooOften { seconds }
    }
}

impl From<PasswordError> for ApiError {
    fn from(error: PasswordError) -> Self {
        match error {
            PasswordError::Busy { .. } => ApiError::Busy,
            other => ApiError::internal(&other),
        }
    }
}

impl From<AccountError> for ApiError {
    fn from(error: AccountError) -> Self {
        match error {
            AccountError::Wrong => ApiError::WrongCredentials,
            AccountError::DeadLink => ApiError::DeadLink,
            AccountError::Field(problem) => problem.into(),
            AccountError::TooOften(error) => error.into(),
            AccountError::Busy => ApiError::Busy,
            AccountError::Password(error) => error.into(),
            AccountError::Store(error) => error.into(),
        }
    }
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        match rejection.status() {
            StatusCode::PAYLOAD_TOO_LARGE => ApiError::TooLarge,
            _ => ApiError::BadRequest(rejection.body_text()),
        }
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::NotFound => ApiError::NotFound,
            Problem::StalePage | Problem::SessionChanged => ApiError::Forged,
            Problem::WrongMethod => ApiError::WrongMethod,
            Problem::BadForm => ApiError::BadRequest("expected what the OpenAPI document says".to_owned()),
            Problem::TooLarge => ApiError::TooLarge,
            Problem::TooOften { seconds } => ApiError::TooOften { seconds },
            Problem::Busy => ApiError::Busy,
            Problem::NoSpace => ApiError::NoSpace,
            Problem::Internal => ApiError::Internal,
        }
    }
}
