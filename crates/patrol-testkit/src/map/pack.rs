//! The tiles as one MBTiles file (<https://github.com/mapbox/mbtiles-spec/blob/master/1.3/spec.md>): gzip inside, rows
//! counted from the south.

use std::io::Write as _;
use std::path::Path;

use flate2::{Compression, GzBuilder};
use rusqlite::{Connection, named_params};

use super::plan::EXTENT;
use super::plane::degrees;
pub use super::tile::Cell;
use super::tile::cut;

/// The zooms that are made; closer ones are drawn from the last.
pub const ZOOMS: std::ops::RangeInclusive<u8> = 12..=16;

/// Every tile with something on it, not compressed.
pub fn cells() -> Vec<(Cell, Vec<u8>)> {
    let [west, south, east, north] = EXTENT;
    let mut found = Vec::new();
    for z in ZOOMS {
        let (top_left, bottom_right) = (Cell::at(z, degrees([west, north])), Cell::at(z, degrees([east, south])));
        for x in top_left.x..=bottom_right.x {
            for y in top_left.y..=bottom_right.y {
                let cell = Cell { z, x, y };
                found.extend(cut(cell).map(|tile| (cell, tile)));
            }
        }
    }
    found
}

/// Writes the pack. A file of that name must not be there.
///
/// # Errors
/// What SQLite or the disk says.
pub fn write(path: &Path) -> Result<(), Box<dyn std::error::Error>> {
    let mut pack = Connection::open(path)?;
    pack.execute_batch(include_str!("pack/create.sql"))?;
    let tx = pack.transaction()?;
    for (name, value) in metadata() {
        tx.execute(
            include_str!("pack/insert_fact.sql"),
            named_params! { ":name": name, ":value": value },
        )?;
    }
    for (Cell { z, x, y }, tile) in cells() {
        let row = (1_u32 << z) - 1 - y;
        let data = gzip(&tile)?;
        tx.execute(
            include_str!("pack/insert_tile.sql"),
            named_params! { ":zoom": z, ":column": x, ":row": row, ":data": data },
        )?;
    }
    tx.commit()?;
    pack.execute_batch(include_str!("pack/finish.sql"))?;
    Ok(())
}

fn metadata() -> Vec<(&'static str, String)> {
    let [west, south, east, north] = EXTENT;
    let ([west, south], [east, north]) = (degrees([west, south]), degrees([east, north]));
    let fields = r#"{"kind":"String","zh":"String","en":"String"}"#;
    let layer = |id: &str| format!(r#"{{"id":"{id}","minzoom":12,"maxzoom":16,"fields":{fields}}}"#);
    let layers = ["area", "building", "street", "place"].map(layer).join(",");
    vec![
        ("name", "巡格示例街区".to_owned()),
        ("format", "pbf".to_owned()),
        ("version", "1".to_owned()),
        ("type", "baselayer".to_owned()),
        (
            "description",
            "An invented district for the demo; no real streets".to_owned(),
        ),
        ("attribution", "巡格 · 虚构街区".to_owned()),
        ("minzoom", ZOOMS.start().to_string()),
        ("maxzoom", ZOOMS.end().to_string()),
        ("bounds", format!("{west},{south},{east},{north}")),
        (
            "center",
            format!("{},{},16", f64::midpoint(west, east), f64::midpoint(south, north)),
        ),
        ("json", format!(r#"{{"vector_layers":[{layers}]}}"#)),
    ]
}

/// The same bytes for the same tile: no time in the header.
fn gzip(tile: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut writer = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    writer.write_all(tile)?;
    writer.finish()
}
