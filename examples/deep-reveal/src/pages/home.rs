//! The front page: for strangers what this is, for players where they stand.

use askama::Template;

use super::frame::{Frame, html, win_rate};
use crate::http::{App, PageResult, Visitor};
use crate::store::{Player, Standing};

#[derive(Template)]
#[template(path = "landing.html")]
struct LandingPage {
    page: Frame,
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage {
    page: Frame,
    name: Option<String>,
    standing: Standing,
    rate: Option<u64>,
    start_points: u32,
    /// Whether a round waits.
    resumes: bool,
    /// Whether the questionnaire waits.
    asks: bool,
}

/// `GET /`.
pub(crate) async fn home(app: App, visitor: Visitor) -> PageResult {
    let page = Frame::new(&visitor, "/");
    let Some(player) = visitor.player else { return html(&LandingPage { page }) };
    let resumes = app.store().open_round(&player.id).await?.is_some();
    let asks = is_asked(&app, &player).await?;
    let Player { name, standing, .. } = player;
    let start_points = app.rules().start_points;
    html(&HomePage { page, name, standing, rate: win_rate(&standing), start_points, resumes, asks })
}

/// Whether the questionnaire waits for this player.
pub(super) async fn is_asked(app: &App, player: &Player) -> crate::Result<bool> {
    let due = app.config().questionnaire_after.is_some_and(|games| player.standing.games >= games);
    Ok(due && !app.store().has_answered(&player.id).await?)
}
