//! Which share of a grid was walked through.
//!
//! The outline is laid out in squares of [`CELL_M`]; a square counts as seen when somebody passed within [`REACH_M`] of its
//! middle. It is a figure for the officer's own overview: it says where nobody has been, not that somebody looked.

use super::Outline;
use super::outline::Bounds;
use crate::Wgs84;

/// The side of a square, in metres.
pub const CELL_M: f64 = 25.0;

/// How far a walker sees, in metres: to the other side of a street.
pub const REACH_M: f64 = 30.0;

/// No outline is laid out in more squares; those of a larger one are larger.
const MOST_CELLS: f64 = 200_000.0;

/// Metres in a degree of latitude, on the mean sphere.
const METRES_PER_DEGREE: f64 = 111_195.08;

/// The squares of an outline, and which were passed.
#[derive(Debug, Clone)]
pub struct Coverage {
    plane: Plane,
    /// Middle of each square, in metres, and whether it was passed.
    cells: Vec<(f64, f64, bool)>,
}

/// A plane in metres with the outline's south-western corner at 0,0: x east, y north.
#[derive(Debug, Clone, Copy)]
struct Plane {
    south: f64,
    west: f64,
    east_per_degree: f64,
}

impl Plane {
    fn metres(self, point: Wgs84) -> (f64, f64) {
        (
            (point.lon() - self.west) * self.east_per_degree,
            (point.lat() - self.south) * METRES_PER_DEGREE,
        )
    }

    fn point(self, x: f64, y: f64) -> Option<Wgs84> {
        Wgs84::from_degrees(self.south + y / METRES_PER_DEGREE, self.west + x / self.east_per_degree).ok()
    }
}

impl Coverage {
    /// Lays an outline out; nothing of it was passed.
    pub fn of(outline: &Outline) -> Self {
        let Bounds {
            south,
            north,
            west,
            east,
        } = outline.bounds();
        #[allow(clippy::cast_precision_loss, reason = "coordinates are below 2^31")]
        let degrees = |e7: i64| e7 as f64 / 1e7;
        let middle = (degrees(south) + degrees(north)) / 2.0;
        let plane = Plane {
            south: degrees(south),
            west: degrees(west),
            // At a pole a degree of longitude has no length; no grid lies there.
            east_per_degree: (METRES_PER_DEGREE * middle.to_radians().cos()).max(1.0),
        };
        let width = (degrees(east) - degrees(west)) * plane.east_per_degree;
        let height = (degrees(north) - degrees(south)) * METRES_PER_DEGREE;
        let side = CELL_M.max((width * height / MOST_CELLS).sqrt());
        let mut cells = Vec::new();
        for y in steps(height, side) {
            for x in steps(width, side) {
                if plane.point(x, y).is_some_and(|middle| outline.contains(middle)) {
                    cells.push((x, y, false));
                }
            }
        }
        Self { plane, cells }
    }

    /// Somebody went straight from one point to the other.
    pub fn pass(&mut self, from: Wgs84, to: Wgs84) {
        let ((ax, ay), (bx, by)) = (self.plane.metres(from), self.plane.metres(to));
        let (dx, dy) = (bx - ax, by - ay);
        let square = dx.mul_add(dx, dy * dy);
        for (x, y, is_passed) in &mut self.cells {
            if *is_passed {
                continue;
            }
            let along = if square > 0.0 {
                ((*x - ax).mul_add(dx, (*y - ay) * dy) / square).clamp(0.0, 1.0)
            } else {
                0.0
            };
            let (px, py) = (along.mul_add(dx, ax), along.mul_add(dy, ay));
            *is_passed = (*x - px).hypot(*y - py) <= REACH_M;
        }
    }

    /// How much was passed, 0 to 1; 0 for an outline smaller than a square's middle.
    pub fn share(&self) -> f64 {
        let passed = self.cells.iter().filter(|(_, _, is_passed)| *is_passed).count();
        #[allow(clippy::cast_precision_loss, reason = "there are at most some 200,000 squares")]
        let share = passed as f64 / self.cells.len().max(1) as f64;
        share
    }
}

/// The middles of squares along a length.
fn steps(length: f64, side: f64) -> impl Iterator<Item = f64> + Clone {
    std::iter::successors(Some(side / 2.0), move |at| Some(at + side)).take_while(move |at| *at < length)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 200 m by 100 m at 32° north.
    fn block() -> Outline {
        let (south, west) = (32.0, 118.8);
        let (north, east) = (
            south + 100.0 / METRES_PER_DEGREE,
            west + 200.0 / (METRES_PER_DEGREE * 0.848),
        );
        Outline::from_lon_lat(&[vec![
            [west, south],
            [east, south],
            [east, north],
            [west, north],
            [west, south],
        ]])
        .unwrap()
    }

    fn at(coverage: &Coverage, x: f64, y: f64) -> Wgs84 {
        coverage.plane.point(x, y).unwrap()
    }

    #[test]
    fn nothing_is_covered_before_somebody_walks() {
        let coverage = Coverage::of(&block());
        assert_eq!(coverage.cells.len(), 8 * 4);
        assert_eq!(coverage.share(), 0.0);
    }

    #[test]
    fn a_walk_down_the_middle_covers_the_two_rows_beside_it_and_no_more() {
        let mut coverage = Coverage::of(&block());
        let (from, to) = (at(&coverage, 0.0, 50.0), at(&coverage, 200.0, 50.0));
        coverage.pass(from, to);
        // The outer rows' middles lie 37.5 m away.
        assert_eq!(coverage.share(), 0.5);
        coverage.pass(to, from);
        assert_eq!(coverage.share(), 0.5, "the same way back covers nothing new");
    }

    #[test]
    fn standing_covers_what_is_within_thirty_metres() {
        let mut coverage = Coverage::of(&block());
        let corner = at(&coverage, 12.5, 12.5);
        coverage.pass(corner, corner);
        // Itself and the two squares 25 m away; the diagonal one is 35 m away.
        assert_eq!(coverage.share(), 3.0 / 32.0);
        let far = at(&coverage, 900.0, 900.0);
        coverage.pass(far, far);
        assert_eq!(coverage.share(), 3.0 / 32.0);
    }

    #[test]
    fn a_whole_district_takes_no_more_squares_than_a_phone_can_look_through() {
        let ring = vec![
            [118.0, 32.0],
            [119.0, 32.0],
            [119.0, 33.0],
            [118.0, 33.0],
            [118.0, 32.0],
        ];
        let coverage = Coverage::of(&Outline::from_lon_lat(&[ring]).unwrap());
        assert!(
            (190_000..=201_000).contains(&coverage.cells.len()),
            "{}",
            coverage.cells.len()
        );
    }
}
