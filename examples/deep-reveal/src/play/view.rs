//! What a player may know of a round: the one thing that pages and the API show.

use anv_labels::{GameRules, Phase};
use serde::Serialize;
use utoipa::ToSchema;

use crate::store::{RoundRow, Standing};

/// What a round waits for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Step {
    /// A guess, or to see more.
    Guessing,
    /// What the player recognised.
    Describing,
    /// Nothing: here is the outcome.
    Finished,
    /// Nothing: it was left alone for too long and counts for nobody.
    Expired,
}

/// How a round ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Ending {
    /// The guess was right.
    Won,
    /// The guess was wrong.
    Lost,
    /// There was no guess.
    GivenUp,
}

impl From<anv_labels::Ending> for Ending {
    fn from(ending: anv_labels::Ending) -> Self {
        match ending {
            anv_labels::Ending::Won => Self::Won,
            anv_labels::Ending::Lost => Self::Lost,
            anv_labels::Ending::GivenUp => Self::GivenUp,
        }
    }
}

/// A round as its player may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct RoundView {
    /// Which round.
    pub id: String,
    /// What it waits for.
    pub step: Step,
    /// The hint level that is shown, from 0.
    pub hints: u8,
    /// The hint level that it began with.
    pub first_hint: u8,
    /// The highest hint level; who has come so far may give up.
    pub most_hints: u8,
    /// Points that a right guess brings now.
    pub worth: u32,
    /// Points that the next hint costs.
    pub hint_cost: u32,
    /// Points for naming what was recognised.
    pub label_bonus: u32,
    /// Most labels that are taken.
    pub most_labels: usize,
    /// Most characters of a label.
    pub label_chars: usize,
    /// The player's wins in a row.
    pub streak: u32,
    /// Points that they add to the next win.
    pub streak_bonus: u32,
    /// The classes to choose among.
    pub options: Vec<String>,
    /// The class chosen.
    pub guess: Option<String>,
    /// Where the masked picture of this level is.
    pub picture: String,
    /// How it ended; only once it is finished.
    pub outcome: Option<Outcome>,
}

/// How a finished round ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct Outcome {
    /// Won, lost or given up.
    pub ending: Ending,
    /// What the photo shows.
    pub true_class: String,
    /// Where the whole photo is.
    pub photo: String,
    /// What the player recognised, as it is kept.
    pub labels: Vec<String>,
    /// Points for the guess.
    pub guess_points: u32,
    /// Points for the labels.
    pub label_points: u32,
    /// Points for the wins in a row.
    pub streak_points: u32,
    /// All points together.
    pub total: u32,
}

impl RoundView {
    /// What the player of `row` may see of it; `standing` is the player's.
    pub fn new(row: &RoundRow, rules: &GameRules, standing: &Standing) -> Self {
        let (id, round) = (row.id.to_string(), &row.round);
        let step = match round.phase() {
            _ if row.expired => Step::Expired,
            Phase::Guessing => Step::Guessing,
            Phase::Describing => Step::Describing,
            Phase::Finished => Step::Finished,
        };
        Self {
            step,
            hints: round.hints,
            first_hint: round.first_hint,
            most_hints: rules.most_hints,
            worth: rules.worth(round),
            hint_cost: rules.hint_cost,
            label_bonus: rules.label_bonus,
            most_labels: rules.most_labels,
            label_chars: rules.label_chars,
            streak: standing.streak,
            streak_bonus: rules.streak_points(standing.streak),
            options: round.options.clone(),
            guess: round.guess.clone(),
            picture: format!("/rounds/{id}/picture/{}.png", round.hints),
            outcome: if step == Step::Finished { Outcome::new(row) } else { None },
            id,
        }
    }

    /// Whether the photo can be shown further.
    pub fn has_more(&self) -> bool {
        self.hints < self.most_hints
    }
}

impl Outcome {
    /// `None` while there are no points, which the store gives with the last move.
    fn new(row: &RoundRow) -> Option<Self> {
        let points = row.points.as_ref()?;
        Some(Self {
            ending: points.ending.into(),
            true_class: row.true_class.clone(),
            photo: format!("/rounds/{}/photo.png", row.id),
            labels: row.round.labels.clone().unwrap_or_default(),
            guess_points: points.guess,
            label_points: points.labels,
            streak_points: points.streak,
            total: points.total,
        })
    }
}

#[cfg(test)]
mod tests {
    use anv_labels::{Move, Played};

    use super::*;

    const TRUTH: &str = "the-truth";

    fn row(rules: &GameRules) -> RoundRow {
        // The truth is no option here, so that any trace of it in a view is a leak.
        let options = ["a", "b"].map(String::from).to_vec();
        RoundRow {
            id: "round".into(),
            player: "player".into(),
            map_id: "map-secret".into(),
            photo_id: "photo-secret".into(),
            campaign: "campaign".into(),
            control: true,
            true_class: TRUTH.into(),
            round: rules.begin(0, options),
            points: None,
            language: "en".into(),
            started: 0,
            expires: 1,
            finished: None,
            expired: false,
        }
    }

    fn view(row: &RoundRow, rules: &GameRules) -> (RoundView, String) {
        let view = RoundView::new(row, rules, &Standing { streak: 2, ..Standing::default() });
        let json = serde_json::to_string(&view).unwrap();
        (view, json)
    }

    fn step(row: &mut RoundRow, rules: &GameRules, mv: Move) {
        match rules.play(&row.round, &mv).unwrap() {
            Played::Changed(round) => row.round = round,
            Played::Unchanged => panic!("{mv:?} changed nothing"),
        }
    }

    fn assert_closed(row: &RoundRow, rules: &GameRules) {
        let (view, json) = view(row, rules);
        assert_eq!(view.outcome, None);
        for secret in [TRUTH, "secret", "control", "photo.png"] {
            assert!(!json.contains(secret), "{secret} in {json}");
        }
    }

    #[test]
    fn the_truth_is_not_told_before_the_end() {
        let rules = GameRules::default();
        let mut row = row(&rules);
        for hints in 1..=5 {
            assert_closed(&row, &rules);
            step(&mut row, &rules, Move::ShowMore { hints });
        }
        step(&mut row, &rules, Move::Guess("a".into()));
        assert_closed(&row, &rules);
        row.expired = true;
        assert_closed(&row, &rules);
        row.expired = false;
        step(&mut row, &rules, Move::Describe(vec!["ear".into()]));
        row.points = Some(rules.points(&row.round, TRUTH, 2));
        let outcome = view(&row, &rules).0.outcome.unwrap();
        assert_eq!((outcome.true_class.as_str(), outcome.ending, outcome.total), (TRUTH, Ending::Lost, 25));
    }

    #[test]
    fn a_view_tells_what_the_next_step_is_worth() {
        let rules = GameRules::default();
        let mut row = row(&rules);
        step(&mut row, &rules, Move::ShowMore { hints: 1 });
        let view = view(&row, &rules).0;
        assert_eq!((view.worth, view.streak_bonus, view.has_more()), (250, 20, true));
        assert_eq!(view.picture, "/rounds/round/picture/1.png");
    }
}
