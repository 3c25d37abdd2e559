//! Exports made by a phone: everything that it holds, in one file that needs neither the phone nor a station to be checked.
//!
//! It is a way to the station too: a phone that is not let in any more hands its records over in a file, sealed to the
//! station's recovery key. What has not been sent is in it; the photos of a draft, which no record names, are not.

use std::collections::BTreeMap;
use std::io::{self, Read, Write};

use patrol_domain::{Body, Head, LogId, Mime, Op, Seq, Sha256Hash, WallMs};
use patrol_store::{StationRecord, Store, StoreError, TiedKey, VaultError, VaultReader};
use patrol_wire::export::{
    ExportWriter, ExportedDevice, ExportedLog, Exporter, FORMAT, Manifest, SealError, SignedHead, WriteError,
    photo_name,
};
use patrol_wire::push::head_message;
use patrol_wire::signature::SignatureError;
use patrol_wire::{Alg, EnrolmentCertificate, PublicKey, SignatureBytes, Signed};

pub use patrol_wire::export::Sealer;

/// How many ops or receipts are read at once.
const STRIDE: usize = 200;

/// The export came to nothing; what was written has no seal and so is none.
#[derive(Debug, thiserror::Error)]
pub enum ExportError {
    /// The phone's memory.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The file.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The sealing.
    #[error(transparent)]
    Seal(#[from] SealError),
    /// The device key.
    #[error("the device key cannot be used: {0}")]
    Key(String),
    /// Nobody to seal it to: the phone belongs to no station yet.
    #[error("this phone belongs to no station that an export could be sealed to")]
    NotEnrolled,
    /// Nobody to seal it to: the phone knows no recovery key of its station.
    #[error("this phone knows no recovery key that an export could be sealed to")]
    NoRecoveryKey,
}

impl From<SignatureError> for ExportError {
    fn from(error: SignatureError) -> Self {
        Self::Key(error.to_string())
    }
}

impl From<VaultError> for ExportError {
    fn from(error: VaultError) -> Self {
        Self::Store(error.into())
    }
}

impl ExportError {
    /// Whether the disk had no room.
    pub fn is_disk_full(&self) -> bool {
        let full = |error: &io::Error| error.kind() == io::ErrorKind::StorageFull;
        match self {
            Self::Store(error) => error.is_disk_full(),
            Self::Write(WriteError::File(error)) | Self::Seal(SealError::File(error)) => full(error),
            _ => false,
        }
    }
}

/// Signs a message with ES256; a sentence for the log when the key cannot be used.
pub type Sign<'host> = &'host dyn Fn(&[u8]) -> Result<[u8; 64], String>;

/// The device key.
pub struct DeviceSigner<'host> {
    /// The public half: a SEC 1 point.
    pub public: Vec<u8>,
    /// Signs with the private one: ES256, 64 bytes.
    pub sign: Sign<'host>,
}

/// What was exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ExportFile {
    /// How many journals.
    pub journals: usize,
    /// How many ops.
    pub ops: u64,
    /// How many originals.
    pub photos: usize,
    /// How many originals are named and could not be read.
    pub missing_photos: usize,
}

/// Writes all journals and the originals that they name, plain or, with `seal_with`, sealed to the recovery key that the
/// enrolment certificate names.
///
/// # Errors
/// [`ExportError`].
pub fn export<W: Write>(
    store: &Store,
    device: &DeviceSigner<'_>,
    made: WallMs,
    seal_with: Option<&dyn patrol_domain::port::Randomness>,
    out: W,
) -> Result<(ExportFile, W), ExportError> {
    let station = store.station()?;
    let Some(chance) = seal_with else {
        return write(store, station, device, made, out);
    };
    let enrolled = station.as_ref().ok_or(ExportError::NotEnrolled)?;
    let recovery = recovery_key(enrolled)?.ok_or(ExportError::NoRecoveryKey)?;
    let sealer = Sealer::begin(out, &recovery, chance)?;
    let (file, sealer) = write(store, station, device, made, sealer)?;
    Ok((file, sealer.finish()?))
}

fn certificate_of(station: &StationRecord) -> Option<Signed<EnrolmentCertificate>> {
    serde_json::from_str(&station.certificate).ok()
}

fn recovery_key(station: &StationRecord) -> Result<Option<PublicKey>, ExportError> {
    let pinned = station.recovery_key.as_deref().map(PublicKey::from_sec1).transpose()?;
    Ok(pinned.or_else(|| certificate_of(station).and_then(|certificate| certificate.content.recovery_key)))
}

fn write<W: Write>(
    store: &Store,
    station: Option<StationRecord>,
    device: &DeviceSigner<'_>,
    made: WallMs,
    out: W,
) -> Result<(ExportFile, W), ExportError> {
    // Durable outside the database before anything leaves: a copy that does not know these ops can then be told.
    let current = store.mark_leaving()?;
    let mut logs = store.journals()?;
    // What is saved meanwhile is not marked, so it stays.
    if let Some((_, head)) = logs.last_mut() {
        *head = current;
    }
    logs.sort_unstable_by_key(|(log, _)| *log);
    let key = PublicKey::from_sec1(&device.public)?;
    let mut manifest = manifest(&logs, station.as_ref(), &key, made)?;
    add_tied_keys(store, &mut manifest)?;
    let mut export = ExportWriter::begin(out, &manifest)?;
    let mut photos = BTreeMap::new();
    for (log, head) in &logs {
        write_log(store, &mut export, device, &key, (*log, *head), &mut photos)?;
    }
    let missing_photos = write_photos(store, &mut export, &photos)?;
    write_photo_receipts(store, &mut export, &photos)?;
    let out = export.finish(&key.key_id(), device.sign)?;
    let file = ExportFile {
        journals: logs.len(),
        ops: logs.iter().map(|(_, head)| head.seq.0).sum(),
        photos: photos.len() - missing_photos,
        missing_photos,
    };
    Ok((file, out))
}

fn manifest(
    logs: &[(LogId, Head)],
    station: Option<&StationRecord>,
    key: &PublicKey,
    made: WallMs,
) -> Result<Manifest, ExportError> {
    let exported = logs.iter().map(|(log, head)| ExportedLog {
        log: *log,
        head: *head,
        device: station.map(|station| station.device),
    });
    Ok(Manifest {
        format: FORMAT,
        exporter: Exporter::Phone,
        key: key.clone(),
        station: station.map(|station| station.station),
        made_ms: made.0,
        logs: exported.collect(),
        station_logs: Vec::new(),
        station_keys: station
            .map(|station| PublicKey::from_sec1(&station.key))
            .transpose()?
            .into_iter()
            .collect(),
        key_statements: Vec::new(),
        devices: vec![ExportedDevice {
            key: key.clone(),
            certificate: station.and_then(certificate_of),
        }],
        recovery_key_id: station.map(recovery_key).transpose()?.flatten().map(|key| key.key_id()),
    })
}

/// The station's keys beside the pinned one, in front of it, and why they are believed.
fn add_tied_keys(store: &Store, manifest: &mut Manifest) -> Result<(), ExportError> {
    for TiedKey { key, statement } in store.tied_keys()? {
        manifest.station_keys.insert(0, PublicKey::from_sec1(&key)?);
        let statement = serde_json::from_str(&statement).map_err(patrol_store::StoreError::from)?;
        manifest.key_statements.push(statement);
    }
    Ok(())
}

fn write_log<W: Write>(
    store: &Store,
    export: &mut ExportWriter<W>,
    device: &DeviceSigner<'_>,
    key: &PublicKey,
    (log, head): (LogId, Head),
    photos: &mut BTreeMap<Sha256Hash, Mime>,
) -> Result<(), ExportError> {
    let mut writer = export.log(log);
    let mut after = Seq(0);
    let mut is_ours = false;
    'all: loop {
        let ops = store.ops_of(log, after, STRIDE)?;
        if ops.is_empty() {
            break;
        }
        for stored in ops {
            if stored.seq > head.seq {
                break 'all;
            }
            after = stored.seq;
            if let Ok(op) = Op::decode(&stored.bytes) {
                photos.extend(op.photos.iter().map(|photo| (photo.sha256, photo.mime)));
                is_ours |= matches!(&op.body, Body::LogOpened(opened) if stored.seq == Seq(1)
                    && opened.device_key_thumbprint == key.thumbprint());
            }
            writer.op(stored.seq, stored.hash, &stored.bytes, &stored.parts)?;
        }
    }
    writer.finish()?;
    // A journal that was begun with a key that is lost has nobody to sign for it.
    if is_ours {
        let signature = (device.sign)(&head_message(log, head)).map_err(ExportError::Key)?;
        export.head(&SignedHead {
            log,
            head,
            alg: Alg::Es256,
            sig: SignatureBytes(signature),
        })?;
    }
    if let Some(receipt) = store.receipt_of(log)? {
        let mut receipts = export.lines(format!("logs/{log}/receipts"));
        receipts.line(&receipt)?;
        receipts.finish()?;
    }
    Ok(())
}

/// How many originals cannot be read; they are left out, and an op says so once the next round has met them.
fn write_photos<W: Write>(
    store: &Store,
    export: &mut ExportWriter<W>,
    photos: &BTreeMap<Sha256Hash, Mime>,
) -> Result<usize, ExportError> {
    let mut missing = 0;
    for (sha256, mime) in photos {
        // Read twice, because a header cannot be taken back once a damaged chunk is met.
        match store.vault().verify(*sha256) {
            Ok(_) => {}
            Err(VaultError::Missing(_) | VaultError::Damaged(_)) => {
                tracing::warn!(%sha256, "an original cannot be exported");
                missing += 1;
                continue;
            }
            Err(error) => return Err(error.into()),
        }
        let suffix = match mime {
            Mime::Jpeg => "jpg",
            Mime::Png => "png",
            Mime::Webp => "webp",
        };
        let reader = store.vault().read(*sha256)?;
        let length = reader.length();
        let mut pieces = Pieces {
            reader,
            held: Vec::new(),
        };
        export.stream(&photo_name(*sha256, suffix), length, &mut pieces)?;
    }
    Ok(missing)
}

fn write_photo_receipts<W: Write>(
    store: &Store,
    export: &mut ExportWriter<W>,
    photos: &BTreeMap<Sha256Hash, Mime>,
) -> Result<(), ExportError> {
    let mut receipts = export.lines("photos/receipts".to_owned());
    let mut after = None;
    loop {
        let page = store.photo_receipts_after(after, STRIDE)?;
        let Some((last, _)) = page.last() else { break };
        after = Some(*last);
        for (_, receipt) in page.iter().filter(|(sha256, _)| photos.contains_key(sha256)) {
            receipts.line(receipt)?;
        }
    }
    Ok(receipts.finish()?)
}

/// An original as a reader.
struct Pieces {
    reader: VaultReader,
    held: Vec<u8>,
}

impl Read for Pieces {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.held.is_empty() {
            self.held = self.reader.next_piece().map_err(io::Error::other)?.unwrap_or_default();
        }
        let taken = self.held.len().min(buffer.len());
        for (slot, byte) in buffer.iter_mut().zip(self.held.drain(..taken)) {
            *slot = byte;
        }
        Ok(taken)
    }
}
