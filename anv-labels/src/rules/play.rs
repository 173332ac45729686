//! Moves.

use super::error::RuleError;
use super::params::GameRules;
use super::round::{Move, Phase, Played, Round};
use crate::error::shorten;

impl GameRules {
    /// A new round that shows hint level `first_hint`.
    pub fn begin(&self, first_hint: u8, options: Vec<String>) -> Round {
        let hints = first_hint.min(self.most_hints);
        Round { first_hint: hints, hints, options, guess: None, given_up: false, labels: None }
    }

    /// Hint levels that can still be asked for.
    pub fn hints_left(&self, round: &Round) -> u8 {
        self.most_hints.saturating_sub(round.hints)
    }

    /// Makes a move. The same move again, as from a double click or a repeated request, changes nothing, in any
    /// phase.
    ///
    /// ```
    /// use anv_labels::{GameRules, Move, Played, RuleError};
    /// let rules = GameRules::default();
    /// let round = rules.begin(0, vec!["church".into(), "tench".into()]);
    /// let more = Move::ShowMore { hints: 1 };
    /// let Played::Changed(round) = rules.play(&round, &more)? else { unreachable!() };
    /// assert_eq!(rules.play(&round, &more)?, Played::Unchanged);
    /// let skip = rules.play(&round, &Move::ShowMore { hints: 5 });
    /// assert_eq!(skip, Err(RuleError::StaleHint { found: 5, expected: 2 }));
    /// # Ok::<(), RuleError>(())
    /// ```
    ///
    /// # Errors
    /// [`RuleError`] says why the round does not take the move.
    pub fn play(&self, round: &Round, mv: &Move) -> Result<Played, RuleError> {
        match mv {
            Move::ShowMore { hints } => self.show_more(round, *hints),
            Move::Guess(class) => guess(round, class),
            Move::Describe(labels) => self.describe(round, labels),
            Move::GiveUp => self.give_up(round),
        }
    }

    fn show_more(&self, round: &Round, wanted: u8) -> Result<Played, RuleError> {
        if wanted == round.hints {
            return Ok(Played::Unchanged);
        }
        expect(round, Phase::Guessing)?;
        let next = round.hints.saturating_add(1);
        match wanted {
            _ if wanted > round.hints && self.hints_left(round) == 0 => {
                Err(RuleError::NoHintsLeft { most: self.most_hints })
            }
            _ if wanted == next => Ok(Played::Changed(Round { hints: next, ..round.clone() })),
            _ => Err(RuleError::StaleHint { found: wanted, expected: next.min(self.most_hints) }),
        }
    }

    fn describe(&self, round: &Round, typed: &[String]) -> Result<Played, RuleError> {
        match (round.phase(), &round.labels) {
            (Phase::Describing, _) => {
                let labels = Some(self.labels(typed)?);
                Ok(Played::Changed(Round { labels, ..round.clone() }))
            }
            (Phase::Finished, Some(given)) if self.labels(typed).as_ref() == Ok(given) => {
                Ok(Played::Unchanged)
            }
            (phase, _) => Err(RuleError::NotNow { phase }),
        }
    }

    fn give_up(&self, round: &Round) -> Result<Played, RuleError> {
        if round.given_up {
            return Ok(Played::Unchanged);
        }
        expect(round, Phase::Guessing)?;
        match self.hints_left(round) {
            0 => Ok(Played::Changed(Round { given_up: true, ..round.clone() })),
            left => Err(RuleError::HintsLeft { left }),
        }
    }
}

fn guess(round: &Round, class: &str) -> Result<Played, RuleError> {
    match round.guess.as_deref() {
        Some(before) if before == class => return Ok(Played::Unchanged),
        Some(_) => return Err(RuleError::AlreadyGuessed),
        None => expect(round, Phase::Guessing)?,
    }
    if !round.options.iter().any(|option| option == class) {
        return Err(RuleError::NotAnOption { found: shorten(class), options: round.options.len() });
    }
    Ok(Played::Changed(Round { guess: Some(class.to_owned()), ..round.clone() }))
}

fn expect(round: &Round, phase: Phase) -> Result<(), RuleError> {
    match round.phase() {
        found if found == phase => Ok(()),
        phase => Err(RuleError::NotNow { phase }),
    }
}
