//! Pages that only tell something.

use anv_labels::GameRules;
use askama::Template;

use super::frame::{Frame, html};
use crate::http::{App, PageResult, Visitor};

#[derive(Template)]
#[template(path = "instructions.html")]
struct InstructionsPage<'a> {
    page: Frame,
    rules: &'a GameRules,
    most_bonus: u32,
}

#[derive(Template)]
#[template(path = "privacy.html")]
struct PrivacyPage {
    page: Frame,
}

/// `GET /instructions`.
pub(crate) async fn instructions(app: App, visitor: Visitor) -> PageResult {
    let rules = app.rules();
    let most_bonus = rules.streak_points(u32::MAX);
    html(&InstructionsPage { page: Frame::new(&visitor, "/instructions"), rules, most_bonus })
}

/// `GET /privacy`.
pub(crate) async fn privacy(visitor: Visitor) -> PageResult {
    html(&PrivacyPage { page: Frame::new(&visitor, "/privacy") })
}
