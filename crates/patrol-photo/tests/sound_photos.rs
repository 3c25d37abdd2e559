//! Photos that must be taken in, with every fact read right and a thumbnail that is upright and small.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends loudly")]

#[path = "seen/corners.rs"]
mod corners;

use corners::assert_upright;
use patrol_domain::{Fix, Mime, Provider};
use patrol_photo::{
    ExifPlace, Limits, Orientation, THUMBNAIL_MAX_BYTES, THUMBNAIL_MAX_SIDE, TakenAt, inspect, take_in, thumbnail,
};
use patrol_testkit::photo::{PhotoBuilder, camera_size, truncated};

#[test]
fn a_camera_photo_tells_its_time_place_and_accuracy() {
    let bytes = camera_size(1);
    assert!((3_000_000..4_000_000).contains(&bytes.len()), "{}", bytes.len());
    let (inspection, small) = take_in(&bytes, &Limits::default()).unwrap();
    assert_eq!(inspection.mime, Mime::Jpeg);
    assert_eq!(
        (inspection.width, inspection.height, inspection.orientation),
        (4032, 3024, Orientation::Normal)
    );
    let taken = TakenAt {
        local: "2026-06-18T09:12:08".to_owned(),
        offset_minutes: Some(480),
    };
    assert_eq!(inspection.taken, Some(taken));
    let fix = Fix::from_degrees(32.341_258_6, 118.840_317_2, Provider::Exif, Some(4.8)).unwrap();
    assert_eq!(inspection.place, ExifPlace::Fix(fix));
    assert_upright(&small, "camera");
    let picture = image::load_from_memory(&small).unwrap();
    assert_eq!((picture.width(), picture.height()), (320, 240));
}

#[test]
fn take_in_says_what_inspect_and_thumbnail_say() {
    for bytes in [
        PhotoBuilder::new(2).orientation(6).build(),
        PhotoBuilder::new(2).png().build(),
    ] {
        let limits = Limits::default();
        let inspection = inspect(&bytes, &limits).unwrap();
        let small = thumbnail(&bytes, &inspection, &limits).unwrap();
        assert_eq!(take_in(&bytes, &limits), Ok((inspection, small)));
    }
}

#[test]
fn every_orientation_comes_out_upright_in_every_format() {
    for orientation in 1..=8 {
        let builder = PhotoBuilder::new(3).size(640, 400).orientation(orientation);
        let formats = [
            builder.clone(),
            builder.clone().big_endian(),
            builder.clone().png(),
            builder.webp(),
        ];
        for (index, builder) in formats.into_iter().enumerate() {
            let (inspection, small) = take_in(&builder.build(), &Limits::default()).unwrap();
            assert_eq!((inspection.width, inspection.height), (640, 400), "{orientation}");
            assert_eq!(u16::from(inspection.orientation.exif_value()), orientation);
            assert_upright(&small, &format!("orientation {orientation}, format {index}"));
        }
    }
}

#[test]
fn png_and_webp_carry_exif_too() {
    let builder = PhotoBuilder::new(4)
        .taken("2026:06:18 09:12:08", None)
        .gps(-12.5, -77.25)
        .big_endian();
    for (builder, mime) in [(builder.clone().png(), Mime::Png), (builder.webp(), Mime::Webp)] {
        let inspection = inspect(&builder.build(), &Limits::default()).unwrap();
        assert_eq!(inspection.mime, mime);
        assert_eq!(inspection.taken.unwrap().offset_minutes, None);
        let ExifPlace::Fix(fix) = inspection.place else {
            panic!("{:?}", inspection.place)
        };
        assert_eq!(
            (fix.lat_e7, fix.lon_e7, fix.accuracy_mm),
            (-125_000_000, -772_500_000, None)
        );
    }
}

#[test]
fn progressive_grey_and_cmyk_photos_are_taken() {
    let builder = PhotoBuilder::new(5).size(1300, 900).camera_thumbnail();
    let (_, small) = take_in(&builder.clone().progressive().build(), &Limits::default()).unwrap();
    assert_upright(&small, "progressive");
    let (_, small) = take_in(&builder.clone().cmyk().build(), &Limits::default()).unwrap();
    assert_upright(&small, "cmyk");
    let (inspection, small) = take_in(&builder.grey().build(), &Limits::default()).unwrap();
    assert_eq!((inspection.width, inspection.height), (1300, 900));
    let picture = image::load_from_memory(&small).unwrap().to_rgb8();
    assert!(
        picture.pixels().all(|pixel| pixel.0[0].abs_diff(pixel.0[2]) < 4),
        "grey stays grey"
    );
}

#[test]
fn bytes_behind_the_end_of_the_picture_are_allowed() {
    // A motion photo: a film behind the picture. An MPF file: another JPEG behind it.
    let film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom".to_vec();
    let second = PhotoBuilder::new(7).size(64, 48).build();
    for builder in [
        PhotoBuilder::new(6),
        PhotoBuilder::new(6).png(),
        PhotoBuilder::new(6).webp(),
    ] {
        let bytes = builder.build();
        let plain = inspect(&bytes, &Limits::default()).unwrap();
        for behind in [&film, &second, &truncated(&second, 0.5)] {
            let longer = [bytes.as_slice(), behind].concat();
            assert_eq!(inspect(&longer, &Limits::default()), Ok(plain.clone()));
        }
    }
}

#[test]
fn a_thumbnail_keeps_its_promise_for_any_picture() {
    let builders = [
        // Pure noise, which no quality makes small.
        PhotoBuilder::new(8).size(2000, 2000).noise(127),
        PhotoBuilder::new(8).size(321, 321).noise(127).png(),
        PhotoBuilder::new(8).size(1, 1),
        PhotoBuilder::new(8).size(1, 1).png(),
        PhotoBuilder::new(8).size(16_000, 1),
        PhotoBuilder::new(8).size(1, 16_000).orientation(6),
        PhotoBuilder::new(8).size(3000, 2).webp(),
        PhotoBuilder::new(8).size(200, 100),
    ];
    for builder in builders {
        let name = format!("{builder:?}");
        let (inspection, small) = take_in(&builder.build(), &Limits::default()).unwrap();
        assert!(small.len() <= THUMBNAIL_MAX_BYTES, "{} bytes for {name}", small.len());
        let picture = image::load_from_memory(&small).unwrap();
        let long = picture.width().max(picture.height());
        assert!(
            long <= THUMBNAIL_MAX_SIDE.min(inspection.width.max(inspection.height)),
            "{name}"
        );
        assert_eq!(
            inspect(&small, &Limits::default()).unwrap().orientation,
            Orientation::Normal
        );
        assert!(!small.windows(4).any(|window| window == b"Exif"), "{name}");
    }
}

#[test]
fn what_is_transparent_becomes_white() {
    let clear = image::RgbaImage::from_pixel(400, 300, image::Rgba([0, 0, 0, 0]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    clear.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let (_, small) = take_in(bytes.get_ref(), &Limits::default()).unwrap();
    let picture = image::load_from_memory(&small).unwrap().to_rgb8();
    assert!(picture.pixels().all(|pixel| pixel.0 == [255, 255, 255]));
}

/// 16 × 8 grey pixels in two blocks, with a restart mark between them when `restarts` says so. Written by hand, as none
/// of our encoders sets restart marks: each block is "no difference, no more coefficients", six fill bits behind.
fn tiny_jpeg_with_restart(interval: u8, restarts: &[u8]) -> Vec<u8> {
    let mut bytes = vec![0xFF, 0xD8, 0xFF, 0xDB, 0x00, 0x43, 0x00];
    bytes.extend_from_slice(&[1; 64]);
    bytes.extend_from_slice(&[0xFF, 0xC0, 0x00, 0x0B, 8, 0, 8, 0, 16, 1, 1, 0x11, 0]);
    for class in [0x00, 0x10] {
        bytes.extend_from_slice(&[0xFF, 0xC4, 0x00, 0x14, class, 1]);
        bytes.extend_from_slice(&[0; 16]);
    }
    bytes.extend_from_slice(&[0xFF, 0xDD, 0x00, 0x04, 0, interval]);
    bytes.extend_from_slice(&[0xFF, 0xDA, 0x00, 0x08, 1, 1, 0x00, 0, 63, 0, 0x3F]);
    for restart in restarts {
        bytes.extend_from_slice(&[0xFF, 0xD0 + restart, 0x3F]);
    }
    bytes.extend_from_slice(&[0xFF, 0xD9]);
    bytes
}

#[test]
fn restart_marks_are_followed_and_must_be_in_order() {
    let inspected =
        |interval, restarts: &[u8]| inspect(&tiny_jpeg_with_restart(interval, restarts), &Limits::default());
    assert_eq!(
        inspected(1, &[0]).map(|inspection| (inspection.width, inspection.height)),
        Ok((16, 8))
    );
    assert_eq!(inspected(1, &[1]), Err(patrol_photo::PhotoError::Damaged));
    assert_eq!(inspected(1, &[0, 2]), Err(patrol_photo::PhotoError::Damaged));
    assert_eq!(inspected(0, &[0]), Err(patrol_photo::PhotoError::Damaged));
}
