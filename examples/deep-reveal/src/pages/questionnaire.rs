//! The questionnaire (thesis Appendix D), asked once, after some games.

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};

use super::frame::{Frame, html};
use super::home::is_asked;
use super::message::{Next, message};
use crate::http::{App, Fields, Guarded, PageError, PageResult, PlayerSession, Visitor};
use crate::store::{Answers, Player};

/// Characters of the free text that are kept.
const LONGEST_COMMENT: usize = 2_000;

#[derive(Template)]
#[template(path = "questionnaire.html")]
struct QuestionnairePage {
    page: Frame,
    sus: Vec<Item>,
    tlx: Vec<Item>,
    rating: Option<u8>,
    comment: String,
    missing: bool,
}

/// A question with a scale.
struct Item {
    number: usize,
    name: String,
    chosen: Option<u8>,
}

/// `GET /questionnaire`.
pub(crate) async fn questionnaire(app: App, session: PlayerSession) -> PageResult {
    match refusal(&app, &session.visitor, &session.player).await? {
        Some(page) => page,
        None => html(&form_page(&session.visitor, &Fields::default(), false)),
    }
}

/// `POST /questionnaire`.
pub(crate) async fn answer_questionnaire(
    app: App,
    Guarded(visitor, form): Guarded<Fields>,
) -> PageResult {
    let player = visitor.player.clone().ok_or(PageError::SignIn)?;
    if let Some(page) = refusal(&app, &visitor, &player).await? {
        return page;
    }
    match answers(&form) {
        Some(answers) => {
            app.store().answer(&player.id, &answers, app.now()).await?;
            Ok(Redirect::to("/questionnaire").into_response())
        }
        None => {
            let page = html(&form_page(&visitor, &form, true))?;
            Ok((StatusCode::UNPROCESSABLE_ENTITY, page).into_response())
        }
    }
}

/// The page for a player who is not asked: there is no questionnaire, it was answered, or it is too early.
async fn refusal(app: &App, visitor: &Visitor, player: &Player) -> Result<Option<PageResult>, PageError> {
    let after = app.config().questionnaire_after.ok_or_else(PageError::not_found)?;
    if is_asked(app, player).await? {
        return Ok(None);
    }
    let (t, frame) = (visitor.language, Frame::new(visitor, "/questionnaire"));
    let early = player.standing.games < after;
    let page = if early {
        let lead = t.say("ask-early").with("n", after).to_string();
        message(frame, t.text("ask-early-title").into_owned(), lead, Next::Play(t.text("home-play").into_owned()))
    } else {
        let (title, lead) = (t.text("ask-thanks-title").into_owned(), t.text("ask-thanks").into_owned());
        message(frame, title, lead, Next::Play(t.text("outcome-next").into_owned()))
    };
    Ok(Some(page))
}

fn form_page(visitor: &Visitor, form: &Fields, missing: bool) -> QuestionnairePage {
    QuestionnairePage {
        page: Frame::new(visitor, "/questionnaire"),
        sus: items("sus", 10, form),
        tlx: items("tlx", 6, form),
        rating: chosen(form, "rating"),
        comment: form.one("comment").unwrap_or_default().to_owned(),
        missing,
    }
}

fn items(prefix: &str, count: usize, form: &Fields) -> Vec<Item> {
    let item = |number| {
        let name = format!("{prefix}-{number}");
        Item { number, chosen: chosen(form, &name), name }
    };
    (1..=count).map(item).collect()
}

fn chosen(form: &Fields, name: &str) -> Option<u8> {
    form.one(name)?.parse().ok()
}

/// The answers, when all are there and within their scales.
fn answers(form: &Fields) -> Option<Answers> {
    Some(Answers {
        sus: scale(form, "sus", 1, 5)?,
        tlx: scale(form, "tlx", 0, 10)?,
        rating: chosen(form, "rating").filter(|rating| (1..=5).contains(rating))?,
        comment: form.one("comment").unwrap_or_default().trim().chars().take(LONGEST_COMMENT).collect(),
    })
}

fn scale<const N: usize>(form: &Fields, prefix: &str, low: u8, high: u8) -> Option<[u8; N]> {
    let mut marks = [0; N];
    for (i, mark) in marks.iter_mut().enumerate() {
        *mark = chosen(form, &format!("{prefix}-{}", i + 1)).filter(|mark| (low..=high).contains(mark))?;
    }
    Some(marks)
}
