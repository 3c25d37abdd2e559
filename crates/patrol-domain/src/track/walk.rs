//! What a track comes to: how far it went, where it is not known, which cells of the grids it passed.
//!
//! Fed point by point, so that a phone keeps sums and not ten thousand points. What is not known is never filled in: a
//! silence longer than [`SILENCE_MS`] and a reboot end a leg, and between two legs there is neither distance nor
//! coverage.

use super::TrackPoint;
use super::length::step_m;
use crate::grid::{Coverage, Grid, GridCode};
use crate::{BootId, WallMs};

/// A point worse than this says nothing about where somebody walked: 50 m are half a grid.
pub const WORST_ACCURACY_MM: i64 = 50_000;

/// Longer than this without a good point is a gap; a phone at rest still gives one every [`super::REST_MS`].
pub const SILENCE_MS: i64 = 120_000;

/// A time in which nobody knows where the officer was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gap {
    /// The last point before.
    pub from: WallMs,
    /// The first point behind.
    pub to: WallMs,
}

/// The sums of a walk.
#[derive(Debug, Clone)]
pub struct Walk {
    metres: f64,
    points: u64,
    gaps: Vec<Gap>,
    coverage: Vec<(GridCode, Coverage)>,
    first: Option<TrackPoint>,
    last: Option<(BootId, TrackPoint)>,
}

impl Walk {
    /// Begins a walk through these grids.
    pub fn new(grids: &[Grid]) -> Self {
        let cover = |grid: &Grid| (grid.code.clone(), Coverage::of(&grid.outline));
        Self {
            metres: 0.0,
            points: 0,
            gaps: Vec::new(),
            coverage: grids.iter().map(cover).collect(),
            first: None,
            last: None,
        }
    }

    /// Takes the next point. One that is worse than [`WORST_ACCURACY_MM`] counts nowhere, as if it were not there.
    pub fn add(&mut self, boot: BootId, point: TrackPoint) {
        self.points += 1;
        if point.accuracy_mm().is_some_and(|mm| mm > WORST_ACCURACY_MM) {
            return;
        }
        self.first.get_or_insert(point);
        let Some((last_boot, last)) = self.last.replace((boot, point)) else {
            return self.pass(&point, &point);
        };
        match Step::between((last_boot, &last), (boot, &point)) {
            Step::Walked(metres) => {
                self.metres += metres;
                self.pass(&last, &point);
            }
            Step::Jumped => self.pass(&point, &point),
            Step::Silent => {
                self.gaps.push(Gap {
                    from: last.wall_ms(),
                    to: point.wall_ms(),
                });
                self.pass(&point, &point);
            }
        }
    }

    fn pass(&mut self, from: &TrackPoint, to: &TrackPoint) {
        for (_, coverage) in &mut self.coverage {
            coverage.pass(from.at(), to.at());
        }
    }

    /// How far, in metres, as [`super::length_m`] counts within each leg.
    pub const fn metres(&self) -> f64 {
        self.metres
    }

    /// How many points were taken, good or not.
    pub const fn points(&self) -> u64 {
        self.points
    }

    /// The times of which nothing is known, in order.
    pub fn gaps(&self) -> &[Gap] {
        &self.gaps
    }

    /// The first point that counted.
    pub const fn first(&self) -> Option<&TrackPoint> {
        self.first.as_ref()
    }

    /// The last point that counted.
    pub fn last(&self) -> Option<&TrackPoint> {
        self.last.as_ref().map(|(_, point)| point)
    }

    /// Which share of each grid was passed, 0 to 1.
    pub fn coverage(&self) -> impl Iterator<Item = (&GridCode, f64)> {
        self.coverage.iter().map(|(code, coverage)| (code, coverage.share()))
    }
}

/// What lies between two points that follow each other.
pub(super) enum Step {
    /// A way of so many metres.
    Walked(f64),
    /// Too fast for anybody: where it landed may be right, the way there is not known.
    Jumped,
    /// A silence or a reboot.
    Silent,
}

impl Step {
    pub(super) fn between((boot, from): (BootId, &TrackPoint), (next_boot, to): (BootId, &TrackPoint)) -> Self {
        let silence = to.boot_ms().0.saturating_sub(from.boot_ms().0) > SILENCE_MS;
        if boot != next_boot || silence {
            return Self::Silent;
        }
        step_m(from, to).map_or(Self::Jumped, Self::Walked)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grid::Outline;
    use crate::track::length_m;
    use crate::{BootMs, Wgs84};

    const BOOT: BootId = BootId(uuid::Uuid::from_u128(1));

    fn point(north_m: f64, seconds: i64, accuracy_m: i64) -> TrackPoint {
        let at = Wgs84::from_degrees(32.0 + north_m / 111_195.08, 118.8).unwrap();
        let ms = seconds * 1_000;
        TrackPoint::new(at, Some(accuracy_m * 1_000), BootMs(ms), WallMs(1_000_000 + ms))
    }

    fn walk(points: &[TrackPoint]) -> Walk {
        let mut walk = Walk::new(&[]);
        points.iter().for_each(|point| walk.add(BOOT, *point));
        walk
    }

    #[test]
    fn a_walk_without_gaps_is_as_long_as_its_track() {
        let points: Vec<_> = (0..50)
            .map(|i| point(f64::from(i) * 12.0, i64::from(i) * 10, 8))
            .collect();
        let walk = walk(&points);
        assert!((walk.metres() - length_m(&points, WORST_ACCURACY_MM)).abs() < 1e-6);
        assert!((walk.metres() - 49.0 * 12.0).abs() < 0.1);
        assert_eq!((walk.gaps(), walk.points()), (&[][..], 50));
    }

    #[test]
    fn nothing_is_known_of_a_silence_not_even_its_length() {
        let walk = walk(&[
            point(0.0, 0, 5),
            point(10.0, 10, 5),
            point(400.0, 600, 5),
            point(410.0, 610, 5),
        ]);
        assert!((walk.metres() - 20.0).abs() < 0.1, "{}", walk.metres());
        assert_eq!(
            walk.gaps(),
            [Gap {
                from: WallMs(1_010_000),
                to: WallMs(1_600_000)
            }]
        );
    }

    #[test]
    fn a_reboot_is_a_gap_however_short() {
        let mut walk = Walk::new(&[]);
        walk.add(BOOT, point(0.0, 50, 5));
        walk.add(BootId(uuid::Uuid::from_u128(2)), point(10.0, 51, 5));
        assert_eq!((walk.metres(), walk.gaps().len()), (0.0, 1));
    }

    #[test]
    fn points_worse_than_fifty_metres_leave_a_gap_and_no_way() {
        let mut points = vec![point(0.0, 0, 5)];
        points.extend((1..30).map(|i| point(f64::from(i) * 300.0, i64::from(i) * 10, 51)));
        points.push(point(20.0, 300, 5));
        let walk = walk(&points);
        assert_eq!((walk.metres(), walk.gaps().len(), walk.points()), (0.0, 1, 31));
    }

    #[test]
    fn a_jump_adds_no_way_and_covers_nothing_on_the_way() {
        let square = |south: f64| {
            Outline::from_lon_lat(&[vec![
                [118.799, south],
                [118.801, south],
                [118.801, south + 0.002],
                [118.799, south + 0.002],
                [118.799, south],
            ]])
            .unwrap()
        };
        let between = Grid {
            code: "320116006009001".parse().unwrap(),
            outline: square(32.02),
        };
        let mut walk = Walk::new(&[between]);
        walk.add(BOOT, point(0.0, 0, 5));
        walk.add(BOOT, point(5_000.0, 10, 5));
        assert!((walk.metres() - 0.0).abs() < f64::EPSILON);
        assert_eq!(walk.coverage().next().map(|(_, share)| share), Some(0.0));
    }
}
