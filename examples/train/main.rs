//! From a folder of class folders to a trained network (thesis 4.1).
//!
//! ```text
//! cargo run --release --example train -- DATA --backbone vgg16.safetensors
//! ```

mod adam;
pub(crate) mod args;
mod augment;
mod backbone;
mod cache;
mod card;
mod checkpoint;
mod confusion;
mod dataset;
mod evaluate;
mod extract;
mod head;
mod history;
mod history_chart;
mod learn;
mod phase;
mod progress;
mod random;
mod report;
mod svg;
mod tail;

use std::process::ExitCode;

use anv_examples::{CommandError, exit_code};
use args::Args;
use backbone::Backbone;
use clap::Parser;
use dataset::Dataset;

fn main() -> ExitCode {
    exit_code(train(&Args::parse()))
}

/// The whole way. Everything that takes long is kept in OUT/cache, so that a second call goes on or ends at once.
pub(crate) fn train(args: &Args) -> Result<(), CommandError> {
    let out = args.out();
    let remarks = report::remarks(args)?;
    let backbone = Backbone::open(&args.backbone)?;
    let dataset = Dataset::open(args, &out)?;
    report::dataset(&dataset);
    let trained = learn::learn(args, &out.join("cache"), &backbone, &dataset)?;
    if args.validate_only {
        return report::validation(&out, &trained);
    }
    report::write(args, &out, &backbone, &dataset, &trained, &remarks)
}
