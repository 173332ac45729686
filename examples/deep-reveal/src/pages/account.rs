//! What a player can change about themselves.

use askama::Template;
use axum::extract::Query;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};
use serde::Deserialize;

use super::frame::{Frame, html};
use super::message::{Next, message};
use crate::http::{
    App, Bearer, Fields, Guarded, PageError, PageResult, PlayerSession, Visitor, end_with_cookie,
};
use crate::language::Language;
use crate::store::Player;

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    page: Frame,
    player: Player,
    saved: bool,
    /// Whether the box was not ticked.
    unsure: bool,
}

/// What happened before the page.
#[derive(Debug, Deserialize)]
pub(crate) struct Before {
    saved: Option<u8>,
}

/// `GET /account`.
pub(crate) async fn account(session: PlayerSession, Query(before): Query<Before>) -> PageResult {
    show(&session.visitor, session.player, before.saved.is_some(), false)
}

fn show(visitor: &Visitor, player: Player, saved: bool, unsure: bool) -> PageResult {
    html(&AccountPage { page: Frame::new(visitor, "/account"), player, saved, unsure })
}

/// `POST /account`: settings, or the end of everything.
pub(crate) async fn change_account(
    app: App,
    bearer: Bearer,
    Guarded(visitor, form): Guarded<Fields>,
) -> PageResult {
    let player = visitor.player.clone().ok_or(PageError::SignIn)?;
    match (form.one("do"), form.one("sure")) {
        (Some("delete"), Some("1")) => delete(&app, &bearer, &visitor, &player).await,
        (Some("delete"), _) => {
            let page = show(&visitor, player, false, true)?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
        _ => save(&app, &player, &form).await,
    }
}

async fn save(app: &App, player: &Player, form: &Fields) -> PageResult {
    if let Some(language) = form.one("language").and_then(Language::from_tag) {
        app.store().set_language(&player.id, language.tag()).await?;
    }
    if !player.is_guest() {
        app.store().set_listed(&player.id, form.one("listed").is_some()).await?;
    }
    Ok(Redirect::to("/account?saved=1").into_response())
}

async fn delete(app: &App, bearer: &Bearer, visitor: &Visitor, player: &Player) -> PageResult {
    app.store().delete_player(&player.id).await?;
    let t = visitor.language;
    // The page is for nobody: its forms would carry the token of a session that is over.
    let frame = Frame { player: None, ..Frame::new(visitor, "/") };
    let (title, next) = (t.text("ask-thanks-title").into_owned(), t.text("nav-home").into_owned());
    let page = message(frame, title, t.text("account-deleted").into_owned(), Next::Page("/", next))?;
    Ok(end_with_cookie(app, bearer, page).await?)
}
