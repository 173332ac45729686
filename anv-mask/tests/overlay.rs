//! Overlays: normalised, upscaled, coloured, half and half.

use anv_core::image::RgbImage;
use anv_core::ndarray::{Array2, array};
use anv_mask::{ColorMap, Error, normalize, overlay, resize_bilinear};
use proptest::prelude::*;

/// Interpolation in f32 against the same in f64.
const ROUNDING: f64 = 1e-5;

/// Bilinear by its definition, pixel centres aligned, edges continued.
fn bilinear(map: &Array2<f32>, width: usize, height: usize) -> Array2<f64> {
    let place = |i: usize, pixels: usize, cells: usize| {
        let at = ((i as f64 + 0.5) * cells as f64 / pixels as f64 - 0.5).clamp(0.0, cells as f64 - 1.0);
        (at.floor() as usize, (at.floor() as usize + 1).min(cells - 1), at - at.floor())
    };
    Array2::from_shape_fn((height, width), |(y, x)| {
        let ((y0, y1, ty), (x0, x1, tx)) = (place(y, height, map.nrows()), place(x, width, map.ncols()));
        let at = |r, c| f64::from(map[[r, c]]);
        let (top, bottom) =
            (at(y0, x0) + (at(y0, x1) - at(y0, x0)) * tx, at(y1, x0) + (at(y1, x1) - at(y1, x0)) * tx);
        top + (bottom - top) * ty
    })
}

proptest! {
    #[test]
    fn upscaling_is_bilinear(
        rows in 1usize..9, columns in 1usize..9, more_y in 0usize..40, more_x in 0usize..40, seed in any::<u32>(),
    ) {
        let map = Array2::from_shape_fn((rows, columns), |(r, c)| {
            (seed.wrapping_mul((r * 31 + c * 7 + 1) as u32) >> 20) as f32 / 4096.0
        });
        let (width, height) = (columns + more_x, rows + more_y);
        let found = resize_bilinear(map.view(), width as u32, height as u32).unwrap();
        for (f, e) in found.iter().zip(&bilinear(&map, width, height)) {
            prop_assert!((f64::from(*f) - e).abs() <= ROUNDING, "{f} {e}");
        }
    }

    #[test]
    fn normalised_maps_span_0_to_1(values in prop::collection::vec(-1e30f32..1e30, 2..40)) {
        let map = Array2::from_shape_vec((1, values.len()), values.clone()).unwrap();
        let scaled = normalize(map.view()).unwrap();
        prop_assert!(scaled.iter().all(|v| (0.0..=1.0).contains(v)));
        if values.iter().any(|v| *v != values[0]) {
            prop_assert!(scaled.iter().any(|v| *v == 0.0) && scaled.iter().any(|v| *v == 1.0));
        }
    }
}

#[test]
fn half_photo_half_colour() {
    let photo = RgbImage::from_fn(6, 4, |x, y| [(x * 40) as u8, (y * 60) as u8, 7].into());
    let map = Array2::from_shape_fn((4, 6), |(y, x)| (y * 6 + x) as f32);
    for colors in ColorMap::ALL {
        let picture = overlay(map.view(), &photo, colors).unwrap();
        for (x, y, pixel) in picture.enumerate_pixels() {
            let heat = colors.color((y * 6 + x) as f32 / 23.0);
            for ((&found, &p), h) in pixel.0.iter().zip(&photo.get_pixel(x, y).0).zip(heat) {
                let expected = (f64::from(p) + f64::from(h)) / 2.0;
                // One level for the rounding of the half, one for the table of 256 colours.
                assert!((f64::from(found) - expected).abs() <= 2.0, "{colors:?} {found} {expected}");
            }
        }
    }
}

#[test]
fn degenerate_maps() {
    assert_eq!(normalize(array![[4.0, 4.0]].view()).unwrap(), array![[0.0, 0.0]]);
    assert_eq!(normalize(array![[f32::MIN, f32::MAX]].view()).unwrap(), array![[0.0, 1.0]]);
    let photo = RgbImage::new(1, 1);
    assert!(overlay(array![[3.0]].view(), &photo, ColorMap::Jet).is_ok());
    assert!(overlay(Array2::from_elem((300, 200), 1.0).view(), &photo, ColorMap::Jet).is_ok());
    let empty = overlay(Array2::zeros((3, 0)).view(), &photo, ColorMap::Jet);
    assert!(matches!(empty, Err(Error::EmptyMap { height: 3, width: 0 })));
    let nan = overlay(array![[0.0, f32::NAN]].view(), &photo, ColorMap::Jet);
    assert!(matches!(nan, Err(Error::NotFinite { row: 0, column: 1, .. })));
    let no_photo = overlay(array![[0.0]].view(), &RgbImage::new(0, 0), ColorMap::Jet);
    assert!(matches!(no_photo, Err(Error::EmptyImage { .. })));
}
