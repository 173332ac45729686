//! Altered copies of training pictures.

use anv_core::image::{Rgb, RgbImage};
use rand::Rng;
use rand_chacha::ChaCha8Rng;

/// Largest shift, as a share of each side.
const SHIFT: f64 = 0.05;
/// Largest change of the zoom.
const ZOOM: f64 = 0.1;
/// Largest rotation, in degrees either way.
const ROTATION: f64 = 5.0;
/// Largest change of the brightness.
const BRIGHTNESS: f64 = 0.1;

/// What is done to copies, in words. Named in cache keys: another text means that copies look different.
pub fn recipe(mirror: bool) -> String {
    let mirrored = if mirror { "every other one mirrored, " } else { "" };
    let [shift, zoom, brightness] = [SHIFT, ZOOM, BRIGHTNESS].map(|share| (100.0 * share).round());
    format!(
        "{mirrored}shifted by up to {shift} %, zoomed {zoom} %, rotated {ROTATION} degrees, brightened {brightness} %"
    )
}

/// A copy of `picture`: mirrored if `mirror`, with a random shift, zoom, rotation and brightness. What lies
/// beyond the border repeats the border.
pub fn altered(picture: &RgbImage, mirror: bool, random: &mut ChaCha8Rng) -> RgbImage {
    let (width, height) = (f64::from(picture.width()), f64::from(picture.height()));
    let mut within = |limit: f64| random.random_range(-limit..=limit);
    let (shift_x, shift_y) = (within(SHIFT) * width, within(SHIFT) * height);
    let (zoom, angle, brightness) =
        (1.0 + within(ZOOM), within(ROTATION).to_radians(), 1.0 + within(BRIGHTNESS));
    let (sin, cos) = (angle.sin() / zoom, angle.cos() / zoom);
    let direction = if mirror { -1.0 } else { 1.0 };
    RgbImage::from_fn(picture.width(), picture.height(), |x, y| {
        // From the pixel's centre in the copy back to the place in the picture that it shows.
        let dx = (f64::from(x) + 0.5 - width / 2.0 - shift_x) * direction;
        let dy = f64::from(y) + 0.5 - height / 2.0 - shift_y;
        let from = (cos * dx + sin * dy + width / 2.0 - 0.5, cos * dy - sin * dx + height / 2.0 - 0.5);
        Rgb(sample(picture, from).map(|v| (v * brightness).round().clamp(0.0, 255.0) as u8))
    })
}

/// Bilinear; beyond the border the border.
fn sample(picture: &RgbImage, (x, y): (f64, f64)) -> [f64; 3] {
    let x = x.clamp(0.0, f64::from(picture.width() - 1));
    let y = y.clamp(0.0, f64::from(picture.height() - 1));
    let (left, top) = (x as u32, y as u32);
    let (right, bottom) = ((left + 1).min(picture.width() - 1), (top + 1).min(picture.height() - 1));
    let (fx, fy) = (x.fract(), y.fract());
    let at = |x, y| picture.get_pixel(x, y).0.map(f64::from);
    let (a, b, c, d) = (at(left, top), at(right, top), at(left, bottom), at(right, bottom));
    std::array::from_fn(|i| {
        let upper = a[i] + (b[i] - a[i]) * fx;
        let lower = c[i] + (d[i] - c[i]) * fx;
        upper + (lower - upper) * fy
    })
}

#[cfg(test)]
mod tests {
    use anv_core::image::{Rgb, RgbImage};

    use super::super::random::rng;
    use super::altered;

    #[test]
    fn copies_are_mirrored_on_demand() {
        // Dark on the left, bright on the right: small shifts and rotations leave the outer columns' order.
        let picture = RgbImage::from_fn(40, 40, |x, _| Rgb([(x * 4) as u8; 3]));
        for copy in 1..9 {
            let mirror = copy % 2 == 1;
            let image = altered(&picture, mirror, &mut rng(7, &["test", &copy.to_string()]));
            let brighter_right = image.get_pixel(35, 20).0[0] > image.get_pixel(4, 20).0[0];
            assert_eq!(brighter_right, !mirror, "copy {copy}");
        }
    }

    #[test]
    fn a_plain_picture_stays_plain_and_one_pixel_is_enough() {
        for size in [1, 9] {
            let image = altered(&RgbImage::from_pixel(size, size, Rgb([100; 3])), true, &mut rng(1, &[]));
            let first = image.get_pixel(0, 0);
            assert!((90..=110).contains(&first.0[0]) && image.pixels().all(|p| p == first));
        }
    }
}
