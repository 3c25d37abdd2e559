//! What lies on the map by rule: grids of responsibility, relief points, no-stopping stretches, and the cases.
//!
//! The shipped district is compiled in as GeoJSON, the form in which a station draws and hands out such things.

use patrol_domain::case::CaseState;
use patrol_domain::grid::{Grid, GridCode, Grids, Outline};
use patrol_domain::{CaseId, Wgs84};
use patrol_store::{Bounds, CasePoint};
use serde::Deserialize;

use crate::app::App;
use crate::error::AppError;
use crate::view::{
    CaseRow, GridNameView, GridView, HereGrid, MapCase, MapCases, MapState, PinState, StreetPointView, TilePackView,
    ZoneKind, ZoneView,
};

/// The most cases on the map at once: enough for a shift in one district, and few enough to draw.
const MAX_POINTS: usize = 2_000;

/// The part of the district that lies on the map.
#[derive(Debug, Default)]
pub(crate) struct Ground {
    grids: Grids,
    names: Vec<GridNameView>,
    zones: Vec<ZoneView>,
}

/// A file that is no district: a defect of the build, or of a pack.
#[derive(Debug, thiserror::Error)]
pub enum GroundError {
    /// Not JSON of this form.
    #[error(transparent)]
    Json(#[from] serde_json::Error),
    /// A code or an outline that is none.
    #[error("grid {0}: {1}")]
    Grid(String, String),
}

#[derive(Deserialize)]
struct Collection {
    features: Vec<Feature>,
}

#[derive(Deserialize)]
struct Feature {
    properties: Properties,
    geometry: Geometry,
}

#[derive(Deserialize)]
#[serde(tag = "layer", rename_all = "snake_case")]
enum Properties {
    Grid { code: String, zh: String, en: String },
    Relief(ZoneProperties),
    NoStopping(ZoneProperties),
}

#[derive(Deserialize)]
struct ZoneProperties {
    id: String,
    zh: String,
    en: String,
    hours_zh: String,
    hours_en: String,
}

#[derive(Deserialize)]
#[serde(tag = "type", content = "coordinates")]
enum Geometry {
    Polygon(Vec<Vec<[f64; 2]>>),
    LineString(Vec<[f64; 2]>),
}

impl Geometry {
    fn rings(self) -> Vec<Vec<[f64; 2]>> {
        match self {
            Self::Polygon(rings) => rings,
            Self::LineString(line) => vec![line],
        }
    }
}

impl Ground {
    pub(crate) fn shipped() -> Result<Self, GroundError> {
        Self::read(include_str!("../../../assets/packs/demo-district.geojson"))
    }

    fn read(text: &str) -> Result<Self, GroundError> {
        let Collection { features } = serde_json::from_str(text)?;
        let (mut grids, mut names, mut zones) = (Vec::new(), Vec::new(), Vec::new());
        for Feature { properties, geometry } in features {
            match properties {
                Properties::Grid { code, zh, en } => {
                    grids.push(read_grid(&code, geometry)?);
                    names.push(GridNameView { code, zh, en });
                }
                Properties::Relief(zone) => zones.push(zone_view(ZoneKind::Relief, zone, geometry)),
                Properties::NoStopping(zone) => zones.push(zone_view(ZoneKind::NoStopping, zone, geometry)),
            }
        }
        names.sort_by(|a, b| a.code.cmp(&b.code));
        let grids =
            Grids::new(grids).map_err(|error| GroundError::Grid(error.0.to_string(), "comes twice".to_owned()))?;
        Ok(Self { grids, names, zones })
    }

    /// Codes and names, by code.
    pub(crate) fn names(&self) -> &[GridNameView] {
        &self.names
    }

    /// The grids themselves.
    pub(crate) fn grids(&self) -> &Grids {
        &self.grids
    }

    fn name(&self, code: &GridCode) -> (String, String) {
        let found = self.names.iter().find(|name| name.code == code.as_str());
        found.map_or_else(
            || (code.to_string(), code.to_string()),
            |name| (name.zh.clone(), name.en.clone()),
        )
    }

    fn views(&self) -> Vec<GridView> {
        let view = |grid: &Grid| {
            let (zh, en) = self.name(&grid.code);
            GridView {
                code: grid.code.to_string(),
                zh,
                en,
                rings_e7: grid.outline.clone().into(),
                area_m2: grid.outline.area_m2(),
            }
        };
        self.grids.iter().map(view).collect()
    }
}

fn read_grid(code: &str, geometry: Geometry) -> Result<Grid, GroundError> {
    let problem = |error: String| GroundError::Grid(code.to_owned(), error);
    Ok(Grid {
        code: code.parse::<GridCode>().map_err(|error| problem(error.to_string()))?,
        outline: Outline::from_lon_lat(&geometry.rings()).map_err(|error| problem(error.to_string()))?,
    })
}

fn zone_view(kind: ZoneKind, zone: ZoneProperties, geometry: Geometry) -> ZoneView {
    let ZoneProperties {
        id,
        zh,
        en,
        hours_zh,
        hours_en,
    } = zone;
    ZoneView {
        kind,
        id,
        zh,
        en,
        hours_zh,
        hours_en,
        line_e7: geometry
            .rings()
            .into_iter()
            .next()
            .unwrap_or_default()
            .into_iter()
            .map(|[lon, lat]| [e7(lon), e7(lat)])
            .collect(),
    }
}

#[allow(clippy::cast_possible_truncation, reason = "degrees times 1e7 fit into 33 bits")]
fn e7(degrees: f64) -> i64 {
    (degrees * 1e7).round() as i64
}

impl App {
    /// The grids of this district with outline and area, by code.
    pub fn grid_list(&self) -> Vec<GridView> {
        self.ground.views()
    }

    /// The grid that a point (1e-7 degree, WGS-84) lies in, or else the nearest and how far it is.
    ///
    /// # Errors
    /// [`AppError::Arguments`] for a point that is not on the globe.
    pub fn here_grid(&self, lat_e7: i64, lon_e7: i64) -> Result<HereGrid, AppError> {
        let point = Wgs84::from_e7(lat_e7, lon_e7).map_err(|error| AppError::Arguments(error.to_string()))?;
        let nearest = self.ground.grids().nearest(point);
        Ok(HereGrid {
            metres: nearest.map(|nearest| nearest.metres),
            grid: nearest.map(|nearest| {
                let (zh, en) = self.ground.name(&nearest.grid.code);
                GridNameView {
                    code: nearest.grid.code.to_string(),
                    zh,
                    en,
                }
            }),
        })
    }

    /// What the map needs once: its tiles, the zones, where the streets' middles are.
    pub fn map_state(&self) -> MapState {
        let tiles = self.tiles.pack().map(|pack| {
            let facts = pack.facts();
            TilePackView {
                name: facts.name.clone(),
                attribution: facts.attribution.clone(),
                min_zoom: facts.min_zoom,
                max_zoom: facts.max_zoom,
                bounds: facts.bounds,
            }
        });
        MapState {
            tiles,
            is_damaged: self.tiles.is_damaged(),
            zones: self.ground.zones.clone(),
            streets: self
                .district
                .points()
                .map(|(id, lat, lon)| StreetPointView {
                    id: id.to_owned(),
                    lat_e7: e7(lat),
                    lon_e7: e7(lon),
                })
                .collect(),
        }
    }

    /// The newest cases in a box, as points.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn map_cases(&self, bounds: Bounds, limit: usize) -> Result<MapCases, AppError> {
        let limit = limit.clamp(1, MAX_POINTS);
        let mut points = self.store.case_points(bounds, limit + 1)?;
        let are_more = points.len() > limit;
        points.truncate(limit);
        Ok(MapCases {
            cases: points.iter().map(|point| self.view_point(point)).collect(),
            are_more,
        })
    }

    /// One case as a row, for the strip under the map.
    ///
    /// # Errors
    /// [`AppError`] for a case that this phone does not know.
    pub fn map_case(&self, case_id: &str) -> Result<CaseRow, AppError> {
        let case: CaseId = case_id
            .parse()
            .map_err(|_| AppError::Arguments("not a case's id".into()))?;
        Ok(self.view_case(&self.store.case_record(case)?))
    }

    fn view_point(&self, point: &CasePoint) -> MapCase {
        let CasePoint {
            case,
            state,
            at_station,
            matter,
            lat_e7,
            lon_e7,
        } = point;
        let (matter_zh, matter_en) = self.catalogue.names(matter);
        MapCase {
            case_id: case.to_string(),
            state: match (state, at_station) {
                (CaseState::Voided, _) => PinState::Voided,
                (_, true) => PinState::AtStation,
                (_, false) => PinState::OnPhone,
            },
            matter: matter.clone(),
            matter_zh: matter_zh.to_owned(),
            matter_en: matter_en.to_owned(),
            lat_e7: *lat_e7,
            lon_e7: *lon_e7,
        }
    }
}
