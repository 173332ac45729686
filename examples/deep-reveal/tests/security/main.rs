//! Who may what, and what nobody may.

mod access;
mod forms;
mod headers;
mod limits;
mod log;
mod moves;
mod new_password;
mod passwords;
mod secrets;
mod server;
mod sessions;
#[path = "../web/mod.rs"]
mod web;
