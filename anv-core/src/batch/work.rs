//! What one worker does for a batch.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, RecvTimeoutError, TryRecvError};
use std::time::{Duration, Instant};

use image::RgbImage;
use rayon::prelude::*;

use super::{BatchOutcome, PhotoJob};
use crate::stage::{Attributor, Clusterer, Reducer};
use crate::{Attribution, Draft, Error, Pipeline, Result, Stage, Target};

/// A photo on its way.
struct Item<J> {
    index: u64,
    job: J,
    target: Target,
    photo: RgbImage,
}

impl<A, R, C> Pipeline<A, R, C>
where
    A: Attributor + Sync,
    R: Reducer + Sync,
    C: Clusterer + Sync,
{
    /// Decodes the photos, passes them through the network together, clusters and finishes each and gives it to `done`.
    pub(super) fn analyse_batch<J: PhotoJob, T: Send>(
        &self,
        batch: Vec<(u64, J)>,
        finish: &(impl Fn(&J, Draft) -> Result<T> + Sync),
        done: &(impl Fn(BatchOutcome<J, T>) + Sync),
    ) {
        let start = Instant::now();
        let done = |index, job, result| done(BatchOutcome { index, job, result, elapsed: start.elapsed() });
        let decoded =
            batch.into_par_iter().with_max_len(1).filter_map(|(index, job)| match self.decode(&job) {
                Ok((photo, target)) => Some(Item { index, job, target, photo }),
                Err(error) => {
                    done(index, job, Err(error));
                    None
                }
            });
        let items: Vec<_> = decoded.collect();
        let attributions = self.attribute_batch(&items);
        let items = items.into_par_iter().zip(attributions).with_max_len(1);
        items.for_each(|(Item { index, job, photo, .. }, attribution)| {
            let result = attribution.and_then(|attribution| {
                caught(|| {
                    let mut draft = self.cluster(attribution, &photo)?;
                    draft.source = job.source();
                    finish(&job, draft)
                })
            });
            done(index, job, result);
        });
    }

    fn decode(&self, job: &impl PhotoJob) -> Result<(RgbImage, Target)> {
        caught(|| {
            let photo = job.photo().map_err(|e| Error::stage(Stage::Photo, None, e.into()))?;
            Ok((photo, self.needed(&job.target())))
        })
    }

    fn attribute_batch<J>(&self, items: &[Item<J>]) -> Vec<Result<Attribution>> {
        let alone = |item: &Item<J>| caught(|| self.attribute(&item.photo, &item.target));
        match items {
            // The last batch, or one of which no photo could be decoded.
            [] => return Vec::new(),
            [item] => return vec![alone(item)],
            _ => {}
        }
        let photos: Vec<_> = items.iter().map(|item| (&item.photo, &item.target)).collect();
        let together = catch_unwind(AssertUnwindSafe(|| self.attribute_many(&photos)));
        match together {
            Ok(attributions) if attributions.len() == items.len() => attributions,
            // One of them made the stage panic: the others shall not suffer for it.
            _ => items.iter().map(alone).collect(),
        }
    }
}

/// A stage of a user's own may panic; the state that it leaves is its own.
fn caught<T>(step: impl FnOnce() -> Result<T>) -> Result<T> {
    catch_unwind(AssertUnwindSafe(step))
        .unwrap_or_else(|panic| Err(Error::Panic { message: message(&*panic) }))
}

fn message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().copied();
    text.or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no message").to_owned()
}

/// The next result. A thread of a rayon pool works while it waits: it may be the only one.
pub(super) fn receive<T>(results: &Receiver<T>) -> Option<T> {
    loop {
        match results.try_recv() {
            Ok(result) => return Some(result),
            Err(TryRecvError::Disconnected) => return None,
            Err(TryRecvError::Empty) => {}
        }
        match rayon::yield_now() {
            Some(rayon::Yield::Executed) => {}
            Some(rayon::Yield::Idle) => match results.recv_timeout(Duration::from_millis(1)) {
                Ok(result) => return Some(result),
                Err(RecvTimeoutError::Disconnected) => return None,
                Err(RecvTimeoutError::Timeout) => {}
            },
            None => return results.recv().ok(),
        }
    }
}
