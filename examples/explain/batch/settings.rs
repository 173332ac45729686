//! `run.json`: what a run is about, and whether a command belongs to it.

use std::fs;
use std::path::{Path, PathBuf};

use anv_core::{ModelInfo, Preprocessing, WeightThreshold, write_file_synced};
use anv_examples::CommandError;
use serde::{Deserialize, Serialize};

use super::layout::Division;
use super::photos::Photos;
use crate::args::Args;

/// The format written and read here.
const FORMAT: u64 = 1;
const FILE: &str = "run.json";

/// Everything that the results follow from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settings {
    pub format: u64,
    pub photos: PhotoSet,
    pub shards: u64,
    /// Photos a part.
    pub part: u64,
    /// Whether maps are kept.
    pub maps: bool,
    pub model: Model,
    pub parameters: Parameters,
}

/// Which photos.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PhotoSet {
    /// The folder that their names start from, as the first command found it.
    pub folder: String,
    pub number: u64,
    /// Checksum of names, order and true classes.
    pub sha256: String,
}

/// Which network.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Model {
    pub name: String,
    pub weights_sha256: String,
    pub classes: Vec<String>,
    pub preprocessing: Preprocessing,
}

/// The options, as they are written on the command line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Parameters {
    /// `None`: the class that the network predicts.
    pub class: Option<String>,
    pub layers: String,
    pub threshold: String,
    pub clusters: String,
    pub seed: u64,
    /// `fast`, `exact` or `half`.
    pub precision: String,
}

impl Settings {
    /// What a command asks for.
    pub fn new(args: &Args, photos: &Photos, model: &ModelInfo) -> Self {
        let folder = fs::canonicalize(&photos.root).unwrap_or_else(|_| photos.root.clone());
        Self {
            format: FORMAT,
            photos: PhotoSet {
                folder: folder.to_string_lossy().into_owned(),
                number: photos.len(),
                sha256: photos.sha256(),
            },
            shards: args.batch.shard.map_or(1, |s| s.count),
            part: args.batch.part.unwrap_or(64),
            maps: !args.batch.no_maps,
            model: Model {
                name: model.name.clone(),
                weights_sha256: model.weights_sha256.clone(),
                classes: model.classes.clone(),
                preprocessing: model.preprocessing.clone(),
            },
            parameters: Parameters::new(args),
        }
    }

    /// The settings kept in a run; `None` where there is none.
    pub fn read(run: &Path) -> Result<Option<Self>, CommandError> {
        #[derive(Deserialize)]
        struct Version {
            format: u64,
        }
        let path = run.join(FILE);
        let bytes = match fs::read(&path) {
            Err(e)
                if matches!(e.kind(), std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory) =>
            {
                return Ok(None);
            }
            bytes => bytes.map_err(|e| format!("cannot read {}: {e}", path.display()))?,
        };
        let damaged = |e: serde_json::Error| format!("{} is damaged: {e}", path.display());
        let version: Version = serde_json::from_slice(&bytes).map_err(damaged)?;
        if version.format != FORMAT {
            let (path, found) = (path.display(), version.format);
            return Err(format!("{path} has format {found}: this version reads format {FORMAT}").into());
        }
        let settings: Self = serde_json::from_slice(&bytes).map_err(damaged)?;
        match settings.shards > 0 && settings.part > 0 {
            true => Ok(Some(settings)),
            false => Err(format!("{} is damaged: a run has shards and parts", path.display()).into()),
        }
    }

    /// How the photos are divided.
    pub fn division(&self) -> Division {
        Division { photos: self.photos.number, shards: self.shards, size: self.part }
    }

    /// Begins the run in a folder, or makes sure that the run there is this one. Several processes may do so at once.
    pub fn claim(&self, run: &Path) -> Result<(), CommandError> {
        if let Some(there) = Self::read(run)? {
            return self.belongs_to(&there, run);
        }
        if let Ok(entries) = fs::read_dir(run) {
            // Another shard that begins at this moment has hidden files there.
            let foreign = |e: fs::DirEntry| !e.file_name().as_encoded_bytes().starts_with(b".");
            if entries.filter_map(Result::ok).any(foreign) {
                return Err(format!("{} exists and is no run: it is left alone", run.display()).into());
            }
        } else if run.exists() {
            return Err(format!("{} is no folder: expected one for the results", run.display()).into());
        }
        let own = run.join(format!(".{FILE}.{}", std::process::id()));
        write_file_synced(&own, |file| Ok(serde_json::to_writer_pretty(file, self)?))?;
        // Unlike a rename, a link does not replace what another process has put there.
        let linked = fs::hard_link(&own, run.join(FILE));
        match linked {
            Err(e) if e.kind() != std::io::ErrorKind::AlreadyExists => {
                // A file system without links.
                fs::rename(&own, run.join(FILE))
                    .map_err(|e| format!("cannot write {}: {e}", run.join(FILE).display()))?;
            }
            _ => drop(fs::remove_file(&own)),
        }
        match Self::read(run)? {
            Some(there) => self.belongs_to(&there, run),
            None => Err(format!("{} vanished", run.join(FILE).display()).into()),
        }
    }

    fn belongs_to(&self, there: &Self, run: &Path) -> Result<(), CommandError> {
        let different = self.differences(there);
        if different.is_empty() {
            return Ok(());
        }
        Err(format!(
            "{} is another run: {}. Give what it was begun with, or another --out",
            run.display(),
            different.join("; ")
        )
        .into())
    }

    /// What differs, in words.
    fn differences(&self, there: &Self) -> Vec<String> {
        let mut all = Vec::new();
        let mut compare = |what: &str, there: &dyn std::fmt::Display, now: &dyn std::fmt::Display| {
            let (there, now) = (there.to_string(), now.to_string());
            if there != now {
                all.push(format!("{what} was {there}, now {now}"));
            }
        };
        let class = |p: &Parameters| p.class.clone().unwrap_or_else(|| "the predicted one".into());
        let (a, b) = (&there.parameters, &self.parameters);
        compare("--class", &class(a), &class(b));
        compare("--layers", &a.layers, &b.layers);
        compare("--threshold", &a.threshold, &b.threshold);
        compare("--clusters", &a.clusters, &b.clusters);
        compare("--seed", &a.seed, &b.seed);
        compare("precision", &a.precision, &b.precision);
        compare("the number of shards", &there.shards, &self.shards);
        compare("--part", &there.part, &self.part);
        compare("keeping maps", &there.maps, &self.maps);
        compare("the number of photos", &there.photos.number, &self.photos.number);
        let model = |m: &Model| format!("{} ({})", m.name, m.weights_sha256.get(..12).unwrap_or_default());
        if there.model.weights_sha256 != self.model.weights_sha256 {
            compare("the network", &model(&there.model), &model(&self.model));
        } else if (&there.model.classes, &there.model.preprocessing)
            != (&self.model.classes, &self.model.preprocessing)
        {
            all.push("the network's class names or preprocessing were others".into());
        } else if there.photos.number == self.photos.number && there.photos.sha256 != self.photos.sha256 {
            all.push("the photos' names, order or true classes were others".into());
        }
        all
    }
}

impl Parameters {
    fn new(args: &Args) -> Self {
        let precision = match (args.exact, args.half) {
            (true, _) => "exact",
            (_, true) => "half",
            _ => "fast",
        };
        Self {
            class: args.class.clone(),
            layers: args.layers.to_string(),
            threshold: match args.threshold {
                WeightThreshold::Off => "off".into(),
                WeightThreshold::Percent(percent) => format!("{percent}%"),
                auto if auto == WeightThreshold::default() => "auto".into(),
                other => format!("{other:?}"),
            },
            clusters: format!("{}-{}", args.clusters.0, args.clusters.1),
            seed: args.seed,
            precision: precision.into(),
        }
    }

    /// The options of these parameters, as words of a command line.
    pub fn words(&self) -> Vec<String> {
        let mut words = Vec::new();
        let seed = self.seed.to_string();
        for (option, value) in [
            ("--layers", &self.layers),
            ("--threshold", &self.threshold),
            ("--clusters", &self.clusters),
            ("--seed", &seed),
        ] {
            words.extend([option.to_owned(), value.clone()]);
        }
        words.extend(self.class.iter().flat_map(|class| ["--class".to_owned(), class.clone()]));
        words.extend((self.precision != "fast").then(|| format!("--{}", self.precision)));
        words
    }
}

/// `explained/NAME` for the folder or list `NAME`.
pub fn default_folder(from: &Path) -> PathBuf {
    let real = fs::canonicalize(from).unwrap_or_else(|_| from.to_owned());
    let stem = real.file_stem().map(|s| s.to_string_lossy().into_owned());
    Path::new("explained").join(stem.filter(|s| !s.is_empty()).unwrap_or_else(|| "photos".into()))
}
