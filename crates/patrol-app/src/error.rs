//! Errors: many inside, one kind outside.
//!
//! This is the one place where an internal error becomes `{code, message, retry}`. The UI decides by the code and has its
//! own sentence for each, in both languages; the message is for logs.

use patrol_domain::plate::PlateError;
use patrol_photo::PhotoError;
use patrol_store::{DatabaseError, StoreError, VaultError};
use patrol_sync::{ExportError, SyncError, TransportError};
use serde::{Deserialize, Serialize};

use crate::grid::GroundError;
use crate::port::KeyError;

/// What went wrong, as the UI knows it. Each has a sentence in each language that says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub enum ErrorCode {
    /// The photo's file has no bytes.
    PhotoEmpty,
    /// The photo ends too early.
    PhotoTruncated,
    /// Not a JPEG, PNG or WebP.
    PhotoNotImage,
    /// HEIC: the camera has to be set to JPEG.
    PhotoHeic,
    /// More bytes than are taken.
    PhotoTooLarge,
    /// More pixels than are taken.
    PhotoTooManyPixels,
    /// The picture inside cannot be decoded.
    PhotoDamaged,
    /// No such photo.
    PhotoNotFound,
    /// Saving needs a kind.
    DraftNoMatter,
    /// Saving needs a photo.
    DraftNoPhoto,
    /// A case holds no more photos.
    DraftTooManyPhotos,
    /// The note is too long.
    NoteTooLong,
    /// The plate is too long.
    PlateTooLong,
    /// An answer of the form is too long.
    AnswerTooLong,
    /// The draft became a case or was given up.
    DraftGone,
    /// The phone gave a place that is none.
    LocationUnusable,
    /// The catalogue in the data folder is of a later version of the app.
    PackNewer,
    /// The catalogue in the data folder cannot be read.
    PackBroken,
    /// Changing a recorded case needs a reason.
    ReasonMissing,
    /// An amendment that changes nothing.
    NothingChanged,
    /// No such case.
    CaseNotFound,
    /// No room on the phone.
    DiskFull,
    /// The phone's database is damaged; it was left as it is.
    DatabaseDamaged,
    /// The phone's database is of a later version of the app.
    DatabaseNewer,
    /// Another window uses the database.
    DatabaseBusy,
    /// The phone's keys cannot be used.
    KeysUnreadable,
    /// The phone belongs to no station yet.
    NotEnrolled,
    /// The phone's station has no key that an export could be sealed to.
    NoRecoveryKey,
    /// Not an enrolment code.
    EnrolCodeMalformed,
    /// The station does not take the code: it is wrong, has expired or was used.
    EnrolCodeUnknown,
    /// Another phone has used the code: said by stations of before.
    EnrolCodeUsed,
    /// The phone already belongs to a station.
    EnrolOtherStation,
    /// No connection to the station.
    StationUnreachable,
    /// The network's sign-in page answered.
    NetworkPortal,
    /// Somebody else answered at the station's address.
    StationNotOurs,
    /// Whoever answers has another certificate than the station.
    StationCertificateWrong,
    /// The station speaks a version of the protocol that this program does not know.
    StationOtherVersion,
    /// The station does not let this phone in any more.
    NotAccepted,
    /// What the station has handed out does not fit its own sum.
    MirrorMismatch,
    /// The station does not let this phone in, or refuses the request.
    StationRefused,
    /// The station has too much to do.
    StationBusy,
    /// The station's disk is full.
    StationDiskFull,
    /// The station's key is not the one in the code.
    StationKeyMismatch,
    /// A receipt does not fit what was sent.
    ReceiptInvalid,
    /// The station holds another journal under this phone's name.
    JournalForked,
    /// Nobody is signed in: a PIN first.
    PhoneLocked,
    /// Not this officer's PIN.
    PinWrong,
    /// Too many wrong tries: wait.
    PinWait,
    /// A PIN has six digits.
    PinMalformed,
    /// A PIN that anybody would try first.
    PinTooSimple,
    /// The officer is on patrol already.
    ShiftRunning,
    /// The officer is on no patrol.
    ShiftNotRunning,
    /// An export is being written.
    ExportRunning,
    /// The command was used wrongly: a defect of the UI.
    BadRequest,
    /// A defect of the app.
    Internal,
}

/// An error as it reaches the UI.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(test, derive(ts_rs::TS), ts(export))]
pub struct ErrorReply {
    /// What the UI decides by.
    pub code: ErrorCode,
    /// For logs.
    pub message: String,
    /// Whether doing the same again can help.
    pub retry: bool,
}

/// Everything that can go wrong in a use case.
#[derive(Debug, thiserror::Error)]
pub enum AppError {
    /// The phone's memory.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// A photo that is none.
    #[error(transparent)]
    Photo(#[from] PhotoError),
    /// The network and the station.
    #[error(transparent)]
    Sync(#[from] SyncError),
    /// An export that came to nothing.
    #[error(transparent)]
    Export(#[from] ExportError),
    /// The keys.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A file that was to be read.
    #[error("a file cannot be read: {0}")]
    File(#[from] std::io::Error),
    /// The shipped district that cannot be read: a defect of the build.
    #[error("the district cannot be read: {0}")]
    Ground(#[from] GroundError),
    /// A shipped pack that cannot be read: a defect of the build.
    #[error("a pack cannot be read: {0}")]
    Pack(#[from] toml::de::Error),
    /// Wrong arguments.
    #[error("wrong arguments: {0}")]
    Arguments(String),
    /// A wish that the rules of the app refuse.
    #[error("{0:?}")]
    Refused(ErrorCode),
}

impl From<DatabaseError> for AppError {
    fn from(error: DatabaseError) -> Self {
        Self::Store(error.into())
    }
}

impl From<PlateError> for AppError {
    fn from(error: PlateError) -> Self {
        match error {
            PlateError::TooLong => Self::Refused(ErrorCode::PlateTooLong),
            PlateError::Empty => Self::Arguments(error.to_string()),
        }
    }
}

impl AppError {
    /// The error as it reaches the UI; a defect is logged here, once.
    pub fn reply(&self) -> ErrorReply {
        let code = self.code();
        let message = self.message();
        if code == ErrorCode::Internal {
            tracing::error!(message, "a defect");
        }
        ErrorReply {
            code,
            message,
            retry: retry(code),
        }
    }

    fn message(&self) -> String {
        let mut message = self.to_string();
        let mut cause = std::error::Error::source(self);
        while let Some(inner) = cause {
            let text = inner.to_string();
            if !message.contains(&text) {
                message = format!("{message}: {text}");
            }
            cause = inner.source();
        }
        message
    }

    fn code(&self) -> ErrorCode {
        match self {
            Self::Store(error) => store_code(error),
            Self::Photo(error) => photo_code(error),
            Self::Sync(error) => sync_code(error),
            Self::Export(error) => export_code(error),
            Self::Key(KeyError::InUse) => ErrorCode::DatabaseBusy,
            Self::Key(KeyError::Unreadable(_)) => ErrorCode::KeysUnreadable,
            Self::File(error) if error.kind() == std::io::ErrorKind::NotFound => ErrorCode::PhotoNotFound,
            Self::File(error) if error.kind() == std::io::ErrorKind::StorageFull => ErrorCode::DiskFull,
            Self::File(_) | Self::Pack(_) | Self::Ground(_) => ErrorCode::Internal,
            Self::Arguments(_) => ErrorCode::BadRequest,
            Self::Refused(code) => *code,
        }
    }
}

fn store_code(error: &StoreError) -> ErrorCode {
    match error {
        error if error.is_disk_full() => ErrorCode::DiskFull,
        StoreError::Database(DatabaseError::Damaged) => ErrorCode::DatabaseDamaged,
        StoreError::Database(DatabaseError::Newer { .. }) => ErrorCode::DatabaseNewer,
        StoreError::Database(DatabaseError::Busy) => ErrorCode::DatabaseBusy,
        StoreError::NoSuchCase(_) => ErrorCode::CaseNotFound,
        StoreError::NoSuchDraft(_) => ErrorCode::DraftGone,
        StoreError::NoSuchPhoto(_) | StoreError::Vault(VaultError::Missing(_)) => ErrorCode::PhotoNotFound,
        StoreError::Vault(VaultError::Damaged(_)) => ErrorCode::PhotoDamaged,
        StoreError::Chain(_) | StoreError::Decode(_) | StoreError::Column(_) => ErrorCode::DatabaseDamaged,
        _ => ErrorCode::Internal,
    }
}

fn export_code(error: &ExportError) -> ErrorCode {
    match error {
        error if error.is_disk_full() => ErrorCode::DiskFull,
        ExportError::Store(error) => store_code(error),
        ExportError::Key(_) => ErrorCode::KeysUnreadable,
        ExportError::NotEnrolled => ErrorCode::NotEnrolled,
        ExportError::NoRecoveryKey => ErrorCode::NoRecoveryKey,
        ExportError::Write(_) | ExportError::Seal(_) => ErrorCode::Internal,
    }
}

fn photo_code(error: &PhotoError) -> ErrorCode {
    match error {
        PhotoError::Empty => ErrorCode::PhotoEmpty,
        PhotoError::TooLarge { .. } => ErrorCode::PhotoTooLarge,
        PhotoError::Heic => ErrorCode::PhotoHeic,
        PhotoError::NotAnImage => ErrorCode::PhotoNotImage,
        PhotoError::Truncated => ErrorCode::PhotoTruncated,
        PhotoError::Damaged => ErrorCode::PhotoDamaged,
        PhotoError::TooManyPixels { .. } => ErrorCode::PhotoTooManyPixels,
    }
}

pub(crate) fn sync_code(error: &SyncError) -> ErrorCode {
    match error {
        SyncError::NotEnrolled => ErrorCode::NotEnrolled,
        SyncError::Transport(TransportError::Unreachable(_)) | SyncError::Garbled(_) => ErrorCode::StationUnreachable,
        SyncError::Transport(TransportError::Portal { .. }) => ErrorCode::NetworkPortal,
        SyncError::Transport(TransportError::NotOurs { .. }) => ErrorCode::StationNotOurs,
        SyncError::Transport(TransportError::WrongStation(_)) => ErrorCode::StationCertificateWrong,
        SyncError::Transport(TransportError::OtherVersion(_)) => ErrorCode::StationOtherVersion,
        SyncError::Transport(TransportError::Refused { reply, .. }) => refusal_code(reply.code),
        SyncError::Store(error) => store_code(error),
        SyncError::Receipt(_) | SyncError::UnknownKey(_) => ErrorCode::ReceiptInvalid,
        SyncError::Forked => ErrorCode::JournalForked,
        // Never reaches a page: the round goes on by the plan, which holds originals back.
        SyncError::Stopped => ErrorCode::StationUnreachable,
        SyncError::NotAccepted => ErrorCode::NotAccepted,
        SyncError::Mirror(_) => ErrorCode::MirrorMismatch,
        SyncError::Gone(_) => ErrorCode::PhotoDamaged,
        SyncError::Key(_) => ErrorCode::KeysUnreadable,
        SyncError::StationKey => ErrorCode::StationKeyMismatch,
        SyncError::Frame(_) => ErrorCode::Internal,
    }
}

fn refusal_code(code: patrol_sync::RefusalCode) -> ErrorCode {
    use patrol_sync::RefusalCode as Refusal;
    match code {
        Refusal::CodeUsed => ErrorCode::EnrolCodeUsed,
        Refusal::CodeUnknown => ErrorCode::EnrolCodeUnknown,
        Refusal::Busy | Refusal::Locked | Refusal::OffsetMismatch => ErrorCode::StationBusy,
        Refusal::DiskFull => ErrorCode::StationDiskFull,
        Refusal::Forked => ErrorCode::JournalForked,
        _ => ErrorCode::StationRefused,
    }
}

fn retry(code: ErrorCode) -> bool {
    matches!(
        code,
        ErrorCode::DatabaseBusy
            | ErrorCode::DiskFull
            | ErrorCode::PinWait
            | ErrorCode::ExportRunning
            | ErrorCode::StationUnreachable
            | ErrorCode::NetworkPortal
            | ErrorCode::StationNotOurs
            | ErrorCode::StationCertificateWrong
            | ErrorCode::MirrorMismatch
            | ErrorCode::StationRefused
            | ErrorCode::StationBusy
            | ErrorCode::StationDiskFull
    )
}
