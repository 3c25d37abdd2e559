//! How far a track went.

use super::TrackPoint;

/// Faster than this is no patrol but a receiver's error: 45 m/s are 162 km/h.
pub const MAX_SPEED_M_S: f64 = 45.0;

/// The length of a track in metres (haversine on the mean sphere).
///
/// Left out are
/// - points whose stated accuracy is worse than `worst_accuracy_mm`, as if they were not there; a point that states
///   none stays;
/// - steps faster than [`MAX_SPEED_M_S`] by the boot clock, or back in time: the step counts nothing and the next one
///   begins at its end. So a single stray point costs two steps, and a wrong first point does not spoil all that
///   follow, as it would if the point were dropped instead of the step.
///
/// All points are of one boot. A receiver's trembling at rest is counted: the figure is for the officer's overview,
/// not evidence of a distance.
pub fn length_m(points: &[TrackPoint], worst_accuracy_mm: i64) -> f64 {
    let mut good = points
        .iter()
        .filter(|point| point.accuracy_mm().is_none_or(|mm| mm <= worst_accuracy_mm));
    let Some(mut before) = good.next() else { return 0.0 };
    let mut metres = 0.0;
    for point in good {
        metres += step_m(before, point).unwrap_or(0.0);
        before = point;
    }
    metres
}

/// The length of one step, unless no patrol can have made it.
pub(super) fn step_m(from: &TrackPoint, to: &TrackPoint) -> Option<f64> {
    let ms = to.boot_ms().0.checked_sub(from.boot_ms().0).filter(|ms| *ms >= 0)?;
    let metres = from.at().distance_m(to.at());
    #[allow(clippy::cast_precision_loss, reason = "a rounded time does for a limit")]
    let most = MAX_SPEED_M_S * ms as f64 / 1000.0;
    (metres <= most).then_some(metres)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{BootMs, WallMs, Wgs84};
    use proptest::prelude::*;

    /// One e-4 degree of latitude on the mean sphere, in metres.
    const STEP: f64 = 11.119_508;

    fn point(lat_e4: i64, accuracy_m: i64, seconds: i64) -> TrackPoint {
        let at = Wgs84::from_e7(320_000_000 + lat_e4 * 1_000, 1_188_000_000).unwrap();
        TrackPoint::new(at, Some(accuracy_m * 1_000), BootMs(seconds * 1_000), WallMs(0))
    }

    fn steps(points: &[TrackPoint]) -> f64 {
        length_m(points, 50_000) / STEP
    }

    #[test]
    fn steps_add_up() {
        assert!((steps(&[point(0, 5, 0), point(1, 5, 5), point(3, 5, 10), point(2, 5, 15)]) - 4.0).abs() < 1e-5);
        assert_eq!(steps(&[]), 0.0);
        assert_eq!(steps(&[point(0, 5, 0)]), 0.0);
    }

    #[test]
    fn an_inaccurate_point_is_not_there_and_an_unstated_accuracy_is_no_reason() {
        let with_stray = [point(0, 5, 0), point(7, 51, 5), point(1, 50, 10)];
        assert!((steps(&with_stray) - 1.0).abs() < 1e-5);
        assert!((steps(&[point(0, 0, 0), point(1, 0, 5)]) - 1.0).abs() < 1e-5);
    }

    #[test]
    fn a_jump_counts_nothing_and_a_wrong_first_point_spoils_nothing() {
        let stray = [
            point(0, 5, 0),
            point(1, 5, 5),
            point(500, 5, 10),
            point(2, 5, 15),
            point(3, 5, 20),
        ];
        assert!((steps(&stray) - 2.0).abs() < 1e-5);
        let wrong_start = [point(500, 5, 0), point(1, 5, 5), point(2, 5, 10), point(3, 5, 15)];
        assert!((steps(&wrong_start) - 2.0).abs() < 1e-5);
    }

    #[test]
    fn the_limit_is_45_metres_a_second_and_time_does_not_run_backwards() {
        // 4 steps are 44.5 m, 5 are 55.6 m.
        assert!(steps(&[point(0, 5, 0), point(4, 5, 1)]) > 3.9);
        assert_eq!(steps(&[point(0, 5, 0), point(5, 5, 1)]), 0.0);
        assert_eq!(steps(&[point(0, 5, 10), point(1, 5, 5)]), 0.0);
        assert_eq!(
            steps(&[point(0, 5, i64::MIN / 1_000), point(1, 5, i64::MAX / 1_000)]),
            0.0
        );
    }

    proptest! {
        #[test]
        fn no_track_has_a_length_below_zero_or_one_that_is_no_number(
            raw in prop::collection::vec((-900_000_000..=900_000_000i64, -1_800_000_000..=1_800_000_000i64, any::<i64>(), any::<i64>()), 0..50),
            bound in any::<i64>(),
        ) {
            let points: Vec<_> = raw
                .into_iter()
                .map(|(lat, lon, mm, boot)| {
                    TrackPoint::new(Wgs84::from_e7(lat, lon).unwrap(), Some(mm), BootMs(boot), WallMs(0))
                })
                .collect();
            let metres = length_m(&points, bound);
            prop_assert!(metres.is_finite() && metres >= 0.0);
        }
    }
}
