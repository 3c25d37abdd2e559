//! A grid's outline: a checked polygon with holes in WGS-84.
//!
//! Held as whole 1e-7 degrees (`geo::Polygon<i64>`, x east, y north), because only whole numbers make "left of this
//! edge" exact; [`Outline::polygon`] gives the same shape in degrees to whatever `geo` can compute. Edges are straight
//! in longitude and latitude, as in GeoJSON (RFC 7946 §3.1.1). An outline does not cross the 180th meridian.

mod check;

use geo::{Coord, GeodesicArea, Line, LineString, MapCoords, Orient, Polygon, orient::Direction};
use serde::{Deserialize, Serialize};

use crate::Wgs84;
use crate::datum::PointError;

/// The most points that an outline may have, over all rings: the check for crossings compares every edge with every
/// other, and a unit grid of a hundred metres has some dozens.
pub const MAX_OUTLINE_POINTS: usize = 10_000;

/// Why rings do not make an outline. `ring` counts from 0, the outer one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum OutlineError {
    /// No ring at all.
    #[error("an outline needs at least one ring")]
    NoRing,
    /// More than [`MAX_OUTLINE_POINTS`].
    #[error("an outline has at most {MAX_OUTLINE_POINTS} points")]
    TooManyPoints,
    /// A coordinate is NaN, infinite or not on the globe.
    #[error("ring {ring}: {error}")]
    Point {
        /// Which ring.
        ring: usize,
        /// What is wrong with the point.
        error: PointError,
    },
    /// The last point is not the first.
    #[error("ring {ring} is not closed")]
    NotClosed {
        /// Which ring.
        ring: usize,
    },
    /// Fewer than four points once repeated ones are dropped; the closing point counts.
    #[error("ring {ring} has fewer than four points")]
    TooFewPoints {
        /// Which ring.
        ring: usize,
    },
    /// All points lie on one line, or the loops of a figure of eight cancel out.
    #[error("ring {ring} has no area")]
    NoArea {
        /// Which ring.
        ring: usize,
    },
    /// The ring crosses or touches itself.
    #[error("ring {ring} crosses or touches itself")]
    CrossesItself {
        /// Which ring.
        ring: usize,
    },
    /// A hole is not inside the outer ring, runs along it, or overlaps another hole.
    #[error("hole {ring} does not lie clear inside the outer ring")]
    HoleMisplaced {
        /// Which ring.
        ring: usize,
    },
}

/// A polygon with holes that has passed the checks.
///
/// Written as rings of `[lon, lat]` in whole 1e-7 degrees, GeoJSON's order, the outer ring first, each ring closed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Vec<[i64; 2]>>", into = "Vec<Vec<[i64; 2]>>")]
pub struct Outline {
    /// 1e-7 degrees, x east, y north.
    polygon: Polygon<i64>,
    bounds: Bounds,
}

/// The smallest box around an outline, in 1e-7 degrees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Bounds {
    pub(super) south: i64,
    pub(super) north: i64,
    pub(super) west: i64,
    pub(super) east: i64,
}

impl Bounds {
    fn contains(self, point: Wgs84) -> bool {
        (self.south..=self.north).contains(&point.lat_e7()) && (self.west..=self.east).contains(&point.lon_e7())
    }
}

impl Outline {
    /// An outline from closed rings, the outer one first, each in either direction.
    ///
    /// Points that repeat their predecessor are dropped: rounding to 1e-7 degree makes such.
    ///
    /// # Errors
    /// [`OutlineError`], the first reason that applies.
    pub fn new(rings: &[Vec<Wgs84>]) -> Result<Self, OutlineError> {
        let polygon = check::polygon(rings)?;
        let bounds = bounds(polygon.exterior());
        Ok(Self { polygon, bounds })
    }

    /// The coordinates of a GeoJSON polygon: rings of `[lon, lat]` in degrees, the outer one first.
    ///
    /// # Errors
    /// [`OutlineError`], the first reason that applies.
    pub fn from_lon_lat(rings: &[Vec<[f64; 2]>]) -> Result<Self, OutlineError> {
        let points = |(ring, positions): (usize, &Vec<[f64; 2]>)| {
            positions
                .iter()
                .map(|[lon, lat]| Wgs84::from_degrees(*lat, *lon).map_err(|error| OutlineError::Point { ring, error }))
                .collect()
        };
        let rings = rings.iter().enumerate().map(points).collect::<Result<Vec<_>, _>>()?;
        Self::new(&rings)
    }

    /// Whether the point is inside.
    ///
    /// An outline holds its western and southern edges and not its eastern and northern ones: a point is judged as if
    /// it stood a vanishing step further east, and a second, yet smaller, further north. Such a point lies on no edge
    /// of any outline, so where neighbours share their edges, corner by corner, each point is in exactly one of them,
    /// and a hole and what fills it share nothing. The sums are exact, the answer depends neither on a ring's direction
    /// nor on its first point.
    pub fn contains(&self, point: Wgs84) -> bool {
        let (x, y) = (point.lon_e7(), point.lat_e7());
        self.bounds.contains(point) && self.edges().filter(|edge| passes_east_of(edge, x, y)).count() % 2 == 1
    }

    /// The same shape in degrees, x east and y north, for `geo`.
    pub fn polygon(&self) -> Polygon<f64> {
        self.polygon.map_coords(|Coord { x, y }| Coord {
            x: degrees(x),
            y: degrees(y),
        })
    }

    /// The area without the holes, on the ellipsoid, in square metres.
    pub fn area_m2(&self) -> f64 {
        self.polygon().orient(Direction::Default).geodesic_area_unsigned()
    }

    /// The smallest box around it.
    pub(super) fn bounds(&self) -> Bounds {
        self.bounds
    }

    fn edges(&self) -> impl Iterator<Item = Line<i64>> {
        self.rings().flat_map(LineString::lines)
    }

    fn rings(&self) -> impl Iterator<Item = &LineString<i64>> {
        std::iter::once(self.polygon.exterior()).chain(self.polygon.interiors())
    }
}

/// Whether a ray from the point to the east crosses the edge; a point on the edge stands east of it, and an end of the
/// edge at the ray's height lies below the ray.
fn passes_east_of(edge: &Line<i64>, x: i64, y: i64) -> bool {
    let (low, high) = if edge.start.y < edge.end.y {
        (edge.start, edge.end)
    } else {
        (edge.end, edge.start)
    };
    if y < low.y || y >= high.y {
        return false;
    }
    // Above zero when the point lies left of the edge walked upwards. The factors are below 2^33.
    let rise = i128::from(high.y - low.y) * i128::from(x - low.x);
    let run = i128::from(high.x - low.x) * i128::from(y - low.y);
    run > rise
}

fn bounds(ring: &LineString<i64>) -> Bounds {
    let nothing = Bounds {
        south: i64::MAX,
        north: i64::MIN,
        west: i64::MAX,
        east: i64::MIN,
    };
    ring.coords().fold(nothing, |bounds, point| Bounds {
        south: bounds.south.min(point.y),
        north: bounds.north.max(point.y),
        west: bounds.west.min(point.x),
        east: bounds.east.max(point.x),
    })
}

#[allow(clippy::cast_precision_loss, reason = "coordinates are below 2^31")]
fn degrees(e7: i64) -> f64 {
    e7 as f64 / 1e7
}

impl TryFrom<Vec<Vec<[i64; 2]>>> for Outline {
    type Error = OutlineError;

    fn try_from(rings: Vec<Vec<[i64; 2]>>) -> Result<Self, Self::Error> {
        let points = |(ring, positions): (usize, Vec<[i64; 2]>)| {
            positions
                .into_iter()
                .map(|[lon, lat]| Wgs84::from_e7(lat, lon).map_err(|error| OutlineError::Point { ring, error }))
                .collect()
        };
        let rings = rings
            .into_iter()
            .enumerate()
            .map(points)
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(&rings)
    }
}

impl From<Outline> for Vec<Vec<[i64; 2]>> {
    fn from(outline: Outline) -> Self {
        let positions = |ring: &LineString<i64>| ring.coords().map(|point| [point.x, point.y]).collect();
        outline.rings().map(positions).collect()
    }
}

#[cfg(test)]
mod tests;
