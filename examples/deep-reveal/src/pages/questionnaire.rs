//! The questionnaire (thesis Appendix D), asked once, after some games.

use std::borrow::Cow;
use std::ops::RangeInclusive;

use askama::Template;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Redirect};

use super::frame::{Frame, html};
use super::message::{Next, message};
use crate::http::{App, Fields, Guarded, PageError, PageResult, PlayerSession, Visitor};
use crate::play::Asking;
use crate::store::{Answers, Player};

/// Characters of the free text that are kept.
const LONGEST_COMMENT: usize = 2_000;
const SUS: RangeInclusive<u8> = 1..=5;
const TLX: RangeInclusive<u8> = 0..=10;
const RATING: RangeInclusive<u8> = 1..=5;

#[derive(Template)]
#[template(path = "questionnaire.html")]
struct QuestionnairePage {
    page: Frame,
    sus: Vec<Item>,
    tlx: Vec<Item>,
    rating: Item,
    comment: String,
    missing: bool,
}

/// A question with a scale.
struct Item {
    name: String,
    text: Cow<'static, str>,
    scale: RangeInclusive<u8>,
    /// What the ends of the scale mean.
    low: Cow<'static, str>,
    high: Cow<'static, str>,
    chosen: Option<u8>,
}

impl Item {
    fn marks(&self) -> RangeInclusive<u8> {
        self.scale.clone()
    }

    fn is_long(&self) -> bool {
        self.scale.len() > 5
    }

    fn is_chosen(&self, mark: &u8) -> bool {
        self.chosen == Some(*mark)
    }
}

/// `GET /questionnaire`.
pub(crate) async fn questionnaire(app: App, session: PlayerSession) -> PageResult {
    match refusal(&app, &session.visitor, &session.player).await? {
        Some(page) => page,
        None => html(&form_page(&session.visitor, &Fields::default(), false)),
    }
}

/// `POST /questionnaire`.
pub(crate) async fn answer_questionnaire(app: App, Guarded(visitor, form): Guarded<Fields>) -> PageResult {
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
    let (t, frame) = (visitor.language, Frame::new(visitor, "/questionnaire"));
    let (title, lead, play) = match app.play().asking(player, app.config().questionnaire_after).await? {
        Asking::Now => return Ok(None),
        Asking::Never => return Err(PageError::not_found()),
        Asking::Later(games) => {
            let lead = t.say("ask-early").with("n", games).to_string();
            (t.text("ask-early-title"), lead, t.text("home-play"))
        }
        Asking::Answered => {
            (t.text("ask-thanks-title"), t.text("ask-thanks").into_owned(), t.text("outcome-next"))
        }
    };
    let next = match app.play().has_left(player).await? {
        true => Next::Play(play.into_owned()),
        false => Next::Page("/", t.text("nav-home").into_owned()),
    };
    Ok(Some(message(frame, title.into_owned(), lead, next)))
}

fn form_page(visitor: &Visitor, form: &Fields, missing: bool) -> QuestionnairePage {
    let t = visitor.language;
    let item = |name: String, text, scale, [low, high]: [&str; 2]| {
        let chosen = chosen(form, &name);
        Item { name, text, scale, low: t.text(low), high: t.text(high), chosen }
    };
    let sus = |n| item(format!("sus-{n}"), t.numbered("sus", n), SUS, ["ask-disagree", "ask-agree"]);
    let tlx = |n| {
        // The fourth is about success: its scale goes from perfect to failure, as NASA-TLX has it.
        let ends = if n == 4 { ["ask-perfect", "ask-failure"] } else { ["ask-very-low", "ask-very-high"] };
        item(format!("tlx-{n}"), t.numbered("tlx", n), TLX, ends)
    };
    QuestionnairePage {
        page: Frame::new(visitor, "/questionnaire"),
        sus: (1..=10).map(sus).collect(),
        tlx: (1..=6).map(tlx).collect(),
        rating: item("rating".into(), t.text("ask-rating"), RATING, ["ask-rating-low", "ask-rating-high"]),
        comment: form.one("comment").unwrap_or_default().to_owned(),
        missing,
    }
}

fn chosen(form: &Fields, name: &str) -> Option<u8> {
    form.one(name)?.parse().ok()
}

/// The answers, when all are there and within their scales.
fn answers(form: &Fields) -> Option<Answers> {
    Some(Answers {
        sus: marks(form, "sus", SUS)?,
        tlx: marks(form, "tlx", TLX)?,
        rating: chosen(form, "rating").filter(|rating| RATING.contains(rating))?,
        comment: form.one("comment").unwrap_or_default().trim().chars().take(LONGEST_COMMENT).collect(),
    })
}

fn marks<const N: usize>(form: &Fields, prefix: &str, scale: RangeInclusive<u8>) -> Option<[u8; N]> {
    let mut marks = [0; N];
    for (i, mark) in marks.iter_mut().enumerate() {
        *mark = chosen(form, &format!("{prefix}-{}", i + 1)).filter(|mark| scale.contains(mark))?;
    }
    Some(marks)
}
