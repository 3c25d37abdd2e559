//! What phone and station say to each other, version 1.
//!
//! Shapes, names, formats and limits only: no socket, no file. Both ends and the verifier of exports use the same types, and each
//! of them has a snapshot, because a changed field name would part old phones from new stations without a word.
//! Signatures are checked here and not in each user, so that there is one reading of what was signed.

pub mod audit;
pub mod changes;
pub mod code;
pub mod enrolment;
pub mod error;
pub mod export;
pub mod frame;
pub mod photo;
pub mod push;
pub mod signature;
pub mod station_journal;
pub mod station_key;

pub use audit::{AuditReply, Counter, DayCount, JournalCount};
pub use changes::{Change, ChangesReply, Cursor, HeadReply, ScopeSum};
pub use code::EnrolmentCode;
pub use enrolment::{
    EnrolReply, EnrolRequest, EnrolmentCertificate, Officer, OfficerReply, OfficerRequest, ReadmitReply,
    ReadmitRequest, RecoveryEnvelope, StationKey,
};
pub use error::{ErrorCode, ErrorReply};
pub use photo::{PhotoReceipt, PhotoReply};
pub use push::{Caps, DeviceState, LogStatus, MissingPart, PushHead, PushReply, Quarantined, Receipt};
pub use signature::{Alg, PublicKey, SignatureBytes, Signed, SignedContent};
pub use station_key::{KeyStatement, KeySuccession, KeysReply};

/// The header that marks every answer as ours; a captive portal's page has none.
pub const PROTOCOL_HEADER: &str = "xunge-protocol";

/// The version that this build speaks.
///
/// History: 1 = push, photos with resume, enrolment, pull, audit.
pub const PROTOCOL_VERSION: &str = "1";

/// The most ops of one push.
pub const MAX_OPS_PER_PUSH: usize = 500;

/// The most originals that one answer names as missing.
pub const MAX_MISSING_PHOTOS: usize = 200;

/// The most bytes of one push before compression: ops, parts and their line marks.
pub const MAX_RAW_BYTES_PER_PUSH: usize = 256 * 1024;

/// The largest thumbnail, in bytes.
pub const MAX_THUMBNAIL_BYTES: usize = 20_000;
