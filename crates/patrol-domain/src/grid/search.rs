//! All grids of a station, and which of them a point belongs to.
//!
//! A box around each outline is enough: a city has some thousand grids, and to look at as many boxes takes
//! microseconds. An R-tree would be one more structure to keep in step with the list.

use geo::{Coord, Distance, Euclidean, HaversineMeasure, MapCoords, Point};

use super::outline::Bounds;
use super::{Grid, GridCode};
use crate::Wgs84;

/// Two grids have one code.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("two grids have the code {0}")]
pub struct DuplicateGrid(pub GridCode);

/// Grids by code, each code once.
#[derive(Debug, Clone, Default)]
pub struct Grids {
    by_code: Vec<Grid>,
}

/// The grid that is nearest to a point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Nearest<'a> {
    /// The grid.
    pub grid: &'a Grid,
    /// From the point to its outline, in metres; 0 inside.
    pub metres: f64,
}

impl Grids {
    /// Takes the grids in any order.
    ///
    /// # Errors
    /// [`DuplicateGrid`] names a code that comes twice.
    pub fn new(mut grids: Vec<Grid>) -> Result<Self, DuplicateGrid> {
        grids.sort_by(|a, b| a.code.cmp(&b.code));
        let twice = grids.iter().zip(grids.iter().skip(1)).find(|(a, b)| a.code == b.code);
        if let Some((grid, _)) = twice {
            return Err(DuplicateGrid(grid.code.clone()));
        }
        Ok(Self { by_code: grids })
    }

    /// The grid that the point lies in, by the rule of [`super::Outline::contains`]. Where a faulty survey lets two
    /// overlap, it is the one with the lower code: one point has one answer.
    pub fn find(&self, point: Wgs84) -> Option<&Grid> {
        self.by_code.iter().find(|grid| grid.contains(point))
    }

    /// The grid that the point lies in, or else the nearest, the lower code first; `None` when there are no grids.
    ///
    /// Distances are measured in a plane laid on the mean sphere at the point: right within 1 % for some ten
    /// kilometres, and only a rank beyond.
    pub fn nearest(&self, point: Wgs84) -> Option<Nearest<'_>> {
        if let Some(grid) = self.find(point) {
            return Some(Nearest { grid, metres: 0.0 });
        }
        let plane = Plane::at(point);
        let mut candidates: Vec<_> = self
            .by_code
            .iter()
            .map(|grid| (plane.to_box(grid.outline.bounds()), grid))
            .collect();
        candidates.sort_by(|(a, _), (b, _)| a.total_cmp(b));
        let mut best: Option<Nearest<'_>> = None;
        for (at_least, grid) in candidates {
            if best.is_some_and(|best| at_least > best.metres) {
                break;
            }
            let metres = plane.to_outline(grid);
            let closer =
                best.is_none_or(|best| metres < best.metres || (metres <= best.metres && grid.code < best.grid.code));
            if closer {
                best = Some(Nearest { grid, metres });
            }
        }
        best
    }

    /// The grid with this code.
    pub fn get(&self, code: &GridCode) -> Option<&Grid> {
        let place = self.by_code.binary_search_by(|grid| grid.code.cmp(code)).ok()?;
        self.by_code.get(place)
    }

    /// All grids, by code.
    pub fn iter(&self) -> impl Iterator<Item = &Grid> {
        self.by_code.iter()
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.by_code.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.by_code.is_empty()
    }
}

/// A plane in metres with the point at 0,0: x east, y north.
struct Plane {
    lat: f64,
    lon: f64,
    metres_per_degree_north: f64,
    metres_per_degree_east: f64,
}

impl Plane {
    fn at(point: Wgs84) -> Self {
        let north = HaversineMeasure::GRS80_MEAN_RADIUS.radius().to_radians();
        Self {
            lat: point.lat(),
            lon: point.lon(),
            metres_per_degree_north: north,
            metres_per_degree_east: north * point.lat().to_radians().cos(),
        }
    }

    fn flat(&self, lat: f64, lon: f64) -> Coord<f64> {
        Coord {
            x: (lon - self.lon) * self.metres_per_degree_east,
            y: (lat - self.lat) * self.metres_per_degree_north,
        }
    }

    /// At least this far is everything in the box.
    fn to_box(&self, bounds: Bounds) -> f64 {
        let Bounds {
            south,
            north,
            west,
            east,
        } = bounds;
        let corner = |lat: i64, lon: i64| {
            #[allow(clippy::cast_precision_loss, reason = "coordinates are below 2^31")]
            self.flat(lat as f64 / 1e7, lon as f64 / 1e7)
        };
        let (low, high) = (corner(south, west), corner(north, east));
        let beside = low.x.max(-high.x).max(0.0);
        let above = low.y.max(-high.y).max(0.0);
        beside.hypot(above)
    }

    fn to_outline(&self, grid: &Grid) -> f64 {
        let flat = grid.outline.polygon().map_coords(|Coord { x, y }| self.flat(y, x));
        Euclidean.distance(&Point::new(0.0, 0.0), &flat)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Outline;

    fn square(code: &str, south: f64, west: f64, side: f64) -> Grid {
        let (north, east) = (south + side, west + side);
        let ring = vec![
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south],
        ];
        Grid {
            code: code.parse().unwrap(),
            outline: Outline::from_lon_lat(&[ring]).unwrap(),
        }
    }

    fn point(lat: f64, lon: f64) -> Wgs84 {
        Wgs84::from_degrees(lat, lon).unwrap()
    }

    #[test]
    fn a_point_inside_a_point_outside_and_no_grid_at_all() {
        let grids = Grids::new(vec![
            square("320116006009002", 32.0, 118.001, 0.001),
            square("320116006009001", 32.0, 118.0, 0.001),
        ])
        .unwrap();
        let found = grids.find(point(32.0005, 118.0005)).unwrap();
        assert_eq!(found.code.as_str(), "320116006009001");
        assert_eq!(grids.get(&found.code).unwrap(), found);
        let outside = point(32.0005, 118.003);
        assert!(grids.find(outside).is_none());
        let nearest = grids.nearest(outside).unwrap();
        assert_eq!(nearest.grid.code.as_str(), "320116006009002");
        let expected = outside.distance_m(point(32.0005, 118.002));
        assert!(
            (nearest.metres - expected).abs() < 0.001,
            "{} {expected}",
            nearest.metres
        );
        assert!(Grids::default().nearest(outside).is_none());
        assert!(Grids::default().is_empty());
    }

    #[test]
    fn equal_distances_go_to_the_lower_code_and_overlaps_too() {
        let grids = Grids::new(vec![
            square("320116006009009", 32.0, 118.0, 0.001),
            square("320116006009003", 32.0, 118.0, 0.001),
        ])
        .unwrap();
        assert_eq!(
            grids.find(point(32.0005, 118.0005)).unwrap().code.as_str(),
            "320116006009003"
        );
        assert_eq!(
            grids.nearest(point(31.0, 117.0)).unwrap().grid.code.as_str(),
            "320116006009003"
        );
    }

    #[test]
    fn one_code_twice_is_refused() {
        let grid = square("320116006009001", 32.0, 118.0, 0.001);
        let refused = Grids::new(vec![grid.clone(), grid.clone()]).unwrap_err();
        assert_eq!(refused, DuplicateGrid(grid.code));
    }
}
