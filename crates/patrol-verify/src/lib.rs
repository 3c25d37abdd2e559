//! Checks an export without station and phone, and names each kind of tampering.
//!
//! A file is read once from its first byte to its last; nothing of it is believed before its index, the exporter's
//! signature over the index, the chains, and the signatures of devices and station have all been recomputed. What is
//! wrong is a [`Failure`]; what is not there and may rightly not be there is an [`Absence`]. All of them are listed.
//!
//! Whose keys to believe is the reader's to say: with a station key's thumbprint (it stands in the enrolment code) an
//! export proves something; without one it only proves that it agrees with itself, and the report says which of the two.

mod absence;
mod compare;
mod content;
mod export;
mod failure;

pub use absence::Absence;
pub use compare::{Comparison, Difference, compare, find_forks};
pub use content::{Content, Journal, OpRecord};
pub use export::{Counts, Report, VerifyError, verify};
pub use failure::{Failure, StationFailure};
