//! Where the camera says it was. Never better than the officer's own fix, and never guessed: a hemisphere that is not
//! written would be north and east for most of China, and wrong in the one case that ends in court.

use exif::{Exif, Field, In, Tag, Value};
use patrol_domain::{Fix, FixError, Provider};

use super::text_of;

/// The coordinates of the GPS directory (JEITA CP-3451 clause 4.6.6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExifPlace {
    /// The photo says nothing about its place.
    #[default]
    Absent,
    /// A place in WGS-84 with provider [`Provider::Exif`], with an accuracy when GPSHPositioningError states one.
    Fix(Fix),
    /// There are coordinates, and they are no place: 0,0, off the globe, a division by zero, half of a pair, a datum
    /// that is not WGS-84.
    Refused(FixError),
}

/// Which directory's coordinates: the photo's own. Some editors hang the GPS directory on the small picture's instead
/// (IFD1); what is said there is said of the same photo.
const DIRECTORIES: [In; 2] = [In::PRIMARY, In::THUMBNAIL];

pub(super) fn read(exif: &Exif) -> ExifPlace {
    let has_coordinates = |directory: &In| {
        let is_there = |tag| exif.get_field(tag, *directory).is_some();
        is_there(Tag::GPSLatitude) || is_there(Tag::GPSLongitude)
    };
    let Some(directory) = DIRECTORIES.into_iter().find(has_coordinates) else {
        return ExifPlace::Absent;
    };
    match fix(exif, directory) {
        Ok(fix) => ExifPlace::Fix(fix),
        Err(refused) => ExifPlace::Refused(refused),
    }
}

fn fix(exif: &Exif, directory: In) -> Result<Fix, FixError> {
    let field = |tag| exif.get_field(tag, directory);
    let latitude = angle(field(Tag::GPSLatitude), field(Tag::GPSLatitudeRef), ["N", "S"]);
    let longitude = angle(field(Tag::GPSLongitude), field(Tag::GPSLongitudeRef), ["E", "W"]);
    let (latitude, longitude) = latitude.zip(longitude).ok_or(FixError::Unreadable)?;
    if !is_wgs84(field(Tag::GPSMapDatum).and_then(text_of)) {
        return Err(FixError::Unreadable);
    }
    let accuracy_m = field(Tag::GPSHPositioningError).and_then(|field| Part::of(&field.value, 0)?.number());
    Fix::from_degrees(latitude, longitude, Provider::Exif, accuracy_m)
}

/// Degrees, minutes and seconds with a hemisphere.
///
/// A negative number (some programs write signed rationals) may only repeat what S or W says; with N or E it
/// contradicts, and which of the two is right is not ours to guess.
fn angle(value: Option<&Field>, hemisphere: Option<&Field>, [positive, negative]: [&str; 2]) -> Option<f64> {
    let degrees = degrees(&value?.value)?;
    let is_signed = degrees.is_sign_negative() && degrees != 0.0;
    match text_of(hemisphere?)? {
        written if written.eq_ignore_ascii_case(positive) && !is_signed => Some(degrees),
        written if written.eq_ignore_ascii_case(negative) => Some(-degrees.abs()),
        _ => None,
    }
}

/// One angle from up to three parts, each a sixtieth of the one before.
///
/// The standard wants all three. Cameras that count decimal minutes write seconds as 0/1, as 0/0 or not at all: a part
/// may be missing behind one that has a fraction. Behind a whole number it would mean "somewhere within a mile".
fn degrees(value: &Value) -> Option<f64> {
    let whole = Part::of(value, 0)?;
    let is_signed = whole.numerator < 0;
    let mut angle = whole.number()?.abs();
    let mut before = whole;
    for (index, share) in [(1, 60.0), (2, 3600.0)] {
        let part = match Part::of(value, index) {
            Some(part) if part.denominator != 0 => part,
            None | Some(Part { numerator: 0, .. }) if before.denominator > 1 => break,
            _ => return None,
        };
        let number = part.number()?;
        // Exactly 60 is what rounding makes of 59.9999.
        if !(0.0..=60.0).contains(&number) {
            return None;
        }
        angle += number / share;
        before = part;
    }
    Some(if is_signed { -angle } else { angle })
}

/// A rational as it is written, signed or not.
#[derive(Clone, Copy)]
struct Part {
    numerator: i64,
    denominator: i64,
}

impl Part {
    fn of(value: &Value, index: usize) -> Option<Self> {
        let (numerator, denominator) = match value {
            Value::Rational(parts) => parts.get(index).map(|part| (part.num.into(), part.denom.into()))?,
            Value::SRational(parts) => parts.get(index).map(|part| (part.num.into(), part.denom.into()))?,
            _ => return None,
        };
        Some(Self { numerator, denominator })
    }

    /// `None` for a division by zero.
    #[allow(clippy::cast_precision_loss, reason = "32 bits each")]
    fn number(self) -> Option<f64> {
        (self.denominator != 0).then(|| self.numerator as f64 / self.denominator as f64)
    }
}

/// Nothing written means WGS-84 in practice. Older Japanese cameras write TOKYO, some 400 m off, which is not converted.
fn is_wgs84(datum: Option<&str>) -> bool {
    datum.is_none_or(|datum| {
        let datum: String = datum.chars().filter(char::is_ascii_alphanumeric).collect();
        datum.is_empty() || datum.eq_ignore_ascii_case("WGS84") || datum.eq_ignore_ascii_case("CGCS2000")
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rational(parts: &[(u32, u32)]) -> Value {
        Value::Rational(parts.iter().map(|part| exif::Rational::from(*part)).collect())
    }

    fn signed(parts: &[(i32, i32)]) -> Value {
        Value::SRational(parts.iter().map(|part| exif::SRational::from(*part)).collect())
    }

    fn field(tag: Tag, value: Value) -> Field {
        let ifd_num = In::PRIMARY;
        Field { tag, ifd_num, value }
    }

    fn latitude(value: Value, hemisphere: &str) -> Option<f64> {
        let hemisphere = Value::Ascii(vec![hemisphere.as_bytes().to_vec()]);
        angle(
            Some(&field(Tag::GPSLatitude, value)),
            Some(&field(Tag::GPSLatitudeRef, hemisphere)),
            ["N", "S"],
        )
    }

    #[test]
    fn only_a_datum_that_is_written_and_other_is_refused() {
        for datum in [None, Some("WGS-84"), Some("WGS84   "), Some("wgs 84"), Some("-")] {
            assert!(is_wgs84(datum), "{datum:?}");
        }
        assert!(!is_wgs84(Some("TOKYO")));
    }

    #[test]
    fn the_hemisphere_gives_the_sign_in_any_case() {
        let value = rational(&[(32, 1), (30, 1), (0, 1)]);
        for (hemisphere, expected) in [
            ("N", Some(32.5)),
            ("n", Some(32.5)),
            ("S", Some(-32.5)),
            ("s\0", Some(-32.5)),
            ("E", None),
            ("", None),
            ("北", None),
        ] {
            assert_eq!(latitude(value.clone(), hemisphere), expected, "{hemisphere}");
        }
    }

    #[test]
    fn a_minus_may_repeat_the_hemisphere_and_not_contradict_it() {
        let value = signed(&[(-32, 1), (30, 1), (0, 1)]);
        assert_eq!(latitude(value.clone(), "S"), Some(-32.5));
        assert_eq!(latitude(value, "N"), None);
        assert_eq!(latitude(signed(&[(32, 1), (30, 1), (0, 1)]), "N"), Some(32.5));
        assert_eq!(latitude(signed(&[(-32, -1), (30, 1), (0, 1)]), "N"), None);
        assert_eq!(latitude(signed(&[(32, 1), (-30, 1), (0, 1)]), "N"), None);
    }

    #[test]
    fn a_fraction_may_stand_in_any_part_and_ends_the_angle() {
        for parts in [
            &[(32, 1), (30, 1), (36, 1)][..],
            &[(32, 1), (3060, 100), (0, 1)],
            &[(32, 1), (3060, 100), (0, 0)],
            &[(32, 1), (3060, 100)],
            &[(3251, 100), (0, 1), (0, 1)],
            &[(3251, 100)],
            &[(32, 1), (29, 1), (9600, 100)],
            &[(32, 1), (30, 1), (3600, 100)],
        ] {
            let expected = (parts.len() != 3 || parts[2] != (9600, 100)).then_some(32.51);
            let seen = degrees(&rational(parts));
            let is_near = seen
                .zip(expected)
                .is_none_or(|(seen, expected)| (seen - expected).abs() < 1e-12);
            assert!(seen.is_some() == expected.is_some() && is_near, "{parts:?}: {seen:?}");
        }
    }

    #[test]
    fn what_is_no_angle_is_none() {
        for parts in [
            &[][..],
            &[(32, 1)],
            &[(32, 1), (30, 1)],
            &[(32, 1), (30, 1), (0, 0)],
            &[(32, 1), (30, 1), (5, 0)],
            &[(32, 0), (30, 1), (0, 1)],
            &[(0, 0), (30, 1), (0, 1)],
            &[(32, 1), (61, 1), (0, 1)],
            &[(32, 1), (30, 1), (5985, 1)],
        ] {
            assert_eq!(degrees(&rational(parts)), None, "{parts:?}");
        }
        assert_eq!(degrees(&rational(&[(32, 1), (59, 1), (60, 1)])), Some(33.0));
        assert_eq!(degrees(&Value::Ascii(vec![b"32.5".to_vec()])), None);
        assert_eq!(degrees(&Value::Double(vec![32.5, 0.0, 0.0])), None);
    }

    /// A TIFF whose IFD0 is empty and whose IFD1 points to coordinates.
    fn gps_in_the_second_directory() -> Vec<u8> {
        let entry = |tag: u16, kind: u16, count: u32, value: [u8; 4]| {
            [
                &tag.to_be_bytes()[..],
                &kind.to_be_bytes(),
                &count.to_be_bytes(),
                &value,
            ]
            .concat()
        };
        let angles = |degrees: u32| [degrees, 1, 30, 1, 0, 1].map(u32::to_be_bytes).concat();
        let mut bytes = b"MM\0*\0\0\0\x08\0\0\0\0\0\x0e".to_vec();
        // IFD1 at 14 with one entry, the GPS directory at 32 with four, the angles behind it.
        bytes.extend([0, 1]);
        bytes.extend(entry(0x8825, 4, 1, 32_u32.to_be_bytes()));
        bytes.extend([0; 4]);
        bytes.extend([0, 4]);
        bytes.extend(entry(1, 2, 2, *b"S\0\0\0"));
        bytes.extend(entry(2, 5, 3, 86_u32.to_be_bytes()));
        bytes.extend(entry(3, 2, 2, *b"w\0\0\0"));
        bytes.extend(entry(4, 5, 3, 110_u32.to_be_bytes()));
        bytes.extend([0; 4]);
        bytes.extend(angles(32));
        bytes.extend(angles(118));
        bytes
    }

    #[test]
    fn coordinates_in_the_second_directory_are_found() {
        let metadata = crate::metadata::read(Some(&gps_in_the_second_directory()));
        let fix = Fix::from_degrees(-32.5, -118.5, Provider::Exif, None).unwrap();
        assert_eq!(metadata.place, ExifPlace::Fix(fix));
    }
}
