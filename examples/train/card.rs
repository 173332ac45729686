//! The model card: what the network is and how well it does, written from the results.

use super::args::{Args, HeadKind};
use super::augment;
use super::backbone::Backbone;
use super::dataset::{Dataset, Role};
use super::evaluate::Evaluation;
use super::head::Head;
use super::history::PhaseHistory;

/// Classes and confusions that are listed.
const LISTED: usize = 5;

/// Everything that the card tells.
#[derive(Debug)]
pub struct Card<'a> {
    /// Name of the network.
    pub name: &'a str,
    /// File name of the network.
    pub file: &'a str,
    /// What was asked for.
    pub args: &'a Args,
    /// The convolutions it started from.
    pub backbone: &'a Backbone,
    /// The pictures.
    pub dataset: &'a Dataset,
    /// The head.
    pub head: &'a Head,
    /// How training went.
    pub history: &'a [PhaseHistory],
    /// The network before rounding, on the held-out pictures.
    pub full: &'a Evaluation,
    /// The network as exported, on the held-out pictures.
    pub exported: &'a Evaluation,
    /// Text of the user's own, Markdown.
    pub remarks: &'a str,
}

impl Card<'_> {
    /// The card in Markdown.
    pub fn markdown(&self) -> String {
        let title = format!(
            "# {}\n\nWritten by the `train` example from its results; nothing measured is typed by hand.\n",
            self.name
        );
        let parts = [title, self.network(), self.data(), self.training(), self.results(), self.storage()];
        let mut text = parts.join("\n");
        if !self.remarks.trim().is_empty() {
            text += &format!("\n{}\n", self.remarks.trim());
        }
        text
    }

    fn network(&self) -> String {
        let Self { args, backbone, exported, .. } = self;
        format!(
            "| | |\n| --- | --- |\n| file | `{}`, {} bytes ({:.2} MiB), {} bits a weight |\n| SHA-256 | `{}` |\n\
             | convolutions | {} of `{}` (SHA-256 `{}`){} |\n| head | {} |\n| input | {size}x{size} RGB |\n| classes | {} |\n",
            self.file,
            exported.file_bytes,
            exported.file_bytes as f64 / f64::from(1 << 20),
            args.bits.count(),
            exported.sha256,
            backbone.modules().len(),
            file_name(&args.backbone),
            backbone.sha256,
            if args.fine_tune { ", the last three trained further" } else { ", unchanged but for rounding" },
            self.head.description(),
            self.dataset.classes.len(),
            size = args.input_size,
        )
    }

    fn data(&self) -> String {
        let Self { args, dataset, .. } = self;
        let skipped = match dataset.skipped.len() {
            0 => "No picture was unreadable.".to_owned(),
            n => format!("{n} unreadable pictures were left out."),
        };
        format!(
            "## Data\n\n`{}`: {} classes. The file names of each class are sorted, shuffled by seed {} and taken in that order: \
             {} for training, of which the last {} decide when to stop (validation), then up to {} held out. {}\n\n\
             | pictures | |\n| --- | --- |\n| training | {} |\n| validation | {} |\n| held out | {} ({}) |\n",
            args.data_name(),
            dataset.classes.len(),
            args.seed,
            args.train_per_class,
            args.validation_per_class(),
            args.held_out_per_class,
            skipped,
            dataset.count(Role::Train),
            dataset.count(Role::Validation),
            dataset.count(Role::HeldOut),
            self.held_out_range(),
        )
    }

    fn held_out_range(&self) -> String {
        let counts = self.exported.per_class().into_iter().map(|c| c.0);
        let (low, high) = counts.fold((usize::MAX, 0), |(l, h), n| (l.min(n), h.max(n)));
        if low == high { format!("{low} a class") } else { format!("{low} to {high} a class") }
    }

    fn training(&self) -> String {
        let Self { args, .. } = self;
        let copies = match args.augment {
            0 => "No altered copies.".to_owned(),
            n => format!(
                "{n} altered {} of every training picture ({}).",
                if n == 1 { "copy" } else { "copies" },
                augment::recipe(!args.no_mirror)
            ),
        };
        let scaled = match args.feature_length {
            None => String::new(),
            Some(length) => format!(
                " The head's inputs are scaled to length {length} while it is trained (not for validation, and not in the network)."
            ),
        };
        let tuned = match (args.fine_tune, args.bits.count()) {
            (false, _) => String::new(),
            (true, 32) => {
                format!(" Fine-tuning: the last three convolutions too, at {}.", args.fine_tune_learning_rate)
            }
            (true, bits) => format!(
                " Fine-tuning: the last three convolutions too, at {}, in 32 bits; they are rounded to {bits} bits at the end.",
                args.fine_tune_learning_rate
            ),
        };
        let mut text = format!(
            "## Training\n\n```text\n{}\n```\n\nTransfer learning with frozen convolutions, whose output is computed once a picture with \
             the weights as exported. {copies}{scaled} Adam, learning rate {}, weight decay {}, batches of {}, dropout {}, label \
             smoothing {}; training ends after {} epochs without a smaller validation loss, the weights of the best epoch are \
             kept, number 0 being what the phase started from.{tuned} The held-out pictures are looked at once, afterwards.\n\n\
             | phase | epochs | kept | training loss | training accuracy | validation loss | validation accuracy |\n\
             | --- | --- | --- | --- | --- | --- | --- |\n",
            command(args),
            args.learning_rate,
            args.weight_decay,
            args.batch,
            args.dropout,
            args.label_smoothing,
            args.patience,
        );
        for phase in self.history {
            if let Some(e) = phase.epochs.get(phase.best) {
                let loss = e.loss.map_or("-".into(), |loss| format!("{loss:.3}"));
                let accuracy = e.accuracy.map_or("-".into(), |share| format!("{:.1} %", 100.0 * share));
                text += &format!(
                    "| {} | {} | {} | {loss} | {accuracy} | {:.3} | {:.1} % |\n",
                    phase.title,
                    phase.passes(),
                    phase.best,
                    e.validation_loss,
                    100.0 * e.validation_accuracy
                );
            }
        }
        text
    }

    fn results(&self) -> String {
        let Self { full, exported, dataset, .. } = self;
        let row = |title: &str, e: &Evaluation| {
            format!("| {title} | {:.2} % | {:.2} % |\n", 100.0 * e.accuracy(), 100.0 * e.class_mean())
        };
        let mut text = format!(
            "## Results on the {} held-out pictures\n\n| network | accuracy | mean of the classes' accuracies |\n| --- | --- | --- |\n{}{}",
            exported.pairs.len(),
            row("32 bits", full),
            row(&format!("as exported, {} bits", self.args.bits.count()), exported),
        );
        let differing = full.pairs.iter().zip(&exported.pairs).filter(|(a, b)| a != b).count();
        text += &format!(
            "\nThe two disagree on {differing} pictures. Weakest classes of the exported network:\n\n| class | right | of |\n| --- | --- | --- |\n"
        );
        for (class, all, right) in exported.worst_classes().into_iter().take(LISTED) {
            text += &format!("| {} | {right} | {all} |\n", dataset.classes[class]);
        }
        let confusions = exported.worst_confusions();
        if !confusions.is_empty() {
            text += "\nMost frequent mistakes:\n\n| true class | taken for | times |\n| --- | --- | --- |\n";
        }
        for (class, predicted, times) in confusions.into_iter().take(LISTED) {
            text += &format!("| {} | {} | {times} |\n", dataset.classes[class], dataset.classes[predicted]);
        }
        text
    }

    fn storage(&self) -> String {
        let stored = match self.args.bits.count() {
            8 => {
                "Weights are whole numbers from -127 to 127 with a 16-bit scale for every 16 along a row; biases and small tensors \
                  are 32-bit. The convolutions that stay frozen were rounded before anything was trained on their output. Compared with the \
                  unrounded network, the weight of single feature maps in an explanation may move by some percent of the layer's \
                  largest (13 % was seen): what is explained is the network as it is in this file."
            }
            16 => {
                "Weights are 16-bit floating point; the convolutions that stay frozen were rounded before anything was trained on their output."
            }
            _ => "Weights are 32-bit floating point, unrounded.",
        };
        format!("## How the weights are stored\n\n{stored}\n")
    }
}

fn file_name(path: &std::path::Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// The command that gives the same network again, without the places where files happened to lie.
pub fn command(args: &Args) -> String {
    let default: Args = clap::Parser::parse_from(["train", "data", "--backbone", "file"]);
    let mut words = vec![
        "cargo run --release --example train --".to_owned(),
        args.data_name(),
        format!("--backbone {}", file_name(&args.backbone)),
    ];
    let mut add = |differs: bool, text: String| {
        if differs {
            words.push(text);
        }
    };
    add(args.name.is_some(), format!("--name {}", args.name.as_deref().unwrap_or_default()));
    add(args.head == HeadKind::Thesis, "--head thesis".into());
    add(args.input_size != default.input_size, format!("--input-size {}", args.input_size));
    add(args.bits != default.bits, format!("--bits {}", args.bits.count()));
    add(
        args.train_per_class != default.train_per_class,
        format!("--train-per-class {}", args.train_per_class),
    );
    add(
        args.held_out_per_class != default.held_out_per_class,
        format!("--held-out-per-class {}", args.held_out_per_class),
    );
    let validation = args.validation_per_class.unwrap_or_default();
    add(args.validation_per_class.is_some(), format!("--validation-per-class {validation}"));
    add(args.augment != default.augment, format!("--augment {}", args.augment));
    add(args.no_mirror, "--no-mirror".into());
    add(args.epochs != default.epochs, format!("--epochs {}", args.epochs));
    add(args.patience != default.patience, format!("--patience {}", args.patience));
    add(args.batch != default.batch, format!("--batch {}", args.batch));
    add(args.learning_rate != default.learning_rate, format!("--learning-rate {}", args.learning_rate));
    add(args.dropout != default.dropout, format!("--dropout {}", args.dropout));
    add(
        args.label_smoothing != default.label_smoothing,
        format!("--label-smoothing {}", args.label_smoothing),
    );
    add(args.weight_decay != default.weight_decay, format!("--weight-decay {}", args.weight_decay));
    add(
        args.feature_length.is_some(),
        format!("--feature-length {}", args.feature_length.unwrap_or_default()),
    );
    add(args.fine_tune, "--fine-tune".into());
    let rate = args.fine_tune_learning_rate;
    add(rate != default.fine_tune_learning_rate, format!("--fine-tune-learning-rate {rate}"));
    let epochs = args.fine_tune_epochs.unwrap_or_default();
    add(args.fine_tune_epochs.is_some(), format!("--fine-tune-epochs {epochs}"));
    add(args.seed != default.seed, format!("--seed {}", args.seed));
    words.join(" ")
}
