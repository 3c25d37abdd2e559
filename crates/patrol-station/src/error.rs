//! Why a station cannot be made, opened or served. These are read by the person at the keyboard.

use std::net::SocketAddr;
use std::path::PathBuf;

use patrol_sqlite::DatabaseError;

use crate::key::KeyError;
use crate::ports::RandomnessError;
use crate::recovery::RecoveryError;
use crate::store::StoreError;
use crate::tls::TlsError;

/// A failed `init`, `open` or `serve`.
#[derive(Debug, thiserror::Error)]
pub enum StationError {
    /// There is something at the place already; nothing of it was touched.
    #[error("{path} exists already: this folder holds a station, and init never overwrites one")]
    Exists {
        /// What is there.
        path: PathBuf,
    },
    /// No station here.
    #[error("{path} does not exist: make a station with `patrol-station init` first")]
    NotInitialised {
        /// What is missing.
        path: PathBuf,
    },
    /// A restore was interrupted here.
    #[error("{path}: a restore was interrupted here; run the same `patrol-station restore` again")]
    Restoring {
        /// The mark that it left.
        path: PathBuf,
    },
    /// The settings cannot be read.
    #[error("{path} is not understood: line {line}: {reason}")]
    Config {
        /// The file.
        path: PathBuf,
        /// Where.
        line: usize,
        /// Why, in one line.
        reason: String,
    },
    /// A setting from the environment or the command line is wrong.
    #[error("{said_by} is not understood: {reason}")]
    Setting {
        /// The variable or the option.
        said_by: String,
        /// Why, in one line.
        reason: String,
    },
    /// Nothing where a word must be.
    #[error("{what} is empty")]
    EmptyWord {
        /// Which word.
        what: &'static str,
    },
    /// A phone could not show it.
    #[error("{what} has {long} characters: at most {most} are allowed")]
    LongWord {
        /// Which word.
        what: &'static str,
        /// How many characters it has.
        long: usize,
        /// How many it may have.
        most: usize,
    },
    /// A line break, a tab or the like.
    #[error("{what} has a line break or another control character in it")]
    ControlCharacter {
        /// Which word.
        what: &'static str,
    },
    /// A phone could not read it back or not call it.
    #[error(
        "{text:?} is not an address that a phone can use: write it as https://192.0.2.7:8620, with no path and not with port 0"
    )]
    Url {
        /// What was given.
        text: String,
    },
    /// A file or folder cannot be used.
    #[error("{path}: {source}")]
    File {
        /// Which.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// Somebody else's machine could connect, and nothing would be encrypted.
    #[error(
        "{address} can be reached from other machines, and plain HTTP encrypts nothing: speak TLS, or listen at 127.0.0.1"
    )]
    Unencrypted {
        /// The address.
        address: SocketAddr,
    },
    /// Not an address.
    #[error("{text} is not an address with a port, such as 127.0.0.1:8620")]
    Address {
        /// What was given.
        text: String,
    },
    /// Two processes would write the same uploads.
    #[error("another process serves this folder already")]
    Served,
    /// Two imports would write the same parts.
    #[error("another import is at work in this folder")]
    Importing,
    /// The counters' own address cannot be used.
    #[error("cannot listen at [metrics] listen = {listen:?}: {source}")]
    Metrics {
        /// What is set.
        listen: String,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The network refused.
    #[error("cannot serve: {0}")]
    Network(#[source] std::io::Error),
    /// What a phone sealed.
    #[error(transparent)]
    Recovery(#[from] RecoveryError),
    /// The signing key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// The keys and certificates of TLS.
    #[error(transparent)]
    Tls(#[from] TlsError),
    /// The database.
    #[error(transparent)]
    Database(#[from] DatabaseError),
    /// No random bytes.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
    /// Something asked of the open station.
    #[error(transparent)]
    Store(#[from] StoreError),
}
