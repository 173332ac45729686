//! The rules of the game: points of every path, moves in any order, labels, draws, balance, questionnaire.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

mod balance;
mod draws;
mod labels;
mod moves;
mod points;
mod questionnaire;

use anv_labels::{GameRules, Move, Played, Round, RuleError};

/// A new round with the options `a`, `b` and `c`.
fn begun(first_hint: u8) -> Round {
    GameRules::default().begin(first_hint, ["a", "b", "c"].map(String::from).to_vec())
}

fn guess(class: &str) -> Move {
    Move::Guess(class.into())
}

fn describe(labels: &[&str]) -> Move {
    Move::Describe(labels.iter().map(|&l| l.into()).collect())
}

/// The moves that show `levels` one after the other.
fn shows(levels: std::ops::RangeInclusive<u8>) -> impl Iterator<Item = Move> {
    levels.map(|hints| Move::ShowMore { hints })
}

/// Plays moves of which each must change the round.
fn played(mut round: Round, moves: impl IntoIterator<Item = Move>) -> Round {
    for mv in moves {
        round = match GameRules::default().play(&round, &mv).unwrap() {
            Played::Changed(after) => after,
            Played::Unchanged => panic!("{mv:?} changed nothing in {round:?}"),
        };
    }
    round
}

fn refused(round: &Round, mv: &Move) -> RuleError {
    GameRules::default().play(round, mv).unwrap_err()
}
