//! Which of a receiver's answers become points of a track.
//!
//! Left out are a receiver's first guesses after a silence, jumps that no patrol can have made, and the trembling of a
//! phone at rest. Points of poor accuracy stay: they say that the phone was on, and [`super::Walk`] knows not to count
//! them. Rejected: smoothing. A smoothed point is one that no receiver gave.

use super::TrackPoint;
use super::length::step_m;
use super::walk::SILENCE_MS;

/// So many answers after a silence are guesses, unless they are as good as [`SURE_MM`].
const GUESSES: u32 = 2;

/// A first answer this good is no guess.
const SURE_MM: i64 = 20_000;

/// Nearer to the last point than this is rest.
const REST_M: f64 = 8.0;

/// At rest, one point in this time says that the phone was still there.
pub const REST_MS: i64 = 30_000;

/// What becomes of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// A point of the track.
    Kept,
    /// One of the first after a silence.
    Guess,
    /// Faster than any patrol, and not confirmed by the next answer yet.
    Jump,
    /// The phone is where it was a moment ago.
    Rest,
}

/// Judges one answer after the other, all of one boot.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    guesses: u32,
    heard: Option<TrackPoint>,
    kept: Option<TrackPoint>,
    doubted: Option<TrackPoint>,
}

impl Filter {
    /// Judges the next answer.
    pub fn judge(&mut self, point: TrackPoint) -> Verdict {
        let heard = self.heard.replace(point);
        let since = heard.map(|heard| point.boot_ms().0.saturating_sub(heard.boot_ms().0));
        if since.is_none_or(|ms| !(0..=SILENCE_MS).contains(&ms)) {
            *self = Self {
                heard: Some(point),
                ..Self::default()
            };
        }
        if self.guesses < GUESSES && self.kept.is_none() {
            self.guesses += 1;
            if point.accuracy_mm().is_none_or(|mm| mm > SURE_MM) {
                return Verdict::Guess;
            }
        }
        let Some(kept) = self.kept else { return self.keep(point) };
        if step_m(&kept, &point).is_none() {
            // Two in a row that agree with each other: it was the point before them that was wrong.
            let is_confirmed = self.doubted.is_some_and(|doubted| step_m(&doubted, &point).is_some());
            if is_confirmed {
                return self.keep(point);
            }
            self.doubted = Some(point);
            return Verdict::Jump;
        }
        self.doubted = None;
        let rested = point.boot_ms().0.saturating_sub(kept.boot_ms().0) < REST_MS;
        if rested && kept.at().distance_m(point.at()) < REST_M {
            return Verdict::Rest;
        }
        self.keep(point)
    }

    fn keep(&mut self, point: TrackPoint) -> Verdict {
        self.kept = Some(point);
        self.doubted = None;
        Verdict::Kept
    }
}

#[cfg(test)]
mod tests {
    use super::Verdict::{Guess, Jump, Kept, Rest};
    use super::*;
    use crate::{BootMs, WallMs, Wgs84};

    fn point(north_m: f64, seconds: i64, accuracy_m: i64) -> TrackPoint {
        let at = Wgs84::from_degrees(32.0 + north_m / 111_195.08, 118.8).unwrap();
        TrackPoint::new(at, Some(accuracy_m * 1_000), BootMs(seconds * 1_000), WallMs(0))
    }

    fn judged(answers: &[(f64, i64, i64)]) -> Vec<Verdict> {
        let mut filter = Filter::default();
        answers
            .iter()
            .map(|(m, s, accuracy)| filter.judge(point(*m, *s, *accuracy)))
            .collect()
    }

    #[test]
    fn the_first_two_answers_are_guesses_unless_they_are_good() {
        assert_eq!(
            judged(&[(0.0, 0, 30), (90.0, 5, 30), (12.0, 10, 30)]),
            [Guess, Guess, Kept]
        );
        assert_eq!(judged(&[(0.0, 0, 20), (10.0, 5, 30)]), [Kept, Kept]);
    }

    #[test]
    fn after_a_silence_it_guesses_again() {
        assert_eq!(
            judged(&[
                (0.0, 0, 5),
                (10.0, 10, 5),
                (500.0, 131, 40),
                (505.0, 135, 40),
                (510.0, 140, 40)
            ]),
            [Kept, Kept, Guess, Guess, Kept]
        );
    }

    #[test]
    fn a_stray_jump_is_left_out_and_a_confirmed_one_is_where_the_phone_is() {
        assert_eq!(
            judged(&[(0.0, 0, 5), (9_000.0, 5, 5), (10.0, 10, 5)]),
            [Kept, Jump, Kept]
        );
        assert_eq!(
            judged(&[(0.0, 0, 5), (9_000.0, 5, 5), (9_010.0, 10, 5), (9_020.0, 15, 5)]),
            [Kept, Jump, Kept, Kept]
        );
    }

    #[test]
    fn a_phone_at_rest_gives_two_points_a_minute() {
        let trembling: Vec<_> = (0..=60).map(|s| (f64::from(s % 2) * 6.0, i64::from(s), 5)).collect();
        let kept = judged(&trembling)
            .into_iter()
            .filter(|verdict| *verdict == Kept)
            .count();
        assert_eq!(kept, 3, "at 0, 30 and 60 seconds");
        assert_eq!(judged(&[(0.0, 0, 5), (7.9, 1, 5), (8.1, 2, 5)]), [Kept, Rest, Kept]);
    }
}
