//! Many photos through one pipeline, with memory for a few.

mod work;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::channel;
use std::time::Duration;

use image::RgbImage;

use crate::stage::{Attributor, BoxError, Clusterer, Reducer};
use crate::{Draft, Pipeline, Result, Target};

/// One photo of many: where its pixels come from and what is asked about it.
///
/// A path, an entry of an archive, a row of a database: the photo is decoded on a worker, when its turn has come.
pub trait PhotoJob: Send {
    /// What can go wrong.
    type Error: Into<BoxError>;

    /// The decoded photo.
    ///
    /// # Errors
    /// Whatever keeps the photo from being read; the other photos are explained all the same.
    fn photo(&self) -> Result<RgbImage, Self::Error>;

    /// The class and the layers to explain; by default the predicted class and all layers.
    fn target(&self) -> Target {
        Target::default()
    }

    /// What [`Draft::source`] will say.
    fn source(&self) -> String {
        String::new()
    }
}

/// How many photos are worked on; the default is one a thread of the surrounding rayon pool, from 2 to 16, each for itself.
#[derive(Debug, Clone)]
pub struct BatchParams {
    /// Photos between decoding and the sink at a time, rounded up to whole batches: memory grows with it. The network and
    /// the clustering of one photo already use several threads, so two keep two threads busy; sixteen threads explain with
    /// sixteen photos half as many again as with two. A GPU wants two or three batches: while one is in the network, photos
    /// of the others are decoded and clustered.
    pub in_flight: usize,
    /// Photos that go through the network together ([`Attributor::attribute_many`]). On a processor batches gain nothing
    /// and hold the feature maps of all their photos.
    pub batch_size: usize,
    /// Ends the run early.
    pub cancel: CancelToken,
}

impl Default for BatchParams {
    fn default() -> Self {
        let in_flight = rayon::current_num_threads().clamp(2, 16);
        Self { in_flight, batch_size: 1, cancel: CancelToken::default() }
    }
}

impl BatchParams {
    /// Sets [`BatchParams::in_flight`]; 0 counts as 1.
    #[must_use]
    pub fn in_flight(mut self, photos: usize) -> Self {
        self.in_flight = photos;
        self
    }

    /// Sets [`BatchParams::batch_size`]; 0 counts as 1.
    #[must_use]
    pub fn batch_size(mut self, photos: usize) -> Self {
        self.batch_size = photos;
        self
    }

    /// Sets [`BatchParams::cancel`].
    #[must_use]
    pub fn cancel(mut self, token: CancelToken) -> Self {
        self.cancel = token;
        self
    }
}

/// Ends a run from another thread or a signal handler; clones belong together.
#[derive(Debug, Clone, Default)]
pub struct CancelToken(Arc<AtomicBool>);

/// A token that is set with this flag, for what knows flags only, such as signal handlers.
impl From<Arc<AtomicBool>> for CancelToken {
    fn from(flag: Arc<AtomicBool>) -> Self {
        Self(flag)
    }
}

impl CancelToken {
    /// No further photo is begun; those begun are finished and handed on.
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Relaxed);
    }

    /// Whether [`CancelToken::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// What became of one photo.
#[derive(Debug)]
pub struct BatchOutcome<J, T = Draft> {
    /// Place among the jobs, from 0.
    pub index: u64,
    /// The job.
    pub job: J,
    /// Its explanation, or what became of it on the worker, or what kept it from being made.
    pub result: Result<T>,
    /// From the start of decoding to the result, on a worker that may have helped other photos meanwhile.
    pub elapsed: Duration,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct BatchReport {
    /// Photos that were explained.
    pub explained: u64,
    /// Photos that could not be.
    pub failed: u64,
    /// Whether it was cancelled before the last photo.
    pub cancelled: bool,
}

impl<A, R, C> Pipeline<A, R, C>
where
    A: Attributor + Sync,
    R: Reducer + Sync,
    C: Clusterer + Sync,
{
    /// Explains one photo after the other and hands each to `sink`, in the order of `jobs`.
    ///
    /// Decoding, network and clustering of a photo overlap with those of the next and with `sink`, which runs on the
    /// calling thread; [`BatchParams::in_flight`] photos are in memory at a time, however many there are. A photo that
    /// fails, even by a panic in one of the stages, is an [`Err`] for the sink and the run goes on; one that makes its
    /// whole batch fail is found by passing its photos one by one. Every draft is the one that [`Pipeline::analyse`] gives
    /// for the photo alone, as far as the attributor's batches equal single photos. Runs in the surrounding rayon pool.
    ///
    /// The GNU C library has a pool of memory a thread, which in long runs costs some tens of megabytes more than in short
    /// ones; a program that minds sets `MALLOC_ARENA_MAX=1`, or `mallopt` as `explain` does.
    ///
    /// ```
    /// # use anv_core::{*, image::RgbImage, ndarray::*};
    /// # struct Halves;
    /// # impl Attributor for Halves {
    /// #     type Error = Error;
    /// #     fn attribute(&self, photo: &RgbImage, _: &Target) -> Result<Attribution> {
    /// #         let layer = LayerInfo { number: 1, name: "brightness".into(), channels: 1, size: (1, 1) };
    /// #         let maps = Array3::from_elem((1, 1, 1), f32::from(photo.get_pixel(0, 0).0[0]));
    /// #         let class = ClassScore { index: 0, name: "photo".into(), logit: 1.0, probability: 1.0 };
    /// #         let preprocessing = Preprocessing {
    /// #             height: 1, width: 1, order: ChannelOrder::Rgb, scale: 1.0, mean: [0.0; 3], std: [1.0; 3],
    /// #         };
    /// #         let model = ModelInfo {
    /// #             name: "one".into(), weights_sha256: String::new(), classes: vec!["photo".into()], preprocessing,
    /// #         };
    /// #         let layers = vec![LayerAttribution::new(layer, maps, array![1.0])?];
    /// #         Ok(Attribution { model, class: class.clone(), predicted: class, layers })
    /// #     }
    /// # }
    /// # struct Flat;
    /// # impl Reducer for Flat {
    /// #     type Error = Error;
    /// #     fn reduce(&self, maps: ArrayView3<'_, f32>, _: u64) -> Result<Embedding> {
    /// #         Ok(Embedding { points: Array2::zeros((maps.dim().0, 2)) })
    /// #     }
    /// # }
    /// # struct Alone;
    /// # impl Clusterer for Alone {
    /// #     type Error = Error;
    /// #     fn cluster(&self, points: ArrayView2<'_, f64>) -> Result<Clustering> {
    /// #         Ok(Clustering { partition: Partition::singletons(points.nrows())?, silhouette: Default::default() })
    /// #     }
    /// # }
    /// # let params = PipelineParams { weight_threshold: WeightThreshold::Off, ..Default::default() };
    /// # let pipeline = Pipeline::new(Halves, Flat, Alone).params(params);
    /// struct Grey(u8);
    ///
    /// impl PhotoJob for Grey {
    ///     type Error = std::io::Error;
    ///     fn photo(&self) -> std::io::Result<RgbImage> {
    ///         match self.0 {
    ///             0 => Err(std::io::ErrorKind::NotFound.into()),
    ///             grey => Ok(RgbImage::from_pixel(1, 1, [grey; 3].into())),
    ///         }
    ///     }
    /// }
    ///
    /// let mut seen = Vec::new();
    /// let jobs = [Grey(7), Grey(0), Grey(9)];
    /// let report = pipeline.analyse_many(jobs, &BatchParams::default(), |outcome| {
    ///     seen.push((outcome.job.0, outcome.result.is_ok()));
    ///     Ok::<(), Error>(()) // or an error, to end the run: the disk is full
    /// })?;
    /// assert_eq!(seen, [(7, true), (0, false), (9, true)]);
    /// assert_eq!((report.explained, report.failed), (2, 1));
    /// # Ok::<(), Error>(())
    /// ```
    ///
    /// # Errors
    /// Only what `sink` returns; photos that were begun by then are finished and dropped.
    pub fn analyse_many<J, E>(
        &self,
        jobs: impl IntoIterator<Item = J>,
        params: &BatchParams,
        sink: impl FnMut(BatchOutcome<J>) -> Result<(), E>,
    ) -> Result<BatchReport, E>
    where
        J: PhotoJob,
    {
        self.analyse_many_into(jobs, params, |_, draft| Ok(draft), sink)
    }

    /// As [`Pipeline::analyse_many`], with `finish` on the worker: what takes a draft's time, such as drawing and
    /// compressing, and can be done for several photos at once. `sink` gets what it gives.
    ///
    /// # Errors
    /// As [`Pipeline::analyse_many`]; an error of `finish` is the photo's.
    pub fn analyse_many_into<J, T, E>(
        &self,
        jobs: impl IntoIterator<Item = J>,
        params: &BatchParams,
        finish: impl Fn(&J, Draft) -> Result<T> + Sync,
        mut sink: impl FnMut(BatchOutcome<J, T>) -> Result<(), E>,
    ) -> Result<BatchReport, E>
    where
        J: PhotoJob,
        T: Send,
    {
        let finish = &finish;
        let mut jobs = jobs.into_iter();
        let (sender, results) = channel();
        let mut report = BatchReport::default();
        let mut early = BTreeMap::new();
        let size = params.batch_size.max(1) as u64;
        let in_flight = (params.in_flight.max(1) as u64).next_multiple_of(size);
        let (mut begun, mut handed_on, mut more) = (0, 0, true);
        rayon::in_place_scope(|scope| {
            loop {
                while more && begun - handed_on + size <= in_flight {
                    if params.cancel.is_cancelled() {
                        // Only an end before the last photo is one.
                        report.cancelled = jobs.next().is_some();
                        more = false;
                        break;
                    }
                    let batch: Vec<_> = (begun..begun + size).zip(&mut jobs).collect();
                    more = batch.len() as u64 == size;
                    begun += batch.len() as u64;
                    let sender = sender.clone();
                    // The receiver is gone when the sink has failed.
                    scope.spawn(move |_| {
                        self.analyse_batch(batch, finish, &|outcome| drop(sender.send(outcome)))
                    });
                }
                if begun == handed_on {
                    return Ok(report);
                }
                if let Some(outcome) = work::receive(&results) {
                    early.insert(outcome.index, outcome);
                }
                while let Some(outcome) = early.remove(&handed_on) {
                    match outcome.result {
                        Ok(_) => report.explained += 1,
                        Err(_) => report.failed += 1,
                    }
                    handed_on += 1;
                    sink(outcome)?;
                }
            }
        })
    }
}
