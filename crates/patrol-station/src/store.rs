//! What the station remembers, in the protocol's verbs.
//!
//! One trait, so that a second implementation for many nodes can stand beside the embedded one and be held to the same
//! tests. Boxed futures and not generics, because the server holds it as `Arc<dyn Store>`.

mod error;
pub(crate) mod sqlite;

use std::io::Write;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use futures_util::stream::BoxStream;
use patrol_domain::case::CaseState;
use patrol_domain::digest::JournalDigest;
use patrol_domain::{CaseId, DeviceId, Head, LogId, Seq, Sha256Hash, StationId, StationMs};
use patrol_wire::frame::FrameOp;
use patrol_wire::station_journal::StationHead;
use patrol_wire::{
    AuditReply, ChangesReply, Cursor, EnrolRequest, EnrolmentCertificate, HeadReply, JournalCount, KeyStatement,
    KeysReply, LogStatus, Officer, PhotoReply, PublicKey, PushHead, PushReply, ReadmitRequest, RecoveryEnvelope,
    Signed,
};

use crate::marker::Revoked;

pub use error::{BodyFault, StoreError};

/// What a verb gives back.
pub type Answer<'store, T> = BoxFuture<'store, Result<T, StoreError>>;

/// The bytes of an upload as they arrive.
pub type PhotoBody = BoxStream<'static, Result<Bytes, BodyFault>>;

/// Which station and which life of its database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationFacts {
    /// The station.
    pub station: StationId,
    /// Random; a restore makes another.
    pub epoch: String,
}

/// A phone that has shown its secret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Its id.
    pub id: DeviceId,
    /// The key that it signs heads with.
    pub key: PublicKey,
}

/// A phone as the person at the station sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRow {
    /// Which.
    pub device: DeviceId,
    /// Whom it was enrolled for.
    pub officer: Officer,
    /// How it was shut out; nothing for an active one.
    pub revoked: Option<Revoked>,
    /// When it was enrolled.
    pub enrolled: StationMs,
    /// Whether its root key lies here, sealed.
    pub recoverable: bool,
    /// Its journals, the last to call first.
    pub journals: Vec<JournalRow>,
}

/// What an enrolment made, or made before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolled {
    /// The phone's id.
    pub device: DeviceId,
    /// Whom the code was made for.
    pub officer: Officer,
    /// The stored certificate.
    pub certificate: Signed<EnrolmentCertificate>,
}

/// Where an upload begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UploadStart {
    /// At the first byte; what was there of an earlier try is dropped.
    Whole {
        /// The original's length, if the phone states it.
        length: Option<u64>,
    },
    /// Where an earlier try ended.
    Resume {
        /// How many bytes the phone believes are there.
        offset: u64,
        /// The original's length, if the phone states it.
        length: Option<u64>,
    },
}

/// How far an original is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UploadState {
    /// How many bytes are durable.
    pub offset: u64,
    /// Whether it is complete, verified and receipted for this phone.
    pub complete: bool,
}

/// How an upload request ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Received {
    /// All of it is there and has its hash.
    Complete(PhotoReply),
    /// The body ended before the original did.
    Part {
        /// How many bytes are durable.
        offset: u64,
    },
}

/// What happened to an original on its phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PhotoCondition {
    /// 1: the bytes are no longer those that were recorded.
    Damaged,
    /// 2: the file is gone.
    Lost,
}

/// A photo of a case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CasePhoto {
    /// The original's hash.
    pub sha256: Sha256Hash,
    /// Whether the original is here.
    pub stored: bool,
    /// Whether a thumbnail is here.
    pub thumb: bool,
    /// What the phone reported of it.
    pub condition: Option<PhotoCondition>,
    /// Whether it counts, or is only evidence beside the case.
    pub counts: bool,
}

/// A case as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRow {
    /// Which.
    pub case: CaseId,
    /// The number that the phone shows.
    pub number: String,
    /// Where it stands.
    pub state: CaseState,
    /// The matter's code, as last amended.
    pub matter: String,
    /// The plate's text and the name of its kind, as last amended; both empty without a vehicle.
    pub plate: (String, String),
    /// The community's code, as last amended; empty when not known.
    pub community: String,
    /// The officer's words as last amended, when they are here.
    pub note: Option<String>,
    /// What was done about it: how many steps.
    pub steps: u64,
    /// How often it was amended.
    pub amendments: u64,
    /// The phone's wall clock and minutes east.
    pub phone_time: (i64, i32),
    /// When it arrived.
    pub received: StationMs,
    /// The officer's number.
    pub officer: String,
    /// Its photos in the order of its ops.
    pub photos: Vec<CasePhoto>,
}

/// A journal as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JournalRow {
    /// Which.
    pub log: LogId,
    /// Whose.
    pub device: DeviceId,
    /// The number of the officer whom the phone was enrolled for.
    pub officer: String,
    /// How far it is held.
    pub acked: Seq,
    /// The chain's value there.
    pub head_hash: Sha256Hash,
    /// The last push.
    pub contact: StationMs,
    /// How far the phone's own journal went then.
    pub local: Seq,
    /// Originals that it names and that still wait on the phone.
    pub waiting_photos: u64,
    /// Their bytes, as named.
    pub waiting_bytes: u64,
}

/// An op that is held but could not be applied, as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAside {
    /// In which journal.
    pub log: LogId,
    /// Where in it.
    pub seq: Seq,
    /// Why: `unreadable`, `unknown_kind`, `id_conflict`, `unlawful`, `depends_on`.
    pub code: String,
    /// The number of the officer whom the phone was enrolled for.
    pub officer: String,
    /// When it arrived.
    pub received: StationMs,
}

/// How much there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Cases, void ones among them.
    pub cases: u64,
    /// Cases that nothing has concluded.
    pub open: u64,
    /// Void cases.
    pub voided: u64,
    /// Originals, each counted once.
    pub photos: u64,
    /// Ops in all journals.
    pub ops: u64,
    /// Phones.
    pub devices: u64,
    /// Ops that are held but could not be applied.
    pub quarantined: u64,
}

/// What the page shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overview {
    /// Totals.
    pub counts: Counts,
    /// The newest cases, newest first.
    pub cases: Vec<CaseRow>,
    /// All journals, the last to call first.
    pub journals: Vec<JournalRow>,
    /// The newest ops that could not be applied, newest first.
    pub set_aside: Vec<SetAside>,
}

/// What a replay found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Replayed {
    /// Ops that were read.
    pub ops: u64,
    /// Ops that were set aside before.
    pub quarantined_before: u64,
    /// Ops that are still set aside.
    pub quarantined: u64,
}

/// What an export holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct ExportSummary {
    /// Journals.
    pub journals: u64,
    /// Ops in them.
    pub ops: u64,
    /// Originals.
    pub photos: u64,
    /// Originals that had arrived and whose files cannot be read any more.
    pub missing_photos: u64,
}

/// A run of ops that came in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakenRun {
    /// The chain in front of it.
    pub before: Head,
    /// The ops.
    pub ops: Vec<FrameOp>,
    /// How far the journal goes in the file.
    pub goes_to: Seq,
}

/// An op of the station's own journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StationOpRow {
    /// Its position and the chain's value there.
    pub at: Head,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// The station's memory. Whatever a verb reports as done is durable when it returns.
pub trait Store: Send + Sync {
    /// Which station this is, and which life of its database, at this moment.
    fn facts(&self) -> Answer<'_, StationFacts>;

    /// The phone with this id and this secret; [`StoreError::Unauthorised`] does not say which of them is wrong.
    fn admit(&self, device: DeviceId, secret_hash: Sha256Hash) -> Answer<'_, Device>;

    /// Makes a one-time enrolment code.
    fn make_code(&self, officer: Officer) -> Answer<'_, String>;

    /// Makes a device of a phone, once per code.
    fn enrol(&self, request: EnrolRequest) -> Answer<'_, Enrolled>;

    /// Signs an officer in on a phone that others use too, once per code.
    fn add_officer(&self, device: DeviceId, code: String) -> Answer<'_, Officer>;

    /// Lets a phone in again that this database does not know (any more), by the certificate that the station once
    /// signed for it. Whatever does not fit is [`StoreError::Unauthorised`].
    fn readmit(&self, device: DeviceId, secret_hash: Sha256Hash, request: ReadmitRequest) -> Answer<'_, StationFacts>;

    /// Keeps a phone's sealed root key.
    fn keep_recovery(&self, device: DeviceId, envelope: RecoveryEnvelope) -> Answer<'_, ()>;

    /// A phone's sealed root key.
    fn recovery_of(&self, device: DeviceId) -> Answer<'_, RecoveryEnvelope>;

    /// All phones.
    fn list_devices(&self) -> Answer<'_, Vec<DeviceRow>>;

    /// Shuts a phone out, here and beside the epoch marker; says whether this database knows it.
    fn revoke(&self, device: DeviceId, state: Revoked) -> Answer<'_, bool>;

    /// Takes a run of ops, all or none.
    fn append(&self, device: Device, log: LogId, push: PushHead, ops: Vec<FrameOp>) -> Answer<'_, PushReply>;

    /// What is held of a journal; with `missing_after`, the missing originals behind that one. Limits, clock and backups
    /// are not the store's to say.
    fn log_status(&self, device: DeviceId, log: LogId, missing_after: Option<Sha256Hash>) -> Answer<'_, LogStatus>;

    /// The chain's value at one position; [`StoreError::NotFound`] when the journal is not held that far, or not this
    /// device's.
    fn head(&self, device: DeviceId, log: LogId, seq: Seq) -> Answer<'_, HeadReply>;

    /// Counts a journal as the phone did, as far as it did or as far as it is held.
    fn audit(&self, device: DeviceId, log: LogId, phone: JournalCount) -> Answer<'_, AuditReply>;

    /// What has changed for a device behind `cursor`, or all there is; at most `limit` changes, which the store bounds
    /// further. [`StoreError::Retired`] and [`StoreError::CursorGone`] are for this verb alone.
    fn changes(&self, device: DeviceId, cursor: Option<Cursor>, limit: u64) -> Answer<'_, ChangesReply>;

    /// How far an original is; makes that much durable first.
    fn upload_state(&self, device: DeviceId, sha256: Sha256Hash) -> Answer<'_, UploadState>;

    /// Takes bytes of an original.
    fn receive<'all>(
        &'all self,
        device: DeviceId,
        sha256: Sha256Hash,
        start: UploadStart,
        body: &'all mut PhotoBody,
    ) -> Answer<'all, Received>;

    /// The receipt of a complete original.
    fn photo_receipt(&self, device: DeviceId, sha256: Sha256Hash) -> Answer<'_, PhotoReply>;

    /// Keeps the thumbnail of an original; the caller has checked size and format.
    fn keep_thumb(&self, device: DeviceId, sha256: Sha256Hash, jpeg: Bytes) -> Answer<'_, ()>;

    /// A thumbnail, for the page.
    fn thumb(&self, sha256: Sha256Hash) -> Answer<'_, Bytes>;

    /// What the page shows.
    fn overview(&self) -> Answer<'_, Overview>;

    /// How much there is: the overview's numbers without its lists, for whoever asks every few seconds.
    fn counts(&self) -> Answer<'_, Counts>;

    /// How far each journal of the station's own goes, signed; the oldest first. The last one is the present epoch's.
    fn station_heads(&self) -> Answer<'_, Vec<Signed<StationHead>>>;

    /// The keys that the station signs and has signed with, the present one last.
    fn station_keys(&self) -> Answer<'_, KeysReply>;

    /// Another key signs from the next opening on. The statement must be signed by the present key and the new one; it is
    /// written to the station's journal and told to all phones. [`StoreError::Unauthorised`] when it does not fit.
    fn succeed_key(&self, statement: KeyStatement) -> Answer<'_, ()>;

    /// The next ops of such a journal behind `after`; none at its end, or for another's journal.
    fn station_ops(&self, log: LogId, after: Seq) -> Answer<'_, Vec<StationOpRow>>;

    /// Makes everything that follows from the journals anew from their stored bytes; what was set aside is tried again.
    fn replay(&self) -> Answer<'_, Replayed>;

    /// All journals or one, recomputed from stored bytes.
    fn digest(&self, log: Option<LogId>) -> Answer<'_, Vec<JournalDigest>>;

    /// Writes these journals, or all with an empty list, as an export; `out` is flushed and not synced.
    fn export(&self, logs: Vec<LogId>, out: Box<dyn Write + Send>) -> Answer<'_, ExportSummary>;

    /// Whose a journal is that came in a file: the device with this key, or one whose certificate this station signed, by
    /// a key of its own or one that statements in `told` tie to them; [`StoreError::NotFound`] for anybody else's.
    fn owner_of(
        &self,
        log: LogId,
        key: PublicKey,
        certificate: Option<Signed<EnrolmentCertificate>>,
        told: KeysReply,
    ) -> Answer<'_, DeviceId>;

    /// As [`Store::append`], for a run whose origin the caller has proved in another way; lost devices included.
    fn take_run(&self, device: DeviceId, log: LogId, run: TakenRun) -> Answer<'_, PushReply>;
}
