//! What every page has around it.

use std::borrow::Borrow;

use askama::Template;
use axum::response::{Html, IntoResponse};

use super::assets;
use crate::http::{PageResult, Visitor};
use crate::language::Language;
use crate::store::{Player, Standing};

/// What the layout needs.
pub(super) struct Frame {
    /// The language of the page.
    pub t: Language,
    /// The hidden field `token` of its forms.
    pub csrf: String,
    pub player: Option<Player>,
    /// The page's own path, to come back to after a change of language.
    pub path: String,
}

impl Frame {
    pub fn new(visitor: &Visitor, path: impl Into<String>) -> Self {
        Self {
            t: visitor.language,
            csrf: visitor.csrf.clone(),
            player: visitor.player.clone(),
            path: path.into(),
        }
    }

    pub fn asset(&self, name: &str) -> String {
        assets::url(name)
    }

    pub fn languages(&self) -> [Language; 2] {
        Language::ALL
    }

    pub fn speaks(&self, language: &Language) -> bool {
        self.t == *language
    }

    pub fn is_admin(&self) -> bool {
        self.player.as_ref().is_some_and(Player::is_admin)
    }

    /// A whole number, thousands apart.
    pub fn number(&self, number: impl Borrow<u64>) -> String {
        self.t.number(*number.borrow())
    }

    /// A number with so many digits behind the point, or comma.
    pub fn decimal(&self, number: impl Borrow<f64>, digits: usize) -> String {
        let text = format!("{:.digits$}", number.borrow());
        if self.t == Language::Italian { text.replace('.', ",") } else { text }
    }
}

/// Percent of games won, rounded; `None` before the first.
pub(super) fn win_rate(standing: &Standing) -> Option<u64> {
    (standing.games > 0).then(|| (100.0 * standing.wins as f64 / standing.games as f64).round() as u64)
}

/// A template as a page.
pub(super) fn html(template: &impl Template) -> PageResult {
    Ok(Html(template.render()?).into_response())
}
