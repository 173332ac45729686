//! How often somebody may ask: token buckets in memory, bounded whatever happens.
//!
//! A bucket is one number, the time at which it will be full again (the generic cell rate algorithm). Keys are
//! hashed with a key of this process, so that neither addresses nor names lie in memory.

use std::collections::HashMap;
use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

/// So many at once, and one more each so many milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// How many may come at once.
    pub burst: u32,
    /// Milliseconds until one more is allowed.
    pub every: u32,
}

impl Rate {
    const fn new(burst: u32, every: u32) -> Self {
        Rate { burst, every }
    }
}

/// The rates of the game. The defaults leave room for a lecture hall behind one address that starts at once; what is
/// expensive or tempting has stricter ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Limits {
    /// Requests of one session: a round is some fifteen, a page two or three.
    pub session: Rate,
    /// Requests of one address.
    pub address: Rate,
    /// New guests of one address.
    pub guests: Rate,
    /// Registrations of one address.
    pub registrations: Rate,
    /// Logins of one address.
    pub logins: Rate,
    /// Logins of one address under one name: the limit that a guesser meets.
    pub logins_as: Rate,
    /// Logins under one name from anywhere: a guesser with many addresses. High enough that nobody is locked out by
    /// somebody else's few tries.
    pub logins_name: Rate,
    /// Reset mails asked for from one address.
    pub resets: Rate,
    /// Reset mails to one address of e-mail.
    pub resets_to: Rate,
}

impl Default for Limits {
    fn default() -> Self {
        let (second, minute) = (1_000, 60_000);
        Limits {
            session: Rate::new(60, second / 5),
            address: Rate::new(3_000, second / 250),
            guests: Rate::new(250, minute / 10),
            registrations: Rate::new(150, minute / 5),
            logins: Rate::new(150, minute / 15),
            logins_as: Rate::new(8, minute),
            logins_name: Rate::new(60, minute / 6),
            resets: Rate::new(60, minute),
            resets_to: Rate::new(3, 15 * minute),
        }
    }
}

/// What is limited; with its key, a bucket.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Action<'a> {
    Session(&'a str),
    Address(IpAddr),
    Guest(IpAddr),
    Register(IpAddr),
    Login(IpAddr),
    LoginAs(IpAddr, &'a str),
    LoginName(&'a str),
    Reset(IpAddr),
    ResetTo(&'a str),
    /// Writing down that a session is in use.
    Extend(&'a str),
}

/// Once a day.
const DAILY: Rate = Rate::new(1, 24 * 3600 * 1000);

/// Too often; when to come again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct TooOften {
    /// Seconds, at least one.
    pub(crate) seconds: u32,
}

/// Buckets of all keys.
pub(crate) struct Limiter {
    limits: Limits,
    hasher: RandomState,
    buckets: Mutex<Buckets>,
}

/// Two generations: when the young one is half of what may be kept, it becomes the old one and the old one is
/// forgotten, in constant time. A key in use moves to the young one.
struct Buckets {
    most: usize,
    young: HashMap<u64, i64>,
    old: HashMap<u64, i64>,
}

impl Limiter {
    /// 200,000 buckets take some 5 MB.
    pub(crate) fn new(limits: Limits) -> Self {
        Self::with_room(limits, 200_000)
    }

    fn with_room(limits: Limits, most: usize) -> Self {
        let buckets = Buckets { most: most.max(2), young: HashMap::new(), old: HashMap::new() };
        Limiter { limits, hasher: RandomState::new(), buckets: Mutex::new(buckets) }
    }

    /// Counts one `action` at `now` (milliseconds). A refused one is not counted.
    pub(crate) fn check(&self, action: Action<'_>, now: i64) -> Result<(), TooOften> {
        let rate = self.rate(action);
        let key = self.hasher.hash_one(action);
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let full = buckets.get(key).unwrap_or(now).max(now);
        let next = full.saturating_add(i64::from(rate.every));
        let wait = next - now - i64::from(rate.every) * i64::from(rate.burst);
        if wait > 0 {
            return Err(TooOften { seconds: u32::try_from((wait + 999) / 1_000).unwrap_or(u32::MAX) });
        }
        buckets.put(key, next);
        Ok(())
    }

    fn rate(&self, action: Action<'_>) -> Rate {
        let limits = &self.limits;
        match action {
            Action::Session(_) => limits.session,
            Action::Address(_) => limits.address,
            Action::Guest(_) => limits.guests,
            Action::Register(_) => limits.registrations,
            Action::Login(_) => limits.logins,
            Action::LoginAs(..) => limits.logins_as,
            Action::LoginName(_) => limits.logins_name,
            Action::Reset(_) => limits.resets,
            Action::ResetTo(_) => limits.resets_to,
            Action::Extend(_) => DAILY,
        }
    }
}

impl Buckets {
    fn get(&self, key: u64) -> Option<i64> {
        self.young.get(&key).or_else(|| self.old.get(&key)).copied()
    }

    fn put(&mut self, key: u64, full: i64) {
        if self.young.len() >= self.most / 2 && !self.young.contains_key(&key) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.insert(key, full);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(burst: u32, every: u32) -> Limiter {
        let session = Rate::new(burst, every);
        Limiter::with_room(Limits { session, address: Rate::new(1, 1_000), ..Limits::default() }, 10)
    }

    #[test]
    fn a_burst_then_one_at_a_time() {
        let limiter = limiter(3, 1_000);
        let ask = |now| limiter.check(Action::Session("a"), now);
        assert!((0..3).all(|_| ask(0).is_ok()));
        assert_eq!(ask(0), Err(TooOften { seconds: 1 }));
        assert_eq!(ask(999), Err(TooOften { seconds: 1 }));
        assert_eq!(ask(1_000), Ok(()));
        assert_eq!(ask(1_000), Err(TooOften { seconds: 1 }));
        // After a long rest the burst is there again, and no more than it.
        assert!((0..3).all(|_| ask(1_000_000).is_ok()));
        assert!(ask(1_000_000).is_err());
    }

    #[test]
    fn refused_requests_do_not_prolong_the_wait() {
        let limiter = limiter(1, 5_000);
        let ask = |now| limiter.check(Action::Session("a"), now);
        assert!(ask(0).is_ok());
        for now in 0..5 {
            assert!(ask(now * 1_000).is_err());
        }
        assert_eq!(ask(5_000), Ok(()));
    }

    #[test]
    fn keys_and_actions_have_buckets_of_their_own() {
        let limiter = limiter(1, 1_000);
        let address = IpAddr::from([1, 2, 3, 4]);
        assert!(limiter.check(Action::Session("a"), 0).is_ok());
        assert!(limiter.check(Action::Session("b"), 0).is_ok());
        assert!(limiter.check(Action::Address(address), 0).is_ok());
        assert!(limiter.check(Action::LoginAs(address, "a"), 0).is_ok());
        assert!(limiter.check(Action::Address(address), 0).is_err());
        assert!(limiter.check(Action::Session("a"), 0).is_err());
    }

    #[test]
    fn memory_is_bounded_and_a_key_in_use_is_not_forgotten() {
        let limiter = limiter(2, 1_000_000);
        assert!(limiter.check(Action::Session("busy"), 0).is_ok());
        for i in 0..1_000 {
            let _ = limiter.check(Action::Session(&i.to_string()), 0);
            let buckets = limiter.buckets.lock().unwrap();
            assert!(buckets.young.len() + buckets.old.len() <= 10);
        }
        let busy = |now| limiter.check(Action::Session("busy"), now).is_ok();
        assert!(busy(0) && busy(0) && !busy(0));
        for i in 0..4 {
            assert!(limiter.check(Action::Session(&format!("other {i}")), 0).is_ok());
        }
        assert!(!busy(0));
    }

    #[test]
    fn a_clock_that_goes_back_locks_nobody_out() {
        let limiter = limiter(2, 1_000);
        assert!(limiter.check(Action::Session("a"), 10_000).is_ok());
        assert_eq!(limiter.check(Action::Session("b"), 0), Ok(()));
        assert_eq!(limiter.check(Action::Session("a"), 0), Err(TooOften { seconds: 10 }));
    }

    /// Thirty people behind one address sign up, play a step each second and look something up, for ten minutes.
    #[test]
    fn a_classroom_is_not_held_up() {
        let limiter = Limiter::new(Limits::default());
        let address = IpAddr::from([10, 0, 0, 1]);
        for person in 0..30 {
            let name = format!("person {person}");
            for action in [
                Action::Guest(address),
                Action::Register(address),
                Action::Login(address),
                Action::LoginAs(address, &name),
                Action::Reset(address),
            ] {
                assert_eq!(limiter.check(action, 0), Ok(()), "{action:?}");
            }
        }
        for second in 0..600 {
            for person in 0..30 {
                for _ in 0..3 {
                    let now = second * 1_000;
                    assert_eq!(limiter.check(Action::Address(address), now), Ok(()));
                    assert_eq!(limiter.check(Action::Session(&format!("{person}")), now), Ok(()));
                }
            }
        }
    }

    /// What is left for somebody who guesses a password all day.
    #[test]
    fn a_guesser_gets_some_fifteen_hundred_tries_a_day() {
        let limiter = Limiter::new(Limits::default());
        let address = IpAddr::from([10, 0, 0, 1]);
        let day = 24 * 3600;
        let tries =
            (0..day).filter(|s| limiter.check(Action::LoginAs(address, "ann"), s * 1_000).is_ok()).count();
        assert_eq!(tries, 8 + day as usize / 60 - 1);
    }
}
