//! Parking timers: a vehicle that was photographed once and has to be photographed again after the interval.
//!
//! The time between two pictures is read from the clock that runs through suspend, never from the wall clock: that one can
//! be set by anybody. A restart of the phone in between leaves no proof, and the record says so.

use patrol_domain::op::{Body, Interval, Step, StepTaken};
use patrol_domain::{DraftId, Fix, Op, Part, PhotoRef, PhotoRole, PhotoSource, Plate, Provider, ShotAt, Wgs84};
use patrol_store::{Draft, DraftPhoto, DraftTimer};
use serde::Deserialize;

use crate::app::App;
use crate::draft::{place_fix, view_photo, view_place, view_plate};
use crate::error::{AppError, ErrorCode};
use crate::here::accuracy_m;
use crate::view::{
    ClockCheck, DraftList, DraftView, IntervalCheck, PlateCheck, SpotCheck, TimerChecks, TimerList, TimerView,
};

/// As far may the second picture's spot lie from the first one's, beyond what the fixes themselves may be off, in metres.
const SAME_SPOT_M: f64 = 30.0;

/// A fix this bad tells no spot from another: its circle counts no larger, in metres.
const WORST_ACCURACY_M: f64 = 50.0;

/// So far the two clocks may drift apart without anybody having touched one, in milliseconds.
const DRIFT_MS: u64 = 2_000;

/// Whether somebody has set the wall clock, by how far it went apart from the clock since boot.
pub(crate) const fn was_moved(by_ms: i64) -> bool {
    by_ms.unsigned_abs() > DRIFT_MS
}

/// What became of a vehicle that was not photographed again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DropCause {
    /// It has left.
    Left,
    /// The driver was there and was spoken to.
    Advised,
    /// Something else.
    Other,
}

impl App {
    /// Parks the draft in hand to be photographed again.
    ///
    /// # Errors
    /// [`ErrorCode::DraftNoPhoto`] without a first picture.
    pub(crate) fn start_timer(&self) -> Result<TimerList, AppError> {
        if self.store.draft()?.photos.is_empty() {
            return Err(AppError::Refused(ErrorCode::DraftNoPhoto));
        }
        self.store.start_timer(self.ports.clock.wall())?;
        self.timers(None)
    }

    /// The timers in walking order from a point, else from where the phone is, else as they were begun.
    pub(crate) fn timers(&self, from: Option<Wgs84>) -> Result<TimerList, AppError> {
        let now = self.moment();
        let from = from.or_else(|| self.find_here(&now).map(|fix| fix.point()));
        let mut timers = Vec::new();
        for draft in self.all_drafts()? {
            if let Some(view) = self.view_timer(&draft, &now) {
                timers.push((place_fix(&draft).map(|fix| fix.point()), view));
            }
        }
        let timer = self.catalogue.timer();
        Ok(TimerList {
            timers: walk(from, timers),
            rule_interval_s: timer.rule_interval_s,
            evidence_interval_s: timer.evidence_interval_s,
        })
    }

    /// Takes a draft in hand; the one that was is kept.
    pub(crate) fn take_draft(&self, draft: DraftId) -> Result<DraftView, AppError> {
        self.store.take_draft(draft)?;
        self.read_draft()
    }

    /// Lays the draft in hand aside: the next one begins empty.
    pub(crate) fn park_draft(&self) -> Result<DraftView, AppError> {
        self.store.park_draft()?;
        self.read_draft()
    }

    /// The drafts that were laid aside without a timer.
    pub(crate) fn parked_drafts(&self) -> Result<DraftList, AppError> {
        let drafts = self.store.parked_drafts()?;
        let plain = drafts.iter().filter(|draft| draft.timer.is_none() && !draft.is_empty());
        Ok(DraftList {
            drafts: plain.map(|draft| self.view_draft(draft)).collect(),
        })
    }

    /// How many drafts there are beside the timers.
    pub(crate) fn count_drafts(&self) -> Result<u64, AppError> {
        let drafts = self.all_drafts()?;
        let plain = drafts.iter().filter(|draft| draft.timer.is_none() && !draft.is_empty());
        Ok(plain.count() as u64)
    }

    /// Ends a timer without a second picture. What was seen is recorded with what became of it, when there is a plate, a
    /// picture and a kind to record; else the draft is given up.
    pub(crate) fn drop_timer(&self, draft: DraftId, cause: DropCause) -> Result<TimerList, AppError> {
        let found = self.store.find_draft(draft)?;
        let found = found.ok_or(AppError::Refused(ErrorCode::DraftGone))?;
        let step = match cause {
            DropCause::Left => Some(Step::Left),
            DropCause::Advised => Some(Step::Advised),
            DropCause::Other => None,
        };
        let matter = found.fields.matter.as_deref();
        let can_be_recorded = matter.is_some_and(|matter| self.catalogue.contains(matter))
            && !found.photos.is_empty()
            && Plate::parse(&found.fields.plate).is_ok();
        match step {
            Some(step) if can_be_recorded => {
                self.store.save_parked(draft, |to_save| {
                    let (opened, parts, _) = self.build_case(to_save)?;
                    let taken = self.step_behind(&opened, step);
                    Ok::<_, AppError>((vec![(opened, parts), (taken, Vec::<Part>::new())], ()))
                })?;
                self.sync.wake();
            }
            _ => self.store.drop_draft(draft)?,
        }
        self.timers(None)
    }

    /// A step right behind the op that opens a case, made in the same moment.
    fn step_behind(&self, opened: &Op, step: Step) -> Op {
        let body = Body::StepTaken(StepTaken { step, note: None });
        Op {
            after: vec![opened.id],
            ..self.recorder.op(opened.at.clone(), opened.case, Vec::new(), body)
        }
    }

    fn all_drafts(&self) -> Result<Vec<Draft>, AppError> {
        let held = self.store.draft()?;
        let mut drafts = self.store.parked_drafts()?;
        drafts.extend(held.id.is_some().then_some(held));
        Ok(drafts)
    }

    /// A draft as a timer; `None` for one that has none.
    pub(crate) fn view_timer(&self, draft: &Draft, now: &ShotAt) -> Option<TimerView> {
        let (id, timer) = (draft.id?, draft.timer.as_ref()?);
        let first = draft.photos.first()?;
        let interval_s = self.timer_interval_s(draft.fields.matter.as_deref());
        let elapsed_ms = first.came.and_then(|came| came.boot_until(now));
        let started_ms = first.came.map_or(timer.since.0, |came| came.wall_ms.0);
        let passed_ms = elapsed_ms.unwrap_or_else(|| now.wall_ms.0.saturating_sub(started_ms));
        Some(TimerView {
            id: id.to_string(),
            matter: draft.fields.matter.clone(),
            plate: Plate::parse(&draft.fields.plate).ok().as_ref().map(view_plate),
            street: draft.fields.street.clone(),
            place: self.place(draft).point().as_ref().map(view_place),
            distance_m: None,
            started_ms,
            elapsed_ms,
            interval_s,
            is_due: passed_ms >= i64::from(interval_s) * 1000,
            checks: self.check(draft, timer, first, interval_s, now),
            photos: draft.photos.iter().map(view_photo).collect(),
        })
    }

    /// Seconds that a timer runs: the matter's, or the station's rule while the kind is not chosen.
    fn timer_interval_s(&self, matter: Option<&str>) -> u32 {
        let timer = self.catalogue.timer();
        match matter.map_or(0, |matter| self.catalogue.interval_s(matter)) {
            0 => timer.rule_interval_s.max(timer.evidence_interval_s),
            interval => interval,
        }
    }

    fn check(
        &self,
        draft: &Draft,
        timer: &DraftTimer,
        first: &DraftPhoto,
        interval_s: u32,
        now: &ShotAt,
    ) -> TimerChecks {
        let second = second(&draft.photos);
        let then = second.map_or(Some(*now), |second| second.came);
        let span = first.came.zip(then);
        let fix = |photo: &DraftPhoto| photo.fix.or(photo.facts.fix);
        let spot = second.map_or_else(|| self.find_here(now), fix);
        let (spot, spot_m) = check_spot(fix(first), spot);
        let moved_ms = span.map_or(0, |(one, other)| moved_ms(&one, &other));
        let was_moved = was_moved(moved_ms);
        TimerChecks {
            interval: check_interval(span, interval_s, [Some(first), second]),
            clock: if was_moved {
                ClockCheck::Changed
            } else {
                ClockCheck::Unchanged
            },
            moved_s: if was_moved { moved_ms / 1000 } else { 0 },
            plate: check_plate(&timer.plate, &draft.fields.plate),
            spot,
            spot_m,
        }
    }
}

/// The interval that a record states: between the first and the last scene that this phone's camera took.
pub(crate) fn interval(photos: &[PhotoRef]) -> Option<Interval> {
    let mut scenes = photos
        .iter()
        .filter(|photo| photo.role == PhotoRole::Scene && photo.shot.is_some());
    let first = scenes.next()?;
    Interval::between(first, scenes.next_back()?)
}

/// The picture that answers the first one: the last scene behind it.
fn second(photos: &[DraftPhoto]) -> Option<&DraftPhoto> {
    let mut behind = photos.iter().skip(1);
    behind.rfind(|photo| photo.exposure.role == PhotoRole::Scene)
}

fn check_interval(span: Option<(ShotAt, ShotAt)>, interval_s: u32, photos: [Option<&DraftPhoto>; 2]) -> IntervalCheck {
    let is_import = |photo: &DraftPhoto| photo.facts.source == PhotoSource::Import;
    if photos.into_iter().flatten().any(is_import) {
        return IntervalCheck::UnprovenImport;
    }
    match span.and_then(|(one, other)| one.boot_until(&other)) {
        None => IntervalCheck::UnprovenReboot,
        Some(passed) if passed < i64::from(interval_s) * 1000 => IntervalCheck::Short,
        Some(_) => IntervalCheck::Proven,
    }
}

/// By how much the wall clock was changed; behind a restart only a clock that went backwards shows.
fn moved_ms(one: &ShotAt, other: &ShotAt) -> i64 {
    one.changed_until(other).unwrap_or_else(|| one.wall_until(other).min(0))
}

fn check_plate(first: &str, now: &str) -> PlateCheck {
    match (Plate::parse(first), Plate::parse(now)) {
        (Ok(first), Ok(now)) if first == now => PlateCheck::Same,
        (Ok(_), Ok(_)) => PlateCheck::Differs,
        _ => PlateCheck::Unread,
    }
}

/// Metres between two fixes, and whether that is one spot as far as both are accurate. A street's middle is no spot.
fn check_spot(first: Option<Fix>, second: Option<Fix>) -> (SpotCheck, Option<u32>) {
    let measured = |fix: &Fix| fix.provider != Provider::Street;
    let Some((one, other)) = first.filter(measured).zip(second.filter(measured)) else {
        return (SpotCheck::Unknown, None);
    };
    let distance = one.point().distance_m(other.point());
    let circles = accuracy_m(&one).min(WORST_ACCURACY_M) + accuracy_m(&other).min(WORST_ACCURACY_M);
    let check = if distance <= SAME_SPOT_M + circles {
        SpotCheck::Same
    } else {
        SpotCheck::Far
    };
    (check, Some(metres(distance)))
}

/// Timers as one walks them: the nearest first, from there the nearest again. Those without a place come behind.
fn walk(from: Option<Wgs84>, timers: Vec<(Option<Wgs84>, TimerView)>) -> Vec<TimerView> {
    let Some(start) = from else {
        return timers.into_iter().map(|(_, view)| view).collect();
    };
    let (placed, nowhere): (Vec<_>, Vec<_>) = timers.into_iter().partition(|(point, _)| point.is_some());
    let mut left: Vec<(Wgs84, TimerView)> = placed
        .into_iter()
        .filter_map(|(point, view)| Some((point?, view)))
        .collect();
    let (mut at, mut walked) = (start, Vec::new());
    loop {
        let distances = left.iter().map(|(point, _)| at.distance_m(*point));
        let nearest = distances
            .enumerate()
            .min_by(|(_, one), (_, other)| one.total_cmp(other));
        let Some((nearest, _)) = nearest else { break };
        let (point, view) = left.remove(nearest);
        walked.push(TimerView {
            distance_m: Some(metres(start.distance_m(point))),
            ..view
        });
        at = point;
    }
    walked.extend(nowhere.into_iter().map(|(_, view)| view));
    walked
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a distance on the globe: 0 to 20,100,000"
)]
fn metres(distance: f64) -> u32 {
    distance.round() as u32
}
