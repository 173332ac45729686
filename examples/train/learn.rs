//! Both phases: the head on frozen convolutions, then the last convolutions too.

use std::path::Path;

use anv_examples::CommandError;

use super::adam::{Adam, Parameter};
use super::args::Args;
use super::augment;
use super::backbone::Backbone;
use super::checkpoint::Checkpoint;
use super::dataset::{Dataset, Role};
use super::extract::{Extractor, samples};
use super::head::Head;
use super::history::PhaseHistory;
use super::phase::Phase;
use super::tail::Tail;

/// What training gave.
#[derive(Debug)]
pub struct Trained {
    /// The head and, after fine-tuning, the last convolutions.
    pub parameters: Vec<Parameter>,
    /// The head's layers.
    pub head: Head,
    /// How it went, phase by phase.
    pub history: Vec<PhaseHistory>,
}

/// Trains; what is known from an earlier, interrupted call is not computed again.
pub fn learn(
    args: &Args,
    folder: &Path,
    backbone: &Backbone,
    dataset: &Dataset,
) -> Result<Trained, CommandError> {
    let (network, file) = backbone.rounded(folder, args)?;
    let head = Head::new(args.head, &network, dataset.classes.len())?;
    let extractor = Extractor { args, folder, dataset, network: &network };
    let tail = match args.fine_tune {
        true => Some(Tail::new(&network, &backbone.modules(), &file)?),
        false => None,
    };
    let mut deep = tail.as_ref().map(|tail| extractor.tail_inputs(tail)).transpose()?;
    let mut inputs = extractor.head_inputs(&head, tail.as_ref().zip(deep.as_mut()))?;
    let sha256 = &network.info().weights_sha256;

    let mut phase = Phase {
        name: "head",
        title: "Head",
        adam: Adam { rate: args.learning_rate, decay: args.weight_decay },
        forward: &|weights, input, dropout| head.scores(weights, input, dropout),
        shape: vec![inputs.row()],
        inputs: &mut inputs,
        train: rows(dataset, args, Role::Train),
        validation: rows(dataset, args, Role::Validation),
        length: args.feature_length,
        epochs: args.epochs,
        args,
    };
    let checkpoint = Checkpoint::new(folder, phase.name, key(args, dataset, sha256, args.learning_rate));
    let (mut parameters, first) = phase.run(head.parameters(args.seed), &checkpoint)?;
    let mut history = vec![first];

    if let Some((tail, mut deep)) = tail.zip(deep) {
        let mut both = tail.parameters()?;
        let begin: String = format!("{:016x}", head_hash(&parameters));
        both.extend(parameters.into_iter().map(|p| Parameter::new(p.name, &p.shape, p.values)));
        let mut phase = Phase {
            name: "fine-tuning",
            title: "Fine-tuning",
            adam: Adam { rate: args.fine_tune_learning_rate, decay: args.weight_decay },
            forward: &|weights, input, dropout| {
                let (convs, layers) = weights.split_at(tail.len());
                head.scores(layers, &head.read(&tail.maps(convs, input)?)?, dropout)
            },
            shape: extractor.input_shape(&tail)?,
            inputs: &mut deep,
            train: rows(dataset, args, Role::Train),
            validation: rows(dataset, args, Role::Validation),
            length: None,
            epochs: args.fine_tune_epochs.unwrap_or(args.epochs),
            args,
        };
        let key = key(args, dataset, sha256, args.fine_tune_learning_rate) + &begin;
        let checkpoint = Checkpoint::new(folder, phase.name, key);
        let (tuned, second) = phase.run(both, &checkpoint)?;
        parameters = tuned;
        history.push(second);
    }
    Ok(Trained { parameters, head, history })
}

/// Row in the cache and class: all copies for training, only the pictures themselves for validation.
fn rows(dataset: &Dataset, args: &Args, role: Role) -> Vec<(usize, usize)> {
    let copies = if role == Role::Train { args.augment as usize } else { 0 };
    let samples = samples(dataset, copies).into_iter().enumerate();
    samples.filter(|(_, s)| s.picture.role == role).map(|(row, s)| (row, s.picture.class)).collect()
}

/// Everything that a phase's state follows from, but for the number of epochs: a call that allows more goes on.
fn key(args: &Args, dataset: &Dataset, convolutions: &str, rate: f64) -> String {
    let pictures: Vec<_> = dataset.pictures.iter().map(|p| (dataset.name(p), p.role)).collect();
    serde_json::json!({
        // How a state is written: since 2 it begins with an epoch before the first step.
        "state": 2, "convolutions": convolutions, "head": format!("{:?}", args.head), "pictures": pictures, "seed": args.seed,
        "copies": args.augment, "recipe": augment::recipe(!args.no_mirror), "rate": rate, "batch": args.batch,
        "dropout": args.dropout, "smoothing": args.label_smoothing, "decay": args.weight_decay, "length": args.feature_length,
    })
    .to_string()
}

fn head_hash(parameters: &[Parameter]) -> u64 {
    let mut hash = super::random::Fnv::new();
    parameters.iter().flat_map(|p| &p.values).for_each(|v| hash.write(&v.to_le_bytes()));
    hash.0
}
