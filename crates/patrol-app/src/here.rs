//! Where the phone is: what the host or the page reports, held for a moment, and put on the photos that are taken.
//!
//! Nothing waits for it. The best of the last half minute counts when a photo is taken; when there is none, the first that
//! comes within a minute fills itself in. A place that the system calls made up is taken all the same, and recorded as such:
//! to refuse it would only teach to hide it.

use std::collections::VecDeque;
use std::sync::PoisonError;

use patrol_domain::{Fix, PhotoSource, Provider, ShotAt};
use serde::Deserialize;

use crate::app::App;
use crate::error::{AppError, ErrorCode};
use crate::view::DraftView;

/// A fix older than this says nothing about a photo, in milliseconds.
const FRESH_MS: i64 = 30_000;

/// So long after a photo a first fix still tells where it was taken, in milliseconds.
const LATE_MS: i64 = 60_000;

/// How many reports are held.
const HELD: usize = 64;

/// What stands for the accuracy of a fix that states none, in metres.
const UNSTATED_M: f64 = 100.0;

/// How fast an officer walks, in metres per second: by so much a fix grows worse.
const WALK_M_PER_S: f64 = 1.5;

/// The reports of the last half minute.
#[derive(Debug, Default)]
pub(crate) struct Here(VecDeque<(Fix, ShotAt)>);

impl Here {
    fn take(&mut self, fix: Fix, at: ShotAt) {
        if self.0.len() == HELD {
            self.0.pop_front();
        }
        self.0.push_back((fix, at));
    }

    /// The best fix for something that happens at `now`: the most accurate one, as far as it is not walked away from.
    fn best(&self, now: &ShotAt) -> Option<Fix> {
        let fresh = self.0.iter().filter_map(|(fix, at)| {
            let age = at.boot_until(now).filter(|age| (0..=FRESH_MS).contains(age))?;
            Some((aged(*fix, age), age))
        });
        let worth = |(fix, age): &(Fix, i64)| accuracy_m(fix) + WALK_M_PER_S * thousandths(*age);
        fresh
            .min_by(|one, other| worth(one).total_cmp(&worth(other)))
            .map(|(fix, _)| fix)
    }
}

/// What a host reports.
#[derive(Debug, Clone, Copy, Deserialize)]
pub(crate) struct Report {
    /// 1e-7 degree; none when the receiver gave no number.
    pub(crate) lat_e7: Option<f64>,
    /// 1e-7 degree; none when the receiver gave no number.
    pub(crate) lon_e7: Option<f64>,
    /// Radius of the 68 % circle.
    pub(crate) accuracy_mm: Option<f64>,
    /// Who says so.
    pub(crate) provider: Provider,
    /// Whether the system says that it is made up; none when it cannot tell.
    pub(crate) is_mock: Option<bool>,
}

impl App {
    /// Takes the phone's place.
    ///
    /// # Errors
    /// [`ErrorCode::LocationUnusable`] for 0,0, for what is off the globe or no number; the draft is as it was.
    pub(crate) fn report_here(&self, report: Report) -> Result<DraftView, AppError> {
        let at = self.moment();
        let fix = report.fix()?;
        self.here.lock().unwrap_or_else(PoisonError::into_inner).take(fix, at);
        let draft = self.store.draft()?;
        let Some(id) = draft.id else {
            return Ok(self.view_draft(&draft));
        };
        let mut is_changed = false;
        for photo in &draft.photos {
            let late = photo.came.and_then(|came| came.boot_until(&at));
            let is_wanted = photo.facts.source == PhotoSource::Camera && photo.fix.is_none();
            if let (true, Some(late @ 0..=LATE_MS)) = (is_wanted, late) {
                self.store
                    .fix_draft_photo(id, photo.facts.sha256, &aged(fix, late.saturating_neg()))?;
                is_changed = true;
            }
        }
        if is_changed {
            self.read_draft()
        } else {
            Ok(self.view_draft(&draft))
        }
    }

    /// Where the phone is, as well as it knows.
    pub(crate) fn find_here(&self, at: &ShotAt) -> Option<Fix> {
        let here = self.here.lock().unwrap_or_else(PoisonError::into_inner);
        here.best(at)
    }

    /// This moment by both clocks.
    pub(crate) fn moment(&self) -> ShotAt {
        let clock = &self.ports.clock;
        ShotAt {
            wall_ms: clock.wall(),
            boot_ms: clock.boot(),
            boot_id: clock.boot_id(),
        }
    }
}

impl Report {
    fn fix(&self) -> Result<Fix, AppError> {
        let unusable = || AppError::Refused(ErrorCode::LocationUnusable);
        if !matches!(self.provider, Provider::Gnss | Provider::Network) {
            return Err(AppError::Arguments("a phone's place comes from gnss or network".into()));
        }
        let (lat, lon) = self.lat_e7.zip(self.lon_e7).ok_or_else(unusable)?;
        let accuracy_m = self.accuracy_mm.map(|mm| mm / 1000.0);
        let fix = Fix::from_degrees(lat / 1e7, lon / 1e7, self.provider, accuracy_m).map_err(|_| unusable())?;
        Ok(fix.with_mock(self.is_mock))
    }
}

/// A fix that is so old.
pub(crate) fn aged(fix: Fix, age_ms: i64) -> Fix {
    Fix {
        age_ms: Some(age_ms),
        ..fix
    }
}

/// The radius of a fix's circle, in metres.
pub(crate) fn accuracy_m(fix: &Fix) -> f64 {
    fix.accuracy_mm.map_or(UNSTATED_M, thousandths)
}

/// Millimetres in metres, milliseconds in seconds.
#[allow(clippy::cast_precision_loss, reason = "far below 2^52")]
fn thousandths(mm: i64) -> f64 {
    mm as f64 / 1000.0
}

#[cfg(test)]
mod tests {
    use patrol_testkit::HandClock;

    use super::*;

    fn report(lat_e7: f64, lon_e7: f64) -> Report {
        Report {
            lat_e7: Some(lat_e7),
            lon_e7: Some(lon_e7),
            accuracy_mm: Some(6_000.0),
            provider: Provider::Gnss,
            is_mock: None,
        }
    }

    #[test]
    fn a_place_that_is_none_is_refused() {
        assert!(report(323_412_586.0, 1_188_403_172.0).fix().is_ok());
        let none = Report {
            lat_e7: None,
            ..report(1.0, 1.0)
        };
        for bad in [
            report(0.0, 0.0),
            report(f64::NAN, 1.0),
            report(9.1e8, 1.0),
            report(1.0, 1e300),
            none,
        ] {
            assert!(
                matches!(bad.fix(), Err(AppError::Refused(ErrorCode::LocationUnusable))),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn the_most_accurate_fix_counts_until_it_was_walked_away_from() {
        let clock = HandClock::new(1_781_745_128_000);
        let mut here = Here::default();
        let fix = |accuracy_m| Fix::from_degrees(32.3, 118.8, Provider::Gnss, Some(accuracy_m)).unwrap();
        let now = || ShotAt::from(&clock.at());
        here.take(fix(5.0), now());
        clock.advance(4_000);
        here.take(fix(20.0), now());
        let best = here.best(&now()).unwrap();
        assert_eq!((best.accuracy_mm, best.age_ms), (Some(5_000), Some(4_000)));
        clock.advance(20_000);
        here.take(fix(20.0), now());
        assert_eq!(here.best(&now()).unwrap().accuracy_mm, Some(20_000));
        clock.advance(30_001);
        assert_eq!(here.best(&now()), None, "half a minute ago says nothing");
    }

    #[test]
    fn a_restart_leaves_no_fix_behind() {
        let clock = HandClock::new(1_781_745_128_000);
        let mut here = Here::default();
        here.take(
            Fix::from_degrees(32.3, 118.8, Provider::Gnss, None).unwrap(),
            ShotAt::from(&clock.at()),
        );
        clock.reboot();
        assert_eq!(here.best(&ShotAt::from(&clock.at())), None);
    }
}
