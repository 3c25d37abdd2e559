//! A phone's memory with what a round needs around it.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use patrol_domain::op::{Body, OpenReason, PersonBound};
use patrol_domain::port::Clock;
use patrol_domain::seal::Salt;
use patrol_domain::{DeviceId, LogId, Op, Part, PhotoRef, Seq, Sha256Hash, StationId, StationMs, WallMs};
use patrol_store::{Journal, Moment, PhotoProblem, RootKey, StationRecord, Store, StoreError, StoreOptions};
use patrol_sync::{Host, Policy, SealedRoot, SyncError, SyncEvent};
use patrol_testkit::op::{FIRST_MS, case_opened, log_id, log_opened, person};
use patrol_testkit::{HandClock, SeededRandomness};
use patrol_wire::{EnrolmentCertificate, Signed};
use tempfile::TempDir;

use crate::station::{public_key, sign};

pub(crate) struct Phone {
    /// Nothing only between two opens.
    store: Option<Arc<Store>>,
    clock: HandClock,
    /// Each op has an id of its own.
    made: AtomicU64,
    is_paused: AtomicBool,
    folder: TempDir,
}

pub(crate) fn device() -> DeviceId {
    DeviceId::from_slice(&[7; 16]).unwrap()
}

impl Phone {
    pub(crate) fn enrolled() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = open(&folder, 1);
        let journal = Journal {
            log: log_id(1),
            author: person(1),
        };
        store.begin_journal(journal, &log_opened(1, person(1)), &[]).unwrap();
        let station = StationId::from_slice(&[9; 16]).unwrap();
        let certificate = EnrolmentCertificate {
            station,
            device: device(),
            device_key_thumbprint: public_key().thumbprint(),
            secret_hash: Sha256Hash::of(b"secret"),
            log: log_id(1),
            officer: "0417".into(),
            officer_name: None,
            recovery_key: Some(public_key()),
            station_ms: StationMs(FIRST_MS),
        };
        let certificate: Signed<EnrolmentCertificate> = sign(certificate);
        let record = StationRecord {
            url: "http://127.0.0.1:9".into(),
            station,
            name: "凤台中队".into(),
            key: public_key().to_sec1(),
            device: device(),
            secret: "00".repeat(32),
            officer_number: "0417".into(),
            officer_name: "林晓".into(),
            certificate: serde_json::to_string(&certificate).unwrap(),
            enrolled: WallMs(FIRST_MS),
            authority: None,
            recovery_key: Some(public_key().to_sec1()),
        };
        let (bound, name) = bound();
        store.bind_station(&record, &bound, &[name]).unwrap();
        Self {
            store: Some(Arc::new(store)),
            clock: HandClock::new(FIRST_MS),
            made: AtomicU64::new(50_000),
            is_paused: AtomicBool::new(false),
            folder,
        }
    }

    pub(crate) fn store(&self) -> &Arc<Store> {
        self.store.as_ref().unwrap()
    }

    /// What an op made now would say of time.
    pub(crate) fn moment(&self) -> Moment {
        self.store().moment(self.clock.boot_id(), self.clock.boot()).unwrap()
    }

    /// The officer stops everything.
    pub(crate) fn pause(&self) {
        self.is_paused.store(true, Ordering::Relaxed);
    }

    /// The app is ended and started.
    pub(crate) fn reopen(&mut self) {
        self.store = None;
        self.store = Some(Arc::new(open(&self.folder, self.made.fetch_add(1, Ordering::Relaxed))));
    }

    /// Records cases without photos.
    pub(crate) fn record(&self, first: u64, cases: u64) {
        for seed in first..first + cases {
            let (op, parts) = case_opened(seed, &[] as &[PhotoRef], Some("占道"));
            let saved = self
                .store()
                .save_draft(|_| Ok::<_, StoreError>((op.clone(), parts.clone(), ())));
            saved.unwrap();
        }
    }

    fn op(&self, body: Body) -> Op {
        Op {
            body,
            ..log_opened(self.made.fetch_add(1, Ordering::Relaxed), person(1))
        }
    }
}

fn open(folder: &TempDir, seed: u64) -> Store {
    let random = Arc::new(SeededRandomness::new(seed));
    let options = StoreOptions::new(folder.path(), RootKey::new([3; 32]), random, WallMs(FIRST_MS));
    Store::open(&options).unwrap().store
}

fn bound() -> (Op, Part) {
    let name = Part {
        field: "name".into(),
        salt: Salt([1; 32]),
        value: "林晓".into(),
    };
    let body = PersonBound {
        local: person(1),
        officer: "0417".into(),
        name: name.seal(),
    };
    let op = Op {
        body: Body::PersonBound(body),
        ..log_opened(49_999, person(1))
    };
    (op, name)
}

impl Host for Phone {
    fn store(&self) -> &Arc<Store> {
        self.store()
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn sign(&self, _: &[u8]) -> Result<[u8; 64], String> {
        Ok([0; 64])
    }

    fn report_problem(&self, _: Sha256Hash, _: PhotoProblem) -> Result<(), StoreError> {
        unreachable!("no photo here")
    }

    fn succeed_journal(&self, from: LogId, reason: OpenReason, confirmed: Seq) -> Result<(), SyncError> {
        let to = log_id(self.made.fetch_add(1, Ordering::Relaxed));
        self.store().succeed_journal(to, from, reason, confirmed, |beginning| {
            let Body::LogOpened(mut first) = log_opened(1, person(1)).body else {
                unreachable!("it opens a journal")
            };
            first.reason = beginning.reason;
            first.predecessor.clone_from(&beginning.predecessor);
            let adopted = beginning.adopted.iter();
            let adopted = adopted
                .map(|adopted| (self.op(Body::Adopted(*adopted)), *adopted))
                .collect();
            Ok((self.op(Body::LogOpened(first)), adopted))
        })
    }

    fn adopt_again(&self, log: LogId, confirmed: Seq) -> Result<bool, SyncError> {
        self.store()
            .adopt_again(log, confirmed, |adopted| Ok(self.op(Body::Adopted(adopted))))
    }

    fn device_key(&self) -> Result<Vec<u8>, String> {
        Ok(public_key().to_sec1())
    }

    fn seal_root(&self, _: &[u8], info: &[u8]) -> Result<SealedRoot, String> {
        assert_eq!(info, [b"xgk1".as_slice(), device().as_bytes()].concat());
        Ok(SealedRoot {
            enc: vec![4; 65],
            sealed: vec![1; 48],
        })
    }

    fn policy(&self) -> Result<Policy, StoreError> {
        Ok(Policy {
            is_paused: self.is_paused.load(Ordering::Relaxed),
            ..Policy::OPEN
        })
    }

    fn is_in_front(&self) -> bool {
        true
    }

    fn hear(&self, _: SyncEvent) {}

    fn chance(&self) -> u64 {
        0
    }
}
