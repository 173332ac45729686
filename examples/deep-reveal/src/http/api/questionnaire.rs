//! The questionnaire.

use axum::Json;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::caller::{Body, Signed};
use super::error::{ApiError, ApiResult, ErrorBody};
use crate::http::app::App;
use crate::play::Asking;
use crate::store::Answers;

/// Whether the questionnaire waits for answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct Questionnaire {
    /// Games after which it is asked, or earlier when nothing is left to play; null for never.
    after_games: Option<u64>,
    /// Whether the player has answered it.
    answered: bool,
    /// Whether it can be answered now.
    due: bool,
}

/// Answers to all questions.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Reply {
    /// System Usability Scale: ten of 1 (strongly disagree) to 5 (strongly agree).
    sus: [u8; 10],
    /// NASA-TLX without weights: six of 0 (very low) to 10 (very high).
    tlx: [u8; 6],
    /// Experience overall, 1 to 5.
    rating: u8,
    /// Anything else, at most 2000 characters.
    #[serde(default)]
    comment: String,
}

const LONGEST_COMMENT: usize = 2_000;

/// Whether the questionnaire waits for answers.
#[utoipa::path(get, path = "/questionnaire", tag = "questionnaire",
    responses((status = 200, body = Questionnaire), (status = 401, description = "no session", body = ErrorBody)))]
pub(crate) async fn show_questionnaire(app: App, signed: Signed) -> ApiResult<Json<Questionnaire>> {
    let after_games = app.config().questionnaire_after;
    let answered = app.store().has_answered(&signed.player.id).await?;
    let due = app.play().asking(&signed.player, after_games).await? == Asking::Now;
    Ok(Json(Questionnaire { after_games, answered, due }))
}

/// Answer the questionnaire, once.
#[utoipa::path(post, path = "/questionnaire", tag = "questionnaire", request_body = Reply,
    responses((status = 204, description = "kept"), (status = 401, description = "no session", body = ErrorBody),
              (status = 404, description = "there is none", body = ErrorBody),
              (status = 409, description = "too early, or answered already", body = ErrorBody),
              (status = 422, description = "an answer is out of range", body = ErrorBody)))]
pub(crate) async fn answer(app: App, signed: Signed, Body(reply): Body<Reply>) -> ApiResult<StatusCode> {
    match app.play().asking(&signed.player, app.config().questionnaire_after).await? {
        Asking::Never => return Err(ApiError::NotFound),
        Asking::Later(games) => return Err(ApiError::TooEarly { games }),
        Asking::Answered => return Err(ApiError::Answered),
        Asking::Now => {}
    }
    let answers = reply.answers()?;
    app.store().answer(&signed.player.id, &answers, app.now()).await?;
    Ok(StatusCode::NO_CONTENT)
}

impl Reply {
    fn answers(self) -> ApiResult<Answers> {
        let Reply { sus, tlx, rating, comment } = self;
        let out_of = |what| Err(ApiError::Answer(what));
        match () {
            () if sus.iter().any(|a| !(1..=5).contains(a)) => out_of("sus expects ten of 1 to 5"),
            () if tlx.iter().any(|a| *a > 10) => out_of("tlx expects six of 0 to 10"),
            () if !(1..=5).contains(&rating) => out_of("rating expects 1 to 5"),
            () if comment.chars().count() > LONGEST_COMMENT => {
                out_of("comment expects at most 2000 characters")
            }
            () => Ok(Answers { sus, tlx, rating, comment }),
        }
    }
}
