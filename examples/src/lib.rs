//! What the commands of this package share: the packaged network, photos and games, devices, inputs and reports about
//! people's words, exit codes.

// A user's input must never cause a panic.
#![warn(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod demo;
mod layers;
mod memory;
mod packaged;
mod text;
pub mod words;

use std::error::Error;
use std::process::ExitCode;

pub use demo::{DEMO_CLASS, DEMO_FOLDER, write_demo};
pub use layers::{LAYERS_TITLE, LayerRow, layer_table, layers_of_folders, layers_of_images};
pub use memory::share_memory_pool;
pub use packaged::{packaged_network, packaged_photo};
pub use text::{line, number, printable, sparkline, text_table};

/// An error of a command: anything that can be printed.
pub type CommandError = Box<dyn Error + Send + Sync>;

/// Turns a command's result into an exit code: 0, or 2 with one line on stderr that names every cause.
pub fn exit_code(result: Result<(), CommandError>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {}", with_causes(error.as_ref()));
            ExitCode::from(2)
        }
    }
}

/// The message followed by those of its causes that it does not already repeat.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(inner) = cause {
        let message = inner.to_string();
        if !text.contains(&message) {
            text = format!("{text}: {message}");
        }
        cause = inner.source();
    }
    text
}

#[cfg(test)]
mod tests {
    use super::with_causes;

    #[derive(Debug, thiserror::Error)]
    #[error("{text}")]
    struct Link {
        text: &'static str,
        source: Option<Box<Link>>,
    }

    #[test]
    fn causes_are_named_once() {
        let cause = Link { text: "no space left", source: None };
        let repeated = Link { text: "cannot write: no space left", source: Some(Box::new(cause)) };
        let outer = Link { text: "stage failed", source: Some(Box::new(repeated)) };
        assert_eq!(with_causes(&outer), "stage failed: cannot write: no space left");
    }
}
