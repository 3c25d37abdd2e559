//! `make-map`: writes the invented district's map files anew, from the plan in `patrol_testkit::map`.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use patrol_testkit::map;

const USAGE: &str = "usage: make-map <assets folder>

Writes packs/demo-district.geojson (grids, relief points, no-stopping stretches), map/demo.geojson (streets, buildings)
and map/demo.mbtiles (the same as vector tiles).";

fn make(assets: &Path) -> Result<(), Box<dyn std::error::Error>> {
    std::fs::write(assets.join("packs/demo-district.geojson"), map::geojson::district())?;
    std::fs::write(assets.join("map/demo.geojson"), map::geojson::ground())?;
    let pack = assets.join("map/demo.mbtiles");
    match std::fs::remove_file(&pack) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error.into()),
        _ => map::write(&pack),
    }
}

#[allow(clippy::print_stderr, reason = "a program speaks to the person at the terminal")]
fn main() -> ExitCode {
    let Some(assets) = std::env::args_os().nth(1).map(PathBuf::from) else {
        eprintln!("{USAGE}");
        return ExitCode::FAILURE;
    };
    match make(&assets) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}
