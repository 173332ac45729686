//! Pages of a few words: nothing to play, thanks, problems.

use askama::Template;
use axum::response::{Html, IntoResponse, Response};

use super::frame::{Frame, html};
use crate::http::{PageResult, Problem, Visitor};

/// What the reader can do next.
pub(super) enum Next {
    /// Play, by a button with this text.
    Play(String),
    /// Go to a page, by a link with this text.
    Page(&'static str, String),
}

#[derive(Template)]
#[template(path = "message.html")]
struct MessagePage {
    page: Frame,
    title: String,
    lead: String,
    next: Next,
}

/// A page with a title, a sentence and a way on.
pub(super) fn message(page: Frame, title: String, lead: String, next: Next) -> PageResult {
    html(&MessagePage { page, title, lead, next })
}

/// The page of a problem; the status is the caller's.
pub(crate) fn problem_page(visitor: &Visitor, problem: Problem) -> Response {
    let t = visitor.language;
    let (title, help) = (format!("problem-{}", problem.key()), format!("problem-{}-help", problem.key()));
    let lead = match problem {
        Problem::TooOften { seconds } if seconds > 90 => {
            t.say("problem-too-often-minutes").with("n", seconds.div_ceil(60)).to_string()
        }
        _ => t.say(&help).with("n", problem.retry_after().unwrap_or_default()).to_string(),
    };
    let next = Next::Page("/", t.text("problem-again").into_owned());
    let page = MessagePage { page: Frame::new(visitor, "/"), title: t.text(&title).into_owned(), lead, next };
    match page.render() {
        Ok(html) => Html(html).into_response(),
        // Rather plain words than a problem with the page of a problem.
        Err(_) => page.title.into_response(),
    }
}
