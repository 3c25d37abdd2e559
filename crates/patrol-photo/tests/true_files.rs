//! True camera files, read when XUNGE_FIXTURES names their folder. They are other people's and not in the repository;
//! without them these tests say nothing, and the generated twins in the other files stand in.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test ends loudly")]

use std::path::PathBuf;

use patrol_domain::Mime;
use patrol_photo::{ExifPlace, Inspection, Limits, PhotoError, THUMBNAIL_MAX_BYTES, take_in};

fn folder() -> Option<PathBuf> {
    std::env::var_os("XUNGE_FIXTURES").map(PathBuf::from)
}

fn taken_in(folder: &std::path::Path, name: &str) -> Result<(Inspection, Vec<u8>), PhotoError> {
    let path = folder.join(name);
    take_in(
        &std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())),
        &Limits::default(),
    )
}

/// Latitude and longitude in degrees, to four places.
fn place(place: ExifPlace) -> Option<(f64, f64)> {
    let ExifPlace::Fix(fix) = place else { return None };
    #[allow(clippy::cast_precision_loss, reason = "nine digits at most")]
    Some((
        (fix.lat_e7 as f64 / 1e3).round() / 1e4,
        (fix.lon_e7 as f64 / 1e3).round() / 1e4,
    ))
}

#[test]
fn every_sound_file_tells_its_facts() {
    let Some(folder) = folder() else { return };
    type Row = (&'static str, (u32, u32), u8, Option<&'static str>, Option<(f64, f64)>);
    let expected: [Row; 17] = [
        (
            "DSCN0010.jpg",
            (640, 480),
            1,
            Some("2008-10-22T16:28:39"),
            Some((43.4674, 11.8851)),
        ),
        (
            "DSCN0012.jpg",
            (640, 480),
            1,
            Some("2008-10-22T16:29:49"),
            Some((43.4672, 11.8854)),
        ),
        (
            "DSCN0021.jpg",
            (640, 480),
            1,
            Some("2008-10-22T16:38:20"),
            Some((43.4671, 11.8845)),
        ),
        (
            "DSCN0025.jpg",
            (640, 480),
            1,
            Some("2008-10-22T16:43:21"),
            Some((43.4684, 11.8816)),
        ),
        (
            "DSCN0027.jpg",
            (640, 480),
            1,
            Some("2008-10-22T16:44:01"),
            Some((43.4684, 11.8815)),
        ),
        // Most significant byte first, west of Greenwich, restart marks.
        (
            "iphone_hdr_NO.jpg",
            (3264, 2448),
            1,
            Some("2015-04-10T20:12:23"),
            Some((40.447, -3.7248)),
        ),
        ("jolla.jpg", (3264, 2448), 1, Some("2014-09-21T16:00:56"), None),
        // Its GPS pointer has no length; the time beside it is good.
        ("45-gps_ifd.jpg", (1600, 900), 1, Some("2012-06-23T06:55:49"), None),
        ("landscape_1.jpg", (600, 450), 1, None, None),
        ("landscape_3.jpg", (600, 450), 3, None, None),
        ("landscape_6.jpg", (600, 450), 6, None, None),
        ("landscape_8.jpg", (600, 450), 8, None, None),
        ("portrait_1.jpg", (450, 600), 1, None, None),
        ("portrait_3.jpg", (450, 600), 3, None, None),
        ("portrait_6.jpg", (450, 600), 6, None, None),
        ("portrait_8.jpg", (450, 600), 8, None, None),
        // XMP first, then an EXIF without time or place: 36 KB of segments before the picture.
        ("no_exif.jpg", (322, 466), 1, None, None),
    ];
    for (name, size, orientation, local, fix) in expected {
        let (inspection, thumbnail) = taken_in(&folder, name).unwrap_or_else(|error| panic!("{name}: {error}"));
        assert_eq!(inspection.mime, Mime::Jpeg, "{name}");
        assert_eq!((inspection.width, inspection.height), size, "{name}");
        assert_eq!(inspection.orientation.exif_value(), orientation, "{name}");
        assert_eq!(inspection.taken.map(|taken| taken.local).as_deref(), local, "{name}");
        assert_eq!(place(inspection.place), fix, "{name}: {:?}", inspection.place);
        assert!(thumbnail.len() <= THUMBNAIL_MAX_BYTES, "{name}");
        let picture = image::load_from_memory(&thumbnail).unwrap();
        assert_eq!(
            picture.width() > picture.height(),
            size.0 > size.1,
            "{name} is not upright"
        );
    }
}

#[test]
fn the_heic_file_is_refused_with_a_way_out() {
    let Some(folder) = folder() else { return };
    assert_eq!(taken_in(&folder, "IMG_5195.HEIC").unwrap_err(), PhotoError::Heic);
}

#[test]
fn the_file_with_an_erased_block_is_damaged_although_it_has_its_end() {
    let Some(folder) = folder() else { return };
    let bytes = std::fs::read(folder.join("corrupted.jpg")).unwrap();
    assert!(bytes.ends_with(&[0xFF, 0xD9]));
    assert_eq!(take_in(&bytes, &Limits::default()).unwrap_err(), PhotoError::Damaged);
}

#[test]
fn a_true_photo_that_breaks_off_is_found_wherever_it_does() {
    let Some(folder) = folder() else { return };
    for name in ["DSCN0010.jpg", "iphone_hdr_NO.jpg", "landscape_6.jpg", "45-gps_ifd.jpg"] {
        let bytes = std::fs::read(folder.join(name)).unwrap();
        // All of the header, then steps through the picture, then the last bytes one by one.
        let cuts = (1..400)
            .chain((400..bytes.len()).step_by(bytes.len() / 97))
            .chain(bytes.len() - 64..bytes.len());
        for cut in cuts {
            assert_eq!(
                take_in(&bytes[..cut], &Limits::default()),
                Err(PhotoError::Truncated),
                "{name} at {cut}"
            );
        }
    }
}
