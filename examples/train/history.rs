//! How training went, epoch by epoch.

use serde::{Deserialize, Serialize};

/// One pass over the training pictures; the first of a phase is none, it judges what the phase starts from.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Mean loss over the steps, dropout on; none before the first step.
    pub loss: Option<f64>,
    /// Share of the training samples that came out right, dropout on; none before the first step.
    pub accuracy: Option<f64>,
    /// Mean loss over the validation pictures afterwards, dropout off.
    pub validation_loss: f64,
    /// Share of the validation pictures that come out right.
    pub validation_accuracy: f64,
}

/// A finished phase.
#[derive(Debug, Clone, PartialEq)]
pub struct PhaseHistory {
    /// What was trained.
    pub title: &'static str,
    /// All epochs; number 0 is the state before the first step.
    pub epochs: Vec<Epoch>,
    /// Number of the one whose weights were kept.
    pub best: usize,
}

impl PhaseHistory {
    /// Passes over the training pictures.
    pub fn passes(&self) -> usize {
        self.epochs.len().saturating_sub(1)
    }
}

/// The history as a table.
pub fn csv(phases: &[PhaseHistory]) -> String {
    let mut text = String::from("phase,epoch,loss,accuracy,validation_loss,validation_accuracy,kept\n");
    for phase in phases {
        for (index, e) in phase.epochs.iter().enumerate() {
            let kept = u8::from(index == phase.best);
            let [loss, accuracy] =
                [e.loss, e.accuracy].map(|v| v.map_or(String::new(), |v| format!("{v:.6}")));
            text += &format!(
                "{},{index},{loss},{accuracy},{:.6},{:.6},{kept}\n",
                phase.title, e.validation_loss, e.validation_accuracy
            );
        }
    }
    text
}
