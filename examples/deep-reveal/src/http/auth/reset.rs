//! A new password by a link in a mail.

use axum::extract::Path;
use serde::Deserialize;

use crate::http::accounts::{self, AccountError};
use crate::http::app::App;
use crate::http::bearer::Bearer;
use crate::http::error::PageResult;
use crate::http::guarded::Guarded;
use crate::http::sessions::begin_with_cookie;
use crate::http::visitor::{Client, Visitor};
use crate::pages::auth::{dead_link_page, forgot_page, reset_page, sent_page};

/// The form that asks for a link.
#[derive(Debug, Deserialize)]
pub(crate) struct ForgotForm {
    email: String,
}

/// The form that a link leads to.
#[derive(Debug, Deserialize)]
pub(crate) struct ResetForm {
    password: String,
}

/// `GET /forgot`.
pub(crate) async fn show_forgot(visitor: Visitor) -> PageResult {
    forgot_page(&visitor)
}

/// `POST /forgot`: the same page for every address.
pub(crate) async fn ask_for_reset(
    app: App,
    client: Client,
    Guarded(visitor, form): Guarded<ForgotForm>,
) -> PageResult {
    accounts::ask_for_reset(&app, client.0, &form.email).await?;
    sent_page(&visitor)
}

/// `GET /reset/{token}`: looking at the page does not use the link up, for mail programs look first.
pub(crate) async fn show_reset(app: App, visitor: Visitor, Path(token): Path<String>) -> PageResult {
    match accounts::find_reset(&app, &token).await {
        Ok(_) => reset_page(&visitor, &token, None),
        Err(AccountError::DeadLink) => super::again(dead_link_page(&visitor)),
        Err(error) => Err(error.into()),
    }
}

/// `POST /reset/{token}`: who can read the mail is logged in with it.
pub(crate) async fn reset(
    app: App,
    bearer: Bearer,
    client: Client,
    Path(token): Path<String>,
    Guarded(visitor, form): Guarded<ResetForm>,
) -> PageResult {
    match accounts::reset(&app, client.0, &token, &form.password).await {
        Ok(player) => Ok(begin_with_cookie(&app, &player, &bearer, super::home()).await?),
        Err(AccountError::Field(problem)) => super::again(reset_page(&visitor, &token, Some(problem.key()))),
        Err(AccountError::DeadLink) => super::again(dead_link_page(&visitor)),
        Err(error) => Err(error.into()),
    }
}
