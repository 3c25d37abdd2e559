//! What is where and what the sync is doing, put together for the page. It reads what waits, not what there is: a phone with
//! 100,000 cases answers as fast as one with ten.

use patrol_store::{Audit, Counts, DeviceStanding, LostPhoto, PhotoProblem, SetAside};
use patrol_sync::Phase;

use super::Shown;
use crate::app::App;
use crate::error::AppError;
use crate::port::Network;
use crate::view::{
    AtStation, AuditView, LostPhotoView, LostReason, NetworkKind, OnPhone, PhoneStanding, ReceiptView, SetAsideReason,
    SetAsideView, StationClockView, SyncPhase, SyncStatus,
};

/// How many waiting cases the sync screen lists.
const WAITING_SHOWN: usize = 50;

/// How many originals that cannot be given, and records set aside, the sync screen names.
const BLOCKED_SHOWN: usize = 50;

impl App {
    /// What is where, and what the sync is doing.
    ///
    /// # Errors
    /// [`AppError`] when the database cannot be read.
    pub fn sync_status(&self) -> Result<SyncStatus, AppError> {
        // First: what changes while the rest is read makes a later version.
        let version = *self.sync.version.borrow();
        let (counts, settings) = (self.store.counts()?, self.store.settings()?);
        let receipt = self.store.progress()?.receipt;
        let waiting = self.store.waiting_cases(WAITING_SHOWN)?;
        let clock = self.view_clock()?;
        let set_aside = self.store.set_aside()?.into_iter().take(BLOCKED_SHOWN);
        let set_aside = set_aside
            .map(|aside| self.view_set_aside(aside))
            .collect::<Result<_, _>>()?;
        let lost = self.store.lost_photos(BLOCKED_SHOWN)?;
        let shown = self.sync.shown();
        let Counts {
            cases_on_phone,
            photos_on_phone,
            bytes_on_phone,
            cases_at_station,
            photos_at_station,
        } = counts;
        Ok(SyncStatus {
            version,
            phase: phase_of(&shown, settings.is_paused),
            on_phone: OnPhone {
                cases: cases_on_phone,
                photos: photos_on_phone,
                bytes: bytes_on_phone,
            },
            at_station: AtStation {
                cases: cases_at_station,
                photos: photos_at_station,
            },
            sending: shown.sending.clone(),
            bytes_per_second: shown.progress.and_then(|progress| progress.bytes_per_second),
            bytes_left: shown.progress.map_or(bytes_on_phone, |progress| progress.bytes_left),
            is_paused: settings.is_paused,
            only_unmetered: settings.only_unmetered,
            network: match self.network() {
                Network::Metered => NetworkKind::Metered,
                Network::Unmetered => NetworkKind::Unmetered,
                Network::Unknown => NetworkKind::Unknown,
                Network::None => NetworkKind::None,
            },
            standing: match self.store.device_standing()? {
                DeviceStanding::Active => PhoneStanding::Active,
                DeviceStanding::Retired => PhoneStanding::Retired,
                DeviceStanding::Refused => PhoneStanding::Refused,
            },
            last_contact_ms: shown.contact_ms.max(clock.as_ref().map(|clock| clock.measured_ms)),
            clock,
            audit: self.store.last_audit()?.map(view_audit),
            set_aside,
            lost: lost.into_iter().map(view_lost).collect(),
            next_try_ms: shown.next_try_ms,
            last_error: shown.last_error.clone(),
            last_receipt: receipt.map(|receipt| ReceiptView {
                seq: receipt.seq.0,
                head: receipt.head.to_string(),
                station_ms: receipt.station_ms,
                beacon: receipt.beacon,
            }),
            waiting: waiting.iter().map(|case| self.view_case(case)).collect(),
        })
    }

    /// The difference to the station's clock, as measured in this boot; one of an earlier boot has no known age.
    fn view_clock(&self) -> Result<Option<StationClockView>, AppError> {
        let clock = &self.ports.clock;
        let offset = self.store.moment(clock.boot_id(), clock.boot())?.offset;
        Ok(offset.map(|offset| StationClockView {
            offset_ms: offset.ms,
            err_ms: offset.err,
            age_ms: offset.age,
            measured_ms: clock.wall().0.saturating_sub(offset.age),
            station_is_synchronised: offset.synchronised,
        }))
    }

    /// A record that the station has set aside, with the number of its case.
    pub(crate) fn view_set_aside(&self, aside: SetAside) -> Result<SetAsideView, AppError> {
        let SetAside {
            log: _,
            seq,
            code,
            case,
        } = aside;
        let number = case.map(|case| self.store.case_number(case)).transpose()?.flatten();
        Ok(SetAsideView {
            case_id: case.map(|case| case.to_string()),
            number,
            seq: seq.0,
            reason: reason_of(&code),
        })
    }
}

fn phase_of(shown: &Shown, is_paused: bool) -> SyncPhase {
    match shown.phase {
        _ if shown.waiting => SyncPhase::Waiting,
        None if is_paused => SyncPhase::Paused,
        _ if shown.held => SyncPhase::Held,
        None => SyncPhase::Idle,
        Some(Phase::Ops) => SyncPhase::Records,
        Some(Phase::Thumbnails) => SyncPhase::Thumbnails,
        Some(Phase::Originals) => SyncPhase::Originals,
    }
}

fn view_audit(audit: Audit) -> AuditView {
    let Audit {
        seq,
        is_equal,
        days,
        station_ms,
    } = audit;
    AuditView {
        is_equal,
        days,
        seq: seq.0,
        station_ms,
    }
}

fn view_lost(lost: LostPhoto) -> LostPhotoView {
    let LostPhoto {
        sha256,
        problem,
        number,
    } = lost;
    LostPhotoView {
        sha256: sha256.to_string(),
        number,
        reason: match problem {
            PhotoProblem::Damaged => LostReason::Damaged,
            PhotoProblem::Lost => LostReason::Lost,
        },
    }
}

fn reason_of(code: &str) -> SetAsideReason {
    match code {
        "unreadable" => SetAsideReason::Unreadable,
        "unknown_kind" => SetAsideReason::UnknownKind,
        "id_conflict" => SetAsideReason::IdConflict,
        "unlawful" => SetAsideReason::Unlawful,
        "depends_on" => SetAsideReason::DependsOn,
        _ => SetAsideReason::Other,
    }
}
