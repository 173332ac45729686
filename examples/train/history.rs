//! How training went, epoch by epoch.

use serde::{Deserialize, Serialize};

/// One pass over the training pictures.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Epoch {
    /// Mean loss over the steps, dropout on.
    pub loss: f64,
    /// Share of the training samples that came out right, dropout on.
    pub accuracy: f64,
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
    /// All epochs.
    pub epochs: Vec<Epoch>,
    /// The one whose weights were kept, counted from 0.
    pub best: usize,
}

/// The history as a table.
pub fn csv(phases: &[PhaseHistory]) -> String {
    let mut text = String::from("phase,epoch,loss,accuracy,validation_loss,validation_accuracy,kept\n");
    for phase in phases {
        for (index, e) in phase.epochs.iter().enumerate() {
            let kept = u8::from(index == phase.best);
            text += &format!(
                "{},{},{:.6},{:.6},{:.6},{:.6},{kept}\n",
                phase.title,
                index + 1,
                e.loss,
                e.accuracy,
                e.validation_loss,
                e.validation_accuracy
            );
        }
    }
    text
}
