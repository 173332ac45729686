//! Threads for work that takes its time.

use std::io;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use rayon::ThreadPoolBuilder;
use tokio::sync::oneshot;

use crate::{Error, Result};

type Job = Box<dyn FnOnce() + Send>;

/// A few threads and one queue before them.
///
/// What is divided among threads elsewhere stays on one of these: with several players waiting, each thread has a picture
/// of its own to make, and threads that wait for one another's parts of it would be slower.
#[derive(Debug)]
pub(super) struct Workers(Sender<Job>);

impl Workers {
    pub fn new(threads: usize) -> io::Result<Self> {
        let (sender, receiver) = channel();
        let receiver = Arc::new(Mutex::new(receiver));
        for number in 0..threads.max(1) {
            let receiver = Arc::clone(&receiver);
            thread::Builder::new().name(format!("pictures-{number}")).spawn(move || work(&receiver))?;
        }
        Ok(Self(sender))
    }

    /// Runs `job` as soon as a thread is free, unless nobody waits for it any more.
    pub async fn run<T: Send + 'static>(
        &self,
        job: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let (done, result) = oneshot::channel();
        let job = move || {
            if !done.is_closed() {
                let _ = done.send(job());
            }
        };
        let stopped = || Error::Damaged { what: "picture", reason: "its making was interrupted".into() };
        self.0.send(Box::new(job)).map_err(|_| stopped())?;
        result.await.map_err(|_| stopped())?
    }
}

/// Works until nobody can send jobs any more.
fn work(jobs: &Mutex<Receiver<Job>>) {
    // A pool of this thread alone; without it rayon would divide the work among threads of its own.
    let pool = ThreadPoolBuilder::new().num_threads(1).use_current_thread().build();
    if let Err(error) = pool {
        tracing::warn!(%error, "pictures are divided among threads");
    }
    loop {
        let job = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        // Whoever waits hears that there is no result; the panic's own message went to the log by its hook.
        let _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::time::Duration;

    use rayon::prelude::*;

    use super::*;

    #[tokio::test]
    async fn no_more_than_allowed_run_at_once() {
        let workers = Arc::new(Workers::new(2).unwrap());
        let counts = Arc::new((AtomicUsize::new(0), AtomicUsize::new(0)));
        let job = |_| {
            let (workers, counts) = (workers.clone(), counts.clone());
            tokio::spawn(async move {
                let work = move || {
                    let now = counts.0.fetch_add(1, Ordering::SeqCst) + 1;
                    counts.1.fetch_max(now, Ordering::SeqCst);
                    thread::sleep(Duration::from_millis(5));
                    counts.0.fetch_sub(1, Ordering::SeqCst);
                    Ok(())
                };
                workers.run(work).await.unwrap();
            })
        };
        for job in (0..12).map(job).collect::<Vec<_>>() {
            job.await.unwrap();
        }
        assert_eq!(counts.1.load(Ordering::SeqCst), 2);
    }

    #[tokio::test]
    async fn work_stays_on_its_thread() {
        let divided = || {
            let here = thread::current().id();
            Ok((0..10_000).into_par_iter().all(|_| thread::current().id() == here))
        };
        assert!(Workers::new(2).unwrap().run(divided).await.unwrap());
    }

    #[tokio::test]
    async fn a_panic_is_an_error_and_the_thread_goes_on() {
        let workers = Workers::new(1).unwrap();
        let error = workers.run(|| -> Result<()> { panic!("a test's panic") }).await.unwrap_err();
        assert!(error.to_string().contains("interrupted"), "{error}");
        assert_eq!(workers.run(|| Ok(7)).await.unwrap(), 7);
    }

    #[tokio::test]
    async fn what_nobody_waits_for_is_not_done() {
        let (workers, done) = (Workers::new(1).unwrap(), Arc::new(AtomicUsize::new(0)));
        let (begin, begun) = channel::<()>();
        let busy = workers.run(move || Ok(begun.recv().is_ok()));
        let count = || {
            let done = done.clone();
            workers.run(move || Ok(done.fetch_add(1, Ordering::SeqCst)))
        };
        let give_up = async {
            assert!(tokio::time::timeout(Duration::from_millis(20), count()).await.is_err());
            begin.send(()).unwrap();
        };
        assert!(tokio::join!(busy, give_up).0.unwrap());
        assert_eq!(count().await.unwrap(), 0);
    }
}
