//! How evenly rounds spread over maps: 300 players, 60 maps of 20 photos, reservations that may expire.
//!
//! Two things can pull loads further than one apart, whatever the rules do: a player who met a map's photo must be
//! served another one, and an abandoned round frees its place when it expires. So what is checked at every moment
//! is `load(b) − load(a) ≤ 1 + forced(a, b)` for all maps a and b, where `forced` counts, since b last had no more
//! than a, how often b was chosen by somebody who could not be served a, and how often a place of a was freed.

use std::collections::BTreeSet;

use anv_labels::GameRules;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

const PLAYERS: usize = 300;
const MAPS: usize = 60;
const PHOTOS: usize = 20;
const EXPIRY: u64 = 400;

struct Reservation {
    player: usize,
    map: usize,
    until: u64,
    abandoned: bool,
}

struct World {
    rules: GameRules,
    random: ChaCha8Rng,
    now: u64,
    finished: [u64; MAPS],
    reserved: Vec<Reservation>,
    /// Photos that each player met.
    met: Vec<BTreeSet<usize>>,
    forced: Vec<[u64; MAPS]>,
    choices: u64,
    /// Choices among maps whose loads were at most one apart.
    level_choices: u64,
}

fn photo(map: usize) -> usize {
    map % PHOTOS
}

fn gap(loads: impl IntoIterator<Item = u64>) -> u64 {
    let loads: Vec<u64> = loads.into_iter().collect();
    loads.iter().max().unwrap_or(&0) - loads.iter().min().unwrap_or(&0)
}

impl World {
    fn new(seed: u64) -> Self {
        Self {
            rules: GameRules::default(),
            random: ChaCha8Rng::seed_from_u64(seed),
            now: 0,
            finished: [0; MAPS],
            reserved: Vec::new(),
            met: vec![BTreeSet::new(); PLAYERS],
            forced: vec![[0; MAPS]; MAPS],
            choices: 0,
            level_choices: 0,
        }
    }

    fn loads(&self) -> [u64; MAPS] {
        let mut loads = self.finished;
        self.reserved.iter().for_each(|r| loads[r.map] += 1);
        loads
    }

    /// Ends the rounds whose time has come.
    fn settle(&mut self) {
        while let Some(place) = self.reserved.iter().position(|r| r.until <= self.now) {
            let ended = self.reserved.swap_remove(place);
            if ended.abandoned {
                self.forced[ended.map].iter_mut().for_each(|forced| *forced += 1);
            } else {
                self.finished[ended.map] += 1;
            }
            self.check();
        }
    }

    /// Serves `player` a map by the rules.
    fn serve(&mut self, player: usize, abandon: f64) {
        let loads = self.loads();
        let (served, other): (Vec<_>, Vec<_>) =
            (0..MAPS).partition(|&map| !self.met[player].contains(&photo(map)));
        let served_loads: Vec<u64> = served.iter().map(|&map| loads[map]).collect();
        let map = served[self.rules.fairest(&served_loads, self.random.random()).unwrap()];
        other.iter().for_each(|&a| self.forced[a][map] += 1);
        self.choices += 1;
        self.level_choices += u64::from(gap(served_loads) <= 1);

        self.met[player].insert(photo(map));
        let abandoned = self.random.random_bool(abandon);
        let until = self.now + if abandoned { EXPIRY } else { self.random.random_range(5..100) };
        self.reserved.push(Reservation { player, map, until, abandoned });
        self.check();
    }

    fn check(&mut self) {
        let loads = self.loads();
        for (a, forced) in self.forced.iter_mut().enumerate() {
            for (b, forced) in forced.iter_mut().enumerate() {
                if loads[b] <= loads[a] {
                    *forced = 0;
                }
                assert!(loads[b] <= loads[a] + 1 + *forced, "map {b} was preferred to {a}: {loads:?}");
            }
        }
    }

    /// Lets players come in random order until each met `photos` photos; `each` looks at every moment.
    fn run(mut self, photos: usize, abandon: f64, each: impl Fn(&World)) -> Self {
        loop {
            self.now += 1;
            self.settle();
            let idle = |&player: &usize| self.reserved.iter().all(|r| r.player != player);
            let wanting: Vec<usize> =
                (0..PLAYERS).filter(|&p| self.met[p].len() < photos).filter(idle).collect();
            if !wanting.is_empty() {
                let player = wanting[self.random.random_range(0..wanting.len())];
                self.serve(player, abandon);
            } else if self.reserved.is_empty() {
                return self;
            }
            each(&self);
        }
    }
}

#[test]
fn maps_that_all_can_be_served_are_never_more_than_one_apart() {
    let world = World::new(1).run(1, 0.0, |world| assert!(gap(world.loads()) <= 1));
    assert_eq!(world.finished, [(PLAYERS / MAPS) as u64; MAPS]);
}

#[test]
fn maps_of_one_photo_are_never_more_than_one_apart() {
    // Whoever can be served one of them can be served all of them.
    let world = World::new(2).run(PHOTOS, 0.0, |world| {
        let loads = world.loads();
        for photo in 0..PHOTOS {
            assert!(gap((photo..MAPS).step_by(PHOTOS).map(|map| loads[map])) <= 1);
        }
    });
    // Everybody met every photo, each with one of its three maps.
    assert_eq!(world.finished, [100; MAPS]);
    assert_eq!(world.choices, (PLAYERS * PHOTOS) as u64);
    let share = world.level_choices as f64 / world.choices as f64;
    assert!(share > 0.93, "{share}");
}

#[test]
fn places_of_abandoned_rounds_are_filled_again() {
    let world = World::new(3).run(10, 0.1, |_| ());
    let abandoned = world.choices - world.finished.iter().sum::<u64>();
    // 300 expected, standard deviation 16.
    assert!((235..365).contains(&abandoned), "{abandoned}");
    let share = world.level_choices as f64 / world.choices as f64;
    assert!(share > 0.9, "{share}");
    // Only what expired after the last choices is missing: about 45 games of each map, at most a few less.
    assert!(gap(world.finished) <= 5, "{:?}", world.finished);
}
