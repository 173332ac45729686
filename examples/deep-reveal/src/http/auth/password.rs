//! Another password, for who is logged in and knows the old one.

use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use crate::http::accounts::{self, AccountError};
use crate::http::app::App;
use crate::http::bearer::Bearer;
use crate::http::error::{PageError, PageResult};
use crate::http::guarded::Guarded;
use crate::http::sessions::begin_with_cookie;
use crate::http::visitor::{Client, PlayerSession, Visitor};
use crate::pages::auth::{WRONG_PASSWORD, password_page};

/// The form.
#[derive(Debug, Deserialize)]
pub(crate) struct PasswordForm {
    old: String,
    password: String,
}

/// `GET /account/password`; a guest has none.
pub(crate) async fn show_password(session: PlayerSession) -> PageResult {
    match session.player.name {
        Some(name) => password_page(&session.visitor, &name, None),
        None => Ok(Redirect::to("/account").into_response()),
    }
}

/// `POST /account/password`: this browser gets a new session, all others of the player are over.
pub(crate) async fn change_password(
    app: App,
    bearer: Bearer,
    client: Client,
    Guarded(visitor, form): Guarded<PasswordForm>,
) -> PageResult {
    let Visitor { player: Some(player), .. } = &visitor else { return Err(PageError::SignIn) };
    let Some(name) = &player.name else { return Ok(Redirect::to("/account").into_response()) };
    match accounts::change_password(&app, client.0, player, &form.old, &form.password).await {
        Ok(()) => {
            let saved = Redirect::to("/account?saved=1").into_response();
            Ok(begin_with_cookie(&app, &player.id, &bearer, saved).await?)
        }
        Err(AccountError::Wrong) => super::again(password_page(&visitor, name, Some(WRONG_PASSWORD))),
        Err(AccountError::Field(problem)) => super::again(password_page(&visitor, name, Some(problem.key()))),
        Err(error) => Err(error.into()),
    }
}
