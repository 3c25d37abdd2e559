//! The map's tiles: the shipped pack, a station's own, and packs that are none.

use std::sync::Arc;

use patrol_store::{MachineDisk, TileAt};
use patrol_testkit::map;
use tempfile::TempDir;

use super::*;

fn tiles(folder: &TempDir) -> Tiles {
    Tiles::new(folder.path(), Arc::new(MachineDisk))
}

fn at(cell: map::Cell) -> TileAt {
    TileAt {
        z: cell.z,
        x: cell.x,
        y: cell.y,
    }
}

#[test]
fn each_tile_of_the_shipped_pack_is_what_its_plan_gives_unpacked_and_the_right_way_up() {
    let folder = tempfile::tempdir().unwrap();
    let tiles = tiles(&folder);
    let pack = tiles.pack().unwrap();
    let cells = map::cells();
    for z in map::pack::ZOOMS {
        assert!(cells.iter().any(|(cell, _)| cell.z == z), "zoom {z}");
    }
    for (cell, expected) in cells {
        assert_eq!(
            pack.tile(at(cell)).unwrap().as_deref(),
            Some(expected.as_slice()),
            "{cell:?}"
        );
    }
    assert_eq!((pack.facts().min_zoom, pack.facts().max_zoom), (12, 16));
    assert!(!tiles.is_damaged());
}

#[test]
fn liuye_lane_lies_in_the_tile_of_its_point_and_not_in_the_one_that_a_flipped_row_would_give() {
    let folder = tempfile::tempdir().unwrap();
    let tiles = tiles(&folder);
    let pack = tiles.pack().unwrap();
    let right = at(map::Cell::at(16, [118.84033, 32.34125]));
    let has_name = |tile: Option<Vec<u8>>| {
        tile.is_some_and(|tile| tile.windows("柳叶巷".len()).any(|piece| piece == "柳叶巷".as_bytes()))
    };
    assert!(has_name(pack.tile(right).unwrap()));
    let flipped = TileAt {
        y: (1 << 16) - 1 - right.y,
        ..right
    };
    assert_eq!(pack.tile(flipped).unwrap(), None);
}

#[test]
fn a_path_is_three_plain_numbers_on_the_map_or_nothing() {
    assert_eq!(TileAt::parse("16/53/7"), Some(TileAt { z: 16, x: 53, y: 7 }));
    assert_eq!(TileAt::parse("0/0/0"), Some(TileAt { z: 0, x: 0, y: 0 }));
    for path in [
        "",
        "/",
        "16/1",
        "16/1/2/3",
        "16/1/2.pbf",
        "+1/0/0",
        "-1/0/0",
        " 1/0/0",
        "1/0/0 ",
        "1//0",
        "../../patrol.db",
        "1/2/0",
        "1/0/2",
        "25/0/0",
        "255/0/0",
        "16/4294967296/0",
        "１/0/0",
        "1/0/0?x",
        "1\\0\\0",
        "%2e/0/0",
    ] {
        assert_eq!(TileAt::parse(path), None, "{path:?}");
    }
}

#[test]
fn a_stations_pack_wins_over_the_shipped_one_and_the_last_by_name_over_others() {
    let folder = tempfile::tempdir().unwrap();
    let packs = folder.path().join("packs");
    std::fs::create_dir(&packs).unwrap();
    std::fs::write(packs.join("2026-01.mbtiles"), b"an old one that nobody opens").unwrap();
    map::write(&packs.join("2026-11.mbtiles")).unwrap();
    let tiles = tiles(&folder);
    assert!(tiles.pack().is_some());
    assert!(!packs.join(SHIPPED_NAME).exists());
}

#[test]
fn a_pack_that_cannot_be_read_gives_no_streets_and_is_said_so() {
    for bytes in [&b"SQLite format 3\0 and nothing of it"[..], b"", b"no pack at all"] {
        let folder = tempfile::tempdir().unwrap();
        let packs = folder.path().join("packs");
        std::fs::create_dir(&packs).unwrap();
        std::fs::write(packs.join("station.mbtiles"), bytes).unwrap();
        let tiles = tiles(&folder);
        assert!(tiles.pack().is_none() && tiles.is_damaged());
        assert_eq!(
            std::fs::read(packs.join("station.mbtiles")).unwrap(),
            bytes,
            "left as it is"
        );
    }
}

#[test]
fn a_shipped_pack_that_was_spoilt_is_laid_out_anew() {
    let folder = tempfile::tempdir().unwrap();
    assert!(tiles(&folder).pack().is_some());
    let path = folder.path().join("packs").join(SHIPPED_NAME);
    std::fs::write(&path, b"spoilt").unwrap();
    assert!(tiles(&folder).pack().is_some());
    assert_eq!(std::fs::read(&path).unwrap(), SHIPPED);
}

#[test]
fn a_page_that_is_damaged_costs_its_tiles_and_nothing_else() {
    let folder = tempfile::tempdir().unwrap();
    let packs = folder.path().join("packs");
    std::fs::create_dir(&packs).unwrap();
    let mut bytes = SHIPPED.to_vec();
    let half = bytes.len() / 2;
    bytes[half..].fill(0x5a);
    std::fs::write(packs.join("station.mbtiles"), &bytes).unwrap();
    let tiles = tiles(&folder);
    if let Some(pack) = tiles.pack() {
        let failed = map::cells()
            .into_iter()
            .filter(|(cell, _)| pack.tile(at(*cell)).is_err())
            .count();
        assert!(failed > 0, "half of the file is gone");
    } else {
        assert!(tiles.is_damaged());
    }
}
