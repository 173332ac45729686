//! Calls that begin and end sessions.

use axum::Json;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Body, Caller, Signed};
use super::error::{ApiError, ApiResult, ErrorBody};
use super::me::Me;
use crate::http::accounts::{self, Registration};
use crate::http::app::App;
use crate::http::cookies::Cookie;
use crate::http::cookies::add_cookie;
use crate::http::sessions::begin;
use crate::language::Language;
use crate::store::{Player, PlayerId};

/// Name and password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SignIn {
    /// User name or e-mail address.
    name: String,
    password: String,
    /// Whether the answer sets a cookie instead of holding the token: for scripts of a page.
    #[serde(default)]
    cookie: bool,
}

/// A guest to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewGuest {
    /// Language; the one of `Accept-Language` unless given.
    language: Option<Language>,
    /// Whether the answer sets a cookie instead of holding the token: for scripts of a page.
    #[serde(default)]
    cookie: bool,
}

/// A member to be.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Register {
    /// 2 to 30 characters.
    name: String,
    /// For a new password only.
    email: String,
    /// 8 to 256 characters.
    password: String,
    /// Language; the one of `Accept-Language` unless given.
    language: Option<Language>,
    /// Whether the answer sets a cookie instead of holding the token: for scripts of a page.
    #[serde(default)]
    cookie: bool,
}

/// Whose password is forgotten.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Forgotten {
    email: String,
}

/// A new password.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewPassword {
    /// 8 to 256 characters.
    password: String,
    /// Whether the answer sets a cookie instead of holding the token: for scripts of a page.
    #[serde(default)]
    cookie: bool,
}

/// A new password of who knows the old one.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OtherPassword {
    /// The password until now.
    old: String,
    /// 8 to 256 characters.
    password: String,
    /// Whether the answer sets a cookie instead of holding the token: for scripts of a page.
    #[serde(default)]
    cookie: bool,
}

/// A session that has begun.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Session {
    /// For `Authorization: Bearer <token>`; absent where a cookie was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// For the header `x-csrf-token` of calls with the cookie.
    csrf: String,
    /// Who plays.
    me: Me,
}

/// Log in.
#[utoipa::path(post, path = "/session", tag = "sessions", request_body = SignIn, security(()),
    responses((status = 200, body = Session), (status = 401, description = "wrong", body = ErrorBody),
              (status = 429, description = "too often", body = ErrorBody)))]
pub(crate) async fn sign_in(app: App, caller: Caller, Body(typed): Body<SignIn>) -> ApiResult<Response> {
    let player = accounts::log_in(&app, caller.client.0, &typed.name, &typed.password).await?;
    session(&app, &caller, player, typed.cookie, StatusCode::OK).await
}

/// Log out.
#[utoipa::path(delete, path = "/session", tag = "sessions",
    responses((status = 204, description = "ended"), (status = 401, description = "no session", body = ErrorBody)))]
pub(crate) async fn sign_out(app: App, signed: Signed) -> ApiResult<Response> {
    app.store().end_session(&signed.token.hash()).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    add_cookie(&mut response, app.cookies().clear(Cookie::Session));
    Ok(response)
}

/// Play as a guest.
#[utoipa::path(post, path = "/guest", tag = "sessions", request_body = NewGuest, security(()),
    responses((status = 201, body = Session), (status = 409, description = "has a session", body = ErrorBody),
              (status = 429, description = "too often", body = ErrorBody)))]
pub(crate) async fn add_guest(app: App, caller: Caller, Body(typed): Body<NewGuest>) -> ApiResult<Response> {
    if caller.player.is_some() {
        return Err(ApiError::SignedIn);
    }
    let language = typed.language.unwrap_or(caller.language);
    let player = accounts::add_guest(&app, caller.client.0, language).await?;
    session(&app, &caller, player, typed.cookie, StatusCode::CREATED).await
}

/// Make an account; with a guest's session the guest becomes the member and keeps the history.
#[utoipa::path(post, path = "/players", tag = "sessions", request_body = Register, security((), ("bearer" = []), ("cookie" = [])),
    responses((status = 201, body = Session), (status = 409, description = "taken, or a member's session", body = ErrorBody),
              (status = 422, description = "a field is not good", body = ErrorBody)))]
pub(crate) async fn add_player(app: App, caller: Caller, Body(typed): Body<Register>) -> ApiResult<Response> {
    let guest = caller.player.as_ref();
    if guest.is_some_and(|player| !player.is_guest()) {
        return Err(ApiError::SignedIn);
    }
    let language = match guest {
        Some(guest) => Language::from_tag(&guest.language).unwrap_or(caller.language),
        None => caller.language,
    };
    let language = typed.language.unwrap_or(language);
    let Register { name, email, password, cookie, .. } = &typed;
    let registration = Registration { name, email, password, language };
    let player = accounts::register(&app, caller.client.0, guest.map(|p| &p.id), &registration).await?;
    session(&app, &caller, player, *cookie, StatusCode::CREATED).await
}

/// Ask for a link for a new password by mail. The answer is the same whether anybody has that address.
#[utoipa::path(post, path = "/resets", tag = "sessions", request_body = Forgotten, security(()),
    responses((status = 202, description = "if there is such an account, a mail is on its way"),
              (status = 429, description = "too often", body = ErrorBody)))]
pub(crate) async fn add_reset(
    app: App,
    caller: Caller,
    Body(typed): Body<Forgotten>,
) -> ApiResult<StatusCode> {
    accounts::ask_for_reset(&app, caller.client.0, &typed.email).await?;
    Ok(StatusCode::ACCEPTED)
}

/// Set a new password with the token of a link; all sessions end and a new one begins.
#[utoipa::path(post, path = "/resets/{token}", tag = "sessions", request_body = NewPassword, security(()),
    params(("token" = String, Path, description = "the end of the link")),
    responses((status = 200, body = Session), (status = 404, description = "dead link", body = ErrorBody),
              (status = 422, description = "the password is not good", body = ErrorBody)))]
pub(crate) async fn use_reset(
    app: App,
    caller: Caller,
    Path(token): Path<String>,
    Body(typed): Body<NewPassword>,
) -> ApiResult<Response> {
    let id = accounts::reset(&app, caller.client.0, &token, &typed.password).await?;
    let player = find(&app, &id).await?;
    session(&app, &caller, player, typed.cookie, StatusCode::OK).await
}

/// Change the password; all sessions end and a new one begins.
#[utoipa::path(post, path = "/me/password", tag = "sessions", request_body = OtherPassword,
    responses((status = 200, body = Session), (status = 401, description = "no session, or another old password", body = ErrorBody),
              (status = 404, description = "a guest has no password", body = ErrorBody),
              (status = 422, description = "the new password is not good", body = ErrorBody)))]
pub(crate) async fn change_password(
    app: App,
    caller: Caller,
    signed: Signed,
    Body(typed): Body<OtherPassword>,
) -> ApiResult<Response> {
    let player = signed.player;
    if player.is_guest() {
        return Err(ApiError::NotFound);
    }
    accounts::change_password(&app, caller.client.0, &player, &typed.old, &typed.password).await?;
    session(&app, &caller, player, typed.cookie, StatusCode::OK).await
}

async fn find(app: &App, id: &PlayerId) -> ApiResult<Player> {
    app.store().player(id).await?.ok_or(ApiError::NotFound)
}

async fn session(
    app: &App,
    caller: &Caller,
    player: Player,
    cookie: bool,
    status: StatusCode,
) -> ApiResult<Response> {
    let token = begin(app, &player.id, caller.token.as_ref()).await?;
    let kept = (!cookie).then(|| token.as_str().to_owned());
    let body = Session { token: kept, csrf: app.form_key().sign(&token), me: Me::new(&player) };
    let mut response = (status, Json(body)).into_response();
    if cookie {
        add_cookie(&mut response, app.cookies().set(Cookie::Session, token.as_str()));
    }
    Ok(response)
}
