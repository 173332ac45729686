//! The web: routes, sessions, forms, limits, headers.

mod accounts;
mod address;
mod api;
mod app;
mod auth;
mod background;
mod cookies;
mod error;
mod fields;
mod guarded;
mod headers;
mod limits;
mod listener;
mod log;
mod origin;
mod problem;
mod router;
mod routes;
mod serve;
mod sessions;
mod token;
mod visitor;

pub use api::openapi;
pub use app::{App, StartError};
pub use error::{PageError, PageResult};
pub use fields::FieldProblem;
pub use guarded::{Fields, Guarded};
pub use limits::{Limits, Rate};
pub use problem::Problem;
pub use router::router;
pub use routes::{RouteInfo, route_list};
pub use serve::{listen, serve, serve_on};
pub(crate) use sessions::end_with_cookie;
pub use token::Token;
pub(crate) use visitor::Bearer;
pub use visitor::{AdminSession, PlayerSession, Visitor};
