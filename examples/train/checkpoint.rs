//! The state of a phase after an epoch, in one file that is exchanged whole.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anv_examples::CommandError;
use anv_gradcam::{Precision, read_weights, write_safetensors};
use candle_core::{Device, Tensor};
use serde::{Deserialize, Serialize};

use super::adam::Parameter;
use super::history::Epoch;

/// Everything that the next epoch depends on; the random numbers follow from the seed and the epoch.
#[derive(Debug, Clone, PartialEq)]
pub struct State {
    /// The trained tensors after the last epoch.
    pub parameters: Vec<Parameter>,
    /// Their values after the best epoch, in the same order.
    pub best: Vec<Vec<f32>>,
    /// Steps taken.
    pub steps: u64,
    /// All epochs so far; number 0 is the state before the first step.
    pub epochs: Vec<Epoch>,
}

#[derive(Debug, Serialize, Deserialize)]
struct Remarks {
    steps: u64,
    epochs: Vec<Epoch>,
}

impl State {
    /// Before the first epoch.
    pub fn new(parameters: Vec<Parameter>) -> Self {
        let best = parameters.iter().map(|p| p.values.clone()).collect();
        Self { parameters, best, steps: 0, epochs: Vec::new() }
    }

    /// The epoch with the smallest validation loss, the first of equals.
    pub fn best_epoch(&self) -> Option<usize> {
        let losses = self.epochs.iter().map(|e| e.validation_loss);
        losses.enumerate().min_by(|a, b| a.1.total_cmp(&b.1)).map(|(index, _)| index)
    }
}

/// Where a phase keeps its state, and the settings that the state belongs to.
#[derive(Debug)]
pub struct Checkpoint {
    path: PathBuf,
    key: String,
}

impl Checkpoint {
    /// In `folder`; a state with other settings than `key` is not taken up again.
    pub fn new(folder: &Path, phase: &str, key: String) -> Self {
        Self { path: folder.join(format!("checkpoint-{phase}.safetensors")), key }
    }

    /// Writes the state.
    pub fn save(&self, state: &State) -> Result<(), CommandError> {
        let mut tensors = BTreeMap::new();
        let mut add = |kind: &str, p: &Parameter, values: &[f32]| -> Result<(), CommandError> {
            let tensor = Tensor::from_slice(values, p.shape.as_slice(), &Device::Cpu)?;
            tensors.insert(format!("{kind}.{}", p.name), tensor);
            Ok(())
        };
        for (parameter, best) in state.parameters.iter().zip(&state.best) {
            add("now", parameter, &parameter.values)?;
            add("mean", parameter, &parameter.mean)?;
            add("square", parameter, &parameter.square)?;
            add("best", parameter, best)?;
        }
        let remarks = Remarks { steps: state.steps, epochs: state.epochs.clone() };
        let metadata = BTreeMap::from([
            ("key".to_owned(), self.key.clone()),
            ("state".to_owned(), serde_json::to_string(&remarks)?),
        ]);
        Ok(write_safetensors(&self.path, &tensors, &metadata, Precision::F32)?)
    }

    /// The state kept here, if it belongs to these settings and is whole; else `first` as it is.
    pub fn resume(&self, first: State) -> State {
        self.read(&first).unwrap_or(first)
    }

    fn read(&self, first: &State) -> Option<State> {
        let file = read_weights(&self.path).ok()?;
        if file.metadata.get("key") != Some(&self.key) {
            return None;
        }
        let remarks: Remarks = serde_json::from_str(file.metadata.get("state")?).ok()?;
        let values = |kind: &str, p: &Parameter| -> Option<Vec<f32>> {
            let tensor = file.tensors.get(&format!("{kind}.{}", p.name))?;
            (tensor.dims() == p.shape).then(|| tensor.flatten_all().ok()?.to_vec1().ok())?
        };
        let parameter = |p: &Parameter| {
            Some(Parameter {
                values: values("now", p)?,
                mean: values("mean", p)?,
                square: values("square", p)?,
                ..p.clone()
            })
        };
        Some(State {
            parameters: first.parameters.iter().map(parameter).collect::<Option<_>>()?,
            best: first.parameters.iter().map(|p| values("best", p)).collect::<Option<_>>()?,
            steps: remarks.steps,
            epochs: remarks.epochs,
        })
    }
}
