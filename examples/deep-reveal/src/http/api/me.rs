//! Calls about the player.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Body, Signed};
use super::error::{ApiError, ApiResult, ErrorBody};
use crate::http::app::App;
use crate::http::cookies::Cookie;
use crate::http::cookies::add_cookie;
use crate::language::Language;
use crate::store::{Leader, Player, Standing};

/// A player, as the player may see it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Me {
    /// User name; null for a guest.
    name: Option<String>,
    /// E-mail address; null for a guest.
    email: Option<String>,
    /// Language of the pages; noted with every label.
    language: Language,
    /// Whether the leaderboard shows the player.
    listed: bool,
    /// What was achieved.
    standing: Achieved,
}

/// Score, games and streaks.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Achieved {
    /// Points in all.
    score: u64,
    /// Games finished.
    games: u64,
    /// Games won.
    wins: u64,
    /// Share of games won, 0 to 1.
    win_rate: f64,
    /// Wins in a row up to now.
    streak: u32,
    /// Most wins in a row.
    best_streak: u32,
}

/// What of a player is to be changed.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Changes {
    /// Language of the pages.
    language: Option<Language>,
    /// Whether the leaderboard shows the player.
    listed: Option<bool>,
}

/// The players with the most points.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Leaderboard {
    /// Most points first, at most 50.
    leaders: Vec<Line>,
}

/// A line of the leaderboard.
#[derive(Debug, Serialize, ToSchema)]
struct Line {
    /// User name.
    name: String,
    /// What was achieved.
    standing: Achieved,
}

/// As the thesis has it.
const LEADERS: u32 = 50;

impl Me {
    pub(crate) fn new(player: &Player) -> Self {
        Me {
            name: player.name.clone(),
            email: player.email.clone(),
            language: Language::from_tag(&player.language).unwrap_or_default(),
            listed: player.listed,
            standing: Achieved::new(&player.standing),
        }
    }
}

impl Achieved {
    fn new(standing: &Standing) -> Self {
        let Standing { score, games, wins, streak, best_streak } = *standing;
        let win_rate = if games == 0 { 0.0 } else { wins as f64 / games as f64 };
        Achieved { score, games, wins, win_rate, streak, best_streak }
    }
}

/// Who plays.
#[utoipa::path(get, path = "/me", tag = "player",
    responses((status = 200, body = Me), (status = 401, description = "no session", body = ErrorBody)))]
pub(crate) async fn show_me(signed: Signed) -> Json<Me> {
    Json(Me::new(&signed.player))
}

/// Change language or listing.
#[utoipa::path(patch, path = "/me", tag = "player", request_body = Changes,
    responses((status = 200, body = Me), (status = 401, description = "no session", body = ErrorBody)))]
pub(crate) async fn change_me(app: App, signed: Signed, Body(changes): Body<Changes>) -> ApiResult<Json<Me>> {
    let id = &signed.player.id;
    if let Some(language) = changes.language {
        app.store().set_language(id, language.tag()).await?;
    }
    if let Some(listed) = changes.listed {
        app.store().set_listed(id, listed).await?;
    }
    let player = app.store().player(id).await?.ok_or(ApiError::NotSignedIn)?;
    Ok(Json(Me::new(&player)))
}

/// Delete the player with everything: games, words, answers, sessions.
#[utoipa::path(delete, path = "/me", tag = "player",
    responses((status = 204, description = "deleted"), (status = 401, description = "no session", body = ErrorBody)))]
pub(crate) async fn delete_me(app: App, signed: Signed) -> ApiResult<Response> {
    app.store().delete_player(&signed.player.id).await?;
    let mut response = StatusCode::NO_CONTENT.into_response();
    add_cookie(&mut response, app.cookies().clear(Cookie::Session));
    Ok(response)
}

/// The players with the most points.
#[utoipa::path(get, path = "/leaderboard", tag = "player", security(()), responses((status = 200, body = Leaderboard)))]
pub(crate) async fn leaderboard(app: App) -> ApiResult<Json<Leaderboard>> {
    let leaders = app.store().leaderboard(LEADERS).await?;
    let line = |Leader { name, standing, .. }| Line { name, standing: Achieved::new(&standing) };
    Ok(Json(Leaderboard { leaders: leaders.into_iter().map(line).collect() }))
}
