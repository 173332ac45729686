//! Several photos in one pass of the network: each is answered as it would be alone, on every device that this machine
//! has.
#![allow(clippy::unwrap_used, reason = "a failing test says so")]

#[path = "common/random.rs"]
mod random;

use anv_core::{
    Attribution, Attributor, ClassChoice, LayerSelection, MapSelection, Target, WeightThreshold,
    image::RgbImage, testing,
};
use anv_gradcam::candle_core::Device;
use anv_gradcam::{Convolution, Error, GradCam};
use proptest::prelude::*;
use random::{Weights, devices, photo};

/// Batches and single photos, as a share of a layer's largest value: sums may be taken in another order, since the way of
/// computing a convolution is chosen by its size.
const TOLERANCE: f64 = 1e-5;

fn kept() -> Target {
    Target { maps: MapSelection::Kept(WeightThreshold::default()), ..Target::default() }
}

/// Largest difference of weights or maps of any layer, as a share of that layer's largest weight or value.
fn deviation(found: &Attribution, expected: &Attribution) -> f64 {
    assert_eq!(found.class.index, expected.class.index);
    assert_eq!(found.layers.len(), expected.layers.len());
    let share = |pairs: &mut dyn Iterator<Item = (f64, f64)>| {
        let (mut off, mut largest) = (0f64, 1e-12f64);
        pairs.for_each(|(a, b)| (off, largest) = (off.max((a - b).abs()), largest.max(b.abs())));
        off / largest
    };
    let of_layer = |(a, b): (&anv_core::LayerAttribution, &anv_core::LayerAttribution)| {
        assert_eq!((a.layer(), a.channels()), (b.layer(), b.channels()));
        let weights = share(&mut a.weights().iter().copied().zip(b.weights().iter().copied()));
        let values =
            |l: &anv_core::LayerAttribution| l.maps().iter().map(|&v| f64::from(v)).collect::<Vec<_>>();
        weights.max(share(&mut values(a).into_iter().zip(values(b))))
    };
    found.layers.iter().zip(&expected.layers).map(of_layer).fold(0.0, f64::max)
}

#[test]
fn a_batch_answers_as_single_photos_do() {
    for (name, device, convolution) in devices() {
        let network = Weights::new(5).network(&device, (16, 20)).unwrap().with_convolution(convolution);
        let cam = GradCam::new(network);
        let photos: Vec<_> = (0..7).map(|seed| photo(seed, 50, 40)).collect();
        let targets: Vec<_> = (0..7)
            .map(|n| Target {
                class: if n % 3 == 0 { ClassChoice::Predicted } else { ClassChoice::Index(n % 5) },
                maps: if n % 2 == 0 { MapSelection::All } else { kept().maps },
                ..Target::default()
            })
            .collect();
        let asked: Vec<_> = photos.iter().zip(&targets).collect();
        let mut worst = 0f64;
        for (answer, (photo, target)) in cam.attribute_many(&asked).iter().zip(&asked) {
            let alone = cam.attribute(photo, target).unwrap();
            worst = worst.max(deviation(answer.as_ref().unwrap(), &alone));
        }
        eprintln!("{name}: largest deviation {worst:.1e} of the layer's largest");
        assert!(worst < TOLERANCE, "{name}: {worst}");
    }
}

#[test]
fn an_attributor_as_others_are() {
    for (_, device, convolution) in devices() {
        let network = Weights::new(8).network(&device, (32, 32)).unwrap().with_convolution(convolution);
        testing::check_attributor(&GradCam::new(network), &photo(8, 40, 40)).unwrap();
    }
}

#[test]
fn what_is_wrong_with_one_photo_is_its_own() {
    let cam = GradCam::new(Weights::new(6).network(&Device::Cpu, (32, 32)).unwrap());
    let good = photo(1, 40, 30);
    let empty = RgbImage::new(0, 3);
    let layers = |first, last| LayerSelection::Range(first..=last);
    let targets = [
        Target::default(),
        Target { class: ClassChoice::Name("cup".into()), ..Target::default() },
        Target { layers: layers(2, 9), ..Target::default() },
        Target { layers: layers(2, 3), ..Target::default() },
        Target { maps: MapSelection::Kept(WeightThreshold::Percent(-1.0)), ..Target::default() },
    ];
    let asked: Vec<_> = targets.iter().map(|t| (&good, t)).chain([(&empty, &targets[0])]).collect();
    let answers = cam.attribute_many(&asked);
    let alone = cam.attribute(&good, &targets[0]).unwrap();
    assert!(deviation(answers[0].as_ref().unwrap(), &alone) < TOLERANCE);
    assert!(matches!(answers[1], Err(Error::UnknownClass { .. })));
    assert!(matches!(answers[2], Err(Error::Core(anv_core::Error::LayerRange { .. }))));
    assert_eq!(answers[3].as_ref().unwrap().layers.len(), 2);
    assert!(matches!(answers[4], Err(Error::Core(anv_core::Error::Parameter { .. }))));
    assert!(matches!(answers[5], Err(Error::EmptyPhoto { .. })));
    assert!(cam.attribute_many(&[]).is_empty());
}

/// Numbers of a bright photo outgrow half precision; the dark one in the same batch has its answer all the same.
#[test]
fn a_sample_that_is_not_finite_is_alone_with_it() {
    let mut source = Weights::new(1);
    source.kernels[0] = (&source.kernels[0] * 1e5).unwrap();
    let half = source.network(&Device::Cpu, (32, 40)).unwrap().with_convolution(Convolution::Half);
    let cam = GradCam::new(half);
    // Torchvision's mean colour: inputs near 0.
    let plain = |colour: [u8; 3]| RgbImage::from_pixel(40, 32, colour.into());
    let (bright, dull) = (plain([255; 3]), plain([124, 116, 104]));
    let target = Target::default();
    let answers = cam.attribute_many(&[(&bright, &target), (&dull, &target), (&bright, &target)]);
    assert!(matches!(answers[0], Err(Error::OutputNotFinite)), "{:?}", answers[0].as_ref().err());
    assert_eq!(answers[1].as_ref().unwrap(), &cam.attribute(&dull, &target).unwrap());
    assert!(answers[2].is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn kept_maps_are_those_of_all(seed in 0u64..1000, percent in 0.0..12.0f64) {
        let cam = GradCam::new(Weights::new(seed).network(&Device::Cpu, (24, 28)).unwrap());
        let photo = photo(seed, 30, 30);
        let maps = MapSelection::Kept(WeightThreshold::Percent(percent));
        let all = cam.attribute(&photo, &Target::default()).unwrap();
        let some = cam.attribute(&photo, &Target { maps, ..Target::default() }).unwrap();
        for (all, some) in all.layers.iter().zip(&some.layers) {
            prop_assert_eq!(all.weights(), some.weights());
            let channels = maps.channels(all.weights().view()).unwrap();
            prop_assert_eq!(some.channels(), &channels[..]);
            prop_assert_eq!(all.maps_of(&channels).unwrap(), some.maps().view());
            let dropped = (0..all.layer().channels).find(|c| !channels.contains(c));
            if let Some(channel) = dropped {
                let error = some.maps_of(&[channel]).unwrap_err();
                prop_assert!(matches!(error, anv_core::Error::MapMissing { .. }), "{}", error);
            }
        }
    }
}
