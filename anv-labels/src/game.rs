//! Games, looked at one by one.

use std::fmt;

use crate::games::{Games, NONE, Row};

impl Games {
    /// The games in the order they were added.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Game<'_>> + Clone {
        self.rows.iter().map(|row| Game { games: self, row })
    }

    /// Keeps the games for which `keep` is true; returns how many went.
    pub fn retain(&mut self, mut keep: impl FnMut(Game<'_>) -> bool) -> usize {
        let mut rows = std::mem::take(&mut self.rows);
        let before = rows.len();
        rows.retain(|row| keep(Game { games: self, row }));
        self.rows = rows;
        before - self.rows.len()
    }
}

impl fmt::Debug for Games {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// How a game ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// The class was guessed.
    Win,
    /// Another class was guessed.
    Loss,
    /// The game was given up.
    Resign,
}

/// One game of [`Games`].
#[derive(Clone, Copy)]
pub struct Game<'a> {
    pub(crate) games: &'a Games,
    pub(crate) row: &'a Row,
}

impl<'a> Game<'a> {
    /// Name or number of the game.
    pub fn game(&self) -> String {
        match self.row.id >> 63 {
            0 => self.row.id.to_string(),
            _ => self.games.names.get(self.row.id as u32).to_owned(),
        }
    }

    /// Line in the file it was read from, from 1.
    pub fn line(&self) -> u64 {
        self.row.line.into()
    }

    /// Who played it.
    pub fn player(&self) -> &'a str {
        self.games.names.get(self.row.player)
    }

    /// Image, number of the layer (from 1) and place of the cluster in it (from 0).
    pub fn cluster(&self) -> (&'a str, usize, usize) {
        let key = self.games.clusters[self.row.cluster as usize];
        (self.games.names.get(key.image), key.layer as usize, key.cluster as usize)
    }

    /// The class that the image shows.
    pub fn true_class(&self) -> &'a str {
        self.games.names.get(self.row.truth)
    }

    /// The class that the player chose; `None` when the game was given up.
    pub fn guessed_class(&self) -> Option<&'a str> {
        (self.row.guess != NONE).then(|| self.games.names.get(self.row.guess))
    }

    /// How it ended.
    pub fn outcome(&self) -> Outcome {
        match self.row.guess {
            NONE => Outcome::Resign,
            guess if guess == self.row.truth => Outcome::Win,
            _ => Outcome::Loss,
        }
    }

    /// Hints used, as written in the table; a resigned game counts all of them when scores are made.
    pub fn hints_used(&self) -> u8 {
        self.row.hints
    }

    /// What the player recognised, as typed; each text once.
    pub fn labels(&self) -> impl ExactSizeIterator<Item = &'a str> + Clone + use<'a> {
        let games = self.games;
        games.raw_labels(self.row).iter().map(move |&id| games.names.get(id))
    }

    /// Whether this was a control game.
    pub fn is_control(&self) -> bool {
        self.row.control
    }

    /// The player's language, empty when not known.
    pub fn language(&self) -> &'a str {
        match self.row.language {
            NONE => "",
            id => self.games.names.get(id),
        }
    }
}

impl fmt::Debug for Game<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Game")
            .field("game", &self.game())
            .field("player", &self.player())
            .field("cluster", &self.cluster())
            .field("true_class", &self.true_class())
            .field("guessed_class", &self.guessed_class())
            .field("hints_used", &self.hints_used())
            .field("labels", &self.labels().collect::<Vec<_>>())
            .field("control", &self.is_control())
            .field("language", &self.language())
            .finish()
    }
}
