//! What `train` can be asked.

use std::path::{Path, PathBuf};

use anv_gradcam::Precision;
use clap::{Parser, ValueEnum};

/// Train a VGG to tell the classes of a folder apart (transfer learning, thesis 4.1).
///
/// DATA holds one folder a class, each with its pictures (JPEG, PNG, WebP). The convolutions come from
/// --backbone and stay as they are: their output is computed once for every picture and kept, then a new head
/// learns from it. With --fine-tune the last three convolutions are trained afterwards too.
///
/// Interrupt it whenever you like: the same command goes on where it stopped.
#[derive(Debug, Clone, Parser)]
#[command(name = "train", version, after_help = EXAMPLES)]
pub struct Args {
    /// The folder of class folders
    pub data: PathBuf,

    /// The VGG whose convolutions are used: safetensors or PyTorch (.pth); its head is ignored
    #[arg(long, value_name = "FILE")]
    pub backbone: PathBuf,

    /// Where everything is written [default: trained/NAME-OF-DATA]
    #[arg(long, value_name = "FOLDER")]
    pub out: Option<PathBuf>,

    /// Name of the network, in its file and on its card [default: BACKBONE-NAME-OF-DATA, e.g. vgg16-flowers]
    #[arg(long)]
    pub name: Option<String>,

    /// The layers behind the convolutions
    #[arg(long, value_enum, default_value_t = HeadKind::Light, help_heading = "Network")]
    pub head: HeadKind,

    /// Height and width of the network's input, in pixels
    #[arg(long, value_name = "PIXELS", default_value_t = 256, help_heading = "Network",
        value_parser = clap::value_parser!(u32).range(8..=4096))]
    pub input_size: u32,

    /// Bits a weight in the exported file; the frozen convolutions are rounded to them before training
    #[arg(long, value_enum, default_value_t = Bits::Eight, help_heading = "Network")]
    pub bits: Bits,

    /// Training pictures a class, chosen by the seed
    #[arg(long, value_name = "N", default_value_t = 30, help_heading = "Pictures",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub train_per_class: u32,

    /// Pictures a class that are never trained on and give the final figures (fewer where a class has no more)
    #[arg(long, value_name = "N", default_value_t = 10, help_heading = "Pictures",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub held_out_per_class: u32,

    /// Training pictures a class set aside to decide when to stop [default: a tenth, at least 1]
    #[arg(long, value_name = "N", help_heading = "Pictures")]
    pub validation_per_class: Option<u32>,

    /// Altered copies of every training picture: every other one mirrored; shifted, zoomed, rotated, brightened
    #[arg(long, value_name = "N", default_value_t = 1, help_heading = "Pictures",
        value_parser = clap::value_parser!(u32).range(0..=1000))]
    pub augment: u32,

    /// Do not mirror copies: for classes that face one way
    #[arg(long, help_heading = "Pictures")]
    pub no_mirror: bool,

    /// Passes over the training pictures, at most
    #[arg(long, default_value_t = 200, help_heading = "Training",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub epochs: u32,

    /// Stop after this many epochs without a smaller validation loss
    #[arg(long, value_name = "EPOCHS", default_value_t = 10, help_heading = "Training",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub patience: u32,

    /// Pictures a step
    #[arg(long, value_name = "N", default_value_t = 32, help_heading = "Training",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub batch: u32,

    /// Adam's learning rate while the head is trained
    #[arg(long, value_name = "RATE", default_value_t = 1e-3, help_heading = "Training", value_parser = positive)]
    pub learning_rate: f64,

    /// Share of the head's inputs that are zeroed at random in each step
    #[arg(long, value_name = "SHARE", default_value_t = 0.3, help_heading = "Training", value_parser = share)]
    pub dropout: f64,

    /// Share of the target that is spread evenly over all classes
    #[arg(long, value_name = "SHARE", default_value_t = 0.0, help_heading = "Training", value_parser = share)]
    pub label_smoothing: f64,

    /// Pull of the weights towards zero a step, times the learning rate (as in AdamW)
    #[arg(long, value_name = "RATE", default_value_t = 0.0, help_heading = "Training", value_parser = not_negative)]
    pub weight_decay: f64,

    /// Scale the inputs of the light head to this length while it is trained, so that plain and busy pictures count
    /// alike; the network itself stays as it is [default: off]
    #[arg(long, value_name = "LENGTH", help_heading = "Training", value_parser = positive, conflicts_with = "fine_tune")]
    pub feature_length: Option<f64>,

    /// Afterwards train the last three convolutions too
    #[arg(long, help_heading = "Training")]
    pub fine_tune: bool,

    /// Adam's learning rate while the convolutions are trained
    #[arg(long, value_name = "RATE", default_value_t = 1e-5, help_heading = "Training", value_parser = positive)]
    pub fine_tune_learning_rate: f64,

    /// Passes over the training pictures while the convolutions are trained, at most [default: as --epochs]
    #[arg(long, value_name = "EPOCHS", help_heading = "Training", requires = "fine_tune",
        value_parser = clap::value_parser!(u32).range(1..))]
    pub fine_tune_epochs: Option<u32>,

    /// End after training and say how the validation pictures do: to compare recipes without a look at the held-out
    /// ones
    #[arg(long, help_heading = "Training")]
    pub validate_only: bool,

    /// Markdown to put at the end of the model card: licences, purpose, limits
    #[arg(long, value_name = "FILE")]
    pub remarks: Option<PathBuf>,

    /// Seed of everything random: split, copies, first weights, order, dropout
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
}

/// The layers behind the convolutions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum HeadKind {
    /// Average pool to 2x2, one linear layer
    Light,
    /// Flatten, 256 units with ReLU, one linear layer (thesis 4.1); larger files
    Thesis,
}

/// How the exported weights are stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Bits {
    /// Whole numbers from -127 to 127 with a scale for every 16
    #[value(name = "8")]
    Eight,
    /// Half precision
    #[value(name = "16")]
    Sixteen,
    /// Single precision
    #[value(name = "32")]
    ThirtyTwo,
}

impl Bits {
    /// The same for the writer of weight files.
    pub fn precision(self) -> Precision {
        match self {
            Self::Eight => Precision::Eight,
            Self::Sixteen => Precision::F16,
            Self::ThirtyTwo => Precision::F32,
        }
    }

    /// As a number.
    pub fn count(self) -> u32 {
        match self {
            Self::Eight => 8,
            Self::Sixteen => 16,
            Self::ThirtyTwo => 32,
        }
    }
}

const EXAMPLES: &str = "\
Examples:
  cargo run --release --example train -- flowers --backbone vgg16.safetensors
  cargo run --release --example train -- flowers --backbone vgg16.safetensors --head thesis --fine-tune --bits 16";

impl Args {
    /// The folder to write.
    pub fn out(&self) -> PathBuf {
        self.out.clone().unwrap_or_else(|| Path::new("trained").join(self.data_name()))
    }

    /// Last part of DATA's path.
    pub fn data_name(&self) -> String {
        let absolute = self.data.canonicalize().unwrap_or_else(|_| self.data.clone());
        absolute.file_name().map_or_else(|| "data".into(), |n| n.to_string_lossy().into_owned())
    }

    /// Training pictures a class that decide when to stop.
    pub fn validation_per_class(&self) -> usize {
        self.validation_per_class.unwrap_or_else(|| (self.train_per_class / 10).max(1)) as usize
    }
}

fn number(text: &str, fits: impl Fn(f64) -> bool, expected: &str) -> Result<f64, String> {
    text.parse().ok().filter(|&v: &f64| fits(v)).ok_or_else(|| format!("expected {expected}"))
}

fn positive(text: &str) -> Result<f64, String> {
    number(text, |v| v > 0.0 && v.is_finite(), "a number above 0")
}

fn not_negative(text: &str) -> Result<f64, String> {
    number(text, |v| v >= 0.0 && v.is_finite(), "a number of at least 0")
}

fn share(text: &str) -> Result<f64, String> {
    number(text, |v| (0.0..1.0).contains(&v), "a share from 0 to below 1, such as 0.3")
}
