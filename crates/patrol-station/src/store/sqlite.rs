//! The embedded store: one SQLite file and a folder of photos.
//!
//! A squad's station is one machine without an administrator, so that is what it needs. Blocking calls run on tokio's
//! blocking threads; the write gate of `patrol-sqlite` puts pushes one behind the other.

mod append;
mod apply;
pub(crate) mod backup;
pub(crate) mod check;
mod device;
mod digest;
mod enrol;
mod epoch;
mod interpret;
mod photo;
mod read;
mod receive;
mod row;

use std::sync::Arc;

use bytes::Bytes;
use patrol_domain::digest::JournalDigest;
use patrol_domain::{DeviceId, LogId, Sha256Hash, StationId, StationMs};
use patrol_sqlite::{Database, DatabaseError, Migration};
use patrol_wire::frame::FrameOp;
use patrol_wire::{
    EnrolRequest, LogStatus, Officer, PhotoReply, PublicKey, PushHead, PushReply, ReadmitRequest, RecoveryEnvelope,
};

use super::{
    Answer, Device, DeviceRow, Enrolled, Overview, PhotoBody, Received, StationFacts, Store, StoreError, UploadStart,
    UploadState,
};
use crate::key::ReceiptKey;
use crate::layout::Layout;
use crate::marker::{MarkerFolder, Revocation, Revoked};
use crate::ports::Ports;

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        sql: include_str!("migrations/0001_station.sql"),
    },
    Migration {
        number: 2,
        sql: include_str!("migrations/0002_way.sql"),
    },
];

/// The embedded store.
#[derive(Clone)]
pub(crate) struct SqliteStore {
    inner: Arc<Inner>,
}

/// What every verb works with.
struct Inner {
    database: Database,
    layout: Layout,
    key: Arc<ReceiptKey>,
    ports: Ports,
    station: StationId,
    /// What phones seal their root keys to; none at a station that was made before there was one.
    recovery_key: Option<PublicKey>,
    uploads: receive::Writers,
    temporaries: std::sync::atomic::AtomicU64,
}

impl SqliteStore {
    /// Makes the database of a new station.
    pub(crate) fn create(layout: &Layout, facts: &StationFacts, now: StationMs) -> Result<(), DatabaseError> {
        let database = Database::open(&layout.database(), None, MIGRATIONS)?;
        database.write(|tx| {
            let row = (facts.station.as_bytes(), &facts.epoch, now.0);
            tx.execute(include_str!("sqlite/sql/insert_station.sql"), row)?;
            Ok::<_, DatabaseError>(())
        })?;
        database.checkpoint()
    }

    /// Opens the database of a station.
    pub(crate) fn open(layout: Layout, key: Arc<ReceiptKey>, ports: Ports) -> Result<Self, StoreError> {
        let database = Database::open(&layout.database(), None, MIGRATIONS)?;
        let StationFacts { station, epoch: _ } = database.read(epoch::facts)?;
        let recovery_key = crate::recovery::public_key(&layout)?;
        let inner = Inner {
            database,
            layout,
            key,
            ports,
            station,
            recovery_key,
            uploads: receive::Writers::default(),
            temporaries: std::sync::atomic::AtomicU64::new(0),
        };
        inner.settle_marker()?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Begins a new life of a database that a backup brought: a new epoch, and everybody shut out whom the database, the
    /// marker that lies there, or `outside` shuts out. Gives back how many those are.
    pub(crate) fn restart(
        layout: &Layout,
        outside: Vec<Revocation>,
        ports: &Ports,
    ) -> Result<(StationFacts, usize), StoreError> {
        let folder = MarkerFolder::hold(&layout.marker())?;
        let database = Database::open(&layout.database(), None, MIGRATIONS)?;
        let (station, revoked) = epoch::restart(&folder, &database, outside, ports)?;
        database.checkpoint()?;
        Ok((station, revoked))
    }

    /// Runs `work` where it may block. It runs to its end even when nobody waits for it any more.
    fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
    ) -> Answer<'static, T> {
        let inner = Arc::clone(&self.inner);
        Box::pin(blocking(inner, work))
    }
}

async fn blocking<T: Send + 'static>(
    inner: Arc<Inner>,
    work: impl FnOnce(&Inner) -> Result<T, StoreError> + Send + 'static,
) -> Result<T, StoreError> {
    tokio::task::spawn_blocking(move || work(&inner))
        .await
        .map_err(|_| StoreError::Stopped)?
}

impl Store for SqliteStore {
    fn facts(&self) -> Answer<'_, StationFacts> {
        self.run(|inner| inner.database.read(epoch::facts))
    }

    fn admit(&self, device: DeviceId, secret_hash: Sha256Hash) -> Answer<'_, Device> {
        self.run(move |inner| inner.admit(device, secret_hash))
    }

    fn make_code(&self, officer: Officer) -> Answer<'_, String> {
        self.run(move |inner| inner.make_code(&officer))
    }

    fn enrol(&self, request: EnrolRequest) -> Answer<'_, Enrolled> {
        self.run(move |inner| inner.enrol(&request))
    }

    fn readmit(&self, device: DeviceId, secret_hash: Sha256Hash, request: ReadmitRequest) -> Answer<'_, StationFacts> {
        self.run(move |inner| inner.readmit(device, secret_hash, &request))
    }

    fn keep_recovery(&self, device: DeviceId, envelope: RecoveryEnvelope) -> Answer<'_, ()> {
        self.run(move |inner| inner.keep_recovery(device, &envelope))
    }

    fn recovery_of(&self, device: DeviceId) -> Answer<'_, RecoveryEnvelope> {
        self.run(move |inner| inner.recovery_of(device))
    }

    fn list_devices(&self) -> Answer<'_, Vec<DeviceRow>> {
        self.run(Inner::list_devices)
    }

    fn revoke(&self, device: DeviceId, state: Revoked) -> Answer<'_, bool> {
        self.run(move |inner| inner.revoke(device, state))
    }

    fn append(&self, device: Device, log: LogId, push: PushHead, ops: Vec<FrameOp>) -> Answer<'_, PushReply> {
        self.run(move |inner| inner.append(&device, log, &push, &ops))
    }

    fn log_status(&self, device: DeviceId, log: LogId) -> Answer<'_, LogStatus> {
        self.run(move |inner| inner.log_status(device, log))
    }

    fn upload_state(&self, device: DeviceId, sha256: Sha256Hash) -> Answer<'_, UploadState> {
        self.run(move |inner| inner.upload_state(device, sha256))
    }

    fn receive<'all>(
        &'all self,
        device: DeviceId,
        sha256: Sha256Hash,
        start: UploadStart,
        body: &'all mut PhotoBody,
    ) -> Answer<'all, Received> {
        Box::pin(receive::receive(&self.inner, device, sha256, start, body))
    }

    fn photo_receipt(&self, device: DeviceId, sha256: Sha256Hash) -> Answer<'_, PhotoReply> {
        self.run(move |inner| inner.photo_receipt(device, sha256))
    }

    fn keep_thumb(&self, device: DeviceId, sha256: Sha256Hash, jpeg: Bytes) -> Answer<'_, ()> {
        self.run(move |inner| inner.keep_thumb(device, sha256, &jpeg))
    }

    fn thumb(&self, sha256: Sha256Hash) -> Answer<'_, Bytes> {
        self.run(move |inner| inner.thumb(sha256))
    }

    fn overview(&self) -> Answer<'_, Overview> {
        self.run(Inner::overview)
    }

    fn digest(&self, log: Option<LogId>) -> Answer<'_, Vec<JournalDigest>> {
        self.run(move |inner| inner.digest(log))
    }
}
