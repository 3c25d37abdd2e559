//! What makes rings an outline: closed, four points, an area, no crossing, holes clear inside.
//!
//! Crossings and holes are `geo`'s (`Validation`, after OGC 06-103r4 §6.1.11): it compares with exact predicates, and
//! whole 1e-7 degrees are exact as `f64`. What it lets pass, a ring folded flat, is checked here.

use geo::algorithm::validation::{InvalidPolygon, RingRole, Validation};
use geo::{Coord, LineString, MapCoords, Polygon};

use super::{MAX_OUTLINE_POINTS, OutlineError};
use crate::Wgs84;

/// Checks and joins the rings.
pub(super) fn polygon(rings: &[Vec<Wgs84>]) -> Result<Polygon<i64>, OutlineError> {
    if rings.iter().map(Vec::len).sum::<usize>() > MAX_OUTLINE_POINTS {
        return Err(OutlineError::TooManyPoints);
    }
    let mut checked = rings
        .iter()
        .enumerate()
        .map(|(number, points)| ring(number, points))
        .collect::<Result<Vec<_>, _>>()?
        .into_iter();
    let exterior = checked.next().ok_or(OutlineError::NoRing)?;
    let polygon = Polygon::new(exterior, checked.collect());
    whole_numbers(&polygon).check_validation().map_err(reason)?;
    Ok(polygon)
}

fn ring(ring: usize, points: &[Wgs84]) -> Result<LineString<i64>, OutlineError> {
    if points.first() != points.last() {
        return Err(OutlineError::NotClosed { ring });
    }
    let mut coords: Vec<_> = points
        .iter()
        .map(|point| Coord {
            x: point.lon_e7(),
            y: point.lat_e7(),
        })
        .collect();
    coords.dedup();
    if coords.len() < 4 {
        return Err(OutlineError::TooFewPoints { ring });
    }
    let line = LineString::new(coords);
    if twice_the_area(&line) == 0 {
        return Err(OutlineError::NoArea { ring });
    }
    Ok(line)
}

fn twice_the_area(ring: &LineString<i64>) -> i128 {
    ring.lines()
        .map(|edge| {
            i128::from(edge.start.x) * i128::from(edge.end.y) - i128::from(edge.end.x) * i128::from(edge.start.y)
        })
        .sum()
}

#[allow(clippy::cast_precision_loss, reason = "coordinates are below 2^31")]
fn whole_numbers(polygon: &Polygon<i64>) -> Polygon<f64> {
    polygon.map_coords(|Coord { x, y }| Coord {
        x: x as f64,
        y: y as f64,
    })
}

fn reason(fault: InvalidPolygon) -> OutlineError {
    match fault {
        InvalidPolygon::TooFewPointsInRing(role) | InvalidPolygon::NonFiniteCoord(role, _) => {
            OutlineError::TooFewPoints { ring: number(role) }
        }
        InvalidPolygon::SelfIntersection(role) => OutlineError::CrossesItself { ring: number(role) },
        InvalidPolygon::InteriorRingNotContainedInExteriorRing(role)
        | InvalidPolygon::IntersectingRingsOnALine(_, role)
        | InvalidPolygon::IntersectingRingsOnAnArea(_, role) => OutlineError::HoleMisplaced { ring: number(role) },
    }
}

fn number(role: RingRole) -> usize {
    match role {
        RingRole::Exterior => 0,
        RingRole::Interior(hole) => hole + 1,
    }
}
