//! Carries what the phone holds to the station and proves that it arrived.
//!
//! Ops first (the case is visible at once), then thumbnails, then originals, newest first. What to do next is worked out
//! as plain data by [`plan`], doing it is [`round`], and [`keep_syncing`] goes round until nothing waits and never gives
//! up. No counter moves without a signature that was checked against the key pinned at enrolment.

pub mod backoff;
pub mod enrol;
pub mod error;
pub mod export;
pub mod http;
pub mod keep;
mod key;
pub mod plan;
pub mod round;
pub mod tls;
pub mod transport;

pub use backoff::Backoff;
pub use enrol::{Enrolled, enrol};
pub use error::SyncError;
pub use export::{DeviceSigner, ExportError, ExportFile, export};
pub use http::HttpTransport;
pub use keep::keep_syncing;
pub use key::believed_keys;
pub use patrol_wire::{EnrolmentCode, ErrorCode as RefusalCode, KeyStatement, PublicKey};
pub use plan::{Limits, Policy};
pub use round::{Finished, Host, Phase, Progress, SealedRoot, SyncEvent, run_audit, run_round};
pub use tls::{PhoneTime, TimeSource};
pub use transport::{Access, PhotoBody, Transport, TransportError, Trust, UploadState};
