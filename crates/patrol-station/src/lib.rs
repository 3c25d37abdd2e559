//! The station: takes journals and photos from phones, durably, and signs for what it holds.
//!
//! Two rules shape everything here. An answer leaves only after what it says is on the disk. And the station stores any
//! op whose chain fits: what it cannot read or apply is kept, acknowledged and set aside, never refused, because a
//! phone that is refused one op could never hand over the next.
//!
//! The library is the whole server, so that a test can run it inside its own process; the binary only reads arguments.

mod admission;
mod backup;
mod base32;
mod bounds;
mod config;
mod disk_space;
mod durable;
mod error;
mod http;
mod import;
mod init;
mod key;
mod layout;
mod marker;
mod metrics;
mod page;
mod ports;
mod recovery;
mod serve;
mod station;
mod store;
mod sweep;
mod tls;

pub use backup::{
    AbsentFile, BackupError, BackupFile, BackupHead, BackupManifest, BackupReport, BackupStep, OnStep, PruneReport,
    RestoreOptions, RestoreReport, VerifyReport, backup, prune, restore, verify,
};
pub use config::{
    BackupConfig, Config, Limits, LogConfig, LogFormat, MetricsConfig, Place, Setting, TlsConfig, TlsMode,
};
pub use error::StationError;
pub use import::{ImportError, Imported, RefusedJournal};
pub use init::{InitOptions, init};
pub use key::{KeyError, ReceiptKey};
pub use layout::Layout;
pub use marker::{Marker, MarkerError, MarkerFolder, Revocation, Revoked};
pub use page::station_text;
pub use ports::{Clock, Ports, Randomness, RandomnessError};
pub use recovery::{RecoveryError, RecoveryKey};
pub use station::{Claim, PreparedServer, Station, StationOptions, Storage, serve};
pub use store::{
    Answer, BodyFault, CasePhoto, CaseRow, Counts, Device, DeviceRow, Enrolled, ExportSummary, JournalRow, Overview,
    PhotoBody, PhotoCondition, Received, Replayed, SetAside, StationFacts, StationOpRow, Store, StoreError, TakenRun,
    UploadStart, UploadState,
};
pub use tls::{Authority, TlsError};
