//! Points as text and back.
//!
//! ```text
//! [1, lat, lon, accuracy, boot, lag, lat, lon, accuracy, boot, lag, …]      (written without the spaces)
//! ```
//!
//! The first number is the form, [`FORM`]. Then five numbers a point:
//!
//! | number | unit | written as |
//! |---|---|---|
//! | `lat` | 1e-7 degree, north positive, WGS-84 | difference to the point before |
//! | `lon` | 1e-7 degree, east positive, WGS-84 | difference to the point before |
//! | `accuracy` | millimetres; 0 where none was stated | as it is |
//! | `boot` | milliseconds of the boot clock | difference to the point before |
//! | `lag` | wall clock minus boot clock, milliseconds | difference to the point before; 0 unless a clock was set |
//!
//! Before the first point of a text all are 0: each text reads alone. Differences are taken modulo 2^64, so that the
//! most absurd clock survives. One list of points has one text; any other spelling is refused, because the text is
//! hashed.

use std::fmt::Write as _;

use super::TrackPoint;
use crate::{BootMs, WallMs, Wgs84};

/// No text is longer: with its salt and its name it stays below the 64 KiB that bound an op.
pub const MAX_CHUNK_BYTES: usize = 60_000;

/// The only form there has been. A number that was used is never used again.
const FORM: i64 = 1;

/// Numbers that a point takes.
const NUMBERS: usize = 5;

/// Why a text is not a piece of a track. `point` counts from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum TrackError {
    /// More than [`MAX_CHUNK_BYTES`].
    #[error("the text is longer than {MAX_CHUNK_BYTES} bytes")]
    TooLong,
    /// Not a JSON array of integers of 64 bits.
    #[error("the text is not an array of whole numbers")]
    NotNumbers,
    /// Written by a newer program, or no form at all.
    #[error("form {0} of a track is not known")]
    UnknownForm(i64),
    /// A form without a point, or not even a form.
    #[error("the text holds no point")]
    Empty,
    /// The last point is cut short.
    #[error("the last point is cut short")]
    CutShort,
    /// A point beyond ±90° or ±180°.
    #[error("point {point} is not on the globe")]
    OffTheGlobe {
        /// Which point.
        point: usize,
    },
    /// An accuracy below zero.
    #[error("point {point} has an accuracy below zero")]
    BadAccuracy {
        /// Which point.
        point: usize,
    },
    /// The same numbers spelled otherwise: spaces, a line feed.
    #[error("the text is not spelled as a track is")]
    NotCanonical,
}

/// Writes the points as texts of at most [`MAX_CHUNK_BYTES`], in order, each as full as it can be; none for no points.
pub fn cut(points: &[TrackPoint]) -> Vec<String> {
    let mut done = Vec::new();
    let mut text = Text::new();
    for point in points {
        if let Err(full) = text.push(point) {
            done.push(full.finish());
            text = Text::starting_with(point);
        }
    }
    if !points.is_empty() {
        done.push(text.finish());
    }
    done
}

/// Reads one text of [`cut`].
///
/// # Errors
/// [`TrackError`], the first reason that applies.
pub fn decode(text: &str) -> Result<Vec<TrackPoint>, TrackError> {
    if text.len() > MAX_CHUNK_BYTES {
        return Err(TrackError::TooLong);
    }
    let numbers: Vec<i64> = serde_json::from_str(text).map_err(|_| TrackError::NotNumbers)?;
    let (form, numbers) = numbers.split_first().ok_or(TrackError::Empty)?;
    if *form != FORM {
        return Err(TrackError::UnknownForm(*form));
    }
    let (fives, rest) = numbers.as_chunks::<NUMBERS>();
    if !rest.is_empty() {
        return Err(TrackError::CutShort);
    }
    if fives.is_empty() {
        return Err(TrackError::Empty);
    }
    let mut before = Before::default();
    let points = fives
        .iter()
        .enumerate()
        .map(|(number, five)| before.read(number, *five))
        .collect::<Result<Vec<_>, _>>()?;
    match cut(&points).as_slice() {
        [only] if only == text => Ok(points),
        _ => Err(TrackError::NotCanonical),
    }
}

/// What the next point's differences are taken from.
#[derive(Debug, Clone, Copy, Default)]
struct Before {
    lat: i64,
    lon: i64,
    boot: i64,
    lag: i64,
}

impl Before {
    fn write(&mut self, point: &TrackPoint) -> [i64; NUMBERS] {
        let TrackPoint {
            at,
            accuracy_mm,
            boot_ms: BootMs(boot),
            wall_ms: WallMs(wall),
        } = *point;
        let now = Self {
            lat: at.lat_e7(),
            lon: at.lon_e7(),
            boot,
            lag: wall.wrapping_sub(boot),
        };
        let before = std::mem::replace(self, now);
        [
            now.lat.wrapping_sub(before.lat),
            now.lon.wrapping_sub(before.lon),
            accuracy_mm.unwrap_or(0),
            now.boot.wrapping_sub(before.boot),
            now.lag.wrapping_sub(before.lag),
        ]
    }

    fn read(&mut self, point: usize, five: [i64; NUMBERS]) -> Result<TrackPoint, TrackError> {
        let [lat, lon, accuracy, boot, lag] = five;
        *self = Self {
            lat: self.lat.wrapping_add(lat),
            lon: self.lon.wrapping_add(lon),
            boot: self.boot.wrapping_add(boot),
            lag: self.lag.wrapping_add(lag),
        };
        let at = Wgs84::from_e7(self.lat, self.lon).map_err(|_| TrackError::OffTheGlobe { point })?;
        if accuracy < 0 {
            return Err(TrackError::BadAccuracy { point });
        }
        let wall = WallMs(self.lag.wrapping_add(self.boot));
        Ok(TrackPoint::new(at, Some(accuracy), BootMs(self.boot), wall))
    }
}

/// A text in the making.
struct Text {
    text: String,
    before: Before,
}

impl Text {
    fn new() -> Self {
        Self {
            text: format!("[{FORM}"),
            before: Before::default(),
        }
    }

    /// One point alone takes a hundred bytes and always fits.
    fn starting_with(point: &TrackPoint) -> Self {
        let mut new = Self::new();
        let numbers = new.before.write(point);
        new.write(numbers);
        new
    }

    /// Takes the point in, or leaves the text as it was and hands it back when the point would make it too long.
    fn push(&mut self, point: &TrackPoint) -> Result<(), Self> {
        let length = self.text.len();
        let numbers = self.before.write(point);
        self.write(numbers);
        // One byte for the closing bracket.
        if self.text.len() < MAX_CHUNK_BYTES {
            return Ok(());
        }
        self.text.truncate(length);
        Err(std::mem::replace(self, Self::new()))
    }

    fn write(&mut self, numbers: [i64; NUMBERS]) {
        for number in numbers {
            // Writing into a String cannot fail.
            let _ = write!(self.text, ",{number}");
        }
    }

    fn finish(mut self) -> String {
        self.text.push(']');
        self.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn point(lat: i64, lon: i64, accuracy: i64, boot: i64, wall: i64) -> TrackPoint {
        TrackPoint::new(
            Wgs84::from_e7(lat, lon).unwrap(),
            Some(accuracy),
            BootMs(boot),
            WallMs(wall),
        )
    }

    #[test]
    fn a_track_is_written_as_documented() {
        let points = [
            point(323_412_586, 1_188_403_172, 4_800, 86_400_123, 1_781_745_128_000),
            point(323_412_600, 1_188_403_100, 0, 86_405_123, 1_781_745_133_000),
            // The clock was set back by an hour.
            point(323_412_600, 1_188_403_100, 12_000, 86_410_123, 1_781_741_538_000),
        ];
        let texts = cut(&points);
        assert_eq!(
            texts,
            ["[1,323412586,1188403172,4800,86400123,1781658727877,14,-72,0,5000,0,0,0,12000,5000,-3600000]"]
        );
        assert_eq!(decode(&texts[0]).unwrap(), points);
        assert_eq!(points[1].accuracy_mm(), None);
    }

    #[test]
    fn no_points_make_no_text() {
        assert!(cut(&[]).is_empty());
    }

    #[test]
    fn each_refusal_has_its_reason() {
        use TrackError::*;
        for (text, reason) in [
            ("", NotNumbers),
            ("{}", NotNumbers),
            ("[1,2.0]", NotNumbers),
            ("[1,9223372036854775808]", NotNumbers),
            ("[1,-0,0,0,0,0]", NotNumbers),
            ("[1,01,0,0,0,0]", NotNumbers),
            ("[1,0,0,0,0,0]x", NotNumbers),
            ("[1,0,0,0,0,0,]", NotNumbers),
            ("[]", Empty),
            ("[1]", Empty),
            ("[2,0,0,0,0,0]", UnknownForm(2)),
            ("[1,0,0,0,0]", CutShort),
            ("[1,0,0,0,0,0,1]", CutShort),
            ("[1,900000001,0,0,0,0]", OffTheGlobe { point: 0 }),
            ("[1,900000000,0,0,0,0,1,0,0,0,0]", OffTheGlobe { point: 1 }),
            ("[1,0,0,-1,0,0]", BadAccuracy { point: 0 }),
            ("[1, 0,0,0,0,0]", NotCanonical),
            ("[1,0,0,0,0,0]\n", NotCanonical),
        ] {
            assert_eq!(decode(text), Err(reason), "{text:?}");
        }
        assert_eq!(decode(&" ".repeat(MAX_CHUNK_BYTES + 1)), Err(TooLong));
        assert!(decode("[1,0,0,0,0,0]").is_ok());
    }

    #[test]
    fn a_days_track_is_small_and_its_texts_are_full() {
        let walk = |n: i64| {
            let (lat, lon) = (323_412_586 + n * 37 % 211, 1_188_403_172 + n * 53 % 197);
            point(
                lat,
                lon,
                3_000 + n % 9_000,
                86_400_123 + n * 5_003,
                1_781_745_128_000 + n * 5_003,
            )
        };
        // Eight hours, a point every five seconds.
        let points: Vec<_> = (0..5_760).map(walk).collect();
        let texts = cut(&points);
        assert_eq!(texts.len(), 2);
        assert!(texts.iter().map(String::len).sum::<usize>() < 5_760 * 21);
        assert!(texts[0].len() > MAX_CHUNK_BYTES - 30, "{}", texts[0].len());
    }

    /// Tracks of a phone, and tracks of a phone gone mad, which have long numbers.
    fn tracks() -> impl Strategy<Value = Vec<TrackPoint>> {
        let sane = (
            320_000_000..330_000_000i64,
            1_180_000_000..1_190_000_000i64,
            0..100_000i64,
            0..1i64 << 40,
            0..1i64 << 45,
        );
        let mad = (
            -900_000_000..=900_000_000i64,
            -1_800_000_000..=1_800_000_000i64,
            any::<i64>(),
            any::<i64>(),
            any::<i64>(),
        );
        let point = prop_oneof![sane, mad].prop_map(|(lat, lon, mm, boot, wall)| point(lat, lon, mm, boot, wall));
        (prop::collection::vec(point, 0..60), 1..120usize)
            // Repeated, so that the texts fill up.
            .prop_map(|(points, times)| points.repeat(times))
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(500))]

        #[test]
        fn what_is_cut_is_below_the_limit_and_reads_back_the_same(points in tracks()) {
            let texts = cut(&points);
            prop_assert!(texts.iter().all(|text| text.len() <= MAX_CHUNK_BYTES));
            let read: Vec<_> = texts.iter().flat_map(|text| decode(text).unwrap()).collect();
            prop_assert_eq!(read, points);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(5_000))]

        #[test]
        fn no_text_makes_the_reader_panic(text in any::<String>()) {
            let _ = decode(&text);
        }

        #[test]
        fn what_is_read_is_written_the_same(numbers in prop::collection::vec(-3..3i64, 0..16), huge in any::<i64>()) {
            for last in [None, Some(huge)] {
                let numbers: Vec<_> = std::iter::once(FORM).chain(numbers.iter().copied()).chain(last).collect();
                let text = serde_json::to_string(&numbers).unwrap();
                if let Ok(points) = decode(&text) {
                    prop_assert_eq!(cut(&points), vec![text]);
                }
            }
        }
    }
}
