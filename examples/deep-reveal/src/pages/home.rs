//! The front page: for strangers what this is, for players where they stand.

use askama::Template;

use super::frame::{Frame, html, win_rate};
use crate::http::{App, PageResult, Visitor};
use crate::play::Asking;
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
    /// Whether anything can be played.
    left: bool,
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
    let left = resumes || app.play().has_left(&player).await?;
    let asks = app.play().asking(&player, app.config().questionnaire_after).await? == Asking::Now;
    let Player { name, standing, .. } = player;
    let start_points = app.rules().start_points;
    html(&HomePage { page, name, standing, rate: win_rate(&standing), start_points, left, resumes, asks })
}
