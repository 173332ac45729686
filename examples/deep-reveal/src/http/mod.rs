//! The web: routes, sessions, forms, limits, headers.

mod address;
mod app;
mod background;
mod cookies;
mod error;
mod guarded;
mod headers;
mod limits;
mod listener;
mod log;
mod origin;
mod problem;
mod router;
mod serve;
mod sessions;
mod token;
mod visitor;

pub use app::{App, StartError};
pub use error::{PageError, PageResult};
pub use guarded::{Fields, Guarded};
pub use limits::{Limits, Rate};
pub use problem::Problem;
pub use router::router;
pub use serve::{serve, serve_on};
pub use token::Token;
pub use visitor::{AdminSession, PlayerSession, Visitor};
