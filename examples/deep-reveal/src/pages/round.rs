//! A round, page by page; the rules and the store decide what happens in it.

use anv_labels::{Move, RuleError};
use askama::Template;
use axum::extract::Path;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Redirect, Response};

use super::frame::{Frame, html};
use super::message::{Next, message};
use crate::http::{App, Fields, Guarded, PageError, PageResult, PlayerSession, Problem, Visitor};
use crate::play::{Asking, Ending, Moved, Outcome, RoundView, Step};
use crate::store::{Player, RoundId};

#[derive(Template)]
#[template(path = "round/guess.html")]
struct GuessPage {
    page: Frame,
    view: RoundView,
    /// Whether this is the first page of the player's first round: who plays as a guest may not have seen how it goes.
    first: bool,
    /// Which step of how many is shown.
    number: u8,
    of: u8,
    steps: Vec<bool>,
}

#[derive(Template)]
#[template(path = "round/describe.html")]
struct DescribePage {
    page: Frame,
    guess: String,
    number: u8,
    of: u8,
    /// What was typed before, and what was wrong with it.
    typed: String,
    problem: Option<String>,
    /// Most characters of the field while all words share it.
    longest: usize,
    view: RoundView,
}

#[derive(Template)]
#[template(path = "round/outcome.html")]
struct OutcomePage {
    page: Frame,
    class: String,
    won: bool,
    /// Icon and text of the verdict.
    sign: &'static str,
    verdict: &'static str,
    /// The guess, when it was wrong.
    wrong: Option<String>,
    outcome: Outcome,
    view: RoundView,
}

/// `GET /rounds`: rounds have no list; who reloads the page that said so is led home.
pub(crate) async fn no_round() -> Redirect {
    Redirect::to("/")
}

/// `POST /rounds`: resumes the open round or starts one.
pub(crate) async fn start_round(app: App, Guarded(visitor, _): Guarded<Fields>) -> PageResult {
    let player = player(&visitor)?;
    match app.play().start(&player, app.random_seed(), app.now()).await? {
        Some(view) => Ok(to(&view.id)),
        None => nothing_left(&app, &visitor, &player).await,
    }
}

async fn nothing_left(app: &App, visitor: &Visitor, player: &Player) -> PageResult {
    let (t, frame) = (visitor.language, Frame::new(visitor, "/"));
    let met_all = player.standing.games > 0;
    let (title, lead) = if met_all { ("seen-title", "seen-lead") } else { ("none-title", "none-lead") };
    let next = match app.play().asking(player, app.config().questionnaire_after).await? {
        Asking::Now => Next::Page("/questionnaire", t.text("seen-questionnaire").into_owned()),
        _ => Next::Page("/", t.text("nav-home").into_owned()),
    };
    message(frame, t.text(title).into_owned(), t.text(lead).into_owned(), next)
}

/// `GET /rounds/{id}`.
pub(crate) async fn show_round(app: App, session: PlayerSession, Path(id): Path<String>) -> PageResult {
    let view = app.play().round(&session.player, &RoundId::from(id)).await?;
    show(&session.visitor, view.ok_or_else(PageError::not_found)?)
}

fn show(visitor: &Visitor, view: RoundView) -> PageResult {
    let (t, page) = (visitor.language, Frame::new(visitor, format!("/rounds/{}", view.id)));
    match (view.step, &view.outcome) {
        (Step::Finished, Some(outcome)) => html(&OutcomePage::new(page, outcome.clone(), view)),
        (Step::Describing, _) => html(&DescribePage::new(page, view, String::new(), None)),
        (Step::Guessing, _) => html(&GuessPage::new(page, view)),
        // A finished round without an outcome does not exist.
        (Step::Expired | Step::Finished, _) => {
            let next = Next::Play(t.text("expired-next").into_owned());
            message(page, t.text("expired-title").into_owned(), t.text("expired-lead").into_owned(), next)
        }
    }
}

/// `POST /rounds/{id}/more`.
pub(crate) async fn show_more(app: App, path: Path<String>, form: Guarded<Fields>) -> PageResult {
    let hints = form.1.one("hints").and_then(|hints| hints.parse().ok()).ok_or(Problem::BadForm)?;
    make(&app, &form.0, path, Move::ShowMore { hints }).await
}

/// `POST /rounds/{id}/guess`.
pub(crate) async fn guess(app: App, path: Path<String>, form: Guarded<Fields>) -> PageResult {
    let class = form.1.one("class").ok_or(Problem::BadForm)?.to_owned();
    make(&app, &form.0, path, Move::Guess(class)).await
}

/// `POST /rounds/{id}/labels`: a field for each, or all in one with commas between them.
pub(crate) async fn describe(app: App, path: Path<String>, form: Guarded<Fields>) -> PageResult {
    let Guarded(visitor, form) = form;
    let labels = match form.one("skip") {
        Some(_) => Vec::new(),
        None => form.all("label").flat_map(|typed| typed.split([',', ';', '\n'])).map(String::from).collect(),
    };
    make(&app, &visitor, path, Move::Describe(labels)).await
}

/// `POST /rounds/{id}/giveup`.
pub(crate) async fn give_up(app: App, path: Path<String>, form: Guarded<Fields>) -> PageResult {
    make(&app, &form.0, path, Move::GiveUp).await
}

/// Makes a move and shows where it led. A move that came too late, twice or out of order shows the round as it is.
async fn make(app: &App, visitor: &Visitor, Path(id): Path<String>, mv: Move) -> PageResult {
    let player = player(visitor)?;
    match app.play().make(&player, &RoundId::from(id), &mv, app.now()).await? {
        Moved::Refused(view, error) => match (problem_of_labels(visitor, &error), mv) {
            (Some(problem), Move::Describe(labels)) => {
                let page = Frame::new(visitor, format!("/rounds/{}", view.id));
                let page = html(&DescribePage::new(page, view, tidy(&labels), Some(problem)))?;
                Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
            }
            _ => Ok(to(&view.id)),
        },
        Moved::Made(view) => Ok(to(&view.id)),
        Moved::Missing => Err(PageError::not_found()),
    }
}

/// What a player can do something about.
fn problem_of_labels(visitor: &Visitor, error: &RuleError) -> Option<String> {
    let (key, limit) = match error {
        RuleError::TooManyLabels { limit, .. } => ("describe-full", limit),
        RuleError::LongLabel { limit, .. } => ("describe-long", limit),
        _ => return None,
    };
    Some(visitor.language.say(key).with("n", *limit).to_string())
}

fn tidy(labels: &[String]) -> String {
    labels.iter().map(|label| label.trim()).filter(|label| !label.is_empty()).collect::<Vec<_>>().join(", ")
}

/// `GET /rounds/{id}/picture/{level}.png`: levels that the player has come to, no others.
pub(crate) async fn picture(
    app: App,
    session: PlayerSession,
    Path((id, name)): Path<(String, String)>,
) -> PageResult {
    let level = name.strip_suffix(".png").and_then(|level| level.parse().ok());
    let level = level.ok_or_else(PageError::not_found)?;
    png(app.play().picture(&session.player, &RoundId::from(id), level).await?)
}

/// `GET /rounds/{id}/photo.png`: of a finished round.
pub(crate) async fn photo(app: App, session: PlayerSession, Path(id): Path<String>) -> PageResult {
    png(app.play().photo(&session.player, &RoundId::from(id)).await?)
}

fn png(bytes: Option<axum::body::Bytes>) -> PageResult {
    let bytes = bytes.ok_or_else(PageError::not_found)?;
    Ok(([(CONTENT_TYPE, "image/png")], bytes).into_response())
}

fn player(visitor: &Visitor) -> Result<Player, PageError> {
    visitor.player.clone().ok_or(PageError::SignIn)
}

fn to(round: &str) -> Response {
    Redirect::to(&format!("/rounds/{round}")).into_response()
}

impl GuessPage {
    fn new(page: Frame, view: RoundView) -> Self {
        let steps = (0..=view.most_hints).map(|level| level <= view.hints).collect();
        let new = page.player.as_ref().is_some_and(|player| player.standing.games == 0);
        Self {
            page,
            first: new && view.hints == view.first_hint && view.has_more(),
            number: view.hints.saturating_add(1),
            of: view.most_hints.saturating_add(1),
            steps,
            view,
        }
    }
}

impl DescribePage {
    fn new(page: Frame, view: RoundView, typed: String, problem: Option<String>) -> Self {
        Self {
            guess: view.guess.clone().unwrap_or_default(),
            number: view.hints.saturating_add(1),
            of: view.most_hints.saturating_add(1),
            typed,
            problem,
            longest: view.most_labels.saturating_mul(view.label_chars.saturating_add(2)),
            page,
            view,
        }
    }
}

impl OutcomePage {
    fn new(page: Frame, outcome: Outcome, view: RoundView) -> Self {
        let (sign, verdict) = match outcome.ending {
            Ending::Won => ("check", "outcome-won"),
            Ending::Lost => ("cross", "outcome-lost"),
            Ending::GivenUp => ("flag", "outcome-givenup"),
        };
        let won = outcome.ending == Ending::Won;
        let name = |class: &String| page.t.class(class).into_owned();
        Self {
            class: name(&outcome.true_class),
            wrong: view.guess.as_ref().filter(|_| !won).map(name),
            won,
            sign,
            verdict,
            outcome,
            view,
            page,
        }
    }
}
