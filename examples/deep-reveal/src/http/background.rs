//! Work that an answer does not wait for: mails, whose sending would tell whether an address is known.

use std::future::Future;
use std::sync::Arc;

use tokio::sync::Semaphore;

const MOST: u32 = 64;

/// A bounded number of tasks that the server waits for before it ends.
#[derive(Clone)]
pub(crate) struct Background(Arc<Semaphore>);

impl Background {
    pub(crate) fn new() -> Self {
        Background(Arc::new(Semaphore::new(MOST as usize)))
    }

    /// Starts `work`; `false` when too much is going on already.
    pub(crate) fn start(&self, work: impl Future<Output = ()> + Send + 'static) -> bool {
        let Ok(place) = self.0.clone().try_acquire_owned() else { return false };
        tokio::spawn(async move {
            work.await;
            drop(place);
        });
        true
    }

    /// Waits until all that was started is done.
    pub(crate) async fn finish(&self) {
        let _all = self.0.acquire_many(MOST).await;
    }
}
