//! Deep Reveal: the game that gives cluster maps their words (thesis 3.4.2, 4.4).

// A user's input must never cause a panic.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

pub mod campaign;
pub mod cli;
mod clock;
mod config;
mod error;
pub mod http;
mod language;
mod mail;
mod pages;
mod password;
pub mod play;
mod random;
pub mod store;
mod text;

pub use clock::Clock;
pub use config::{Config, Mailing};
pub use error::{Error, Result};
pub use language::{Language, Message};
pub use mail::{MailError, Mailer};
pub use password::{PasswordError, Passwords};
