//! Where the camera says it was. Never better than the officer's own fix, and never guessed: a hemisphere that is not
//! written would be north and east for most of China, and wrong in the one case that ends in court.

use exif::{Exif, Tag, Value};
use patrol_domain::{Fix, FixError, Provider};

use super::{field, text};

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

pub(super) fn read(exif: &Exif) -> ExifPlace {
    let is_absent = [Tag::GPSLatitude, Tag::GPSLongitude]
        .iter()
        .all(|tag| field(exif, *tag).is_none());
    if is_absent {
        return ExifPlace::Absent;
    }
    match fix(exif) {
        Ok(fix) => ExifPlace::Fix(fix),
        Err(refused) => ExifPlace::Refused(refused),
    }
}

fn fix(exif: &Exif) -> Result<Fix, FixError> {
    let latitude = angle(exif, Tag::GPSLatitude, Tag::GPSLatitudeRef, ["N", "S"]);
    let longitude = angle(exif, Tag::GPSLongitude, Tag::GPSLongitudeRef, ["E", "W"]);
    let (latitude, longitude) = latitude.zip(longitude).ok_or(FixError::Unreadable)?;
    if !is_wgs84(text(exif, Tag::GPSMapDatum)) {
        return Err(FixError::Unreadable);
    }
    let accuracy_m = field(exif, Tag::GPSHPositioningError).and_then(|field| ratio(&field.value, 0));
    Fix::from_degrees(latitude, longitude, Provider::Exif, accuracy_m)
}

/// Degrees, minutes and seconds with a hemisphere. Cameras that count decimal minutes write seconds as 0/1.
fn angle(exif: &Exif, tag: Tag, hemisphere: Tag, [positive, negative]: [&str; 2]) -> Option<f64> {
    let value = &field(exif, tag)?.value;
    let degrees = ratio(value, 0)? + ratio(value, 1)? / 60.0 + ratio(value, 2)? / 3600.0;
    match text(exif, hemisphere)? {
        written if written.eq_ignore_ascii_case(positive) => Some(degrees),
        written if written.eq_ignore_ascii_case(negative) => Some(-degrees),
        _ => None,
    }
}

/// One unsigned rational; `None` when it is missing, of another type, or divides by zero.
fn ratio(value: &Value, index: usize) -> Option<f64> {
    let Value::Rational(ratios) = value else { return None };
    ratios
        .get(index)
        .filter(|ratio| ratio.denom != 0)
        .map(exif::Rational::to_f64)
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

    #[test]
    fn only_a_datum_that_is_written_and_other_is_refused() {
        for datum in [None, Some("WGS-84"), Some("WGS84   "), Some("wgs 84"), Some("-")] {
            assert!(is_wgs84(datum), "{datum:?}");
        }
        assert!(!is_wgs84(Some("TOKYO")));
    }
}
