//! Calls that play.

use anv_labels::Move;
use axum::Json;
use axum::body::Bytes;
use axum::extract::Path;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use utoipa::ToSchema;

use super::caller::{Body, Signed};
use super::error::{ApiError, ApiResult, ErrorBody};
use crate::http::app::App;
use crate::play::{Moved, RoundView, Step};
use crate::store::RoundId;

/// The next hint.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct More {
    /// The level to show: one more than the round's `hints`. Asking again for the level that is shown changes nothing.
    hints: u8,
}

/// A guess.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Guess {
    /// One of the round's options.
    class: String,
}

/// What was recognised.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Labels {
    /// In the player's own words; may be empty.
    labels: Vec<String>,
}

/// Start a round, or resume the one that is not finished.
#[utoipa::path(post, path = "/rounds", tag = "rounds",
    responses((status = 200, body = RoundView), (status = 401, description = "no session", body = ErrorBody),
              (status = 409, description = "no photo is left", body = ErrorBody)))]
pub(crate) async fn start_round(app: App, signed: Signed) -> ApiResult<Json<RoundView>> {
    let round = app.play().start(&signed.player, app.random_seed(), app.now()).await?;
    round.map(show).ok_or(ApiError::NothingLeft)
}

/// A round as it is.
#[utoipa::path(get, path = "/rounds/{id}", tag = "rounds", params(("id" = String, Path, description = "which round")),
    responses((status = 200, body = RoundView), (status = 404, description = "not a round of yours", body = ErrorBody)))]
pub(crate) async fn show_round(
    app: App,
    signed: Signed,
    Path(id): Path<String>,
) -> ApiResult<Json<RoundView>> {
    let round = app.play().round(&signed.player, &RoundId::from(id)).await?;
    round.map(show).ok_or(ApiError::NotFound)
}

/// Show more of the photo.
#[utoipa::path(post, path = "/rounds/{id}/more", tag = "rounds", request_body = More,
    params(("id" = String, Path, description = "which round")),
    responses((status = 200, body = RoundView), (status = 404, description = "not a round of yours", body = ErrorBody),
              (status = 409, description = "not now, or not the next level", body = ErrorBody)))]
pub(crate) async fn show_more(
    app: App,
    signed: Signed,
    Path(id): Path<String>,
    Body(More { hints }): Body<More>,
) -> ApiResult<Json<RoundView>> {
    play(&app, &signed, id, &Move::ShowMore { hints }).await
}

/// Guess. Once: the same guess again changes nothing.
#[utoipa::path(post, path = "/rounds/{id}/guess", tag = "rounds", request_body = Guess,
    params(("id" = String, Path, description = "which round")),
    responses((status = 200, body = RoundView), (status = 404, description = "not a round of yours", body = ErrorBody),
              (status = 409, description = "there is another guess", body = ErrorBody),
              (status = 422, description = "not an option", body = ErrorBody)))]
pub(crate) async fn guess(
    app: App,
    signed: Signed,
    Path(id): Path<String>,
    Body(Guess { class }): Body<Guess>,
) -> ApiResult<Json<RoundView>> {
    play(&app, &signed, id, &Move::Guess(class)).await
}

/// Say what was recognised; finishes the round.
#[utoipa::path(post, path = "/rounds/{id}/labels", tag = "rounds", request_body = Labels,
    params(("id" = String, Path, description = "which round")),
    responses((status = 200, body = RoundView), (status = 404, description = "not a round of yours", body = ErrorBody),
              (status = 409, description = "not now", body = ErrorBody),
              (status = 422, description = "too many or too long", body = ErrorBody)))]
pub(crate) async fn describe(
    app: App,
    signed: Signed,
    Path(id): Path<String>,
    Body(Labels { labels }): Body<Labels>,
) -> ApiResult<Json<RoundView>> {
    play(&app, &signed, id, &Move::Describe(labels)).await
}

/// Give up after the last hint; finishes the round.
#[utoipa::path(post, path = "/rounds/{id}/giveup", tag = "rounds",
    params(("id" = String, Path, description = "which round")),
    responses((status = 200, body = RoundView), (status = 404, description = "not a round of yours", body = ErrorBody),
              (status = 409, description = "hints are left, or there is a guess", body = ErrorBody)))]
pub(crate) async fn give_up(app: App, signed: Signed, Path(id): Path<String>) -> ApiResult<Json<RoundView>> {
    play(&app, &signed, id, &Move::GiveUp).await
}

/// The masked photo of a level that the round has reached.
#[utoipa::path(get, path = "/rounds/{id}/picture/{level}", tag = "rounds",
    params(("id" = String, Path, description = "which round"),
           ("level" = String, Path, description = "the level, as in `0.png`")),
    responses((status = 200, description = "the picture", content_type = "image/png", body = [u8]),
              (status = 404, description = "not a level that you may see", body = ErrorBody)))]
pub(crate) async fn picture(
    app: App,
    signed: Signed,
    Path((id, level)): Path<(String, String)>,
) -> ApiResult<Response> {
    let level = level.strip_suffix(".png").and_then(|l| l.parse().ok()).ok_or(ApiError::NotFound)?;
    png(app.play().picture(&signed.player, &RoundId::from(id), level).await?)
}

/// The whole photo of a finished round.
#[utoipa::path(get, path = "/rounds/{id}/photo.png", tag = "rounds",
    params(("id" = String, Path, description = "which round")),
    responses((status = 200, description = "the photo", content_type = "image/png", body = [u8]),
              (status = 404, description = "not finished, or not yours", body = ErrorBody)))]
pub(crate) async fn photo(app: App, signed: Signed, Path(id): Path<String>) -> ApiResult<Response> {
    png(app.play().photo(&signed.player, &RoundId::from(id)).await?)
}

fn png(picture: Option<Bytes>) -> ApiResult<Response> {
    let picture = picture.ok_or(ApiError::NotFound)?;
    Ok(([(CONTENT_TYPE, "image/png")], picture).into_response())
}

async fn play(app: &App, signed: &Signed, id: String, mv: &Move) -> ApiResult<Json<RoundView>> {
    match app.play().make(&signed.player, &RoundId::from(id), mv, app.now()).await? {
        Moved::Made(round) if round.step == Step::Expired => Err(ApiError::Expired),
        Moved::Made(round) => Ok(show(round)),
        Moved::Refused(_, error) => Err(error.into()),
        Moved::Missing => Err(ApiError::NotFound),
    }
}

/// Pictures are here where the pages have theirs too.
fn show(mut round: RoundView) -> Json<RoundView> {
    round.picture = super::at(&round.picture);
    if let Some(outcome) = &mut round.outcome {
        outcome.photo = super::at(&outcome.photo);
    }
    Json(round)
}
