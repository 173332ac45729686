//! Many photos: order, failures, cancellation, memory, pools of any size.
#![allow(clippy::unwrap_used, reason = "a failing test says so")]

mod common;

use std::sync::atomic::{AtomicUsize, Ordering};

use anv_core::image::RgbImage;
use anv_core::*;
use common::{Flat, ModuloThree, ThreeLayers};
use proptest::prelude::*;

/// What is wrong with a job, and how long it takes.
#[derive(Debug, Clone, Copy)]
struct Job {
    kind: Kind,
    micros: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Good,
    Broken,
    Panics,
    WrongLayers,
    /// Its batch panics in the network, and it itself when it is alone.
    Poisons,
}

/// Photos decoded and not yet handed on, and the most there ever were.
#[derive(Default)]
struct Alive(AtomicUsize, AtomicUsize);

struct Counted<'a>(Job, &'a Alive);

impl PhotoJob for Counted<'_> {
    type Error = std::io::Error;

    fn photo(&self) -> std::io::Result<RgbImage> {
        let alive = self.1.0.fetch_add(1, Ordering::SeqCst) + 1;
        self.1.1.fetch_max(alive, Ordering::SeqCst);
        std::thread::sleep(std::time::Duration::from_micros(self.0.micros));
        match self.0.kind {
            Kind::Broken => Err(std::io::ErrorKind::InvalidData.into()),
            Kind::Panics => panic!("on purpose"),
            Kind::Poisons => Ok(RgbImage::new(1, 1)),
            _ => Ok(common::photo()),
        }
    }

    fn target(&self) -> Target {
        let layers = if self.0.kind == Kind::WrongLayers { "7-9" } else { "all" };
        Target { layers: layers.parse().unwrap(), ..Target::default() }
    }

    fn source(&self) -> String {
        format!("{}.jpg", self.0.micros)
    }
}

/// Takes batches, remembers the largest, and panics for photos of one pixel.
#[derive(Default)]
struct Batches(AtomicUsize);

impl Attributor for Batches {
    type Error = Error;

    fn attribute(&self, photo: &RgbImage, target: &Target) -> Result<Attribution> {
        assert!(photo.width() > 1, "on purpose");
        ThreeLayers.attribute(photo, target)
    }

    fn attribute_many(&self, photos: &[(&RgbImage, &Target)]) -> Vec<Result<Attribution>> {
        assert!(photos.len() > 1, "a batch of none or one is none");
        self.0.fetch_max(photos.len(), Ordering::SeqCst);
        photos.iter().map(|(photo, target)| self.attribute(photo, target)).collect()
    }
}

fn pipeline() -> Pipeline<Batches, Flat, ModuloThree> {
    Pipeline::new(Batches::default(), Flat, ModuloThree)
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![4 => Just(Kind::Good), 1 => Just(Kind::Broken), 1 => Just(Kind::Panics), 1 => Just(Kind::WrongLayers), 1 => Just(Kind::Poisons)]
}

fn check(jobs: &[Job], in_flight: usize, batch_size: usize) -> Result<(), TestCaseError> {
    let batches = Batches::default();
    let (alive, pipeline) = (Alive::default(), Pipeline::new(&batches, Flat, ModuloThree));
    let alone = pipeline.analyse(&common::photo(), &Target::default()).unwrap();
    let mut seen = Vec::new();
    let params = BatchParams::default().in_flight(in_flight).batch_size(batch_size);
    let all = jobs.iter().map(|&job| Counted(job, &alive));
    let report = pipeline.analyse_many(all, &params, |outcome| -> Result<(), TestCaseError> {
        alive.0.fetch_sub(1, Ordering::SeqCst);
        prop_assert_eq!(outcome.index, seen.len() as u64);
        match (outcome.job.0.kind, &outcome.result) {
            (Kind::Good, Ok(draft)) => {
                prop_assert_eq!(&draft.source, &outcome.job.source());
                prop_assert_eq!(&Draft { source: String::new(), ..draft.clone() }, &alone);
            }
            (Kind::Broken, Err(Error::Stage { stage: Stage::Photo, .. }))
            | (Kind::WrongLayers, Err(Error::Stage { stage: Stage::Attribution, .. })) => {}
            (Kind::Panics | Kind::Poisons, Err(Error::Panic { message })) => {
                prop_assert_eq!(message, "on purpose")
            }
            (kind, result) => prop_assert!(false, "{:?}: {:?}", kind, result.as_ref().err()),
        }
        seen.push(outcome.job.0.micros);
        Ok(())
    })?;
    prop_assert_eq!(seen, jobs.iter().map(|j| j.micros).collect::<Vec<_>>());
    let good = jobs.iter().filter(|j| j.kind == Kind::Good).count() as u64;
    let failed = jobs.len() as u64 - good;
    prop_assert_eq!(report, BatchReport { explained: good, failed, cancelled: false });
    let at_most = in_flight.max(1).next_multiple_of(batch_size.max(1));
    prop_assert!(alive.1.load(Ordering::SeqCst) <= at_most, "more photos at a time than asked for");
    let largest = batches.0.load(Ordering::SeqCst);
    prop_assert!(largest <= batch_size.max(1));
    if batch_size > 1 && good == jobs.len() as u64 && jobs.len() > 1 {
        prop_assert_eq!(largest, batch_size.min(jobs.len()), "photos go through the network together");
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_photo_once_in_order_whatever_happens(
        jobs in prop::collection::vec((kind(), 0u64..300).prop_map(|(kind, micros)| Job { kind, micros }), 0..24),
        in_flight in 0usize..6,
        batch_size in 0usize..5,
        threads in 1usize..5,
    ) {
        // The default hook would print every panic on purpose.
        std::panic::set_hook(Box::new(|_| {}));
        check(&jobs, in_flight, batch_size)?;
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| check(&jobs, in_flight, batch_size))?;
    }
}

#[test]
fn a_cancelled_run_hands_on_what_was_begun() {
    let (alive, params) = (Alive::default(), BatchParams::default());
    let jobs = (0..50).map(|micros| Counted(Job { kind: Kind::Good, micros }, &alive));
    let mut handed_on = 0;
    let report = pipeline().analyse_many(jobs, &params, |_| {
        handed_on += 1;
        if handed_on == 5 {
            params.cancel.cancel();
        }
        Ok::<(), Error>(())
    });
    let report = report.unwrap();
    assert!(report.cancelled && report.failed == 0);
    assert_eq!(report.explained, handed_on);
    assert!((5..=5 + params.in_flight as u64).contains(&handed_on), "{handed_on}");
    assert_eq!(alive.0.load(Ordering::SeqCst), handed_on as usize, "begun but not handed on");
}

#[test]
fn an_error_of_the_sink_ends_the_run() {
    let alive = Alive::default();
    let jobs = (0..50).map(|micros| Counted(Job { kind: Kind::Good, micros }, &alive));
    let mut handed_on = 0;
    let result = pipeline().analyse_many(jobs, &BatchParams::default(), |_| {
        handed_on += 1;
        if handed_on == 3 { Err("disk full") } else { Ok(()) }
    });
    assert_eq!(result.unwrap_err(), "disk full");
    assert_eq!(handed_on, 3);
}
