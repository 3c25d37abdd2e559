//! A shift: from its start to its end, with the way that was walked in between.
//!
//! The journal says what a shift is; points that stand in no op yet are on disk all the same. So a killed app, an empty
//! battery or midnight end no shift: it runs until its officer ends it, and what was missed meanwhile is a gap.

mod report;

use std::sync::{MutexGuard, PoisonError};

use patrol_domain::op::{Body, ShiftEnded, ShiftStarted, TrackChunk};
use patrol_domain::track::{Filter, SILENCE_MS, TrackPoint, Verdict, Walk, cut, decode, legs};
use patrol_domain::{At, BootId, BootMs, Grid, Op, Part, PersonId, WallMs, Wgs84};
use patrol_store::{PendingPoint, ShiftRecord};
use serde::Deserialize;

use crate::app::App;
use crate::error::{AppError, ErrorCode};
use crate::view::{GapView, GridShareView, ShiftBrief, ShiftState, ShiftTrack, ShiftView, TrackLine};

/// So many points become an op: some 2 KB, which a weak network carries at once.
const CHUNK_POINTS: usize = 120;
/// Points do not wait longer than this for the op to fill.
const CHUNK_MS: i64 = 600_000;
/// Nobody is on patrol for longer: 14 hours.
const FORGOTTEN_MS: i64 = 14 * 3_600_000;
/// A place that is older when it arrives counts as of now: a page's clock and ours are one, but a page may be wrong.
const LATEST_MS: i64 = 60_000;
/// How many past shifts are listed.
const RECENT: u32 = 14;

/// A place as a receiver gave it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct ReceivedPoint {
    /// 1e-7 degree, WGS-84.
    pub lat_e7: i64,
    /// 1e-7 degree, WGS-84.
    pub lon_e7: i64,
    /// Radius of the 68 % circle, mm, when stated.
    pub accuracy_mm: Option<i64>,
    /// When, by the wall clock; now when not stated.
    pub wall_ms: Option<i64>,
    /// Whether the system says that a mock provider made it.
    #[serde(default)]
    pub is_mock: bool,
}

/// The walk of the shift under way: sums, not points.
#[derive(Debug)]
pub(crate) struct Patrolling {
    record: ShiftRecord,
    walk: Walk,
    filter: Filter,
    boot: BootId,
    /// Points that stand in no op yet, and when the first of them came.
    pending: usize,
    pending_since: Option<BootMs>,
    mocked: u32,
}

/// An op with a piece of a track, and the sealed points beside it.
type ChunkOp = (Op, Option<Part>);

impl App {
    /// The shift of the officer who is signed in.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn shift_state(&self) -> Result<ShiftState, AppError> {
        let author = self.recorder.author();
        let patrol = self.patrolling()?;
        let running = patrol.as_ref().map(|patrol| self.view_shift(patrol));
        drop(patrol);
        let people = self.officers()?;
        let others = self
            .store
            .open_shifts()?
            .into_iter()
            .filter(|shift| shift.author != author);
        let others = others.filter_map(|shift| {
            let owner = people.iter().find(|person| person.person == shift.author);
            owner.map(|person| person.name.clone())
        });
        let recent = self
            .store
            .shifts(RECENT)?
            .into_iter()
            .filter(|shift| shift.author == author);
        Ok(ShiftState {
            running,
            others: others.collect(),
            recent: recent
                .filter_map(|shift| {
                    Some(ShiftBrief {
                        shift: shift.shift.to_string(),
                        started_ms: shift.started.0,
                        ended_ms: shift.ended?.0,
                    })
                })
                .collect(),
            grids: self.own_grids().into_iter().map(|grid| grid.code.to_string()).collect(),
        })
    }

    /// Begins a shift; `grids` are the codes to walk.
    ///
    /// # Errors
    /// [`AppError`] with `shift_running` when the officer's last one has not ended.
    pub fn start_shift(&self, grids: Vec<String>) -> Result<ShiftState, AppError> {
        if grids
            .iter()
            .any(|code| code.parse::<patrol_domain::GridCode>().is_err())
        {
            return Err(AppError::Arguments("not a grid's code".into()));
        }
        let mut patrol = self.patrolling()?;
        if patrol.is_some() {
            return Err(AppError::Refused(ErrorCode::ShiftRunning));
        }
        let shift = self.recorder.new_shift();
        let op = self.recorder.op(
            self.recorder.now(&self.store)?,
            None,
            Vec::new(),
            Body::ShiftStarted(ShiftStarted { shift, grids }),
        );
        self.store.write_shift(&[(op, None)], None)?;
        *patrol = self.find_patrol()?;
        drop(patrol);
        self.sync.wake();
        self.shift_state()
    }

    /// Ends the shift; what was walked stands in the journal before it.
    ///
    /// # Errors
    /// [`AppError`] with `shift_not_running`.
    pub fn end_shift(&self) -> Result<ShiftState, AppError> {
        let mut patrol = self.patrolling()?;
        let Some(running) = patrol.as_ref() else {
            return Err(AppError::Refused(ErrorCode::ShiftNotRunning));
        };
        let shift = running.record.shift;
        let (mut ops, taken) = self.chunks()?;
        let ended = Body::ShiftEnded(ShiftEnded { shift });
        let op = self
            .recorder
            .op(self.recorder.now(&self.store)?, None, Vec::new(), ended);
        ops.push((op, None));
        self.store.write_shift(&ops, taken)?;
        *patrol = None;
        drop(patrol);
        self.sync.wake();
        self.shift_state()
    }

    /// Adds places to the track: filtered, and durable when it returns. Answers the shift as it stands.
    ///
    /// # Errors
    /// [`AppError`] with `shift_not_running`.
    pub fn add_to_track(&self, received: &[ReceivedPoint]) -> Result<ShiftView, AppError> {
        let mut patrol = self.patrolling()?;
        let Some(running) = patrol.as_mut() else {
            return Err(AppError::Refused(ErrorCode::ShiftNotRunning));
        };
        let clock = &self.ports.clock;
        let (now, boot, wall) = (clock.boot(), clock.boot_id(), clock.wall());
        if running.boot != boot {
            running.filter = Filter::default();
            running.boot = boot;
        }
        let mut kept = Vec::new();
        for point in received {
            if point.is_mock {
                running.mocked += 1;
            } else if let Some(point) = taken_at(point, now, wall)
                && running.filter.judge(point) == Verdict::Kept
            {
                kept.push(point);
            }
        }
        let shift = running.record.shift;
        let pending: Vec<_> = kept
            .iter()
            .map(|point| PendingPoint {
                shift,
                boot,
                point: *point,
            })
            .collect();
        if !pending.is_empty() {
            self.store.add_points(&pending)?;
            kept.iter().for_each(|point| running.walk.add(boot, *point));
            running.pending += pending.len();
            running.pending_since.get_or_insert(now);
        }
        let is_due = |since: BootMs| now.0.saturating_sub(since.0) >= CHUNK_MS;
        if running.pending >= CHUNK_POINTS || running.pending_since.is_some_and(is_due) {
            let (ops, taken) = self.chunks()?;
            self.store.write_shift(&ops, taken)?;
            running.pending = 0;
            running.pending_since = None;
            self.sync.wake();
        }
        Ok(self.view_shift(running))
    }

    /// The way of the shift under way, as lines for a map; none without a shift.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn shift_track(&self) -> Result<ShiftTrack, AppError> {
        let shift = self.patrolling()?.as_ref().map(|patrol| patrol.record.shift);
        let points = shift.map_or(Ok(Vec::new()), |shift| self.store.shift_points(shift))?;
        let line = |leg: Vec<Wgs84>| TrackLine {
            points: leg.iter().map(|at| [at.lat_e7(), at.lon_e7()]).collect(),
        };
        Ok(ShiftTrack {
            lines: legs(points).into_iter().map(line).collect(),
        })
    }

    /// The shift of whoever is signed in, read from disk when it is not the one in memory.
    fn patrolling(&self) -> Result<MutexGuard<'_, Option<Patrolling>>, AppError> {
        let author = self.recorder.author();
        let mut patrol = self.patrol.lock().unwrap_or_else(PoisonError::into_inner);
        if patrol.as_ref().is_none_or(|patrol| patrol.record.author != author) {
            *patrol = self.find_patrol()?;
        }
        Ok(patrol)
    }

    fn find_patrol(&self) -> Result<Option<Patrolling>, AppError> {
        let author = self.recorder.author();
        let open = self.store.open_shifts()?;
        let Some(record) = open.into_iter().find(|shift| shift.author == author) else {
            return Ok(None);
        };
        let clock = &self.ports.clock;
        let pending = self.store.pending_points()?.len();
        Ok(Some(Patrolling {
            walk: self.walk(&record)?,
            record,
            filter: Filter::default(),
            boot: clock.boot_id(),
            pending,
            pending_since: (pending > 0).then(|| clock.boot()),
            mocked: 0,
        }))
    }

    fn walk(&self, record: &ShiftRecord) -> Result<Walk, AppError> {
        let mut walk = Walk::new(&self.grids_of(&record.grids));
        for (boot, point) in self.store.shift_points(record.shift)? {
            walk.add(boot, point);
        }
        Ok(walk)
    }

    /// The grids that this phone has outlines of.
    fn own_grids(&self) -> Vec<Grid> {
        self.ground.grids().iter().cloned().collect()
    }

    fn grids_of(&self, codes: &[String]) -> Vec<Grid> {
        let mut grids = self.own_grids();
        grids.retain(|grid| codes.contains(&grid.code.to_string()));
        grids
    }

    /// Ops for all points that stand in none yet, and the position up to which they do.
    fn chunks(&self) -> Result<(Vec<ChunkOp>, Option<i64>), AppError> {
        let pending = self.store.pending_points()?;
        let taken = pending.last().map(|(position, _)| *position);
        let points: Vec<PendingPoint> = pending.into_iter().map(|(_, point)| point).collect();
        let now = self.recorder.now(&self.store)?;
        let mut ops = Vec::new();
        for leg in points.chunk_by(|a, b| a.shift == b.shift && a.boot == b.boot) {
            let [first, ..] = leg else { continue };
            let owner = self.store.shift(first.shift)?.map(|shift| shift.author);
            let track: Vec<TrackPoint> = leg.iter().map(|pending| pending.point).collect();
            for text in cut(&track) {
                let made = decode(&text).map_err(|error| AppError::Arguments(error.to_string()))?;
                if let ([from, ..], [.., to]) = (made.as_slice(), made.as_slice()) {
                    let (part, points) = self.recorder.seal("points", &text);
                    let body = TrackChunk {
                        shift: first.shift,
                        count: u32::try_from(made.len()).unwrap_or(u32::MAX),
                        from_ms: from.wall_ms(),
                        to_ms: to.wall_ms(),
                        points,
                    };
                    let at = moment_of(&now, first.boot, to);
                    let op = self.recorder.op(at, None, Vec::new(), Body::TrackChunk(body));
                    let author = owner.unwrap_or(op.author);
                    ops.push((Op { author, ..op }, Some(part)));
                }
            }
        }
        Ok((ops, taken))
    }

    fn view_shift(&self, patrol: &Patrolling) -> ShiftView {
        let Patrolling {
            record, walk, mocked, ..
        } = patrol;
        let now = self.ports.clock.wall();
        ShiftView {
            shift: record.shift.to_string(),
            started_ms: record.started.0,
            is_forgotten: now.0.saturating_sub(record.started.0) > FORGOTTEN_MS,
            metres: walk.metres(),
            points: walk.points(),
            last_point_ms: walk.last().map(|point| point.wall_ms().0),
            gaps: gaps(walk, record.started, now),
            grids: shares(record, walk),
            mocked: *mocked,
        }
    }

    /// Whose shift it is, as people say it.
    fn owner(&self, author: PersonId) -> Result<String, AppError> {
        let owner = self.officers()?.into_iter().find(|person| person.person == author);
        Ok(owner.map_or_else(String::new, |person| format!("{} {}", person.name, person.number)))
    }
}

/// The point on both clocks; `None` for what is no place.
fn taken_at(received: &ReceivedPoint, now: BootMs, wall: WallMs) -> Option<TrackPoint> {
    let ReceivedPoint {
        lat_e7,
        lon_e7,
        accuracy_mm,
        wall_ms,
        is_mock: _,
    } = *received;
    // 0,0 is what a receiver says that knows nothing.
    let at = Wgs84::from_e7(lat_e7, lon_e7)
        .ok()
        .filter(|_| (lat_e7, lon_e7) != (0, 0))?;
    let age = wall_ms.map_or(0, |then| wall.0.saturating_sub(then));
    let age = if (0..=LATEST_MS).contains(&age) { age } else { 0 };
    Some(TrackPoint::new(
        at,
        accuracy_mm,
        BootMs(now.0 - age),
        WallMs(wall.0 - age),
    ))
}

/// When an op about points of `boot` was made: now, or, for points that an earlier boot left behind, when the last of
/// them was taken. Their clock is that boot's, and the op is what says which boot it was.
fn moment_of(now: &At, boot: BootId, last: &TrackPoint) -> At {
    if now.boot_id == boot {
        return now.clone();
    }
    At {
        wall_ms: last.wall_ms(),
        boot_ms: last.boot_ms(),
        boot_id: boot,
        gnss_ms: None,
        offset: None,
        tz: now.tz,
        beacon: None,
    }
}

/// The times without a track: before the first point, between points, behind the last.
fn gaps(walk: &Walk, started: WallMs, ended: WallMs) -> Vec<GapView> {
    let view = |from: WallMs, to: WallMs| GapView {
        from_ms: from.0,
        to_ms: to.0,
    };
    let between = walk.gaps().iter().map(|gap| view(gap.from, gap.to));
    let first = walk.first().map_or(ended, TrackPoint::wall_ms);
    let last = walk.last().map(TrackPoint::wall_ms);
    let edges = [Some(view(started, first)), last.map(|last| view(last, ended))];
    let [before, behind] = edges.map(|gap| gap.filter(|gap| gap.to_ms.saturating_sub(gap.from_ms) > SILENCE_MS));
    before.into_iter().chain(between).chain(behind).collect()
}

fn shares(record: &ShiftRecord, walk: &Walk) -> Vec<GridShareView> {
    let share = |code: &String| {
        let found = walk.coverage().find(|(known, _)| known.to_string() == *code);
        #[allow(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a share lies between 0 and 1"
        )]
        let percent = found.map(|(_, share)| (share * 100.0).floor() as u32);
        GridShareView {
            code: code.clone(),
            percent,
        }
    };
    record.grids.iter().map(share).collect()
}
