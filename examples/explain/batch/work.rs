//! The photos of a shard, one after the other, into the run.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;
use std::thread::{self, Scope, ScopedJoinHandle};

use anv_core::{
    Attributor, BatchOutcome, BatchParams, BatchReport, Clusterer, Draft, Error, PhotoJob, PhotoLimits,
    Pipeline, Reducer, Target, decode_photo, image::RgbImage,
};
use anv_examples::{CommandError, with_causes};
use anv_global::{ClusterRow, PhotoRow, cluster_rows};
use anv_mask::ColorMap;
use sha2::{Digest, Sha256};

use super::journal::{Journal, Maps};
use super::layout::{self, Division, Part};
use super::photos::{Photos, hex};
use super::progress::Progress;
use super::{retry, thumbs};
use crate::shard::Shard;

/// One photo of the run.
struct Job<'a> {
    photo: u64,
    path: PathBuf,
    name: String,
    true_class: Option<String>,
    target: &'a Target,
    sha256: OnceLock<String>,
}

impl PhotoJob for Job<'_> {
    type Error = Error;

    fn photo(&self) -> Result<RgbImage, Error> {
        let bytes = read_file(&self.path, &self.name)?;
        let _ = self.sha256.set(hex(&Sha256::digest(&bytes)));
        decode_photo(&bytes, &self.name, &PhotoLimits::default())
    }

    fn target(&self) -> Target {
        self.target.clone()
    }

    fn source(&self) -> String {
        self.name.clone()
    }
}

/// The bytes of a photo, if there are not too many of them.
pub fn read_file(path: &Path, name: &str) -> Result<Vec<u8>, Error> {
    let io = |source| Error::Io { action: "read", path: path.to_owned(), source };
    let limits = PhotoLimits::default();
    let meta = fs::metadata(path).map_err(io)?;
    if !meta.is_file() {
        // Reading from a pipe could wait for ever.
        return Err(Error::Photo { name: name.into(), reason: "it is no regular file".into() });
    }
    if meta.len() > limits.file_bytes {
        let reason = format!("it has {} bytes, at most {} are read", meta.len(), limits.file_bytes);
        return Err(Error::Photo { name: name.into(), reason });
    }
    fs::read(path).map_err(io)
}

/// What is to be done, and where it goes.
#[derive(Debug)]
pub struct Work<'a> {
    pub run: &'a Path,
    pub photos: &'a Photos,
    pub division: Division,
    pub shard: Shard,
    pub target: Target,
    pub with_maps: bool,
    pub colors: ColorMap,
    /// Whether photos that failed are tried again.
    pub retry_failed: bool,
    pub params: BatchParams,
}

/// What is kept of a photo.
struct Rendered {
    row: PhotoRow,
    clusters: Vec<ClusterRow>,
    maps: Maps,
}

/// Turns full journals into files of their parts, one at a time and beside the photos that follow: hundreds of megabytes
/// go to the disk.
struct Parts<'scope, 'env> {
    work: &'env Work<'env>,
    scope: &'scope Scope<'scope, 'env>,
    finishing: Option<ScopedJoinHandle<'scope, Result<(), CommandError>>>,
}

impl<'scope, 'env> Parts<'scope, 'env> {
    fn finish(&mut self, part: Part, journal: Journal) -> Result<(), CommandError> {
        self.wait()?;
        let Work { run, with_maps, .. } = *self.work;
        self.finishing = Some(self.scope.spawn(move || journal.finish(run, part, with_maps)));
        Ok(())
    }

    fn wait(&mut self) -> Result<(), CommandError> {
        let finished = self.finishing.take().map(ScopedJoinHandle::join);
        finished.unwrap_or(Ok(Ok(()))).unwrap_or_else(|panic| std::panic::resume_unwind(panic))
    }
}

/// What there is to do of a shard.
#[derive(Debug, Default)]
struct Open {
    /// Parts that are not complete, or have failed photos that are tried again.
    parts: Vec<Part>,
    /// Of those that were begun.
    journals: BTreeMap<Part, Journal>,
    /// Complete ones, whose journal is yet to be begun.
    again: BTreeSet<Part>,
    /// Photos of these parts that are not asked about.
    done: BTreeSet<u64>,
}

/// How far a shard has come.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reached {
    /// Photos explained or failed by this process.
    pub now: u64,
    /// Photos of the shard that are still to do.
    pub left: u64,
    pub seconds: f64,
    pub cancelled: bool,
}

impl Work<'_> {
    /// Explains what is missing of the shard.
    ///
    /// # Errors
    /// When the run cannot be written, or another process works on the shard.
    pub fn explain<A, R, C>(&self, pipeline: &Pipeline<A, R, C>) -> Result<Reached, CommandError>
    where
        A: Attributor + Sync,
        R: Reducer + Sync,
        C: Clusterer + Sync,
    {
        let _lock = self.lock()?;
        layout::remove_leftovers(self.run, self.shard.index)?;
        let Open { parts: open, mut journals, mut again, done } = self.open()?;
        let total = self.division.photos_of(self.shard.index);
        let to_do: u64 = open.iter().map(|&part| self.division.length(part)).sum::<u64>() - done.len() as u64;
        if to_do == 0 {
            return Ok(Reached::default());
        }
        if to_do < total {
            eprintln!("{} of {total} photos are there already", total - to_do);
        }
        let mut progress = Progress::new("explaining", total - to_do, total);
        let jobs = open.iter().flat_map(|&part| self.division.photos_in(part)).filter(|p| !done.contains(p));
        let jobs = jobs.filter_map(|photo| self.job(photo));
        let mut told = false;
        let ended: Result<BatchReport, CommandError> = thread::scope(|scope| {
            let mut parts = Parts { work: self, scope, finishing: None };
            let finish = |job: &Job<'_>, draft| Ok(self.render(job, &draft));
            let report = pipeline.analyse_many_into(jobs, &self.params, finish, |outcome| {
                let part = self.division.part_of(outcome.job.photo);
                let mut journal = match journals.remove(&part) {
                    Some(journal) => journal,
                    None if again.remove(&part) => {
                        retry::begin(self.run, &self.division, part, self.with_maps)?
                    }
                    None => Journal::open(self.run, part)?,
                };
                let failed = outcome.result.is_err();
                self.keep(outcome, &mut journal)?;
                progress.advance(failed);
                if self.params.cancel.is_cancelled() && !std::mem::replace(&mut told, true) {
                    progress.say("finishing the photos that were begun; once more to stop at once, nothing that is done gets lost");
                }
                match journal.len() == self.division.length(part) {
                    true => parts.finish(part, journal)?,
                    false => drop(journals.insert(part, journal)),
                }
                Ok(())
            });
            let finished = parts.wait();
            report.and_then(|report| finished.map(|()| report))
        });
        let (now, time) = progress.finish();
        let left = to_do - now;
        ended.map_err(|e| -> CommandError {
            let went = format!(
                "{} of {total} photos of this shard are safe, the same command goes on",
                total - left
            );
            format!("{} ({went})", with_causes(e.as_ref())).into()
        })?;
        Ok(Reached { now, left, seconds: time.as_secs_f64(), cancelled: left > 0 })
    }

    /// What there is to do. A journal that is full is turned into its part.
    fn open(&self) -> Result<Open, CommandError> {
        let (mut open, shard) = (Open::default(), self.shard.index);
        for part in (0..self.division.parts_of(shard)).map(|number| Part { shard, number }) {
            let has_maps = !self.with_maps || part.maps(self.run).is_file();
            match part.is_complete(self.run) && has_maps {
                true if self.retry_failed => self.open_again(part, &mut open)?,
                // Killed between the last file of the part and here, or another try that nobody goes on with.
                true => Journal::remove(self.run, part)?,
                false => self.open_begun(part, &mut open)?,
            }
        }
        open.done.extend(open.journals.values().flat_map(Journal::photos));
        Ok(open)
    }

    /// A part that is not complete.
    fn open_begun(&self, part: Part, open: &mut Open) -> Result<(), CommandError> {
        if part.journal(self.run).is_file() {
            let mut journal = Journal::open(self.run, part)?;
            if self.retry_failed {
                journal.forget_failed();
            }
            if journal.len() == self.division.length(part) {
                return journal.finish(self.run, part, self.with_maps);
            }
            open.journals.insert(part, journal);
        }
        open.parts.push(part);
        Ok(())
    }

    /// A complete part, whose failed photos are tried again.
    fn open_again(&self, part: Part, open: &mut Open) -> Result<(), CommandError> {
        let Some(explained) = retry::explained(self.run, &self.division, part)? else {
            return Journal::remove(self.run, part);
        };
        match retry::unfinished(self.run, part, &explained)? {
            Some(journal) if journal.len() == self.division.length(part) => {
                return journal.finish(self.run, part, self.with_maps);
            }
            Some(journal) => drop(open.journals.insert(part, journal)),
            None => {
                open.done.extend(explained);
                open.again.insert(part);
            }
        }
        open.parts.push(part);
        Ok(())
    }

    fn job(&self, photo: u64) -> Option<Job<'_>> {
        let (path, name, true_class) = self.photos.photo(photo)?;
        Some(Job { photo, path, name, true_class, target: &self.target, sha256: OnceLock::new() })
    }

    /// What takes time, on the worker. Small pictures before the record: what is in the tables has its pictures.
    fn render(&self, job: &Job<'_>, draft: &Draft) -> Result<Rendered, CommandError> {
        thumbs::write(self.run, job.photo, draft, self.colors)?;
        let clusters = cluster_rows(job.photo, &job.name, job.true_class.as_deref(), draft);
        let maps = if self.with_maps { draft.to_safetensors()? } else { Vec::new() };
        Ok(Rendered { row: job.row(Some(draft), None), clusters, maps: Maps::new(maps) })
    }

    fn keep(
        &self,
        outcome: BatchOutcome<Job<'_>, Result<Rendered, CommandError>>,
        journal: &mut Journal,
    ) -> Result<(), CommandError> {
        let BatchOutcome { job, result, elapsed, .. } = outcome;
        let Rendered { mut row, clusters, maps } = match result {
            Ok(rendered) => rendered?,
            Err(error) => Rendered {
                row: job.row(None, Some(&error)),
                clusters: Vec::new(),
                maps: Maps::new(Vec::new()),
            },
        };
        row.seconds = elapsed.as_secs_f64();
        journal.append(row, clusters, &maps)
    }

    /// Held while the process lives; on a file system that knows no locks the user is told and trusted.
    fn lock(&self) -> Result<File, CommandError> {
        let path = layout::lock(self.run, self.shard.index);
        let file = File::options().create(true).append(true).open(&path);
        let file = file.map_err(|e| format!("cannot write {}: {e}", path.display()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                let Shard { index, count } = self.shard;
                Err(format!("another process works on shard {index}/{count} of {}", self.run.display())
                    .into())
            }
            Err(TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
                eprintln!("this file system has no locks: make sure that nobody else works on this shard");
                Ok(file)
            }
            Err(TryLockError::Error(error)) => Err(format!("cannot lock {}: {error}", path.display()).into()),
        }
    }
}

impl Job<'_> {
    /// The photo's row, without its seconds.
    fn row(&self, draft: Option<&Draft>, error: Option<&Error>) -> PhotoRow {
        PhotoRow {
            photo: self.photo,
            image: self.name.clone(),
            status: if error.is_none() { PhotoRow::EXPLAINED } else { PhotoRow::FAILED }.into(),
            reason: error.map(reason),
            class: draft.map(|d| d.class.name.clone()),
            predicted: draft.map(|d| d.predicted.name.clone()),
            probability: draft.map(|d| d.predicted.probability),
            true_class: self.true_class.clone(),
            width: draft.map(|d| d.photo.width().into()),
            height: draft.map(|d| d.photo.height().into()),
            cluster_maps: draft.map_or(0, |d| d.layers.iter().map(|l| l.clusters.len() as u64).sum()),
            seconds: 0.0,
            sha256: self.sha256.get().cloned(),
        }
    }
}

/// Why a photo failed, without its name: so that equal reasons are equal.
fn reason(error: &Error) -> String {
    let text = match error {
        Error::Stage { source, .. } => match source.downcast_ref::<Error>() {
            Some(Error::Photo { reason, .. }) => reason.clone(),
            Some(Error::Io { source, .. }) => format!("it cannot be read: {source}"),
            _ => with_causes(error),
        },
        other => with_causes(other),
    };
    anv_examples::printable(&text)
}
