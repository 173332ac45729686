//! Gradient descent with momentum and gains, and when it stops.

use super::affinity::Affinities;
use super::kernel::{Forces, Points, cross_entropy, forces};
use crate::{Error, Result};

/// Steps with exaggerated affinities.
const EXPLORATION: usize = 250;
/// Steps between two looks at the stop rules.
const CHECK_EVERY: usize = 50;
/// Momentum in the exploration and after it.
const MOMENTUM: [f64; 2] = [0.5, 0.8];
/// Added to a gain when the gradient turned round, factor on it otherwise, and its least value
/// (delta-bar-delta, Jacobs 1988).
const GAIN_UP: f64 = 0.2;
const GAIN_DOWN: f64 = 0.8;
const GAIN_LEAST: f64 = 0.01;

/// How to descend.
pub(super) struct Schedule {
    pub iterations: usize,
    pub exaggeration: f64,
    pub learning_rate: f64,
    pub patience: usize,
    pub min_gradient_norm: f64,
}

/// One coordinate of a point and what the descent remembers about it.
#[derive(Clone, Copy)]
struct Coordinate {
    position: f64,
    update: f64,
    gain: f64,
}

impl Coordinate {
    fn at_rest(position: f64) -> Self {
        Self { position, update: 0.0, gain: 1.0 }
    }

    fn advance(&mut self, gradient: f64, momentum: f64, learning_rate: f64) {
        let turned = self.update * gradient < 0.0;
        let gain = if turned { self.gain + GAIN_UP } else { self.gain * GAIN_DOWN };
        self.gain = gain.max(GAIN_LEAST);
        self.update = momentum * self.update - learning_rate * self.gain * gradient;
        self.position += self.update;
    }
}

struct Descent<'a> {
    affinities: &'a Affinities,
    learning_rate: f64,
    bodies: Vec<[Coordinate; 2]>,
    points: Points,
    forces: Vec<Forces>,
    cross_entropies: Vec<f32>,
}

impl Schedule {
    /// The final points and the number of steps taken.
    pub(super) fn run(
        &self,
        affinities: &Affinities,
        start: Vec<[f64; 2]>,
    ) -> Result<(Vec<[f64; 2]>, usize)> {
        let rows = start.len();
        let mut descent = Descent {
            affinities,
            learning_rate: self.learning_rate,
            bodies: start.into_iter().map(|point| point.map(Coordinate::at_rest)).collect(),
            points: Points::new(rows),
            forces: vec![Forces::default(); rows],
            cross_entropies: vec![0.0; rows],
        };
        let explored = self.explore(&mut descent)?;
        let taken = self.refine(&mut descent, explored)?;
        Ok((descent.bodies.into_iter().map(|body| body.map(|c| c.position)).collect(), taken))
    }

    /// The exaggerated phase; it is too short for the rule of patience.
    fn explore(&self, descent: &mut Descent<'_>) -> Result<usize> {
        for step in 1..=EXPLORATION.min(self.iterations) {
            let (norm, _) = descent.step(self.exaggeration, MOMENTUM[0]);
            if step % CHECK_EVERY == 0 {
                descent.check_finite(step)?;
                if norm <= self.min_gradient_norm {
                    return Ok(step);
                }
            }
        }
        Ok(EXPLORATION.min(self.iterations))
    }

    /// The rest, from rest.
    fn refine(&self, descent: &mut Descent<'_>, explored: usize) -> Result<usize> {
        descent.bodies.as_flattened_mut().iter_mut().for_each(|c| *c = Coordinate::at_rest(c.position));
        let (mut best, mut best_step) = (f64::INFINITY, explored);
        for step in explored + 1..=self.iterations {
            let (norm, weight) = descent.step(1.0, MOMENTUM[1]);
            if step % CHECK_EVERY != 0 {
                continue;
            }
            descent.check_finite(step)?;
            // Of the points before this step, as in scikit-learn: `points` still holds them.
            let divergence = descent.divergence(weight);
            if divergence < best {
                (best, best_step) = (divergence, step);
            } else if step - best_step > self.patience {
                return Ok(step);
            }
            if norm <= self.min_gradient_norm {
                return Ok(step);
            }
        }
        descent.check_finite(self.iterations)?;
        Ok(self.iterations.max(explored))
    }
}

impl Descent<'_> {
    /// Moves every point once; the norm of the gradient and `Σ_ij w_ij` before the move.
    fn step(&mut self, exaggeration: f64, momentum: f64) -> (f64, f64) {
        self.points.set(self.bodies.iter().map(|body| body.map(|c| c.position)));
        forces(self.affinities, &self.points, &mut self.forces);
        let weight = self.forces.iter().map(|f| f64::from(f.weight)).sum::<f64>().max(f64::MIN_POSITIVE);
        let mut norm = 0.0;
        for (body, force) in self.bodies.iter_mut().zip(&self.forces) {
            for (c, (attraction, repulsion)) in
                body.iter_mut().zip(force.attraction.into_iter().zip(force.repulsion))
            {
                let gradient = 4.0 * (exaggeration * f64::from(attraction) - f64::from(repulsion) / weight);
                norm += gradient * gradient;
                c.advance(gradient, momentum, self.learning_rate);
            }
        }
        (norm.sqrt(), weight)
    }

    /// `KL(P‖Q)` of the points before the last step, to f32 precision.
    fn divergence(&mut self, weight: f64) -> f64 {
        let cross = cross_entropy(self.affinities, &self.points, &mut self.cross_entropies);
        cross + weight.ln() * self.affinities.total() - self.affinities.entropy()
    }

    fn check_finite(&self, iteration: usize) -> Result<()> {
        match self.bodies.iter().flatten().all(|c| c.position.is_finite()) {
            true => Ok(()),
            false => Err(Error::Diverged { iteration, learning_rate: self.learning_rate }),
        }
    }
}
