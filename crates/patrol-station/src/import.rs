//! Taking in an export: how a lost or revoked phone's records still reach the station.
//!
//! The file is read twice. First all of it is verified, as anybody could verify it, against this station's own key;
//! nothing is taken from a file that is not as it was written. Then its runs of ops and its originals go the way of a push
//! and of an upload: the same comparison, the same quarantine, the same receipts. So importing twice changes nothing, an
//! overlap with what was pushed is skipped, and a fork is refused by name while the other journals go on.
//!
//! The station may be served meanwhile, by another process: SQLite puts the transactions of both one behind the other, the
//! serving process keeps nothing of journals in its own memory, and an import's parts of originals lie in a folder of
//! their own. A request to the serving process was rejected: it needs a second door, and a station that is down needs
//! the import as well.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bytes::Bytes;
use futures_util::stream;
use patrol_domain::{DeviceId, Head, LogId, Seq, Sha256Hash};
use patrol_verify::{Failure, Journal, Report, VerifyError, verify};
use patrol_wire::KeysReply;
use patrol_wire::export::{
    ContainerError, EntryReader, ExportReader, ExportedDevice, ExportedLog, Exporter, FileName, Manifest, Opener,
    SEALED_MAGIC, SealError,
};
use patrol_wire::frame::FrameOp;
use tokio::runtime::Handle;
use tokio::sync::mpsc;

use crate::error::StationError;
use crate::station::Station;
use crate::store::{BodyFault, PhotoBody, Received, Store, StoreError, TakenRun, UploadStart};

/// How many pieces of an original may wait for the disk.
const PIECES_AHEAD: usize = 4;

/// Nothing, or nothing more, was taken.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The station.
    #[error(transparent)]
    Station(#[from] StationError),
    /// The file cannot be opened.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] VerifyError),
    /// It is sealed, and there is no recovery key.
    #[error("the export is sealed and no recovery key was given")]
    NoRecoveryKey,
    /// It cannot be unsealed.
    #[error(transparent)]
    Sealed(#[from] SealError),
    /// It is not as it was written; nothing of it was taken.
    #[error("the export is not as it was written: {}", codes(.0))]
    Tampered(Vec<Failure>),
    /// It changed between checking and taking.
    #[error(transparent)]
    Container(#[from] ContainerError),
    /// The database or the disk refused; what was taken before stays.
    #[error(transparent)]
    Store(#[from] StoreError),
}

fn codes(failures: &[Failure]) -> String {
    failures.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}

/// A journal of which nothing was taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedJournal {
    /// Which.
    pub log: LogId,
    /// Why, as one word: `unknown_device`, `unproven`, `forked`, `gap`.
    pub code: &'static str,
}

/// What an import brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Imported {
    /// Ops of each journal that were taken; 0 = all were here.
    pub journals: BTreeMap<LogId, u64>,
    /// Journals that were not taken.
    pub refused: Vec<RefusedJournal>,
    /// Originals that were taken.
    pub photos: u64,
    /// Originals that were here.
    pub known_photos: u64,
    /// Originals that no journal at this station names.
    pub refused_photos: u64,
}

impl Station {
    /// Takes in an export, plain or sealed. `recovery` is the recovery key's private half, a P-256 scalar.
    ///
    /// # Errors
    /// [`ImportError`]; [`StationError::Importing`] while another process imports into this folder. One that serves it goes
    /// on serving.
    pub async fn import(&self, path: &Path, recovery: Option<[u8; 32]>) -> Result<Imported, ImportError> {
        let (store, lock) = self.for_import()?;
        let source = Source {
            path: path.to_owned(),
            recovery,
        };
        let keys = self.store().station_keys().await.map_err(StationError::from)?.keys;
        let trusted: Vec<_> = keys.iter().map(patrol_wire::PublicKey::thumbprint).collect();
        let work = tokio::task::spawn_blocking(move || {
            let _lock = lock;
            let report = verify(source.open()?, &trusted)?;
            // An original that its phone could not read is missing and nobody's doing: the rest is still taken.
            let is_lost = |failure: &Failure| matches!(failure, Failure::PhotoMissing { .. });
            let failures: Vec<Failure> = report.failures.iter().filter(|one| !is_lost(one)).cloned().collect();
            if !failures.is_empty() {
                return Err(ImportError::Tampered(failures));
            }
            Import::new(store, &report)?.run(&source)
        });
        work.await.map_err(|_| StoreError::Stopped)?
    }
}

struct Source {
    path: PathBuf,
    recovery: Option<[u8; 32]>,
}

impl Source {
    /// The plain export, from its first byte.
    fn open(&self) -> Result<Box<dyn Read>, ImportError> {
        let failed = |source| ImportError::File {
            path: self.path.clone(),
            source,
        };
        let mut magic = [0; SEALED_MAGIC.len()];
        let is_sealed = File::open(&self.path).map_err(failed)?.read_exact(&mut magic).is_ok() && magic == SEALED_MAGIC;
        let file = BufReader::new(File::open(&self.path).map_err(failed)?);
        if !is_sealed {
            return Ok(Box::new(file));
        }
        let secret = self.recovery.as_ref().ok_or(ImportError::NoRecoveryKey)?;
        Ok(Box::new(Opener::open(file, secret)?))
    }
}

/// A journal on its way in.
struct Incoming {
    device: DeviceId,
    goes_to: Seq,
    /// Behind what has been read of the file.
    head: Head,
}

struct Import {
    store: Arc<dyn Store>,
    handle: Handle,
    logs: BTreeMap<LogId, Incoming>,
    imported: Imported,
}

impl Import {
    fn new(store: Arc<dyn Store>, report: &Report) -> Result<Self, ImportError> {
        let mut import = Self {
            store,
            handle: Handle::current(),
            logs: BTreeMap::new(),
            imported: Imported::default(),
        };
        for (manifest, entry) in report
            .manifest
            .iter()
            .flat_map(|one| one.logs.iter().map(move |log| (one, log)))
        {
            let Some(journal) = report.content.journals.get(&entry.log) else {
                continue;
            };
            let is_signed = report.signed_heads.contains(&entry.log);
            import.admit(manifest, *entry, journal, is_signed)?;
        }
        Ok(import)
    }

    /// Whose the journal is, if this station may believe it.
    fn admit(
        &mut self,
        manifest: &Manifest,
        entry: ExportedLog,
        journal: &Journal,
        is_signed: bool,
    ) -> Result<(), ImportError> {
        let log = entry.log;
        // The file was verified against this station's key: one that a station has sealed was sealed here.
        let is_proven = is_signed || manifest.exporter == Exporter::Station;
        let of_device = |one: &&ExportedDevice| match journal.device_key() {
            Some(key) => one.key.thumbprint() == key,
            None => one.certificate.as_ref().map(|signed| signed.content.device) == entry.device,
        };
        let Some(device) = manifest.devices.iter().find(of_device).filter(|_| is_proven) else {
            self.refuse(log, "unproven");
            return Ok(());
        };
        let told = KeysReply {
            keys: manifest.station_keys.clone(),
            statements: manifest.key_statements.clone(),
        };
        let owner = self
            .store
            .owner_of(log, device.key.clone(), device.certificate.clone(), told);
        match self.handle.block_on(owner) {
            Ok(device) => {
                let incoming = Incoming {
                    device,
                    goes_to: entry.head.seq,
                    head: Head::start(log),
                };
                self.logs.insert(log, incoming);
                self.imported.journals.insert(log, 0);
                Ok(())
            }
            Err(StoreError::NotFound) => {
                self.refuse(log, "unknown_device");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    fn refuse(&mut self, log: LogId, code: &'static str) {
        tracing::warn!(%log, code, "a journal is not imported");
        self.logs.remove(&log);
        self.imported.refused.push(RefusedJournal { log, code });
    }

    fn run(mut self, source: &Source) -> Result<Imported, ImportError> {
        let mut export = ExportReader::new(source.open()?);
        while let Some(mut entry) = export.next_entry()? {
            match FileName::parse(&entry.name) {
                FileName::Ops(log, _) => self.take_ops(log, &mut entry)?,
                FileName::Photo(sha256) => self.take_photo(sha256, &mut entry)?,
                _ => {}
            }
        }
        self.imported
            .journals
            .retain(|log, _| self.imported.refused.iter().all(|one| one.log != *log));
        Ok(self.imported)
    }

    fn take_ops(&mut self, log: LogId, entry: &mut EntryReader<'_, Box<dyn Read>>) -> Result<(), ImportError> {
        let Some(incoming) = self.logs.get_mut(&log) else {
            return Ok(());
        };
        let mut text = Vec::new();
        entry.read_to_end(&mut text).map_err(StoreError::from)?;
        let run = TakenRun {
            before: incoming.head,
            ops: read_lines(&text)?,
            goes_to: incoming.goes_to,
        };
        incoming.head = run.ops.iter().fold(incoming.head, |head, op| head.extend(&op.op));
        let (device, head) = (incoming.device, incoming.head);
        let held = self.handle.block_on(self.store.log_status(device, log, None));
        let taken = held.map(|status| status.acked_seq).and_then(|held| {
            let reply = self.handle.block_on(self.store.take_run(device, log, run))?;
            Ok(reply.acked_seq.0.saturating_sub(held.0))
        });
        match taken {
            Ok(new) => {
                *self.imported.journals.entry(log).or_default() += new;
                tracing::info!(%log, seq = head.seq.0, new, "imported");
                Ok(())
            }
            Err(StoreError::Forked { .. }) => {
                self.refuse(log, "forked");
                Ok(())
            }
            Err(StoreError::Gap { .. }) => {
                self.refuse(log, "gap");
                Ok(())
            }
            // The journal is another device's.
            Err(StoreError::NotFound) => {
                self.refuse(log, "unknown_device");
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Each device brings its own originals: the first that names this one and has not brought it yet.
    fn take_photo(
        &mut self,
        sha256: Sha256Hash,
        entry: &mut EntryReader<'_, Box<dyn Read>>,
    ) -> Result<(), ImportError> {
        let mut devices: Vec<DeviceId> = self.logs.values().map(|incoming| incoming.device).collect();
        devices.sort_unstable();
        devices.dedup();
        let mut is_known = false;
        for device in devices {
            match self.handle.block_on(self.store.upload_state(device, sha256)) {
                Ok(state) if state.complete => is_known = true,
                Ok(_) => return self.receive(device, sha256, entry),
                Err(StoreError::NotFound) => {}
                Err(error) => return Err(error.into()),
            }
        }
        if is_known {
            self.imported.known_photos += 1;
        } else {
            self.imported.refused_photos += 1;
        }
        Ok(())
    }

    fn receive(
        &mut self,
        device: DeviceId,
        sha256: Sha256Hash,
        entry: &mut EntryReader<'_, Box<dyn Read>>,
    ) -> Result<(), ImportError> {
        let (pieces, received) = mpsc::channel::<Result<Bytes, BodyFault>>(PIECES_AHEAD);
        let store = Arc::clone(&self.store);
        let length = Some(entry.bytes);
        let receiving = self.handle.spawn(async move {
            let mut body: PhotoBody = Box::pin(stream::unfold(received, |mut received| async move {
                received.recv().await.map(|piece| (piece, received))
            }));
            store
                .receive(device, sha256, UploadStart::Whole { length }, &mut body)
                .await
        });
        let mut buffer = vec![0; 64 * 1024];
        loop {
            let read = entry.piece(&mut buffer)?;
            let piece = Bytes::copy_from_slice(buffer.get(..read).unwrap_or_default());
            // Nobody listens any more when the store has refused: it says why below.
            if piece.is_empty() || pieces.blocking_send(Ok(piece)).is_err() {
                break;
            }
        }
        drop(pieces);
        let received = self.handle.block_on(receiving).map_err(|_| StoreError::Stopped)?;
        match received? {
            Received::Complete(_) => self.imported.photos += 1,
            Received::Part { .. } => self.imported.refused_photos += 1,
        }
        Ok(())
    }
}

/// The lines of a file of ops; it was verified before.
fn read_lines(text: &[u8]) -> Result<Vec<FrameOp>, StoreError> {
    let malformed = StoreError::Malformed("the export holds a line that is neither op nor part");
    let mut ops: Vec<FrameOp> = Vec::new();
    for line in text.strip_suffix(b"\n").unwrap_or(text).split(|byte| *byte == b'\n') {
        match line.split_first() {
            Some((b'o', op)) => ops.push(FrameOp {
                op: op.to_vec(),
                parts: Vec::new(),
            }),
            Some((b'p', part)) => match (serde_json::from_slice(part), ops.last_mut()) {
                (Ok(part), Some(op)) => op.parts.push(part),
                _ => return Err(malformed),
            },
            _ => return Err(malformed),
        }
    }
    Ok(ops)
}
