//! Making an account.

use serde::Deserialize;

use crate::http::accounts::{self, AccountError, Registration};
use crate::http::app::App;
use crate::http::bearer::Bearer;
use crate::http::error::PageResult;
use crate::http::guarded::Guarded;
use crate::http::sessions::begin_with_cookie;
use crate::http::visitor::{Client, Visitor};
use crate::pages::auth::register_page;
use crate::store::Player;

/// The form of the registration page.
#[derive(Debug, Deserialize)]
pub(crate) struct RegisterForm {
    name: String,
    email: String,
    password: String,
}

/// `GET /register`.
pub(crate) async fn show_register(visitor: Visitor) -> PageResult {
    match visitor.player.as_ref().is_some_and(|player| !player.is_guest()) {
        true => Ok(super::home()),
        false => register_page(&visitor, "", "", None),
    }
}

/// `POST /register`: a guest keeps its history.
pub(crate) async fn register(
    app: App,
    bearer: Bearer,
    client: Client,
    Guarded(visitor, form): Guarded<RegisterForm>,
) -> PageResult {
    let guest = visitor.player.as_ref();
    if guest.is_some_and(|player| !player.is_guest()) {
        return Ok(super::home());
    }
    let RegisterForm { name, email, password } = &form;
    let typed = Registration { name, email, password, language: visitor.language };
    match accounts::register(&app, client.0, guest.map(|Player { id, .. }| id), &typed).await {
        Ok(player) => Ok(begin_with_cookie(&app, &player.id, &bearer, super::home()).await?),
        Err(AccountError::Field(problem)) => {
            super::again(register_page(&visitor, &form.name, &form.email, Some(problem.key())))
        }
        Err(error) => Err(error.into()),
    }
}
