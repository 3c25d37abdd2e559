//! The commands of the map.

use patrol_store::Bounds;
use serde::Deserialize;
use serde_json::Value;

use super::{answer, none, read};
use crate::app::App;
use crate::error::AppError;

#[derive(Deserialize)]
struct PointArguments {
    lat_e7: i64,
    lon_e7: i64,
}

#[derive(Deserialize)]
struct MapCasesArguments {
    bounds: BoundsArguments,
    limit: usize,
}

#[derive(Deserialize)]
struct BoundsArguments {
    south_e7: i64,
    west_e7: i64,
    north_e7: i64,
    east_e7: i64,
}

#[derive(Deserialize)]
struct CaseArguments {
    case_id: String,
}

impl App {
    /// Runs one of the map's commands; none for any other.
    pub(super) fn run_map(&self, command: &str, args: &Value) -> Option<Result<Value, AppError>> {
        Some(match command {
            "map_state" => none(args.clone()).and_then(|()| answer(self.map_state())),
            "map_cases" => self.run_map_cases(args),
            "map_case" => read(args.clone()).and_then(|CaseArguments { case_id }| answer(self.map_case(&case_id)?)),
            "grid_list" => none(args.clone()).and_then(|()| answer(self.grid_list())),
            "here_grid" => {
                read(args.clone()).and_then(|PointArguments { lat_e7, lon_e7 }| answer(self.here_grid(lat_e7, lon_e7)?))
            }
            _ => return None,
        })
    }

    fn run_map_cases(&self, args: &Value) -> Result<Value, AppError> {
        let MapCasesArguments { bounds, limit } = read(args.clone())?;
        let BoundsArguments {
            south_e7,
            west_e7,
            north_e7,
            east_e7,
        } = bounds;
        let bounds = Bounds {
            south_e7,
            west_e7,
            north_e7,
            east_e7,
        };
        answer(self.map_cases(bounds, limit)?)
    }
}
