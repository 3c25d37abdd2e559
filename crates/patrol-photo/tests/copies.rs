//! The copy to look at and the thumbnail beside it: upright, small, without EXIF, stamped where they must be.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends loudly")]

#[path = "seen/corners.rs"]
mod corners;

use corners::assert_upright;
use image::{Rgb, RgbImage};
use patrol_photo::{
    DISPLAY_MAX_SIDE, Derived, Display, Limits, Stamp, THUMBNAIL_MAX_BYTES, THUMBNAIL_MAX_SIDE, derive, display,
    inspect,
};
use patrol_testkit::photo::{PhotoBuilder, camera_size};

const WORDS: [&str; 4] = [
    "2026-06-18 09:12:08 +08:00",
    "雄州街道柳叶街 12 号门前（东侧人行道） 32.34126, 118.84032 ±4.8 m",
    "采集员：张伟 LH-0217",
    "案件 0618-003 · 违停 苏A·8K3R7",
];

fn derived(bytes: &[u8], stamp: Option<&Stamp>) -> Derived {
    let limits = Limits::default();
    let inspection = inspect(bytes, &limits).unwrap();
    derive(bytes, &inspection, &limits, stamp).unwrap()
}

fn pixels(jpeg: &[u8]) -> RgbImage {
    image::load_from_memory(jpeg).unwrap().to_rgb8()
}

/// The photo's pixels and its sides in one colour, as PNG.
fn plain(width: u32, height: u32, colour: [u8; 3]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    RgbImage::from_pixel(width, height, Rgb(colour))
        .write_to(&mut bytes, image::ImageFormat::Png)
        .unwrap();
    bytes.into_inner()
}

#[test]
fn every_orientation_comes_out_upright() {
    for orientation in 1..=8 {
        for size in [(2500, 1700), (640, 400)] {
            let bytes = PhotoBuilder::new(3)
                .size(size.0, size.1)
                .orientation(orientation)
                .build();
            let Derived { display, thumbnail } = derived(&bytes, None);
            let name = format!("orientation {orientation}, {size:?}");
            assert_upright(&display.jpeg, &name);
            assert_upright(&thumbnail, &name);
            let seen = pixels(&display.jpeg);
            assert_eq!((seen.width(), seen.height()), (display.width, display.height), "{name}");
            let expected = if size.0 == 2500 { (1600, 1088) } else { (640, 400) };
            assert_eq!((display.width, display.height), expected, "{name}");
        }
    }
}

#[test]
fn every_kind_of_photo_has_its_copies() {
    let builder = PhotoBuilder::new(4).size(1900, 1300).orientation(6);
    for builder in [
        builder.clone().progressive(),
        builder.clone().cmyk(),
        builder.clone().png(),
        builder.clone().webp(),
    ] {
        let name = format!("{builder:?}");
        let Derived { display, thumbnail } = derived(&builder.build(), None);
        assert_eq!((display.width, display.height), (1600, 1095), "{name}");
        assert_upright(&display.jpeg, &name);
        assert_upright(&thumbnail, &name);
    }
    let grey = derived(&builder.grey().build(), None);
    assert!(
        pixels(&grey.display.jpeg)
            .pixels()
            .all(|pixel| pixel.0[0].abs_diff(pixel.0[2]) < 4),
        "grey stays grey"
    );
}

#[test]
fn what_is_transparent_becomes_white() {
    let half = image::RgbaImage::from_fn(400, 300, |x, _| image::Rgba([0, 0, 0, if x < 200 { 0 } else { 255 }]));
    let mut bytes = std::io::Cursor::new(Vec::new());
    half.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    let seen = pixels(&derived(bytes.get_ref(), None).display.jpeg);
    assert_eq!(seen.get_pixel(20, 150).0, [255; 3]);
    assert_eq!(seen.get_pixel(380, 150).0, [0; 3]);
}

#[test]
fn the_copy_of_a_camera_photo_is_small_and_keeps_its_detail() {
    let Derived { display, thumbnail } = derived(&camera_size(1), None);
    assert_eq!((display.width, display.height), (1600, 1200));
    assert!(display.jpeg.len() < 800_000, "{}", display.jpeg.len());
    assert_upright(&display.jpeg, "camera");
    assert!(thumbnail.len() <= THUMBNAIL_MAX_BYTES);
    let small = pixels(&thumbnail);
    assert_eq!((small.width(), small.height()), (THUMBNAIL_MAX_SIDE, 240));
}

#[test]
fn a_small_photo_is_not_enlarged_and_a_thin_one_does_not_vanish() {
    for (size, expected) in [
        ((1600, 900), (1600, 900)),
        ((320, 240), (320, 240)),
        ((200, 100), (200, 100)),
        ((1, 1), (1, 1)),
        ((16_000, 1), (1600, 1)),
        ((2, 3000), (1, 1600)),
    ] {
        for builder in [PhotoBuilder::new(5), PhotoBuilder::new(5).png()] {
            let bytes = builder.size(size.0, size.1).build();
            let display = derived(&bytes, Some(&Stamp::new(WORDS))).display;
            assert_eq!((display.width, display.height), expected, "{size:?}");
            assert!(display.width.max(display.height) <= DISPLAY_MAX_SIDE);
            assert_eq!(display.is_stamped, size.0.min(size.1) >= 240, "{size:?}");
        }
    }
}

#[test]
fn a_copy_carries_nothing_of_the_originals_words() {
    let bytes = PhotoBuilder::new(6)
        .size(2000, 1500)
        .orientation(8)
        .taken("2026:06:18 09:12:08", Some("+08:00"))
        .gps(32.34, 118.84)
        .camera_thumbnail()
        .build();
    let Derived { display, thumbnail } = derived(&bytes, Some(&Stamp::new(WORDS)));
    for copy in [&display.jpeg, &thumbnail] {
        // APP1 to APP15 and comments; APP0 is JFIF's, which says nothing but the shape of a pixel.
        assert!(
            !segments(copy).iter().any(|mark| matches!(mark, 0xE1..=0xEF | 0xFE)),
            "{:02X?}",
            segments(copy)
        );
        let seen = inspect(copy, &Limits::default()).unwrap();
        assert_eq!((seen.taken, seen.orientation.exif_value()), (None, 1));
        assert_eq!(seen.place, patrol_photo::ExifPlace::Absent);
    }
}

/// The marks of a JPEG's segments, up to its scan.
fn segments(jpeg: &[u8]) -> Vec<u8> {
    let mut marks = Vec::new();
    let mut at = 2;
    while marks.last() != Some(&0xDA) {
        assert_eq!(jpeg[at], 0xFF);
        marks.push(jpeg[at + 1]);
        at += 2 + usize::from(u16::from_be_bytes([jpeg[at + 2], jpeg[at + 3]]));
    }
    marks
}

#[test]
fn a_copy_is_baseline_with_colours_at_half_the_resolution() {
    let display = derived(&PhotoBuilder::new(7).build(), None).display;
    let at = display
        .jpeg
        .windows(4)
        .position(|bytes| bytes == [0xFF, 0xC0, 0x00, 0x11])
        .unwrap();
    let sampling: Vec<u8> = (0..3).map(|component| display.jpeg[at + 11 + component * 3]).collect();
    assert_eq!(sampling, [0x22, 0x11, 0x11]);
}

#[test]
fn the_same_bytes_and_words_give_the_same_copies() {
    let bytes = PhotoBuilder::new(8).size(2300, 1700).orientation(6).build();
    let stamp = Stamp::new(WORDS);
    let first = derived(&bytes, Some(&stamp));
    assert_eq!(derived(&bytes, Some(&stamp)), first);
    let limits = Limits::default();
    let alone = display(&bytes, &inspect(&bytes, &limits).unwrap(), &limits, Some(&stamp));
    assert_eq!(alone, Ok(first.display));
}

#[test]
fn the_stamp_is_on_the_copy_and_nowhere_else() {
    let bytes = PhotoBuilder::new(9).size(2400, 1800).build();
    let original = bytes.clone();
    let (bare, stamped) = (derived(&bytes, None), derived(&bytes, Some(&Stamp::new(WORDS))));
    assert_eq!(bytes, original);
    assert_eq!(stamped.thumbnail, bare.thumbnail);
    assert!(stamped.display.is_stamped && !bare.display.is_stamped);
    let (before, after) = (pixels(&bare.display.jpeg), pixels(&stamped.display.jpeg));
    let light = |picture: &RgbImage, rows: std::ops::Range<u32>| -> u64 {
        let sum = |y| -> u64 { (0..1600).map(|x| u64::from(picture.get_pixel(x, y).0[1])).sum() };
        rows.map(sum).sum()
    };
    assert_eq!(light(&after, 0..700), light(&before, 0..700));
    assert!(light(&after, 1000..1200) * 10 < light(&before, 1000..1200) * 7);
    let white = after
        .pixels()
        .filter(|pixel| pixel.0.iter().all(|colour| *colour > 240))
        .count();
    assert!(white > 8_000, "{white} white pixels are no text");
}

/// Where text is: the rectangle of all pixels near white. The band on a black photo is black.
fn text_of(display: &Display) -> (std::ops::Range<u32>, std::ops::Range<u32>) {
    let picture = pixels(&display.jpeg);
    let written: Vec<_> = picture
        .enumerate_pixels()
        .filter(|(_, _, pixel)| pixel.0[1] > 100)
        .map(|(x, y, _)| (x, y))
        .collect();
    let bounds = |places: Vec<u32>| *places.iter().min().unwrap()..*places.iter().max().unwrap() + 1;
    (
        bounds(written.iter().map(|place| place.0).collect()),
        bounds(written.iter().map(|place| place.1).collect()),
    )
}

#[test]
fn four_long_lines_stay_inside_whatever_the_picture() {
    let long = Stamp::new(vec![
        "雄州街道办事处柳叶街社区居民委员会第三网格，".repeat(3);
        4
    ]);
    for (width, height) in [
        (1600, 1200),
        (1200, 1600),
        (1600, 500),
        (480, 360),
        (360, 640),
        (2000, 2000),
    ] {
        let display = derived(&plain(width, height, [0; 3]), Some(&long)).display;
        assert!(display.is_stamped, "{width} × {height}");
        let (columns, rows) = text_of(&display);
        let edge = display.width / 360;
        assert!(
            columns.start >= edge && columns.end + edge <= display.width,
            "{columns:?}"
        );
        assert!(
            rows.start >= display.height / 2 && rows.end + edge <= display.height,
            "{rows:?}"
        );
    }
}

#[test]
fn a_short_stamp_can_be_read_on_a_phone() {
    let words = Stamp::new(["国"]);
    for (width, height) in [(1600, 1200), (1200, 1600), (720, 960)] {
        let display = derived(&plain(width, height, [0; 3]), Some(&words)).display;
        let (columns, rows) = text_of(&display);
        // The character fills nearly the whole of its em; a phone shows the copy 360 points wide.
        for side in [columns.end - columns.start, rows.end - rows.start] {
            let points = side * 360 / display.width;
            assert!((8..=12).contains(&points), "{points} points at {width} × {height}");
        }
    }
}

#[test]
fn white_on_white_can_be_read() {
    let display = derived(&plain(1600, 1200, [255; 3]), Some(&Stamp::new(WORDS))).display;
    let seen = pixels(&display.jpeg);
    // Beside the text, and above the band.
    assert!(seen.get_pixel(1590, 1190).0.iter().all(|colour| *colour < 110));
    assert!(seen.get_pixel(800, 100).0.iter().all(|colour| *colour > 250));
}

#[test]
fn a_stamp_without_words_is_none() {
    let bytes = PhotoBuilder::new(10).build();
    let nothing = Stamp::new(["", " \n\u{200b}"]);
    assert_eq!(derived(&bytes, Some(&nothing)), derived(&bytes, None));
}
