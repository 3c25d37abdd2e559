//! EXIF: the input stands where a camera writes it, in a sound JPEG. It can say nonsense, and never costs the photo.
//!
//! libFuzzer's panic hook ends the program, so a panic of the EXIF reader is a finding here although the product
//! catches it.

#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use patrol_photo::{ExifPlace, Limits, inspect};
use patrol_testkit::photo::PhotoBuilder;

/// Pixels of the picture around it: more would only be decoded again and again.
const SIDES: (u32, u32) = (16, 8);
/// What fits into one segment beside its length and its name.
const MOST: usize = 0xffff - 8;

static PICTURE: LazyLock<Vec<u8>> =
    LazyLock::new(|| PhotoBuilder::new(1).size(SIDES.0, SIDES.1).without_exif().build());

fuzz_target!(|input: &[u8]| {
    let tiff = input.get(..MOST).unwrap_or(input);
    let (begin, rest) = PICTURE.split_at(2);
    let length = u16::try_from(tiff.len() + 8).expect("cut to fit");
    let photo = [begin, &[0xff, 0xe1], &length.to_be_bytes(), b"Exif\0\0", tiff, rest].concat();
    let said = inspect(&photo, &Limits::default()).expect("no EXIF refuses a photo");
    assert!([SIDES, (SIDES.1, SIDES.0)].contains(&(said.width, said.height)));
    if let ExifPlace::Fix(fix) = said.place {
        assert!(fix.lat_e7.abs() <= 900_000_000 && fix.lon_e7.abs() <= 1_800_000_000);
        assert!((fix.lat_e7, fix.lon_e7) != (0, 0));
    }
});
