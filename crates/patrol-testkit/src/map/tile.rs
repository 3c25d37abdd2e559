//! Cutting one tile out of the plan: project, clip with a margin, round to tile units.

use super::houses::houses;
use super::plan::{AREAS, PLACES, STREETS};
use super::plane::{Metres, degrees, square};
use super::vector::{EXTENT, Feature, Shape, Unit, layer, twice_the_area};

/// How far a tile reaches over its edge, in tile units: a wide street's edge and a name's halo must not be cut off.
const MARGIN: f64 = 192.0;

/// A tile of the XYZ scheme: y counts from the north.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Cell {
    /// Zoom.
    pub z: u8,
    /// Column, from the west.
    pub x: u32,
    /// Row, from the north.
    pub y: u32,
}

impl Cell {
    /// The cell that a point lies in.
    pub fn at(z: u8, point: [f64; 2]) -> Self {
        let side = f64::from(1_u32 << z);
        let [x, y] = square(point);
        Self {
            z,
            x: (x * side) as u32,
            y: (y * side) as u32,
        }
    }

    fn units(self, point: Metres) -> [f64; 2] {
        let side = f64::from(1_u32 << self.z);
        let [x, y] = square(degrees(point));
        let scale = f64::from(EXTENT);
        [
            (x * side - f64::from(self.x)) * scale,
            (y * side - f64::from(self.y)) * scale,
        ]
    }
}

/// The tile's bytes, not compressed; none when there is nothing on it.
pub fn cut(cell: Cell) -> Option<Vec<u8>> {
    let names = |zh: &str, en: &str, kind: &str| {
        let mut tags = vec![("kind", kind.to_owned())];
        if !zh.is_empty() {
            tags.extend([("zh", zh.to_owned()), ("en", en.to_owned())]);
        }
        tags
    };
    let areas = AREAS
        .iter()
        .filter_map(|area| Some(feature(names(area.zh, area.en, area.kind), ring(cell, area.ring)?)))
        .collect::<Vec<_>>();
    let streets = STREETS
        .iter()
        .filter_map(|street| {
            Some(feature(
                names(street.zh, street.en, street.kind),
                line(cell, street.line)?,
            ))
        })
        .collect::<Vec<_>>();
    // Further out a building is less than a pixel wide.
    let rings = if cell.z < 14 { Vec::new() } else { houses() };
    let buildings = rings
        .iter()
        .filter_map(|house| Some(feature(Vec::new(), ring(cell, house)?)))
        .collect::<Vec<_>>();
    let places = PLACES
        .iter()
        .filter_map(|place| {
            Some(feature(
                names(place.zh, place.en, place.kind),
                points(cell, place.ring)?,
            ))
        })
        .collect::<Vec<_>>();
    let tile = [
        layer("area", &areas),
        layer("building", &buildings),
        layer("street", &streets),
        layer("place", &places),
    ]
    .concat();
    (!tile.is_empty()).then_some(tile)
}

fn feature(tags: Vec<(&'static str, String)>, shape: Shape) -> Feature {
    Feature { tags, shape }
}

fn points(cell: Cell, points: &[Metres]) -> Option<Shape> {
    let inside = |[x, y]: &[f64; 2]| [x, y].iter().all(|value| (0.0..f64::from(EXTENT)).contains(*value));
    let kept: Vec<Unit> = points
        .iter()
        .map(|point| cell.units(*point))
        .filter(inside)
        .map(round)
        .collect();
    (!kept.is_empty()).then_some(Shape::Points(kept))
}

fn round([x, y]: [f64; 2]) -> Unit {
    [x.round() as i32, y.round() as i32]
}

/// Each segment is clipped for itself (Liang–Barsky); pieces that meet are joined again.
fn line(cell: Cell, points: &[Metres]) -> Option<Shape> {
    let mut lines: Vec<Vec<Unit>> = Vec::new();
    let units: Vec<_> = points.iter().map(|point| cell.units(*point)).collect();
    for pair in units.windows(2) {
        let [from, to] = pair else { continue };
        let Some((from, to)) = clip(*from, *to) else { continue };
        let (from, to) = (round(from), round(to));
        if from == to {
            continue;
        }
        match lines.last_mut().filter(|line| line.last() == Some(&from)) {
            Some(line) => line.push(to),
            None => lines.push(vec![from, to]),
        }
    }
    (!lines.is_empty()).then_some(Shape::Lines(lines))
}

fn clip(from: [f64; 2], to: [f64; 2]) -> Option<([f64; 2], [f64; 2])> {
    let (low, high) = (-MARGIN, f64::from(EXTENT) + MARGIN);
    let ([x0, y0], [x1, y1]) = (from, to);
    let (dx, dy) = (x1 - x0, y1 - y0);
    let (mut start, mut end) = (0.0_f64, 1.0_f64);
    for (step, room) in [(-dx, x0 - low), (dx, high - x0), (-dy, y0 - low), (dy, high - y0)] {
        if step == 0.0 {
            if room < 0.0 {
                return None;
            }
        } else if step < 0.0 {
            start = start.max(room / step);
        } else {
            end = end.min(room / step);
        }
    }
    let at = |part: f64| [x0 + part * dx, y0 + part * dy];
    (start <= end).then(|| (at(start), at(end)))
}

/// Sutherland–Hodgman on the tile's four sides. What it leaves of a ring that bends out and in again runs along the
/// margin, which no eye sees.
fn ring(cell: Cell, points: &[Metres]) -> Option<Shape> {
    let (low, high) = (-MARGIN, f64::from(EXTENT) + MARGIN);
    let mut kept: Vec<[f64; 2]> = points.iter().map(|point| cell.units(*point)).collect();
    kept.pop();
    for (axis, limit, keep_above) in [(0, low, true), (0, high, false), (1, low, true), (1, high, false)] {
        kept = cut_off(&kept, axis, limit, keep_above);
    }
    let mut ring: Vec<Unit> = kept.into_iter().map(round).collect();
    ring.dedup();
    let first = *ring.first()?;
    if ring.last() != Some(&first) {
        ring.push(first);
    }
    (ring.len() >= 4 && twice_the_area(&ring) != 0).then_some(Shape::Rings(vec![ring]))
}

fn cut_off(points: &[[f64; 2]], axis: usize, limit: f64, keep_above: bool) -> Vec<[f64; 2]> {
    let value = |[x, y]: [f64; 2]| if axis == 0 { x } else { y };
    let is_kept = |point| (value(point) >= limit) == keep_above;
    let mut kept = Vec::with_capacity(points.len());
    let mut before = points.last().copied();
    for point in points.iter().copied() {
        if let Some(from) = before.filter(|from| is_kept(*from) != is_kept(point)) {
            let part = (limit - value(from)) / (value(point) - value(from));
            let ([x0, y0], [x1, y1]) = (from, point);
            kept.push([x0 + part * (x1 - x0), y0 + part * (y1 - y0)]);
        }
        if is_kept(point) {
            kept.push(point);
        }
        before = Some(point);
    }
    kept
}
