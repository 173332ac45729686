//! Pages: what the routes show, each from a template of its own.

mod account;
mod admin;
mod assets;
pub(crate) mod auth;
mod frame;
mod home;
mod information;
mod leaderboard;
mod message;
mod questionnaire;
mod round;

pub(crate) use account::{account, change_account};
pub(crate) use admin::{admin, admin_games, close_campaign, open_campaign};
pub(crate) use assets::{manifest, static_file};
pub(crate) use home::home;
pub(crate) use information::{instructions, privacy};
pub(crate) use leaderboard::leaderboard;
pub(crate) use message::problem_page;
pub(crate) use questionnaire::{answer_questionnaire, questionnaire};
pub(crate) use round::{
    describe, give_up, guess, no_round, photo, picture, show_more, show_round, start_round,
};
