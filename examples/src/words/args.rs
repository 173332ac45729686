//! Arguments that every command about words takes.

use std::path::PathBuf;

use anv_labels::{CleanParams, ControlParams, ReadOptions};

// No doc comment: clap would show it as the description of the command.
#[allow(missing_docs, reason = "see above")]
#[derive(Debug, Clone, Default, clap::Args)]
pub struct WordArgs {
    /// Saved folders of `explain`, or folders that hold such folders
    #[arg(value_name = "FOLDER")]
    pub folders: Vec<PathBuf>,

    /// Clusters without pictures instead of folders: image,layer,cluster,weight_percent, with class where known
    #[arg(long, value_name = "CSV", conflicts_with = "folders")]
    pub clusters: Option<PathBuf>,

    /// People's answers: game,player,image,layer,cluster,true_class,guessed_class,hints_used,labels, with control and
    /// language where known
    #[arg(long, value_name = "CSV")]
    pub games: Option<PathBuf>,

    /// The reviewed dictionary: raw,final, with class where it matters; an empty `final` drops the word
    #[arg(long, value_name = "CSV")]
    pub dictionary: Option<PathBuf>,

    /// A further name of a class, dropped from its labels as its own name is: chainsaw=motosega
    #[arg(long = "class-name", value_name = "CLASS=NAME", value_parser = parse_class_name)]
    pub class_names: Vec<(String, String)>,

    /// An image whose games only decide whether a player is trusted
    #[arg(long, value_name = "IMAGE")]
    pub control: Vec<String>,

    /// Skip rows that cannot be used, and say how many and why, instead of stopping at the first
    #[arg(long)]
    pub lenient: bool,
}

impl WordArgs {
    /// Whether nothing was given: the demonstration is meant.
    pub fn is_empty(&self) -> bool {
        self.folders.is_empty() && self.clusters.is_none() && self.games.is_none()
    }

    /// How tables are read.
    pub fn options(&self) -> ReadOptions {
        ReadOptions::default().lenient(self.lenient)
    }

    pub(super) fn clean_params(&self) -> CleanParams {
        let add = |params: CleanParams, (class, name): &(String, String)| params.class_name(class, name);
        self.class_names.iter().fold(CleanParams::default(), add)
    }

    pub(super) fn control_params(&self) -> ControlParams {
        self.control.iter().fold(ControlParams::default(), |params, image| params.image(image))
    }
}

fn parse_class_name(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((class, name)) if !class.trim().is_empty() && !name.trim().is_empty() => {
            Ok((class.trim().to_owned(), name.trim().to_owned()))
        }
        _ => Err("expected CLASS=NAME, for example chainsaw=motosega".into()),
    }
}
