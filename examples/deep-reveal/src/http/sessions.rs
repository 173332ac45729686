//! Sessions begin and end.

use axum::response::Response;

use super::app::App;
use super::bearer::Bearer;
use super::cookies::{Cookie, add_cookie};
use super::error::log_failure;
use super::limits::Action;
use super::token::Token;
use crate::Result;
use crate::store::{Player, PlayerId};

const DAY: i64 = 24 * 3600 * 1000;
/// A session ends when it was not used for so long.
const LIFETIME: i64 = 30 * DAY;

/// Begins a session of `player` with a new token; the one that the request came with ends, so that a token planted
/// before the login is worth nothing after it.
pub(crate) async fn begin(app: &App, player: &PlayerId, before: Option<&Token>) -> Result<Token> {
    let (token, now) = (Token::random(), app.now());
    app.store().add_session(&token.hash(), player, now, now + LIFETIME).await?;
    // It is fresh: nothing to write down until tomorrow.
    let _ = app.limiter().check(Action::Extend(&token.hash()), now);
    if let Some(before) = before {
        app.store().end_session(&before.hash()).await?;
    }
    Ok(token)
}

/// The player of a session. Its end moves away while it is in use; that is written down once a day.
pub(crate) async fn find(app: &App, token: &Token) -> Result<Option<Player>> {
    let (hash, now) = (token.hash(), app.now());
    let player = app.store().session(&hash, now).await?;
    if player.is_some() && app.limiter().check(Action::Extend(&hash), now).is_ok() {
        // A full disk keeps nobody from looking.
        if let Err(error) = app.store().extend_session(&hash, now, now + LIFETIME).await {
            log_failure(&error);
        }
    }
    Ok(player)
}

/// Begins a session for a browser: `response` sets its cookie.
pub(crate) async fn begin_with_cookie(
    app: &App,
    player: &PlayerId,
    bearer: &Bearer,
    mut response: Response,
) -> Result<Response> {
    let token = begin(app, player, bearer.session.then_some(&bearer.token)).await?;
    add_cookie(&mut response, app.cookies().set(Cookie::Session, token.as_str()));
    add_cookie(&mut response, app.cookies().clear(Cookie::Visit));
    Ok(response)
}

/// Ends the session that a request came with.
pub(crate) async fn end_with_cookie(app: &App, bearer: &Bearer, mut response: Response) -> Result<Response> {
    if bearer.session {
        app.store().end_session(&bearer.token.hash()).await?;
    }
    add_cookie(&mut response, app.cookies().clear(Cookie::Session));
    Ok(response)
}
