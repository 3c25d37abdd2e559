//! Buildings: rows of long low blocks, as housing estates have them, wherever no street, water or yard is.
//!
//! The same every time: sizes follow from a row's and a building's number, not from chance.

use super::plan::{AREAS, EXTENT, STREETS, ZONES};
use super::plane::{Metres, distance, is_inside};

/// From one row's southern wall to the next one's: two storeys' shadow.
const ROW: f64 = 27.0;
/// Between two buildings of a row.
const GAP: f64 = 8.0;
/// From a kerb to a wall.
const PAVEMENT: f64 = 6.0;

/// The buildings as closed rings.
pub fn houses() -> Vec<Vec<Metres>> {
    let [west, south, east, north] = EXTENT;
    let mut found = Vec::new();
    let mut row = 0_u64;
    let mut y = south;
    while y < north {
        let mut x = west + 7.0 * stir(row, 0) as f64 / 100.0;
        let mut number = 0_u64;
        let depth = 11.0 + 4.0 * stir(row, 1) as f64 / 100.0;
        while x < east {
            number += 1;
            let size = stir(row, number + 7);
            let width = 15.0 + 36.0 * size as f64 / 100.0;
            let ring = rectangle(x, y, width, depth);
            // One in nine plots is empty: a yard, a bicycle shed too small to draw.
            if !stir(number, row).is_multiple_of(9) && is_free(x, y, width, depth) {
                found.push(ring);
                x += width + GAP;
            } else {
                x += 6.0;
            }
        }
        row += 1;
        y += ROW;
    }
    found
}

fn rectangle(x: f64, y: f64, width: f64, depth: f64) -> Vec<Metres> {
    vec![[x, y], [x + width, y], [x + width, y + depth], [x, y + depth], [x, y]]
}

fn is_free(x: f64, y: f64, width: f64, depth: f64) -> bool {
    let across = (width / 5.0).ceil();
    let points = (0..=across as u32).flat_map(|step| {
        let along = x + width * f64::from(step) / across;
        [[along, y], [along, y + depth / 2.0], [along, y + depth]]
    });
    points.into_iter().all(is_buildable)
}

fn is_buildable(point: Metres) -> bool {
    let off_street = |street: &super::plan::Street| distance(point, street.line) > street.width / 2.0 + PAVEMENT;
    let off_area = |area: &super::plan::Place| !is_inside(point, area.ring) && distance(point, area.ring) > PAVEMENT;
    let off_zone = |zone: &super::plan::Zone| zone.kind != "relief" || !is_inside(point, zone.line);
    STREETS.iter().all(off_street) && AREAS.iter().all(off_area) && ZONES.iter().all(off_zone)
}

/// 0 to 99, the same for the same numbers (splitmix64's mixing).
fn stir(a: u64, b: u64) -> u64 {
    let mut mixed = a
        .wrapping_mul(0x9e37_79b9_7f4a_7c15)
        .wrapping_add(b.wrapping_mul(0xbf58_476d_1ce4_e5b9))
        .wrapping_add(0x94d0_49bb_1331_11eb);
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    (mixed ^ (mixed >> 31)) % 100
}
