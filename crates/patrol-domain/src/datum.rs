//! Points and their datum: WGS-84 for all that is stored, GCJ-02 for what is drawn on a Chinese street map.
//!
//! GCJ-02 moves a point by 33 to 680 m, so a mix-up puts a stall into the next street. The two are types of their own
//! and only [`Wgs84::to_gcj02`] and [`Gcj02::to_wgs84`] lead across. [`Gcj02`] has no serialised form on purpose: what
//! cannot be written cannot be stored. Written here and not taken from a crate: the formula is forty lines, the crates
//! carry a mask under another licence or an old `geo`.

mod shift;

use geo::{Distance, Haversine, Point};

use crate::Fix;

const E7: f64 = 1e7;
const LAT_LIMIT_E7: i64 = 900_000_000;
const LON_LIMIT_E7: i64 = 1_800_000_000;

/// Why a pair of numbers is not a point.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PointError {
    /// NaN or infinite.
    #[error("a coordinate is not a number")]
    NotANumber,
    /// Beyond ±90° or ±180°.
    #[error("the coordinates are not on the globe")]
    OffTheGlobe,
}

/// A point in WGS-84 (equal to CGCS2000 within centimetres), in whole 1e-7 degrees (11 mm on a meridian), as a
/// [`Fix`] stores it.
///
/// 0,0 is allowed: whether a receiver was asleep is the fix's question, not geometry's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wgs84 {
    lat_e7: i64,
    lon_e7: i64,
}

impl Wgs84 {
    /// A point from 1e-7 degrees, north and east positive.
    ///
    /// # Errors
    /// [`PointError::OffTheGlobe`].
    pub const fn from_e7(lat_e7: i64, lon_e7: i64) -> Result<Self, PointError> {
        if lat_e7.unsigned_abs() > LAT_LIMIT_E7.unsigned_abs() || lon_e7.unsigned_abs() > LON_LIMIT_E7.unsigned_abs() {
            return Err(PointError::OffTheGlobe);
        }
        Ok(Self { lat_e7, lon_e7 })
    }

    /// A point from degrees, rounded to 1e-7.
    ///
    /// # Errors
    /// [`PointError`].
    pub fn from_degrees(lat: f64, lon: f64) -> Result<Self, PointError> {
        let (lat, lon) = on_the_globe(lat, lon)?;
        Ok(Self::rounded(lat, lon))
    }

    /// Rounds degrees that are known to be finite; what lies beyond the globe is drawn to its edge.
    fn rounded(lat: f64, lon: f64) -> Self {
        #[allow(clippy::cast_possible_truncation, reason = "a cast saturates, and the clamp follows")]
        let (lat_e7, lon_e7) = ((lat * E7).round() as i64, (lon * E7).round() as i64);
        Self::clamped(lat_e7, lon_e7)
    }

    fn clamped(lat_e7: i64, lon_e7: i64) -> Self {
        Self {
            lat_e7: lat_e7.clamp(-LAT_LIMIT_E7, LAT_LIMIT_E7),
            lon_e7: lon_e7.clamp(-LON_LIMIT_E7, LON_LIMIT_E7),
        }
    }

    /// Latitude in 1e-7 degree, north positive.
    pub const fn lat_e7(self) -> i64 {
        self.lat_e7
    }

    /// Longitude in 1e-7 degree, east positive.
    pub const fn lon_e7(self) -> i64 {
        self.lon_e7
    }

    /// Latitude in degrees, north positive.
    #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
    pub fn lat(self) -> f64 {
        self.lat_e7 as f64 / E7
    }

    /// Longitude in degrees, east positive.
    #[allow(clippy::cast_precision_loss, reason = "below 2^53")]
    pub fn lon(self) -> f64 {
        self.lon_e7 as f64 / E7
    }

    /// The great-circle distance in metres on the mean sphere (haversine); within 0.6 % of the ellipsoid's.
    pub fn distance_m(self, other: Self) -> f64 {
        Haversine.distance(Point::new(self.lon(), self.lat()), Point::new(other.lon(), other.lat()))
    }

    /// The same point for a street map in GCJ-02.
    pub fn to_gcj02(self) -> Gcj02 {
        let (lat, lon) = shift::forward(self.lat(), self.lon());
        Gcj02 { lat, lon }
    }
}

/// Where the fix is. A fix from one of its constructors lies on the globe; one put together by hand that does not is
/// drawn to the globe's edge.
impl From<&Fix> for Wgs84 {
    fn from(fix: &Fix) -> Self {
        Self::clamped(fix.lat_e7, fix.lon_e7)
    }
}

/// A point in GCJ-02, in degrees: for display only, never stored, and therefore without a serialised form.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Gcj02 {
    lat: f64,
    lon: f64,
}

impl Gcj02 {
    /// A point of a GCJ-02 map, for example where the officer tapped.
    ///
    /// # Errors
    /// [`PointError`].
    pub fn from_degrees(lat: f64, lon: f64) -> Result<Self, PointError> {
        let (lat, lon) = on_the_globe(lat, lon)?;
        Ok(Self { lat, lon })
    }

    /// Latitude in degrees, north positive.
    pub const fn lat(self) -> f64 {
        self.lat
    }

    /// Longitude in degrees, east positive.
    pub const fn lon(self) -> f64 {
        self.lon
    }

    /// The same point in WGS-84: exact within a tenth of a millimetre, then rounded to 1e-7 degree, which moves it by
    /// at most 8 mm.
    pub fn to_wgs84(self) -> Wgs84 {
        let (lat, lon) = shift::inverse(self.lat, self.lon);
        Wgs84::rounded(lat, lon)
    }
}

fn on_the_globe(lat: f64, lon: f64) -> Result<(f64, f64), PointError> {
    if !lat.is_finite() || !lon.is_finite() {
        return Err(PointError::NotANumber);
    }
    if lat.abs() > 90.0 || lon.abs() > 180.0 {
        return Err(PointError::OffTheGlobe);
    }
    Ok((lat, lon))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Provider;
    use proptest::prelude::*;

    fn wgs(lat: f64, lon: f64) -> Wgs84 {
        Wgs84::from_degrees(lat, lon).unwrap()
    }

    /// Metres between two points in degrees; fine enough for millimetres, which haversine is not everywhere.
    fn metres(a: (f64, f64), b: (f64, f64)) -> f64 {
        let north = (a.0 - b.0) * 111_195.0;
        let east = (a.1 - b.1) * 111_195.0 * a.0.to_radians().cos();
        north.hypot(east)
    }

    #[test]
    fn a_fix_knows_its_point() {
        let fix = Fix::from_e7(323_412_586, 1_188_403_172, Provider::Gnss).unwrap();
        assert_eq!(
            (fix.point().lat_e7(), fix.point().lon_e7()),
            (323_412_586, 1_188_403_172)
        );
        let by_hand = Fix {
            lat_e7: i64::MAX,
            lon_e7: i64::MIN,
            ..fix
        };
        assert_eq!((by_hand.point().lat(), by_hand.point().lon()), (90.0, -180.0));
    }

    #[test]
    fn what_is_no_number_or_off_the_globe_is_no_point() {
        assert_eq!(Wgs84::from_degrees(f64::NAN, 1.0), Err(PointError::NotANumber));
        assert_eq!(Gcj02::from_degrees(1.0, f64::INFINITY), Err(PointError::NotANumber));
        assert_eq!(Wgs84::from_degrees(90.1, 1.0), Err(PointError::OffTheGlobe));
        assert_eq!(Gcj02::from_degrees(1.0, -180.1), Err(PointError::OffTheGlobe));
        assert_eq!(Wgs84::from_e7(i64::MIN, 0), Err(PointError::OffTheGlobe));
        assert!(Wgs84::from_e7(-900_000_000, 1_800_000_000).is_ok());
    }

    #[test]
    fn published_pairs_are_met() {
        for (lat, lon, gcj_lat, gcj_lon) in [
            // googollee/eviltransform, python/test.py: Shanghai, Shenzhen, Beijing.
            (31.177_427_6, 121.527_210_6, 31.175_303_983_645_97, 121.531_541_859_215),
            (22.543_847, 113.912_316, 22.540_796_131_694_766, 113.917_176_480_836_3),
            (39.911_954, 116.377_817, 39.913_345_455_360_69, 116.384_047_224_556_57),
            // wandergis/coordtransform, test/app.js.
            (39.915, 116.404, 39.916_404_281_501_64, 116.410_244_499_169_38),
        ] {
            let gcj = wgs(lat, lon).to_gcj02();
            assert!(
                (gcj.lat() - gcj_lat).abs() < 1e-11 && (gcj.lon() - gcj_lon).abs() < 1e-11,
                "{gcj:?}"
            );
            assert_eq!(Gcj02::from_degrees(gcj_lat, gcj_lon).unwrap().to_wgs84(), wgs(lat, lon));
        }
    }

    #[test]
    fn abroad_the_two_datums_are_one() {
        // Berlin, New York, Sydney.
        for (lat, lon) in [(52.52, 13.405), (40.7, -74.0), (-33.87, 151.2)] {
            let gcj = wgs(lat, lon).to_gcj02();
            assert_eq!((gcj.lat(), gcj.lon()), (wgs(lat, lon).lat(), wgs(lat, lon).lon()));
            assert_eq!(gcj.to_wgs84(), wgs(lat, lon));
        }
    }

    #[test]
    fn the_distance_of_one_degree_of_latitude_is_known() {
        let metres = wgs(31.0, 121.0).distance_m(wgs(32.0, 121.0));
        assert!((metres - 111_195.08).abs() < 0.1, "{metres}");
    }

    /// All of China with room to spare, the strip along each edge of the box, both sides of the edge, and the globe.
    fn places() -> impl Strategy<Value = (f64, f64)> {
        let south_north = prop_oneof![0.8..1.0, 55.7..55.9];
        let west_east = prop_oneof![71.9..72.2, 137.7..137.9];
        prop_oneof![
            4 => (3.0..54.0, 73.0..136.0),
            1 => (south_north.clone(), 71.9..137.9),
            1 => (0.8..55.9, west_east.clone()),
            1 => (south_north, west_east),
            1 => (-90.0..=90.0, -180.0..=180.0),
        ]
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(20_000))]

        #[test]
        fn from_wgs_84_and_back_is_the_very_same_point((lat, lon) in places()) {
            let start = wgs(lat, lon);
            prop_assert_eq!(start.to_gcj02().to_wgs84(), start);
        }

        #[test]
        fn from_gcj_02_and_back_is_within_a_centimetre((lat, lon) in places()) {
            let start = Gcj02::from_degrees(lat, lon).unwrap();
            let back = start.to_wgs84().to_gcj02();
            let error = metres((lat, lon), (back.lat(), back.lon()));
            prop_assert!(error < 0.01, "{} m", error);
        }

        #[test]
        fn the_shift_in_china_is_never_zero_and_never_beyond_a_kilometre((lat, lon) in (3.8..53.6, 73.4..135.1)) {
            let gcj = wgs(lat, lon).to_gcj02();
            let moved = metres((lat, lon), (gcj.lat(), gcj.lon()));
            prop_assert!((10.0..1000.0).contains(&moved), "{} m", moved);
        }

        #[test]
        fn no_number_makes_it_panic(lat in any::<f64>(), lon in any::<f64>()) {
            if let (Ok(wgs), Ok(gcj)) = (Wgs84::from_degrees(lat, lon), Gcj02::from_degrees(lat, lon)) {
                let _ = (wgs.to_gcj02(), gcj.to_wgs84());
            }
        }
    }
}
