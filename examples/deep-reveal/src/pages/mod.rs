//! Pages, as plain as can be: the router's own tests need something to serve.

use axum::response::{Html, IntoResponse, Response};

use crate::http::{AdminSession, Fields, Guarded, PageError, PageResult, PlayerSession, Problem, Visitor};

pub(crate) fn problem_page(_: &Visitor, problem: Problem) -> Response {
    Html(format!("<p>{}", problem.key())).into_response()
}

fn form(visitor: &Visitor, text: &str) -> PageResult {
    Ok(Html(format!("<p>{text}<input name=\"token\" value=\"{}\">", visitor.csrf)).into_response())
}

pub(crate) mod auth {
    use super::*;
    pub(crate) fn login_page(v: &Visitor, _name: &str, problem: Option<&str>) -> PageResult {
        form(v, problem.unwrap_or("login"))
    }
    pub(crate) fn register_page(v: &Visitor, _n: &str, _e: &str, problem: Option<&str>) -> PageResult {
        form(v, problem.unwrap_or("register"))
    }
    pub(crate) fn forgot_page(v: &Visitor) -> PageResult {
        form(v, "forgot")
    }
    pub(crate) fn sent_page(v: &Visitor) -> PageResult {
        form(v, "sent")
    }
    pub(crate) fn reset_page(v: &Visitor, _token: &str, problem: Option<&str>) -> PageResult {
        form(v, problem.unwrap_or("reset"))
    }
    pub(crate) fn dead_link_page(v: &Visitor) -> PageResult {
        form(v, "dead")
    }
}

macro_rules! stubs { ($kind:ident: $($name:ident)*) => { $(pub(crate) async fn $name(s: $kind) -> PageResult {
    let _ = &s; Err(PageError::not_found()) })* } }
stubs!(Visitor: instructions leaderboard privacy);
stubs!(PlayerSession: account questionnaire show_round picture photo);
stubs!(AdminSession: admin admin_games);
macro_rules! forms { ($($name:ident)*) => { $(pub(crate) async fn $name(Guarded(..): Guarded<Fields>) -> PageResult {
    Err(PageError::not_found()) })* } }
forms!(change_account answer_questionnaire open_campaign close_campaign start_round show_more guess describe give_up);

pub(crate) async fn home(visitor: Visitor) -> PageResult {
    form(&visitor, "home")
}
pub(crate) async fn static_file() -> PageResult {
    Err(PageError::not_found())
}
pub(crate) async fn manifest() -> PageResult {
    Err(PageError::not_found())
}
