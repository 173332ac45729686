//! What the guesses say together (Dawid-Skene), in the words of a report.

use std::collections::{BTreeMap, BTreeSet};

use anv_labels::{DawidSkeneParams, Games, GuessModel};
use serde::Serialize;

/// The estimates of Dawid and Skene over the guesses.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Guesses {
    /// How common each class is, 0 to 1.
    pub classes: BTreeMap<String, f64>,
    /// By image.
    pub images: Vec<ImageGuess>,
    /// By player.
    pub players: Vec<PlayerGuess>,
    /// Rounds of the estimation.
    pub rounds: usize,
}

/// What the guesses make of one image.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ImageGuess {
    /// Name of the image.
    pub image: String,
    /// What it shows.
    pub true_class: Option<String>,
    /// What the guesses say together.
    pub class: String,
    /// How sure they are, 0 to 1.
    pub probability: f64,
}

/// How good a player's guesses are.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PlayerGuess {
    /// The player.
    pub player: String,
    /// Probability of a right guess over the classes that the player met, in their shares.
    pub right: Option<f64>,
}

impl Guesses {
    /// Estimates from all games.
    ///
    /// # Errors
    /// Text that says why there is no estimate: no guesses, images of one class only, or too many players and classes.
    pub fn new(games: &Games) -> Result<Self, String> {
        let classes: BTreeSet<&str> = games.iter().map(|game| game.true_class()).collect();
        if classes.len() == 1 {
            // The model then has nothing to tell error rates from classes by, and ends anywhere.
            return Err("all images show one class, so error rates cannot be estimated".into());
        }
        let found = GuessModel::new(games, &DawidSkeneParams::default()).map_err(|e| e.to_string())?;
        let model = &found.model;
        let images = model.most_probable().into_iter().enumerate().map(|(item, class)| ImageGuess {
            image: found.images[item].clone(),
            true_class: games.true_class(&found.images[item]).map(str::to_owned),
            class: found.classes[class].clone(),
            probability: model.items[[item, class]],
        });
        let players = found.players.iter().enumerate().map(|(rater, player)| {
            let (mut right, mut met) = (0.0, 0.0);
            for (class, share) in model.classes.iter().enumerate() {
                let rates = (0..model.classes.len()).map(|said| model.raters[[rater, class, said]]);
                if rates.sum::<f64>() > 0.0 {
                    right += share * model.raters[[rater, class, class]];
                    met += share;
                }
            }
            PlayerGuess { player: player.clone(), right: (met > 0.0).then(|| right / met) }
        });
        Ok(Self {
            images: images.collect(),
            players: players.collect(),
            classes: found.classes.iter().cloned().zip(model.classes.iter().copied()).collect(),
            rounds: model.rounds,
        })
    }
}
