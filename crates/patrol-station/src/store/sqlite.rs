//! The embedded store: one SQLite file and a folder of photos.
//!
//! A squad's station is one machine without an administrator, so that is what it needs. Blocking calls run on tokio's
//! blocking threads; the write gate of `patrol-sqlite` puts pushes one behind the other.

mod append;
mod apply;
mod audit;
pub(crate) mod backup;
mod change;
pub(crate) mod check;
mod device;
mod digest;
mod enrol;
mod epoch;
mod export;
mod import;
mod interpret;
mod journal;
mod key;
mod photo;
mod pull;
mod read;
mod receive;
mod replay;
mod row;
mod settle;

use std::io::Write;
use std::sync::Arc;

use bytes::Bytes;
use patrol_domain::digest::JournalDigest;
use patrol_domain::{DeviceId, LogId, Seq, Sha256Hash, StationId, StationMs};
use patrol_sqlite::{Database, Disk, Migration};
use patrol_wire::frame::FrameOp;
use patrol_wire::station_journal::{StationHead, StationOpenReason};
use patrol_wire::{
    AuditReply, ChangesReply, Cursor, EnrolRequest, EnrolmentCertificate, HeadReply, JournalCount, KeyStatement,
    KeysReply, LogStatus, Officer, PhotoReply, PublicKey, PushHead, PushReply, ReadmitRequest, RecoveryEnvelope,
    Signed,
};

use super::{
    Answer, Counts, Device, DeviceRow, Enrolled, ExportSummary, Overview, PhotoBody, Received, Replayed, StationFacts,
    StationOpRow, Store, StoreError, TakenRun, UploadStart, UploadState,
};
use crate::durable::DurableFolders;
use crate::key::ReceiptKey;
use crate::layout::Layout;
use crate::marker::{MarkerFolder, Revocation, Revoked};
use crate::ports::Ports;
use crate::station::Storage;

const MIGRATIONS: &[Migration] = &[
    Migration {
        number: 1,
        sql: include_str!("migrations/0001_station.sql"),
    },
    Migration {
        number: 2,
        sql: include_str!("migrations/0002_way.sql"),
    },
    Migration {
        number: 3,
        sql: include_str!("migrations/0003_journal.sql"),
    },
    Migration {
        number: 4,
        sql: include_str!("migrations/0004_replay.sql"),
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
    folders: DurableFolders,
    notes: photo::Notes,
    temporaries: std::sync::atomic::AtomicU64,
    storage: Storage,
    /// When old changes were last cleared away.
    cleared_ms: std::sync::atomic::AtomicI64,
}

impl Inner {
    fn disk(&self) -> &dyn Disk {
        &*self.ports.disk
    }
}

impl SqliteStore {
    /// Makes the database of a new station.
    pub(crate) fn create(
        layout: &Layout,
        facts: &StationFacts,
        key: &PublicKey,
        now: StationMs,
        ports: &Ports,
    ) -> Result<(), StoreError> {
        let database = Database::open(&layout.database(), None, MIGRATIONS)?;
        let log = journal::new_log(ports)?;
        database.write(|tx| {
            let row = (facts.station.as_bytes(), &facts.epoch, now.0);
            tx.execute(include_str!("sqlite/sql/insert_station.sql"), row)?;
            replay::note_reading(tx)?;
            key::note_first(tx, key, now)?;
            journal::open(tx, log, facts, StationOpenReason::First, now)
        })?;
        Ok(database.checkpoint()?)
    }

    /// Opens the database of a station.
    pub(crate) fn open(layout: Layout, ports: Ports, storage: Storage) -> Result<Self, StoreError> {
        let database = Database::open(&layout.database(), None, MIGRATIONS)?;
        let present = database.read(key::present)?;
        let key = Arc::new(ReceiptKey::load_present(&*ports.disk, &layout, present.as_ref())?);
        let StationFacts { station, epoch: _ } = database.read(epoch::facts)?;
        let recovery_key = crate::recovery::public_key(&*ports.disk, &layout)?;
        let folders = DurableFolders::below(layout.data());
        let inner = Inner {
            database,
            layout,
            key,
            ports,
            station,
            recovery_key,
            uploads: receive::Writers::default(),
            folders,
            notes: photo::Notes::default(),
            temporaries: std::sync::atomic::AtomicU64::new(0),
            storage,
            cleared_ms: std::sync::atomic::AtomicI64::new(i64::MIN),
        };
        inner.settle_keys()?;
        inner.settle_journal()?;
        inner.settle_marker()?;
        inner.replay_if_due()?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// The key that it signs with until it is opened again.
    pub(crate) fn key(&self) -> Arc<ReceiptKey> {
        Arc::clone(&self.inner.key)
    }

    /// All keys that it signs and has signed with, the present one last.
    pub(crate) fn keys(&self) -> Result<Vec<PublicKey>, StoreError> {
        self.inner.database.read(key::list)
    }

    /// Begins a new life of a database that a backup brought: a new epoch, and everybody shut out whom the database, the
    /// marker that lies there, or `outside` shuts out. Gives back how many those are.
    pub(crate) fn restart(
        layout: &Layout,
        outside: Vec<Revocation>,
        ports: &Ports,
    ) -> Result<(StationFacts, usize), StoreError> {
        let folder = MarkerFolder::hold(&*ports.disk, &layout.marker())?;
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
    match inner.storage {
        Storage::Inline => work(&inner),
        Storage::Threads => tokio::task::spawn_blocking(move || work(&inner))
            .await
            .map_err(|_| StoreError::Stopped)?,
    }
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

    fn add_officer(&self, device: DeviceId, code: String) -> Answer<'_, Officer> {
        self.run(move |inner| inner.add_officer(device, &code))
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

    fn log_status(&self, device: DeviceId, log: LogId, missing_after: Option<Sha256Hash>) -> Answer<'_, LogStatus> {
        self.run(move |inner| inner.log_status(device, log, missing_after))
    }

    fn head(&self, device: DeviceId, log: LogId, seq: Seq) -> Answer<'_, HeadReply> {
        self.run(move |inner| inner.head(device, log, seq))
    }

    fn audit(&self, device: DeviceId, log: LogId, phone: JournalCount) -> Answer<'_, AuditReply> {
        self.run(move |inner| inner.audit(device, log, &phone))
    }

    fn changes(&self, device: DeviceId, cursor: Option<Cursor>, limit: u64) -> Answer<'_, ChangesReply> {
        self.run(move |inner| inner.changes(device, cursor.as_ref(), limit))
    }

    fn station_heads(&self) -> Answer<'_, Vec<Signed<StationHead>>> {
        self.run(Inner::station_heads)
    }

    fn station_keys(&self) -> Answer<'_, KeysReply> {
        self.run(|inner| inner.database.read(key::told))
    }

    fn succeed_key(&self, statement: KeyStatement) -> Answer<'_, ()> {
        self.run(move |inner| inner.succeed_key(&statement))
    }

    fn station_ops(&self, log: LogId, after: Seq) -> Answer<'_, Vec<StationOpRow>> {
        self.run(move |inner| inner.station_ops(log, after))
    }

    fn replay(&self) -> Answer<'_, Replayed> {
        Box::pin(replay::in_steps(Arc::clone(&self.inner)))
    }

    fn upload_state(&self, device: DeviceId, sha256: Sha256Hash) -> Answer<'_, UploadState> {
        Box::pin(receive::state(&self.inner, device, sha256))
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

    fn counts(&self) -> Answer<'_, Counts> {
        self.run(Inner::counts)
    }

    fn digest(&self, log: Option<LogId>) -> Answer<'_, Vec<JournalDigest>> {
        self.run(move |inner| inner.digest(log))
    }

    fn export(&self, logs: Vec<LogId>, mut out: Box<dyn Write + Send>) -> Answer<'_, ExportSummary> {
        self.run(move |inner| inner.export(&logs, &mut *out))
    }

    fn owner_of(
        &self,
        log: LogId,
        key: PublicKey,
        certificate: Option<Signed<EnrolmentCertificate>>,
        told: KeysReply,
    ) -> Answer<'_, DeviceId> {
        self.run(move |inner| inner.owner_of(log, &key, certificate.as_ref(), &told))
    }

    fn take_run(&self, device: DeviceId, log: LogId, run: TakenRun) -> Answer<'_, PushReply> {
        self.run(move |inner| inner.take_run(device, log, &run))
    }
}
