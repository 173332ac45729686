//! The store on both databases.

#[path = "../common/mod.rs"]
mod common;

mod balance;
mod campaigns;
mod exports;
mod made;
mod players;
mod rounds;
mod tables;
