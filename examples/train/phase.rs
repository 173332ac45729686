//! One phase of training: epochs until the validation loss stops falling.

use anv_examples::CommandError;
use candle_core::{D, Device, Tensor, Var};
use candle_nn::ops::log_softmax;
use rand::seq::SliceRandom;

use super::adam::{Adam, Parameter};
use super::args::Args;
use super::cache::Cache;
use super::checkpoint::{Checkpoint, State};
use super::head::Dropout;
use super::history::{Epoch, PhaseHistory};
use super::progress::Progress;
use super::random::rng;

/// Pictures that are judged together.
const JUDGED_TOGETHER: usize = 64;

/// Class scores from weights and a batch of inputs.
type Forward<'a> = dyn Fn(&[Tensor], &Tensor, Option<&mut Dropout>) -> Result<Tensor, CommandError> + 'a;

/// What is trained, on what, and how.
pub struct Phase<'a> {
    /// Name of the checkpoint.
    pub name: &'static str,
    /// What is trained.
    pub title: &'static str,
    /// How the weights learn.
    pub adam: Adam,
    /// The trained part of the network.
    pub forward: &'a Forward<'a>,
    /// Inputs, one row a sample.
    pub inputs: &'a mut Cache,
    /// Shape of one row.
    pub shape: Vec<usize>,
    /// Row and class of every training sample.
    pub train: Vec<(usize, usize)>,
    /// Row and class of every validation picture.
    pub validation: Vec<(usize, usize)>,
    /// Length that the rows of training samples are scaled to.
    pub length: Option<f64>,
    /// Epochs at most: one of the last convolutions takes minutes, one of the head takes a second.
    pub epochs: u32,
    /// Everything else that was asked for.
    pub args: &'a Args,
}

impl Phase<'_> {
    /// Trains on from the checkpoint, or from `first`; returns the parameters with the values of the best epoch.
    pub fn run(
        &mut self,
        first: Vec<Parameter>,
        checkpoint: &Checkpoint,
    ) -> Result<(Vec<Parameter>, PhaseHistory), CommandError> {
        let mut state = checkpoint.resume(State::new(first));
        if state.epochs.is_empty() {
            let (validation_loss, validation_accuracy) = self.judge(&state)?;
            state.epochs.push(Epoch { loss: None, accuracy: None, validation_loss, validation_accuracy });
        }
        let limit = self.epochs as usize;
        let mut progress = Progress::new(self.title, "epochs", state.epochs.len() - 1, limit);
        while state.epochs.len() <= limit && !self.finished(&state) {
            let epoch = self.epoch(&mut state)?;
            progress.remark(format!("(at most), validation {:.1} %", 100.0 * epoch.validation_accuracy));
            state.epochs.push(epoch);
            if state.best_epoch() == Some(state.epochs.len() - 1) {
                state.best = state.parameters.iter().map(|p| p.values.clone()).collect();
            }
            checkpoint.save(&state)?;
            progress.advance(1);
        }
        progress.finish();
        let history =
            PhaseHistory { title: self.title, best: state.best_epoch().unwrap_or(0), epochs: state.epochs };
        let mut parameters = state.parameters;
        parameters.iter_mut().zip(state.best).for_each(|(p, best)| p.values = best);
        Ok((parameters, history))
    }

    fn finished(&self, state: &State) -> bool {
        let since = state.best_epoch().map_or(0, |best| state.epochs.len() - 1 - best);
        since >= self.args.patience as usize
    }

    fn epoch(&mut self, state: &mut State) -> Result<Epoch, CommandError> {
        let number = state.epochs.len().to_string();
        let mut order = self.train.clone();
        order.shuffle(&mut rng(self.args.seed, &["order", self.name, &number]));
        let random = rng(self.args.seed, &["dropout", self.name, &number]);
        let mut dropout = Dropout::new(self.args.dropout, random);
        let (mut loss_sum, mut right) = (0.0, 0);
        for batch in order.chunks(self.args.batch as usize) {
            let vars = vars(&state.parameters)?;
            let weights: Vec<_> = vars.iter().map(|v| v.as_tensor().clone()).collect();
            let scores = (self.forward)(&weights, &self.input(batch, self.length)?, Some(&mut dropout))?;
            let loss = loss(&scores, batch, self.args.label_smoothing)?;
            let gradients = loss.backward()?;
            loss_sum += self.finite(loss.to_scalar::<f32>()?)? * batch.len() as f64;
            right += count_right(&scores, batch)?;
            state.steps += 1;
            for (var, parameter) in vars.iter().zip(&mut state.parameters) {
                if let Some(gradient) = gradients.get(var) {
                    let gradient = gradient.flatten_all()?.to_vec1::<f32>()?;
                    self.adam.step(parameter, &gradient, state.steps);
                }
            }
        }
        let (validation_loss, validation_accuracy) = self.judge(state)?;
        let samples = order.len() as f64;
        Ok(Epoch {
            loss: Some(loss_sum / samples),
            accuracy: Some(right as f64 / samples),
            validation_loss,
            validation_accuracy,
        })
    }

    /// Loss and accuracy on the validation pictures.
    fn judge(&mut self, state: &State) -> Result<(f64, f64), CommandError> {
        let weights: Vec<_> = state.parameters.iter().map(Parameter::tensor).collect::<Result<_, _>>()?;
        let validation = std::mem::take(&mut self.validation);
        let (mut loss_sum, mut right) = (0.0, 0);
        for batch in validation.chunks(JUDGED_TOGETHER) {
            let scores = (self.forward)(&weights, &self.input(batch, None)?, None)?;
            loss_sum += self.finite(loss(&scores, batch, 0.0)?.to_scalar::<f32>()?)? * batch.len() as f64;
            right += count_right(&scores, batch)?;
        }
        let count = validation.len() as f64;
        self.validation = validation;
        Ok((loss_sum / count, right as f64 / count))
    }

    fn input(&mut self, batch: &[(usize, usize)], length: Option<f64>) -> Result<Tensor, CommandError> {
        let row = self.inputs.row();
        let mut values = vec![0f32; batch.len() * row];
        for ((index, _), values) in batch.iter().zip(values.chunks_exact_mut(row)) {
            self.inputs.read(*index, values)?;
            if let Some(length) = length {
                scale_to(length, values);
            }
        }
        let shape: Vec<_> = std::iter::once(batch.len()).chain(self.shape.iter().copied()).collect();
        Ok(Tensor::from_vec(values, shape, &Device::Cpu)?)
    }

    fn finite(&self, loss: f32) -> Result<f64, CommandError> {
        if loss.is_finite() {
            return Ok(f64::from(loss));
        }
        let name = if self.name == "head" { "--learning-rate" } else { "--fine-tune-learning-rate" };
        Err(format!("{}: the loss is no longer finite, {name} {} is too high", self.title, self.adam.rate)
            .into())
    }
}

fn vars(parameters: &[Parameter]) -> Result<Vec<Var>, CommandError> {
    parameters.iter().map(|p| Ok(Var::from_tensor(&p.tensor()?)?)).collect()
}

fn scale_to(length: f64, values: &mut [f32]) {
    let now = values.iter().map(|&v| f64::from(v) * f64::from(v)).sum::<f64>().sqrt();
    if now > 0.0 {
        values.iter_mut().for_each(|v| *v = (f64::from(*v) * length / now) as f32);
    }
}

/// Mean cross-entropy; a share `smoothing` of the target lies evenly on all classes.
fn loss(scores: &Tensor, batch: &[(usize, usize)], smoothing: f64) -> Result<Tensor, CommandError> {
    let classes: Vec<_> = batch.iter().map(|(_, class)| *class as u32).collect();
    let classes = Tensor::from_vec(classes, (batch.len(), 1), scores.device())?;
    let log = log_softmax(scores, D::Minus1)?;
    let target = log.gather(&classes, 1)?.mean_all()?;
    let loss = match smoothing > 0.0 {
        true => ((target * (1.0 - smoothing))? + (log.mean_all()? * smoothing)?)?,
        false => target,
    };
    Ok(loss.neg()?)
}

fn count_right(scores: &Tensor, batch: &[(usize, usize)]) -> Result<usize, CommandError> {
    let predicted = scores.argmax(D::Minus1)?.to_vec1::<u32>()?;
    Ok(predicted.iter().zip(batch).filter(|(p, (_, class))| **p as usize == *class).count())
}
