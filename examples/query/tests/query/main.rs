//! `query` on a real run, on both engines.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod cluster;
mod common;
mod damage;
mod output;
mod processes;
mod tables;
mod views;
mod words;
