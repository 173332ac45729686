//! Photos: upright, within limits, and every broken one refused by name.
#![allow(clippy::unwrap_used, reason = "a failing helper fails the test that called it")]

use std::io::Cursor;

use anv_core::image::{self, DynamicImage, ImageFormat, Rgb, RgbImage, Rgba, RgbaImage};
use anv_core::{Error, PhotoLimits, decode_photo, read_photo};

fn encode(photo: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    photo.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// Left half red, right half blue, twice as wide as high.
fn wide() -> RgbImage {
    RgbImage::from_fn(32, 16, |x, _| if x < 16 { Rgb([250, 5, 5]) } else { Rgb([5, 5, 250]) })
}

fn decode(bytes: &[u8]) -> Result<RgbImage, Error> {
    decode_photo(bytes, "test", &PhotoLimits::default())
}

/// Puts an EXIF block with this orientation behind the start of a JPEG.
fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let exif = [
        b"Exif\0\0MM\0\x2a\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0".as_slice(),
        &[orientation, 0, 0, 0, 0, 0, 0],
    ]
    .concat();
    let length = (exif.len() as u16 + 2).to_be_bytes();
    [&jpeg[..2], &[0xFF, 0xE1], &length, &exif, &jpeg[2..]].concat()
}

#[test]
fn the_three_formats_are_read() {
    for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Jpeg] {
        let photo = decode(&encode(wide(), format)).unwrap();
        assert_eq!(photo.dimensions(), (32, 16), "{format:?}");
        assert!(photo.get_pixel(2, 8)[0] > 200, "{format:?}");
    }
}

#[test]
fn exif_orientation_is_honoured() {
    let jpeg = encode(wide(), ImageFormat::Jpeg);
    let upright = decode(&with_orientation(&jpeg, 1)).unwrap();
    assert_eq!(upright, decode(&jpeg).unwrap());
    // 6: the camera was turned, so the stored left edge is the top.
    let turned = decode(&with_orientation(&jpeg, 6)).unwrap();
    assert_eq!(turned.dimensions(), (16, 32));
    assert!(turned.get_pixel(8, 2)[0] > 200 && turned.get_pixel(8, 29)[2] > 200);
    let mirrored = decode(&with_orientation(&jpeg, 2)).unwrap();
    assert!(mirrored.get_pixel(2, 8)[2] > 200);
}

#[test]
fn transparency_lies_on_white() {
    let mut photo = RgbaImage::from_pixel(2, 1, Rgba([0, 0, 0, 0]));
    photo.put_pixel(1, 0, Rgba([100, 0, 0, 128]));
    let photo = decode(&encode(photo, ImageFormat::Png)).unwrap();
    assert_eq!(photo.get_pixel(0, 0).0, [255, 255, 255]);
    assert_eq!(photo.get_pixel(1, 0).0, [177, 127, 127]);
}

#[test]
fn one_pixel_is_a_photo() {
    let photo = RgbImage::from_pixel(1, 1, Rgb([1, 2, 3]));
    assert_eq!(decode(&encode(photo.clone(), ImageFormat::Png)).unwrap(), photo);
}

/// A PNG that is only a header claiming `side` x `side` pixels.
fn giant_png(side: u32) -> Vec<u8> {
    let mut png = encode(RgbImage::new(1, 1), ImageFormat::Png);
    png[16..20].copy_from_slice(&side.to_be_bytes());
    png[20..24].copy_from_slice(&side.to_be_bytes());
    let crc = png[12..29].iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ u32::from(byte), |c, _| if c & 1 == 1 { 0xEDB8_8320 ^ (c >> 1) } else { c >> 1 })
    });
    png[29..33].copy_from_slice(&(!crc).to_be_bytes());
    png
}

#[test]
fn broken_photos_are_refused_by_name() {
    let png = encode(wide(), ImageFormat::Png);
    let jpeg = encode(wide(), ImageFormat::Jpeg);
    let cases: [(&[u8], &str); 6] = [
        (b"", "it is empty"),
        (b"just some text, not a picture", "neither JPEG nor PNG nor WebP"),
        (&png[..png.len() - 20], "cannot read the photo test"),
        (&png[..20], "cannot read the photo test"),
        (&jpeg[..30], "cannot read the photo test"),
        (&giant_png(30_000), "30000 x 30000"),
    ];
    for (bytes, expected) in cases {
        let error = decode(bytes).unwrap_err().to_string();
        assert!(error.contains(expected), "`{error}` does not say `{expected}`");
    }
}

/// The decoders of JPEG and WebP would fill in what is missing.
#[test]
fn no_photo_is_read_without_its_end() {
    let noise =
        RgbImage::from_fn(96, 64, |x, y| Rgb([x * y % 251, x * 7 % 253, y * 5 % 247].map(|v| v as u8)));
    for format in [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP] {
        let whole = encode(noise.clone(), format);
        for kept in (1..whole.len()).step_by(whole.len() / 97).chain([whole.len() - 1]) {
            // What follows a PNG's last pixels may be missing: nothing is made up.
            match decode(&whole[..kept]) {
                Ok(photo) => assert!(format == ImageFormat::Png && photo == noise, "{format:?} {kept}"),
                Err(error) => assert!(matches!(error, Error::Photo { .. }), "{format:?} {kept}: {error}"),
            }
        }
        // Cameras append things of their own.
        let longer = [whole.as_slice(), b"trailing bytes"].concat();
        assert_eq!(decode(&longer).unwrap(), decode(&whole).unwrap(), "{format:?}");
    }
    // A complete thumbnail inside a segment is no end of the photo.
    let jpeg = encode(noise, ImageFormat::Jpeg);
    let thumbnail = encode(wide(), ImageFormat::Jpeg);
    let length = (thumbnail.len() as u16 + 2).to_be_bytes();
    let with = [&jpeg[..2], &[0xFF, 0xE2], &length, &thumbnail, &jpeg[2..]].concat();
    assert!(decode(&with).is_ok());
    assert!(decode(&with[..with.len() / 2]).unwrap_err().to_string().contains("cut off"));
}

#[test]
fn limits_are_the_callers() {
    let png = encode(wide(), ImageFormat::Png);
    let small = PhotoLimits { pixels: 511, ..Default::default() };
    assert!(decode_photo(&png, "test", &small).is_err());
    let exact = PhotoLimits { pixels: 512, ..Default::default() };
    assert!(decode_photo(&png, "test", &exact).is_ok());
}

#[test]
fn files_are_read_within_limits() {
    let home = tempfile::tempdir().unwrap();
    let path = home.path().join("wide.png");
    image::DynamicImage::from(wide()).save(&path).unwrap();
    assert_eq!(read_photo(&path, &PhotoLimits::default()).unwrap(), wide());
    let tiny = PhotoLimits { file_bytes: 10, ..Default::default() };
    assert!(matches!(read_photo(&path, &tiny), Err(Error::Photo { .. })));
    let missing = read_photo(home.path().join("no.png"), &PhotoLimits::default());
    assert!(missing.unwrap_err().to_string().contains("no.png"));
    assert!(matches!(read_photo(home.path(), &PhotoLimits::default()), Err(Error::Io { .. })));
}
