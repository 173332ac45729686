//! Masks against independent numbers, and what must hold for any map.

mod common;

use anv_core::image::RgbImage;
use anv_core::ndarray::{Array2, array};
use anv_mask::{Error, MaskParams, THESIS_LEVELS};
use common::Golden;
use proptest::prelude::*;

/// The golden masks are blurred over every pixel in f64 and stored in f32, ours over cells in f32.
const MASK_TOLERANCE: f64 = 1e-3;
/// The percentile interpolates the same f32 values in f64 in the same order of operations.
const PERCENTILE_TOLERANCE: f64 = 1e-12;

#[test]
fn golden_masks() {
    for name in ["elephant", "motorcycle"] {
        let Some(golden) = Golden::read(&format!("{name}-masks.safetensors")) else { return };
        let (mut worst_percentile, mut worst_mask, mut compared) = (0.0f64, 0.0f64, 0);
        for layer in [7, 10, 13] {
            let heat = golden.matrix(&format!("layer{layer:02}.heat"));
            for size in [256, 512] {
                let masks = MaskParams::default().masks(heat.view(), size, size).unwrap();
                for (hint, mask) in masks.iter().enumerate() {
                    let key = |what: &str| format!("layer{layer:02}.{size}.hint{hint}.{what}");
                    assert_eq!(mask.shown_pixels() as f64, golden.scalar(&key("count")), "{}", key("count"));
                    let percentile = golden.scalar(&key("percentile"));
                    worst_percentile = worst_percentile
                        .max((mask.percentile() - percentile).abs() / percentile.abs().max(1.0));
                    let expected = golden.matrix(&key("mask_every_8"));
                    for ((y, x), &e) in expected.indexed_iter() {
                        worst_mask = worst_mask.max(f64::from(mask.values()[[8 * y, 8 * x]] - e).abs());
                    }
                    compared += 1;
                }
            }
        }
        println!(
            "{name}: {compared} masks, counts equal, percentile {worst_percentile:.1e}, mask {worst_mask:.1e}"
        );
        assert_eq!(compared, 36);
        assert!(worst_percentile <= PERCENTILE_TOLERANCE);
        assert!(worst_mask <= MASK_TOLERANCE);
    }
}

fn map(rows: usize, columns: usize, seed: u64) -> Array2<f32> {
    let noise =
        |i: usize| (seed | 1).wrapping_mul(i as u64 * 2 + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 58;
    Array2::from_shape_fn((rows, columns), |(r, c)| noise(r * columns + c) as f32 / 8.0 - 3.0)
}

proptest! {
    #[test]
    fn masks_are_nested_before_the_blur_and_within_0_and_1(
        rows in 1usize..20, columns in 1usize..20, height in 1u32..60, width in 1u32..60, seed in any::<u64>(),
    ) {
        let map = map(rows, columns, seed);
        let masks = MaskParams::default().masks(map.view(), width, height).unwrap();
        for pair in masks.windows(2) {
            prop_assert!(pair[0].cells().iter().zip(pair[1].cells()).all(|(a, b)| !a | b));
            prop_assert!(pair[0].shown_pixels() <= pair[1].shown_pixels());
            prop_assert!(pair[0].percentile() >= pair[1].percentile());
        }
        for mask in &masks {
            // At least the share asked for, less the one pixel that interpolation may step over.
            let share = 100.0 * (mask.shown_pixels() + 1) as f64 / f64::from(width * height);
            prop_assert!(share >= mask.percent());
            prop_assert!(mask.values().iter().all(|v| (0.0..=1.0).contains(v)));
        }
    }

    #[test]
    fn applying_never_brightens(rows in 1usize..9, height in 1u32..40, width in 1u32..40, seed in any::<u64>()) {
        let photo = RgbImage::from_fn(width, height, |x, y| [(x * 7) as u8, (y * 5) as u8, 255].into());
        for mask in MaskParams::default().masks(map(rows, 5, seed).view(), width, height).unwrap() {
            let masked = mask.apply(&photo).unwrap();
            for (x, y, pixel) in masked.enumerate_pixels() {
                let m = mask.values()[[y as usize, x as usize]];
                for (&found, &colour) in pixel.0.iter().zip(&photo.get_pixel(x, y).0) {
                    prop_assert_eq!(found, (f32::from(colour) * m).floor() as u8);
                }
            }
        }
    }
}

#[test]
fn a_constant_map_is_shown_whole() {
    for mask in MaskParams::default().masks(Array2::from_elem((4, 4), 0.5).view(), 64, 48).unwrap() {
        assert_eq!(mask.shown_pixels(), 64 * 48);
        assert!(mask.values().iter().all(|&v| v == 1.0));
    }
}

#[test]
fn the_smallest_inputs() {
    let one = MaskParams::default().masks(array![[3.0]].view(), 5, 3).unwrap();
    assert!(one.iter().all(|m| m.shown_pixels() == 15));
    // A map finer than the photo: the pixel takes the cell under its centre.
    let fine = MaskParams::default().masks(map(256, 256, 5).view(), 1, 1).unwrap();
    assert!(fine.iter().all(|m| m.values() == array![[1.0]]));
    assert_eq!(fine[0].percentile(), f64::from(map(256, 256, 5)[[128, 128]]));
    let no_levels = MaskParams::default().levels([]).masks(array![[3.0]].view(), 5, 3).unwrap();
    assert!(no_levels.is_empty());
}

#[test]
fn a_stretched_map_is_blurred_by_the_ratio_of_each_axis() {
    // Only the ratio along the rows grows, so only the blur along the rows does.
    let spot = Array2::from_shape_fn((16, 16), |at| f32::from(u8::from(at == (8, 8))));
    let reach = |width| {
        let masks = MaskParams::default().levels([0.3]).masks(spot.view(), width, 64).unwrap();
        let lit: Vec<_> =
            masks[0].values().indexed_iter().filter(|(_, v)| **v > 0.0).map(|(at, _)| at).collect();
        let span = |f: fn(&(usize, usize)) -> usize| {
            lit.iter().map(f).max().unwrap() - lit.iter().map(f).min().unwrap() + 1
        };
        (span(|at| at.0), span(|at| at.1))
    };
    // A cell of 4 pixels and 9 (σ 6) or of 8 pixels and 18 (σ 12) on either side.
    assert_eq!(reach(64), (4 + 2 * 9, 4 + 2 * 9));
    assert_eq!(reach(128), (4 + 2 * 9, 8 + 2 * 18));
}

#[test]
fn bad_input_is_a_typed_error() {
    let params = MaskParams::default();
    let good = Array2::<f32>::zeros((2, 2));
    assert!(matches!(
        params.masks(Array2::zeros((0, 3)).view(), 4, 4),
        Err(Error::EmptyMap { height: 0, width: 3 })
    ));
    assert!(matches!(
        params.masks(array![[0.0, 1.0], [f32::NAN, 0.0]].view(), 4, 4),
        Err(Error::NotFinite { row: 1, column: 0, .. })
    ));
    assert!(matches!(
        params.masks(array![[f32::INFINITY]].view(), 4, 4),
        Err(Error::NotFinite { row: 0, column: 0, .. })
    ));
    assert!(matches!(params.masks(good.view(), 0, 4), Err(Error::EmptyImage { width: 0, height: 4 })));
    let mask = &params.masks(good.view(), 4, 4).unwrap()[0];
    assert!(matches!(mask.apply(&RgbImage::new(4, 5)), Err(Error::SizeMismatch { found: (4, 5), .. })));
    for bad in [
        MaskParams::default().levels([f64::NAN]),
        MaskParams::default().levels([101.0]),
        MaskParams::default().truncate(-1.0),
        MaskParams::default().truncate(f64::INFINITY),
        MaskParams::default().truncate(1e9),
        MaskParams::default().sigmas([(2.0, -1.0)]),
        MaskParams::default().sigmas([(2.0, f64::NAN)]),
        MaskParams::default().sigmas([(4.0, 1.0), (2.0, 1.0)]),
    ] {
        assert!(matches!(bad.masks(good.view(), 4, 4), Err(Error::Parameter { .. })), "{bad:?}");
    }
}

#[test]
fn the_same_bits_for_any_number_of_threads() {
    let (heat, photo) = (map(14, 14, 3), RgbImage::from_fn(301, 200, |x, y| [x as u8, y as u8, 9].into()));
    let run = |threads| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| {
            let masks = MaskParams::default().masks(heat.view(), 301, 200).unwrap();
            let shown: Vec<_> = masks.iter().map(|m| m.apply(&photo).unwrap()).collect();
            (masks, shown)
        })
    };
    let one = run(1);
    assert_eq!(one.0.len(), THESIS_LEVELS.len());
    assert!([2, 7].iter().all(|&threads| run(threads) == one));
}
