//! Pages around accounts; what they do is in `http::auth`.

use askama::Template;

use super::frame::{Frame, html};
use super::message::{Next, message};
use crate::http::{PageResult, Visitor};
use crate::store::Player;

#[derive(Template)]
#[template(path = "auth/login.html")]
struct LoginPage<'a> {
    page: Frame,
    name: &'a str,
    problem: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "auth/leave.html")]
struct LeavePage {
    page: Frame,
}

#[derive(Template)]
#[template(path = "auth/register.html")]
struct RegisterPage<'a> {
    page: Frame,
    name: &'a str,
    email: &'a str,
    problem: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "auth/forgot.html")]
struct ForgotPage {
    page: Frame,
}

#[derive(Template)]
#[template(path = "auth/reset.html")]
struct ResetPage<'a> {
    page: Frame,
    token: &'a str,
    /// Whether the session that the link replaces is a guest's, to which nobody can come back.
    guest: bool,
    problem: Option<&'a str>,
}

#[derive(Template)]
#[template(path = "auth/password.html")]
struct PasswordPage<'a> {
    page: Frame,
    /// For the browser's list of passwords.
    name: &'a str,
    problem: Option<&'a str>,
}

/// The text that says that the old password is another one.
pub(crate) const WRONG_PASSWORD: &str = "password-wrong";

impl PasswordPage<'_> {
    /// Whether the problem is one of the old password.
    fn is_old(&self) -> bool {
        self.problem == Some(WRONG_PASSWORD)
    }

    /// Whether it is one of the new password.
    fn is_new(&self) -> bool {
        self.problem.is_some() && !self.is_old()
    }
}

impl RegisterPage<'_> {
    /// Whether the problem is one of the field whose keys start so.
    fn is_about(&self, field: &str) -> bool {
        self.problem.is_some_and(|problem| problem.starts_with(field))
    }

    /// What else describes a field: the problem, if it is one of that field.
    fn about(&self, field: &str) -> &'static str {
        if self.is_about(field) { " problem" } else { "" }
    }
}

/// The form to log in; `name` is what was typed before, `problem` the key of a text.
pub(crate) fn login_page(visitor: &Visitor, name: &str, problem: Option<&str>) -> PageResult {
    html(&LoginPage { page: Frame::new(visitor, "/login"), name, problem })
}

/// The question to a guest who wants to log out: nobody could come back to the games.
pub(crate) fn leave_page(visitor: &Visitor) -> PageResult {
    html(&LeavePage { page: Frame::new(visitor, "/logout") })
}

/// The form to make an account.
pub(crate) fn register_page(visitor: &Visitor, name: &str, email: &str, problem: Option<&str>) -> PageResult {
    html(&RegisterPage { page: Frame::new(visitor, "/register"), name, email, problem })
}

/// The form that asks for a link.
pub(crate) fn forgot_page(visitor: &Visitor) -> PageResult {
    html(&ForgotPage { page: Frame::new(visitor, "/forgot") })
}

/// What is said to every address.
pub(crate) fn sent_page(visitor: &Visitor) -> PageResult {
    let t = visitor.language;
    let next = Next::Page("/login", t.text("nav-login").into_owned());
    let (title, lead) = (t.text("sent-title").into_owned(), t.text("sent-lead").into_owned());
    message(Frame::new(visitor, "/forgot"), title, lead, next)
}

/// The form for a new password.
pub(crate) fn reset_page(visitor: &Visitor, token: &str, problem: Option<&str>) -> PageResult {
    let guest = visitor.player.as_ref().is_some_and(Player::is_guest);
    html(&ResetPage { page: Frame::new(visitor, format!("/reset/{token}")), token, guest, problem })
}

/// The form for another password.
pub(crate) fn password_page(visitor: &Visitor, name: &str, problem: Option<&str>) -> PageResult {
    html(&PasswordPage { page: Frame::new(visitor, "/account/password"), name, problem })
}

/// A link that was used, or is too old.
pub(crate) fn dead_link_page(visitor: &Visitor) -> PageResult {
    let t = visitor.language;
    let next = Next::Page("/forgot", t.text("reset-again").into_owned());
    let (title, lead) =
        (t.text("reset-expired-title").into_owned(), t.text("reset-expired-lead").into_owned());
    message(Frame::new(visitor, "/forgot"), title, lead, next)
}
