//! A station on a disk whose power can be cut, and the phones that call it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::task::{Context, Poll, Waker};

use patrol_domain::port::Randomness as _;
use patrol_domain::{DeviceId, Seq, Sha256Hash, StationMs};
use patrol_sqlite::rusqlite::Connection;
use patrol_station::{
    Clock, InitOptions, Layout, Place, Ports, Randomness, RandomnessError, ReceiptKey, Revoked, Station, StationError,
    StationOptions, Storage, StoreError, TlsMode, init,
};
use patrol_testkit::{CrashDisk, SeededRandomness};
use patrol_wire::{Officer, PublicKey, Receipt};

use crate::phone::Phone;

const START_MS: i64 = 1_781_745_128_000;

/// A station's clock: each look at it is a millisecond later.
struct RunningClock(AtomicI64);

impl Clock for RunningClock {
    fn now(&self) -> StationMs {
        StationMs(self.0.fetch_add(1, Ordering::Relaxed))
    }
}

struct Bytes(SeededRandomness);

impl Randomness for Bytes {
    fn fill(&self, bytes: &mut [u8]) -> Result<(), RandomnessError> {
        self.0.fill(bytes);
        Ok(())
    }
}

/// What was answered for beside what the phones were told.
#[derive(Debug, Clone, Default)]
pub(crate) struct Ledger {
    /// `init` has returned.
    pub(crate) is_made: bool,
    /// The key that was read when the station was open.
    pub(crate) key: Option<PublicKey>,
    /// Another key was asked for and not answered: that one or the old one signs.
    pub(crate) is_rotating: bool,
    /// Codes that were handed out and not used.
    pub(crate) codes: Vec<String>,
    /// Phones that were shut out.
    pub(crate) revoked: BTreeSet<DeviceId>,
    /// Epochs that were given out, one after another.
    pub(crate) epochs: Vec<String>,
}

/// A station, its disk, and the phones around it.
pub(crate) struct Scene {
    pub(crate) disk: CrashDisk,
    pub(crate) ledger: Ledger,
    pub(crate) phones: Vec<Phone>,
    station: Option<Station>,
    /// Draws another row of random bytes for each opening.
    openings: u64,
}

/// Inline storage never waits, so one look at a future is its end.
pub(crate) fn at_once<T>(work: impl Future<Output = T>) -> T {
    match pin!(work).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(done) => done,
        Poll::Pending => panic!("inline storage waits for something"),
    }
}

impl Scene {
    /// An empty disk and no phones.
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            disk: CrashDisk::new(seed),
            ledger: Ledger::default(),
            phones: Vec::new(),
            station: None,
            openings: seed << 32,
        }
    }

    /// The same station and phones on a disk with cuts of its own; the station is not open.
    pub(crate) fn fork(&self, seed: u64) -> Self {
        Self {
            disk: self.disk.fork(seed),
            ledger: self.ledger.clone(),
            phones: self.phones.clone(),
            station: None,
            openings: seed << 32,
        }
    }

    pub(crate) fn layout(&self) -> Layout {
        Layout::new(self.disk.root().join("data"))
    }

    fn ports(&mut self) -> Ports {
        self.openings += 1;
        let started = START_MS + i64::try_from(self.openings % 1000).unwrap() * 60_000;
        Ports {
            clock: Arc::new(RunningClock(AtomicI64::new(started))),
            random: Arc::new(Bytes(SeededRandomness::new(self.openings))),
            disk: Arc::new(self.disk.clone()),
        }
    }

    /// Makes the station.
    pub(crate) fn make(&mut self) -> Result<(), StationError> {
        let ports = self.ports();
        let place = Place::default;
        let options = InitOptions {
            data: self.layout().data().to_owned(),
            name: "江心洲中队".into(),
            listen: None,
            tls: TlsMode::OffOnLoopback,
            district: place(),
            street_office: place(),
        };
        init(&options, &ports)?;
        self.ledger.is_made = true;
        Ok(())
    }

    /// Replaces the station's key; it signs from the next opening on.
    pub(crate) fn rotate(&mut self) -> Result<(), StationError> {
        self.ledger.is_rotating = true;
        let key = at_once(self.station().rotate_key())?;
        self.ledger.is_rotating = false;
        self.ledger.key = Some(key);
        Ok(())
    }

    /// Opens the station.
    pub(crate) fn start(&mut self) -> Result<(), StationError> {
        self.station = None;
        let options = StationOptions {
            data: self.layout().data().to_owned(),
            ports: self.ports(),
            storage: Storage::Inline,
            settings: Vec::new(),
        };
        let station = Station::open(options)?;
        self.ledger.key.get_or_insert_with(|| station.public_key().clone());
        self.station = Some(station);
        Ok(())
    }

    /// The program ends, in good order or because there is no power.
    pub(crate) fn close(&mut self) {
        self.station = None;
    }

    pub(crate) fn station(&self) -> Station {
        self.station.clone().unwrap()
    }

    /// A code, handed out.
    pub(crate) fn code(&mut self) -> Result<String, StoreError> {
        let officer = Officer {
            number: "N-017".into(),
            name: "王队员".into(),
        };
        let code = at_once(self.station().store().make_code(officer))?;
        self.ledger.codes.push(code.clone());
        Ok(code)
    }

    /// One more phone, enrolled and with a journal of which nothing has been pushed.
    pub(crate) fn enrol(&mut self) -> Result<(), StoreError> {
        let code = self.code()?;
        let number = u8::try_from(self.phones.len() + 1).unwrap();
        self.ledger.codes.retain(|unused| *unused != code);
        self.phones.push(Phone::new(number, code));
        let station = self.station();
        self.phones.last_mut().unwrap().enrol(&station)
    }

    /// Lets the phone of this place call the station.
    pub(crate) fn call(
        &mut self,
        phone: usize,
        act: impl FnOnce(&mut Phone, &Station) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let station = self.station();
        act(&mut self.phones[phone], &station)
    }

    /// Shuts a phone out; it may still bring what it has.
    pub(crate) fn revoke(&mut self, phone: usize) -> Result<(), StoreError> {
        let device = self.phones[phone].device().id;
        at_once(self.station().store().revoke(device, Revoked::Retired))?;
        self.ledger.revoked.insert(device);
        Ok(())
    }

    /// A phone was signed for more than is held here: the station was set back, marker and all.
    pub(crate) fn hear_of_setback(&mut self, phone: usize) -> Result<(), StoreError> {
        let epoch = at_once(self.station().store().facts())?.epoch;
        if self.ledger.epochs.last() != Some(&epoch) {
            self.ledger.epochs.push(epoch.clone());
        }
        // As the station would have signed it before it was set back.
        let key = ReceiptKey::load(&self.disk, &self.layout().receipt_key()).unwrap();
        let seq = Seq(1_000_000);
        let receipt = Receipt {
            log: self.phones[phone].log,
            seq,
            head: Sha256Hash::of(b"gone"),
            station_ms: StationMs(0),
            beacon: String::new(),
            epoch: Some(epoch),
        };
        let signed = Some(key.sign(receipt).unwrap());
        self.call(phone, |phone, station| phone.push_after(station, 1, 1, signed))?;
        let epoch = at_once(self.station().store().facts())?.epoch;
        self.ledger.epochs.push(epoch);
        Ok(())
    }

    /// A second connection to the database.
    pub(crate) fn connect(&self) -> Connection {
        Connection::open(self.layout().database()).unwrap()
    }

    /// Every file below a folder of the station.
    pub(crate) fn files_in(&self, folder: &std::path::Path) -> Vec<PathBuf> {
        let files = self.disk.files();
        files.into_iter().filter(|path| path.starts_with(folder)).collect()
    }
}
