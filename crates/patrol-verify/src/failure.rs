//! Every kind of tampering, by name.

mod station;

use patrol_domain::{LogId, Sha256Hash};

pub use station::StationFailure;

/// Something that is not as it was written. The codes are stable: scripts and courts may quote them.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, thiserror::Error)]
pub enum Failure {
    /// The file ends before its end mark.
    #[error("the file is cut off at byte {at}")]
    CutOff {
        /// Where.
        at: u64,
    },
    /// A header or the space between files is not as an exporter writes it.
    #[error("the container is not as an exporter writes it at byte {at}")]
    ContainerAltered {
        /// Where.
        at: u64,
    },
    /// Something behind the end mark.
    #[error("there are bytes behind the end of the export")]
    TrailingBytes,
    /// Nobody without the recovery key can look inside.
    #[error("the export is sealed: open it with the station's recovery key first")]
    Sealed,
    /// No index.
    #[error("the index is missing: the export was cut off or taken apart")]
    IndexMissing,
    /// The index is not text as an exporter writes it.
    #[error("line {line} of the index cannot be read")]
    IndexMalformed {
        /// Which line, from 1.
        line: usize,
    },
    /// The index is not the one that the exporter signed.
    #[error("the index is not the one that was signed")]
    IndexChanged,
    /// No signature over the index.
    #[error("the signature over the index is missing")]
    SealMissing,
    /// The signature does not fit.
    #[error("the signature over the index is not the exporter's")]
    SealForged,
    /// Signed by another key than the manifest names.
    #[error("the index was signed by another key than the manifest names")]
    SealKey,
    /// The exporter's key is no key of this phone or this station.
    #[error("the exporter's key belongs to no device and no station of this export")]
    ExporterKey,
    /// A file's bytes are not those of the index.
    #[error("{name} was changed")]
    FileChanged {
        /// Which file.
        name: String,
    },
    /// A file of the index is not there.
    #[error("{name} is missing")]
    FileMissing {
        /// Which file.
        name: String,
    },
    /// A file that the index does not name.
    #[error("{name} was put in")]
    FileExtra {
        /// Which file.
        name: String,
    },
    /// A file of the index is there under another name.
    #[error("{was} was renamed to {name}")]
    FileRenamed {
        /// Its name now.
        name: String,
        /// Its name in the index.
        was: String,
    },
    /// Two files of one name.
    #[error("{name} is there twice")]
    FileTwice {
        /// Which file.
        name: String,
    },
    /// Longer than any exporter makes it.
    #[error("{name} is longer than an exporter makes it")]
    FileTooLarge {
        /// Which file.
        name: String,
    },
    /// The first file is not the manifest.
    #[error("the manifest is missing, or does not come first")]
    ManifestMissing,
    /// The manifest cannot be read.
    #[error("the manifest cannot be read")]
    ManifestMalformed,
    /// The manifest names a journal twice.
    #[error("journal {log} is listed twice")]
    LogTwice {
        /// The journal.
        log: LogId,
    },
    /// A journal of the manifest has no ops here.
    #[error("journal {log} is missing")]
    LogMissing {
        /// The journal.
        log: LogId,
    },
    /// A journal that the manifest does not name.
    #[error("journal {log} is not in the manifest")]
    LogUnlisted {
        /// The journal.
        log: LogId,
    },
    /// The journal goes to another head than the manifest says.
    #[error("journal {log} does not end where the manifest says")]
    LogHead {
        /// The journal.
        log: LogId,
    },
    /// Lines that are neither ops nor parts, or files that do not fit together.
    #[error("{name} does not hold ops as an exporter writes them")]
    OpsMalformed {
        /// Which file.
        name: String,
    },
    /// An op's bytes are not those that were chained.
    #[error("journal {log}: op {seq} was changed")]
    OpChanged {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
    },
    /// Ops are gone.
    #[error("journal {log}: ops {from} to {to} were taken out")]
    OpMissing {
        /// The journal.
        log: LogId,
        /// The first.
        from: u64,
        /// The last.
        to: u64,
    },
    /// An op that was never chained.
    #[error("journal {log}: an op was put in behind op {after}")]
    OpInserted {
        /// The journal.
        log: LogId,
        /// Behind which position.
        after: u64,
    },
    /// An op that was chained at another position.
    #[error("journal {log}: op {seq} stands in another place")]
    OpMoved {
        /// The journal.
        log: LogId,
        /// Where it was chained.
        seq: u64,
    },
    /// The ops are right and the value beside one of them is not.
    #[error("journal {log}: the chain's value at op {seq} was changed")]
    ChainChanged {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
    },
    /// The words are not those that were sealed.
    #[error("journal {log}: the words `{field}` of op {seq} are not those that were sealed")]
    PartChanged {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
        /// The field.
        field: String,
    },
    /// The words belong to another op.
    #[error("journal {log}: the words `{field}` beside op {seq} belong to op {belongs}")]
    PartElsewhere {
        /// The journal.
        log: LogId,
        /// Where they stand.
        seq: u64,
        /// The field.
        field: String,
        /// Where they belong.
        belongs: u64,
    },
    /// The words stand there twice.
    #[error("journal {log}: the words `{field}` of op {seq} stand there twice")]
    PartTwice {
        /// The journal.
        log: LogId,
        /// The position.
        seq: u64,
        /// The field.
        field: String,
    },
    /// An op that was taken over is not the one that it was.
    #[error("journal {log}: op {seq} is not op {source_seq} of journal {adopted} that it was taken over from")]
    AdoptedChanged {
        /// The journal that took it over.
        log: LogId,
        /// The position there.
        seq: u64,
        /// The journal that it came from.
        adopted: LogId,
        /// The position there.
        source_seq: u64,
    },
    /// An original's bytes do not have the hash of its name.
    #[error("original {sha256} was changed")]
    PhotoChanged {
        /// Its name.
        sha256: Sha256Hash,
    },
    /// No op names it.
    #[error("original {sha256} is named by no op")]
    PhotoUnnamed {
        /// Which.
        sha256: Sha256Hash,
    },
    /// It should be here and is not.
    #[error("original {sha256} is missing")]
    PhotoMissing {
        /// Which.
        sha256: Sha256Hash,
    },
    /// It has another length than each op says that names it.
    #[error("original {sha256} has another length than its op says")]
    PhotoLength {
        /// Which.
        sha256: Sha256Hash,
    },
    /// It is there under two names.
    #[error("original {sha256} is there twice")]
    PhotoTwice {
        /// Which.
        sha256: Sha256Hash,
    },
    /// A line that is no receipt.
    #[error("line {line} of {name} is no receipt")]
    ReceiptMalformed {
        /// Which file.
        name: String,
        /// Which line, from 1.
        line: usize,
    },
    /// The signature does not fit.
    #[error("journal {log}: the receipt for op {seq} was changed or forged")]
    ReceiptForged {
        /// The journal.
        log: LogId,
        /// The position that it speaks of.
        seq: u64,
    },
    /// Signed by a key that is not the station's.
    #[error("journal {log}: the receipt for op {seq} is signed by another key than the station's")]
    ReceiptKey {
        /// The journal.
        log: LogId,
        /// The position that it speaks of.
        seq: u64,
    },
    /// It speaks of ops that are not these.
    #[error("journal {log}: the station has signed for other ops up to {seq} than these")]
    ReceiptHead {
        /// The journal.
        log: LogId,
        /// The position that it speaks of.
        seq: u64,
    },
    /// It speaks of another journal than the one that it lies in.
    #[error("journal {log}: a receipt there speaks of journal {speaks_of}")]
    ReceiptLog {
        /// Where it lies.
        log: LogId,
        /// What it speaks of.
        speaks_of: LogId,
    },
    /// The signature does not fit.
    #[error("the receipt for original {sha256} was changed or forged")]
    PhotoReceiptForged {
        /// Which original.
        sha256: Sha256Hash,
    },
    /// Signed by a key that is not the station's.
    #[error("the receipt for original {sha256} is signed by another key than the station's")]
    PhotoReceiptKey {
        /// Which original.
        sha256: Sha256Hash,
    },
    /// A receipt for an original that no op names.
    #[error("a receipt speaks of original {sha256}, which no op names")]
    PhotoReceiptUnnamed {
        /// Which original.
        sha256: Sha256Hash,
    },
    /// The original has another length.
    #[error("the receipt for original {sha256} speaks of another length")]
    PhotoReceiptLength {
        /// Which original.
        sha256: Sha256Hash,
    },
    /// A signed head that cannot be read.
    #[error("journal {log}: the signed head cannot be read")]
    HeadMalformed {
        /// The journal.
        log: LogId,
    },
    /// The device's signature does not fit.
    #[error("journal {log}: the device's signature over the head does not fit")]
    HeadForged {
        /// The journal.
        log: LogId,
    },
    /// The device has signed another head.
    #[error("journal {log}: the device has signed another head than this")]
    HeadOther {
        /// The journal.
        log: LogId,
    },
    /// No device of this export has the key that the journal's first op names.
    #[error("journal {log}: the key that its first op names is not here to check the head with")]
    HeadKey {
        /// The journal.
        log: LogId,
    },
    /// The certificate's signature does not fit.
    #[error("the certificate of device key {key} was changed or forged")]
    CertificateForged {
        /// The device key's thumbprint.
        key: Sha256Hash,
    },
    /// Signed by a key that is not the station's.
    #[error("the certificate of device key {key} is signed by another key than the station's")]
    CertificateKey {
        /// The device key's thumbprint.
        key: Sha256Hash,
    },
    /// The certificate is another device's.
    #[error("the certificate beside device key {key} is another device's")]
    CertificateDevice {
        /// The device key's thumbprint.
        key: Sha256Hash,
    },
    /// Something of the station's own.
    #[error(transparent)]
    Station(#[from] StationFailure),
    /// Two exports hold other ops at the same position.
    #[error("journal {log}: two exports hold other ops from {seq} on")]
    Forked {
        /// The journal.
        log: LogId,
        /// The first position that differs.
        seq: u64,
    },
}

impl Failure {
    /// The stable name.
    pub const fn code(&self) -> &'static str {
        match self {
            Self::CutOff { .. } => "cut_off",
            Self::ContainerAltered { .. } => "container_altered",
            Self::TrailingBytes => "trailing_bytes",
            Self::Sealed => "sealed",
            Self::IndexMissing => "index_missing",
            Self::IndexMalformed { .. } => "index_malformed",
            Self::IndexChanged => "index_changed",
            Self::SealMissing => "seal_missing",
            Self::SealForged => "seal_forged",
            Self::SealKey => "seal_key",
            Self::ExporterKey => "exporter_key",
            Self::FileChanged { .. } => "file_changed",
            Self::FileMissing { .. } => "file_missing",
            Self::FileExtra { .. } => "file_extra",
            Self::FileRenamed { .. } => "file_renamed",
            Self::FileTwice { .. } => "file_twice",
            Self::FileTooLarge { .. } => "file_too_large",
            Self::ManifestMissing => "manifest_missing",
            Self::ManifestMalformed => "manifest_malformed",
            Self::LogTwice { .. } => "log_twice",
            Self::LogMissing { .. } => "log_missing",
            Self::LogUnlisted { .. } => "log_unlisted",
            Self::LogHead { .. } => "log_head",
            Self::OpsMalformed { .. } => "ops_malformed",
            Self::OpChanged { .. } => "op_changed",
            Self::OpMissing { .. } => "op_missing",
            Self::OpInserted { .. } => "op_inserted",
            Self::OpMoved { .. } => "op_moved",
            Self::ChainChanged { .. } => "chain_changed",
            Self::PartChanged { .. } => "part_changed",
            Self::PartElsewhere { .. } => "part_elsewhere",
            Self::PartTwice { .. } => "part_twice",
            Self::AdoptedChanged { .. } => "adopted_changed",
            Self::PhotoChanged { .. } => "photo_changed",
            Self::PhotoUnnamed { .. } => "photo_unnamed",
            Self::PhotoMissing { .. } => "photo_missing",
            Self::PhotoLength { .. } => "photo_length",
            Self::PhotoTwice { .. } => "photo_twice",
            Self::ReceiptMalformed { .. } => "receipt_malformed",
            Self::ReceiptForged { .. } => "receipt_forged",
            Self::ReceiptKey { .. } => "receipt_key",
            Self::ReceiptHead { .. } => "receipt_head",
            Self::ReceiptLog { .. } => "receipt_log",
            Self::PhotoReceiptForged { .. } => "photo_receipt_forged",
            Self::PhotoReceiptKey { .. } => "photo_receipt_key",
            Self::PhotoReceiptUnnamed { .. } => "photo_receipt_unnamed",
            Self::PhotoReceiptLength { .. } => "photo_receipt_length",
            Self::HeadMalformed { .. } => "head_malformed",
            Self::HeadForged { .. } => "head_forged",
            Self::HeadOther { .. } => "head_other",
            Self::HeadKey { .. } => "head_key",
            Self::CertificateForged { .. } => "certificate_forged",
            Self::CertificateKey { .. } => "certificate_key",
            Self::CertificateDevice { .. } => "certificate_device",
            Self::Station(failure) => failure.code(),
            Self::Forked { .. } => "forked",
        }
    }
}
