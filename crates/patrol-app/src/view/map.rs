//! What the map is given. Points are 1e-7 degree in WGS-84; a pair is longitude, then latitude, as in GeoJSON.

use serde::Serialize;

views! {
    /// What the map needs once.
    pub struct MapState {
        /// The streets under it; none when there is no pack that can be read.
        pub tiles: Option<TilePackView>,
        /// Whether the map pack, or a part of it, could not be read.
        pub is_damaged: bool,
        /// Relief points and no-stopping stretches.
        pub zones: Vec<ZoneView>,
        /// Where the streets' middles are.
        pub streets: Vec<StreetPointView>,
    }

    /// A pack of map tiles.
    pub struct TilePackView {
        /// Its name.
        pub name: String,
        /// Whom it owes thanks.
        pub attribution: String,
        /// The furthest zoom that it has.
        pub min_zoom: u8,
        /// The closest zoom that it has.
        pub max_zoom: u8,
        /// West, south, east, north in degrees.
        pub bounds: Option<[f64; 4]>,
    }

    /// A place that a rule is bound to.
    pub struct ZoneView {
        /// Which rule.
        pub kind: ZoneKind,
        /// Its id.
        pub id: String,
        /// Chinese name.
        pub zh: String,
        /// English name.
        pub en: String,
        /// When, Chinese.
        pub hours_zh: String,
        /// When, English.
        pub hours_en: String,
        /// A closed ring (relief point) or a line (stretch).
        pub line_e7: Vec<[i64; 2]>,
    }

    /// The middle of a street.
    pub struct StreetPointView {
        /// The street's id.
        pub id: String,
        /// Latitude.
        pub lat_e7: i64,
        /// Longitude.
        pub lon_e7: i64,
    }

    /// A grid's code and name.
    pub struct GridNameView {
        /// 15 digits.
        pub code: String,
        /// Chinese name.
        pub zh: String,
        /// English name.
        pub en: String,
    }

    /// A grid of responsibility (责任网格).
    pub struct GridView {
        /// 15 digits.
        pub code: String,
        /// Chinese name.
        pub zh: String,
        /// English name.
        pub en: String,
        /// Closed rings, the outer one first.
        pub rings_e7: Vec<Vec<[i64; 2]>>,
        /// Its area on the ellipsoid, m².
        pub area_m2: f64,
    }

    /// The grid at a point.
    pub struct HereGrid {
        /// The grid that the point lies in, or else the nearest; none when the district has no grids.
        pub grid: Option<GridNameView>,
        /// How far it is, m; 0 inside.
        pub metres: Option<f64>,
    }

    /// Cases on the map.
    pub struct MapCases {
        /// The newest.
        pub cases: Vec<MapCase>,
        /// Whether there are more in the box.
        pub are_more: bool,
    }

    /// A case as a point.
    pub struct MapCase {
        /// The case.
        pub case_id: String,
        /// Where it is in its life.
        pub state: PinState,
        /// The matter's code.
        pub matter: String,
        /// Chinese name of the matter.
        pub matter_zh: String,
        /// English name of the matter.
        pub matter_en: String,
        /// Latitude.
        pub lat_e7: i64,
        /// Longitude.
        pub lon_e7: i64,
    }
}

/// Which rule a place is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum ZoneKind {
    /// 疏导点: stalls are allowed there at certain hours.
    Relief,
    /// 禁停: a stretch without stopping.
    NoStopping,
}

/// Where a case on the map is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum PinState {
    /// Something of it waits on this phone.
    OnPhone,
    /// The station has signed for all of it.
    AtStation,
    /// Void.
    Voided,
}
