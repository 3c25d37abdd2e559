//! A track as lines to draw: broken where nobody knows the way, and thinned to what an eye can tell apart.

use geo::{LineString, SimplifyIdx};

use super::TrackPoint;
use super::walk::{Step, WORST_ACCURACY_MM};
use crate::{BootId, Wgs84};

/// A line may leave its points by so much: less than a receiver's own error, and than a line is wide on a map.
const THINNED_M: f64 = 2.0;
/// Metres of one degree of latitude on the mean sphere.
const DEGREE_M: f64 = 111_195.08;

/// The legs of a track in the order they were walked, by the rules of [`super::Walk`]: a silence, a reboot and a jump end
/// a leg, and a point worse than [`WORST_ACCURACY_MM`] is in none. A leg of a single point is one too: somebody was there.
///
/// Thinned by Ramer-Douglas-Peucker (Douglas and Peucker, 1973) to within 2 m, so that an eight-hour shift is
/// some hundred points and not ten thousand.
pub fn legs(points: impl IntoIterator<Item = (BootId, TrackPoint)>) -> Vec<Vec<Wgs84>> {
    let mut legs: Vec<Vec<Wgs84>> = Vec::new();
    let mut before: Option<(BootId, TrackPoint)> = None;
    for (boot, point) in points {
        if point.accuracy_mm().is_some_and(|mm| mm > WORST_ACCURACY_MM) {
            continue;
        }
        let goes_on = before.replace((boot, point)).is_some_and(|(last_boot, last)| {
            matches!(Step::between((last_boot, &last), (boot, &point)), Step::Walked(_))
        });
        match legs.last_mut() {
            Some(leg) if goes_on => leg.push(point.at()),
            _ => legs.push(vec![point.at()]),
        }
    }
    legs.iter().map(|leg| thin(leg)).collect()
}

fn thin(leg: &[Wgs84]) -> Vec<Wgs84> {
    let Some(first) = leg.first() else { return Vec::new() };
    // A leg lies within some kilometres, where a degree of longitude is everywhere as long.
    let narrow = first.lat().to_radians().cos();
    let plane: LineString<f64> = leg
        .iter()
        .map(|at| (at.lon() * narrow * DEGREE_M, at.lat() * DEGREE_M))
        .collect();
    let kept = plane.simplify_idx(THINNED_M);
    kept.into_iter().filter_map(|index| leg.get(index).copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BootMs, WallMs};
    use proptest::prelude::*;

    const BOOT: BootId = BootId(uuid::Uuid::from_u128(1));
    const NEXT: BootId = BootId(uuid::Uuid::from_u128(2));

    fn point(north_m: f64, east_m: f64, seconds: i64, accuracy_m: i64) -> TrackPoint {
        let at = Wgs84::from_degrees(32.0 + north_m / DEGREE_M, 118.8 + east_m / (DEGREE_M * 0.848)).unwrap();
        let ms = seconds * 1_000;
        TrackPoint::new(at, Some(accuracy_m * 1_000), BootMs(ms), WallMs(ms))
    }

    fn lengths(points: Vec<(BootId, TrackPoint)>) -> Vec<usize> {
        legs(points).iter().map(Vec::len).collect()
    }

    #[test]
    fn a_straight_way_is_its_two_ends_and_a_corner_stays() {
        let north = (0..=50).map(|i| (BOOT, point(f64::from(i) * 10.0, 0.0, i64::from(i) * 8, 5)));
        let east = (1..=50).map(|i| (BOOT, point(500.0, f64::from(i) * 10.0, 400 + i64::from(i) * 8, 5)));
        let drawn = legs(north.chain(east));
        let [leg] = drawn.as_slice() else { panic!("{drawn:?}") };
        assert_eq!(leg.len(), 3);
        assert_eq!(leg[1], point(500.0, 0.0, 0, 5).at());
    }

    #[test]
    fn a_silence_a_reboot_and_a_jump_break_the_line_and_a_bad_point_is_in_none() {
        let walked = vec![
            (BOOT, point(0.0, 0.0, 0, 5)),
            (BOOT, point(10.0, 0.0, 10, 5)),
            // Five minutes of silence.
            (BOOT, point(40.0, 0.0, 310, 5)),
            (BOOT, point(50.0, 0.0, 320, 5)),
            // A jump of five kilometres, of which one stays.
            (BOOT, point(5_050.0, 0.0, 325, 5)),
            (BOOT, point(55.0, 0.0, 330, 5)),
            (BOOT, point(900.0, 900.0, 332, 51)),
            (BOOT, point(60.0, 0.0, 335, 5)),
            (NEXT, point(65.0, 0.0, 2, 5)),
        ];
        assert_eq!(lengths(walked), [2, 2, 1, 2, 1]);
        assert_eq!(lengths(Vec::new()), [0_usize; 0]);
    }

    proptest! {
        #[test]
        fn no_point_lies_further_than_two_metres_from_the_line(turns in prop::collection::vec((-8.0..8.0_f64, -8.0..8.0_f64), 2..80)) {
            let (mut north, mut east) = (0.0, 0.0);
            let walked: Vec<_> = turns
                .iter()
                .zip(0_i64..)
                .map(|((up, right), i)| {
                    north += up;
                    east += right;
                    (BOOT, point(north, east, i * 8, 5))
                })
                .collect();
            let drawn = legs(walked.clone());
            prop_assert_eq!(drawn.len(), 1);
            let flat = |at: &Wgs84| ((at.lon() - 118.8) * DEGREE_M * 0.848, (at.lat() - 32.0) * DEGREE_M);
            for (_, point) in &walked {
                let (x, y) = flat(&point.at());
                let near = drawn[0].windows(2).map(|pair| {
                    let ((ax, ay), (bx, by)) = (flat(&pair[0]), flat(&pair[1]));
                    let long = (bx - ax).powi(2) + (by - ay).powi(2);
                    let share = if long > 0.0 { (((x - ax) * (bx - ax) + (y - ay) * (by - ay)) / long).clamp(0.0, 1.0) } else { 0.0 };
                    (ax + share * (bx - ax) - x).hypot(ay + share * (by - ay) - y)
                });
                let near = near.fold(f64::INFINITY, f64::min);
                prop_assert!(near < 2.05, "{}", near);
            }
        }
    }
}
