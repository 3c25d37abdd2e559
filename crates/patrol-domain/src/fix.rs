//! Where something was: a fix with its datum, its provider, its accuracy and what is known of its honesty.
//!
//! Storage is always WGS-84 (equal to CGCS2000 within centimetres); GCJ-02, which is some 500 m off, is for display
//! only. 0,0 is the answer of a receiver that knows nothing (the desktop geolocation plugin gives it without an error)
//! and lies in the Atlantic: it is never a place.

use serde::{Deserialize, Serialize};

use crate::Wgs84;

/// The one datum that is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Datum {
    /// WGS-84, equal to CGCS2000 within centimetres.
    Wgs84,
}

/// Who said where the phone was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum Provider {
    /// Satellites.
    Gnss,
    /// Cells and wireless networks.
    Network,
    /// The photo's own EXIF: no better than whoever wrote the file.
    Exif,
    /// The officer chose a street; the point is the street's, not the officer's.
    Street,
    /// The officer put the pin there by hand.
    Manual,
}

/// A place on the ground.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "FixFields")]
pub struct Fix {
    /// Latitude in 1e-7 degree, north positive.
    pub lat_e7: i64,
    /// Longitude in 1e-7 degree, east positive.
    pub lon_e7: i64,
    /// Always WGS-84.
    pub datum: Datum,
    /// Who said so.
    pub provider: Provider,
    /// Radius of the 68 % circle in millimetres, when the provider states one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub accuracy_mm: Option<i64>,
    /// How old the fix was when the op was made, in milliseconds of the boot clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age_ms: Option<i64>,
    /// Whether the system says that a mock provider made it; absent when the system cannot tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mock: Option<bool>,
}

/// Why a pair of coordinates is not a fix.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
pub enum FixError {
    /// Exactly 0,0: a receiver without a fix.
    #[error("0,0 is what a receiver says that knows nothing")]
    Zero,
    /// Beyond ±90° or ±180°.
    #[error("the coordinates are not on the globe")]
    OutOfRange,
    /// NaN, infinite, a division by zero in the file, or half of a pair.
    #[error("the coordinates cannot be read")]
    Unreadable,
}

/// Fields as they arrive, before they are checked.
#[derive(Deserialize)]
struct FixFields {
    lat_e7: i64,
    lon_e7: i64,
    datum: Datum,
    provider: Provider,
    accuracy_mm: Option<i64>,
    age_ms: Option<i64>,
    mock: Option<bool>,
}

const E7: f64 = 1e7;

impl Fix {
    /// A fix from degrees; `accuracy_m` is dropped when it is not a positive finite number.
    ///
    /// # Errors
    /// [`FixError`] for 0,0, for what is off the globe and for what is not a number.
    pub fn from_degrees(lat: f64, lon: f64, provider: Provider, accuracy_m: Option<f64>) -> Result<Self, FixError> {
        if !lat.is_finite() || !lon.is_finite() {
            return Err(FixError::Unreadable);
        }
        // Beyond this the product would not fit; the range check below refuses the rest.
        if lat.abs() > 1e4 || lon.abs() > 1e4 {
            return Err(FixError::OutOfRange);
        }
        #[allow(clippy::cast_possible_truncation, reason = "both are finite and below 1e11 here")]
        let (lat_e7, lon_e7) = ((lat * E7).round() as i64, (lon * E7).round() as i64);
        #[allow(clippy::cast_possible_truncation, reason = "finite, positive and capped at 1e9 mm")]
        let accuracy_mm = accuracy_m
            .filter(|m| m.is_finite() && *m > 0.0)
            .map(|m| (m * 1000.0).min(1e9).round() as i64);
        Self::checked(Self {
            lat_e7,
            lon_e7,
            datum: Datum::Wgs84,
            provider,
            accuracy_mm,
            age_ms: None,
            mock: None,
        })
    }

    /// A fix from 1e-7 degrees.
    ///
    /// # Errors
    /// [`FixError`] for 0,0 and for what is off the globe.
    pub fn from_e7(lat_e7: i64, lon_e7: i64, provider: Provider) -> Result<Self, FixError> {
        let fix = Self {
            lat_e7,
            lon_e7,
            datum: Datum::Wgs84,
            provider,
            accuracy_mm: None,
            age_ms: None,
            mock: None,
        };
        Self::checked(fix)
    }

    /// The same fix, said to be made by a mock provider, or said not to be.
    #[must_use]
    pub const fn with_mock(self, mock: Option<bool>) -> Self {
        Self { mock, ..self }
    }

    /// The point alone, for geometry and for the map.
    pub fn point(&self) -> Wgs84 {
        Wgs84::from(self)
    }

    fn checked(fix: Self) -> Result<Self, FixError> {
        if fix.lat_e7 == 0 && fix.lon_e7 == 0 {
            return Err(FixError::Zero);
        }
        if fix.lat_e7.unsigned_abs() > 900_000_000 || fix.lon_e7.unsigned_abs() > 1_800_000_000 {
            return Err(FixError::OutOfRange);
        }
        Ok(fix)
    }
}

impl TryFrom<FixFields> for Fix {
    type Error = FixError;

    fn try_from(fields: FixFields) -> Result<Self, Self::Error> {
        let FixFields {
            lat_e7,
            lon_e7,
            datum,
            provider,
            accuracy_mm,
            age_ms,
            mock,
        } = fields;
        Self::checked(Self {
            lat_e7,
            lon_e7,
            datum,
            provider,
            accuracy_mm,
            age_ms,
            mock,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_receiver_without_a_fix_is_not_in_the_atlantic() {
        assert_eq!(Fix::from_degrees(0.0, 0.0, Provider::Gnss, None), Err(FixError::Zero));
        assert_eq!(
            Fix::from_degrees(-0.0, 0.000_000_01, Provider::Exif, None),
            Err(FixError::Zero)
        );
        let op = r#"{"datum":"wgs84","lat_e7":0,"lon_e7":0,"provider":"gnss"}"#;
        assert!(serde_json::from_str::<Fix>(op).is_err());
    }

    #[test]
    fn what_is_no_number_or_off_the_globe_is_refused() {
        for (lat, lon) in [(f64::NAN, 118.0), (32.0, f64::INFINITY)] {
            assert_eq!(
                Fix::from_degrees(lat, lon, Provider::Gnss, None),
                Err(FixError::Unreadable)
            );
        }
        for (lat, lon) in [(90.1, 0.0), (0.0, -180.1), (1e300, 1.0)] {
            assert_eq!(
                Fix::from_degrees(lat, lon, Provider::Gnss, None),
                Err(FixError::OutOfRange)
            );
        }
    }

    #[test]
    fn degrees_become_whole_units() {
        let fix = Fix::from_degrees(32.341_258_6, -118.840_317_2, Provider::Exif, Some(4.8)).unwrap();
        assert_eq!(
            (fix.lat_e7, fix.lon_e7, fix.accuracy_mm),
            (323_412_586, -1_188_403_172, Some(4800))
        );
        let bad_accuracy = Fix::from_degrees(1.0, 1.0, Provider::Exif, Some(f64::NAN)).unwrap();
        assert_eq!(bad_accuracy.accuracy_mm, None);
    }
}
