//! Logging in and out.

use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use crate::http::accounts::{self, AccountError};
use crate::http::app::App;
use crate::http::bearer::Bearer;
use crate::http::error::PageResult;
use crate::http::guarded::{Fields, Guarded};
use crate::http::sessions::{begin_with_cookie, end_with_cookie};
use crate::http::visitor::{Client, Visitor};
use crate::pages::auth::{leave_page, login_page};
use crate::store::Player;

/// The form of the login page.
#[derive(Debug, Deserialize)]
pub(crate) struct LoginForm {
    name: String,
    password: String,
}

/// `GET /login`.
pub(crate) async fn show_login(visitor: Visitor) -> PageResult {
    match visitor.player.as_ref().is_some_and(|player| !player.is_guest()) {
        true => Ok(super::home()),
        false => login_page(&visitor, "", None),
    }
}

/// `POST /login`.
pub(crate) async fn log_in(
    app: App,
    bearer: Bearer,
    client: Client,
    Guarded(visitor, form): Guarded<LoginForm>,
) -> PageResult {
    match accounts::log_in(&app, client.0, &form.name, &form.password).await {
        Ok(player) => Ok(begin_with_cookie(&app, &player.id, &bearer, super::home()).await?),
        Err(AccountError::Wrong) => super::again(login_page(&visitor, &form.name, Some("login-wrong"))),
        Err(error) => Err(error.into()),
    }
}

/// `GET /logout`: a guest is asked; members can come back and are not.
pub(crate) async fn show_log_out(visitor: Visitor) -> PageResult {
    match is_guest(&visitor) {
        true => leave_page(&visitor),
        false => Ok(super::home()),
    }
}

/// `POST /logout`; of a guest only with the answer to that question.
pub(crate) async fn log_out(app: App, bearer: Bearer, Guarded(visitor, form): Guarded<Fields>) -> PageResult {
    if is_guest(&visitor) && form.one("sure").is_none() {
        return Ok(Redirect::to("/logout").into_response());
    }
    Ok(end_with_cookie(&app, &bearer, super::home()).await?)
}

fn is_guest(visitor: &Visitor) -> bool {
    visitor.player.as_ref().is_some_and(Player::is_guest)
}
