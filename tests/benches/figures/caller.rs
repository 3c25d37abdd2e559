//! A phone that calls a station: the true store, the true sync, TLS; only its clock and its key are at hand.

use std::path::Path;
use std::sync::{Arc, Mutex};

use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use patrol_domain::id::IdMint;
use patrol_domain::op::{Body, OpenReason, PersonBound};
use patrol_domain::port::{Clock, Randomness, random};
use patrol_domain::seal::Salt;
use patrol_domain::{LogId, Op, OpId, Part, PersonId, Seq, Sha256Hash};
use patrol_host::{SystemClock, SystemRandomness};
use patrol_store::{Journal, Opened, PhotoProblem, StationRecord, Store, StoreError};
use patrol_sync::{
    Enrolled, EnrolmentCode, Finished, Host, HttpTransport, PhoneTime, Policy, SealedRoot, SyncError, SyncEvent,
    TimeSource, run_round,
};
use patrol_testkit::op;
use patrol_wire::PublicKey;

use crate::phone;

type Listener = Box<dyn Fn(&SyncEvent) + Send + Sync>;

/// The phone.
pub(crate) struct Caller {
    pub(crate) store: Arc<Store>,
    key: SigningKey,
    clock: SystemClock,
    has_originals: bool,
    listener: Mutex<Option<Listener>>,
}

/// The machine's clock, as the phone's.
pub(crate) fn time() -> TimeSource {
    Arc::new(|| PhoneTime {
        wall: SystemClock::new().wall(),
        station: None,
    })
}

/// The key of the phones of the figures.
pub(crate) fn key() -> SigningKey {
    SigningKey::from_slice(&[0x42; 32]).unwrap()
}

/// Its public half.
pub(crate) fn public(key: &SigningKey) -> PublicKey {
    PublicKey::from_sec1(key.verifying_key().to_sec1_point(false).as_bytes()).unwrap()
}

/// Signs as a device does.
pub(crate) fn sign(key: &SigningKey, message: &[u8]) -> [u8; 64] {
    let signature: Signature = key.sign(message);
    signature.to_bytes().into()
}

impl Caller {
    /// A phone with a journal that holds its first op alone; another one for each number.
    pub(crate) fn begin(data: &Path, number: u64) -> Self {
        let caller = Self::open(data);
        let journal = Journal {
            log: op::log_id(number),
            author: op::person(1),
        };
        let mut first = op::log_opened(number, journal.author);
        if let Body::LogOpened(body) = &mut first.body {
            body.device_key_thumbprint = public(&caller.key).thumbprint();
        }
        caller.store.begin_journal(journal, &first, &[]).unwrap();
        caller
    }

    /// A phone that was there before.
    pub(crate) fn open(data: &Path) -> Self {
        let Opened { store, .. } = Store::open(&phone::options(data, phone::on_machine())).unwrap();
        Self {
            store: Arc::new(store),
            key: key(),
            clock: SystemClock::new(),
            has_originals: true,
            listener: Mutex::default(),
        }
    }

    /// A phone with the journal of a patrol, whose first op is its first.
    pub(crate) fn begin_patrol(data: &Path, ops: usize) -> Self {
        let caller = Self::open(data);
        let thumbprint = public(&caller.key).thumbprint();
        let (log, mut patrol) = patrol_testkit::shift::Patrol::begin(1, thumbprint);
        let journal = Journal {
            log,
            author: patrol.author(),
        };
        let (first, _) = patrol.next().unwrap();
        caller.store.begin_journal(journal, &first, &[]).unwrap();
        for (op, parts) in patrol.take(ops - 1) {
            caller.store.append(&op, &parts).unwrap();
        }
        caller
    }

    /// Makes the phone one of the station's, as the app does.
    pub(crate) async fn enrol(&self, transport: &HttpTransport, code: &EnrolmentCode) {
        let device_key = public(&self.key).to_sec1();
        let enrolled = patrol_sync::enrol(transport, &self.store, &SystemRandomness, code, &device_key).await;
        let Enrolled {
            reply,
            secret,
            authority,
        } = enrolled.unwrap();
        let person = self.store.journal().unwrap().unwrap().author;
        let (bound, part) = bound(person, &reply.officer.number, &reply.officer.name);
        let station = StationRecord {
            url: code.station_url.clone(),
            station: reply.station,
            name: reply.station_name,
            key: reply.key.public.to_sec1(),
            device: reply.device,
            secret,
            officer_number: reply.officer.number,
            officer_name: reply.officer.name,
            certificate: serde_json::to_string(&reply.certificate).unwrap(),
            enrolled: self.clock.wall(),
            authority,
            // Sealing the root is done once in a phone's life, and no figure is about it.
            recovery_key: None,
        };
        self.store.bind_station(&station, &bound, &[part]).unwrap();
    }

    /// Lets `listener` hear what happens in the rounds from now on.
    pub(crate) fn listen(&self, listener: impl Fn(&SyncEvent) + Send + Sync + 'static) {
        *self.listener.lock().unwrap() = Some(Box::new(listener));
    }

    /// The photos that its ops name are no files: it brings ops alone.
    pub(crate) fn without_originals(self) -> Self {
        Self {
            has_originals: false,
            ..self
        }
    }

    /// One round of syncing.
    pub(crate) async fn round(&self, transport: &HttpTransport) -> Result<Finished, SyncError> {
        run_round(transport, self).await
    }
}

fn bound(person: PersonId, officer: &str, name: &str) -> (Op, Part) {
    let part = Part {
        field: "name".into(),
        salt: Salt(random(&SystemRandomness)),
        value: name.into(),
    };
    let body = PersonBound {
        local: person,
        officer: officer.into(),
        name: part.seal(),
    };
    let at = op::at(0);
    let op = Op {
        id: OpId::new(IdMint::default().next(at.wall_ms, random(&SystemRandomness))),
        at,
        author: person,
        case: None,
        after: Vec::new(),
        photos: Vec::new(),
        body: Body::PersonBound(body),
    };
    (op, part)
}

impl Host for Caller {
    fn store(&self) -> &Arc<Store> {
        &self.store
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn sign(&self, message: &[u8]) -> Result<[u8; 64], String> {
        Ok(sign(&self.key, message))
    }

    fn report_problem(&self, sha256: Sha256Hash, problem: PhotoProblem) -> Result<(), StoreError> {
        panic!("{problem:?}: {sha256}")
    }

    fn succeed_journal(&self, from: LogId, reason: OpenReason, _: Seq) -> Result<(), SyncError> {
        panic!("nothing goes wrong here, and a new journal follows {from}: {reason:?}")
    }

    fn adopt_again(&self, log: LogId, _: Seq) -> Result<bool, SyncError> {
        panic!("nothing was restored, and ops of {log} are to follow again")
    }

    fn device_key(&self) -> Result<Vec<u8>, String> {
        Ok(public(&self.key).to_sec1())
    }

    fn seal_root(&self, _: &[u8], _: &[u8]) -> Result<SealedRoot, String> {
        Err("this phone kept no recovery key".into())
    }

    fn policy(&self) -> Result<Policy, StoreError> {
        Ok(Policy {
            originals: self.has_originals,
            ..Policy::OPEN
        })
    }

    fn is_in_front(&self) -> bool {
        true
    }

    fn hear(&self, event: SyncEvent) {
        if let Some(listener) = &*self.listener.lock().unwrap() {
            listener(&event);
        }
    }

    fn chance(&self) -> u64 {
        let mut bytes = [0; 8];
        SystemRandomness.fill(&mut bytes);
        u64::from_be_bytes(bytes)
    }
}
