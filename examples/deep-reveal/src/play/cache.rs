//! A cache that is bounded by bytes and makes each value once, however many ask for it.

use std::collections::{BTreeMap, HashMap};
use std::hash::Hash;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::OnceCell;

use crate::Result;

/// Values by key; beyond its budget the ones that were not asked for longest are dropped.
#[derive(Debug)]
pub struct ByteCache<K, V> {
    entries: Mutex<Entries<K, V>>,
    budget: usize,
    size: fn(&V) -> usize,
}

#[derive(Debug)]
struct Entries<K, V> {
    by_key: HashMap<K, Entry<V>>,
    /// The made ones by their last use; those in the making are not among them, so they stay.
    by_use: BTreeMap<u64, K>,
    uses: u64,
    bytes: usize,
}

#[derive(Debug)]
struct Entry<V> {
    cell: Arc<OnceCell<V>>,
    /// Last use and size of a made value.
    made: Option<(u64, usize)>,
}

impl<K: Hash + Eq + Clone, V: Clone> ByteCache<K, V> {
    /// An empty cache for values of `budget` bytes together, as `size` measures them.
    pub fn new(budget: usize, size: fn(&V) -> usize) -> Self {
        let entries = Entries { by_key: HashMap::new(), by_use: BTreeMap::new(), uses: 0, bytes: 0 };
        Self { entries: Mutex::new(entries), budget, size }
    }

    /// The value of `key`, from `make` when it is not there. Who asks for it in the meantime waits and gets the same.
    ///
    /// # Errors
    /// The error of `make`; it is not kept, and the next one who asks tries again.
    pub async fn get_or_make<F: Future<Output = Result<V>>>(
        &self,
        key: &K,
        make: impl FnOnce() -> F,
    ) -> Result<V> {
        let flight = Flight { cache: self, key, cell: Some(self.cell(key)) };
        match &flight.cell {
            Some(cell) => cell.get_or_try_init(make).await.cloned(),
            // A flight has its cell until it ends.
            None => make().await,
        }
    }

    /// Bytes of all values that are kept.
    #[cfg(test)]
    pub fn bytes(&self) -> usize {
        self.lock().bytes
    }

    /// Keys that are kept, those in the making included.
    #[cfg(test)]
    pub fn len(&self) -> usize {
        self.lock().by_key.len()
    }

    fn cell(&self, key: &K) -> Arc<OnceCell<V>> {
        let mut entries = self.lock();
        let new = || Entry { cell: Arc::default(), made: None };
        entries.by_key.entry(key.clone()).or_insert_with(new).cell.clone()
    }

    fn lock(&self) -> MutexGuard<'_, Entries<K, V>> {
        // Nothing here panics half-way, so what a poisoned lock guards is whole.
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Books the end of a request, successful or not.
    fn land(&self, key: &K, cell: Arc<OnceCell<V>>) {
        let mut entries = self.lock();
        let ours = entries.by_key.get(key).is_some_and(|entry| Arc::ptr_eq(&entry.cell, &cell));
        match cell.get() {
            Some(value) if ours => {
                let size = (self.size)(value);
                entries.touch(key, size);
                entries.shrink(self.budget);
            }
            // Failed or given up by all who waited: the map's and our own are the last ones.
            None if ours && Arc::strong_count(&cell) <= 2 => {
                entries.by_key.remove(key);
            }
            // Others wait for it still, or it was dropped from the cache while it was used.
            _ => {}
        }
        // Inside the lock, so that the count above is right for whoever lands next.
        drop(cell);
    }
}

impl<K: Hash + Eq + Clone, V> Entries<K, V> {
    fn touch(&mut self, key: &K, size: usize) {
        let Some(entry) = self.by_key.get_mut(key) else { return };
        match entry.made {
            Some((used, _)) => {
                self.by_use.remove(&used);
            }
            None => self.bytes += size,
        }
        self.uses += 1;
        entry.made = Some((self.uses, size));
        self.by_use.insert(self.uses, key.clone());
    }

    fn shrink(&mut self, budget: usize) {
        while self.bytes > budget
            && let Some((_, key)) = self.by_use.pop_first()
        {
            let dropped = self.by_key.remove(&key).and_then(|entry| entry.made);
            self.bytes -= dropped.map_or(0, |(_, size)| size);
        }
    }
}

/// One request; it is booked when it ends, also when the one who asked is gone before the value is there.
struct Flight<'a, K: Hash + Eq + Clone, V: Clone> {
    cache: &'a ByteCache<K, V>,
    key: &'a K,
    cell: Option<Arc<OnceCell<V>>>,
}

impl<K: Hash + Eq + Clone, V: Clone> Drop for Flight<'_, K, V> {
    fn drop(&mut self) {
        if let Some(cell) = self.cell.take() {
            self.cache.land(self.key, cell);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;
    use crate::Error;

    fn cache(budget: usize) -> ByteCache<usize, Vec<u8>> {
        ByteCache::new(budget, Vec::len)
    }

    async fn put(cache: &ByteCache<usize, Vec<u8>>, key: usize, size: usize) {
        cache.get_or_make(&key, || async { Ok(vec![0; size]) }).await.unwrap();
    }

    async fn is_kept(cache: &ByteCache<usize, Vec<u8>>, key: usize) -> bool {
        let kept = std::cell::Cell::new(true);
        let make = || async {
            kept.set(false);
            Ok(vec![0; 10])
        };
        cache.get_or_make(&key, make).await.unwrap();
        kept.get()
    }

    #[tokio::test]
    async fn a_value_is_made_once_for_all_who_ask_at_once() {
        let (cache, made) = (Arc::new(cache(1000)), Arc::new(AtomicUsize::new(0)));
        let ask = |_| {
            let (cache, made) = (cache.clone(), made.clone());
            tokio::spawn(async move {
                let make = || async {
                    tokio::task::yield_now().await;
                    Ok(vec![made.fetch_add(1, Ordering::SeqCst) as u8; 5])
                };
                cache.get_or_make(&7, make).await.unwrap()
            })
        };
        for asked in (0..50).map(ask).collect::<Vec<_>>() {
            assert_eq!(asked.await.unwrap(), [0; 5]);
        }
        assert_eq!((made.load(Ordering::SeqCst), cache.bytes()), (1, 5));
    }

    #[tokio::test]
    async fn bytes_stay_within_the_budget_and_the_unused_go_first() {
        let cache = cache(30);
        for key in 0..3 {
            put(&cache, key, 10).await;
        }
        assert!(is_kept(&cache, 0).await);
        put(&cache, 3, 10).await;
        assert_eq!((cache.bytes(), cache.len()), (30, 3));
        assert!(is_kept(&cache, 0).await);
        assert!(!is_kept(&cache, 1).await);
        for key in 4..1000 {
            put(&cache, key, key % 40).await;
            assert!(cache.bytes() <= 30);
        }
        assert!(cache.len() <= 31);
    }

    #[tokio::test]
    async fn errors_are_not_kept() {
        let cache = cache(100);
        let fail = || async { Err(Error::Unsupported("a failure")) };
        assert!(cache.get_or_make(&1, fail).await.is_err());
        assert_eq!(cache.len(), 0);
        put(&cache, 1, 10).await;
        assert!(is_kept(&cache, 1).await);
    }

    #[tokio::test]
    async fn who_goes_away_leaves_nothing_and_stops_nobody() {
        let cache = cache(100);
        let never = || std::future::pending::<Result<Vec<u8>>>();
        {
            let asked = cache.get_or_make(&1, never);
            let waited = tokio::time::timeout(std::time::Duration::from_millis(5), asked).await;
            assert!(waited.is_err());
        }
        assert_eq!(cache.len(), 0);
        let (gone, second) = tokio::join!(
            async {
                let asked = cache.get_or_make(&1, never);
                tokio::time::timeout(std::time::Duration::from_millis(5), asked).await
            },
            cache.get_or_make(&1, || async { Ok(vec![1]) })
        );
        assert!(gone.is_err());
        assert_eq!((second.unwrap(), cache.bytes()), (vec![1], 1));
    }
}
